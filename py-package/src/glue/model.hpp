#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

namespace deciban::glue {

void bind_model(pybind11::module_& m);
void bind_portfolio(pybind11::module_& m);

}  // namespace deciban::glue
