#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::design {

/// An expression over columns, compiled once and evaluated block by block: numbers, columns, + - * / ^ %% %/%,
/// comparisons, & | !, pmin, pmax, clip, ifelse and the elementwise functions of the registry. Missing is NaN and
/// follows R: NA & FALSE is FALSE, NA | TRUE is TRUE.
class Expression {
 public:
  /// Raises FormulaError `formula.unknown_function`, `formula.arguments`, `formula.unsupported` with position,
  /// InputError `data.unknown_column`, DataError `data.not_numeric`. A sub-expression whose canonical text is the name
  /// of a column (computed by the host) reads that column. Borrows `data`.
  Expression(const formula::Node& node, const data::Table& data);
  ~Expression();
  Expression(Expression&&) noexcept;

  /// The result is TRUE / FALSE (1 / 0), which a formula codes as a factor.
  bool is_logical() const;
  /// Rows [begin, begin + count), count <= 512.
  void evaluate(std::int64_t begin, int count, double* out) const;
  /// The column whose value alone decides the value of a row, -0 counted as 0; null when there are several or none.
  const data::Column* only_column() const;
  /// The same as `evaluate` for `count` <= 512 values of only_column().
  void evaluate_values(const double* values, int count, double* out) const;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

/// Adds the canonical text of calls in `node` that the registry does not know: the host evaluates them.
void collect_opaque(const formula::Node& node, std::vector<std::string>& texts);
/// Adds the names of the columns that an expression reads; an opaque call is a column of its own.
void collect_columns(const formula::Node& node, std::vector<std::string>& names);

/// Values of a numeric expression over all rows of `data`.
std::vector<double> evaluate_numeric(const formula::Node& node, const data::Table& data, const RunContext& context);
/// The same, without a copy where the expression is a column of doubles: `data` must outlive the result then.
data::Numbers numeric_values(const formula::Node& node, const data::Table& data, const RunContext& context);

/// A number, vector or text that a call's argument holds without data: 3, -1.5, c(1, 2), "sum", TRUE. Raise
/// FormulaError `formula.arguments` naming the argument otherwise.
double constant_number(const formula::Node& node, const char* argument);
std::vector<double> constant_numbers(const formula::Node& node, const char* argument);
std::vector<std::string> constant_texts(const formula::Node& node, const char* argument);
bool constant_flag(const formula::Node& node, const char* argument);

}  // namespace deciban::design
