#include "arrow_format.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace deciban::data {
namespace {

struct Simple {
  const char* format;
  Type type;
  Meaning meaning;
  std::int64_t stride;
  std::int64_t unit;
};

constexpr Simple kSimple[] = {
    {"n", Type::null, Meaning::number, 0, 1},         {"b", Type::bit, Meaning::boolean, 0, 1},
    {"c", Type::int8, Meaning::number, 1, 1},         {"C", Type::uint8, Meaning::number, 1, 1},
    {"s", Type::int16, Meaning::number, 2, 1},        {"S", Type::uint16, Meaning::number, 2, 1},
    {"i", Type::int32, Meaning::number, 4, 1},        {"I", Type::uint32, Meaning::number, 4, 1},
    {"l", Type::int64, Meaning::number, 8, 1},        {"L", Type::uint64, Meaning::number, 8, 1},
    {"f", Type::float32, Meaning::number, 4, 1},      {"g", Type::float64, Meaning::number, 8, 1},
    {"u", Type::utf8, Meaning::text, 0, 1},           {"U", Type::large_utf8, Meaning::text, 0, 1},
    {"vu", Type::utf8_view, Meaning::text, 16, 1},    {"tdD", Type::int32, Meaning::date, 4, 1},
    {"tdm", Type::int64, Meaning::date, 8, 86400000},
};

// Whole of `text` as an integer of at most 4 digits, with a sign.
bool small_integer(const std::string& text, int& value) {
  const std::size_t first = !text.empty() && text[0] == '-' ? 1 : 0;
  if (text.size() == first || text.size() > first + 4) return false;
  value = 0;
  for (std::size_t i = first; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  if (first == 1) value = -value;
  return true;
}

// "d:precision,scale" or "d:precision,scale,128".
bool decimal_from_format(const char* format, ColumnView& view) {
  std::vector<std::string> parts(1);
  for (const char* c = format + 2; *c != '\0'; ++c) {
    if (*c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += *c;
    }
  }
  int precision = 0, scale = 0, bits = 128;
  if (parts.size() < 2 || parts.size() > 3 || !small_integer(parts[0], precision) || !small_integer(parts[1], scale)) {
    return false;
  }
  if (parts.size() == 3 && !small_integer(parts[2], bits)) return false;
  if (bits != 128) return false;
  view.type = Type::decimal128;
  view.meaning = Meaning::number;
  view.stride = 16;
  view.decimal_scale = scale;
  return true;
}

// "tss:", "tsm:", "tsu:" and "tsn:", followed by a time zone, which changes the display only.
bool timestamp_from_format(const char* format, ColumnView& view) {
  switch (format[2]) {
    case 's':
      view.unit = 1;
      break;
    case 'm':
      view.unit = 1000;
      break;
    case 'u':
      view.unit = 1000000;
      break;
    case 'n':
      view.unit = 1000000000;
      break;
    default:
      return false;
  }
  if (format[3] != ':') return false;
  view.type = Type::int64;
  view.meaning = Meaning::datetime;
  view.stride = 8;
  return true;
}

}  // namespace

bool view_from_format(const char* format, ColumnView& view) {
  if (format == nullptr) return false;
  for (const Simple& simple : kSimple) {
    if (std::strcmp(format, simple.format) != 0) continue;
    view.type = simple.type;
    view.meaning = simple.meaning;
    view.stride = simple.stride;
    view.unit = simple.unit;
    return true;
  }
  if (std::strncmp(format, "d:", 2) == 0) return decimal_from_format(format, view);
  if (std::strncmp(format, "ts", 2) == 0) return timestamp_from_format(format, view);
  return false;
}

}  // namespace deciban::data
