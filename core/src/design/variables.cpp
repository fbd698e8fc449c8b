#include "variables.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bin_terms.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/design/registry.hpp"
#include "deciban/formula/parser.hpp"
#include "encoders.hpp"
#include "formula_errors.hpp"
#include "variable_calls.hpp"

namespace deciban::design {
namespace {

using formula::Node;
using formula::NodePtr;

const Node& without_parens(const Node& node) {
  return node.kind == Node::Kind::paren ? without_parens(*node.arguments[0].value) : node;
}

// The column that a factor reads as it is, or null when its input must be computed.
const data::Column* plain_column(const Variable& variable, const data::Table& data) {
  if (variable.opaque) return &data.at(variable.label);
  const Node& node = without_parens(*variable.input);
  if (node.kind == Node::Kind::call) return data.find(formula::to_text(node));  // the host evaluated it
  return node.kind == Node::Kind::name ? data.find(node.text) : nullptr;
}

data::Column column_of_values(std::vector<double> values, data::Meaning meaning) {
  data::Column column = data::make_column("", std::move(values));
  for (auto& chunk : column.chunks) chunk.meaning = meaning;
  return column;
}

}  // namespace

data::Column factor_column(const Variable& variable, const data::Table& data, const RunContext& context) {
  if (const data::Column* column = plain_column(variable, data)) return *column;
  const Node& node = without_parens(*variable.input);
  if (node.kind == Node::Kind::name) return data.at(node.text);  // raises data.unknown_column
  const bool logical = Expression(node, data).is_logical();
  return column_of_values(evaluate_numeric(node, data, context),
                          logical ? data::Meaning::boolean : data::Meaning::number);
}

namespace {

void declare_call(const Node& node, const data::Table& data, Variable& variable, VariableWish& wish) {
  if (is_encoder_call(node)) return declare_encoder(node, variable);
  const FunctionEntry* entry = find_function(node.text);
  if (!entry) throw unknown_function(node);
  switch (entry->kind) {
    case FunctionEntry::Kind::basis:
      variable.input = basis_input(node);
      return;
    case FunctionEntry::Kind::factor:
      return declare_factor_call(node, variable, wish);
    case FunctionEntry::Kind::smooth:
      throw formula_error("formula.smooth_unavailable", node,
                          "Penalised smooths such as `" + variable.label + "` cannot be fitted yet.",
                          "Use bs(x, df = 5) or ns(x, df = 4) meanwhile.");
    case FunctionEntry::Kind::encoder:
      return declare_encoder(node, variable);
    default:
      if (Expression(node, data).is_logical()) variable.kind = Variable::Kind::factor;
  }
}

// A level for missing values, the last one.
void add_missing_level(Variable& variable, data::RowCodes& codes) {
  const std::int32_t level = static_cast<std::int32_t>(variable.levels.size());
  bool any = false;
  codes.for_each([&](std::size_t, std::int32_t code) { any |= code == data::kMissingCode; });
  if (!any) return;
  codes.replace([&](std::int32_t code) { return code == data::kMissingCode ? level : code; });
  for (data::Dictionary* dictionary : {&variable.levels, &variable.values}) {
    if (dictionary == &variable.values && dictionary->size() == 0) continue;
    dictionary->labels.push_back("NA");
    if (!dictionary->numbers.empty()) dictionary->numbers.push_back(std::nan(""));
  }
}

data::RowCodes cut_codes(const Variable& variable, const std::vector<double>& numbers) {
  data::RowCodes codes(static_cast<std::int64_t>(numbers.size()));
  std::int32_t piece[512];
  for (std::size_t begin = 0; begin < numbers.size(); begin += 512) {
    const std::size_t count = std::min<std::size_t>(512, numbers.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t interval = interval_of(numbers[begin + i], variable);
      piece[i] = interval < 0 ? interval : variable.interval_levels[static_cast<std::size_t>(interval)];
      if (interval >= 0 && piece[i] < 0) piece[i] = data::kUnseenCode;
    }
    codes.write(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(count), piece);
  }
  return codes;
}

void learn_cut(Variable& variable, const VariableWish& wish, const std::vector<double>& numbers) {
  if (variable.breaks.empty()) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const double x : numbers) {
      if (std::isfinite(x)) low = std::min(low, x);
      if (std::isfinite(x)) high = std::max(high, x);
    }
    if (!(low <= high))
      throw formula_error("formula.constant", *variable.expression,
                          "`" + variable.label + "` has no finite values to cut.", "Give the breaks.");
    variable.breaks = even_breaks(low, high, wish.intervals);
  }
  if (variable.levels.labels.empty())
    variable.levels.labels =
        interval_labels(variable.breaks, variable.right, variable.include_lowest, wish.label_digits);
  if (variable.levels.labels.size() + 1 != variable.breaks.size())
    throw wrong_arguments(*variable.expression, "`labels` and intervals differ in number.",
                          "Give one label per interval.");
  variable.levels.meaning = data::Meaning::text;
  variable.levels.declared = true;
  for (std::size_t k = 0; k + 1 < variable.breaks.size(); ++k) variable.interval_levels.push_back(static_cast<int>(k));
}

