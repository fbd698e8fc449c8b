// Dynamic programme for increasing, decreasing, peak and valley rates and for rates without a trend.
#include "deciban/base/config.hpp"

#include <limits>

#include "runs.hpp"

namespace deciban::binning {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

/// A step between neighbours: from which phase to which, and in which direction the rate may go.
struct Step {
  int from, to, direction;
};

std::vector<Step> steps_of(Trend trend) {
  switch (trend) {
    case Trend::increasing:
      return {{0, 0, 1}};
    case Trend::decreasing:
      return {{0, 0, -1}};
    case Trend::peak:
      return {{0, 0, 1}, {0, 1, -1}, {1, 1, -1}};
    case Trend::valley:
      return {{0, 0, -1}, {0, 1, 1}, {1, 1, 1}};
    default:
      return {{0, 0, 0}};
  }
}

/// States: number of bins so far (layer), phase of the trend, last bin [i, j).
class Programme {
 public:
  Programme(const Runs& runs, const Layers& layers, Trend trend)
      : runs_(runs), layers_(layers), n_(runs.cells()), steps_(steps_of(trend)), phases_(steps_.back().to + 1) {
    const std::size_t size = static_cast<std::size_t>(layers.count()) * phases_ * n_ * (n_ + 1);
    value_.assign(size, kNone);
    previous_.assign(size, -1);
  }

  Partition solve(Trend trend) {
    free_ = steps_[0].direction == 0 && !runs_.has_pair_rules();
    if (free_) best_end_.assign(static_cast<std::size_t>(layers_.count()) * (n_ + 1), -1);
    for (int j = 1; j <= n_; ++j) {
      for (int i = j - 1; i >= 0; --i)
        if (runs_.may_be_bin(i, j)) reach(i, j);
      if (free_) keep_best_end(j);
    }
    return read_back(trend);
  }

 private:
  std::size_t at(int layer, int phase, int i, int j) const {
    return ((static_cast<std::size_t>(layer - 1) * phases_ + phase) * n_ + i) * (n_ + 1) + j;
  }

  void reach(int i, int j) {
    if (i == 0) {
      value_[at(1, 0, 0, j)] = runs_.gain(0, j);
    } else if (free_) {
      for (int layer = 1; layer <= layers_.count(); ++layer) {
        const std::int64_t from = best_end_[static_cast<std::size_t>(layer - 1) * (n_ + 1) + i];
        if (from >= 0) improve(layer, 0, i, j, from);
      }
    } else {
      for (int h = i - 1; h >= 0; --h) {
        if (!runs_.may_be_bin(h, i) || !runs_.may_be_neighbours(h, i, j)) continue;
        for (const Step& step : steps_) {
          if (!runs_.follows(step.direction, h, i, j)) continue;
          for (int layer = 1; layer <= layers_.count(); ++layer)
            improve(layer, step.to, i, j, static_cast<std::int64_t>(at(layer, step.from, h, i)));
        }
      }
    }
  }

  // Value of [i, j) after the state `from` of a layer.
  void improve(int layer, int phase, int i, int j, std::int64_t from) {
    const double before = value_[static_cast<std::size_t>(from)];
    const int next = layers_.next(layer);
    if (before == kNone || next == 0) return;
    const std::size_t here = at(next, phase, i, j);
    const double value = before + runs_.gain(i, j);
    if (value > value_[here] + (value_[here] == kNone ? 0.0 : runs_.slack())) {
      value_[here] = value;
      previous_[here] = from;
    }
  }

  // The best state that ends at j, per layer: enough where neighbours do not matter.
  void keep_best_end(int j) {
    for (int layer = 1; layer <= layers_.count(); ++layer) {
      std::int64_t best = -1;
      for (int i = 0; i < j; ++i) {
        const auto state = static_cast<std::int64_t>(at(layer, 0, i, j));
        const double value = value_[static_cast<std::size_t>(state)];
        if (value == kNone) continue;
        if (best < 0 || value > value_[static_cast<std::size_t>(best)] + runs_.slack()) best = state;
      }
      best_end_[static_cast<std::size_t>(layer - 1) * (n_ + 1) + j] = best;
    }
  }

  Partition read_back(Trend trend) const {
    Partition out;
    out.trend = trend;
    std::int64_t best = -1;
    for (int layer = 1; layer <= layers_.count(); ++layer) {
      if (!layers_.enough(layer)) continue;
      for (int phase = 0; phase < phases_; ++phase)
        for (int i = 0; i < n_; ++i) {
          const std::size_t state = at(layer, phase, i, n_);
          if (value_[state] == kNone) continue;
          if (best < 0 || value_[state] > value_[static_cast<std::size_t>(best)] + runs_.slack())
            best = static_cast<std::int64_t>(state);
        }
    }
    if (best < 0) return out;
    out.found = true;
    out.gain = value_[static_cast<std::size_t>(best)];
    for (std::int64_t state = best; state >= 0; state = previous_[static_cast<std::size_t>(state)]) {
      const int start = static_cast<int>(state / (n_ + 1) % n_);
      if (start > 0) out.cuts.insert(out.cuts.begin(), start);
    }
    return out;
  }

  const Runs& runs_;
  const Layers& layers_;
  int n_;
  std::vector<Step> steps_;
  int phases_;
  bool free_ = false;
  std::vector<double> value_;
  std::vector<std::int64_t> previous_, best_end_;
};

}  // namespace

Partition solve_directed(const Runs& runs, const Layers& layers, Trend trend) {
  return Programme(runs, layers, trend).solve(trend);
}

}  // namespace deciban::binning
