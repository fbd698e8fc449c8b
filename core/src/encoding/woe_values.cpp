#include "deciban/encoding/woe_values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/evidence/counts.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::encoding {
namespace {

constexpr double kFastwoeSmoothing = 1e-5;  // scikit-learn's TargetEncoder as fastwoe calls it, in rows
constexpr double kScorecardZero = 0.99;     // what R's scorecard puts in place of a zero count

// ln of the ratio of shares, with zero counts replaced first (the totals follow, as in R's scorecard).
std::vector<double> replaced_zeros(evidence::Counts counts, double instead) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.events[i] + counts.non_events[i] == 0.0) continue;
    if (counts.events[i] == 0.0) counts.events[i] = instead;
    if (counts.non_events[i] == 0.0) counts.non_events[i] = instead;
  }
  return evidence::raw_woe(counts);
}

std::vector<double> zero_where_empty(const evidence::Counts& counts) {
  std::vector<double> woe = evidence::raw_woe(counts);
  for (double& value : woe)
    if (!std::isfinite(value)) value = 0.0;
  return woe;
}

}  // namespace

double smoothing_of(const WoeEncoder& encoder, const WoeFeature& feature) {
  double total = 0.0, rows = 0.0;
  for (const double sum : feature.rows) rows += sum;
  for (const auto& sums : feature.sums)
    for (const double sum : sums) total += sum;
  if (encoder.options.compat == WoeCompat::fastwoe) return kFastwoeSmoothing * (total / rows);
  if (!encoder.options.smoothing_auto) return encoder.options.smoothing * (total / rows);
  if (encoder.n_classes() == 2) return evidence::between_levels(feature.counts(1)).smoothing;
  // more classes: correlations weighted by pi (1 - pi), as a Dirichlet-multinomial law has one for all
  double weight = 0.0, correlation = 0.0, unit = 1.0;
  for (std::size_t c = 0; c < encoder.n_classes(); ++c) {
    const evidence::Counts counts = feature.counts(c);
    const evidence::BetweenLevels between = evidence::between_levels(counts);
    const double pi = evidence::totals(counts).prior();
    weight += pi * (1.0 - pi);
    correlation += pi * (1.0 - pi) * between.correlation;
    if (between.correlation > 0.0)
      unit = between.smoothing * between.correlation / std::max(1e-300, 1.0 - between.correlation);
  }
  correlation /= weight;
  return correlation > 0.0 ? (1.0 - correlation) / correlation * unit : std::numeric_limits<double>::infinity();
}

double tau_squared(const WoeFeature& feature, std::size_t c) {
  return evidence::between_levels(feature.counts(c)).log_odds_variance;
}

std::vector<double> event_woe(const WoeEncoder& encoder, std::size_t feature, std::size_t c) {
  const WoeFeature& one = encoder.features[feature];
  const evidence::Counts counts = one.counts(c);
  switch (encoder.options.compat) {
    case WoeCompat::scorecard:
      return replaced_zeros(counts, kScorecardZero);
    case WoeCompat::optbinning:
      return zero_where_empty(counts);
    case WoeCompat::fastwoe:
    case WoeCompat::none:
      break;
  }
  return evidence::smoothed_woe(counts, smoothing_of(encoder, one));
}

WoeValues woe_values(const WoeEncoder& encoder, std::size_t feature, std::size_t c, double alpha, bool finite) {
  const WoeFeature& one = encoder.features[feature];
  const evidence::Counts counts = one.counts(c);
  const evidence::Totals sums = evidence::totals(counts);
  WoeValues out;
  out.woe = event_woe(encoder, feature, c);
  out.smoothing = smoothing_of(encoder, one);
  out.prior = sums.prior();
  out.log_prior = math::log(sums.events / sums.non_events);
  out.tau = std::sqrt(tau_squared(one, c));
  out.reason = evidence::no_interval_reason(counts);
  const std::vector<double> raw = evidence::raw_woe(counts), variance = evidence::woe_variance(counts);
  const auto limits = evidence::woe_intervals(counts, alpha, encoder.options.method);
  const auto rates = evidence::event_rate_intervals(counts, alpha);
  const double z = math::normal_quantile(1.0 - alpha / 2.0), sign = encoder.options.positive_events ? 1.0 : -1.0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool seen = one.rows[i] > 0.0;
    evidence::Interval ends = limits[i];
    if (finite && seen) ends = evidence::finite_ends(ends, counts.events[i], counts.non_events[i], sums, alpha);
    if (!seen) ends = {-z * out.tau, z * out.tau};
    const double se = seen ? std::sqrt(variance[i]) : out.tau;
    out.se.push_back(se);
    out.wald.push_back(seen && std::isfinite(raw[i]) && se > 0.0 ? sign * (raw[i] / se) : 0.0);
    out.woe[i] = seen ? sign * out.woe[i] : 0.0;
    out.lower.push_back(sign > 0.0 ? ends.lower : -ends.upper);
    out.upper.push_back(sign > 0.0 ? ends.upper : -ends.lower);
    out.rate.push_back(seen ? counts.events[i] / (counts.events[i] + counts.non_events[i]) : out.prior);
    out.rate_lower.push_back(rates[i].lower);
    out.rate_upper.push_back(rates[i].upper);
  }
  return out;
}

}  // namespace deciban::encoding
