#include "training_rows.hpp"

#include <cmath>

#include "deciban/design/learn.hpp"

namespace deciban::models {
namespace {

Error changed_data() {
  return Error(ErrorKind::data, "model.data_changed",
               "The data are not those that the model was fitted on (other rows, values or levels).",
               "Hand in the training data, or use predict() for other rows.");
}

design::TrainingData training_again(const GlmModel& model, const data::Table& data, const data::Table& vectors,
                                    const RunContext& context) {
  if (data.rows() != model.statistics.rows) throw changed_data();
  design::TrainingData training;
  try {
    training = design::recode_training(model.spec, model.family, data, vectors, context);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || error.code() == "predict.opaque_missing") throw;
    throw changed_data();
  }
  if (design::fingerprint(training, context) != model.fingerprint) throw changed_data();
  return training;
}

}  // namespace

TrainingRows::TrainingRows(const GlmModel& model, const data::Table& data, const data::Table& vectors,
                           const RunContext& context)
    : model_(model), training_(training_again(model, data, vectors, context)) {}

const engine::CodedObjective& TrainingRows::objective(const RunContext& context) const {
  if (!objective_)
    objective_ =
        std::make_unique<engine::CodedObjective>(training_, training_.design, model_.family, model_.link, context);
  return *objective_;
}

std::vector<double> TrainingRows::beta(const RunContext& context) const {
  return objective(context).own_coefficients(model_.coefficients);
}

solvers::NewtonOptions TrainingRows::newton_options() const {
  solvers::NewtonOptions options;
  options.rank_tol = model_.rank_tol;
  options.max_iter = model_.max_iter;
  options.known_dispersion = model_.family.has_known_dispersion();
  options.canonical = families::is_canonical(model_.family, model_.link);
  return options;
}

std::vector<std::int64_t> TrainingRows::labelled_rows() const {
  const bool all = training_.kept.empty() || model_.spec.na_action == design::NaAction::exclude;
  if (!all) return training_.kept;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(training_.rows_given));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i);
  return rows;
}

std::vector<double> TrainingRows::spread(std::vector<double> values) const {
  if (training_.kept.empty() || model_.spec.na_action != design::NaAction::exclude) return values;
  std::vector<double> all(static_cast<std::size_t>(training_.rows_given), std::nan(""));
  for (std::size_t i = 0; i < values.size(); ++i) all[static_cast<std::size_t>(training_.kept[i])] = values[i];
  return all;
}

}  // namespace deciban::models
