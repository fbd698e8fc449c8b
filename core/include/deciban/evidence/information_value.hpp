#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/evidence/counts.hpp"
#include "deciban/evidence/woe.hpp"

namespace deciban::evidence {

/// Information value of k levels. The functional sum (P_i - Q_i) ln(P_i/Q_i) is symmetric, and it is the population
/// stability index of two samples as well. Weighted sums are scaled to their Kish totals first (see effective_counts).

/// The plug-in value: +Inf with an empty cell beside a full one, NaN without events or non-events.
double information_value(const Counts& counts);
/// The plug-in value with given WOE in place of ln(P_i/Q_i).
double information_value(const Counts& counts, const std::vector<double>& woe);
/// Nearly unbiased, its sign is kept: sum (P_i - Q_i)(psi(e_i + 1) - psi(n_i + 1)) - (k_e - 1)/E - (k_n - 1)/N with
/// k_e, k_n the numbers of levels with events and non-events. Finite with empty cells.
double unbiased_information_value(const Counts& counts);
/// Limits at confidence 1 - alpha from a scaled noncentral chi-squared law: near 0 it is the law of no association, far
/// from it the delta method. lower <= max(0, unbiased) <= upper, upper > 0. NaN for one level, no events or non-events.
Interval information_value_interval(const Counts& counts, double alpha);

/// Pearson's X2 of no association and its p-value from a gamma law with the exact conditional mean and variance of X2
/// given both margins (Haldane 1940; Dawson 1954, A simplified expression for the variance of the chi-square function
/// on a contingency table). Empty levels are left out. 1 where X2 cannot vary: a row per level. NaN for one level,
/// fewer than four rows, no events or non-events.
struct AssociationTest {
  double chi2 = 0.0, p_value = 0.0;
};
AssociationTest association_test(const Counts& counts);

/// Gini coefficient (2 AUC - 1) of levels ranked by `score`, events against non-events; levels of equal score are tied.
double level_gini(const Counts& counts, const std::vector<double>& score);

/// Cramer's V of a table of counts, column-major with `rows` rows, and its bias-corrected version (Bergsma 2013), which
/// is 0 on average for independent variables. NaN when either has one level.
struct CramersV {
  double v = 0.0, corrected = 0.0;
};
CramersV cramers_v(const std::vector<double>& table, std::size_t rows, std::size_t columns);

}  // namespace deciban::evidence
