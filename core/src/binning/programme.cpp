#include "programme.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/math/distributions.hpp"
#include "runs.hpp"

namespace deciban::binning {
namespace {

// Sums of weights and differences of rates round: what is met exactly must not fail by an ulp.
constexpr double kRounding = 1.0 - 1e-12;

}  // namespace

Runs::Runs(const Scorer& scorer, const Rules& rules)
    : scorer_(scorer),
      n_(scorer.cells()),
      min_rate_diff_(rules.min_rate_diff),
      usable_(static_cast<std::size_t>(n_ + 1) * (n_ + 1), 0),
      gains_(usable_.size(), 0.0),
      rates_(usable_.size(), 0.0) {
  if (rules.max_p_value < 1.0) critical_ = math::chi2_quantile(1.0 - rules.max_p_value, scorer.test_df());
  double largest = 0.0;
  for (int i = 0; i < n_; ++i)
    for (int j = i + 1; j <= n_; ++j) {
      if (j - 1 > i && !rules.fixed.empty() && rules.fixed[static_cast<std::size_t>(j - 1)]) break;
      const bool large = scorer.weight(i, j) >= rules.min_weight * kRounding && scorer.weight(i, j) > 0.0 &&
                         (rules.min_events <= 0.0 || scorer.enough_events(i, j, rules.min_events * kRounding)) &&
                         (rules.min_non_events <= 0.0 || scorer.sum(i, j, 2) >= rules.min_non_events * kRounding);
      if (!large) continue;
      usable_[at(i, j)] = 1;
      gains_[at(i, j)] = scorer.gain(i, j);
      rates_[at(i, j)] = scorer.rate(i, j);
      largest = std::max(largest, std::fabs(gains_[at(i, j)]));
    }
  slack_ = 1e-13 * largest;
}

bool Runs::may_be_neighbours(int h, int i, int j) const {
  if (min_rate_diff_ > 0.0 && !(std::fabs(rate(i, j) - rate(h, i)) >= min_rate_diff_ * kRounding)) return false;
  return critical_ <= 0.0 || scorer_.test(h, i, j) >= critical_;
}

bool Runs::follows(int direction, int h, int i, int j) const {
  return direction == 0 || (direction > 0 ? rate(i, j) >= rate(h, i) : rate(i, j) <= rate(h, i));
}

Layers::Layers(const Rules& rules, int cells) : min_bins_(std::max(1, rules.min_bins)) {
  open_ = rules.max_bins <= 0 || rules.max_bins >= cells;
  count_ = open_ ? min_bins_ : rules.max_bins;
}

Partition best_partition(const Scorer& scorer, const Rules& rules) {
  Partition best;
  if (scorer.cells() == 0) return best;
  const Runs runs(scorer, rules);
  const Layers layers(rules, scorer.cells());
  if (rules.trend == Trend::convex || rules.trend == Trend::concave) return solve_curved(runs, layers, rules.trend);
  if (rules.trend != Trend::automatic) return solve_directed(runs, layers, rules.trend);
  best = solve_directed(runs, layers, Trend::increasing);
  Partition other = solve_directed(runs, layers, Trend::decreasing);
  if (!best.found || (other.found && other.gain > best.gain)) best = std::move(other);
  return best;
}

std::vector<std::string> conflicting_rules(const Scorer& scorer, const Rules& rules) {
  struct Rule {
    const char* name;
    bool given;
    void (*drop)(Rules&);
  };
  const Rule all[] = {
      {"monotonic", rules.trend != Trend::none, [](Rules& r) { r.trend = Trend::none; }},
      {"min_rate_diff", rules.min_rate_diff > 0.0, [](Rules& r) { r.min_rate_diff = 0.0; }},
      {"max_p_value", rules.max_p_value < 1.0, [](Rules& r) { r.max_p_value = 1.0; }},
      {"min_bin_events", rules.min_events > 0.0, [](Rules& r) { r.min_events = 0.0; }},
      {"min_bin_non_events", rules.min_non_events > 0.0, [](Rules& r) { r.min_non_events = 0.0; }},
      {"min_bin_size", rules.min_weight > 0.0, [](Rules& r) { r.min_weight = 0.0; }},
      {"fixed", !rules.fixed.empty(), [](Rules& r) { r.fixed.clear(); }},
      {"max_bins", rules.max_bins > 0, [](Rules& r) { r.max_bins = 0; }},
      {"min_bins", rules.min_bins > 1, [](Rules& r) { r.min_bins = 1; }},
  };
  std::vector<std::string> names;
  for (const Rule& rule : all) {
    if (!rule.given) continue;
    Rules fewer = rules;
    rule.drop(fewer);
    if (best_partition(scorer, fewer).found) names.push_back(rule.name);
  }
  if (!names.empty()) return names;
  for (const Rule& rule : all)
    if (rule.given) names.push_back(rule.name);
  return names;
}

}  // namespace deciban::binning
