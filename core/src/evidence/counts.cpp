#include "deciban/evidence/counts.hpp"

namespace deciban::evidence {
namespace {

double kish(double sum, double squares) { return sum > 0.0 ? sum * sum / squares : 0.0; }

}  // namespace

double Totals::log_odds_variance() const {
  return event_squares / (events * events) - 2.0 * cross_products / (events * non_events) +
         non_event_squares / (non_events * non_events);
}

Totals totals(const Counts& counts) {
  Totals sums;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sums.events += counts.events[i];
    sums.non_events += counts.non_events[i];
    if (!counts.weighted()) continue;
    sums.event_squares += counts.event_squares[i];
    sums.cross_products += counts.cross_products[i];
    sums.non_event_squares += counts.non_event_squares[i];
  }
  if (!counts.weighted()) {
    sums.event_squares = sums.kish_events = sums.events;
    sums.non_event_squares = sums.kish_non_events = sums.non_events;
  } else {
    sums.kish_events = kish(sums.events, sums.event_squares);
    sums.kish_non_events = kish(sums.non_events, sums.non_event_squares);
  }
  return sums;
}

Counts effective_counts(const Counts& counts, const Totals& totals) {
  Counts scaled;
  scaled.events = counts.events;
  scaled.non_events = counts.non_events;
  if (!counts.weighted() || !totals.both()) return scaled;
  const double of_events = totals.kish_events / totals.events;
  const double of_non_events = totals.kish_non_events / totals.non_events;
  for (double& events : scaled.events) events *= of_events;
  for (double& non_events : scaled.non_events) non_events *= of_non_events;
  return scaled;
}

}  // namespace deciban::evidence
