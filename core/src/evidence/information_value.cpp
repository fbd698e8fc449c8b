#include "deciban/evidence/information_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::evidence {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNoValue = 1e-14;  // information values below have no scale of their own

double occupied(const Counts& counts) {
  double levels = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) levels += counts.events[i] + counts.non_events[i] > 0.0;
  return levels;
}

// The noncentrality at which the law of `df` has its quantile `probability` at x; 0 when there is none.
double noncentrality(double probability, double x, double df) {
  constexpr int kMostSteps = 200;
  if (math::noncentral_chi2_cdf(x, df, 0.0) <= probability) return 0.0;
  double lower = 0.0, upper = x + 12.0 * std::sqrt(x + df) + 40.0;
  for (int i = 0; i < kMostSteps; ++i) {
    const double middle = (lower + upper) / 2.0;
    if (middle == lower || middle == upper) break;
    (math::noncentral_chi2_cdf(x, df, middle) > probability ? lower : upper) = middle;
  }
  return (lower + upper) / 2.0;
}

// Value and delta-method variance from half-corrected shares: finite with empty cells.
struct Smoothed {
  double value = 0.0, variance = 0.0;
};

Smoothed half_corrected(const Counts& counts, const Totals& sums) {
  const double k = static_cast<double>(counts.size());
  Smoothed out;
  double of_p = 0.0, of_p2 = 0.0, of_q = 0.0, of_q2 = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double p = (counts.events[i] + 0.5) / (sums.events + 0.5 * k);
    const double q = (counts.non_events[i] + 0.5) / (sums.non_events + 0.5 * k);
    const double w = math::log(p / q);
    const double by_p = w + 1.0 - q / p, by_q = -w - p / q + 1.0;
    out.value += (p - q) * w;
    of_p += p * by_p;
    of_p2 += p * (by_p * by_p);
    of_q += q * by_q;
    of_q2 += q * (by_q * by_q);
  }
  out.variance = (of_p2 - of_p * of_p) / sums.events + (of_q2 - of_q * of_q) / sums.non_events;
  return out;
}

double unbiased(const Counts& counts, const Totals& sums) {
  double plug = 0.0, with_events = 0.0, with_non_events = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double e = counts.events[i], n = counts.non_events[i];
    plug += (e / sums.events - n / sums.non_events) * (math::digamma(e + 1.0) - math::digamma(n + 1.0));
    with_events += e > 0.0;
    with_non_events += n > 0.0;
  }
  return plug - (with_events - 1.0) / sums.events - (with_non_events - 1.0) / sums.non_events;
}

}  // namespace

double information_value(const Counts& counts, const std::vector<double>& woe) {
  const Totals sums = totals(counts);
  if (!sums.both()) return kNaN;
  double value = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double difference = counts.events[i] / sums.events - counts.non_events[i] / sums.non_events;
    if (difference != 0.0) value += difference * woe[i];
  }
  return value;
}

double information_value(const Counts& counts) { return information_value(counts, raw_woe(counts)); }

double unbiased_information_value(const Counts& counts) {
  const Counts scaled = effective_counts(counts, totals(counts));
  const Totals sums = totals(scaled);
  return sums.both() ? unbiased(scaled, sums) : kNaN;
}

Interval information_value_interval(const Counts& counts, double alpha) {
  const Counts scaled = effective_counts(counts, totals(counts));
  const Totals sums = totals(scaled);
  const double levels = occupied(scaled);
  if (!sums.both() || levels < 2.0) return {kNaN, kNaN};
  const double chance = sums.log_odds_variance(), estimate = unbiased(scaled, sums);
  const Smoothed half = half_corrected(scaled, sums);
  const double bias = (levels - 1.0) * chance;
  const double scale = half.value > kNoValue ? half.variance / (4.0 * half.value) : chance;
  const double x = std::max(0.0, (estimate + bias) / scale), df = bias / scale;
  const double lower = scale * noncentrality(1.0 - alpha / 2.0, x, df);
  // from the median of the null on, so that the upper end never collapses
  const double upper = scale * noncentrality(alpha / 2.0, std::max(x, math::chi2_quantile(0.5, df)), df);
  return {std::min(lower, std::max(0.0, estimate)), std::max(upper, estimate)};
}

