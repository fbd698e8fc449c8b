#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

#include "cuts.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/read.hpp"
#include "fit_parts.hpp"

namespace deciban::binning {
namespace {

/// A numeric column by what its rows are: numbers in sorted cells, special codes, missing.
struct SortedRows {
  Cells cells;                     ///< by distinct number
  std::vector<std::int32_t> rows;  ///< of the numbers, sorted by them
  std::vector<double> special;     ///< sums per bin of special codes
  std::vector<double> missing;
  int n_specials = 0;
};

int special_bin(const std::vector<SpecialCode>& codes, double value) {
  for (const SpecialCode& code : codes)
    if (code.value == value) return code.bin;
  return -1;
}

std::vector<double> read_all(const data::Column& column) {
  std::vector<double> values(static_cast<std::size_t>(column.length()));
  data::read_doubles(column, 0, column.length(), values.data());
  return values;
}

void add_cells(const Target& target, const std::vector<double>& values, SortedRows& out) {
  Cells& cells = out.cells;
  const auto width = static_cast<std::size_t>(cells.width);
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < values.size(); ++i) distinct += i == 0 || values[i] != values[i - 1];
  cells.values.reserve(distinct);
  cells.sums.reserve(distinct * width);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (cells.values.empty() || cells.values.back() != values[i]) {
      cells.values.push_back(values[i]);
      cells.sums.resize(cells.sums.size() + width, 0.0);
    }
    add_row(target, cells.center, static_cast<std::size_t>(out.rows[i]), cells.sums.data() + cells.sums.size() - width);
  }
}

SortedRows sort_rows(const data::Column& column, const Target& target, const BinningOptions& options) {
  SortedRows out;
  out.cells = start_cells(target, column.length());
  const auto width = static_cast<std::size_t>(out.cells.width);
  for (const SpecialCode& code : options.special_codes) out.n_specials = std::max(out.n_specials, code.bin + 1);
  out.special.assign(width * static_cast<std::size_t>(out.n_specials), 0.0);
  out.missing.assign(width, 0.0);
  const std::vector<double> values = read_all(column);
  std::vector<double> regular;
  regular.reserve(values.size());
  out.rows.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!target.weights.empty() && target.weights[row] == 0.0) continue;
    const int special = special_bin(options.special_codes, values[row]);
    if (std::isnan(values[row])) {
      add_row(target, out.cells.center, row, out.missing.data());
    } else if (special >= 0) {
      add_row(target, out.cells.center, row, out.special.data() + static_cast<std::size_t>(special) * width);
    } else {
      regular.push_back(values[row]);
      out.rows.push_back(static_cast<std::int32_t>(row));
    }
  }
  sort_numbers(regular, out.rows);
  add_cells(target, regular, out);
  return out;
}

std::vector<int> all_cuts(const Cells& cells) {
  std::vector<int> cuts;
  for (std::size_t cell = 1; cell < cells.size(); ++cell) cuts.push_back(static_cast<int>(cell));
  return cuts;
}

// A grid of equal weights, and where a tree of the usual size would cut: no partition of that tree is better then.
std::vector<int> prebin_cuts(const Cells& cells, const BinningOptions& options, double min_weight) {
  constexpr int kTreeLeaves = 20;
  if (cells.size() <= static_cast<std::size_t>(options.max_prebins)) return all_cuts(cells);
  std::vector<int> cuts = quantile_cuts(cells, options.max_prebins);
  if (cells.kind != TargetKind::none) {
    const std::vector<int> tree = tree_cuts(cells, kTreeLeaves, min_weight);
    cuts.insert(cuts.end(), tree.begin(), tree.end());
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  }
  return cuts;
}

