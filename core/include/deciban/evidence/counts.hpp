#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <vector>

namespace deciban::evidence {

/// What the k levels of a feature say about a binary target: sums over their rows with weights w and target y in
/// [0, 1]. events = sum of w y, non_events = sum of w (1 - y). With 0/1 targets and unit weights these are counts, and
/// the three vectors of squares are left empty; otherwise they hold the sums of w^2 y^2, w^2 y (1 - y) and
/// w^2 (1 - y)^2, from which variances follow. Frequency weights repeat rows: they stand outside of the squares.
struct Counts {
  std::vector<double> events, non_events;
  std::vector<double> event_squares, cross_products, non_event_squares;

  std::size_t size() const { return events.size(); }
  bool weighted() const { return !event_squares.empty(); }
};

/// Sums over all levels. kish_events = (sum w y)^2 / sum w^2 y^2 and its like are the numbers of rows that weighted
/// sums are worth (Kish 1965); counts are worth themselves.
struct Totals {
  double events = 0.0, non_events = 0.0;
  double event_squares = 0.0, cross_products = 0.0, non_event_squares = 0.0;
  double kish_events = 0.0, kish_non_events = 0.0;

  double total() const { return events + non_events; }
  double prior() const { return events / total(); }
  /// Variance of ln(events / non_events) of the totals: 1/E + 1/N for counts.
  double log_odds_variance() const;
  bool both() const { return events > 0.0 && non_events > 0.0; }
};

Totals totals(const Counts& counts);

/// The same levels with events and non-events scaled to their Kish totals; plain counts are returned as they are.
Counts effective_counts(const Counts& counts, const Totals& totals);

}  // namespace deciban::evidence
