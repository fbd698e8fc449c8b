#include "deciban/design/learn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/design/functions.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/math/blocks.hpp"
#include "row_checks.hpp"
#include "sources.hpp"
#include "terms.hpp"

namespace deciban::design {
namespace {

using formula::Node;

// Columns over all rows of the data, before incomplete rows are dropped.
struct RawTerm {
  std::vector<double> values;
  data::CodedColumn coded;
};

struct RawColumns {
  std::vector<double> y;
  data::Dictionary response_levels;
  std::vector<RawTerm> terms;
  std::vector<double> weights, frequencies, exposure, offset;
};

void check_size(const data::Table& data) {
  if (data.rows() == 0)
    throw Error(ErrorKind::input, "data.empty", "The data have no rows.", "A fit needs at least one row.");
  if (data.rows() > std::numeric_limits<std::int32_t>::max())
    throw Error(ErrorKind::input, "data.too_many_rows",
                "The data have " + format_count(data.rows()) + " rows; a fit in memory takes at most 2,147,483,647.",
                "Aggregate rows that are alike and give their number as freq_weights, or fit a sample.",
                Document::object({{"rows", data.rows()}}));
}

// A response with two levels: the first is failure, the second success, as in R.
std::vector<double> read_response(const Node& node, const families::Family& family, const data::Table& data,
                                  const data::Dictionary* known, data::Dictionary& levels, const RunContext& context) {
  const data::Column* named = node.kind == Node::Kind::name ? &data.at(node.text) : nullptr;
  // FALSE and TRUE are 0 and 1 for every family, also when only one of them occurs
  if (!named || !named->is_categorical() || named->meaning() == data::Meaning::boolean)
    return evaluate_numeric(node, data, context);
  const data::Column& column = *named;
  data::CodedColumn coded;
  if (known && known->size()) {
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    coded.levels = *known;
    coded.codes = data::recode_levels(column, *known, unseen, n_unseen);
  } else {
    coded = data::encode_levels(column);
  }
  if (!family.is_probability() || coded.levels.size() != 2)
    throw Error(ErrorKind::data, "response.not_numeric",
                "The response `" + node.text + "` is categorical with " + std::to_string(coded.levels.size()) +
                    " levels (" + join_some(coded.levels.labels) + ").",
                family.is_probability()
                    ? "The binomial family takes two levels: the first is failure, the second success."
                    : "The " + families::family_name(family) + " family needs numbers.",
                Document::object({{"column", node.text}, {"levels", static_cast<std::int64_t>(coded.levels.size())}}));
  levels = coded.levels;
  std::vector<double> y(coded.codes.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = coded.codes[i] < 0 ? std::nan("") : coded.codes[i];
  return y;
}

void mark_missing(const std::vector<double>& values, std::vector<char>& complete) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isnan(values[i])) complete[i] = 0;
}

void mark_missing(const std::vector<std::int32_t>& codes, std::vector<char>& complete) {
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (codes[i] < 0) complete[i] = 0;
}

template <class Value>
void compact(std::vector<Value>& values, const std::vector<std::int64_t>& kept) {
  if (values.empty()) return;
  for (std::size_t i = 0; i < kept.size(); ++i) values[i] = values[static_cast<std::size_t>(kept[i])];
  values.resize(kept.size());
}

std::int64_t count_missing(const RawTerm& raw) {
  std::int64_t count = 0;
  for (const double value : raw.values) count += std::isnan(value);
  for (const std::int32_t code : raw.coded.codes) count += code < 0;
  return count;
}

// "Density (12), Area (3)": who is to blame for incomplete rows.
std::vector<std::string> missing_counts(const DesignSpec& spec, const RawColumns& raw) {
  std::vector<std::string> counts;
  const auto note = [&](const std::string& label, std::int64_t count) {
    if (count) counts.push_back("`" + label + "` (" + format_count(count) + ")");
  };
  note(formula::to_text(*spec.formula.response),
       std::count_if(raw.y.begin(), raw.y.end(), [](double y) { return std::isnan(y); }));
  for (std::size_t t = 0; t < spec.terms.size(); ++t) note(spec.terms[t].label, count_missing(raw.terms[t]));
  note("offset", std::count_if(raw.offset.begin(), raw.offset.end(), [](double y) { return std::isnan(y); }));
  return counts;
}

// Rows that are complete in the response, all terms and the offset. Empty when every row is.
std::vector<std::int64_t> complete_rows(const DesignSpec& spec, const RawColumns& raw) {
  const std::int64_t rows = static_cast<std::int64_t>(raw.y.size());
  std::vector<char> complete(raw.y.size(), 1);
  mark_missing(raw.y, complete);
  mark_missing(raw.offset, complete);
  for (const auto& term : raw.terms) {
    mark_missing(term.values, complete);
    mark_missing(term.coded.codes, complete);
  }
  const std::int64_t n = std::count(complete.begin(), complete.end(), 1);
  if (n == rows) return {};
  const auto counts = missing_counts(spec, raw);
  const Document context = Document::object({{"rows", rows}, {"incomplete", rows - n}});
  if (n == 0)
    throw Error(ErrorKind::data, "data.all_missing",
                "All " + format_count(rows) +
                    " rows have a missing value in a column of the model: " + join_some(counts, 8) + ".",
                "Fill the columns or leave them out of the formula.", context);
  if (spec.na_action == NaAction::fail)
    throw Error(ErrorKind::data, "data.missing",
                format_count(rows - n) + " of " + format_count(rows) +
                    " rows have missing values: " + join_some(counts, 8) + ".",
                "Fill them, or use na_action = \"omit\" to leave these rows out.", context);
  std::vector<std::int64_t> kept;
  kept.reserve(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < rows; ++i)
    if (complete[i]) kept.push_back(i);
  return kept;
}

void read_columns(const DesignSpec& spec, const families::Family& family, const data::Table& data,
                  const data::Table& vectors, const RunContext& context, RawColumns& raw) {
  raw.y = read_response(*spec.formula.response, family, data, &spec.response_levels, raw.response_levels, context);
  raw.weights = read_source(spec.weights, "weights", data, vectors, context);
  raw.frequencies = read_source(spec.freq_weights, "freq_weights", data, vectors, context);
  raw.exposure = read_source(spec.exposure, "exposure", data, vectors, context);
  raw.offset = read_source(spec.offset, "offset", data, vectors, context);
  for (const auto& node : spec.offsets) add_values(evaluate_numeric(*node, data, context), raw.offset);
}

// Drops incomplete rows from every column, checks what is left, and moves it into the training data.
TrainingData assemble(const DesignSpec& spec, const families::Family& family, RawColumns& raw) {
  TrainingData training;
  training.rows_given = static_cast<std::int64_t>(raw.y.size());
  training.kept = complete_rows(spec, raw);
  if (!training.kept.empty()) {
    for (auto* values : {&raw.y, &raw.weights, &raw.frequencies, &raw.exposure, &raw.offset})
      compact(*values, training.kept);
    for (auto& term : raw.terms) {
      compact(term.values, training.kept);
      compact(term.coded.codes, training.kept);
    }
  }
  const RowLabels rows{training.kept};
  check_weights(raw.weights, rows);
  check_frequencies(raw.frequencies, rows);
  check_exposure(raw.exposure, raw.weights, rows);
  check_any_weight(raw.weights, raw.frequencies);
  check_response(formula::to_text(*spec.formula.response), family, raw.y, raw.weights, rows);
  if (!raw.offset.empty()) check_finite("offset", raw.offset, rows);
  for (std::size_t t = 0; t < spec.terms.size(); ++t)
    if (spec.terms[t].kind == Term::Kind::numeric) check_finite(spec.terms[t].label, raw.terms[t].values, rows);
  training.y = std::move(raw.y);
  training.weights = std::move(raw.weights);
  training.frequencies = std::move(raw.frequencies);
  training.exposure = std::move(raw.exposure);
  training.offset = std::move(raw.offset);
  if (!training.exposure.empty()) add_log(training.exposure, training.offset);
  training.design.rows = static_cast<std::int64_t>(training.y.size());
  return training;
}

// Keeps the levels that have rows, settles the coding of the term and numbers its columns.
void learn_factor(Term& term, bool full, data::CodedColumn& coded, Warnings& warnings) {
  std::vector<char> used(coded.levels.size(), 0);
  for (const std::int32_t code : coded.codes) used[static_cast<std::size_t>(code)] = 1;
  std::vector<std::int32_t> new_code;
  term.levels = data::drop_levels(coded.levels, used, new_code);
  if (term.levels.size() != coded.levels.size())
    for (auto& code : coded.codes) code = new_code[static_cast<std::size_t>(code)];
  term.full = full;
  term.n_columns = static_cast<int>(term.levels.size()) - (full ? 0 : 1);
  if (term.levels.size() == 1)
    warnings.push_back({"factor.one_level", "warning",
                        "The factor `" + term.label + "` has one level only (\"" + term.levels.labels[0] +
                            "\") in the rows that are used; " +
                            (full ? "it acts as the intercept." : "it has no coefficient."),
                        Document::object({{"term", term.label}, {"level", term.levels.labels[0]}})});
}

void move_blocks(const DesignSpec& spec, RawColumns& raw, CodedDesign& design) {
  design.intercept = spec.intercept;
  design.n_columns = spec.n_columns();
  for (std::size_t t = 0; t < spec.terms.size(); ++t) {
    const Term& term = spec.terms[t];
    design.blocks.push_back(make_block(term));
    design.blocks.back().values = std::move(raw.terms[t].values);
    design.blocks.back().codes = std::move(raw.terms[t].coded.codes);
  }
}

}  // namespace