std::vector<int> isotonic_of_trend(const Cells& cells, Trend trend) {
  if (trend == Trend::increasing || trend == Trend::decreasing) return isotonic_cuts(cells, trend == Trend::increasing);
  std::vector<int> up = isotonic_cuts(cells, true), down = isotonic_cuts(cells, false);
  const auto gain = [](const Cells& blocks) {
    const Scorer scorer(blocks);
    double total = 0.0;
    for (int i = 0; i < scorer.cells(); ++i) total += scorer.gain(i, i + 1);
    return total;
  };
  return gain(join(cells, down)) > gain(join(cells, up)) ? down : up;
}

std::vector<int> cuts_of_method(const Cells& cells, const BinningOptions& options, double min_weight) {
  const int bins = options.max_bins > 0 ? options.max_bins : kDefaultBins;
  constexpr int kChiMergeStart = 1000;
  switch (options.method) {
    case Method::optimal:
      return prebin_cuts(cells, options, min_weight);
    case Method::tree:
      return tree_cuts(cells, options.max_bins, min_weight);
    case Method::quantile:
      return quantile_cuts(cells, bins);
    case Method::kmeans:
      return kmeans_cuts(cells, bins);
    case Method::mdlp:
      return mdlp_cuts(cells);
    case Method::chimerge: {
      constexpr double kUsualLevel = 0.05;
      const double level = options.max_p_value < 1.0 ? options.max_p_value : kUsualLevel;
      const std::vector<int> start = thin(cells, all_cuts(cells), kChiMergeStart);
      std::vector<int> cuts;
      for (const int cut : chimerge_cuts(join(cells, start), level, options.max_bins, min_weight))
        cuts.push_back(start[static_cast<std::size_t>(cut) - 1]);
      return cuts;
    }
    default:
      return thin(cells, isotonic_of_trend(cells, options.monotonic), options.max_prebins);
  }
}

/// Possible edges, and the cell that starts behind each.
struct Edges {
  std::vector<double> edges;
  std::vector<int> cuts;
};

Edges edges_at(const Cells& cells, const std::vector<double>& edges, Closed closed) {
  Edges out{edges, {}};
  for (const double edge : edges) {
    const auto first = closed == Closed::right ? std::upper_bound(cells.values.begin(), cells.values.end(), edge)
                                               : std::lower_bound(cells.values.begin(), cells.values.end(), edge);
    out.cuts.push_back(static_cast<int>(first - cells.values.begin()));
  }
  return out;
}

