#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/engine/objective.hpp"
#include "orthogonal.hpp"

namespace deciban::engine {

/// Score of X beta in twice the working precision. For least squares residuals are pairs as well; else `source.fill`
/// computes the rows from the rounded predictor.
PreciseScore precise_score_of_rows(const WeightedRows& source, bool least_squares, const linalg::Pairs& beta,
                                   const RunContext& context);

/// X'W X z of each column z of `directions` in twice the working precision, W as `source.fill` makes it of X beta.
linalg::Pairs precise_product_of_rows(const WeightedRows& source, const linalg::Pairs& beta,
                                      const linalg::Pairs& directions, const RunContext& context);

/// Sum of W v_i^2 of each of `count` vectors; `predict` writes v of direction k to the predictor of a block.
std::vector<double> squared_norms_of_rows(const WeightedRows& source, int count,
                                          const std::function<void(int k, RowWork&)>& predict,
                                          const RunContext& context);

/// From columns that are shifted by anchors to the columns as they were given: the intercept takes up the shifts.
linalg::Pairs unshifted_coefficients(const linalg::Pairs& beta, const std::vector<double>& anchors);
linalg::Pairs unshifted_covariance(const linalg::Pairs& covariance, const std::vector<double>& anchors);

}  // namespace deciban::engine
