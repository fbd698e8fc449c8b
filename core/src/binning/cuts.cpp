#include "cuts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "scorer.hpp"

namespace deciban::binning {

std::vector<int> quantile_cuts(const Cells& cells, int bins) {
  const std::size_t n = cells.size();
  double total = 0.0;
  for (std::size_t cell = 0; cell < n; ++cell) total += cells.at(cell)[0];
  std::vector<int> cuts;
  double so_far = 0.0;
  int k = 1;
  for (std::size_t cell = 0; cell + 1 < n && k < bins; ++cell) {
    so_far += cells.at(cell)[0];
    if (so_far * bins < total * k) continue;
    cuts.push_back(static_cast<int>(cell) + 1);
    while (k < bins && so_far * bins >= total * k) ++k;
  }
  return cuts;
}

// ---- tree

namespace {

/// Gains of the splits of a node: sums over classes of squared weights per weight (Gini), or of the deviance.
class Splitter {
 public:
  explicit Splitter(const Cells& cells) : cells_(cells), scorer_(cells), n_(static_cast<int>(cells.size())) {}

  struct Split {
    int begin, end, at = 0;  ///< cells [begin, end), split at `at`; 0 for none
    double gain = 0.0;
  };

  Split best(int begin, int end, double min_weight) const {
    Split split{begin, end};
    const double base = score(begin, end);
    const double total = scorer_.weight(begin, end);
    if (!(total >= 2.0 * min_weight)) return split;
    double best = base + 1e-12 * std::fabs(base);
    for (int at = begin + 1; at < end; ++at) {
      const double left = scorer_.weight(begin, at);
      if (left < min_weight) continue;
      if (total - left < min_weight) break;
      const double value = score(begin, at) + score(at, end);
      if (value > best) {
        best = value;
        split.at = at;
      }
    }
    if (split.at > 0) split.gain = best - base;
    return split;
  }

 private:
  double score(int i, int j) const {
    if (cells_.kind == TargetKind::binary) {
      const double events = scorer_.sum(i, j, 1);
      return events * events / scorer_.weight(i, j);
    }
    if (cells_.kind != TargetKind::multiclass) return scorer_.gain(i, j);
    double total = 0.0;
    for (int c = 1; c < cells_.width; ++c) total += scorer_.sum(i, j, c) * scorer_.sum(i, j, c);
    return total / scorer_.weight(i, j);
  }

