#include "deciban/encoding/level_reduction.hpp"

#include <algorithm>
#include <numeric>

namespace deciban::encoding {

ReducedLevels reduce_levels(const std::string& name, const data::Dictionary& levels, const std::vector<double>& rows,
                            double missing_rows, const LevelReduction& rules, bool unseen_to_other) {
  ReducedLevels out;
  std::vector<char> used(levels.size());
  for (std::size_t i = 0; i < used.size(); ++i) used[i] = rows[i] > 0.0;
  std::vector<std::int32_t> new_code;
  out.bins.levels = data::drop_levels(levels, used, new_code);
  std::vector<double> count;
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i]) count.push_back(rows[i]);
  out.levels = static_cast<std::int64_t>(count.size());
  out.rows = std::accumulate(count.begin(), count.end(), 0.0);
  out.missing_rows = missing_rows;

  std::vector<std::size_t> order(count.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (rules.active())
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return count[a] > count[b]; });
  std::vector<char> kept(count.size(), 1);
  double before = 0.0;
  for (std::size_t rank = 0; rank < order.size() && rules.active(); ++rank) {
    const std::size_t level = order[rank];
    kept[level] = count[level] >= rules.min_count && count[level] >= rules.min_share * out.rows &&
                  static_cast<std::int64_t>(rank) < rules.max_levels && before < rules.top_p * out.rows;
    before += count[level];
  }

  binning::Bins& bins = out.bins;
  bins.name = name;
  bins.kind = binning::Bins::Kind::categorical;
  bins.level_bins.assign(count.size(), -1);
  for (std::size_t i = 0; i < count.size(); ++i) {
    if (kept[i]) {
      bins.level_bins[i] = static_cast<int>(out.kept++);
    } else {
      out.merged_rows += count[i];
    }
  }
  if (out.kept < out.levels || unseen_to_other) out.other_bin = static_cast<int>(out.kept);
  for (int& bin : bins.level_bins)
    if (bin < 0) bin = out.other_bin;
  bins.n_groups = static_cast<int>(out.kept) + (out.other_bin >= 0);
  if (unseen_to_other) bins.unseen_bin = out.other_bin;
  bins.missing_own = true;
  bins.missing_bin = bins.n_groups;
  return out;
}

}  // namespace deciban::encoding
