// Which words are names, and their canonical spelling.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstring>

#include "code_points.hpp"
#include "deciban/base/utf8.hpp"
#include "lexer.hpp"

namespace deciban::formula {
namespace {

template <std::size_t kSize>
bool is_one_of(const std::string& word, const char* const (&words)[kSize]) {
  return std::any_of(words, words + kSize, [&](const char* candidate) { return word == candidate; });
}

constexpr const char* kConstants[] = {"TRUE",     "FALSE",         "NULL", "NA", "NA_integer_",
                                      "NA_real_", "NA_character_", "Inf",  "NaN"};
constexpr const char* kReserved[] = {"if", "else", "repeat", "while", "function", "for", "next", "break", "in", "..."};
constexpr const char* kPrefixes[] = {"np.", "numpy.", "math."};

}  // namespace

bool is_plain_name(const std::string& name) {
  std::size_t at = 0;
  char32_t first = 0, second = 0, point = 0;
  if (!next_code_point(name, at, first)) return false;
  if (first != U'.' && !is_letter(first)) return false;
  if (first == U'.') {
    std::size_t after = at;
    // A dot alone stands for all columns, and .5 is a number.
    if (!next_code_point(name, after, second) || is_decimal_digit(second)) return false;
  }
  while (at < name.size()) {
    if (!next_code_point(name, at, point)) return false;
    if (!is_letter(point) && !is_decimal_digit(point) && point != U'.' && point != U'_') return false;
  }
  // ..1 and ... are R's own.
  return !(name.size() > 1 && name[0] == '.' && name[1] == '.');
}

bool is_constant(const std::string& name) { return is_one_of(name, kConstants); }

bool is_reserved(const std::string& name) { return is_one_of(name, kReserved); }

std::string canonical_name(const std::string& name) {
  if (name == "True") return "TRUE";
  if (name == "False") return "FALSE";
  if (name == "None") return "NULL";
  return name;
}

std::string canonical_function(const std::string& name) {
  std::string out = name;
  for (const char* prefix : kPrefixes) {
    const std::size_t size = std::strlen(prefix);
    if (out.compare(0, size, prefix) == 0 && out.size() > size) {
      out.erase(0, size);
      break;
    }
  }
  if (out == "TE") return "te";
  if (out == "FE") return "fe";
  return out;
}

}  // namespace deciban::formula
