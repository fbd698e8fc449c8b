#include "fit_parts.hpp"

#include <algorithm>
#include <cmath>

#include "cuts.hpp"
#include "deciban/base/text.hpp"

namespace deciban::binning {
namespace {

bool has_trend(const std::vector<double>& rates, Trend trend) {
  const auto rises = [&](std::size_t i) { return rates[i] >= rates[i - 1]; };
  const auto falls = [&](std::size_t i) { return rates[i] <= rates[i - 1]; };
  const std::size_t n = rates.size();
  std::size_t i = 1;
  const bool up_first = trend == Trend::increasing || trend == Trend::peak;
  const bool turns = trend == Trend::peak || trend == Trend::valley;
  switch (trend) {
    case Trend::increasing:
    case Trend::decreasing:
    case Trend::peak:
    case Trend::valley:
      while (i < n && (up_first ? rises(i) : falls(i))) ++i;
      while (turns && i < n && (up_first ? falls(i) : rises(i))) ++i;
      return i >= n;
    case Trend::convex:
    case Trend::concave:
      for (i = 2; i < n; ++i) {
        const double bend = rates[i - 2] - 2.0 * rates[i - 1] + rates[i];
        if (trend == Trend::convex ? bend < 0.0 : bend > 0.0) return false;
      }
      return true;
    default:
      return true;
  }
}

}  // namespace

double total_weight(const Cells& cells) {
  double total = 0.0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) total += cells.at(cell)[0];
  return total;
}

double bin_size_share(const BinningOptions& options) {
  if (options.min_bin_size >= 0.0) return options.min_bin_size;
  const bool sized = options.method == Method::optimal || options.method == Method::tree ||
                     options.method == Method::isotonic || options.method == Method::chimerge;
  return sized && !all_splits_fixed(options) ? kDefaultSize : 0.0;
}

Rules rules_of(const BinningOptions& options, double total) {
  Rules rules;
  rules.min_bins = options.min_bins;
  rules.max_bins = options.max_bins;
  rules.min_weight = bin_size_share(options) * total;
  rules.min_events = options.min_bin_events;
  rules.min_non_events = options.min_bin_non_events;
  rules.trend = options.monotonic;
  rules.min_rate_diff = options.min_rate_diff;
  rules.max_p_value = options.method == Method::chimerge ? 1.0 : options.max_p_value;
  return rules;
}

bool has_rules(const BinningOptions& options, std::size_t bins) {
  return options.method == Method::optimal || options.method == Method::isotonic || options.monotonic != Trend::none ||
         options.min_rate_diff > 0.0 || options.min_bin_events > 0.0 || options.min_bin_non_events > 0.0 ||
         options.min_bin_size > 0.0 || (options.max_p_value < 1.0 && options.method != Method::chimerge) ||
         (options.max_bins > 0 && bins > static_cast<std::size_t>(options.max_bins));
}

Partition must_partition(const std::string& variable, const Cells& cells, const Rules& rules) {
  const Scorer scorer(cells);
  Partition partition = best_partition(scorer, rules);
  if (partition.found) return partition;
  const std::vector<std::string> names = conflicting_rules(scorer, rules);
  throw Error(ErrorKind::input, "binning.infeasible",
              "No bins of `" + variable + "` meet `" + join_some(names) + "` together with the other rules.",
              "Relax `" + (names.empty() ? std::string("min_bins") : names[0]) + "`.",
              Document::object({{"variable", variable}, {"constraints", names}}));
}

std::vector<int> thin(const Cells& cells, const std::vector<int>& cuts, int most) {
  if (static_cast<int>(cuts.size()) < most) return cuts;
  std::vector<int> out;
  for (const int cut : quantile_cuts(join(cells, cuts), most)) out.push_back(cuts[static_cast<std::size_t>(cut) - 1]);
  return out;
}

void set_gain(const Target& target, const Cells& bins, const std::vector<std::int32_t>& rows, FittedBins& fitted) {
  if (target.kind == TargetKind::none || bins.size() == 0) return;
  const Scorer scorer(bins);
  double gain = 0.0;
  for (int bin = 0; bin < scorer.cells(); ++bin)
    if (scorer.weight(bin, bin + 1) > 0.0) gain += scorer.gain(bin, bin + 1);
  if (target.kind == TargetKind::counts || target.kind == TargetKind::continuous) {
    const double null = null_deviance(target, bins, rows);
    gain = null > 0.0 ? 2.0 * (gain - scorer.gain(0, scorer.cells())) / null : 0.0;
  }
  fitted.gain = gain;
}

void warn_few_values(const std::string& variable, const BinningOptions& options, std::size_t distinct,
                     Warnings& warnings) {
  const int asked = std::max(options.max_bins, options.min_bins > 1 ? options.min_bins : 0);
  if (static_cast<std::size_t>(asked) <= distinct) return;
  warnings.push_back(
      {"binning.few_values", "warning",
       "`" + variable + "` has " + format_count(static_cast<std::int64_t>(distinct)) +
           " distinct values, fewer than the " + format_count(asked) + " bins asked for.",
       Document::object({{"variable", variable}, {"distinct", static_cast<std::int64_t>(distinct)}, {"bins", asked}})});
}

int join_nearest(Cells& bins, const double* sums, Trend trend) {
  if (!(sums[0] > 0.0) || bins.size() == 0 || bins.kind == TargetKind::none) return -1;
  const double rate = rate_of(bins, sums);
  std::vector<double> rates(bins.size());
  std::vector<std::size_t> order;
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    rates[bin] = rate_of(bins, bins.at(bin));
    if (bins.at(bin)[0] > 0.0) order.push_back(bin);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::fabs(rates[a] - rate) < std::fabs(rates[b] - rate);
  });
  for (const std::size_t bin : order) {
    Cells joined = bins;
    for (int k = 0; k < bins.width; ++k) joined.at(bin)[k] += sums[k];
    std::vector<double> after = rates;
    after[bin] = rate_of(joined, joined.at(bin));
    if (!has_trend(after, trend)) continue;
    bins = std::move(joined);
    return static_cast<int>(bin);
  }
  return -1;
}

}  // namespace deciban::binning
