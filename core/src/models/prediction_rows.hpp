#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deciban/families/response_law.hpp"
#include "deciban/inference/predictive.hpp"
#include "query_parts.hpp"

namespace deciban::models {

/// Arguments that say which rows a prediction is for.
extern const std::vector<std::string> kRowArguments;

/// The rows that a prediction is for: new ones, or those of the fit where the argument `training` is true.
struct PredictionRows {
  std::unique_ptr<TrainingRows> fitted;  ///< the rows of the fit; null for new ones
  design::CodedDesign own;
  data::Numbers offset, weights;  ///< prior weights, times freq_weights for rows of the fit; empty: 0, 1

  const design::CodedDesign& design() const { return fitted ? fitted->training().design : own; }
  double weight(std::size_t row) const { return weights.empty() ? 1.0 : weights[row]; }
};

/// @param with_weights  false: the weights are left empty.
PredictionRows prediction_rows(const Query& query, const Arguments& arguments, bool with_weights);

/// The rows of the data behind the rows of an answer, and their values with NaN between where na_action is "exclude".
void label_rows(const PredictionRows& rows, Answer& answer);
std::vector<double> spread(const PredictionRows& rows, std::vector<double> values);

/// Raises InputError `input.level` unless 0 < level < 1.
double confidence_level(const Arguments& arguments);

/// The argument `seed`, 0 by default. Raises InputError `input.seed`.
std::uint64_t random_seed(const Arguments& arguments);

/// What the fit knows of the dispersion and of theta.
inference::ParameterLaw parameter_law(const GlmModel& model);

/// Raises InputError `predict.weights` for prior weights that the law does not have, such as 2.5 binomial trials; NaN
/// and rows without weight pass.
void check_law_weights(const families::ResponseLaw& law, const data::Numbers& weights);

}  // namespace deciban::models
