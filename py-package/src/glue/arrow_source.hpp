#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "deciban/data/column.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// Columns of a frame that exports Arrow record batches (`__arrow_c_stream__`, else `__arrow_c_array__`).
/// @param wanted names to take; empty takes all that a model can use.
/// @param absent receives the names of all other fields when a wanted one is not there, for "did you mean".
/// Raises DataError `data.unsupported_type` for a wanted field of a type that no formula can use.
std::vector<data::Column> columns_of_frame(const py::object& frame, const std::vector<std::string>& wanted,
                                           std::vector<std::string>& absent);

/// One column from an object that exports an Arrow array or a stream of arrays (a Series, a ChunkedArray).
data::Column column_of_arrow(const std::string& name, const py::object& values);

}  // namespace deciban::glue
