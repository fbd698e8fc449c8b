#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/evidence/counts.hpp"

namespace deciban::evidence {

/// What one level adds to the log odds of a row, half-corrected: ln((e + 1/2)/(n + 1/2)) - ln(E/N), and the variance of
/// ln((e + 1/2)/(n + 1/2)): 1/(e + 1/2) + 1/(n + 1/2). Weighted sums are scaled to their Kish totals; where a level is
/// worth five events and non-events its variance is that of its rows (see woe_variance) plus that of the totals.
struct LevelEvidence {
  double value = 0.0, variance = 0.0;
};
std::vector<LevelEvidence> level_evidence(const Counts& counts);

/// Log odds of one row and their variance, features being independent given the target:
///   theta = ln(E/N) + sum of values,  variance = sum of variances - (m - 1) V(ln(E/N)),  m levels that were seen.
/// A level that was not seen adds nothing to theta and its tau^2 to the variance.
class LogOdds {
 public:
  explicit LogOdds(const Totals& totals);
  void add(const LevelEvidence& level);
  void add_unseen(double between_levels_variance);
  double value() const { return value_; }
  double variance() const { return variance_; }

 private:
  double value_, prior_variance_, variance_;
};

}  // namespace deciban::evidence
