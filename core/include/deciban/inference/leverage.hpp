#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/engine/design_rows.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::inference {

/// From here on a row determines its own fit: what is left of it is rounding.
inline constexpr double kFullLeverage = 1.0 - 1e-10;

/// Leverages h = a x' (X' A X)^-1 x of the rows of a block, with a the row's information: diagonal elements of the hat
/// matrix, which is never formed. Those of a row that stands for f rows are of one of them. Source: McCullagh and
/// Nelder (1989), section 12.7.1.
class Leverage {
 public:
  /// Borrows all; `inverse` is the inverse information in the coordinates of the shifted columns.
  Leverage(const design::TrainingData& training, const std::vector<double>& shifts, const linalg::Covariance& inverse);
  /// h of each row, 0 for rows of weight 0; room for 512.
  void block(const engine::RowBlock& rows, double* h);
  /// The entries of row i of the last block, and inverse * x (p values).
  void solve(int i, double* product);

 private:
  double quadratic(int n) const;

  const design::TrainingData& training_;
  const linalg::Covariance& inverse_;
  engine::DesignRows rows_;
  std::vector<std::int32_t> columns_;
  std::vector<double> values_;
};

}  // namespace deciban::inference
