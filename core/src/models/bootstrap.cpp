// Bootstrap intervals of the coefficients of a fitted model.
#include "deciban/inference/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/text.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/inference/simulation.hpp"
#include "deciban/solvers/inverse_information.hpp"
#include "prediction_queries.hpp"
#include "prediction_rows.hpp"

namespace deciban::models {
namespace {

using inference::Replicates;

struct BootstrapRequest {
  bool parametric;
  std::string interval;
  double level;
  std::int64_t count;
  std::uint64_t seed;
};

BootstrapRequest read_request(const Document& document) {
  const Arguments arguments(document, {"type", "interval", "level", "n_boot", "seed"});
  BootstrapRequest request;
  const std::string type = arguments.text("type", "parametric");
  if (type != "parametric" && type != "weighted")
    throw Error(ErrorKind::input, "input.type", "`type` is \"" + type + "\".", "Use \"parametric\" or \"weighted\".",
                Document::object({{"argument", "type"}, {"value", type}}));
  request.parametric = type == "parametric";
  request.interval = arguments.text("interval", request.parametric ? "bca" : "studentised");
  const bool possible = request.parametric ? request.interval == "percentile" || request.interval == "bca"
                                           : request.interval == "studentised";
  if (!possible)
    throw Error(ErrorKind::input, "input.interval",
                "`interval` is \"" + request.interval + "\", which a " + type + " bootstrap does not have.",
                request.parametric ? "Use \"percentile\" or \"bca\"."
                                   : "Use \"studentised\": percentiles of random weights cover 92 % where 95 % are "
                                     "wanted.",
                Document::object({{"argument", "interval"}, {"value", request.interval}}));
  request.level = confidence_level(arguments);
  request.count = arguments.whole("n_boot", 999, 2);
  request.seed = random_seed(arguments);
  return request;
}

std::vector<char> estimated(const GlmModel& model) {
  std::vector<char> keep;
  for (const double coefficient : model.coefficients) keep.push_back(!std::isnan(coefficient));
  return keep;
}

// Prior weights times frequencies: a row that stands for f responses has their mean.
data::Numbers total_weights(const design::TrainingData& training) {
  if (training.weights.empty()) return training.frequencies;
  if (training.frequencies.empty()) return training.weights;
  std::vector<double> total = training.weights.to_vector();
  for (std::size_t i = 0; i < total.size(); ++i) total[i] *= training.frequencies[i];
  return total;
}

Replicates parametric(const GlmModel& model, const inference::FittedRows& fit, const std::vector<char>& keep,
                      const BootstrapRequest& request, const RunContext& context) {
  const design::TrainingData& training = fit.training;
  const families::ResponseLaw law(model.family);
  const data::Numbers weights = total_weights(training);
  check_law_weights(law, weights);
  const double phi = model.statistics.dispersion;
  const inference::Simulation simulation(
      law, model.link, phi, engine::linear_predictor(training.design, model.coefficients, training.offset, context),
      weights);
  const bool positive = law.continuous() && model.family.id != families::FamilyId::gaussian;
  return inference::refit_responses(
      fit, keep, phi, request.count,
      [&](std::int64_t b, double* y) {
        simulation.draw(request.seed, math::purpose("bootstrap"), b, context, y);
        for (std::size_t i = 0; i < training.y.size(); ++i) {
          if (std::isnan(y[i])) y[i] = training.y[i];  // rows without weight
          if (positive) y[i] = std::max(y[i], std::numeric_limits<double>::min());
        }
      },
      context);
}

std::vector<double> row_of(const linalg::Matrix& matrix, int j) {
  std::vector<double> row(static_cast<std::size_t>(matrix.cols()));
  for (int b = 0; b < matrix.cols(); ++b) row[static_cast<std::size_t>(b)] = matrix(j, b);
  return row;
}

double standard_deviation(const std::vector<double>& values) {
  double n = 0.0, sum = 0.0, squares = 0.0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    n += 1.0;
    sum += value;
  }
  for (const double value : values)
    if (std::isfinite(value)) squares += (value - sum / n) * (value - sum / n);
  return n > 1.0 ? std::sqrt(squares / (n - 1.0)) : std::nan("");
}

void warn_about(const Replicates& replicates, const BootstrapRequest& request, Warnings& warnings) {
  const double tail = 0.5 * (1.0 - request.level) * (static_cast<double>(request.count) + 1.0);
  if (tail < 1.0)
    warnings.push_back({"bootstrap.few_replicates", "warning",
                        format_count(request.count) + " replicates are too few for intervals of level " +
                            format_g(request.level, 6) + ": their ends are the extreme replicates. Raise n_boot.",
                        Document::object({{"n_boot", request.count}})});
  const std::int64_t lost = replicates.failed + replicates.separated;
  if (lost > 0)
    warnings.push_back({"bootstrap.refits_failed", "warning",
                        format_count(lost) + " of " + format_count(request.count) + " replicates have no finite fit (" +
                            format_count(replicates.separated) + " separated: infinite coefficients; " +
                            format_count(replicates.failed) +
                            " did not converge: left out). Intervals of the coefficients concerned may be infinite; "
                            "merge rare levels.",
                        Document::object({{"separated", replicates.separated}, {"failed", replicates.failed}})});
}

}  // namespace

