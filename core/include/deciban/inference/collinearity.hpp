#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/linalg/matrix.hpp"

namespace deciban::inference {

/// Generalised variance-inflation factors: det(R_tt) det(R_rr) / det(R), with R the correlation matrix of the
/// coefficients, t those of a term and r the others (Fox and Monette, JASA 87, 1992). 1 where a term is at right angles
/// to the others; for a term of one column the usual VIF.
/// @param covariance  p x p, positive definite; without the intercept.
/// @param terms       p numbers of terms, 0-based.
/// @param count       number of terms; one without columns gets NaN.
/// @return            `count` values; NaN throughout for a singular covariance.
std::vector<double> generalised_vif(const linalg::Matrix& covariance, const std::vector<int>& terms, int count);

}  // namespace deciban::inference
