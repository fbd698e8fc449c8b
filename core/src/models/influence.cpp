// Leverage and influence of the training rows.
#include "influence.hpp"

#include <cmath>
#include <utility>

#include "deciban/diagnostics/influence.hpp"
#include "deciban/solvers/inverse_information.hpp"

namespace deciban::models {
namespace {

// A fit at its coefficients, and what the rows of its answers are.
struct Fit {
  explicit Fit(const Query& query)
      : rows(query.training_rows()),
        beta(rows.beta(query.context)),
        inverse(inverse_of(query.model, query.context)),
        fitted{rows.training(), rows.objective(query.context), beta, inverse, query.model.statistics.nobs,
               query.model.statistics.rank} {
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
  auto columns = diagnostics::dfbeta(fit.fitted, query.model.family, fit.scales, arguments.flag("scaled", false),
                                     query.context);
  const std::vector<std::string> names = query.model.names();
  Answer answer;
  for (std::size_t j = 0; j < names.size(); ++j)
    if (!std::isnan(query.model.coefficients[j])) answer.table.add(names[j], fit.rows.spread(std::move(columns[j])));
  answer.rows = fit.rows.labelled_rows();
  return answer;
}

}  // namespace deciban::models
