// Dynamic programme for rates that are convex or concave in the number of the bin: its states hold the last two bins.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "runs.hpp"

namespace deciban::binning {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

/// States: layer, last two bins [h, i), [i, j).
class CurvedProgramme {
 public:
  CurvedProgramme(const Runs& runs, const Layers& layers, Trend trend)
      : runs_(runs), layers_(layers), n_(runs.cells()), sign_(trend == Trend::convex ? 1.0 : -1.0) {
    pair_begin_.assign(static_cast<std::size_t>(n_) * (n_ + 1), 0);
    for (int i = 1; i < n_; ++i)
      for (int j = i + 1; j <= n_; ++j) {
        pair_begin_[at(i, j)] = states_;
        states_ += static_cast<std::size_t>(i);
      }
    value_.assign(states_ * layers.count(), kNone);
    previous_.assign(value_.size(), -1);
    for (int i = 1; i < n_; ++i) order_.push_back(order_of(i));
  }

  Partition solve(Trend trend) {
    for (int i = 1; i < n_; ++i)
      for (int j = i + 1; j <= n_; ++j) {
        if (!runs_.may_be_bin(i, j)) continue;
        start(i, j);
        for (int layer = 1; layer <= layers_.count(); ++layer) extend(layer, i, j);
      }
    return read_back(trend);
  }

 private:
  struct Entry {
    int h;
    std::int64_t best;  // state with the greatest value among this and earlier entries
  };
  std::size_t at(int i, int j) const { return static_cast<std::size_t>(i) * (n_ + 1) + j; }
  std::size_t state(int layer, int h, int i, int j) const {
    return static_cast<std::size_t>(layer - 1) * states_ + pair_begin_[at(i, j)] + h;
  }
  double rate(int i, int j) const { return sign_ * runs_.rate(i, j); }

  // Starts of bins that end at i, by falling rate: those that bend enough come first.
  std::vector<int> order_of(int i) const {
    std::vector<int> order;
    for (int h = 0; h < i; ++h)
      if (runs_.may_be_bin(h, i)) order.push_back(h);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return rate(a, i) > rate(b, i); });
    return order;
  }

  // Two bins.
  void start(int i, int j) {
    if (!runs_.may_be_bin(0, i) || !runs_.may_be_neighbours(0, i, j)) return;
    const int layer = layers_.next(1);
    if (layer > 0) value_[state(layer, 0, i, j)] = runs_.gain(0, i) + runs_.gain(i, j);
  }

  bool bends(double first, double second, double third) const {
    // Three rates in a line must not fail by their rounding.
    const double rounding = 4e-16 * (std::fabs(first) + 2.0 * std::fabs(second) + std::fabs(third));
    return first - 2.0 * second + third >= -rounding;
  }

  // States (h, i, j) of a layer to states (i, j, k).
  void extend(int layer, int i, int j) {
    const int next = layers_.next(layer);
    if (next == 0 || j == n_) return;
    std::vector<Entry> entries;
    std::int64_t best = -1;
    for (const int h : order_[static_cast<std::size_t>(i - 1)]) {
      const auto here = static_cast<std::int64_t>(state(layer, h, i, j));
      if (value_[here] == kNone) continue;
      if (best < 0 || value_[here] > value_[best] + runs_.slack()) best = here;
      entries.push_back({h, best});
    }
    if (entries.empty()) return;
    for (int k = j + 1; k <= n_; ++k) {
      if (!runs_.may_be_bin(j, k) || !runs_.may_be_neighbours(i, j, k)) continue;
      const auto end = std::partition_point(entries.begin(), entries.end(), [&](const Entry& entry) {
        return bends(rate(entry.h, i), rate(i, j), rate(j, k));
      });
      if (end == entries.begin()) continue;
      const std::int64_t from = (end - 1)->best;
      const double value = value_[from] + runs_.gain(j, k);
      const std::size_t to = state(next, i, j, k);
      if (value > value_[to]) {
        value_[to] = value;
        previous_[to] = from;
      }
    }
  }

  Partition read_back(Trend trend) const {
    Partition out;
    out.trend = trend;
    if (layers_.enough(1) && runs_.may_be_bin(0, n_)) {
      out.found = true;
      out.gain = runs_.gain(0, n_);
    }
    std::int64_t best = -1;
    for (int layer = 1; layer <= layers_.count(); ++layer) {
      if (!layers_.enough(layer)) continue;
      for (int i = 1; i < n_; ++i)
        for (int h = 0; h < i; ++h) {
          const std::size_t here = state(layer, h, i, n_);
          if (value_[here] == kNone || (out.found && value_[here] <= out.gain + runs_.slack())) continue;
          out.found = true;
          out.gain = value_[here];
          best = static_cast<std::int64_t>(here);
        }
    }
    for (; best >= 0; best = previous_[best]) add_cuts(static_cast<std::size_t>(best) % states_, out.cuts);
    std::sort(out.cuts.begin(), out.cuts.end());
    out.cuts.erase(std::unique(out.cuts.begin(), out.cuts.end()), out.cuts.end());
    return out;
  }

  // The cuts h and i of a state, found again from its number.
  void add_cuts(std::size_t number, std::vector<int>& cuts) const {
    for (int i = 1; i < n_; ++i)
      for (int j = i + 1; j <= n_; ++j) {
        const std::size_t begin = pair_begin_[at(i, j)];
        if (number < begin || number >= begin + i) continue;
        cuts.push_back(i);
        if (number > begin) cuts.push_back(static_cast<int>(number - begin));
        return;
      }
  }

  const Runs& runs_;
  const Layers& layers_;
  int n_;
  double sign_;
  std::size_t states_ = 0;
  std::vector<std::size_t> pair_begin_;
  std::vector<double> value_;
  std::vector<std::int64_t> previous_;
  std::vector<std::vector<int>> order_;
};

}  // namespace

Partition solve_curved(const Runs& runs, const Layers& layers, Trend trend) {
  return CurvedProgramme(runs, layers, trend).solve(trend);
}

}  // namespace deciban::binning
