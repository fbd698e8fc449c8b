#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>
#include <vector>

namespace deciban::glue {

namespace py = pybind11;

/// What a Python object is to a column. Values of different kinds do not share one.
enum class ObjectKind { missing, text, boolean, number, date, datetime, other };

/// Decides the kind of objects; remembers the types it has seen.
class ObjectKinds {
 public:
  ObjectKinds();
  ObjectKind of(PyObject* object);

 private:
  ObjectKind of_type(PyTypeObject* type);

  std::vector<std::pair<PyTypeObject*, ObjectKind>> known_;
  py::object numpy_bool_, numpy_number_, numpy_datetime_, decimal_;
  py::object pandas_na_, pandas_nat_;
};

/// Value of an object of kind number or boolean; DataError `data.unsupported_type` when it has none (a huge int).
double number_of(const std::string& column, PyObject* object, std::int64_t row);

/// Days of a datetime.date.
std::int64_t days_since_1970(PyObject* date);

/// Microseconds of a datetime.datetime, in UTC when it has a time zone, else as it stands.
/// Raises DataError `data.unsupported_type` for a pandas Timestamp with nanoseconds.
std::int64_t microseconds_since_1970(const std::string& column, PyObject* datetime, std::int64_t row);

}  // namespace deciban::glue
