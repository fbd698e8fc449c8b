// The exact search: which runs of neighbouring cells give the greatest gain under the rules. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/binning/options.hpp"
#include "scorer.hpp"

namespace deciban::binning {

struct Rules {
  int min_bins = 1, max_bins = 0;  ///< max_bins 0: no limit
  double min_weight = 0.0, min_events = 0.0, min_non_events = 0.0;
  Trend trend = Trend::none;
  double min_rate_diff = 0.0;
  double max_p_value = 1.0;
  std::vector<char> fixed;  ///< per cell: a bin must start there; empty: none
};

struct Partition {
  bool found = false;
  std::vector<int> cuts;  ///< cells that start a bin, without the first
  double gain = 0.0;
  Trend trend = Trend::none;
};

/// The partition with the greatest gain, by dynamic programming over runs of cells: exact for every rule. Of partitions
/// whose gains differ by rounding only, the one with fewer bins. Costs O(B^2) steps per number of bins without rules
/// for neighbours, O(B^3) with them (O(B^3 log B) for convex and concave), B being the number of cells.
Partition best_partition(const Scorer& scorer, const Rules& rules);

/// Names of the rules that no partition meets, as the public arguments; for a message.
std::vector<std::string> conflicting_rules(const Scorer& scorer, const Rules& rules);

}  // namespace deciban::binning
