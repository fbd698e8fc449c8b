#include "deciban/evidence/woe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "koopman.hpp"
#include "limits.hpp"

namespace deciban::evidence {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kExactBelow = 5.0;  // events or non-events of a level below which Wald limits are not used
constexpr double kJeffreysFrom = 10.0;

double ratio(double events, double non_events) {
  if (events > 0.0 && non_events > 0.0) return math::log(events / non_events);
  return events > 0.0 ? kInfinity : (non_events > 0.0 ? -kInfinity : kNaN);
}

// Clopper-Pearson on the level's own odds, moved towards its half-corrected odds by the share of the variance that is
// the level's own.
Interval exact_limits(double e, double n, double totals_variance, double prior, double alpha) {
  const double own = math::log((e + 0.5) / (n + 0.5));
  const double share = totals_variance / (1.0 / std::max(e, 0.5) + 1.0 / std::max(n, 0.5));
  const double shrink = std::sqrt(std::max(0.0, 1.0 - share));
  Interval out{logit(beta_limit(alpha / 2.0, e, n + 1.0)), logit(beta_limit(1.0 - alpha / 2.0, e + 1.0, n))};
  if (std::isfinite(out.lower)) out.lower = own + shrink * (out.lower - own);
  if (std::isfinite(out.upper)) out.upper = own + shrink * (out.upper - own);
  return {out.lower - prior, out.upper - prior};
}

}  // namespace

const char* method_name(WoeMethod method) { return method == WoeMethod::score ? "score" : "auto"; }

WoeMethod make_woe_method(const std::string& name) {
  if (name == "auto") return WoeMethod::automatic;
  if (name == "score") return WoeMethod::score;
  throw Error(ErrorKind::input, "woe.method", "`method` is \"" + name + "\".",
              "Use \"auto\" (Wald, Clopper-Pearson for sparse levels) or \"score\" (Koopman).",
              Document::object({{"argument", "method"}, {"value", name}}));
}

std::vector<double> raw_woe(const Counts& counts) {
  const Totals sums = totals(counts);
  const double prior = math::log(sums.events / sums.non_events);
  std::vector<double> out(counts.size(), 0.0);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (counts.events[i] > 0.0 || counts.non_events[i] > 0.0)
      out[i] = ratio(counts.events[i], counts.non_events[i]) - prior;
  return out;
}

std::vector<double> smoothed_woe(const Counts& counts, double smoothing) {
  if (smoothing == 0.0) return raw_woe(counts);
  std::vector<double> out(counts.size(), 0.0);
  if (smoothing == kInfinity) return out;
  const Totals sums = totals(counts);
  const double pi = sums.prior(), prior = math::log(sums.events / sums.non_events);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (counts.events[i] == 0.0 && counts.non_events[i] == 0.0) continue;  // rounding would leave 1e-17
    out[i] = math::log((counts.events[i] + smoothing * pi) / (counts.non_events[i] + smoothing * (1.0 - pi))) - prior;
  }
  return out;
}

std::vector<double> woe_variance(const Counts& counts) {
  const Totals sums = totals(counts);
  const double all = sums.log_odds_variance();
  std::vector<double> out(counts.size(), kInfinity);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double e = counts.events[i], n = counts.non_events[i];
    if (!(e > 0.0 && n > 0.0)) continue;
    if (!counts.weighted()) {
      out[i] = std::max(0.0, 1.0 / e + 1.0 / n - all);
      continue;
    }
    const double ee = counts.event_squares[i], en = counts.cross_products[i], nn = counts.non_event_squares[i];
    const double own = ee / (e * e) - 2.0 * en / (e * n) + nn / (n * n);
    const double shared =
        ee / (e * sums.events) - en / (e * sums.non_events) - en / (n * sums.events) + nn / (n * sums.non_events);
    out[i] = std::max(0.0, own - 2.0 * shared + all);
  }
  return out;
}

std::string no_interval_reason(const Counts& counts) {
  const Totals sums = totals(counts);
  if (!(sums.events > 0.0)) return "there are no events";
  if (!(sums.non_events > 0.0)) return "there are no non-events";
  std::size_t levels = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) levels += counts.events[i] > 0.0 || counts.non_events[i] > 0.0;
  return levels > 1 ? "" : "there is one level only, which has no evidence for or against";
}

