#pragma once
#include "deciban/base/config.hpp"

#include "deciban/metrics/ranking.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::metrics {

/// Gains (lift) table of a score: rows from the highest score (or the lowest, when a low score means risk) in `bins`
/// groups of about equal weight; equal scores are never parted, so there may be fewer groups. Columns: bin (from 1),
/// score_min, score_max, count, weight, events, non_events, event_rate, lift, cum_weight_share, cum_event_share,
/// cum_non_event_share, cum_lift, ks.
/// Raises as auc does, and InputError `metric.bins` for less than one.
tables::ResultTable gains_table(const Ranked& rows, int bins, bool high_first);

}  // namespace deciban::metrics
