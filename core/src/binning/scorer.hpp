// Gains, rates and tests of runs of cells. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "cells.hpp"

namespace deciban::binning {

/// Answers for runs [i, j) of cells in constant time, from sums over the first cells.
class Scorer {
 public:
  explicit Scorer(const Cells& cells);

  int cells() const { return n_; }
  double weight(int i, int j) const { return sum(i, j, 0); }
  /// Sum k of the run; see Cells for their meaning.
  double sum(int i, int j, int k) const { return at(j)[k] - at(i)[k]; }
  /// What the run adds to the gain: to the information value, or to half the deviance explained.
  double gain(int i, int j) const;
  double rate(int i, int j) const;
  /// Events, claims, or the rows of each class: at least `least` of them.
  bool enough_events(int i, int j, double least) const;
  /// Statistic of the test that the runs [i, j) and [j, k) have the same rate: chi-squared with `test_df()`. Binary and
  /// multiclass: Pearson; counts: two Poisson rates; continuous: Welch.
  double test(int i, int j, int k) const;
  double test_df() const;

 private:
  const double* at(int i) const { return prefix_.data() + static_cast<std::size_t>(i) * width_; }
  double binary_gain(double events, double non_events) const;
  double multiclass_gain(int i, int j) const;
  double continuous_gain(double total, double weight) const;
  double multiclass_test(int i, int j, int k) const;

  TargetKind kind_;
  std::size_t width_;
  int n_;
  double var_power_, center_, test_scale_;
  std::vector<double> prefix_;
};

}  // namespace deciban::binning
