#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include "deciban/data/table.hpp"

namespace deciban::glue {

/// The columns that one call reads, filled by deciban._convert from the caller's objects.
struct Columns {
  data::Table table;
};

void bind_columns(pybind11::module_& m);

}  // namespace deciban::glue
