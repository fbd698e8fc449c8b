// UTF-8, one code point at a time. Internal to the formula area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <string>

namespace deciban::formula {

/// Decodes the code point at byte `at` and moves past it; false at the end and for bytes that are not UTF-8.
bool next_code_point(const std::string& text, std::size_t& at, char32_t& point);
void append_code_point(std::string& text, char32_t point);

/// Letters that a name may start with: ASCII letters and whatever Unicode has beyond ASCII, except spaces, punctuation,
/// operators and control characters that look like something else.
bool is_letter(char32_t point);
bool is_decimal_digit(char32_t point);

}  // namespace deciban::formula
