#include "encoders.hpp"

#include <cmath>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/take.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/design/registry.hpp"
#include "deciban/encoding/woe_values.hpp"
#include "deciban/formula/parser.hpp"
#include "formula_errors.hpp"
#include "variable_calls.hpp"

namespace deciban::design {
namespace {

using formula::Node;
using formula::NodePtr;

bool is_encoder(const Node& node) {
  return node.kind == Node::Kind::call && (node.text == "te" || node.text == "fe" || node.text == "woe");
}

// "a:b" or "a/b" from the names that an expression joins.
std::string joined_names(const Node& call, const Node& node) {
  if (node.kind == Node::Kind::paren) return joined_names(call, *node.arguments[0].value);
  if (node.kind == Node::Kind::name) return node.text;
  if (call.text == "woe") throw wrong_arguments(call, "it takes one column.", "Write woe(x).");
  const bool nested = node.kind == Node::Kind::binary && node.text == "/" && call.text == "te";
  if (nested || (node.kind == Node::Kind::binary && node.text == ":"))
    return joined_names(call, *node.arguments[0].value) + node.text + joined_names(call, *node.arguments[1].value);
  throw wrong_arguments(call, "it takes columns, not `" + formula::to_text(node) + "`.",
                        call.text == "te" ? "Write te(a), te(a:b) for joint levels, or te(a/b) for b within a."
                                          : "Write fe(a), or fe(a:b) for joint levels.");
}

std::string text_of(const CallArguments& arguments, const char* name, const std::string& otherwise) {
  const Node* node = arguments.find(name);
  return node ? constant_texts(*node, name).at(0) : otherwise;
}

encoding::TargetOptions target_options(const CallArguments& arguments) {
  encoding::TargetOptions options;
  options.scheme = encoding::make_target_scheme(text_of(arguments, "scheme", "ordered"));
  const Node* weight = arguments.find("prior_weight");
  if (weight && weight->kind != Node::Kind::text) {
    options.prior_weight = encoding::PriorWeight::fixed;
    options.fixed_weight = constant_number(*weight, "prior_weight");
  } else {
    options.prior_weight = encoding::make_prior_weight(text_of(arguments, "prior_weight", "auto"));
  }
  const double seed = arguments.number("seed", 0.0);
  options.seed = seed >= 0.0 && seed <= 0x1p53 ? static_cast<std::uint64_t>(seed) : 0;
  options.n_folds = arguments.whole("n_folds", 5);
  options.n_permutations = arguments.whole("n_permutations", 4);
  options.statistic = encoding::make_target_statistic(text_of(arguments, "statistic", "mean"));
  options.quantile = arguments.number("quantile", 0.5);
  options.missing = encoding::make_missing_level(text_of(arguments, "missing", "level"));
  options.min_rows = arguments.whole("min_rows", 0);
  return options;
}

// The column of `groups` or `time`, as the scheme reads them.
std::string folds_column(const Node& call, const CallArguments& arguments, encoding::TargetScheme scheme) {
  std::string column;
  for (const char* name : {"groups", "time"}) {
    const bool read = scheme == (name[0] == 'g' ? encoding::TargetScheme::group : encoding::TargetScheme::time);
    const Node* node = arguments.find(name);
    if (read && !node)
      throw wrong_arguments(call, std::string("its scheme needs `") + name + "`.",
                            std::string("Such as ") + name + (read && name[0] == 'g' ? " = policy_id." : " = year."));
    if (!node) continue;
    if (!read)
      throw wrong_arguments(call, std::string("its scheme does not read `") + name + "`.",
                            "Schemes \"group\" and \"time\" do; leave it out.");
    if (node->kind != Node::Kind::name)
      throw wrong_arguments(call, std::string("`") + name + "` must be a column.",
                            std::string("Such as ") + name + " = year.");
    column = node->text;
  }
  return column;
}

encoding::WoeOptions woe_options(const CallArguments& arguments) {
  encoding::WoeOptions options;
  const Node* smoothing = arguments.find("smoothing");
  options.smoothing_auto = smoothing && smoothing->kind == Node::Kind::text;
  if (options.smoothing_auto && constant_texts(*smoothing, "smoothing").at(0) != "auto")
    throw formula_error("formula.arguments", *smoothing, "`smoothing` must be a number of rows or \"auto\".",
                        "Such as woe(x, smoothing = 1).");
  if (!options.smoothing_auto) options.smoothing = arguments.number("smoothing", 1.0);
  options.reduction.min_count = arguments.number("min_count", 0.0);
  options.reduction.min_share = arguments.number("min_share", 0.0);
  options.reduction.top_p = arguments.number("top_p", 1.0);
  if (arguments.find("max_levels")) options.reduction.max_levels = arguments.whole("max_levels", 1);
  return options;
}

// Column of the data behind each used row: weights 0 leave out the others.
template <class Value>
std::vector<double> spread(const TrainingData& training, Value&& value) {
  std::vector<double> out(static_cast<std::size_t>(training.rows_given), 0.0);
  for (std::size_t i = 0; i < static_cast<std::size_t>(training.design.rows); ++i)
    out[training.kept.empty() ? i : static_cast<std::size_t>(training.kept[i])] = value(i);
  return out;
}

data::Numbers weights_of(const TrainingData& training) {
  if (training.kept.empty() && training.weights.empty() && training.frequencies.empty()) return {};
  return spread(training, [&](std::size_t i) {
    return (training.weights.empty() ? 1.0 : training.weights[i]) *
           (training.frequencies.empty() ? 1.0 : training.frequencies[i]);
  });
}

encoding::TargetRows target_rows(const TrainingData& training) {
  encoding::TargetRows rows;
  rows.weights = weights_of(training);
  const auto used = [&](std::size_t i) {
    return (training.weights.empty() || training.weights[i] > 0.0) &&
           (training.frequencies.empty() || training.frequencies[i] > 0.0);
  };
  // what rows of weight 0 hold is not checked
  rows.y = spread(training, [&](std::size_t i) { return used(i) ? training.y[i] : 0.0; });
  if (training.exposure.empty()) return rows;
  std::vector<double> exposure = spread(training, [&](std::size_t i) { return used(i) ? training.exposure[i] : 1.0; });
  for (double& value : exposure) value = value > 0.0 ? value : 1.0;
  rows.exposure = std::move(exposure);
  return rows;
}

void apply_outer(const EncoderTerm& term, std::vector<double>& values) {
  if (term.outer.empty()) return;
  const auto block = find_function(term.outer)->block;
  constexpr std::size_t kBlock = 512;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock)
    block(values.data() + begin, values.data() + begin, static_cast<int>(std::min(kBlock, values.size() - begin)));
}

RawVariable raw_of(const EncoderTerm& term, std::vector<double> values) {
  apply_outer(term, values);
  RawVariable raw;
  raw.numbers = std::move(values);
  return raw;
}

std::vector<double> used_rows(const TrainingData& training, std::vector<double> values) {
  if (training.kept.empty()) return values;
  std::vector<double> out;
  out.reserve(training.kept.size());
  for (const std::int64_t row : training.kept) out.push_back(values[static_cast<std::size_t>(row)]);
  return out;
}

// Folds of all rows of the data; those of rows that are not used are never looked at.
std::vector<std::int32_t> folds_by(const EncoderTerm& term, const TrainingData& training, const data::Table& data,
                                   const RunContext& context) {
  if (term.folds_by.empty()) return {};
  const data::Column& by = data.at(term.folds_by);
  if (training.kept.empty()) return encoding::scheme_folds(term.target_options, &by, data.rows(), context);
  const data::Table used = data::RowTaker(data::Table({by})).take(training.kept);
  const auto folds = encoding::scheme_folds(term.target_options, &used.at(term.folds_by), used.rows(), context);
  std::vector<std::int32_t> out(static_cast<std::size_t>(training.rows_given), 0);
  for (std::size_t i = 0; i < folds.size(); ++i) out[static_cast<std::size_t>(training.kept[i])] = folds[i];
  return out;
}

std::vector<double> learn_target(EncoderTerm& term, const Variable& variable, const TrainingData& training,
                                 const data::Table& data, const RunContext& context) {
  if (training.y.empty())
    throw formula_error("formula.encoder_response", *variable.expression,
                        "`" + variable.label + "` encodes levels by the response, and there is none.",
                        "Write the response on the left of the formula.");
  encoding::TargetRows rows = target_rows(training);
  rows.folds = folds_by(term, training, data, context);
  std::vector<double> values;
  term.target = std::make_shared<const encoding::TargetEncoder>(
      encoding::fit_target_encoder(term.target_options, {term.term}, {}, data, std::move(rows), context, &values));
  values = used_rows(training, std::move(values));
  std::int64_t alone = 0;
  for (const double value : values) alone += value != value;
  if (alone > 0)
    throw Error(ErrorKind::data, "encoder.alone",
                "`" + variable.label + "` has no value in " + format_count(alone) + (alone == 1 ? " row" : " rows") +
                    ": no other row can speak for " + (alone == 1 ? "it." : "them."),
                "Use more rows, or fewer folds.", Document::object({{"column", variable.label}, {"count", alone}}));
  return values;
}

Error no_response(const Variable& variable, const std::string& why) {
  return formula_error("formula.encoder_response", *variable.expression,
                       "`" + variable.label + "` encodes levels by the response, " + why, "");
}

std::vector<double> woe_values(const EncoderTerm& term, const data::Table& data, const RunContext& context) {
  return encoding::look_up(encoding::woe_codes(*term.woe, data, context)[0], encoding::event_woe(*term.woe, 0, 1), 0.0,
                           context);
}

std::vector<double> learn_woe(EncoderTerm& term, const Variable& variable, const TrainingData& training,
                              const data::Table& data, const RunContext& context) {
  if (training.y.empty()) throw no_response(variable, "and there is none.");
  for (const double y : training.y)
    if (!(y >= 0.0 && y <= 1.0)) throw no_response(variable, "which must be 0/1 or a share in [0, 1].");
  const encoding::TargetRows rows = target_rows(training);
  const data::Column y = data::make_column("y", rows.y.to_vector());
  data::Column weights;
  if (!rows.weights.empty()) weights = data::make_column("weights", rows.weights.to_vector());
  data::Table X;
  X.add(data.at(term.term));
  term.woe = std::make_shared<const encoding::WoeEncoder>(
      encoding::fit_woe(X, encoding::read_woe_target(y, rows.weights.empty() ? nullptr : &weights, nullptr), "y",
                        term.woe_options, context));
  return used_rows(training, woe_values(term, data, context));
}

}  // namespace

