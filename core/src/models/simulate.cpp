// Responses drawn from the law of a fitted model.
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/inference/simulation.hpp"
#include "prediction_queries.hpp"
#include "prediction_rows.hpp"

namespace deciban::models {

// Columns `sim_1`, `sim_2`, ...: a drawn response per row. Arguments: nsim, seed, and those of the rows.
Answer answer_simulate(const Query& query) {
  std::vector<std::string> names = kRowArguments;
  names.insert(names.end(), {"nsim", "seed"});
  const Arguments arguments(query.arguments, names);
  const std::int64_t nsim = arguments.whole("nsim", 1, 1);
  const std::uint64_t seed = random_seed(arguments);
  const GlmModel& model = query.model;
  const families::ResponseLaw law(model.family);
  const PredictionRows rows = prediction_rows(query, arguments, true);
  check_law_weights(law, rows.weights);
  const std::vector<double> eta =
      engine::linear_predictor(rows.design(), model.coefficients, rows.offset, query.context);
  const inference::Simulation simulation(law, model.link, model.statistics.dispersion, eta, rows.weights);
  Answer answer;
  for (std::int64_t k = 0; k < nsim; ++k) {
    std::vector<double> y(eta.size());
    simulation.draw(seed, math::purpose("simulate"), k, query.context, y.data());
    answer.table.add("sim_" + std::to_string(k + 1), spread(rows, std::move(y)));
  }
  label_rows(rows, answer);
  return answer;
}

}  // namespace deciban::models
