#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/evidence/counts.hpp"

namespace deciban::evidence {

struct Interval {
  double lower = 0.0, upper = 0.0;
};

/// How intervals of the weight of evidence are found: `automatic` is Wald where a level has at least five events and
/// five non-events, else Clopper-Pearson; `score` inverts Koopman's score test at every level.
enum class WoeMethod { automatic, score };
const char* method_name(WoeMethod method);
/// "auto" or "score"; InputError `woe.method`.
WoeMethod make_woe_method(const std::string& name);

/// ln(P_i / Q_i) with P_i = e_i/E, Q_i = n_i/N: -Inf without events, +Inf without non-events, 0 with neither.
std::vector<double> raw_woe(const Counts& counts);

/// The encoded value: ln[(e_i + a pi) / (n_i + a (1 - pi))] - logit(pi), pi = E/T. Pseudo-counts in the proportion of
/// the prior: a level without rows has 0 and a rare one tends to the portfolio. a = 0 gives raw_woe, an infinite a
/// pools all levels (0).
/// @param smoothing  a, in units of the sums, not negative
std::vector<double> smoothed_woe(const Counts& counts, double smoothing);

/// Variance of the raw WOE of each level: sum over rows r of
///   { 1[x_r = i] (w y/e_i - w (1 - y)/n_i) - (w y/E - w (1 - y)/N) }^2,
/// for plain counts 1/e_i + 1/n_i - 1/E - 1/N (at least 0). Infinite where e_i or n_i is 0.
std::vector<double> woe_variance(const Counts& counts);

/// Limits of ln(P_i/Q_i) at confidence 1 - alpha; the estimand is unsmoothed. Infinite on the side of a zero count.
/// Both ends are extended to contain the raw value where it is finite. NaN when there is no interval, see
/// `no_interval_reason`. Weighted sums count as many rows as Kish's totals say in the limits below five, and have the
/// variance of `woe_variance` above.
/// Source: Wald on the delta method; Clopper and Pearson (1934) on the level's own odds, shrunk for the uncertainty of
/// the totals; Koopman (1984), Confidence intervals for the ratio of two binomial proportions.
std::vector<Interval> woe_intervals(const Counts& counts, double alpha, WoeMethod method = WoeMethod::automatic);
/// "" or why there are no intervals: one level only, no events, no non-events.
std::string no_interval_reason(const Counts& counts);

/// Finite stand-ins of infinite ends: limits from the Beta(1/2, .) quantile of the level's own odds.
Interval finite_ends(const Interval& interval, double events, double non_events, const Totals& totals, double alpha);

/// Limits of the event rate of each level: Jeffreys, Clopper-Pearson where a level has fewer than ten events or
/// non-events. Weighted and fractional sums count m rows, p (1 - p)/m being the variance of their rate p.
std::vector<Interval> event_rate_intervals(const Counts& counts, double alpha);

/// How much levels differ beyond chance, from a beta-binomial law of their rates (moments, as in analysis of variance).
struct BetweenLevels {
  double correlation = 0.0;  ///< between two rows of a level, in [0, 1]; 0 when levels differ no more than by chance
  double smoothing = 0.0;    ///< a = (1 - correlation)/correlation in units of the sums; infinite when correlation is 0
  double log_odds_variance = 0.0;  ///< tau^2 of the levels' log odds: correlation / (pi (1 - pi))
};
BetweenLevels between_levels(const Counts& counts);

}  // namespace deciban::evidence
