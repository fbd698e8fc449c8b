#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/solvers/newton.hpp"

namespace deciban::inference {

/// A maximum of the likelihood that profiles start from.
struct ProfileStart {
  std::vector<double> beta;        ///< p, of the objective; 0 where aliased
  std::vector<char> keep;          ///< p, 0 = aliased: stays out of all profiles
  double dispersion = 1.0;         ///< phi of the test, held fixed
  solvers::NewtonOptions options;  ///< how the model was fitted
};

/// Ends of a profile-likelihood interval. An end is infinite where the deviance does not rise far enough, and NaN where
/// the search failed (the likelihood has no maximum to start from).
struct ProfileInterval {
  int column;
  double lower, upper;
  bool open_below = false, open_above = false;
};

/// Profile-likelihood intervals of single coefficients (Venzon and Moolgavkar 1988, Applied Statistics 37, 87-94;
/// Cox and Hinkley 1974, section 9.3): the coefficients t with (D(t) - D) / phi = z^2, where D(t) is the smallest
/// deviance with the coefficient held at t and z the normal quantile of `level` (R's confint.glm takes the same one,
/// whether or not the dispersion is known). Roots are exact: |(D(t) - D) / phi - z^2| <= 1e-8.
///
/// A step solves for t and for all other coefficients at once, and up to eight ends share a pass over the rows. Ends
/// that this does not reach are solved by nested fits.
/// @param columns  coefficients of the objective, not aliased.
/// Raises InputError `input.level`.
std::vector<ProfileInterval> profile_intervals(const engine::CodedObjective& objective, const ProfileStart& start,
                                               const std::vector<int>& columns, double level,
                                               const RunContext& context);

/// One point of a profile: the deviance is minimal over the other coefficients.
struct ProfilePoint {
  int column;
  double value;  ///< of the coefficient
  double tau;    ///< signed root of (D(t) - D) / phi
  double deviance;
  std::vector<double> beta;  ///< p, of the objective
};

/// Profiles on a grid of `steps` points to either side that reach from the estimate to `reach` Wald standard errors.
std::vector<ProfilePoint> profile_points(const engine::CodedObjective& objective, const ProfileStart& start,
                                         const std::vector<int>& columns, int steps, double reach,
                                         const RunContext& context);

}  // namespace deciban::inference
