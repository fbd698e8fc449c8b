#include "sql_text.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban::models {
namespace {

constexpr int kMantissaBits = 53, kLargestShift = 62;

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

// mantissa * 2^exponent by steps that are exact; the last one rounds, if at all, as the number itself does.
std::string exact_product(double value) {
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  const auto whole = static_cast<std::int64_t>(std::ldexp(mantissa, kMantissaBits));
  exponent -= kMantissaBits;
  std::string text = "CAST(" + std::to_string(whole) + " AS REAL)";
  while (exponent != 0) {
    const int step = std::min(std::abs(exponent), kLargestShift);
    text +=
        (exponent < 0 ? " / " : " * ") + std::string("CAST(") + std::to_string(std::int64_t{1} << step) + " AS REAL)";
    exponent += exponent < 0 ? step : -step;
  }
  return "(" + text + ")";
}

std::string as_double(const std::string& column, SqlDialect dialect) {
  return "CAST(" + column + (dialect == SqlDialect::duckdb ? " AS DOUBLE)" : " AS REAL)");
}

std::string numeric_case(const binning::Bins& bins, SqlDialect dialect, const std::function<std::string(int)>& value) {
  const std::string name = sql_name(bins.name), x = as_double(name, dialect);
  std::string text = "CASE WHEN " + name + " IS NULL";
  if (dialect == SqlDialect::duckdb) text += " OR isnan(" + x + ")";
  text += " THEN " + value(bins.missing_bin);
  for (const binning::SpecialCode& code : bins.specials)
    text += "\n    WHEN " + x + " = " + sql_number(code.value, dialect) + " THEN " + value(code.bin);
  const char* compare = bins.closed == binning::Closed::right ? " <= " : " < ";
  for (std::size_t i = 0; i < bins.edges.size(); ++i)
    text += "\n    WHEN " + x + compare + sql_number(bins.edges[i], dialect) + " THEN " + value(static_cast<int>(i));
  return text + "\n    ELSE " + value(static_cast<int>(bins.edges.size())) + " END";
}

std::string level_case(const binning::Bins& bins, SqlDialect dialect, const std::function<std::string(int)>& value) {
  const std::string name = sql_name(bins.name);
  const bool numbers = !bins.levels.numbers.empty();
  const std::string x = numbers ? as_double(name, dialect) : name;
  std::string text = "CASE WHEN " + name + " IS NULL THEN " + value(bins.missing_bin);
  for (int group = 0; group < bins.n_groups; ++group) {
    std::string members;
    for (std::size_t level = 0; level < bins.level_bins.size(); ++level)
      if (bins.level_bins[level] == group)
        members += (members.empty() ? "" : ", ") +
                   (numbers ? sql_number(bins.levels.numbers[level], dialect) : quoted(bins.levels.labels[level]));
    if (!members.empty()) text += "\n    WHEN " + x + " IN (" + members + ") THEN " + value(group);
  }
  return text + "\n    ELSE " + value(bins.unseen_bin) + " END";
}

}  // namespace

SqlDialect make_dialect(const std::string& name) {
  if (name == "duckdb") return SqlDialect::duckdb;
  if (name == "sqlite") return SqlDialect::sqlite;
  throw Error(ErrorKind::input, "scorecard.dialect", "`dialect` is \"" + name + "\".", "Use \"duckdb\" or \"sqlite\".",
              Document::object({{"argument", "dialect"}, {"value", name}}));
}

std::string sql_number(double value, SqlDialect dialect) {
  const std::string text = format_exact(value);
  if (dialect == SqlDialect::duckdb) return "CAST('" + text + "' AS DOUBLE)";
  if (std::isinf(value)) return value > 0.0 ? "9e999" : "-9e999";
  double read = 0.0;
  constexpr int kSafeDigits = 15;
  constexpr double kSafeSize = 1e15;
  const bool is_short = parse_double(format_g(value, kSafeDigits), read) && read == value &&
                        (value == 0.0 || (std::fabs(value) < kSafeSize && std::fabs(value) > 1.0 / kSafeSize));
  if (!is_short) return exact_product(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string sql_name(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string sql_case(const binning::Bins& bins, SqlDialect dialect, const std::function<std::string(int)>& value) {
  return bins.kind == binning::Bins::Kind::numeric ? numeric_case(bins, dialect, value)
                                                   : level_case(bins, dialect, value);
}

}  // namespace deciban::models
