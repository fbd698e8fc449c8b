#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/evidence/counts.hpp"
#include "deciban/evidence/woe.hpp"

namespace deciban::metrics {

/// How far a distribution over bins has moved from an expected to an actual sample: the population stability index is
/// the information value with the actual rows as events and the expected ones as non-events, so its estimators,
/// interval and test are those of evidence/information_value.hpp.
struct Stability {
  double psi = 0.0;       ///< sum (A_i - E_i) ln(A_i / E_i); infinite with an empty cell beside a full one
  double unbiased = 0.0;  ///< nearly unbiased, finite, may be below 0
  double lower = 0.0, upper = 0.0;
  double chi2 = 0.0, p_value = 0.0;
};

/// @param expected, actual  weights by bin; @param squares sums of squared weights by bin of both, empty: they are
/// counts Raises DataError `metric.no_rows` when a sample has no weight, InputError `input.alpha`.
Stability stability(const std::vector<double>& expected, const std::vector<double>& actual,
                    const std::vector<double>& expected_squares, const std::vector<double>& actual_squares,
                    double alpha);

}  // namespace deciban::metrics
