#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

namespace deciban::glue {

/// Binners and scorecards (class Fitted), and the measures of scores.
void bind_fitted(pybind11::module_& m);

}  // namespace deciban::glue
