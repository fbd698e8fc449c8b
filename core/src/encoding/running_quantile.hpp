#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

namespace deciban::encoding {

/// The quantile of a changing part of some observations. Weights are whole numbers, so that sums of those that take
/// part are exact and do not depend, in not one bit, on the observations that do not.
class RunningQuantile {
 public:
  /// Nothing takes part yet. Weights: positive or 0; empty: all 1.
  RunningQuantile(const std::vector<double>& values, const std::vector<std::int64_t>& weights);

  void add(std::size_t i) { change(i, 1); }
  void remove(std::size_t i) { change(i, -1); }
  void add_all();

  /// Equal weights: type 7 of Hyndman and Fan (1996). Others: the same by Akinshin (2023), Weighted quantile
  /// estimators, section 2.2, at Kish's effective number of observations. NaN when nothing takes part.
  /// @param squares  sum of the squared weights that take part; not read where weights are equal.
  double value(double probability, double squares) const;
  /// Woodruff's (1952) standard error: half of what the quantile moves when its probability does by one standard error.
  double std_error(double probability, double squares) const;
  double weight() const { return static_cast<double>(total_); }

 private:
  void change(std::size_t i, std::int64_t sign);
  std::size_t find(std::int64_t target, std::int64_t& before) const;

  std::vector<double> sorted_;
  std::vector<std::size_t> rank_;      // of each observation
  std::vector<std::int64_t> weight_;   // by rank
  std::vector<std::int64_t> tree_;     // Fenwick: sums of the weights that take part
  std::vector<std::int64_t> present_;  // by rank: the weight where it takes part, else 0
  std::int64_t total_ = 0;
  std::size_t top_ = 1;  // largest power of 2 up to the number of observations
  bool equal_ = true;
};

/// Sum of squares of whole weights; empty: `count` ones.
double sum_of_squares(const std::vector<std::int64_t>& weights, std::size_t count);

}  // namespace deciban::encoding
