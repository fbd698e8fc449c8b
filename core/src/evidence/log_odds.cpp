#include "deciban/evidence/log_odds.hpp"

#include <algorithm>

#include "deciban/evidence/woe.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::evidence {

std::vector<LevelEvidence> level_evidence(const Counts& counts) {
  constexpr double kEnough = 5.0;
  const Totals sums = totals(counts);
  const Counts scaled = effective_counts(counts, sums);
  const Totals worth = totals(scaled);
  const double prior = math::log(worth.events / worth.non_events);
  std::vector<double> by_rows;
  if (counts.weighted()) by_rows = woe_variance(counts);
  std::vector<LevelEvidence> out(counts.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double e = scaled.events[i], n = scaled.non_events[i];
    out[i].value = math::log((e + 0.5) / (n + 0.5)) - prior;
    out[i].variance = counts.weighted() && std::min(e, n) >= kEnough ? by_rows[i] + sums.log_odds_variance()
                                                                     : 1.0 / (e + 0.5) + 1.0 / (n + 0.5);
  }
  return out;
}

// Each level brings the variance of the totals once; that of the prior stands for the one that is kept.
LogOdds::LogOdds(const Totals& totals)
    : value_(math::log(totals.events / totals.non_events)),
      prior_variance_(totals.log_odds_variance()),
      variance_(prior_variance_) {}

void LogOdds::add(const LevelEvidence& level) {
  value_ += level.value;
  variance_ += level.variance - prior_variance_;
}

void LogOdds::add_unseen(double between_levels_variance) { variance_ += between_levels_variance; }

}  // namespace deciban::evidence
