#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace deciban::tables {

/// A column of a result: hosts turn it into the natural column of their data frames.
struct Column {
  enum class Kind { text, number, integer, boolean, category };
  std::string name;
  Kind kind = Kind::number;
  std::vector<std::string> texts;      ///< text; NA is not used
  std::vector<double> numbers;         ///< number; NaN is missing
  std::vector<std::int64_t> integers;  ///< integer, boolean (0/1); category (0-based level)
  std::vector<std::string> levels;     ///< category
  std::size_t size() const;
};

/// A typed result table with the order of its columns.
struct ResultTable {
  std::vector<Column> columns;

  ResultTable& add(std::string name, std::vector<std::string> values);
  ResultTable& add(std::string name, std::vector<double> values);
  ResultTable& add_integers(std::string name, std::vector<std::int64_t> values);
  ResultTable& add_flags(std::string name, std::vector<std::int64_t> values);
  ResultTable& add_categories(std::string name, std::vector<std::int64_t> codes, std::vector<std::string> levels);
  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
};

/// How one column is printed: significant digits (0: as a count), decimals when >= 0, or a p-value ("<2e-16").
struct Format {
  enum class Style { plain, significant, fixed, p_value, count };
  Style style = Style::plain;
  int digits = 4;
};

/// Right-aligned text of a table (text columns left-aligned), one line per row, with a header line.
/// @param formats one per column; missing entries print plainly with 6 significant digits.
std::string render(const ResultTable& table, const std::vector<Format>& formats);

/// "<2e-16", "0.00123", "NA": three significant digits as R's format.pval.
std::string format_p_value(double p);
/// R's significance codes: "***" below 0.001, "**" below 0.01, "*" below 0.05, "." below 0.1, else "".
const char* significance_code(double p);

}  // namespace deciban::tables
