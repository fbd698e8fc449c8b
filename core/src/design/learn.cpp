#include "deciban/design/learn.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "bin_terms.hpp"
#include "blocks.hpp"
#include "deciban/base/text.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/parallel/team.hpp"
#include "encoders.hpp"
#include "expand.hpp"
#include "formula_errors.hpp"
#include "response.hpp"
#include "row_checks.hpp"
#include "sources.hpp"
#include "variables.hpp"

namespace deciban::design {
namespace {

// Columns over all rows of the data, before incomplete rows are dropped.
struct RawColumns {
  Response response;
  std::vector<RawVariable> variables;
  data::Numbers weights, frequencies, exposure, offset;
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

void mark_missing(const data::Numbers& values, std::vector<char>& complete) {
  for (std::size_t i = 0; i < values.size(); ++i) complete[i] &= values[i] == values[i];
}

void mark_missing(const data::RowCodes& codes, std::vector<char>& complete) { codes.clear_absent(complete); }

void compact(data::Numbers& values, const std::vector<std::int64_t>& kept) {
  if (values.empty()) return;
  std::vector<double> left(kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) left[i] = values[static_cast<std::size_t>(kept[i])];
  values = std::move(left);
}

std::int64_t count_missing(const RawVariable& raw) {
  std::int64_t count = 0;
  for (const double value : raw.numbers) count += std::isnan(value);
  raw.codes.for_each([&](std::size_t, std::int32_t code) { count += code < 0; });
  return count;
}

// "Density (12), Area (3)": who is to blame for incomplete rows.
std::vector<std::string> missing_counts(const DesignSpec& spec, const RawColumns& raw) {
  std::vector<std::string> counts;
  const auto note = [&](const std::string& label, std::int64_t count) {
    if (count) counts.push_back("`" + label + "` (" + format_count(count) + ")");
  };
  if (spec.formula.response)
    note(formula::to_text(*spec.formula.response),
         std::count_if(raw.response.y.begin(), raw.response.y.end(), [](double y) { return std::isnan(y); }));
  for (std::size_t v = 0; v < spec.variables.size(); ++v)
    note(spec.variables[v].label, count_missing(raw.variables[v]));
  note(offset_label(spec), std::count_if(raw.offset.begin(), raw.offset.end(), [](double y) { return std::isnan(y); }));
  return counts;
}

// Rows that are complete in the response, all terms and the offset. Empty when every row is.
std::vector<std::int64_t> complete_rows(const DesignSpec& spec, const RawColumns& raw, std::int64_t rows) {
  std::vector<char> complete(static_cast<std::size_t>(rows), 1);
  mark_missing(raw.response.y, complete);
  mark_missing(raw.offset, complete);
  for (const auto& variable : raw.variables) {
    mark_missing(variable.numbers, complete);
    mark_missing(variable.codes, complete);
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

void read_arguments(const DesignSpec& spec, const families::Family& family, const data::Table& data,
                    const data::Table& vectors, const RunContext& context, bool needs_response, RawColumns& raw) {
  pointing_into(spec.formula, [&] {
    if (needs_response)
      raw.response = read_response(*spec.formula.response, family, data, spec.response_levels, context);
    else if (spec.formula.response)
      raw.response.y = response_presence(*spec.formula.response, data, context);
  });
  raw.weights = read_source(spec.weights, "weights", data, vectors, context);
  raw.frequencies = read_source(spec.freq_weights, "freq_weights", data, vectors, context);
  raw.exposure = read_source(spec.exposure, "exposure", data, vectors, context);
  raw.offset = read_source(spec.offset, "offset", data, vectors, context);
  if (spec.offsets.empty()) return;
  std::vector<double> total = raw.offset.to_vector();
  pointing_into(spec.formula, [&] {
    for (const auto& node : spec.offsets) add_values(numeric_values(*node, data, context), total);
  });
  raw.offset = std::move(total);
}

void drop_rows(RawColumns& raw, const std::vector<std::int64_t>& kept) {
  if (kept.empty()) return;
  for (auto* values :
       {&raw.response.y, &raw.response.trials, &raw.weights, &raw.frequencies, &raw.exposure, &raw.offset})
    compact(*values, kept);
  for (auto& variable : raw.variables) {
    compact(variable.numbers, kept);
    variable.codes.keep(kept);
  }
}

// The trials of a binomial response multiply its weights.
void join_trials(RawColumns& raw) {
  if (raw.response.trials.empty()) return;
  std::vector<double> weights = raw.response.trials.to_vector();
  for (std::size_t i = 0; i < raw.weights.size(); ++i) weights[i] *= raw.weights[i];
  raw.weights = std::move(weights);
}

// Drops incomplete rows from every column and checks what is left; what belongs to rows moves into the training data.
// Without a family the response is only looked at for missing values.
TrainingData assemble(const DesignSpec& spec, const families::Family* family, std::int64_t rows_given,
                      RawColumns& raw) {
  TrainingData training;
  training.rows_given = rows_given;
  training.kept = complete_rows(spec, raw, rows_given);
  drop_rows(raw, training.kept);
  const RowLabels rows{training.kept};
  check_weights(source_label(spec.weights, "weights"), raw.weights, rows);
  join_trials(raw);
  check_frequencies(source_label(spec.freq_weights, "freq_weights"), raw.frequencies, rows);
  check_exposure(source_label(spec.exposure, "exposure"), raw.exposure, raw.weights, rows);
  check_any_weight(raw.weights, raw.frequencies);
  if (family) check_response(formula::to_text(*spec.formula.response), *family, raw.response.y, raw.weights, rows);
  if (!raw.offset.empty()) check_finite(offset_label(spec), raw.offset, rows);
  for (std::size_t v = 0; v < spec.variables.size(); ++v) check_finite(spec.variables[v].label, raw.variables[v], rows);
  training.y = std::move(raw.response.y);
  training.weights = std::move(raw.weights);
  training.frequencies = std::move(raw.frequencies);
  training.exposure = std::move(raw.exposure);
  training.offset = std::move(raw.offset);
  if (!training.exposure.empty()) {
    std::vector<double> total = training.offset.to_vector();
    add_log(training.exposure, total);
    training.offset = std::move(total);
  }
  training.design.rows = training.kept.empty() ? rows_given : static_cast<std::int64_t>(training.kept.size());
  return training;
}

void warn_one_level(const DesignSpec& spec, Warnings& warnings) {
  for (const auto& term : spec.terms) {
    const Variable& variable = spec.variables[static_cast<std::size_t>(term.variables[0])];
    if (term.variables.size() > 1 || variable.kind != Variable::Kind::factor || variable.n_levels() != 1) continue;
    warnings.push_back({"factor.one_level", "warning",
                        "The factor `" + variable.label + "` has one level only (\"" + variable.levels.labels[0] +
                            "\") in the rows that are used; " +
                            (term.full[0] ? "it acts as the intercept." : "it has no coefficient."),
                        Document::object({{"term", variable.label}, {"level", variable.levels.labels[0]}})});
  }
}

std::string term_label(const DesignSpec& spec, const std::vector<int>& variables) {
  std::string label;
  for (const int v : variables) label += (label.empty() ? "" : ":") + spec.variables[static_cast<std::size_t>(v)].label;
  return label;
}

// What the formula says, before any row is read.
std::vector<VariableWish> declare(const LearnRequest& request, const data::Table& data, DesignSpec& spec) {
  ExpandedFormula expanded = expand(request.formula, data);
  spec.formula = request.formula;
  spec.intercept = expanded.intercept;
  spec.offsets = std::move(expanded.offsets);
  spec.weights = request.weights;
  spec.exposure = request.exposure;
  spec.offset = request.offset;
  spec.freq_weights = request.freq_weights;
  spec.na_action = request.na_action;
  spec.unseen = request.unseen;
  std::vector<VariableWish> wishes(expanded.variables.size());
  for (std::size_t v = 0; v < wishes.size(); ++v) {
    spec.variables.push_back(declare_variable(expanded.variables[v], data, request.contrasts, wishes[v]));
    if (request.plain_names) spec.variables.back().label = expanded.variables[v]->text;
  }
  for (const auto& contrast : request.contrasts) {
    bool used = false;
    for (const auto& variable : spec.variables)
      used = used || variable.label == contrast.first || variable.expression->text == contrast.first;
    if (!used)
      throw Error(ErrorKind::input, "input.contrasts",
                  "`contrasts` names `" + contrast.first + "`, which is not a factor of the formula.",
                  "Use the name as it stands in the formula.", Document::object({{"column", contrast.first}}));
  }
  for (auto& variables : expanded.terms) {
    Term term;
    term.label = term_label(spec, variables);
    term.variables = std::move(variables);
    spec.terms.push_back(std::move(term));
  }
  return wishes;
}

std::vector<CodedVariable> code_variables(const DesignSpec& spec, RawColumns& raw, const RunContext& context) {
  std::vector<CodedVariable> coded(spec.variables.size());
  parallel::for_each(context, static_cast<std::int64_t>(coded.size()),
                     [&](std::int64_t v) { coded[v] = code_variable(spec.variables[v], std::move(raw.variables[v])); });
  return coded;
}

// Encoders read the response, so they learn once it is known which rows are used.
void learn_encoders(DesignSpec& spec, const TrainingData& training, const families::Family* family,
                    const data::Table& data, const RunContext& context, RawColumns& raw) {
  pointing_into(spec.formula, [&] {
    const RowLabels rows{training.kept};
    for (std::size_t v = 0; v < spec.variables.size(); ++v) {
      Variable& variable = spec.variables[v];
      if (!variable.waits_for_rows()) continue;
      raw.variables[v] = variable.encoder
                             ? learn_encoder(variable, training, data, context)
                             : learn_bins(variable, training, family, factor_column(variable, data, context), context);
      check_finite(spec.variables[v].label, raw.variables[v], rows);
    }
  });
}

}  // namespace

TrainingData learn(const LearnRequest& request, const data::Table& data, const data::Table& vectors,
                   const RunContext& context, DesignSpec& spec, Warnings& warnings) {
  check_size(data);
  if (request.needs_response && request.exposure.given() && request.link.id != families::LinkId::log &&
      request.link.id != families::LinkId::cloglog)
    throw Error(ErrorKind::input, "exposure.link",
                "`exposure` was given with the " + families::link_name(request.link) +
                    " link; log(exposure) can only join a log or cloglog predictor.",
                "For rates use y / exposure as the response and the exposure as weights.",
                Document::object({{"link", families::link_name(request.link)}}));
  if (request.needs_response && !request.formula.response)
    throw Error(ErrorKind::formula, "formula.response_missing", "The formula has no response.",
                "Write it as response ~ terms, such as ClaimNb ~ Area + DrivAge.", Document::object({{"position", 0}}));
  const auto wishes = pointing_into(request.formula, [&] { return declare(request, data, spec); });
  RawColumns raw;
  read_arguments(spec, request.family, data, vectors, context, request.needs_response, raw);
  spec.response_levels = raw.response.levels;
  raw.variables.resize(spec.variables.size());
  const auto for_variables = [&](const std::function<void(std::size_t)>& body) {
    pointing_into(request.formula, [&] {
      parallel::for_each(context, static_cast<std::int64_t>(wishes.size()),
                         [&](std::int64_t v) { body(static_cast<std::size_t>(v)); });
    });
  };
  for_variables(
      [&](std::size_t v) { raw.variables[v] = read_training_variable(spec.variables[v], wishes[v], data, context); });
  warn_raw_exposure(spec, raw.offset, request.link, warnings);
  TrainingData training = assemble(spec, request.needs_response ? &request.family : nullptr, data.rows(), raw);
  learn_encoders(spec, training, request.needs_response ? &request.family : nullptr, data, context, raw);
  const data::Numbers& importance = training.exposure.empty() ? training.weights : training.exposure;
  for_variables([&](std::size_t v) { learn_variable(spec.variables[v], wishes[v], raw.variables[v], importance); });
  settle_coding(spec);
  number_columns(spec);
  warn_one_level(spec, warnings);
  const std::int64_t rows = training.design.rows;
  training.design = build_design(spec, code_variables(spec, raw, context), rows);
  return training;
}

TrainingData recode_training(const DesignSpec& spec, const families::Family& family, const data::Table& data,
                             const data::Table& vectors, const RunContext& context) {
  check_size(data);
  RawColumns raw;
  read_arguments(spec, family, data, vectors, context, true, raw);
  for (const auto& variable : spec.variables) {
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    raw.variables.push_back(variable.encoder ? encoder_placeholder(data)
                                             : read_variable(variable, data, context, unseen, n_unseen));
  }
  TrainingData training = assemble(spec, &family, data.rows(), raw);
  DesignSpec again = spec;  // what encoders learn is that of the fit, as the rows are
  for (auto& variable : again.variables) variable.bins.reset();  // known already
  learn_encoders(again, training, &family, data, context, raw);
  const std::int64_t rows = training.design.rows;
  training.design = build_design(spec, code_variables(spec, raw, context), rows);
  return training;
}

}  // namespace deciban::design
