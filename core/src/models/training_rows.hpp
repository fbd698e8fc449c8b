#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <vector>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/solvers/newton.hpp"

namespace deciban::models {

/// The rows that a model was fitted on, coded again from the caller's data.
class TrainingRows {
 public:
  /// Borrows the model and the columns of the data. Raises DataError `model.data_changed` unless the columns that the
  /// model reads are those of the fit.
  TrainingRows(const GlmModel& model, const data::Table& data, const data::Table& vectors, const RunContext& context);

  TrainingRows(const TrainingRows&) = delete;
  TrainingRows& operator=(const TrainingRows&) = delete;

  const GlmModel& model() const { return model_; }
  const design::TrainingData& training() const { return training_; }
  std::int64_t rows() const { return training_.design.rows; }

  /// The objective of the model's family and link; made when it is asked for first.
  const engine::CodedObjective& objective(const RunContext& context) const;
  /// The model's coefficients as those of the objective, 0 where they are aliased.
  std::vector<double> beta(const RunContext& context) const;
  /// How the model was fitted, without start values.
  solvers::NewtonOptions newton_options() const;

  /// Rows of the data that values per training row belong to, 0-based: those that were kept, or all of them with
  /// na_action "exclude", where `spread` puts NaN in the rows between.
  std::vector<std::int64_t> labelled_rows() const;
  /// One value per kept row as one value per labelled row.
  std::vector<double> spread(std::vector<double> values) const;

 private:
  const GlmModel& model_;
  design::TrainingData training_;
  mutable std::unique_ptr<engine::CodedObjective> objective_;
};

}  // namespace deciban::models