// Codes of present values against the learned levels; a stored missing level takes missing values.
data::RowCodes recode(const Variable& variable, const data::Column& column, std::vector<std::string>& unseen,
                      std::int64_t& n_unseen) {
  const data::Dictionary& values = variable.values.size() ? variable.values : variable.levels;
  data::RowCodes codes = data::recode_levels(column, values, unseen, n_unseen);
  const auto last = static_cast<std::int32_t>(variable.levels.size()) - 1;
  if (variable.missing_level && last >= 0 && variable.levels.labels.back() == "NA")
    codes.replace([&](std::int32_t code) { return code == data::kMissingCode ? last : code; });
  return codes;
}

void choose_base(Variable& variable, const VariableWish& wish, const data::RowCodes& codes,
                 const data::Numbers& weights) {
  const auto& labels = variable.levels.labels;
  if (wish.base_largest) {
    std::vector<double> totals(labels.size(), 0.0);
    codes.for_each([&](std::size_t row, std::int32_t code) { totals[code] += weights.empty() ? 1.0 : weights[row]; });
    variable.base = static_cast<int>(std::max_element(totals.begin(), totals.end()) - totals.begin());
  } else if (!wish.base_label.empty()) {
    const auto found = std::find(labels.begin(), labels.end(), wish.base_label);
    if (found == labels.end())
      throw formula_error("formula.arguments", *variable.expression,
                          "`" + variable.label + "`: there is no level \"" + wish.base_label + "\" in the rows used.",
                          "Levels are " + join_some(labels, 10) + ".");
    variable.base = static_cast<int>(found - labels.begin());
  } else if (wish.base_last) {
    variable.base = variable.n_levels() - 1;
  }
  if (variable.base < 0 || variable.base >= variable.n_levels())
    throw formula_error("formula.arguments", *variable.expression,
                        "`" + variable.label + "` has no level number " + std::to_string(variable.base + 1) + ".",
                        "Levels are counted from 1.");
}

// A logical that stands for itself is FALSE and TRUE, whatever occurs. factor(), ordered() and C() make a factor of it,
// with the levels that occur in the rows used, as in R.
bool is_bare_logical(const Variable& variable) {
  if (variable.levels.meaning != data::Meaning::boolean) return false;
  const Node& node = *variable.expression;
  const FunctionEntry* entry = node.kind == Node::Kind::call && !variable.opaque ? find_function(node.text) : nullptr;
  return !entry || entry->kind != FunctionEntry::Kind::factor;
}

void drop_unused_levels(Variable& variable, data::RowCodes& codes) {
  if (is_bare_logical(variable)) return;
  const std::vector<char> used = codes.used(variable.levels.size());
  std::vector<std::int32_t> new_code;
  const std::size_t before = variable.levels.size();
  if (variable.values.size()) variable.values = data::drop_levels(variable.values, used, new_code);
  variable.levels = data::drop_levels(variable.levels, used, new_code);
  if (variable.levels.size() == before) return;
  codes.renumber(new_code);
  for (auto& level : variable.interval_levels) level = new_code[static_cast<std::size_t>(level)];
}

void keep_both_logicals(Variable& variable, data::RowCodes& codes) {
  if (variable.levels.size() == 2) return;
  const bool only_true = variable.levels.size() == 1 && variable.levels.labels[0] == "TRUE";
  variable.levels.labels = {"FALSE", "TRUE"};
  variable.levels.numbers = {0.0, 1.0};
  if (only_true) codes.replace([](std::int32_t code) { return code + (code >= 0 ? 1 : 0); });
}

// factor(x, labels = ...): new names for the levels. Values keep matching by number or by their old label.
void relabel(Variable& variable, const std::vector<std::string>& labels) {
  if (labels.size() != variable.levels.size())
    throw wrong_arguments(*variable.expression,
                          "`labels` has " + std::to_string(labels.size()) + " entries for " +
                              std::to_string(variable.levels.size()) + " levels.",
                          "Give one label per level: " + join_some(variable.levels.labels, 10) + ".");
  variable.values = variable.levels;
  variable.levels.labels = labels;
}

void learn_basis_of(Variable& variable, const RawVariable& raw) {
  const Node& call = *variable.expression;
  const FunctionEntry* entry = call.kind == Node::Kind::call && !variable.opaque ? find_function(call.text) : nullptr;
  if (!entry || entry->kind != FunctionEntry::Kind::basis) return;
  data::CodedNumbers distinct;
  if (raw.coded_numbers) {
    distinct.counts.assign(raw.values.size(), 0);
    raw.codes.for_each([&](std::size_t, std::int32_t code) {
      if (code >= 0) ++distinct.counts[static_cast<std::size_t>(code)];
    });
    distinct.values = raw.values;
  } else {
    data::code_numbers(raw.numbers, std::numeric_limits<std::int32_t>::max(), distinct);
  }
  variable.basis = learn_basis(call, distinct.values, distinct.counts);
}

}  // namespace

