#include "bin_terms.hpp"

#include <utility>

#include "deciban/binning/fit.hpp"
#include "deciban/binning/options.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/formula/parser.hpp"
#include "formula_errors.hpp"
#include "variable_calls.hpp"

namespace deciban::design {
namespace {

using binning::TargetKind;
using formula::Node;
constexpr double kUnknownPower = 1.5;  // of a Tweedie response whose power is estimated afterwards
constexpr std::size_t kMostUnseen = 20;

std::vector<std::string> argument_names() {
  std::vector<std::string> names = {"x", "max_bins", "method", "monotonic"};
  for (const std::string& name : binning::binning_arguments())
    if (name != "max_bins" && name != "method" && name != "monotonic" && name != "groups") names.push_back(name);
  return names;
}

// A constant of the formula as the core's options take it.
Document constant_document(const Node& node, const char* name) {
  if (node.kind == Node::Kind::text) return node.text;
  if (node.kind == Node::Kind::name && node.text != "Inf") return constant_flag(node, name);
  const bool list = node.kind == Node::Kind::call && node.text == "c";
  if (!list) return constant_number(node, name);
  Document items = Document::array();
  for (const auto& item : node.arguments) items.push(constant_document(*item.value, name));
  return items;
}

// The response of the rows used, in the rows of the data; others have weight 0.
binning::Target target_rows(const TrainingData& training, const families::Family* family, std::int64_t rows) {
  binning::Target target;
  const bool all = training.kept.empty();
  const auto used = static_cast<std::size_t>(all ? rows : static_cast<std::int64_t>(training.kept.size()));
  const auto row_of = [&](std::size_t i) { return all ? i : static_cast<std::size_t>(training.kept[i]); };
  const auto spread = [&](const data::Numbers& values, double otherwise) {
    std::vector<double> out(static_cast<std::size_t>(rows), otherwise);
    for (std::size_t i = 0; i < used; ++i) out[row_of(i)] = values[i];
    return data::Numbers(std::move(out));
  };
  if (!all || !training.weights.empty() || !training.frequencies.empty()) {
    std::vector<double> weights(static_cast<std::size_t>(rows), 0.0);
    for (std::size_t i = 0; i < used; ++i)
      weights[row_of(i)] = (training.weights.empty() ? 1.0 : training.weights[i]) *
                           (training.frequencies.empty() ? 1.0 : training.frequencies[i]);
    target.weights = data::Numbers(std::move(weights));
  }
  if (!family || training.y.empty()) return target;
  target.y = spread(training.y, 0.0);
  if (family->is_probability()) {
    target.kind = TargetKind::binary;
  } else if (family->variance == families::Variance::mu || family->variance == families::Variance::negative_binomial) {
    target.kind = TargetKind::counts;
    if (!training.exposure.empty()) target.exposure = spread(training.exposure, 1.0);
  } else {
    target.kind = TargetKind::continuous;
    if (family->needs_positive_mean()) target.var_power = 2.0;
    if (family->id == families::FamilyId::tweedie) {
      const double power = family->to_estimate ? kUnknownPower : family->var_power;
      target.var_power = power > 1.0 ? power : kUnknownPower;
    }
  }
  return target;
}

RawVariable levels_of(const Variable& variable, data::RowCodes codes) {
  codes.replace([&](std::int32_t code) -> std::int32_t {
    const int level = code < 0 ? -1 : variable.interval_levels[static_cast<std::size_t>(code)];
    return level < 0 ? data::kUnseenCode : level;
  });
  RawVariable raw;
  raw.codes = std::move(codes);
  return raw;
}

}  // namespace

void declare_bins(const Node& call, Variable& variable) {
  const std::vector<std::string> names = argument_names();
  const CallArguments arguments(call, names);
  variable.kind = Variable::Kind::factor;
  variable.input = arguments.input("x");
  Document given = Document::object();
  for (const std::string& name : names)
    if (const Node* node = name == "x" ? nullptr : arguments.find(name))
      given.set(name, constant_document(*node, name.c_str()));
  BinTerm term;
  try {
    term.options = binning::options_from_document(given);
  } catch (const Error& error) {
    throw wrong_arguments(call, error.message(), error.hint());
  }
  variable.bins = std::move(term);
}

RawVariable learn_bins(Variable& variable, const TrainingData& training, const families::Family* family,
                       const data::Column& column, const RunContext& context) {
  BinTerm& term = *variable.bins;
  const binning::Target target = target_rows(training, family, column.length());
  try {
    term.bins = binning::fit_bins(column, target, term.options, context).bins;
  } catch (const Error& error) {
    if (error.code() != "binning.target" || target.kind != TargetKind::none) throw;
    throw formula_error("formula.encoder_response", *variable.expression,
                        "`" + variable.label + "` is found by the response, and there is none.",
                        "Write the response on the left of the formula, or use method = \"quantile\".");
  }
  term.bins.name = formula::to_text(*variable.input);
  variable.levels = {};
  variable.levels.labels = binning::bin_labels(term.bins);
  variable.levels.declared = true;
  variable.interval_levels.clear();
  for (int bin = 0; bin < term.bins.size(); ++bin) variable.interval_levels.push_back(bin);
  data::RowCodes codes = binning::bin_codes(term.bins, column, context);
  if (!training.kept.empty()) codes.keep(training.kept);
  return levels_of(variable, std::move(codes));
}

RawVariable read_bins(const Variable& variable, const data::Column& column, const RunContext& context,
                      std::vector<std::string>& unseen, std::int64_t& n_unseen) {
  const binning::Bins& bins = variable.bins->bins;
  const data::RowCodes codes = binning::bin_codes(bins, column, context);
  const std::vector<std::string> labels = binning::bin_labels(bins);
  std::vector<char> named(labels.size() + 1, 0);
  codes.for_each([&](std::size_t, std::int32_t code) {
    if (code >= 0 && variable.interval_levels[static_cast<std::size_t>(code)] >= 0) return;
    ++n_unseen;
    char& done = named[code < 0 ? labels.size() : static_cast<std::size_t>(code)];
    if (done || unseen.size() >= kMostUnseen) return;
    unseen.push_back(code < 0 ? "other" : labels[static_cast<std::size_t>(code)]);
    done = 1;
  });
  return levels_of(variable, codes);
}

}  // namespace deciban::design
