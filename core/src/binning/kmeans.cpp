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

/// One more bin: for each end j in [first, n] the best start of the last bin, given the costs of `before`, by the
/// algorithm of Shor, Moran, Aggarwal, Wilber and Klawe (row minima of a totally monotone matrix).
class Layer {
 public:
  Layer(const Squares& squares, int n)
      : squares_(squares), n_(n), best_(static_cast<std::size_t>(n) + 1), work_(5 * static_cast<std::size_t>(n) + 64) {}

  /// @param costs receives the costs of the best ones.
  void find(const std::vector<double>& before, int first, std::vector<double>& costs) {
    before_ = before.data();
    costs_ = costs.data();
    int* rows = work_.data();
    int* columns = rows + (n_ - first + 1);
    for (int j = first; j <= n_; ++j) rows[j - first] = j;
    for (int i = first - 1; i < n_; ++i) columns[i - first + 1] = i;
    const int count = n_ - first + 1;
    smawk(rows, count, columns, count, columns + count);
  }
  int best(int j) const { return best_[static_cast<std::size_t>(j)]; }

 private:
  double value(int j, int i) const { return before_[i] + squares_.cost(i, j); }
  // Column `b` > `a` is better in row j. Starts that are not possible lose to those before them: that keeps the matrix
  // monotone.
  bool better(int j, int b, int a) const { return b < j && value(j, b) < value(j, a); }

  // `free` has room for three times as many numbers as there are rows.
  void smawk(const int* rows, int n_rows, const int* columns, int n_columns, int* free) {
    if (n_rows == 0) return;
    int* kept = free;
    int n_kept = 0;
    for (int c = 0; c < n_columns; ++c) {
      while (n_kept > 0 && better(rows[n_kept - 1], columns[c], kept[n_kept - 1])) --n_kept;
      if (n_kept < n_rows) kept[n_kept++] = columns[c];
    }
    int* odd = kept + n_kept;
    for (int r = 1; r < n_rows; r += 2) odd[r / 2] = rows[r];
    smawk(odd, n_rows / 2, kept, n_kept, odd + n_rows / 2);
    int c = 0;
    for (int r = 0; r < n_rows; r += 2) {
      const int last = r + 1 < n_rows ? best_[static_cast<std::size_t>(rows[r + 1])] : kept[n_kept - 1];
      int best = kept[c];
      double lowest = value(rows[r], best);
      while (kept[c] < last) {
        ++c;
        if (kept[c] >= rows[r]) continue;
        const double other = value(rows[r], kept[c]);
        if (!(other < lowest)) continue;
        lowest = other;
        best = kept[c];
      }
      best_[static_cast<std::size_t>(rows[r])] = best;
      costs_[rows[r]] = lowest;
    }
  }

  const Squares& squares_;
  const double* before_ = nullptr;
  double* costs_ = nullptr;
  int n_;
  std::vector<int> best_, work_;
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
  Layer layer(squares, n);
  for (int bin = 2; bin < bins; ++bin) {
    layer.find(before, bin, now);
    std::vector<std::int32_t> start(static_cast<std::size_t>(n) + 1, 0);
    for (int j = bin; j <= n; ++j) start[static_cast<std::size_t>(j)] = layer.best(j);
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