bool is_encoder_call(const Node& call) {
  if (is_encoder(call)) return true;
  const FunctionEntry* entry = call.kind == Node::Kind::call ? find_function(call.text) : nullptr;
  return entry && entry->kind == FunctionEntry::Kind::elementwise && call.arguments.size() == 1 &&
         is_encoder(*call.arguments[0].value);
}

void declare_encoder(const Node& outer, Variable& variable) {
  const Node& call = is_encoder(outer) ? outer : *outer.arguments[0].value;
  EncoderTerm term;
  term.function = call.text;
  if (&call != &outer) term.outer = outer.text;
  const CallArguments arguments =
      call.text == "te"    ? CallArguments(call, {"x", "scheme", "prior_weight", "seed", "n_folds", "n_permutations",
                                                  "statistic", "quantile", "missing", "min_rows", "groups", "time"})
      : call.text == "woe" ? CallArguments(call, {"x", "smoothing", "min_count", "min_share", "max_levels", "top_p"})
                           : CallArguments(call, {"x", "normalize", "missing", "min_rows"});
  variable.input = arguments.input("x");
  term.term = joined_names(call, *variable.input);
  if (call.text == "te") {
    try {
      term.target_options = target_options(arguments);
      term.folds_by = folds_column(call, arguments, term.target_options.scheme);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::formula) throw;
      throw wrong_arguments(call, error.message(), error.hint());
    }
  } else if (call.text == "woe") {
    term.woe_options = woe_options(arguments);
  } else {
    term.frequency_options.normalize = arguments.flag("normalize", true);
    term.frequency_options.missing = text_of(arguments, "missing", "level");
    term.frequency_options.min_rows = arguments.whole("min_rows", 0);
  }
  variable.encoder = std::move(term);
}

