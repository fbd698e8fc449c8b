#include "refits.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::solvers {

// Coefficients are smooth in var_power, and in the logarithm of theta.
double Refits::position(double parameter) const {
  return problem_.family.id == families::FamilyId::tweedie ? parameter : math::log(parameter);
}

std::vector<double> Refits::predicted(double position) const {
  if (known_.empty()) return {};
  std::vector<const Known*> nearest;
  for (const Known& fit : known_)
    if (std::isfinite(fit.position)) nearest.push_back(&fit);
  if (nearest.empty() || !std::isfinite(position)) return known_.back().beta;
  std::stable_sort(nearest.begin(), nearest.end(), [&](const Known* a, const Known* b) {
    return std::fabs(a->position - position) < std::fabs(b->position - position);
  });
  nearest.resize(std::min<std::size_t>(nearest.size(), 3));
  double lowest = HUGE_VAL, highest = -HUGE_VAL;
  for (const Known* fit : nearest) lowest = std::min(lowest, fit->position);
  for (const Known* fit : nearest) highest = std::max(highest, fit->position);
  // a parabola is good between its points and little beyond
  const double beyond = std::max(lowest - position, position - highest);
  if (beyond > 0.5 * (highest - lowest)) return nearest.front()->beta;
  std::vector<double> beta(nearest.front()->beta.size(), 0.0);
  for (const Known* fit : nearest) {  // Lagrange's form
    double share = 1.0;
    for (const Known* other : nearest)
      if (other != fit) share *= (position - other->position) / (fit->position - other->position);
    for (std::size_t j = 0; j < beta.size(); ++j) beta[j] += share * fit->beta[j];
  }
  return beta;
}

const Solution& Refits::at(double parameter) {
  const families::Family family = families::with_parameter(problem_.family, parameter);
  NewtonOptions options = problem_.options;
  options.known_dispersion = family.has_known_dispersion();
  options.canonical = families::is_canonical(family, problem_.link);
  objective_ = problem_.objective(family);
  options.start = predicted(position(parameter));
  solution_ = newton(*objective_, options, context_);
  if (solution_.status != Status::converged && !options.start.empty()) {
    options.start.clear();
    solution_ = newton(*objective_, options, context_);
  }
  // Coefficients on their way to infinity are no place to start from: that they run is seen on the way only.
  if (solution_.status == Status::converged) known_.push_back({position(parameter), solution_.beta});
  ++count_;
  return solution_;
}

void refuse_estimate(const ParameterProblem& problem, const std::string& why) {
  const char* name = problem.family.id == families::FamilyId::tweedie ? "var_power" : "theta";
  throw Error(ErrorKind::data, "family.no_estimate",
              std::string("`") + name + "` was not given and cannot be estimated: " + why + ".",
              std::string("Give ") + name + ".",
              Document::object({{"family", families::family_name(problem.family)}, {"parameter", name}}));
}

double positive_responses(const design::TrainingData& training) {
  double count = 0.0;
  for (std::size_t i = 0; i < training.y.size(); ++i)
    if (training.y[i] > 0.0 && (training.weights.empty() || training.weights[i] > 0.0))
      count += training.frequencies.empty() ? 1.0 : training.frequencies[i];
  return count;
}

}  // namespace deciban::solvers
