#include "code_points.hpp"

namespace deciban::formula {
namespace {

struct Range {
  char32_t first, last;
};

// Not letters: Latin-1 control and punctuation, general punctuation and spaces, arrows and mathematical operators,
// box drawing and symbols, ideographic punctuation, private use, byte order mark, full-width ASCII punctuation.
constexpr Range kNotLetters[] = {
    {0x80, 0xA9},     {0xAB, 0xB1},     {0xB4, 0xB4},     {0xB6, 0xB8},     {0xBB, 0xBF},     {0xD7, 0xD7},
    {0xF7, 0xF7},     {0x1680, 0x1680}, {0x2000, 0x206F}, {0x20A0, 0x20CF}, {0x2190, 0x245F}, {0x2500, 0x2BFF},
    {0x2E00, 0x2E7F}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0xD800, 0xF8FF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE6F},
    {0xFEFF, 0xFEFF}, {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFF3B, 0xFF40}, {0xFF5B, 0xFF65}, {0xFFF0, 0xFFFF},
};

}  // namespace

bool is_letter(char32_t point) {
  if (point < 0x80) return (point >= U'a' && point <= U'z') || (point >= U'A' && point <= U'Z');
  for (const Range& range : kNotLetters) {
    if (point >= range.first && point <= range.last) return false;
  }
  return true;
}

bool is_decimal_digit(char32_t point) { return point >= U'0' && point <= U'9'; }

}  // namespace deciban::formula