RawVariable encoder_placeholder(const data::Table& data) {
  RawVariable raw;
  raw.numbers = std::vector<double>(static_cast<std::size_t>(data.rows()), 0.0);
  return raw;
}

RawVariable learn_encoder(Variable& variable, const TrainingData& training, const data::Table& data,
                          const RunContext& context) {
  EncoderTerm& term = *variable.encoder;
  if (term.function == "te") return raw_of(term, learn_target(term, variable, training, data, context));
  if (term.function == "woe") return raw_of(term, learn_woe(term, variable, training, data, context));
  term.frequency = std::make_shared<const encoding::FrequencyEncoder>(
      encoding::fit_frequency_encoder(term.frequency_options, {term.term}, data, weights_of(training), context));
  return raw_of(term, used_rows(training, encoding::encode(*term.frequency, data, context)));
}

RawVariable read_encoder(const Variable& variable, const data::Table& data, const RunContext& context) {
  const EncoderTerm& term = *variable.encoder;
  if (term.woe) return raw_of(term, woe_values(term, data, context));
  return raw_of(term, term.target ? encoding::encode(*term.target, data, context)
                                  : encoding::encode(*term.frequency, data, context));
}

Document to_document(const EncoderTerm& term) {
  Document document = Document::object({{"function", term.function}, {"term", term.term}});
  if (!term.outer.empty()) document.set("outer", term.outer);
  if (!term.folds_by.empty()) document.set("folds_by", term.folds_by);
  document.set("state", term.woe      ? encoding::to_document(*term.woe)
                        : term.target ? encoding::to_document(*term.target)
                                      : encoding::to_document(*term.frequency));
  return document;
}

