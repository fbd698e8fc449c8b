#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "deciban/tables/table.hpp"
#include "models/fit_case.hpp"

using namespace deciban::tables;
using fit_case::Doubles;
using fit_case::kInf;
using fit_case::kNaN;
using fit_case::Texts;
using Style = Format::Style;

namespace {

std::string render_numbers(Doubles values, Format format) {
  ResultTable table;
  table.add("v", std::move(values));
  return render(table, {format});
}

}  // namespace

TEST(Tables, KeepColumnsInOrder) {
  ResultTable table;
  EXPECT_EQ(table.rows(), 0u);
  EXPECT_EQ(render(table, {}), "\n");
  table.add("t", Texts{"a", "b"})
      .add("x", Doubles{1, 2})
      .add_integers("n", {3, 4})
      .add_flags("base", {1, 0})
      .add_categories("c", {1, 0}, {"low", "high"});
  ASSERT_EQ(table.columns.size(), 5u);
  EXPECT_EQ(table.rows(), 2u);
  for (const auto& column : table.columns) EXPECT_EQ(column.size(), 2u) << column.name;
  EXPECT_EQ(table.columns[3].kind, Column::Kind::boolean);
  EXPECT_EQ(render(table, {}),
            "t  x  n  base  c\n"
            "a  1  3   yes  high\n"
            "b  2  4        low\n");
}

TEST(Tables, LineUpTextOfAnyScript) {
  ResultTable table;
  table.add("term", Texts{"r\xC3\xA9gion", "x", ""}).add("n", Doubles{1, 20, 300});
  EXPECT_EQ(render(table, {}),
            "term      n\n"
            "r\xC3\xA9gion    1\n"
            "x        20\n"
            "        300\n");
}

TEST(Tables, ShowSignificantDigits) {
  const Format four{Style::significant, 4};
  EXPECT_EQ(render_numbers({1.23456, 123.456, 0.0123456}, four), "        v\n  1.23456\n123.45600\n  0.01235\n")
      << "the decimals that the smallest one needs, so that the column lines up";
  EXPECT_EQ(render_numbers({1234.5, 10}, four), "      v\n1234.50\n  10.00\n");
  EXPECT_EQ(render_numbers({0, kNaN, kInf, -kInf}, four), "   v\n   0\n  NA\n Inf\n-Inf\n");
  EXPECT_EQ(render_numbers({1e-9, 1}, four), "       v\n   1e-09\n1.000000\n");
  EXPECT_EQ(render_numbers({1e20}, four), "    v\n1e+20\n");
  EXPECT_EQ(render_numbers({1e-320, -1e308}, four).size() > 0, true);
}

TEST(Tables, ShowFixedCountsAndPlainNumbers) {
  EXPECT_EQ(render_numbers({1.2345, -0.5}, {Style::fixed, 2}), "    v\n 1.23\n-0.50\n");
  EXPECT_EQ(render_numbers({1234567, 8}, {Style::count, 0}), "        v\n1,234,567\n        8\n");
  EXPECT_EQ(render_numbers({0.1234567, 1e7}, {}), "       v\n0.123457\n   1e+07\n");
  ResultTable counts;
  counts.add_integers("n", {1000, -5});
  EXPECT_EQ(render(counts, {{Style::count, 0}}), "    n\n1,000\n   -5\n");
}

// R 4.2.2: format.pval(p, 3, eps = 2e-16) one at a time.
TEST(Tables, ShowPValuesAsR) {
  EXPECT_EQ(format_p_value(1e-300), "<2e-16");
  EXPECT_EQ(format_p_value(0.0), "<2e-16");
  EXPECT_EQ(format_p_value(3.456e-5), "3.46e-05");
  EXPECT_EQ(format_p_value(0.0455002), "0.0455");
  EXPECT_EQ(format_p_value(1.0), "1");
  EXPECT_EQ(format_p_value(kNaN), "NA");
  EXPECT_EQ(render_numbers({0.5, 1e-20}, {Style::p_value, 3}), "     v\n   0.5\n<2e-16\n");
}

TEST(Tables, MarkSignificance) {
  EXPECT_STREQ(significance_code(0.0), "***");
  EXPECT_STREQ(significance_code(0.000999), "***");
  EXPECT_STREQ(significance_code(0.001), "**");
  EXPECT_STREQ(significance_code(0.01), "*");
  EXPECT_STREQ(significance_code(0.05), ".");
  EXPECT_STREQ(significance_code(0.1), "");
  EXPECT_STREQ(significance_code(kNaN), "");
}
