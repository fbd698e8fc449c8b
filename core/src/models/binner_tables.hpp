// Tables of a binner. Internal to models.
#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/models/binner.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

/// Event rate, mean, or claims per exposure of each bin; multiclass: mean class number; NaN without rows.
std::vector<double> bin_rates(const Binner& binner, const BinnedVariable& variable);
/// Weight of evidence of each bin, smoothed as the binner says (binary).
std::vector<double> bin_woe(const Binner& binner, const BinnedVariable& variable);
/// What each bin adds to the information value, by the definition of binning::TargetKind::binary.
std::vector<double> bin_information(const BinnedVariable& variable);

/// One row per bin: bin (from 0), label, lower and upper (ends of the interval; NaN for others), count, share (of the
/// weight), and
///   binary: events, non_events, event_rate, event_rate_lower, event_rate_upper, woe, woe_se, woe_lower, woe_upper, iv;
///   multiclass: n_CLASS and rate_CLASS for each class;  counts: claims, exposure, rate, relativity;
///   continuous: weight, mean, relativity.
/// Intervals at 1 - alpha hold given the bins; they do not know that the bins were found by looking at the response.
tables::ResultTable binning_table(const Binner& binner, const BinnedVariable& variable, double alpha);

/// One row per variable: variable, kind, bins (regular ones), monotonic, gain, and for a binary response iv, gini,
/// iv_unbiased, p_value over all bins.
tables::ResultTable binner_summary(const Binner& binner);
std::string binner_text(const Binner& binner);

}  // namespace deciban::models