std::vector<double> uniform_edges(const Cells& cells, int bins) {
  double low = 0.0, high = 0.0;
  bool any = false;
  for (const double value : cells.values) {
    if (!std::isfinite(value)) continue;
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  std::vector<double> edges;
  for (int k = 1; k < bins; ++k) {
    const double share = static_cast<double>(k) / bins, edge = low * (1.0 - share) + high * share;
    if (edge > low && edge < high && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

// kmeans measures distances: infinite numbers stay in the outer bins.
Cells finite_cells(const Cells& cells, int& skipped) {
  Cells out = cells.empty_copy();
  skipped = 0;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (!std::isfinite(cells.values[cell])) {
      skipped += cells.values[cell] < 0.0;
      continue;
    }
    out.values.push_back(cells.values[cell]);
    out.sums.insert(out.sums.end(), cells.at(cell), cells.at(cell) + cells.width);
  }
  return out;
}

Edges possible_edges(const Cells& cells, const BinningOptions& options, double min_weight) {
  if (!options.splits.empty()) return edges_at(cells, options.splits, options.closed);
  if (options.method == Method::uniform)
    return edges_at(cells, uniform_edges(cells, options.max_bins > 0 ? options.max_bins : kDefaultBins),
                    options.closed);
  int skipped = 0;
  const bool infinite = !std::isfinite(cells.values.front()) || !std::isfinite(cells.values.back());
  const std::vector<int> cuts = options.method == Method::kmeans && infinite
                                    ? cuts_of_method(finite_cells(cells, skipped), options, min_weight)
                                    : cuts_of_method(cells, options, min_weight);
  Edges out;
  for (const int cut : cuts) {
    const auto cell = static_cast<std::size_t>(cut + skipped);
    double edge = 0.0;
    if (!edge_between(cells.values[cell - 1], cells.values[cell], options.closed, edge)) continue;
    out.edges.push_back(edge);
    out.cuts.push_back(static_cast<int>(cell));
  }
  return out;
}

std::vector<char> fixed_starts(const BinningOptions& options) {
  if (std::find(options.fixed.begin(), options.fixed.end(), 1) == options.fixed.end()) return {};
  std::vector<char> starts(options.fixed.size() + 1, 0);
  std::copy(options.fixed.begin(), options.fixed.end(), starts.begin() + 1);
  return starts;
}

// Leaves the edges that the rules allow.
void choose_edges(const data::Column& column, const SortedRows& sorted, const BinningOptions& options, Edges& edges,
                  FittedBins& fitted) {
  if (!has_rules(options, edges.edges.size() + 1) || sorted.cells.kind == TargetKind::none) return;
  Rules rules = rules_of(options, total_weight(sorted.cells));
  if (options.method == Method::isotonic && rules.trend == Trend::none) rules.trend = Trend::automatic;
  rules.min_bins =
      static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(rules.min_bins), sorted.cells.size()));
  rules.fixed = fixed_starts(options);
  const Partition partition = must_partition(column.name, join(sorted.cells, edges.cuts), rules);
  fitted.trend = partition.trend;
  Edges chosen;
  for (const int cut : partition.cuts) {
    chosen.edges.push_back(edges.edges[static_cast<std::size_t>(cut) - 1]);
    chosen.cuts.push_back(edges.cuts[static_cast<std::size_t>(cut) - 1]);
  }
  edges = std::move(chosen);
}

// Where special codes and missing values belong. `cells` are the sums of the regular bins.
void place_others(const SortedRows& sorted, const BinningOptions& options, Cells& cells, FittedBins& fitted) {
  Bins& bins = fitted.bins;
  const auto width = static_cast<std::size_t>(cells.width);
  std::vector<int> place(static_cast<std::size_t>(sorted.n_specials), -1);
  for (std::size_t k = 0; k < place.size(); ++k) {
    if (options.special_place == Place::nearest)
      place[k] = join_nearest(cells, sorted.special.data() + k * width, fitted.trend);
    if (place[k] < 0) place[k] = bins.n_regular() + bins.n_specials++;
  }
  bins.specials = options.special_codes;
  for (SpecialCode& code : bins.specials) code.bin = place[static_cast<std::size_t>(code.bin)];
  if (options.missing_place == Place::nearest)
    bins.missing_bin = join_nearest(cells, sorted.missing.data(), fitted.trend);
  bins.missing_own = bins.missing_bin < 0;
  if (bins.missing_own) bins.missing_bin = bins.n_regular() + bins.n_specials;
}

}  // namespace

FittedBins fit_numbers(const data::Column& column, const Target& target, const BinningOptions& options) {
  FittedBins fitted;
  fitted.bins.name = column.name;
  fitted.bins.closed = options.closed;
  const SortedRows sorted = sort_rows(column, target, options);
  Edges edges;
  if (sorted.cells.size() > 0) {
    warn_few_values(column.name, options, sorted.cells.size(), fitted.warnings);
    edges = possible_edges(sorted.cells, options, bin_size_share(options) * total_weight(sorted.cells));
    choose_edges(column, sorted, options, edges, fitted);
  } else {
    edges.edges = options.splits;
    edges.cuts.assign(edges.edges.size(), 0);
    fitted.warnings.push_back({"binning.no_values", "warning",
                               "`" + column.name + "` has no values other than missing and special ones.",
                               Document::object({{"variable", column.name}})});
  }
  fitted.bins.edges = edges.edges;
  Cells regular = join(sorted.cells, edges.cuts);
  set_gain(target, regular, sorted.rows, fitted);
  place_others(sorted, options, regular, fitted);
  return fitted;
}

}  // namespace deciban::binning
