#include "deciban/inference/score_test.hpp"

#include "deciban/linalg/arrow.hpp"

namespace deciban::inference {

ScoreStatistic score_statistic(const engine::Objective& objective, const engine::Evaluation& at,
                               const std::vector<char>& columns, double rank_tol, const RunContext& context) {
  const linalg::ArrowCholesky factor(at.information, objective.column_norms(at.information), rank_tol, context,
                                     columns);
  const std::vector<double> step = factor.solve(at.score);
  double statistic = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) statistic += at.score[j] * step[j];
  return {statistic, factor.rank()};
}

}  // namespace deciban::inference
