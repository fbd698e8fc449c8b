#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <string>

#include "deciban/data/column.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// A one-dimensional NumPy array of Python objects, encoded once: text as codes into its distinct values; bool, numbers
/// (int, float, decimal.Decimal, NumPy scalars), dates and datetimes as numbers. None, NaN, pandas' NA and NaT are
/// missing.
/// Raises DataError `data.mixed_types` (column, both types, first row that differs) and `data.unsupported_type`.
/// @param any_as_text values of other types become their text (pandas categories such as intervals).
data::Column object_column(const std::string& name, const py::array& values, bool any_as_text = false);

}  // namespace deciban::glue
