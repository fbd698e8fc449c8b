#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <string>

namespace deciban {

/// Decodes the code point at byte `at` and moves past it; false at the end and for bytes that are not UTF-8.
bool next_code_point(const std::string& text, std::size_t& at, char32_t& point);
void append_code_point(std::string& text, char32_t point);

/// The text with a "?" for every zero byte and every byte that is not part of UTF-8: what a host can show.
std::string readable_text(const std::string& text);

}  // namespace deciban
