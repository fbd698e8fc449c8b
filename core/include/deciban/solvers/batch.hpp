#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/solvers/newton.hpp"

namespace deciban::solvers {

/// A search over the coefficients of an objective that is solved in steps: it says where it wants to be evaluated next,
/// and takes what was found there.
class PassProblem {
 public:
  virtual ~PassProblem() = default;
  /// Nothing more is wanted.
  virtual bool done() const = 0;
  /// The coefficients to evaluate (p, alive until `take`), and which information.
  virtual const std::vector<double>& point() const = 0;
  virtual engine::Information kind() const = 0;
  virtual void take(engine::Evaluation&& at) = 0;
};

/// Runs all problems to their end, up to eight of them in one pass over the rows. Each takes the way that it takes
/// alone, bit for bit.
void solve_together(const engine::CodedObjective& objective, const std::vector<PassProblem*>& problems,
                    const RunContext& context);

/// `newton` for several problems over the same rows, such as nested models (NewtonOptions::fixed) or points of a
/// profile, in shared passes. Start values must be given. What is not plain (no valid start, other aliased columns at
/// the solution, no convergence within 25 steps, nearly dependent columns) is left to `newton`, one by one.
/// @return one Solution per problem; `inverse` and the refined pairs are left empty where newton() was not needed.
std::vector<Solution> newton_together(const engine::CodedObjective& objective,
                                      const std::vector<NewtonOptions>& problems, const RunContext& context);

}  // namespace deciban::solvers
