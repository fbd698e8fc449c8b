#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "cuts.hpp"
#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "fit_parts.hpp"

namespace deciban::binning {
namespace {

/// Sums by level, and the rows that have one.
struct LevelRows {
  data::Dictionary levels;
  Cells cells;  ///< in the order of the levels
  std::vector<double> missing;
  std::vector<std::int32_t> rows;
};

LevelRows sum_levels(const data::Column& column, const Target& target) {
  LevelRows out;
  data::CodedColumn coded = data::encode_levels(column);
  out.cells = start_cells(target, column.length());
  const auto width = static_cast<std::size_t>(out.cells.width);
  out.cells.sums.assign(coded.levels.size() * width, 0.0);
  out.missing.assign(width, 0.0);
  coded.codes.for_each([&](std::size_t row, std::int32_t code) {
    if (!target.weights.empty() && target.weights[row] == 0.0) return;
    add_row(target, out.cells.center, row,
            code < 0 ? out.missing.data() : out.cells.at(static_cast<std::size_t>(code)));
    if (code >= 0) out.rows.push_back(static_cast<std::int32_t>(row));
  });
  out.levels = std::move(coded.levels);
  return out;
}

// Levels without rows are not known: they count as unseen.
void drop_empty(LevelRows& levels) {
  std::vector<char> used(levels.levels.size(), 0);
  Cells kept = levels.cells.empty_copy();
  for (std::size_t level = 0; level < used.size(); ++level) {
    used[level] = levels.cells.at(level)[0] > 0.0;
    if (used[level])
      kept.sums.insert(kept.sums.end(), levels.cells.at(level), levels.cells.at(level) + levels.cells.width);
  }
  std::vector<std::int32_t> new_code;
  levels.levels = data::drop_levels(levels.levels, used, new_code);
  levels.cells = std::move(kept);
}

std::vector<std::size_t> order_by_rate(const Cells& cells) {
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> rates(cells.size());
  for (std::size_t i = 0; i < rates.size(); ++i) rates[i] = rate_of(cells, cells.at(i));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rates[a] < rates[b]; });
  return order;
}

}  // namespace

// Groups as the caller wants them; levels that are in none are one more group.
void take_groups(const LevelRows& levels, const BinningOptions& options, Bins& bins, Cells& regular) {
  constexpr int kNoGroup = -1;
  std::fill(bins.level_bins.begin(), bins.level_bins.end(), kNoGroup);
  bins.n_groups = static_cast<int>(options.groups.size());
  for (std::size_t group = 0; group < options.groups.size(); ++group)
    for (const std::string& label : options.groups[group]) {
      const auto& labels = levels.levels.labels;
      const auto found = std::find(labels.begin(), labels.end(), label);
      if (found == labels.end())
        throw Error(ErrorKind::input, "binning.groups", "`" + bins.name + "` has no level \"" + label + "\".",
                    "Name levels that have rows.", Document::object({{"variable", bins.name}, {"level", label}}));
      int& bin = bins.level_bins[static_cast<std::size_t>(found - labels.begin())];
      if (bin != kNoGroup)
        throw Error(ErrorKind::input, "binning.groups", "The level \"" + label + "\" stands in two groups.", "",
                    Document::object({{"variable", bins.name}, {"level", label}}));
      bin = static_cast<int>(group);
    }
  if (std::find(bins.level_bins.begin(), bins.level_bins.end(), kNoGroup) != bins.level_bins.end()) {
    std::replace(bins.level_bins.begin(), bins.level_bins.end(), kNoGroup, bins.n_groups);
    ++bins.n_groups;
  }
  regular = levels.cells.empty_copy();
  regular.sums.assign(static_cast<std::size_t>(bins.n_groups) * static_cast<std::size_t>(regular.width), 0.0);
  for (std::size_t level = 0; level < bins.level_bins.size(); ++level)
    for (int k = 0; k < regular.width; ++k)
      regular.at(static_cast<std::size_t>(bins.level_bins[level]))[k] += levels.cells.at(level)[k];
}

FittedBins fit_levels(const data::Column& column, const Target& target, const BinningOptions& options) {
  FittedBins fitted;
  Bins& bins = fitted.bins;
  bins.name = column.name;
  bins.kind = Bins::Kind::categorical;
  LevelRows levels = sum_levels(column, target);
  drop_empty(levels);
  const std::size_t n = levels.levels.size();
  bins.level_bins.assign(n, 0);
  Cells regular = levels.cells;
  if (!options.groups.empty()) {
    take_groups(levels, options, bins, regular);
    set_gain(target, regular, levels.rows, fitted);
  } else if (target.kind == TargetKind::none) {
    std::iota(bins.level_bins.begin(), bins.level_bins.end(), 0);
    bins.n_groups = static_cast<int>(n);
  } else if (n > 0) {
    const std::vector<std::size_t> order = order_by_rate(levels.cells);
    Cells sorted = levels.cells.empty_copy();
    for (const std::size_t level : order)
      sorted.sums.insert(sorted.sums.end(), levels.cells.at(level), levels.cells.at(level) + sorted.width);
    std::vector<int> cuts(n - 1);
    std::iota(cuts.begin(), cuts.end(), 1);
    cuts = thin(sorted, cuts, options.max_prebins);
    Rules rules = rules_of(options, total_weight(sorted));
    rules.trend = Trend::none;  // groups stand in the order of their rates
    rules.min_bins = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(rules.min_bins), n));
    warn_few_values(column.name, options, n, fitted.warnings);
    const Partition partition = must_partition(column.name, join(sorted, cuts), rules);
    std::vector<int> starts;
    for (const int cut : partition.cuts) starts.push_back(cuts[static_cast<std::size_t>(cut) - 1]);
    for (std::size_t k = 0; k < n; ++k)
      bins.level_bins[order[k]] =
          static_cast<int>(std::upper_bound(starts.begin(), starts.end(), static_cast<int>(k)) - starts.begin());
    bins.n_groups = static_cast<int>(starts.size()) + 1;
    regular = join(sorted, starts);
    set_gain(target, regular, levels.rows, fitted);
  }
  bins.levels = std::move(levels.levels);
  if (options.missing_place == Place::nearest)
    bins.missing_bin = join_nearest(regular, levels.missing.data(), Trend::none);
  bins.missing_own = bins.missing_bin < 0;
  if (bins.missing_own) bins.missing_bin = bins.n_regular();
  return fitted;
}

FittedBins fit_bins(const data::Column& column, const Target& target, const BinningOptions& options,
                    const RunContext&) {
  check_target(target, column.length(), options);
  return column.is_categorical() ? fit_levels(column, target, options) : fit_numbers(column, target, options);
}

}  // namespace deciban::binning
