// Text of single values.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"

namespace deciban::data {
namespace {

constexpr double kLargestDay = 1e8;  // beyond these a date is not a date, and is shown as a number
constexpr double kLargestSecond = 8.64e12;
constexpr std::int64_t kSecondsPerDay = 86400;

// The digits of a %.14e text without trailing zeros, and its exponent.
struct Scientific {
  std::string digits;
  int exponent = 0;
};

Scientific split_scientific(double magnitude) {
  // %g with 15 digits gives fixed or scientific text, whichever: only its digits and its order are taken.
  const std::string text = format_g(magnitude, 15);
  Scientific out;
  std::size_t i = 0;
  int before_point = 0;
  bool seen_point = false;
  int leading_zeros = 0;
  for (; i < text.size() && text[i] != 'e'; ++i) {
    if (text[i] == '.') {
      seen_point = true;
    } else if (out.digits.empty() && text[i] == '0') {
      leading_zeros += seen_point;
    } else {
      out.digits += text[i];
      before_point += !seen_point;
    }
  }
  out.exponent = before_point > 0 ? before_point - 1 : -leading_zeros - 1;
  if (i < text.size()) {
    int exponent = 0;
    for (std::size_t j = i + 2; j < text.size(); ++j) exponent = exponent * 10 + (text[j] - '0');
    out.exponent += text[i + 1] == '-' ? -exponent : exponent;
  }
  while (out.digits.size() > 1 && out.digits.back() == '0') out.digits.pop_back();
  return out;
}

std::string number_label(double value) {
  if (value == 0.0) return "0";
  if (value != value || value - value != 0.0) return format_g(value, 15);
  const bool negative = value < 0.0;
  const Scientific parts = split_scientific(negative ? -value : value);
  const int n_digits = static_cast<int>(parts.digits.size());
  const int decimals = std::max(0, n_digits - parts.exponent - 1);
  const int fixed_width = std::max(parts.exponent, 0) + 1 + (decimals > 0 ? decimals + 1 : 0);
  const int size = parts.exponent < 0 ? -parts.exponent : parts.exponent;
  const int scientific_width = n_digits + (n_digits > 1) + (size >= 100 ? 5 : 4);
  if (fixed_width <= scientific_width) return format_fixed(value, decimals);
  std::string out = negative ? "-" : "";
  out += parts.digits[0];
  if (n_digits > 1) out += "." + parts.digits.substr(1);
  out += parts.exponent < 0 ? "e-" : "e+";
  if (size < 10) out += '0';
  return out + std::to_string(size);
}

std::int64_t floor_to_int(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) > value ? whole - 1 : whole;
}

// Proleptic Gregorian calendar by eras of 400 years that start on 1 March.
std::string date_label(std::int64_t days_since_1970) {
  const std::int64_t shifted = days_since_1970 + 719468;  // days since 0000-03-01
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const std::int64_t day_of_era = shifted - era * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04lld-%02d-%02d", static_cast<long long>(year), static_cast<int>(month),
                static_cast<int>(day));
  return buffer;
}

std::string datetime_label(double seconds) {
  std::int64_t whole = floor_to_int(seconds);
  auto micros = static_cast<std::int64_t>((seconds - static_cast<double>(whole)) * 1e6 + 0.5);
  if (micros >= 1000000) {
    ++whole;
    micros = 0;
  }
  std::int64_t day = whole / kSecondsPerDay;
  std::int64_t second = whole % kSecondsPerDay;
  if (second < 0) {
    --day;
    second += kSecondsPerDay;
  }
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, " %02d:%02d:%02d", static_cast<int>(second / 3600),
                static_cast<int>(second / 60 % 60), static_cast<int>(second % 60));
  std::string out = date_label(day) + buffer;
  if (micros > 0) {
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(micros));
    std::string fraction = buffer;
    while (fraction.back() == '0') fraction.pop_back();
    out += fraction;
  }
  return out;
}

}  // namespace

std::string level_label(Meaning meaning, double value) {
  switch (meaning) {
    case Meaning::boolean:
      if (value == value) return value != 0.0 ? "TRUE" : "FALSE";
      break;
    case Meaning::date:
      if (value >= -kLargestDay && value <= kLargestDay) return date_label(floor_to_int(value));
      break;
    case Meaning::datetime:
      if (value >= -kLargestSecond && value <= kLargestSecond) return datetime_label(value);
      break;
    default:
      break;
  }
  return number_label(value);
}

}  // namespace deciban::data
