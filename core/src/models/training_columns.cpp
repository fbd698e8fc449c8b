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

}  // namespace deciban::models
