#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <string>

#include "deciban/data/column.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// What a NumPy array of integers means beyond plain numbers.
struct ArrayMeaning {
  data::Meaning meaning = data::Meaning::number;
  std::int64_t unit = 1;  ///< counts per second of a datetime
  bool has_nat = false;   ///< NaT (the smallest int64) is missing
};

/// A view of a one-dimensional NumPy array of bool, integers or floats, with any stride; nothing is copied.
/// @param mask None or a bool array, true where a value is missing; becomes a bitmap.
/// Raises InputError `data.dimension`, `data.length_mismatch` (mask), DataError `data.unsupported_type` (float16, ...).
data::Column array_column(const std::string& name, const py::array& values, const py::object& mask,
                          const ArrayMeaning& meaning);

/// Integer codes into declared categories, as pandas keeps them: -1 is missing. `categories` is a column of its own.
data::Column codes_column(const std::string& name, const py::array& codes, const data::Column& categories,
                          bool ordered);

}  // namespace deciban::glue
