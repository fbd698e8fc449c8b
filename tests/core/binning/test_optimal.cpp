// The dynamic programmes against a search over all partitions, whose scorer and rules are written on their own.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/binning/fit.hpp"
#include "deciban/math/rng.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using binning::BinningOptions;
using binning::TargetKind;
using binning::Trend;

namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

struct Problem {
  std::vector<double> x, y, weights, exposure;
  int values = 0;
  TargetKind kind = TargetKind::binary;
  double var_power = 0.0;
};

Problem random_problem(fit_case::Random& random, TargetKind kind, bool weighted) {
  Problem problem;
  problem.kind = kind;
  problem.values = 4 + random.below(6);
  const int n = 60 + random.below(140);
  std::vector<double> level;
  for (int v = 0; v < problem.values; ++v) level.push_back(0.15 + 0.1 * random.below(7));
  for (int i = 0; i < n; ++i) {
    const int v = i < problem.values ? i : random.below(problem.values);
    problem.x.push_back(v);
    if (kind == TargetKind::binary) {
      problem.y.push_back(random.below(1000) < 1000 * level[v] ? 1 : 0);
    } else if (kind == TargetKind::multiclass) {
      problem.y.push_back(random.below(1000) < 1000 * level[v] ? 2 : random.below(2));
    } else {
      problem.y.push_back(random.below(static_cast<int>(1 + 8 * level[v])) + (kind == TargetKind::continuous ? 1 : 0));
    }
    if (weighted) problem.weights.push_back(0.25 * (1 + random.below(8)));
    if (kind == TargetKind::counts) problem.exposure.push_back(0.25 * (1 + random.below(4)));
  }
  problem.y[0] = kind == TargetKind::continuous ? 1 : 0;
  problem.y[1] = 1;
  problem.y[2] = kind == TargetKind::multiclass ? 2 : 1;
  return problem;
}

/// What one bin of a partition holds, from the rows.
struct Bin {
  double rows = 0, weight = 0, events = 0, total = 0, squares = 0, exposure = 0;
  std::vector<double> classes = {0, 0, 0};
};

Bin bin_from(const Problem& problem, int low, int high) {  // values low <= x < high
  Bin bin;
  for (std::size_t i = 0; i < problem.x.size(); ++i) {
    if (problem.x[i] < low || problem.x[i] >= high) continue;
    const double w = problem.weights.empty() ? 1.0 : problem.weights[i];
    bin.rows += 1;
    bin.weight += w;
    bin.total += w * problem.y[i];
    bin.squares += w * problem.y[i] * problem.y[i];
    bin.exposure += w * (problem.exposure.empty() ? 1.0 : problem.exposure[i]);
    if (problem.kind == TargetKind::multiclass) bin.classes[static_cast<std::size_t>(problem.y[i])] += w;
  }
  bin.events = bin.total;
  return bin;
}

double information(double e, double n, double all_e, double all_n) {
  const double p = e / all_e, q = n / all_n;
  if (e > 0 && n > 0) return (p - q) * std::log(p / q);
  return (p - q) * std::log(((e + 0.5) / all_e) / ((n + 0.5) / all_n));
}

double rate(const Problem& problem, const Bin& bin) {
  switch (problem.kind) {
    case TargetKind::binary:
      return bin.events / bin.weight;
    case TargetKind::counts:
      return bin.total / bin.exposure;
    default:
      return bin.total / bin.weight;
  }
}

/// Deviance of the rows of a problem around the rates of the bins; the information value with its sign turned.
double loss(const Problem& problem, const std::vector<Bin>& bins, const Bin& all) {
  double loss = 0.0;
  for (const Bin& bin : bins) {
    const double mean = rate(problem, bin);
    switch (problem.kind) {
      case TargetKind::binary:
        loss -= information(bin.events, bin.weight - bin.events, all.events, all.weight - all.events);
        break;
      case TargetKind::multiclass:
        for (std::size_t c = 0; c < 3; ++c)
          loss -=
              information(bin.classes[c], bin.weight - bin.classes[c], all.classes[c], all.weight - all.classes[c]) /
              3.0;
        break;
      case TargetKind::counts:
        if (bin.total > 0) loss -= bin.total * std::log(mean);
        break;
      default:
        if (problem.var_power == 0.0)
          loss += bin.squares - bin.total * mean;
        else if (problem.var_power == 2.0)
          loss += bin.weight * std::log(mean);
        else
          loss += bin.weight * std::pow(mean, 2.0 - problem.var_power);
    }
  }
  return loss;
}

