#include "deciban/solvers/inverse_information.hpp"

#include "factors.hpp"

namespace deciban::solvers {

linalg::Covariance inverse_information(const engine::Objective& objective, const engine::Evaluation& at,
                                       const std::vector<double>& beta, const std::vector<char>& keep, double rank_tol,
                                       const RunContext& context) {
  Factors factors(objective, rank_tol, keep, context);
  return factors.last(at.information, {&beta}, keep).inverse(context);
}

}  // namespace deciban::solvers
