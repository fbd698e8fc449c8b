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

bool next_code_point(const std::string& text, std::size_t& at, char32_t& point) {
  if (at >= text.size()) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  int more = 0;
  char32_t least = 0;
  if (lead < 0x80) {
    point = lead;
  } else if (lead >= 0xC2 && lead < 0xE0) {
    point = lead & 0x1Fu;
    more = 1;
    least = 0x80;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    point = lead & 0x0Fu;
    more = 2;
    least = 0x800;
  } else if (lead >= 0xF0 && lead < 0xF5) {
    point = lead & 0x07u;
    more = 3;
    least = 0x10000;
  } else {
    return false;
  }
  if (at + static_cast<std::size_t>(more) >= text.size()) return false;
  for (int i = 1; i <= more; ++i) {
    const unsigned char next = byte(at + static_cast<std::size_t>(i));
    if ((next & 0xC0u) != 0x80u) return false;
    point = (point << 6) | (next & 0x3Fu);
  }
  if (point < least || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
  at += static_cast<std::size_t>(more) + 1;
  return true;
}

void append_code_point(std::string& text, char32_t point) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

bool is_letter(char32_t point) {
  if (point < 0x80) return (point >= U'a' && point <= U'z') || (point >= U'A' && point <= U'Z');
  for (const Range& range : kNotLetters) {
    if (point >= range.first && point <= range.last) return false;
  }
  return true;
}

bool is_decimal_digit(char32_t point) { return point >= U'0' && point <= U'9'; }

}  // namespace deciban::formula