std::vector<Interval> woe_intervals(const Counts& counts, double alpha, WoeMethod method) {
  std::vector<Interval> out(counts.size(), {kNaN, kNaN});
  if (!no_interval_reason(counts).empty()) return out;
  const Totals sums = totals(counts);
  const Counts scaled = effective_counts(counts, sums);
  const Totals worth = totals(scaled);
  const std::vector<double> variance = woe_variance(counts);
  const double z = math::normal_quantile(1.0 - alpha / 2.0), all = worth.log_odds_variance();
  const double prior = math::log(worth.events / worth.non_events);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double e = scaled.events[i], n = scaled.non_events[i];
    const double raw = ratio(e, n) - prior;
    if (method == WoeMethod::score) {
      out[i] = koopman_limits(e, n, worth.events, worth.non_events, z);
    } else if (std::min(e, n) >= kExactBelow) {
      const double half = z * std::sqrt(variance[i]);
      out[i] = {raw - half, raw + half};
    } else {
      out[i] = exact_limits(e, n, all, prior, alpha);
    }
    if (!std::isfinite(raw)) continue;
    out[i].lower = std::min(out[i].lower, raw);
    out[i].upper = std::max(out[i].upper, raw);
  }
  return out;
}

Interval finite_ends(const Interval& interval, double events, double non_events, const Totals& totals, double alpha) {
  const double prior = math::log(totals.events / totals.non_events);
  Interval out = interval;
  if (out.lower == -kInfinity) out.lower = logit(beta_limit(alpha / 2.0, events + 0.5, non_events + 0.5)) - prior;
  if (out.upper == kInfinity) out.upper = logit(beta_limit(1.0 - alpha / 2.0, events + 0.5, non_events + 0.5)) - prior;
  return out;
}

std::vector<Interval> event_rate_intervals(const Counts& counts, double alpha) {
  std::vector<Interval> out(counts.size(), {kNaN, kNaN});
  for (std::size_t i = 0; i < out.size(); ++i) {
    double e = counts.events[i], n = counts.non_events[i];
    const double m = e + n;
    if (!(m > 0.0)) continue;
    if (counts.weighted()) {
      const double ee = counts.event_squares[i], en = counts.cross_products[i], nn = counts.non_event_squares[i];
      const double p = e / m, q = n / m;
      const double squares = ee * q * q - 2.0 * en * p * q + nn * p * p;
      // one outcome only: its rows by Kish's rule
      const double rows = squares > 0.0 ? p * q * m * m / squares : m * m / (ee + 2.0 * en + nn);
      e = p * rows;
      n = q * rows;
    }
    const bool few = std::min(e, n) < kJeffreysFrom;
    out[i].lower = few ? beta_limit(alpha / 2.0, e, n + 1.0) : beta_limit(alpha / 2.0, e + 0.5, n + 0.5);
    out[i].upper = few ? beta_limit(1.0 - alpha / 2.0, e + 1.0, n) : beta_limit(1.0 - alpha / 2.0, e + 0.5, n + 0.5);
  }
  return out;
}

BetweenLevels between_levels(const Counts& counts) {
  const Totals sums = totals(counts);
  BetweenLevels out;
  out.smoothing = kInfinity;
  if (!sums.both()) return out;
  const double squares = sums.event_squares + 2.0 * sums.cross_products + sums.non_event_squares;
  const double worth = sums.total() / squares;  // rows per unit of the sums
  const double pi = sums.prior(), total = sums.total() * worth;
  double levels = 0.0, spread = 0.0, size_squares = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double m = counts.events[i] + counts.non_events[i];
    if (!(m > 0.0)) continue;
    const double difference = counts.events[i] / m - pi;
    levels += 1.0;
    spread += m * worth * difference * difference;
    size_squares += m * worth * (m * worth);
  }
  const double chance = levels - 1.0, room = total - size_squares / total - chance;
  if (!(room > 0.0)) return out;
  out.correlation = std::clamp((spread / (pi * (1.0 - pi)) - chance) / room, 0.0, 1.0);
  if (out.correlation > 0.0) out.smoothing = (1.0 - out.correlation) / out.correlation / worth;
  out.log_odds_variance = out.correlation / (pi * (1.0 - pi));
  return out;
}

}  // namespace deciban::evidence
