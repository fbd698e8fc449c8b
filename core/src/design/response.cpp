#include "response.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/formula/parser.hpp"
#include "formula_errors.hpp"
#include "row_checks.hpp"

namespace deciban::design {
namespace {

using formula::Node;

Response read_two_levels(const Node& node, const families::Family& family, const data::Column& column,
                         const data::Dictionary& known) {
  data::CodedColumn coded;
  if (known.size()) {
    std::vector<std::string> unseen;
    std::int64_t n_unseen = 0;
    coded.levels = known;
    coded.codes = data::recode_levels(column, known, unseen, n_unseen);
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
  Response response;
  response.levels = std::move(coded.levels);
  std::vector<double> y(coded.codes.size());
  coded.codes.for_each([&](std::size_t row, std::int32_t code) { y[row] = code < 0 ? std::nan("") : code; });
  response.y = std::move(y);
  return response;
}

Response read_counts(const Node& node, const families::Family& family, const data::Table& data,
                     const RunContext& context) {
  if (node.arguments.size() != 2)
    throw wrong_arguments(node, "it takes two columns.", "Write cbind(successes, failures).");
  if (!family.is_probability())
    throw formula_error("formula.arguments", node,
                        "`" + formula::to_text(node) + "` is a binomial response, but the family is " +
                            families::family_name(family) + ".",
                        "Use one column as the response, or family \"binomial\".");
  Response response;
  std::vector<double> y = evaluate_numeric(*node.arguments[0].value, data, context);
  std::vector<double> trials = evaluate_numeric(*node.arguments[1].value, data, context);
  std::vector<double> lowest(y.size());
  for (std::size_t i = 0; i < lowest.size(); ++i) {
    const double successes = y[i], failures = trials[i];
    lowest[i] = std::isnan(successes) || std::isnan(failures) ? 0.0 : std::fmin(successes, failures);
    trials[i] = successes + failures;
    // rows without trials carry no weight; any value will do
    y[i] = trials[i] == 0.0 ? 0.0 : successes / trials[i];
  }
  check_counts(formula::to_text(node), std::move(lowest));
  response.y = std::move(y);
  response.trials = std::move(trials);
  return response;
}

}  // namespace

Response read_response(const Node& node, const families::Family& family, const data::Table& data,
                       const data::Dictionary& known, const RunContext& context) {
  if (node.kind == Node::Kind::paren) return read_response(*node.arguments[0].value, family, data, known, context);
  if (node.kind == Node::Kind::call && node.text == "cbind") return read_counts(node, family, data, context);
  // FALSE and TRUE are 0 and 1 for every family, also when only one of them occurs
  const data::Column* named = node.kind == Node::Kind::name ? &data.at(node.text) : nullptr;
  if (named && named->is_categorical() && named->meaning() != data::Meaning::boolean)
    return read_two_levels(node, family, *named, known);
  Response response;
  response.y = numeric_values(node, data, context);
  return response;
}

std::vector<double> response_presence(const Node& node, const data::Table& data, const RunContext& context) {
  if (node.kind == Node::Kind::paren) return response_presence(*node.arguments[0].value, data, context);
  std::vector<double> presence(static_cast<std::size_t>(data.rows()), 0.0);
  if (node.kind == Node::Kind::call && node.text == "cbind") {
    for (const auto& argument : node.arguments) {
      const std::vector<double> part = response_presence(*argument.value, data, context);
      for (std::size_t i = 0; i < presence.size(); ++i) presence[i] += part[i];
    }
    return presence;
  }
  if (node.kind != Node::Kind::name || !data.at(node.text).is_categorical())
    return evaluate_numeric(node, data, context);
  const data::CodedColumn coded = data::encode_levels(data.at(node.text));
  coded.codes.for_each([&](std::size_t row, std::int32_t code) {
    if (code < 0) presence[row] = std::nan("");
  });
  return presence;
}

}  // namespace deciban::design
