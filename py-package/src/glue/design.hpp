#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include "deciban/design/model_matrix.hpp"

namespace deciban::glue {

/// {names, assign, term_labels, rows, kept, values, and for a sparse matrix row_index and column_start}; arrays take
/// the vectors over.
pybind11::dict to_python(design::ModelMatrix&& matrix);

void bind_design(pybind11::module_& m);

}  // namespace deciban::glue
