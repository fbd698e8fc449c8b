#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/engine/objective.hpp"

namespace deciban::inference {

/// Rao's score statistic at phi = 1 with the rank of the columns that it is over.
struct ScoreStatistic {
  double statistic;
  int rank;
};

/// s' I^-1 s of a larger model at the fit of a smaller one, s and I (expected) over the columns of the larger one:
/// the score statistic for what the larger one has beyond the smaller one, whose own score is 0 there (Rao 1948;
/// Pregibon 1982: it needs no fit of the larger model). Aliased columns are left out by R's rule.
/// @param at       sums at the coefficients of the smaller model (0 elsewhere), expected information.
/// @param columns  flags of the columns of the larger model.
ScoreStatistic score_statistic(const engine::Objective& objective, const engine::Evaluation& at,
                               const std::vector<char>& columns, double rank_tol, const RunContext& context);

}  // namespace deciban::inference
