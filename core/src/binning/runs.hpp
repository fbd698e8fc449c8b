// Runs of cells as the dynamic programmes see them. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "programme.hpp"

namespace deciban::binning {

/// Gains and rates of all runs [i, j), which of them may be a bin, and which may be neighbours.
class Runs {
 public:
  Runs(const Scorer& scorer, const Rules& rules);

  int cells() const { return n_; }
  bool may_be_bin(int i, int j) const { return usable_[at(i, j)] != 0; }
  double gain(int i, int j) const { return gains_[at(i, j)]; }
  double rate(int i, int j) const { return rates_[at(i, j)]; }
  /// Rules for neighbours [h, i), [i, j) other than the trend.
  bool may_be_neighbours(int h, int i, int j) const;
  /// +1: the rate must not fall from the first to the second, -1: must not rise, 0: neither.
  bool follows(int direction, int h, int i, int j) const;
  bool has_pair_rules() const { return min_rate_diff_ > 0.0 || critical_ > 0.0; }
  /// Gains that differ by less count as equal.
  double slack() const { return slack_; }

 private:
  std::size_t at(int i, int j) const { return static_cast<std::size_t>(i) * (n_ + 1) + static_cast<std::size_t>(j); }
  const Scorer& scorer_;
  int n_;
  double min_rate_diff_, critical_ = 0.0, slack_ = 0.0;
  std::vector<char> usable_;
  std::vector<double> gains_, rates_;
};

/// Numbers of bins that a programme tells apart: layers 1 .. count(), of which the last means "that many or more" when
/// there is no limit.
class Layers {
 public:
  Layers(const Rules& rules, int cells);
  int count() const { return count_; }
  /// Layer after one more bin; 0 when that is too many.
  int next(int layer) const { return layer < count_ ? layer + 1 : open_ ? count_ : 0; }
  bool enough(int layer) const { return layer >= min_bins_; }

 private:
  int count_ = 1, min_bins_ = 1;
  bool open_ = true;
};

/// The programme for trends that a direction of each step describes.
Partition solve_directed(const Runs& runs, const Layers& layers, Trend trend);
/// The programme for convex and concave rates.
Partition solve_curved(const Runs& runs, const Layers& layers, Trend trend);

}  // namespace deciban::binning
