#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

namespace deciban::glue {

/// Encoders, folds and credibility.
void bind_encoding(pybind11::module_& m);

}  // namespace deciban::glue
