#include "refits.hpp"

#include "deciban/base/error.hpp"
#include "warm_start.hpp"

namespace deciban::solvers {

const Solution& Refits::at(double parameter) {
  const families::Family family = families::with_parameter(problem_.family, parameter);
  NewtonOptions options = problem_.options;
  options.known_dispersion = family.has_known_dispersion();
  options.canonical = families::is_canonical(family, problem_.link);
  objective_ = problem_.objective(family);
  solution_ = newton(WarmStart(*objective_, from_), options, context_);
  // Coefficients on their way to infinity are no place to start from: that they run is seen on the way only.
  if (solution_.status == Status::converged)
    from_ = solution_.beta;
  else
    from_.clear();
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
