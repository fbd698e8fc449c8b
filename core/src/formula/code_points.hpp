// Which code points names are made of. Internal to the formula area.
#pragma once
#include "deciban/base/config.hpp"

namespace deciban::formula {

/// Letters that a name may start with: ASCII letters and whatever Unicode has beyond ASCII, except spaces, punctuation,
/// operators and control characters that look like something else.
bool is_letter(char32_t point);
bool is_decimal_digit(char32_t point);

}  // namespace deciban::formula
