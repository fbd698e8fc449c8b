// Arrow format strings. Internal to the data area.
#pragma once
#include "deciban/base/config.hpp"
#include "deciban/data/arrow.hpp"

namespace deciban::data {

/// Fills type, meaning, stride, unit and decimal_scale of a view from a format string of the Arrow C data interface;
/// false for formats that no formula can use.
bool view_from_format(const char* format, ColumnView& view);

}  // namespace deciban::data
