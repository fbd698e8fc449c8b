#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/encoding/woe_encoder.hpp"
#include "deciban/evidence/log_odds.hpp"

namespace deciban::encoding {

/// Scores whose sums over the features of a row give its probabilities: one log odds for two classes, a log posterior
/// per class for more (compat fastwoe: log odds of each class against the others).
struct ClassScores {
  std::size_t classes = 2;
  bool one_vs_rest = false;
  std::vector<double> prior;                             ///< by score
  std::vector<std::vector<std::vector<double>>> by_bin;  ///< by score, feature, bin

  /// Turns sums (by score) of `count` rows into probabilities (by class) from row `begin` on.
  void to_probabilities(std::vector<std::vector<double>>& sums, int count, std::int64_t begin,
                        std::vector<std::vector<double>>& out) const;
};
ClassScores class_scores(const WoeEncoder& encoder);

/// Half-corrected log odds of class c for a row of codes, with their variance.
class RowOdds {
 public:
  struct Odds {
    double value = 0.0, variance = 0.0;
  };
  /// Raises InputError `woe.no_pairs` for pairwise without joint counts.
  RowOdds(const WoeEncoder& encoder, std::size_t c, bool pairwise);
  Odds of(const std::vector<std::int32_t>& codes) const;

 private:
  Odds binary(const std::vector<std::int32_t>& codes) const;
  Odds multiclass(const std::vector<std::int32_t>& codes) const;
  double pairwise_variance(const std::vector<std::int32_t>& codes) const;

  const WoeEncoder& encoder_;
  std::size_t c_;
  bool pairwise_;
  evidence::Totals totals_;
  std::vector<std::vector<evidence::LevelEvidence>> levels_;  ///< by feature
  std::vector<double> tau2_;                                  ///< by feature
  std::vector<evidence::Counts> effective_;                   ///< by feature, pairwise only
  double event_scale_ = 1.0, non_event_scale_ = 1.0;          ///< effective rows per unit of the sums
  // more than two classes: effective sums by class, feature and bin; totals by class
  std::vector<std::vector<std::vector<double>>> sums_;
  std::vector<double> class_totals_, log_priors_;
};

}  // namespace deciban::encoding
