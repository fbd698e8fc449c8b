#include "deciban/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>

#if !defined(__cpp_lib_to_chars) || __cpp_lib_to_chars < 201611L
#define DECIBAN_NO_FLOAT_CHARCONV 1
#include <clocale>
#include <cstdio>
#include <cstdlib>
#endif

namespace deciban {
namespace {

enum class Notation { general, fixed };

bool is_digit(char c) { return c >= '0' && c <= '9'; }

#ifdef DECIBAN_NO_FLOAT_CHARCONV
// Standard libraries without floating-point <charconv>: the C functions, with the locale's decimal point swapped.
std::string decimal_point() {
  const std::lconv* conventions = std::localeconv();
  return conventions && conventions->decimal_point ? conventions->decimal_point : ".";
}

std::string print_finite(double value, Notation notation, int precision) {
  char buffer[512];
  const int n = std::snprintf(buffer, sizeof buffer, notation == Notation::general ? "%.*g" : "%.*f", precision, value);
  std::string out(buffer, n < 0 ? 0 : std::min<std::size_t>(static_cast<std::size_t>(n), sizeof buffer - 1));
  const std::string point = decimal_point();
  const std::size_t at = point == "." ? std::string::npos : out.find(point);
  if (at != std::string::npos) out.replace(at, point.size(), ".");
  return out;
}

bool scan_plain(const char* begin, const char* end, double& value) {
  std::string text(begin, end);
  const std::string point = decimal_point();
  const std::size_t at = point == "." ? std::string::npos : text.find('.');
  if (at != std::string::npos) text.replace(at, 1, point);
  char* stop = nullptr;
  const double parsed = std::strtod(text.c_str(), &stop);
  if (stop != text.c_str() + text.size()) return false;
  value = parsed;
  return true;
}
#else
std::string print_finite(double value, Notation notation, int precision) {
  char buffer[512];
  const auto format = notation == Notation::general ? std::chars_format::general : std::chars_format::fixed;
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, format, precision);
  return result.ec == std::errc() ? std::string(buffer, result.ptr) : std::string();
}

// Decimal order of magnitude of a valid number: negative when it is too small for a double, otherwise too large.
bool is_tiny(const char* begin, const char* end) {
  long long order = 0, exponent = 0;
  bool seen_point = false, seen_nonzero = false;
  const char* c = begin;
  for (; c != end && *c != 'e' && *c != 'E'; ++c) {
    if (*c == '.') {
      seen_point = true;
    } else if (is_digit(*c)) {
      seen_nonzero = seen_nonzero || *c != '0';
      if (!seen_point && seen_nonzero) ++order;
      if (seen_point && !seen_nonzero) --order;
    }
  }
  if (c != end) {
    const bool negative = ++c != end && *c == '-';
    for (; c != end; ++c) {
      if (is_digit(*c) && exponent < 1000000000) exponent = exponent * 10 + (*c - '0');
    }
    if (negative) exponent = -exponent;
  }
  return order + exponent < 0;
}

bool scan_plain(const char* begin, const char* end, double& value) {
  double parsed = 0.0;
  const auto result = std::from_chars(begin, end, parsed);
  if (result.ptr != end) return false;
  if (result.ec == std::errc::result_out_of_range) {
    parsed = is_tiny(begin, end) ? 0.0 : std::numeric_limits<double>::infinity();
    if (*begin == '-') parsed = -parsed;
  } else if (result.ec != std::errc()) {
    return false;
  }
  value = parsed;
  return true;
}
#endif

std::string print(double value, Notation notation, int precision) {
  if (value != value) return "NaN";
  if (value > std::numeric_limits<double>::max()) return "Inf";
  if (value < -std::numeric_limits<double>::max()) return "-Inf";
  return print_finite(value, notation, std::clamp(precision, 0, 100));
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string text) {
  for (char& c : text) c = lower(c);
  return text;
}

// Edit distance with insertions, deletions, substitutions and swaps of neighbours.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = previous[j - 1] + (a[i - 1] != b[j - 1]);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[b.size()];
}

}  // namespace

std::string format_g(double value, int digits) { return print(value, Notation::general, std::max(digits, 1)); }

std::string format_exact(double value) {
  std::string text;
  for (int digits = 15; digits <= 17; ++digits) {
    text = print(value, Notation::general, digits);
    double back = 0.0;
    if (value != value || (parse_double(text, back) && back == value)) break;
  }
  return text;
}

std::string format_fixed(double value, int decimals) { return print(value, Notation::fixed, decimals); }

std::string format_count(std::int64_t value) {
  const std::string digits = std::to_string(value);
  const std::size_t first = value < 0 ? 1 : 0;
  std::string out = digits.substr(0, first);
  for (std::size_t i = first; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string join_some(const std::vector<std::string>& items, std::size_t limit) {
  std::string out;
  const std::size_t shown = std::min(items.size(), limit);
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += ", ";
    out += items[i];
  }
  if (shown < items.size()) {
    const std::string rest = format_count(static_cast<std::int64_t>(items.size() - shown));
    out += shown == 0 ? rest + " items" : " and " + rest + " more";
  }
  return out;
}

std::string closest_match(const std::string& word, const std::vector<std::string>& choices) {
  constexpr std::size_t kLongest = 200;  // keeps the quadratic distance cheap
  if (word.empty() || word.size() > kLongest) return "";
  const std::string target = lower(word);
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& choice : choices) {
    const std::size_t gap = choice.size() > word.size() ? choice.size() - word.size() : word.size() - choice.size();
    if (choice.size() > kLongest || choice.empty() || gap >= best_distance) continue;
    const std::size_t distance = edit_distance(target, lower(choice));
    // A single character that differs entirely is not a spelling of the same name.
    if (distance < best_distance && distance < std::max(word.size(), choice.size())) {
      best_distance = distance;
      best = choice;
    }
  }
  return best;
}

bool parse_double(const std::string& text, double& value) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  if (begin != end && *begin == '+') {
    ++begin;
    if (begin != end && *begin == '-') return false;
  }
  // No white space, hexadecimal digits or nan(...) payloads, whichever function reads the rest.
  const char* digits = begin != end && *begin == '-' ? begin + 1 : begin;
  if (digits == end) return false;
  if (!is_digit(*digits) && *digits != '.') {
    const std::string word = lower(std::string(digits, end));
    if (word == "inf" || word == "infinity") {
      value = std::numeric_limits<double>::infinity() * (digits == begin ? 1.0 : -1.0);
      return true;
    }
    if (word != "nan") return false;
    value = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  for (const char* c = digits; c != end; ++c) {
    if (!is_digit(*c) && *c != '.' && *c != 'e' && *c != 'E' && *c != '+' && *c != '-') return false;
  }
  return scan_plain(begin, end, value);
}

std::size_t display_width(const std::string& utf8) {
  std::size_t width = 0;
  for (const char c : utf8) width += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  return width;
}

}  // namespace deciban
