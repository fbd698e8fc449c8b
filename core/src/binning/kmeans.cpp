#include "deciban/base/config.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "cuts.hpp"

namespace deciban::binning {
namespace {

/// Sums of squares around the mean of runs of sorted values.
class Squares {
 public:
  explicit Squares(const Cells& cells) {
    const std::size_t n = cells.size();
    double total = 0.0, weight = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      total += cells.at(i)[0] * cells.values[i];
      weight += cells.at(i)[0];
    }
    const double center = total / weight;
    sums_.resize(n + 1, {0.0, 0.0});
    for (std::size_t i = 0; i < n; ++i) {
      const double w = cells.at(i)[0], x = cells.values[i] - center;
      sums_[i + 1] = {sums_[i].weight + w, sums_[i].total + w * x};
    }
  }
  /// Of cells [i, j), less the squares themselves, which are the same for every partition: minus the between part.
  double cost(int i, int j) const {
    const double weight = sums_[j].weight - sums_[i].weight, total = sums_[j].total - sums_[i].total;
    return -total * total / weight;
  }

 private:
  struct Sums {
    double weight, total;
  };
  std::vector<Sums> sums_;
};

/// One more bin: for each end j in [first, n] the best start of the last bin, given the costs of `before`.
class Layer {
 public:
  Layer(const Squares& squares, const std::vector<double>& before, int first, int n)
      : squares_(squares), before_(before), first_(first), best_(static_cast<std::size_t>(n) + 1, first) {
    std::vector<int> rows, columns;
    for (int j = first; j <= n; ++j) rows.push_back(j);
    for (int i = first - 1; i < n; ++i) columns.push_back(i);
    smawk(rows, columns);
  }
  int best(int j) const { return best_[static_cast<std::size_t>(j)]; }
  double value(int j, int i) const {
    // A start behind the end is worse than any other, and the more so the farther: that keeps the matrix monotone.
    if (i >= j) return std::numeric_limits<double>::infinity();
    return before_[static_cast<std::size_t>(i)] + squares_.cost(i, j);
  }

 private:
  // Column `b` > `a` is better in row j. Starts that are not possible lose to those before them.
  bool better(int j, int b, int a) const { return b < j && value(j, b) < value(j, a); }

  void smawk(const std::vector<int>& rows, const std::vector<int>& columns) {
    if (rows.empty()) return;
    std::vector<int> kept;
    kept.reserve(rows.size());
    for (const int column : columns) {
      while (!kept.empty() && better(rows[kept.size() - 1], column, kept.back())) kept.pop_back();
      if (kept.size() < rows.size()) kept.push_back(column);
    }
    std::vector<int> odd;
    odd.reserve(rows.size() / 2);
    for (std::size_t r = 1; r < rows.size(); r += 2) odd.push_back(rows[r]);
    smawk(odd, kept);
    std::size_t c = 0;
    for (std::size_t r = 0; r < rows.size(); r += 2) {
      const int last = r + 1 < rows.size() ? best_[static_cast<std::size_t>(rows[r + 1])] : kept.back();
      int best = kept[c];
      while (kept[c] < last) {
        ++c;
        if (better(rows[r], kept[c], best)) best = kept[c];
      }
      best_[static_cast<std::size_t>(rows[r])] = best;
    }
  }

  const Squares& squares_;
  const std::vector<double>& before_;
  int first_;
  std::vector<int> best_;
};

int last_start(const Squares& squares, const std::vector<double>& before, int bins, int n) {
  int best = bins - 1;
  double lowest = std::numeric_limits<double>::infinity();
  for (int i = bins - 1; i < n; ++i) {
    const double value = before[static_cast<std::size_t>(i)] + squares.cost(i, n);
    if (!(value < lowest)) continue;
    lowest = value;
    best = i;
  }
  return best;
}

}  // namespace

std::vector<int> kmeans_cuts(const Cells& cells, int bins) {
  const int n = static_cast<int>(cells.size());
  if (bins > n) bins = n;
  if (bins < 2) return {};
  const Squares squares(cells);
  std::vector<double> before(static_cast<std::size_t>(n) + 1, 0.0), now(before);
  for (int j = 1; j <= n; ++j) before[static_cast<std::size_t>(j)] = squares.cost(0, j);
  std::vector<std::vector<std::int32_t>> starts;
  for (int bin = 2; bin < bins; ++bin) {
    const Layer layer(squares, before, bin, n);
    std::vector<std::int32_t> start(static_cast<std::size_t>(n) + 1, 0);
    for (int j = bin; j <= n; ++j) {
      start[static_cast<std::size_t>(j)] = layer.best(j);
      now[static_cast<std::size_t>(j)] = layer.value(j, layer.best(j));
    }
    before.swap(now);
    starts.push_back(std::move(start));
  }
  std::vector<int> cuts(static_cast<std::size_t>(bins) - 1);
  int end = last_start(squares, before, bins, n);  // of the last bin only the one that ends at n matters
  cuts.back() = end;
  for (int bin = bins - 1; bin >= 2; --bin) {
    end = starts[static_cast<std::size_t>(bin) - 2][static_cast<std::size_t>(end)];
    cuts[static_cast<std::size_t>(bin) - 2] = end;
  }
  return cuts;
}

}  // namespace deciban::binning
