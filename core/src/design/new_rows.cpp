#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "blocks.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/design/registry.hpp"
#include "deciban/formula/parser.hpp"
#include "row_checks.hpp"
#include "sources.hpp"
#include "variables.hpp"

namespace deciban::design {
namespace {

Error unseen_levels(const Variable& variable, const std::vector<std::string>& unseen, std::int64_t n_unseen) {
  return Error(ErrorKind::data, "data.unseen_level",
               "`" + variable.label + "` has levels that the fit has not seen, in " + format_count(n_unseen) +
                   (n_unseen == 1 ? " row: " : " rows: ") + join_some(unseen) + ".",
               "Correct them, or predict with unseen = \"reference\" (base level) or \"missing\" (no prediction).",
               Document::object({{"column", variable.label}, {"count", n_unseen}, {"levels", unseen}}));
}

// A column argument for new rows; one value given as a vector serves all rows.
std::vector<double> read_new_source(const ColumnSource& source, const char* argument, const data::Table& data,
                                    const data::Table& vectors) {
  const data::Column* column = source.kind == ColumnSource::Kind::vector ? vectors.find(argument) : nullptr;
  if (!column || column->length() != 1) return read_source(source, argument, data, vectors, RunContext()).to_vector();
  double value = 0.0;
  data::read_doubles(*column, 0, 1, &value);
  return std::vector<double>(static_cast<std::size_t>(data.rows()), value);
}

// The caller's source if given, else that of the fit, which must not be a vector of the training rows.
const ColumnSource& choose_source(const ColumnSource& given, const ColumnSource& fitted, const char* argument,
                                  const char* code) {
  if (given.given()) return given;
  if (fitted.kind == ColumnSource::Kind::vector)
    throw Error(
        ErrorKind::input, code,
        std::string("The model was fitted with `") + argument + "` as a vector, which belongs to its training rows.",
        std::string("Give `") + argument + "` for the new rows, or refit with the name of a column.",
        Document::object({{"argument", argument}}));
  return fitted;
}

void add_variables(const formula::NodePtr& node, std::vector<std::string>& names) {
  if (node) collect_columns(*node, names);
}

}  // namespace

CodedDesign code_new_rows(const DesignSpec& spec, UnseenLevel policy, const data::Table& data,
                          const RunContext& context) {
  std::vector<CodedVariable> coded;
  for (const auto& variable : spec.variables) {
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    RawVariable raw = read_variable(variable, data, context, unseen, n_unseen);
    if (n_unseen > 0 && policy == UnseenLevel::error) throw unseen_levels(variable, unseen, n_unseen);
    if (n_unseen > 0 && policy == UnseenLevel::reference)
      raw.codes.replace([&](std::int32_t code) { return code == data::kUnseenCode ? variable.base : code; });
    coded.push_back(code_variable(variable, std::move(raw)));
  }
  return build_design(spec, coded, data.rows());
}

std::vector<double> offset_of_new_rows(const DesignSpec& spec, const ColumnSource& exposure, const ColumnSource& offset,
                                       const families::Link& link, const data::Table& data,
                                       const data::Table& vectors) {
  const auto& exposures = choose_source(exposure, spec.exposure, "exposure", "predict.exposure_missing");
  const auto& offsets = choose_source(offset, spec.offset, "offset", "predict.offset_missing");
  if (exposures.given() && link.id != families::LinkId::log && link.id != families::LinkId::cloglog)
    throw Error(ErrorKind::input, "exposure.link",
                "`exposure` was given, but the model has the " + families::link_name(link) + " link.",
                "Leave `exposure` out.", Document::object({{"link", families::link_name(link)}}));
  std::vector<double> total = read_new_source(offsets, "offset", data, vectors);
  for (const auto& node : spec.offsets) require_opaque(*node, data);
  for (const auto& node : spec.offsets) add_values(evaluate_numeric(*node, data, RunContext()), total);
  if (!exposures.given()) return total;
  const std::vector<double> values = read_new_source(exposures, "exposure", data, vectors);
  std::vector<double> present = values;  // a missing exposure gives a missing prediction, a wrong one an error
  for (auto& value : present)
    if (std::isnan(value)) value = 1.0;
  check_exposure(source_label(exposures, "exposure"), present, {}, RowLabels{{}});
  add_log(values, total);
  return total;
}

std::vector<double> weights_of_new_rows(const DesignSpec& spec, const ColumnSource& weights, const data::Table& data,
                                        const data::Table& vectors) {
  const formula::NodePtr& response = spec.formula.response;
  const bool trials = response && response->kind == formula::Node::Kind::call && response->text == "cbind";
  if (trials && !weights.given())
    throw Error(ErrorKind::input, "predict.weights_missing",
                "The response `" + formula::to_text(*response) + "` brings its own numbers of trials.",
                "Give `weights`, the number of trials of each new row.", Document::object({{"argument", "weights"}}));
  return read_new_source(choose_source(weights, spec.weights, "weights", "predict.weights_missing"), "weights", data,
                         vectors);
}

std::vector<std::string> required_columns(const DesignSpec& spec, bool with_response) {
  std::vector<std::string> names;
  for (const auto& variable : spec.variables) {
    if (variable.opaque) {
      if (std::find(names.begin(), names.end(), variable.label) == names.end()) names.push_back(variable.label);
    } else {
      add_variables(variable.input, names);
      if (with_response && variable.encoder) add_variables(variable.expression, names);
    }
  }
  for (const auto& node : spec.offsets) add_variables(node, names);
  add_variables(spec.exposure.expression, names);
  add_variables(spec.offset.expression, names);
  if (!with_response) return names;
  add_variables(spec.formula.response, names);
  add_variables(spec.weights.expression, names);
  add_variables(spec.freq_weights.expression, names);
  return names;
}

}  // namespace deciban::design