Variable declare_variable(const NodePtr& node, const data::Table& data, const ContrastChoice& contrasts,
                          VariableWish& wish) {
  Variable variable;
  variable.expression = variable.input = node;
  variable.label = formula::to_text(*node);
  if (node->kind == Node::Kind::name) {
    if (data.at(node->text).is_categorical()) variable.kind = Variable::Kind::factor;
  } else if (const data::Column* column = data.find(variable.label)) {
    variable.opaque = true;  // the host evaluated it
    if (column->is_categorical()) variable.kind = Variable::Kind::factor;
  } else if (node->kind == Node::Kind::call) {
    declare_call(*node, data, variable, wish);
  } else if (Expression(*node, data).is_logical()) {
    variable.kind = Variable::Kind::factor;
  }
  auto chosen = contrasts.find(variable.label);
  if (chosen == contrasts.end() && node->kind == Node::Kind::name) chosen = contrasts.find(node->text);
  if (chosen != contrasts.end()) {
    if (variable.kind != Variable::Kind::factor)
      throw Error(ErrorKind::input, "input.contrasts", "`contrasts` names `" + variable.label + "`, which is numeric.",
                  "Contrasts belong to factors; write factor(" + variable.label + ").",
                  Document::object({{"column", variable.label}}));
    variable.contrast = chosen->second;
    wish.contrast_given = true;
  }
  return variable;
}

RawVariable read_training_variable(Variable& variable, const VariableWish& wish, const data::Table& data,
                                   const RunContext& context) {
  RawVariable raw;
  if (variable.waits_for_rows()) return encoder_placeholder(data);
  if (variable.kind == Variable::Kind::numeric) {
    raw = read_numbers(*variable.input, data, context);
    learn_basis_of(variable, raw);
    return raw;
  }
  if (wish.is_cut) {
    const std::vector<double> numbers = evaluate_numeric(*variable.input, data, context);
    learn_cut(variable, wish, numbers);
    raw.codes = cut_codes(variable, numbers);
    return raw;
  }
  const data::Column column = factor_column(variable, data, context);
  if (variable.fixed_levels) {
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    raw.codes = data::recode_levels(column, variable.levels, unseen, n_unseen);
    raw.codes.replace([](std::int32_t code) { return std::max(code, data::kMissingCode); });
  } else {
    const bool ordered = variable.levels.ordered;
    data::CodedColumn coded = data::encode_levels(column);
    variable.levels = std::move(coded.levels);
    variable.levels.ordered = variable.levels.ordered || ordered;
    raw.codes = std::move(coded.codes);
    if (is_bare_logical(variable)) keep_both_logicals(variable, raw.codes);
  }
  if (!wish.labels.empty()) relabel(variable, wish.labels);
  if (variable.missing_level) add_missing_level(variable, raw.codes);
  return raw;
}

namespace {

Error opaque_missing(const std::string& label) {
  return Error(
      ErrorKind::input, "predict.opaque_missing",
      "`" + label + "` was computed outside deciban when the model was fitted; the data have no column of that name.",
      "Add a column named `" + label + "` with its values.", Document::object({{"term", label}}));
}

}  // namespace

void require_opaque(const Node& node, const data::Table& data) {
  std::vector<std::string> labels;
  collect_opaque(node, labels);
  for (const auto& label : labels)
    if (!data.find(label)) throw opaque_missing(label);
}

RawVariable read_variable(const Variable& variable, const data::Table& data, const RunContext& context,
                          std::vector<std::string>& unseen, std::int64_t& n_unseen) {
  RawVariable raw;
  if (!variable.opaque) {
    require_opaque(*variable.input, data);
  } else if (!data.find(variable.label)) {
    throw opaque_missing(variable.label);
  }
  if (variable.encoder) return read_encoder(variable, data, context);
  if (variable.bins) return read_bins(variable, factor_column(variable, data, context), context, unseen, n_unseen);
  if (variable.kind == Variable::Kind::numeric) return read_numbers(*variable.input, data, context);
  if (!variable.breaks.empty()) {
    const std::vector<double> numbers = evaluate_numeric(*variable.input, data, context);
    raw.codes = cut_codes(variable, numbers);
    raw.codes.for_each([&](std::size_t row, std::int32_t code) {
      if (code == data::kUnseenCode && n_unseen++ == 0) unseen.push_back(format_g(numbers[row], 6));
    });
    return raw;
  }
  raw.codes = recode(variable, factor_column(variable, data, context), unseen, n_unseen);
  if (!variable.fixed_levels) return raw;
  // values outside levels = c(...) are missing, as they were in training
  raw.codes.replace([](std::int32_t code) { return std::max(code, data::kMissingCode); });
  unseen.clear();
  n_unseen = 0;
  return raw;
}

void learn_variable(Variable& variable, const VariableWish& wish, RawVariable& raw, const data::Numbers& weights) {
  if (variable.kind != Variable::Kind::factor) return;
  drop_unused_levels(variable, raw.codes);
  if (variable.levels.ordered && !wish.contrast_given) variable.contrast = Contrast::poly;
  choose_base(variable, wish, raw.codes, weights);
}

}  // namespace deciban::design
