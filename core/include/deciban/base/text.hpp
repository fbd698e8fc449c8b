#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace deciban {

/// Formats a double with `digits` significant digits as C's %g does, in the C locale.
std::string format_g(double value, int digits);
/// Shortest text that reads back to the same double, in the C locale (15, 16 or 17 digits, as R's `as.character`).
std::string format_exact(double value);
/// Fixed notation with `decimals` digits after the point, in the C locale.
std::string format_fixed(double value, int decimals);
/// 1234567 -> "1,234,567".
std::string format_count(std::int64_t value);
/// `a, b, c and 4 more`: at most `limit` items are spelled out.
std::string join_some(const std::vector<std::string>& items, std::size_t limit = 5);
/// The closest of `choices` to `word` by edit distance, or "" when none is close: for "did you mean".
std::string closest_match(const std::string& word, const std::vector<std::string>& choices);
/// Parses a whole string as a double in the C locale; false when it is not a number.
bool parse_double(const std::string& text, double& value);
/// Number of display columns of UTF-8 text (code points; combining marks are not considered).
std::size_t display_width(const std::string& utf8);

}  // namespace deciban
