#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/encoding/target_encoder.hpp"
#include "target_sums.hpp"

namespace deciban::encoding {

/// One depth of a term over the training rows.
struct DepthRows {
  LevelCoder coder;
  std::vector<std::int32_t> codes;   ///< of the rows; negative: no level of its own at this depth
  std::vector<std::int32_t> parent;  ///< level of the depth above; empty at the top
};

/// A term over the training rows: its depths from the top.
struct TermRows {
  std::string label;
  std::vector<DepthRows> depths;
};

/// Reads "a", "a:b" or "a/b" (a whole name of a column comes first) and codes the rows. `parents` are pairs of child
/// and parent column. Raises as fit_target_encoder.
TermRows code_term(const TargetOptions& options, const std::string& label,
                   const std::vector<std::pair<std::string, std::string>>& parents, const data::Table& data,
                   const RunContext& context);

/// What the levels of one depth get from some of the rows.
struct LevelStatistics {
  Credibility fit;
  std::vector<double> prior;         ///< by level: the value of its parent; empty at the top: fit.collective
  std::vector<double> prior_weight;  ///< by level; empty: fit.prior_weight
  std::vector<double> value;         ///< by level: its mean shrunk to the prior; NaN when no row has weight

  double prior_of(std::size_t level) const { return prior.empty() ? fit.collective : prior[level]; }
  double weight_of(std::size_t level) const { return prior_weight.empty() ? fit.prior_weight : prior_weight[level]; }
};

/// (sum + m prior) / (weight + m); the prior where m is infinite or nothing has weight.
inline double shrink(double sum, double weight, double prior, double prior_weight) {
  if (prior_weight == std::numeric_limits<double>::infinity() || !(weight + prior_weight > 0.0)) return prior;
  return (sum + prior_weight * prior) / (weight + prior_weight);
}

/// Learns collective, prior weight and values of the levels of a depth.
/// @param above  statistics of the depth above, from the same rows; null at the top.
/// @param quantiles  statistic quantile: the quantile of each level's rows, and of all rows at the end; else empty.
LevelStatistics learn_levels(const TargetOptions& options, const std::vector<LevelMoments>& moments, bool counts,
                             const DepthRows& depth, const LevelStatistics* above,
                             const std::vector<double>& quantiles);

/// Quantiles as learn_levels takes them, over rows whose flag is set (empty: all).
/// @param variance  null, or receives the sampling variance of a level's quantile times its weight, from all levels:
/// what
///                  the variance within levels is for means.
std::vector<double> level_quantiles(double probability, const RowsByLevel& by_level, const TargetValues& values,
                                    const std::vector<char>& use, double* variance = nullptr);

/// From a shrunk mean to the statistic: log odds, with 0 and 1 moved by half an observation; else as it is.
double on_scale(TargetStatistic statistic, double mean, double weight);

}  // namespace deciban::encoding
