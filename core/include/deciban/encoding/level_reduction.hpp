#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "deciban/binning/bins.hpp"
#include "deciban/data/levels.hpp"

namespace deciban::encoding {

/// Which levels are too rare to stand alone. Levels are ranked by their rows, ties by their order. A level stays when
/// all of this holds: it has at least `min_count` rows and `min_share` of the rows with a value, it is among the
/// `max_levels` first, and the levels before it cover less than `top_p` of the rows with a value (so that the smallest
/// set that covers top_p stays). All others become one level, "other". Missing values are no level of this count.
/// Every rule is off by default.
struct LevelReduction {
  double min_count = 0.0;
  double min_share = 0.0;
  std::int64_t max_levels = std::numeric_limits<std::int64_t>::max();
  double top_p = 1.0;

  bool active() const {
    return min_count > 0.0 || min_share > 0.0 || top_p < 1.0 || max_levels < std::numeric_limits<std::int64_t>::max();
  }
};

/// What became of the levels of a column.
struct ReducedLevels {
  binning::Bins bins;  ///< a bin per level that stays, in their order; then other (where there is one); then missing
  int other_bin = -1;  ///< -1: nothing was merged
  std::int64_t levels = 0;  ///< levels with rows
  std::int64_t kept = 0;
  double rows = 0.0, merged_rows = 0.0, missing_rows = 0.0;
};

/// Groups the levels of a coded column; levels without rows are not known afterwards, as if never seen.
/// @param rows  rows of each level  @param unseen_to_other  levels that were not seen go to "other", which is made
///   for them when nothing was merged
ReducedLevels reduce_levels(const std::string& name, const data::Dictionary& levels, const std::vector<double>& rows,
                            double missing_rows, const LevelReduction& rules, bool unseen_to_other);

}  // namespace deciban::encoding
