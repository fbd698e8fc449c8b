#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::tables {
namespace {

// Decimals that give every value of a column at least `digits` significant digits, where up to `digits` + 2 decimals
// suffice.
int common_decimals(const std::vector<double>& values, int digits) {
  int decimals = 0;
  for (const double value : values) {
    if (!std::isfinite(value) || value == 0.0) continue;
    int magnitude = 0;
    for (double x = std::fabs(value); x >= 10.0 && magnitude < 300; x /= 10.0) ++magnitude;
    for (double x = std::fabs(value); x < 1.0 && magnitude > -300; x *= 10.0) --magnitude;
    decimals = std::max(decimals, digits - 1 - magnitude);
  }
  return std::min(std::max(decimals, 0), digits + 2);
}

std::string number_text(double value, const Format& format, int decimals) {
  if (std::isnan(value)) return "NA";
  if (std::isinf(value)) return value > 0.0 ? "Inf" : "-Inf";
  switch (format.style) {
    case Format::Style::significant:
      if (value != 0.0 && (std::fabs(value) >= 1e15 || std::fabs(value) < 1e-5)) return format_g(value, format.digits);
      return format_fixed(value, decimals);
    case Format::Style::fixed:
      return format_fixed(value, format.digits);
    case Format::Style::p_value:
      return format_p_value(value);
    case Format::Style::count:
      return format_count(static_cast<std::int64_t>(std::nearbyint(value)));
    default:
      return format_g(value, 6);
  }
}

std::vector<std::string> cells(const Column& column, const Format& format) {
  std::vector<std::string> texts;
  const int decimals = format.style == Format::Style::significant ? common_decimals(column.numbers, format.digits) : 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    switch (column.kind) {
      case Column::Kind::text:
        texts.push_back(column.texts[i]);
        break;
      case Column::Kind::number:
        texts.push_back(number_text(column.numbers[i], format, decimals));
        break;
      case Column::Kind::integer:
        texts.push_back(format.style == Format::Style::count ? format_count(column.integers[i])
                                                             : std::to_string(column.integers[i]));
        break;
      case Column::Kind::boolean:
        texts.push_back(column.integers[i] ? "yes" : "");
        break;
      case Column::Kind::category:
        texts.push_back(column.levels[static_cast<std::size_t>(column.integers[i])]);
        break;
    }
  }
  return texts;
}

}  // namespace

std::string format_p_value(double p) {
  if (std::isnan(p)) return "NA";
  return p < 2e-16 ? "<2e-16" : format_g(p, 3);
}

const char* significance_code(double p) {
  if (!(p < 0.1)) return "";
  return p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : ".";
}

std::string render(const ResultTable& table, const std::vector<Format>& formats) {
  std::vector<std::string> lines(table.rows() + 1);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    std::vector<std::string> texts = cells(column, c < formats.size() ? formats[c] : Format());
    texts.insert(texts.begin(), column.name);
    std::size_t width = 0;
    for (const auto& text : texts) width = std::max(width, display_width(text));
    const bool left = column.kind == Column::Kind::text || column.kind == Column::Kind::category;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string padding(width - display_width(texts[i]), ' ');
      if (c) lines[i] += "  ";
      lines[i] += left ? texts[i] + padding : padding + texts[i];
    }
  }
  std::string text;
  for (auto& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace deciban::tables
