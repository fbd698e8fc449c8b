#include "deciban/metrics/gains.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "deciban/base/error.hpp"
#include "sorted_rows.hpp"

namespace deciban::metrics {
namespace {

struct Group {
  double low = 0.0, high = 0.0, weight = 0.0, events = 0.0, non_events = 0.0;
  std::int64_t rows = 0;
};

// Steps in order into groups: the k-th ends with the first step at which the weight so far reaches k / bins.
std::vector<Group> group_steps(const std::vector<Step>& steps, int bins, double total) {
  std::vector<Group> groups;
  double so_far = 0.0;
  int k = 0;
  for (const Step& step : steps) {
    if (groups.empty() || so_far * bins >= total * k * (1.0 - 1e-12)) {
      groups.push_back({step.score, step.score});
      while (k < bins && so_far * bins >= total * k * (1.0 - 1e-12)) ++k;
    }
    Group& group = groups.back();
    group.low = std::min(group.low, step.score);
    group.high = std::max(group.high, step.score);
    group.weight += step.weight;
    group.events += step.events;
    group.non_events += step.non_events;
    group.rows += step.rows;
    so_far += step.weight;
  }
  return groups;
}

}  // namespace

tables::ResultTable gains_table(const Ranked& rows, int bins, bool high_first) {
  if (bins < 1)
    throw Error(ErrorKind::input, "metric.bins", "`bins` is " + std::to_string(bins) + ".",
                "Ask for one group or more.", Document::object({{"argument", "bins"}, {"value", bins}}));
  std::vector<Step> steps = steps_by_score(rows, Response::share);
  require_both(steps);
  if (high_first) std::reverse(steps.begin(), steps.end());
  Group all;
  for (const Step& step : steps) {
    all.weight += step.weight;
    all.events += step.events;
    all.non_events += step.non_events;
  }
  const std::vector<Group> groups = group_steps(steps, bins, all.weight);
  const double prior = all.events / all.weight;
  std::vector<std::int64_t> bin, count;
  std::vector<double> low, high, weight, events, non_events, rate, lift, cum_weight, cum_events, cum_others, cum_lift,
      distance;
  Group so_far;
  for (const Group& group : groups) {
    so_far.weight += group.weight;
    so_far.events += group.events;
    so_far.non_events += group.non_events;
    bin.push_back(static_cast<std::int64_t>(bin.size()) + 1);
    count.push_back(group.rows);
    low.push_back(group.low);
    high.push_back(group.high);
    weight.push_back(group.weight);
    events.push_back(group.events);
    non_events.push_back(group.non_events);
    rate.push_back(group.events / group.weight);
    lift.push_back(rate.back() / prior);
    cum_weight.push_back(so_far.weight / all.weight);
    cum_events.push_back(so_far.events / all.events);
    cum_others.push_back(so_far.non_events / all.non_events);
    cum_lift.push_back(so_far.events / so_far.weight / prior);
    distance.push_back(std::fabs(cum_events.back() - cum_others.back()));
  }
  tables::ResultTable table;
  table.add_integers("bin", bin).add("score_min", low).add("score_max", high);
  table.add_integers("count", count).add("weight", weight).add("events", events).add("non_events", non_events);
  table.add("event_rate", rate).add("lift", lift).add("cum_weight_share", cum_weight);
  table.add("cum_event_share", cum_events).add("cum_non_event_share", cum_others).add("cum_lift", cum_lift);
  table.add("ks", distance);
  return table;
}

}  // namespace deciban::metrics
