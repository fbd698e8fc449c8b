#pragma once
#include "deciban/base/config.hpp"

#include <functional>

#include "columns.hpp"
#include "deciban/linalg/pairs.hpp"
#include "row_work.hpp"

namespace deciban::engine {

/// Rows with their weights at some point: what the passes of this area go over. `fill` computes mean, score and
/// information of a compute block whose response, weights and values are loaded.
struct WeightedRows {
  const design::TrainingData& training;
  const design::CodedDesign& design;
  const Plan& plan;
  const ColumnScales& scales;
  std::function<void(RowWork&)> fill;
};

/// Most columns that a triangle is made of: each thread holds 512 rows of all columns, expanded.
inline constexpr int kMaxTriangle = 2048;

/// R of the QR decomposition of sqrt(information weight) * (x - anchor), p x p: Householder reflections over 512 rows
/// at a time, triangles of 32,768 rows merged as all partial sums are, so that the bits depend on the rows only.
/// Source: Demmel, Grigori, Hoemmen and Langou (2012), SIAM J. Sci. Comput. 34, A206-A239 (TSQR).
linalg::Matrix triangle_of_rows(const WeightedRows& source, const RunContext& context);

/// Columns over one compute block of rows in pairs of doubles, shifted by their anchors.
class PairRows {
 public:
  PairRows(const design::CodedDesign& design, const std::vector<double>& anchors);
  void load(std::int64_t begin, int n);
  /// Adds X beta, column k of `beta`, to n sums eta.
  void predict(const linalg::Pairs& beta, int k, linalg::DoubleDouble* eta) const;
  /// sums[column] += x' score
  void add_score(const linalg::DoubleDouble* score, linalg::DoubleDouble* sums) const;

 private:
  template <class Visit>
  void for_entries(Visit&& visit) const;

  const design::CodedDesign& design_;
  const std::vector<double>& anchors_;
  int n_ = 0;
  std::vector<std::vector<std::int32_t>> codes_;
  std::vector<std::vector<double>> high_, low_;
};

}  // namespace deciban::engine
