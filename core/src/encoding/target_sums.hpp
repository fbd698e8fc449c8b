#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/encoding/target_encoder.hpp"

namespace deciban::encoding {

/// Folds of the rows as the sums use them: 0..count-1. Row i is encoded from the folds other than its own, or, where
/// `ordered`, from those before it.
struct TargetFolds {
  std::vector<std::int32_t> of_row;
  int count = 1;
  bool ordered = false;
};

/// Numerator and denominator of the mean that each row contributes: weight times target, weight times exposure.
class TargetValues {
 public:
  /// Checks and combines target, weights and exposure. Raises as fit_target_encoder.
  TargetValues(const TargetOptions& options, const TargetRows& rows, std::int64_t n, const RunContext& context);

  std::int64_t rows() const { return static_cast<std::int64_t>(y_.size()); }
  double numerator(std::size_t row) const { return numerator_.empty() ? y_[row] : numerator_[row]; }
  double denominator(std::size_t row) const { return denominator_.empty() ? 1.0 : denominator_[row]; }
  /// What quantiles are of: the target, or claims per unit of exposure.
  double observation(std::size_t row) const { return exposure_.empty() ? y_[row] : y_[row] / exposure_[row]; }
  /// The denominators as whole numbers, 2^30 for the largest (statistic quantile); empty: every row counts 1.
  const std::vector<std::int64_t>& whole_weights() const { return whole_weights_; }
  /// Every row counts 1.
  bool plain() const { return denominator_.empty(); }
  bool are_counts() const { return are_counts_; }
  /// The same for the rows that fold `fold` is encoded from.
  bool others_are_counts(const TargetFolds& folds, std::int64_t fold) const;
  bool constant() const { return constant_; }
  const data::Numbers& y() const { return y_; }

 private:
  void make_whole_weights();

  data::Numbers y_, exposure_;
  std::vector<double> numerator_, denominator_;
  std::vector<std::int64_t> whole_weights_;
  bool are_counts_ = true, constant_ = true;
};

/// Moments of each (level, fold), at [level * folds.count + fold]. Rows of codes below 0 do not count.
std::vector<LevelMoments> cell_moments(const std::vector<std::int32_t>& codes, std::int32_t n_levels,
                                       const TargetFolds& folds, const TargetValues& values, const RunContext& context);

/// Moments of each level without one fold, at [fold * n_levels + level]: sums over the other folds, never differences.
std::vector<std::vector<LevelMoments>> moments_of_others(const std::vector<LevelMoments>& cells, std::int32_t n_levels,
                                                         const TargetFolds& folds, const RunContext& context);
std::vector<LevelMoments> moments_of_all(const std::vector<LevelMoments>& cells, std::int32_t n_levels, int n_folds,
                                         const RunContext& context);

/// Rows side by side level by level, in row order within a level: those of level l are rows[start[l]..start[l + 1]).
struct RowsByLevel {
  std::vector<std::int32_t> rows;
  std::vector<std::int64_t> start;
};
RowsByLevel rows_by_level(const std::vector<std::int32_t>& codes, std::int32_t n_levels, const RunContext& context);

}  // namespace deciban::encoding