// Columns: one per coefficient, a row per replicate. Notes: term, estimate, std_error (standard deviation of the
// replicates), lower, upper (arrays by coefficient), type, interval. Arguments: type ("parametric" or "weighted"),
// interval ("percentile", "bca"; "studentised"), level, n_boot, seed.
Answer answer_bootstrap(const Query& query) {
  const BootstrapRequest request = read_request(query.arguments);
  const GlmModel& model = query.model;
  if (request.parametric) families::ResponseLaw(model.family);  // raises before the rows are read
  const TrainingRows rows = query.training_rows();
  const RunContext& context = query.context;
  const engine::CodedObjective& objective = rows.objective(context);
  const std::vector<double> beta = rows.beta(context);
  const std::vector<char> keep = estimated(model);
  const engine::Evaluation at =
      objective.evaluate({{beta.data(), nullptr, nullptr, nullptr}}, engine::Information::expected, context)[0];
  const linalg::Covariance inverse = solvers::inverse_information(objective, at, beta, keep, model.rank_tol, context);
  const inference::FittedRows fit{rows.training(),      objective, beta, inverse, model.statistics.nobs,
                                  model.statistics.rank};
  const double phi = model.statistics.dispersion;
  const Replicates replicates = request.parametric
                                    ? parametric(model, fit, keep, request, context)
                                    : inference::refit_weights(fit, keep, phi, request.count, request.seed, context);
  std::vector<double> acceleration;
  if (request.interval == "bca") acceleration = inference::accelerations(fit, model.family, model.link, phi, context);
  linalg::Covariance robust;
  inference::SandwichNotes ignored;
  if (!request.parametric)
    robust = objective.natural_covariance(
        inference::hc_covariance(fit, inference::CovarianceSpec::Kind::hc0, context, ignored));
  Answer answer;
  std::vector<double> errors, lower, upper;
  const std::vector<std::string> names = model.names();
  for (int j = 0; j < objective.size(); ++j) {
    const std::size_t k = static_cast<std::size_t>(j);
    std::vector<double> own = row_of(replicates.coefficients, j);
    inference::Limits limits{std::nan(""), std::nan("")};
    const double estimate = model.coefficients[k];
    if (keep[k] && request.interval == "percentile") limits = inference::percentile_limits(own, request.level);
    if (keep[k] && request.interval == "bca")
      limits = inference::bca_limits(own, estimate, acceleration[k], request.level);
    if (keep[k] && request.interval == "studentised")
      limits = inference::studentised_limits(own, row_of(replicates.errors, j), estimate, std::sqrt(robust.variance(j)),
                                             request.level);
    errors.push_back(standard_deviation(own));
    lower.push_back(limits.lower);
    upper.push_back(limits.upper);
    answer.table.add(names[k], std::move(own));
  }
  answer.notes.set("term", names);
  answer.notes.set("estimate", model.coefficients);
  answer.notes.set("std_error", errors);
  answer.notes.set("lower", lower);
  answer.notes.set("upper", upper);
  answer.notes.set("type", request.parametric ? "parametric" : "weighted");
  answer.notes.set("interval", request.interval);
  warn_about(replicates, request, answer.warnings);
  return answer;
}

}  // namespace deciban::models
