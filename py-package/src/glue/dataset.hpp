#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

namespace deciban::glue {

void bind_dataset(pybind11::module_& m);

}  // namespace deciban::glue
