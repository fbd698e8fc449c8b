#include "prediction_rows.hpp"

#include <cmath>
#include <limits>

#include "deciban/base/text.hpp"
#include "std_errors.hpp"

namespace deciban::models {

const std::vector<std::string> kRowArguments = {"training", "exposure", "offset", "weights", "unseen"};

PredictionRows prediction_rows(const Query& query, const Arguments& arguments, bool with_weights) {
  PredictionRows rows;
  if (arguments.flag("training", false)) {
    if (!query.data.data || !query.data.vectors) query.training_rows();  // raises
    rows.fitted = std::make_unique<TrainingRows>(query.model, *query.data.data, *query.data.vectors, query.context);
    const design::TrainingData& training = rows.fitted->training();
    rows.offset = training.offset;
    if (!with_weights) return rows;
    rows.weights = training.weights.empty() ? training.frequencies : training.weights;
    if (training.weights.empty() || training.frequencies.empty()) return rows;
    std::vector<double>& weights = rows.weights.edit();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= training.frequencies[i];
    return rows;
  }
  if (!query.data.data || !query.data.vectors)
    throw Error(ErrorKind::data, "model.no_data", "There are no rows to predict.", "Hand new rows in.");
  const data::Table &data = *query.data.data, &vectors = *query.data.vectors;
  const design::DesignSpec& spec = query.model.spec;
  rows.own = design::code_new_rows(
      spec, arguments.has("unseen") ? design::make_unseen_level(arguments.text("unseen", "")) : spec.unseen, data,
      query.context);
  rows.offset = design::offset_of_new_rows(spec, arguments.column("exposure", data), arguments.column("offset", data),
                                           query.model.link, data, vectors);
  if (with_weights) rows.weights = design::weights_of_new_rows(spec, arguments.column("weights", data), data, vectors);
  return rows;
}

void label_rows(const PredictionRows& rows, Answer& answer) {
  if (rows.fitted) answer.rows = rows.fitted->labelled_rows();
}

std::vector<double> spread(const PredictionRows& rows, std::vector<double> values) {
  return rows.fitted ? rows.fitted->spread(std::move(values)) : values;
}

double confidence_level(const Arguments& arguments) {
  const double level = arguments.number("level", 0.95);
  if (!(level > 0.0 && level < 1.0))
    throw Error(ErrorKind::input, "input.level", "`level` is " + format_g(level, 6) + ", outside (0, 1).",
                "Give a confidence level such as 0.95.", Document::object({{"argument", "level"}, {"value", level}}));
  return level;
}

std::uint64_t random_seed(const Arguments& arguments) {
  const double seed = arguments.number("seed", 0.0);
  if (!(seed >= 0.0 && seed <= 9007199254740992.0) || seed != std::floor(seed))
    throw Error(ErrorKind::input, "input.seed", "`seed` is " + format_g(seed, 6) + ".",
                "Give a whole number of at least 0.", Document::object({{"argument", "seed"}, {"value", seed}}));
  return static_cast<std::uint64_t>(seed);
}

inference::ParameterLaw parameter_law(const GlmModel& model) {
  inference::ParameterLaw law;
  law.dispersion = model.statistics.dispersion;
  law.df = test_df(model);
  if (model.family.id == families::FamilyId::negative_binomial && model.family_estimate.estimated)
    law.theta_error = model.family_estimate.std_error;
  return law;
}

void check_law_weights(const families::ResponseLaw& law, const data::Numbers& weights) {
  std::int64_t count = 0;
  double first = 0.0;
  for (const double w : weights) {
    if (std::isnan(w) || w == 0.0 || law.valid_weight(w)) continue;
    if (count++ == 0) first = w;
  }
  if (count == 0) return;
  const bool binomial = law.family().id == families::FamilyId::binomial;
  throw Error(ErrorKind::input, "predict.weights",
              "`weights` holds " + format_count(count) + (count == 1 ? " value" : " values") + " that " +
                  (binomial ? "are no numbers of trials" : "no law has") + ", such as " + format_g(first, 6) + ".",
              binomial ? "The weights of a binomial response are its whole numbers of trials."
                       : "Weights are positive numbers.",
              Document::object({{"argument", "weights"}, {"count", count}, {"value", first}}));
}

}  // namespace deciban::models
