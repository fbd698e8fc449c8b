#include "running_quantile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deciban::encoding {

RunningQuantile::RunningQuantile(const std::vector<double>& values, const std::vector<std::int64_t>& weights)
    : sorted_(values.size()),
      rank_(values.size()),
      weight_(values.size(), 1),
      tree_(values.size() + 1, 0),
      present_(values.size(), 0) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  for (std::size_t r = 0; r < order.size(); ++r) {
    sorted_[r] = values[order[r]];
    rank_[order[r]] = r;
    if (weights.empty()) continue;
    weight_[r] = weights[order[r]];
    equal_ = equal_ && weights[order[r]] == weights[0];
  }
  while (2 * top_ <= values.size()) top_ *= 2;
}

void RunningQuantile::change(std::size_t i, std::int64_t sign) {
  const std::size_t r = rank_[i];
  const std::int64_t step = sign * weight_[r];
  total_ += step;
  present_[r] += step;
  for (std::size_t node = r + 1; node < tree_.size(); node += node & (~node + 1)) tree_[node] += step;
}

void RunningQuantile::add_all() {
  for (std::size_t i = 0; i < rank_.size(); ++i) add(i);
}

// The first rank up to which at least `target` (positive) takes part, and what does before it.
std::size_t RunningQuantile::find(std::int64_t target, std::int64_t& before) const {
  std::size_t node = 0;
  before = 0;
  for (std::size_t step = top_; step > 0; step /= 2)
    if (node + step < tree_.size() && before + tree_[node + step] < target) {
      node += step;
      before += tree_[node];
    }
  return node;
}

double RunningQuantile::value(double probability, double squares) const {
  if (total_ <= 0) return std::nan("");
  std::int64_t before = 0;
  if (equal_) {
    const std::int64_t each = weight_[0], count = total_ / each;
    const double position = probability * static_cast<double>(count - 1);
    const auto below = std::min(static_cast<std::int64_t>(std::floor(position)), count - 1);
    const double low = sorted_[find((below + 1) * each, before)];
    const double high = sorted_[find(std::min(below + 2, count) * each, before)];
    return low + (position - static_cast<double>(below)) * (high - low);
  }
  // observations share out the window of one effective observation that starts at (n - 1) p
  const double total = static_cast<double>(total_), effective = std::max(1.0, total * (total / squares));
  const double start = (effective - 1.0) * probability;
  const auto position = static_cast<std::int64_t>(start / effective * total);
  std::size_t rank = find(std::min(position + 1, total_), before);
  double quantile = 0.0, shared = 0.0;
  for (;;) {
    const std::int64_t upto = before + present_[rank];
    const double until = static_cast<double>(upto) / total * effective - start;
    const double share = upto == total_ ? 1.0 : std::min(1.0, std::max(0.0, until));
    quantile += (share - shared) * sorted_[rank];
    shared = share;
    if (share >= 1.0) return quantile;
    rank = find(upto + 1, before);
  }
}

double RunningQuantile::std_error(double probability, double squares) const {
  const double total = static_cast<double>(total_);
  const double effective = equal_ ? total / static_cast<double>(weight_[0]) : total * (total / squares);
  const double step = std::sqrt(probability * (1.0 - probability) / effective);
  return 0.5 * (value(std::min(1.0, probability + step), squares) - value(std::max(0.0, probability - step), squares));
}

double sum_of_squares(const std::vector<std::int64_t>& weights, std::size_t count) {
  if (weights.empty()) return static_cast<double>(count);
  double sum = 0.0;
  for (const std::int64_t weight : weights) sum += static_cast<double>(weight) * static_cast<double>(weight);
  return sum;
}

}  // namespace deciban::encoding
