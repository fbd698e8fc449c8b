// What packages around a fitted model ask for.
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/base/text.hpp"
#include "rating_queries.hpp"

namespace deciban::models {
namespace {

std::vector<double> filled(const TrainingRows& rows, const data::Numbers& numbers, double otherwise) {
  return rows.spread(numbers.empty() ? std::vector<double>(static_cast<std::size_t>(rows.rows()), otherwise)
                                     : numbers.to_vector());
}

}  // namespace

Answer training_columns(const Query& query) {
  const Arguments arguments(query.arguments, {});
  const TrainingRows rows = query.training_rows();
  const design::TrainingData& training = rows.training();
  Answer answer;
  answer.table.add("y", filled(rows, training.y, 0.0))
      .add("weights", filled(rows, training.weights, 1.0))
      .add("frequencies", filled(rows, training.frequencies, 1.0))
      .add("exposure", filled(rows, training.exposure, 1.0))
      .add("offset", filled(rows, training.offset, 0.0));
  answer.rows = rows.labelled_rows();
  return answer;
}

Answer with_coefficients(const Query& query) {
  const Arguments arguments(query.arguments, {"coefficients"});
  const Document* given = query.arguments.find("coefficients");
  std::vector<double> values;
  if (given && given->is_number()) values.push_back(given->as_double());
  if (given && given->is_array()) values = given->as_doubles("coefficients");
  const std::vector<double>& own = query.model.coefficients;
  bool fits = values.size() == own.size();
  for (std::size_t j = 0; fits && j < own.size(); ++j) fits = std::isnan(own[j]) || std::isfinite(values[j]);
  if (!fits)
    throw Error(ErrorKind::input, "input.coefficients",
                "The model has " + format_count(static_cast<std::int64_t>(own.size())) +
                    " coefficients, and as many finite numbers are needed.",
                "Change the vector that coef() gives.", Document::object({{"argument", "coefficients"}}));
  Answer answer;
  answer.model = std::make_shared<GlmModel>(query.model);
  for (std::size_t j = 0; j < own.size(); ++j)
    if (!std::isnan(own[j])) answer.model->coefficients[j] = values[j];
  return answer;
}

}  // namespace deciban::models
