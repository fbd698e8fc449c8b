#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/data/numbers.hpp"

namespace deciban::metrics {

/// Measures of how well a score ranks a response: n values each; rows of weight 0 count for nothing. Equal scores are
/// one step, whatever the order of their rows. All raise InputError `data.length_mismatch`, `metric.value` (a score
/// that is NaN, a response out of its domain, a weight below 0; context: argument, row, value) and DataError
/// `metric.one_class` (no events or no non-events), `metric.no_rows`.
struct Ranked {
  data::Numbers y, score;
  data::Numbers weights;   ///< empty: 1
  data::Numbers exposure;  ///< empty: 1; gini only
};

/// P(s1 > s0) + P(s1 = s0)/2 for the scores of an event and of a non-event. y is 0, 1 or a share: a row is y events and
/// 1 - y non-events (Hanley and McNeil 1982).
double auc(const Ranked& rows);

/// The largest distance between the distribution functions of the scores of events and of non-events, and the score at
/// which it is reached (the smallest such).
struct KolmogorovSmirnov {
  double ks = 0.0, score = 0.0;
};
KolmogorovSmirnov ks(const Ranked& rows);

/// Gini index of the Lorenz curve of y (claims, events: totals, at least 0) against exposure, rows in the order of the
/// score: 1 minus twice the area below it, ties averaged. `normalized`: divided by that of the perfect order, by
/// y / exposure. For 0/1 responses the normalized index is 2 auc - 1 and the raw one (1 - prior) times that.
double gini(const Ranked& rows, bool normalized);

}  // namespace deciban::metrics