  const Cells& cells_;
  Scorer scorer_;
  int n_;
};

}  // namespace

std::vector<int> tree_cuts(const Cells& cells, int max_leaves, double min_weight) {
  const Splitter splitter(cells);
  const double least = min_weight * (1.0 - 1e-12);
  std::vector<Splitter::Split> leaves = {splitter.best(0, static_cast<int>(cells.size()), least)};
  std::vector<int> cuts;
  while (max_leaves <= 0 || static_cast<int>(leaves.size()) < max_leaves) {
    const auto next =
        std::max_element(leaves.begin(), leaves.end(), [](const auto& a, const auto& b) { return a.gain < b.gain; });
    if (next->at == 0) break;
    const Splitter::Split split = *next;
    cuts.push_back(split.at);
    *next = splitter.best(split.begin, split.at, least);
    leaves.push_back(splitter.best(split.at, split.end, least));
  }
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

// ---- MDLP

namespace {

/// Entropies of runs of cells by class.
class Entropy {
 public:
  explicit Entropy(const Cells& cells) : cells_(cells), scorer_(cells) {}

  /// Sum over classes of -c log2(c / total), and the number of classes present.
  double total(int i, int j, int& classes) const {
    const double all = scorer_.weight(i, j);
    double sum = 0.0;
    classes = 0;
    for (int c = 1; c < cells_.width; ++c) {
      const double here = scorer_.sum(i, j, c);
      if (!(here > 0.0)) continue;
      ++classes;
      sum -= here * math::log(here / all);
    }
    return sum * kLog2E;
  }
  double weight(int i, int j) const { return scorer_.weight(i, j) * cells_.test_scale; }

  void split(int begin, int end, std::vector<int>& cuts) const {
    int classes = 0, best_left = 0, best_right = 0, best = 0, left = 0, right = 0;
    const double here = total(begin, end, classes);
    double lowest = std::numeric_limits<double>::infinity();
    if (classes < 2) return;
    for (int at = begin + 1; at < end; ++at) {
      const double value = total(begin, at, left) + total(at, end, right);
      if (!(value < lowest)) continue;
      lowest = value;
      best = at;
      best_left = left;
      best_right = right;
    }
    if (best == 0) return;
    const double n = weight(begin, end), per_weight = cells_.test_scale;
    const double before = here * per_weight, after = lowest * per_weight;  // n times the entropies
    int ignored = 0;
    const double left_entropy = total(begin, best, ignored) * per_weight / weight(begin, best);
    const double right_entropy = total(best, end, ignored) * per_weight / weight(best, end);
    const double delta = kLog2E * math::log(math::pow(3.0, classes) - 2.0) -
                         (classes * before / n - best_left * left_entropy - best_right * right_entropy);
    if (!(before - after > kLog2E * math::log(n - 1.0) + delta)) return;
    split(begin, best, cuts);
    cuts.push_back(best);
    split(best, end, cuts);
  }

 private:
  static constexpr double kLog2E = 1.4426950408889634074;
  const Cells& cells_;
  Scorer scorer_;
};

}  // namespace

std::vector<int> mdlp_cuts(const Cells& cells) {
  std::vector<int> cuts;
  Entropy(cells).split(0, static_cast<int>(cells.size()), cuts);
  return cuts;
}

// ---- ChiMerge

std::vector<int> chimerge_cuts(const Cells& cells, double max_p_value, int max_bins, double min_weight) {
  const Scorer scorer(cells);
  const double critical = math::chi2_quantile(1.0 - max_p_value, scorer.test_df());
  std::vector<int> starts(cells.size() + 1);
  for (std::size_t i = 0; i < starts.size(); ++i) starts[i] = static_cast<int>(i);
  std::vector<double> tests(cells.size(), 0.0);  // of the bins on both sides of start i
  const auto test_at = [&](std::size_t i) { tests[i] = scorer.test(starts[i - 1], starts[i], starts[i + 1]); };
  for (std::size_t i = 1; i + 1 < starts.size(); ++i) test_at(i);
  while (starts.size() > 2) {
    std::size_t worst = 0;
    double lowest = std::numeric_limits<double>::infinity();
    const bool too_many = max_bins > 0 && static_cast<int>(starts.size()) - 1 > max_bins;
    for (std::size_t i = 1; i + 1 < starts.size(); ++i) {
      const bool small = scorer.weight(starts[i - 1], starts[i]) < min_weight * (1.0 - 1e-12) ||
                         scorer.weight(starts[i], starts[i + 1]) < min_weight * (1.0 - 1e-12);
      if ((tests[i] < critical || too_many || small) && tests[i] < lowest) {
        lowest = tests[i];
        worst = i;
      }
    }
    if (worst == 0) break;
    starts.erase(starts.begin() + static_cast<std::ptrdiff_t>(worst));
    tests.erase(tests.begin() + static_cast<std::ptrdiff_t>(worst));
    if (worst > 1) test_at(worst - 1);
    if (worst + 1 < starts.size()) test_at(worst);
  }
  return {starts.begin() + 1, starts.end() - 1};
}

// ---- isotonic

std::vector<int> isotonic_cuts(const Cells& cells, bool increasing) {
  const Scorer scorer(cells);
  std::vector<int> starts;  // of the blocks so far
  for (int cell = 0; cell < scorer.cells(); ++cell) {
    starts.push_back(cell);
    while (starts.size() > 1) {
      const int middle = starts.back(), first = starts[starts.size() - 2];
      const double before = scorer.rate(first, middle), here = scorer.rate(middle, cell + 1);
      if (increasing ? before < here : before > here) break;
      starts.pop_back();
    }
  }
  return {starts.begin() + 1, starts.end()};
}

}  // namespace deciban::binning
