// Numeric variables over rows: distinct values with codes where they are few, else a number per row.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/data/levels.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "variables.hpp"

namespace deciban::design {
namespace {

constexpr std::int32_t kMaxDistinct = 65536;

// More distinct numbers than this are not worth a dictionary.
std::int32_t distinct_limit(std::int64_t rows) {
  return static_cast<std::int32_t>(std::min<std::int64_t>(kMaxDistinct, rows / 4));
}

// The expression at each distinct value of its column. Results are distinct values in turn; NaN is missing.
void evaluate_distinct(const Expression& expression, RawVariable& raw) {
  std::vector<double> results(raw.values.size());
  for (std::size_t begin = 0; begin < results.size(); begin += parallel::kComputeRows) {
    const auto count = std::min<std::size_t>(parallel::kComputeRows, results.size() - begin);
    expression.evaluate_values(raw.values.data() + begin, static_cast<int>(count), results.data() + begin);
  }
  data::CodedNumbers distinct;
  data::code_numbers(results, kMaxDistinct, distinct);
  raw.values = std::move(distinct.values);
  raw.codes.renumber(distinct.codes.to_vector());
}

// Values without rows go.
void drop_unused_values(RawVariable& raw) {
  const std::vector<char> used = raw.codes.used(raw.values.size());
  std::vector<std::int32_t> new_code(raw.values.size(), data::kMissingCode);
  std::size_t kept = 0;
  for (std::size_t k = 0; k < used.size(); ++k) {
    if (!used[k]) continue;
    new_code[k] = static_cast<std::int32_t>(kept);
    raw.values[kept++] = raw.values[k];
  }
  if (kept == raw.values.size()) return;
  raw.values.resize(kept);
  raw.codes.renumber(new_code);
}

data::Numbers number_per_row(const RawVariable& raw) {
  if (!raw.coded_numbers) return raw.numbers;
  std::vector<double> numbers(raw.codes.size(), std::nan(""));
  raw.codes.for_each([&](std::size_t row, std::int32_t code) {
    if (code >= 0) numbers[row] = raw.values[static_cast<std::size_t>(code)];
  });
  return numbers;
}

}  // namespace

RawVariable read_numbers(const formula::Node& node, const data::Table& data, const RunContext& context) {
  RawVariable raw;
  const bool plain = node.kind == formula::Node::Kind::name;
  const std::int32_t limit = distinct_limit(data.rows());
  const Expression expression(node, data);
  const data::Column* column = expression.only_column();
  data::CodedNumbers distinct;
  const bool few_inputs = column && data::code_numbers(*column, limit, distinct);
  if (!few_inputs) raw.numbers = numeric_values(node, data, context);
  // the results may be few all the same, as those of x %/% 10
  raw.coded_numbers = few_inputs || (!plain && data::code_numbers(raw.numbers, limit, distinct));
  if (!raw.coded_numbers) return raw;
  raw.numbers = {};
  raw.codes = std::move(distinct.codes);
  raw.values = std::move(distinct.values);
  if (few_inputs && !plain) evaluate_distinct(expression, raw);
  return raw;
}

void check_finite(const std::string& label, const RawVariable& raw, const RowLabels& rows) {
  const auto finite = [](double value) { return std::isfinite(value); };
  if (raw.coded_numbers && std::all_of(raw.values.begin(), raw.values.end(), finite)) return;
  check_finite(label, number_per_row(raw), rows);
}

CodedVariable code_variable(const Variable& variable, RawVariable raw) {
  CodedVariable coded;
  if (variable.kind == Variable::Kind::factor) {
    coded.codes = std::make_shared<data::Codes>(std::move(raw.codes), variable.n_levels());
    return coded;
  }
  if (!raw.coded_numbers) {
    coded.values = std::move(raw.numbers);
    return coded;
  }
  drop_unused_values(raw);
  if (static_cast<std::int64_t>(raw.values.size()) > distinct_limit(static_cast<std::int64_t>(raw.codes.size()))) {
    coded.values = number_per_row(raw);
    return coded;
  }
  coded.codes = std::make_shared<data::Codes>(std::move(raw.codes), static_cast<std::int32_t>(raw.values.size()));
  coded.values = std::move(raw.values);
  return coded;
}

}  // namespace deciban::design