Block make_block(const Term& term) {
  Block block;
  if (term.kind == Term::Kind::numeric) {
    block.columns = {term.first_column};
    return block;
  }
  block.kind = Block::Kind::factor;
  block.levels = static_cast<int>(term.levels.size());
  for (int level = 0; level < block.levels; ++level) block.columns.push_back(term.column_of_level(level));
  return block;
}

TrainingData learn(const LearnRequest& request, const data::Table& data, const data::Table& vectors,
                   const RunContext& context, DesignSpec& spec, Warnings& warnings) {
  check_size(data);
  if (request.exposure.given() && request.link.id != families::LinkId::log &&
      request.link.id != families::LinkId::cloglog)
    throw Error(ErrorKind::input, "exposure.link",
                "`exposure` was given with the " + families::link_name(request.link) +
                    " link; log(exposure) can only join a log or cloglog predictor.",
                "For rates use y / exposure as the response and the exposure as weights.",
                Document::object({{"link", families::link_name(request.link)}}));
  TermList list = expand_terms(request.formula, data);
  spec.formula = request.formula;
  spec.intercept = list.intercept;
  spec.terms = std::move(list.terms);
  if (request.plain_names)
    for (auto& term : spec.terms) term.label = factor_column(term).text;
  spec.offsets = std::move(list.offsets);
  spec.weights = request.weights;
  spec.exposure = request.exposure;
  spec.offset = request.offset;
  spec.freq_weights = request.freq_weights;
  spec.na_action = request.na_action;
  spec.unseen = request.unseen;

  RawColumns raw;
  read_columns(spec, request.family, data, vectors, context, raw);
  spec.response_levels = raw.response_levels;
  for (const auto& term : spec.terms) {
    raw.terms.emplace_back();
    if (term.kind == Term::Kind::numeric) {
      raw.terms.back().values = evaluate_numeric(*term.expression, data, context);
    } else {
      raw.terms.back().coded = data::encode_levels(data.at(factor_column(term).text));
    }
  }
  warn_raw_exposure(spec, raw.offset, request.link, warnings);
  TrainingData training = assemble(spec, request.family, raw);
  int next = spec.intercept ? 1 : 0;
  bool full = !spec.intercept;  // without an intercept the first factor has a column for every level
  for (std::size_t t = 0; t < spec.terms.size(); ++t) {
    Term& term = spec.terms[t];
    term.first_column = next;
    if (term.kind == Term::Kind::factor) {
      learn_factor(term, full, raw.terms[t].coded, warnings);
      full = false;
    }
    next += term.n_columns;
  }
  move_blocks(spec, raw, training.design);
  return training;
}

TrainingData recode_training(const DesignSpec& spec, const families::Family& family, const data::Table& data,
                             const data::Table& vectors, const RunContext& context) {
  check_size(data);
  RawColumns raw;
  read_columns(spec, family, data, vectors, context, raw);
  for (const auto& term : spec.terms) {
    raw.terms.emplace_back();
    if (term.kind == Term::Kind::numeric) {
      raw.terms.back().values = evaluate_numeric(*term.expression, data, context);
      continue;
    }
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    raw.terms.back().coded.codes =
        data::recode_levels(data.at(factor_column(term).text), term.levels, unseen, n_unseen);
  }
  TrainingData training = assemble(spec, family, raw);
  move_blocks(spec, raw, training.design);
  return training;
}

}  // namespace deciban::design
