#pragma once
#include "deciban/base/config.hpp"

#include <functional>
#include <memory>

#include "deciban/base/run_context.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"
#include "deciban/solvers/newton.hpp"

namespace deciban::solvers {

/// A likelihood whose family parameter (theta, var_power) is to be estimated.
struct ParameterProblem {
  const design::TrainingData& training;
  families::Family family;
  families::Link link;
  NewtonOptions options;  ///< known_dispersion and canonical are set for each family that is tried
  /// The objective over the training rows for another member of the family.
  std::function<std::unique_ptr<engine::RowObjective>(const families::Family&)> objective;
};

/// A family parameter by maximum likelihood.
struct ParameterEstimate {
  double value = 0.0;
  double std_error = 0.0;  ///< theta: from the observed information at fixed means, NaN when theta is Inf; var_power:
                           ///< from the curvature of the profile likelihood, NaN at an end of its range
  double lower = 0.0, upper = 0.0;  ///< var_power: 95 % likelihood-ratio interval; NaN for theta
  int n_fits = 0;                   ///< fits of the coefficients that it took
  bool converged = true;
  bool at_bound = false;  ///< theta is Inf, or var_power at an end of its range
};

/// Range of the search for var_power: near 1 the law is a lattice and its likelihood has a peak at every fraction.
inline constexpr double kLowestVarPower = 1.01, kHighestVarPower = 1.99;

/// Shape of the negative binomial by maximum likelihood: the root of the profile score
///   sum f w [psi(y + theta) - psi(theta) - log(1 + mu / theta) + (mu - y) / (mu + theta)]
/// over the means that are fitted at theta (Lawless 1987, Canadian Journal of Statistics 15, 209-225; the same equation
/// as theta.ml of Venables and Ripley 2002, section 7.4), to 1e-9 standard errors. theta is Inf, the Poisson limit,
/// when the counts are not overdispersed: sum f w [(y - mu)^2 - y] <= 0 at the Poisson fit, where the likelihood falls
/// with 1 / theta from its start. Raises DataError `family.no_estimate` when no response is positive.
ParameterEstimate estimate_theta(const ParameterProblem& problem, const RunContext& context);

/// Variance power of Tweedie's family by maximum likelihood, the coefficients and the dispersion maximised at each
/// power (Dunn and Smyth 2005, section 5): the best of a grid over [1.01, 1.99], then parabolas; and the powers where
/// twice the log-likelihood is 3.84 below its maximum, solved to 1e-8. An end that lies beyond the range of the search
/// is 1 or 2. Raises DataError `family.no_estimate` when fewer than two responses are positive or the fit is exact.
ParameterEstimate estimate_var_power(const ParameterProblem& problem, const RunContext& context);

/// The dispersion that maximises Tweedie's likelihood at a fit of the given deviance; 0 for an exact fit, NaN when no
/// response is positive. 1 < var_power <= 2.
/// @param start  a positive value to start from, such as Pearson's estimate.
double tweedie_dispersion(const design::TrainingData& training, double var_power, double deviance, double start,
                          const RunContext& context);

}  // namespace deciban::solvers