AssociationTest association_test(const Counts& counts) {
  const Counts scaled = effective_counts(counts, totals(counts));
  const Totals sums = totals(scaled);
  const double levels = occupied(scaled), total = sums.total();
  if (!sums.both() || levels < 2.0 || !(total > 3.0)) return {kNaN, kNaN};
  // sum of (e - m E/T)^2 / m: nothing cancels
  double distance = 0.0, inverse = 0.0;
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    const double e = scaled.events[i], n = scaled.non_events[i], m = e + n;
    if (!(m > 0.0)) continue;
    const double difference = (e * sums.non_events - n * sums.events) / total;
    distance += difference * difference / m;
    inverse += total / m;
  }
  AssociationTest out;
  out.chi2 = total * total / (sums.events * sums.non_events) * distance;
  const double mean = (levels - 1.0) * total / (total - 1.0);
  const double v1 = (total - 2.0) / (total - 1.0), v2 = (levels - 1.0) * (total - levels) / (total - 1.0);
  const double w1 = (total / sums.events + total / sums.non_events - 4.0) / (total - 2.0);
  const double w2 = (inverse - levels * levels) / (total - 2.0);
  const double variance = 2.0 * total / (total - 3.0) * (v1 - w1) * (v2 - w2) + total * total / (total - 1.0) * w1 * w2;
  // a row per level: X2 is the same whatever the target
  out.p_value = !(variance > 0.0) ? 1.0 : math::gamma_sf(out.chi2, mean * mean / variance, variance / mean);
  return out;
}

double level_gini(const Counts& counts, const std::vector<double>& score) {
  const Totals sums = totals(counts);
  if (!sums.both()) return kNaN;
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
  double below = 0.0, concordant = 0.0;  // non-events below; pairs, those of equal score by half
  for (std::size_t i = 0; i < order.size();) {
    double e = 0.0, n = 0.0;
    const double at = score[order[i]];
    for (; i < order.size() && score[order[i]] == at; ++i) {
      e += counts.events[order[i]];
      n += counts.non_events[order[i]];
    }
    concordant += e * (below + n / 2.0);
    below += n;
  }
  return 2.0 * (concordant / (sums.events * sums.non_events)) - 1.0;
}

CramersV cramers_v(const std::vector<double>& table, std::size_t rows, std::size_t columns) {
  std::vector<double> by_row(rows, 0.0), by_column(columns, 0.0);
  double total = 0.0;
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t i = 0; i < rows; ++i) {
      by_row[i] += table[j * rows + i];
      by_column[j] += table[j * rows + i];
    }
  double r = 0.0, c = 0.0;
  for (const double sum : by_row) {
    r += sum > 0.0;
    total += sum;
  }
  for (const double sum : by_column) c += sum > 0.0;
  if (r < 2.0 || c < 2.0) return {kNaN, kNaN};
  double chi2 = 0.0;
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t i = 0; i < rows; ++i) {
      const double expected = by_row[i] * by_column[j] / total;
      if (expected > 0.0) chi2 += (table[j * rows + i] - expected) * (table[j * rows + i] - expected) / expected;
    }
  const double phi2 = chi2 / total, smaller = std::min(r, c) - 1.0;
  CramersV out;
  out.v = std::sqrt(phi2 / smaller);
  const double corrected = std::max(0.0, phi2 - (r - 1.0) * (c - 1.0) / (total - 1.0));
  const double r2 = r - (r - 1.0) * (r - 1.0) / (total - 1.0), c2 = c - (c - 1.0) * (c - 1.0) / (total - 1.0);
  const double room = std::min(r2, c2) - 1.0;
  out.corrected = room > 0.0 ? std::min(1.0, std::sqrt(corrected / room)) : kNaN;
  return out;
}

}  // namespace deciban::evidence