EncoderTerm encoder_term_from_document(const Document& document) {
  const auto damaged = [] {
    return Error(ErrorKind::format, "format.invalid", "The model file is damaged: an encoder is incomplete.",
                 "Save the model again from the session that fitted it.");
  };
  EncoderTerm term;
  term.function = document.at("function").as_string("encoder.function");
  term.term = document.at("term").as_string("encoder.term");
  if (const Document* outer = document.find("outer")) term.outer = outer->as_string("encoder.outer");
  if (const Document* by = document.find("folds_by")) term.folds_by = by->as_string("encoder.folds_by");
  const FunctionEntry* entry = term.outer.empty() ? nullptr : find_function(term.outer);
  if (!term.outer.empty() && (!entry || entry->kind != FunctionEntry::Kind::elementwise)) throw damaged();
  const Document& state = document.at("state");
  if (term.function == "te") {
    auto encoder = encoding::target_encoder_from_document(state);
    if (encoder.terms.size() != 1) throw damaged();
    term.target_options = encoder.options;
    term.target = std::make_shared<const encoding::TargetEncoder>(std::move(encoder));
  } else if (term.function == "woe") {
    auto encoder = encoding::woe_from_document(state);
    if (encoder.features.size() != 1 || encoder.n_classes() != 2) throw damaged();
    term.woe_options = encoder.options;
    term.woe = std::make_shared<const encoding::WoeEncoder>(std::move(encoder));
  } else if (term.function == "fe") {
    auto encoder = encoding::frequency_encoder_from_document(state);
    if (encoder.terms.size() != 1) throw damaged();
    term.frequency_options = encoder.options;
    term.frequency = std::make_shared<const encoding::FrequencyEncoder>(std::move(encoder));
  } else {
    throw damaged();
  }
  return term;
}

}  // namespace deciban::design
