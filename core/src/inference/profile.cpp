#include "deciban/inference/profile.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/linalg/arrow.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/solvers/batch.hpp"
#include "profile_limit.hpp"

namespace deciban::inference {
namespace {

constexpr double kStep = 1e-8;

double two_sided_quantile(double level) {
  if (!(level > 0.0 && level < 1.0))
    throw Error(ErrorKind::input, "input.level", "`level` is " + format_g(level, 6) + ", outside (0, 1).",
                "Give a confidence level such as 0.95.", Document::object({{"argument", "level"}, {"value", level}}));
  return math::normal_quantile(0.5 + 0.5 * level);
}

// The maximum with its information: expected where the observed one has no inverse there.
struct Maximum {
  double deviance;
  linalg::ArrowCholesky factor;
};

Maximum maximum_of(const engine::CodedObjective& objective, const ProfileStart& start, const RunContext& context) {
  const engine::PassModel model{start.beta.data(), nullptr, nullptr};
  for (const auto kind : {engine::Information::observed, engine::Information::expected}) {
    if (kind == engine::Information::observed && start.options.canonical) continue;
    const engine::Evaluation at = objective.evaluate(std::vector<engine::PassModel>{model}, kind, context)[0];
    linalg::ArrowCholesky factor(at.information, {}, kStep, context, start.keep);
    if (factor.keep() == start.keep || kind == engine::Information::expected) return {at.deviance, std::move(factor)};
  }
  throw Error(ErrorKind::numeric, "profile.no_maximum", "There is no maximum to profile from.");  // not reached
}

// Row j of the inverse information, 1 at j: how the other coefficients follow this one.
std::vector<double> direction_of(const linalg::ArrowCholesky& factor, int column, double phi, double& std_error) {
  std::vector<double> unit(factor.keep().size(), 0.0);
  const std::size_t j = static_cast<std::size_t>(column);
  unit[j] = 1.0;
  std::vector<double> direction = factor.solve(unit);
  const double variance = direction[j];
  std_error = std::sqrt(phi * variance);
  for (double& value : direction) value /= variance;
  direction[j] = 1.0;
  return direction;
}

// A coefficient that ran to infinity: its deviance is flat on one side, and the other one has a unit of the predictor
// as its scale.
void set_without_information(const ProfileProblem& problem, double scale, ProfileInterval& interval) {
  interval.lower = nested_limit(problem, interval.column, -1, scale);
  interval.upper = nested_limit(problem, interval.column, 1, scale);
  interval.open_below = std::isinf(interval.lower);
  interval.open_above = std::isinf(interval.upper);
}

bool usable(const ProfileStart& start) { return start.dispersion > 0.0 && std::isfinite(start.dispersion); }

}  // namespace

std::vector<ProfileInterval> profile_intervals(const engine::CodedObjective& objective, const ProfileStart& start,
                                               const std::vector<int>& columns, double level,
                                               const RunContext& context) {
  const double z = two_sided_quantile(level), none = std::nan("");
  std::vector<ProfileInterval> intervals;
  for (const int column : columns) intervals.push_back({column, none, none, false, false});
  if (!usable(start)) return intervals;
  const Maximum maximum = maximum_of(objective, start, context);
  ProfileStart informed = start;  // coefficients that run to infinity stay where they are
  informed.keep = maximum.factor.keep();
  const ProfileProblem problem{objective, informed, maximum.deviance, z, context};
  const std::vector<double> ranges = objective.column_ranges();
  constexpr std::size_t kTogether = 64;  // coefficients whose ends are searched at a time
  for (std::size_t first = 0; first < columns.size(); first += kTogether) {
    const std::size_t end = std::min(columns.size(), first + kTogether);
    std::vector<std::unique_ptr<ProfileLimit>> limits;
    std::vector<solvers::PassProblem*> running;
    for (std::size_t k = first; k < end; ++k) {
      const std::size_t column = static_cast<std::size_t>(columns[k]);
      if (!informed.keep[column]) {
        if (start.keep[column]) set_without_information(problem, 1.0 / (z * ranges[column]), intervals[k]);
        continue;
      }
      double std_error = 0.0;
      const std::vector<double> direction = direction_of(maximum.factor, columns[k], start.dispersion, std_error);
      for (const int side : {-1, 1}) {
        limits.push_back(std::make_unique<ProfileLimit>(problem, columns[k], side, direction, std_error));
        running.push_back(limits.back().get());
      }
    }
    solvers::solve_together(objective, running, context);
    for (const auto& limit : limits) {
      auto& interval = *std::find_if(intervals.begin(), intervals.end(),
                                     [&](const ProfileInterval& one) { return one.column == limit->column(); });
      double value = limit->open() ? limit->side() * HUGE_VAL : limit->limit();
      if (!limit->found() && !limit->open())
        value = nested_limit(problem, limit->column(), limit->side(), limit->std_error());
      (limit->side() < 0 ? interval.lower : interval.upper) = value;
      (limit->side() < 0 ? interval.open_below : interval.open_above) = std::isinf(value);
    }
  }
  return intervals;
}

std::vector<ProfilePoint> profile_points(const engine::CodedObjective& objective, const ProfileStart& start,
                                         const std::vector<int>& columns, int steps, double reach,
                                         const RunContext& context) {
  std::vector<ProfilePoint> points;
  if (!usable(start)) return points;
  const Maximum maximum = maximum_of(objective, start, context);
  const ProfileProblem problem{objective, start, maximum.deviance, 0.0, context};
  for (const int column : columns) {
    const std::size_t j = static_cast<std::size_t>(column);
    if (!maximum.factor.keep()[j]) continue;
    double std_error = 0.0;
    const std::vector<double> direction = direction_of(maximum.factor, column, start.dispersion, std_error);
    std::vector<solvers::NewtonOptions> fits;
    for (int k = -steps; k <= steps; ++k) {
      if (k == 0) continue;
      solvers::NewtonOptions options = start.options;
      options.start = start.beta;
      const double shift = reach * std_error * k / steps;
      for (std::size_t i = 0; i < direction.size(); ++i) options.start[i] += shift * direction[i];
      for (const char kept : start.keep) options.fixed.push_back(!kept);
      options.fixed[j] = 1;
      fits.push_back(std::move(options));
    }
    const std::vector<solvers::Solution> found = solvers::newton_together(objective, fits, context);
    for (int k = 0; k <= 2 * steps; ++k) {
      if (k == steps) {
        points.push_back({column, start.beta[j], 0.0, maximum.deviance, start.beta});
        continue;
      }
      const solvers::Solution& fit = found[static_cast<std::size_t>(k < steps ? k : k - 1)];
      const double root = std::sqrt(problem.rise(fit.at.deviance));
      points.push_back({column, fit.beta[j], k < steps ? -root : root, fit.at.deviance, fit.beta});
    }
  }
  return points;
}

}  // namespace deciban::inference
