// Leverage and influence of the training rows.
#include "influence.hpp"

#include <cmath>
#include <utility>

#include "deciban/diagnostics/influence.hpp"
#include "deciban/diagnostics/residuals.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/solvers/inverse_information.hpp"
#include "prediction_rows.hpp"

namespace deciban::models {
namespace {

// A fit at its coefficients, and what the rows of its answers are.
struct Fit {
  explicit Fit(const Query& query)
      : rows(query.training_rows()),
        beta(rows.beta(query.context)),
        inverse(inverse_of(query.model, query.context)),
        fitted{rows.training(), rows.objective(query.context), beta,
               inverse,         query.model.statistics.nobs,   query.model.statistics.rank} {
    const families::FamilyId id = query.model.family.id;
    scales = {query.model.statistics.dispersion, query.model.statistics.deviance,
              id != families::FamilyId::binomial && id != families::FamilyId::poisson};
  }

  linalg::Covariance inverse_of(const GlmModel& model, const RunContext& context) const {
    std::vector<char> keep;
    for (const double coefficient : model.coefficients) keep.push_back(!std::isnan(coefficient));
    const engine::CodedObjective& objective = rows.objective(context);
    const engine::Evaluation at =
        objective.evaluate({{beta.data(), nullptr, nullptr}}, engine::Information::expected, context)[0];
    return solvers::inverse_information(objective, at, beta, keep, model.rank_tol, context);
  }

  TrainingRows rows;
  std::vector<double> beta;
  linalg::Covariance inverse;
  inference::FittedRows fitted;
  diagnostics::InfluenceScales scales;
};

}  // namespace

Answer influence(const Query& query) {
  const Arguments arguments(query.arguments, {});
  const Fit fit(query);
  diagnostics::Influence found = diagnostics::influence(fit.fitted, query.model.family, fit.scales, query.context);
  Answer answer;
  const auto add = [&](const char* name, std::vector<double>& values) {
    answer.table.add(name, fit.rows.spread(std::move(values)));
  };
  add("hat", found.hat);
  add("sigma", found.sigma);
  add("standard_deviance", found.standard_deviance);
  add("standard_pearson", found.standard_pearson);
  add("student", found.student);
  add("cooks", found.cooks);
  add("dffits", found.dffits);
  add("covratio", found.covratio);
  answer.rows = fit.rows.labelled_rows();
  return answer;
}

Answer dfbeta(const Query& query) {
  const Arguments arguments(query.arguments, {"scaled"});
  const Fit fit(query);
  auto columns =
      diagnostics::dfbeta(fit.fitted, query.model.family, fit.scales, arguments.flag("scaled", false), query.context);
  const std::vector<std::string> names = query.model.names();
  Answer answer;
  for (std::size_t j = 0; j < names.size(); ++j)
    if (!std::isnan(query.model.coefficients[j])) answer.table.add(names[j], fit.rows.spread(std::move(columns[j])));
  answer.rows = fit.rows.labelled_rows();
  return answer;
}

Answer quantile_residuals(const Query& query) {
  const Arguments arguments(query.arguments, {"seed"});
  const std::uint64_t seed = random_seed(arguments);
  const GlmModel& model = query.model;
  const families::ResponseLaw law(model.family);
  const TrainingRows rows = query.training_rows();
  const design::TrainingData& training = rows.training();
  check_law_weights(law, training.weights);
  std::vector<double> values =
      engine::linear_predictor(training.design, model.coefficients, training.offset, query.context);
  parallel::for_each(query.context, parallel::block_count(rows.rows()), [&](std::int64_t block) {
    parallel::for_compute_blocks(parallel::block_range(rows.rows(), block), [&](std::int64_t begin, int n) {
      double mu[parallel::kComputeRows], complement[parallel::kComputeRows], slope[parallel::kComputeRows];
      double* out = values.data() + begin;
      families::inverse_link_block(model.link, out, {mu, complement, slope, nullptr}, n);
      for (int i = 0; i < n; ++i) {
        const auto row = static_cast<std::size_t>(begin + i);
        const double w = training.weights.empty() ? 1.0 : training.weights[row];
        math::Stream stream(seed, math::purpose("quantile residual"),
                            static_cast<std::uint64_t>(training.kept.empty() ? begin + i : training.kept[row]));
        const families::LawPoint at{mu[i], complement[i], model.statistics.dispersion, w, model.family.theta};
        out[i] = w > 0.0 ? diagnostics::quantile_residual(law, training.y[row], at, stream.uniform()) : std::nan("");
      }
    });
  });
  Answer answer;
  answer.table.add("residual", rows.spread(std::move(values)));
  answer.rows = rows.labelled_rows();
  return answer;
}

}  // namespace deciban::models
