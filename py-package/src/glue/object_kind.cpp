#include "object_kind.hpp"

#include <datetime.h>

#include <cmath>

#include "errors.hpp"

namespace deciban::glue {
namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1000000;
constexpr std::int64_t kSecondsPerDay = 86400;

// Days of the proleptic Gregorian calendar since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date
// algorithms").
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::int64_t delta_microseconds(PyObject* delta) {
  const std::int64_t seconds = PyDateTime_DELTA_GET_DAYS(delta) * kSecondsPerDay + PyDateTime_DELTA_GET_SECONDS(delta);
  return seconds * kMicrosecondsPerSecond + PyDateTime_DELTA_GET_MICROSECONDS(delta);
}

// Attribute of a module that is already imported, else None: nothing is imported for the look-up.
py::object loaded(const char* module, const char* attribute) {
  const py::dict modules = py::module_::import("sys").attr("modules");
  if (!modules.contains(module)) return py::none();
  return py::getattr(modules[module], attribute, py::none());
}

bool is_subtype(PyTypeObject* type, const py::object& base) {
  return PyType_Check(base.ptr()) && PyType_IsSubtype(type, reinterpret_cast<PyTypeObject*>(base.ptr())) != 0;
}

}  // namespace

ObjectKinds::ObjectKinds()
    : numpy_bool_(loaded("numpy", "bool_")),
      numpy_number_(loaded("numpy", "number")),
      numpy_datetime_(loaded("numpy", "datetime64")),
      decimal_(loaded("decimal", "Decimal")),
      pandas_na_(loaded("pandas", "NA")),
      pandas_nat_(loaded("pandas", "NaT")) {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
  if (PyDateTimeAPI == nullptr) throw py::error_already_set();
}

ObjectKind ObjectKinds::of(PyObject* object) {
  if (object == Py_None || object == pandas_na_.ptr() || object == pandas_nat_.ptr()) return ObjectKind::missing;
  if (PyUnicode_Check(object)) return ObjectKind::text;
  if (PyFloat_Check(object)) return std::isnan(PyFloat_AS_DOUBLE(object)) ? ObjectKind::missing : ObjectKind::number;
  PyTypeObject* type = Py_TYPE(object);
  for (const auto& [known, kind] : known_) {
    if (known == type) return kind;
  }
  known_.emplace_back(type, of_type(type));
  return known_.back().second;
}

ObjectKind ObjectKinds::of_type(PyTypeObject* type) {
  if (type == &PyBool_Type || is_subtype(type, numpy_bool_)) return ObjectKind::boolean;
  if (PyType_IsSubtype(type, &PyLong_Type) || is_subtype(type, numpy_number_) || is_subtype(type, decimal_)) {
    return ObjectKind::number;
  }
  if (PyType_IsSubtype(type, PyDateTimeAPI->DateTimeType)) return ObjectKind::datetime;
  if (PyType_IsSubtype(type, PyDateTimeAPI->DateType)) return ObjectKind::date;
  return ObjectKind::other;
}

double number_of(const std::string& column, PyObject* object, std::int64_t row) {
  const double value = PyFloat_AsDouble(object);
  if (value == -1.0 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    raise_unsupported(column, type_name(object), "Its value is not a floating-point number.", row);
  }
  return value;
}

std::int64_t days_since_1970(PyObject* date) {
  return days_from_civil(PyDateTime_GET_YEAR(date), PyDateTime_GET_MONTH(date), PyDateTime_GET_DAY(date));
}

std::int64_t microseconds_since_1970(const std::string& column, PyObject* datetime, std::int64_t row) {
  const py::handle object(datetime);
  const std::int64_t seconds = days_since_1970(datetime) * kSecondsPerDay + PyDateTime_DATE_GET_HOUR(datetime) * 3600 +
                               PyDateTime_DATE_GET_MINUTE(datetime) * 60 + PyDateTime_DATE_GET_SECOND(datetime);
  std::int64_t value = seconds * kMicrosecondsPerSecond + PyDateTime_DATE_GET_MICROSECOND(datetime);
  if (!object.attr("tzinfo").is_none()) {
    const py::object offset = object.attr("utcoffset")();
    if (!offset.is_none()) value -= delta_microseconds(offset.ptr());
  }
  if (py::hasattr(object, "nanosecond") && py::cast<int>(object.attr("nanosecond")) != 0) {
    raise_unsupported(column, type_name(object), "Convert the column to datetime64 to keep its nanoseconds.", row);
  }
  return value;
}

}  // namespace deciban::glue