bool shaped(const std::vector<double>& r, Trend trend) {
  const auto up = [&](std::size_t a, std::size_t b) {
    for (std::size_t i = a + 1; i <= b; ++i)
      if (r[i] < r[i - 1]) return false;
    return true;
  };
  const auto down = [&](std::size_t a, std::size_t b) {
    for (std::size_t i = a + 1; i <= b; ++i)
      if (r[i] > r[i - 1]) return false;
    return true;
  };
  const std::size_t last = r.size() - 1;
  bool any = false;
  switch (trend) {
    case Trend::none:
      return true;
    case Trend::increasing:
      return up(0, last);
    case Trend::decreasing:
      return down(0, last);
    case Trend::automatic:
      return up(0, last) || down(0, last);
    case Trend::peak:
      for (std::size_t top = 0; top <= last; ++top) any = any || (up(0, top) && down(top, last));
      return any;
    case Trend::valley:
      for (std::size_t low = 0; low <= last; ++low) any = any || (down(0, low) && up(low, last));
      return any;
    default:
      for (std::size_t i = 2; i <= last; ++i) {
        const double bend = (r[i] - r[i - 1]) - (r[i - 1] - r[i - 2]);
        if (trend == Trend::convex ? bend < -1e-12 : bend > 1e-12) return false;
      }
      return true;
  }
}

double chi2_of(const Problem& problem, const Bin& a, const Bin& b, double kish) {
  if (problem.kind == TargetKind::binary) {  // 2 x 2 table, by expected counts
    const double all = a.weight + b.weight, events = a.events + b.events;
    double chi2 = 0.0;
    for (const Bin* bin : {&a, &b}) {
      const double e = bin->weight * events / all, n = bin->weight * (all - events) / all;
      if (e <= 0 || n <= 0) return 0.0;
      chi2 += (bin->events - e) * (bin->events - e) / e +
              (bin->weight - bin->events - n) * (bin->weight - bin->events - n) / n;
    }
    return kish * chi2;
  }
  const double m = a.exposure, n = b.exposure, pooled = (a.total + b.total) / (m + n);
  if (pooled <= 0) return 0.0;
  const double z = (a.total / m - b.total / n) / std::sqrt(pooled / m + pooled / n);
  return kish * z * z;
}

/// The smallest loss over all partitions; kNone when there is none.
double best_by_search(const Problem& problem, const BinningOptions& options, double* gain_cost) {
  const int b = problem.values;
  const Bin all = bin_from(problem, 0, b);
  double squares = 0.0;
  for (const double w : problem.weights) squares += w * w;
  const double kish = problem.weights.empty() ? 1.0 : all.weight / squares;
  const double z95 = 3.8414588206941254;  // chi-squared quantile 0.95, 1 df
  double best = std::numeric_limits<double>::infinity();
  for (int mask = 0; mask < 1 << (b - 1); ++mask) {
    std::vector<Bin> bins;
    std::vector<double> rates;
    int low = 0;
    bool fits = true;
    for (int v = 1; v <= b; ++v) {
      const bool cut = v == b || (mask >> (v - 1) & 1);
      if (!cut && !options.fixed.empty() && options.fixed[static_cast<std::size_t>(v) - 1]) fits = false;
      if (!cut) continue;
      const Bin bin = bin_from(problem, low, v);
      fits = fits && bin.weight >= options.min_bin_size * all.weight - 1e-9;
      fits = fits && bin.events >= options.min_bin_events - 1e-9;
      fits =
          fits && (problem.kind != TargetKind::binary || bin.weight - bin.events >= options.min_bin_non_events - 1e-9);
      if (!bins.empty()) {
        const double step = std::fabs(rate(problem, bin) - rates.back());
        fits = fits && step >= options.min_rate_diff - 1e-12;
        if (options.max_p_value < 1.0) fits = fits && chi2_of(problem, bins.back(), bin, kish) >= z95;
      }
      bins.push_back(bin);
      rates.push_back(rate(problem, bin));
      low = v;
    }
    const int count = static_cast<int>(bins.size());
    fits = fits && count >= options.min_bins && (options.max_bins == 0 || count <= options.max_bins);
    if (fits && shaped(rates, options.monotonic)) best = std::min(best, loss(problem, bins, all));
  }
  *gain_cost = best;
  return best < std::numeric_limits<double>::infinity() ? best : kNone;
}

binning::Target target_of(const Problem& problem) {
  binning::Target target;
  target.kind = problem.kind;
  target.y = problem.y;
  target.weights = problem.weights;
  target.exposure = problem.exposure;
  target.classes = 3;
  target.var_power = problem.var_power;
  return target;
}

double loss_of(const Problem& problem, const binning::Bins& bins) {
  std::vector<Bin> parts;
  int low = 0;
  for (int v = 1; v <= problem.values; ++v) {
    if (v < problem.values && bins.bin_of(v) == bins.bin_of(v - 1)) continue;
    parts.push_back(bin_from(problem, low, v));
    low = v;
  }
  return loss(problem, parts, bin_from(problem, 0, problem.values));
}

