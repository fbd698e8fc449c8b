#include "deciban/base/utf8.hpp"

namespace deciban {

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

std::string readable_text(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    char32_t point = 0;
    if (next_code_point(text, at, point) && point != 0) {
      out.append(text, begin, at - begin);
    } else {
      out += '?';
      at = begin + 1;
    }
  }
  return out;
}

}  // namespace deciban
