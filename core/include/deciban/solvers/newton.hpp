#pragma once
#include "deciban/base/config.hpp"

#include <functional>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::solvers {

enum class Status { converged, max_iter, separated, diverged };
const char* status_name(Status status);

struct Solution;

struct NewtonOptions {
  /// In standard errors: a step that is smaller is the last one.
  double tolerance = 1e-9;
  /// Start values; empty: from a sample of the rows where there are many, else from starting means of all rows.
  std::vector<double> start;
  /// Columns that stay at their start value (at 0 without start values) and count as no parameter: a smaller model of
  /// the same design, or a point of a profile. One flag per column; empty: none. Solution::keep is 0 for them.
  std::vector<char> fixed;
  bool rough =
      false;  ///< coefficients to the tolerance are all that is wanted: the rest of a Solution is left as it is
  double rank_tol = 1e-7;
  int max_iter = 100;
  bool known_dispersion = true;  ///< phi = 1; else Pearson chi2 / (n - rank)
  bool canonical = true;         ///< observed and expected information are equal
  double start_pull = 0.5;       ///< how far starting means are drawn to the centre, first try
  /// Where there are many rows: evaluates at the coefficients of the solution, by expected information. Its caller can
  /// do more in that pass over the rows. The solution that it is given is complete but for `inverse`, and `at` is that
  /// before the last step.
  std::function<engine::Evaluation(const Solution&)> last_pass;
};

/// Coefficients are those of the objective (its own parametrisation); aliased ones are 0.
struct Solution {
  std::vector<double> beta;
  std::vector<char> keep;  ///< 0 = aliased
  int rank = 0;
  engine::Evaluation at;       ///< at beta or, with many rows, before the last step; expected information
  linalg::Covariance inverse;  ///< inverse information over the kept columns
  linalg::Pairs precise_beta, precise_inverse;  ///< refined: the same with low parts; else empty
  double dispersion = 1.0;                      ///< NaN when n = rank and it is estimated
  int n_iter = 0;
  Status status = Status::converged;
  bool last_pass_made = false;  ///< NewtonOptions::last_pass was called
  std::vector<int> runaway;     ///< columns that run to infinity when separated
};

/// Maximises a likelihood by Newton steps in residual form: information * step = score, so that rounding in the
/// information slows convergence but does not move the optimum (Nelder and Wedderburn 1972; Green 1984). Fisher scoring
/// at first; the observed information takes over where scoring crawls. Steps are halved until the deviance falls.
///
/// Converged: sqrt(score' step / phi) <= 1e-9 standard errors, and that step is applied; with phi = 0 or undefined
/// (exact fit, n = rank) a relative step of 1e-12. With many rows it also ends when a step and the rate at which
/// steps shrink foresee that the next one will be that small. Separated: two steps in a row still move the predictor of
/// some column by more than 0.01, although the information in their direction fell to 1e-12 of that at the start and
/// the deviance has stopped falling, whatever the unit of the weights; coefficients are those reached so far. Raises
/// NumericError `fit.no_start` when no valid starting point is found.
Solution newton(const engine::Objective& objective, const NewtonOptions& options, const RunContext& context);

}  // namespace deciban::solvers
