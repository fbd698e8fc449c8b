#include "scorer.hpp"

#include "deciban/math/elementary.hpp"

namespace deciban::binning {
namespace {

constexpr double kPure = 0.5;  // added to both counts of a bin that lacks one of them

// Two shares a/m and b/n of the same kind: Pearson's chi-squared of the 2 x 2 table.
double pearson(double a, double m, double b, double n) {
  const double pooled = (a + b) / (m + n), variance = pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n);
  const double difference = a / m - b / n;
  return variance > 0.0 ? difference * difference / variance : 0.0;
}

}  // namespace

Scorer::Scorer(const Cells& cells)
    : kind_(cells.kind),
      width_(static_cast<std::size_t>(cells.width)),
      n_(static_cast<int>(cells.size())),
      var_power_(cells.var_power),
      center_(cells.center),
      test_scale_(cells.test_scale),
      prefix_((cells.size() + 1) * width_, 0.0) {
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    for (std::size_t k = 0; k < width_; ++k)
      prefix_[(cell + 1) * width_ + k] = prefix_[cell * width_ + k] + cells.at(cell)[k];
}

double Scorer::binary_gain(double events, double non_events) const {
  const double all_events = at(n_)[1], all_non_events = at(n_)[2];
  const bool pure = events <= 0.0 || non_events <= 0.0;
  const double e = pure ? events + kPure : events, n = pure ? non_events + kPure : non_events;
  return (events / all_events - non_events / all_non_events) * math::log((e / all_events) / (n / all_non_events));
}

double Scorer::multiclass_gain(int i, int j) const {
  const double here = weight(i, j), all = at(n_)[0];
  double total = 0.0;
  int classes = 0;
  for (std::size_t c = 1; c < width_; ++c) {
    const double all_events = at(n_)[c], all_non_events = all - all_events;
    if (!(all_events > 0.0 && all_non_events > 0.0)) continue;
    const double events = sum(i, j, static_cast<int>(c)), non_events = here - events;
    const bool pure = events <= 0.0 || non_events <= 0.0;
    const double e = pure ? events + kPure : events, n = pure ? non_events + kPure : non_events;
    total += (events / all_events - non_events / all_non_events) * math::log((e / all_events) / (n / all_non_events));
    ++classes;
  }
  return classes > 0 ? total / classes : 0.0;
}

// The deviance of a run at its own mean, up to what depends on the rows alone, and its sign turned.
double Scorer::continuous_gain(double total, double weight) const {
  if (!(weight > 0.0)) return 0.0;
  const double mean = total / weight;
  if (var_power_ == 0.0) return 0.5 * total * mean;
  if (!(mean > 0.0)) return 0.0;
  if (var_power_ == 2.0) return -weight * math::log(mean);
  return -weight * math::pow(mean, 2.0 - var_power_) / ((var_power_ - 1.0) * (2.0 - var_power_));
}

double Scorer::gain(int i, int j) const {
  switch (kind_) {
    case TargetKind::binary:
      return binary_gain(sum(i, j, 1), sum(i, j, 2));
    case TargetKind::multiclass:
      return multiclass_gain(i, j);
    case TargetKind::counts: {
      const double claims = sum(i, j, 1);
      return claims > 0.0 ? claims * math::log((claims / sum(i, j, 2)) / (at(n_)[1] / at(n_)[2])) : 0.0;
    }
    case TargetKind::continuous:
      return continuous_gain(sum(i, j, 1), weight(i, j));
    default:
      return 0.0;
  }
}

double Scorer::rate(int i, int j) const {
  switch (kind_) {
    case TargetKind::binary:
      return sum(i, j, 1) / (sum(i, j, 1) + sum(i, j, 2));
    case TargetKind::counts:
      return sum(i, j, 1) / sum(i, j, 2);
    case TargetKind::continuous:
      return sum(i, j, 1) / weight(i, j) + center_;
    default: {
      double total = 0.0;
      for (std::size_t c = 1; c < width_; ++c) total += static_cast<double>(c - 1) * sum(i, j, static_cast<int>(c));
      return total / weight(i, j);
    }
  }
}

bool Scorer::enough_events(int i, int j, double least) const {
  const int last = kind_ == TargetKind::multiclass ? static_cast<int>(width_) : 2;
  for (int k = 1; k < last; ++k)
    if (!(sum(i, j, k) >= least)) return false;
  return true;
}

double Scorer::multiclass_test(int i, int j, int k) const {
  const double m = weight(i, j), n = weight(j, k), all = m + n;
  double total = 0.0;
  for (std::size_t c = 1; c < width_; ++c) {
    const double a = sum(i, j, static_cast<int>(c)), b = sum(j, k, static_cast<int>(c)), both = a + b;
    if (!(both > 0.0)) continue;
    const double difference = a / m - b / n;
    total += difference * difference * m * n / (all * (both / all));
  }
  return total;
}

double Scorer::test(int i, int j, int k) const {
  switch (kind_) {
    case TargetKind::binary:
      return test_scale_ * pearson(sum(i, j, 1), weight(i, j), sum(j, k, 1), weight(j, k));
    case TargetKind::multiclass:
      return test_scale_ * multiclass_test(i, j, k);
    case TargetKind::counts: {
      const double a = sum(i, j, 1), m = sum(i, j, 2), b = sum(j, k, 1), n = sum(j, k, 2);
      const double variance = (a + b) / (m + n) * (1.0 / m + 1.0 / n), difference = a / m - b / n;
      return variance > 0.0 ? test_scale_ * difference * difference / variance : 0.0;
    }
    case TargetKind::continuous: {
      const double m = weight(i, j), n = weight(j, k), a = sum(i, j, 1) / m, b = sum(j, k, 1) / n;
      const double within =
          (sum(i, j, 2) / m - a * a) / (m * test_scale_ - 1.0) + (sum(j, k, 2) / n - b * b) / (n * test_scale_ - 1.0);
      const double difference = a - b;
      return within > 0.0 ? difference * difference / within : 0.0;
    }
    default:
      return 0.0;
  }
}

double Scorer::test_df() const { return kind_ == TargetKind::multiclass ? static_cast<double>(width_) - 2.0 : 1.0; }

}  // namespace deciban::binning