void compare(const Problem& problem, const BinningOptions& options, int* infeasible) {
  double best = 0.0;
  const bool feasible = best_by_search(problem, options, &best) != kNone;
  try {
    const auto fitted = binning::fit_bins(data::make_column("x", problem.x), target_of(problem), options, RunContext());
    ASSERT_TRUE(feasible);
    EXPECT_NEAR(loss_of(problem, fitted.bins), best, 1e-9 * (1.0 + std::fabs(best)));
  } catch (const Error& error) {
    EXPECT_FALSE(feasible) << error.what();
    EXPECT_EQ(error.code(), "binning.infeasible");
    ++*infeasible;
  }
}

using Change = std::function<void(BinningOptions&, const Problem&)>;

/// 500 problems under one rule alone and together with limits of the number of bins.
void check_rule(const char* name, TargetKind kind, const Change& change, double var_power = 0.0) {
  fit_case::Random random(17);
  int infeasible = 0;
  for (int trial = 0; trial < 500; ++trial) {
    SCOPED_TRACE(std::string(name) + " " + std::to_string(trial));
    Problem problem = random_problem(random, kind, trial % 3 == 1);
    problem.var_power = var_power;
    BinningOptions options;
    options.min_bin_size = trial % 2 ? 0.0 : 0.05;
    if (trial % 5 == 2) options.max_bins = 2 + trial % 3;
    if (trial % 7 == 3) options.min_bins = 2;
    if (options.max_bins > 0 && options.max_bins < options.min_bins) options.max_bins = options.min_bins;
    change(options, problem);
    compare(problem, options, &infeasible);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_LT(infeasible, 250) << name;
}

}  // namespace

TEST(OptimalBins, AreTheBestOfAllPartitionsUnderEveryRule) {
  const auto trend = [](Trend which) {
    return [which](BinningOptions& options, const Problem&) { options.monotonic = which; };
  };
  check_rule("none", TargetKind::binary, [](BinningOptions&, const Problem&) {});
  check_rule("increasing", TargetKind::binary, trend(Trend::increasing));
  check_rule("decreasing", TargetKind::binary, trend(Trend::decreasing));
  check_rule("auto", TargetKind::binary, trend(Trend::automatic));
  check_rule("peak", TargetKind::binary, trend(Trend::peak));
  check_rule("valley", TargetKind::binary, trend(Trend::valley));
  check_rule("convex", TargetKind::binary, trend(Trend::convex));
  check_rule("concave", TargetKind::binary, trend(Trend::concave));
  check_rule("size", TargetKind::binary, [](BinningOptions& o, const Problem&) { o.min_bin_size = 0.2; });
  check_rule("events", TargetKind::binary, [](BinningOptions& o, const Problem&) { o.min_bin_events = 8; });
  check_rule("non-events", TargetKind::binary, [](BinningOptions& o, const Problem&) { o.min_bin_non_events = 9; });
  check_rule("difference", TargetKind::binary, [](BinningOptions& o, const Problem&) { o.min_rate_diff = 0.1; });
  check_rule("p", TargetKind::binary, [](BinningOptions& o, const Problem&) { o.max_p_value = 0.05; });
  check_rule("splits", TargetKind::binary, [](BinningOptions& o, const Problem& problem) {
    for (int v = 0; v + 1 < problem.values; ++v) o.splits.push_back(v + 0.25);
    o.fixed.assign(o.splits.size(), 0);
    o.fixed[o.fixed.size() / 2] = 1;
  });
}

TEST(OptimalBins, AreTheBestOfAllPartitionsUnderRulesTogether) {
  for (const Trend trend : {Trend::none, Trend::automatic, Trend::peak, Trend::valley, Trend::convex, Trend::concave})
    check_rule("together", TargetKind::binary, [trend](BinningOptions& o, const Problem&) {
      o.monotonic = trend;
      o.min_rate_diff = 0.05;
      o.min_bin_events = 3;
      o.max_p_value = 0.05;
    });
}

TEST(OptimalBins, AreTheBestForOtherResponses) {
  const auto plain = [](BinningOptions& o, const Problem&) { o.max_bins = 3; };
  const auto rising = [](BinningOptions& o, const Problem&) { o.monotonic = Trend::increasing; };
  check_rule("classes", TargetKind::multiclass, plain);
  check_rule("counts", TargetKind::counts, plain);
  check_rule("counts rising", TargetKind::counts, rising);
  check_rule("counts p", TargetKind::counts, [](BinningOptions& o, const Problem&) { o.max_p_value = 0.05; });
  check_rule("squares", TargetKind::continuous, plain);
  check_rule("squares rising", TargetKind::continuous, rising);
  check_rule("gamma", TargetKind::continuous, plain, 2.0);
  check_rule("tweedie", TargetKind::continuous, rising, 1.5);
}
