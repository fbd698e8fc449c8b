#include "deciban/inference/predictive.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::inference {
namespace {

using families::FamilyId;
using families::LawPoint;

constexpr double kLowest = 1e-300, kHighest = 1.0 - 0x1p-53;

// Mean and slope at one predictor.
struct MeanAt {
  double mu, complement, slope;
};
MeanAt mean_at(const families::Link& link, double eta) {
  MeanAt at{0.0, 0.0, 0.0};
  families::inverse_link_block(link, &eta, {&at.mu, &at.complement, &at.slope, nullptr}, 1);
  return at;
}

}  // namespace

PredictiveLaw::PredictiveLaw(const families::Family& family, const families::Link& link, const ParameterLaw& parameters)
    : law_(family), link_(link), parameters_(parameters) {
  dispersions_ = {family.has_known_dispersion() ? 1.0 : parameters.dispersion};
  dispersion_shares_ = theta_shares_ = {1.0};
  thetas_ = {family.theta};
  if (!family.has_known_dispersion() && std::isfinite(parameters.df) && parameters.df > 0.0) {
    const math::NormalNodes nodes = math::normal_nodes(std::min(1.0, std::sqrt(2.0 / parameters.df)));
    dispersions_.clear();
    for (const double z : nodes.at)
      dispersions_.push_back(parameters.dispersion * parameters.df /
                             math::chi2_quantile(math::normal_cdf(-z), parameters.df));
    dispersion_shares_ = nodes.weight;
  }
  const double error = parameters.theta_error / family.theta;  // of log(theta)
  if (family.id != FamilyId::negative_binomial || !(error > 0.0) || !std::isfinite(error)) return;
  const math::NormalNodes nodes = math::normal_nodes(std::min(1.0, error));
  thetas_.clear();
  for (const double z : nodes.at) thetas_.push_back(family.theta * math::exp(error * z));
  theta_shares_ = nodes.weight;
}

bool PredictiveLaw::At::set(const NewObservation& observation) {
  observation_ = observation;
  points_.clear();
  shares_.clear();
  if (!std::isfinite(observation.eta) || !(observation.se >= 0.0) || !of_.law_.valid_weight(observation.weight))
    return false;
  const double phi = of_.parameters_.dispersion;
  student_ = of_.law_.family().id == FamilyId::gaussian && of_.link_.id == families::LinkId::identity;
  if (student_) {
    scale_ = std::sqrt(observation.se * observation.se + phi / observation.weight);
    mean_ = observation.eta;
    return scale_ > 0.0 && of_.parameters_.df > 0.0;
  }
  for (std::size_t d = 0; d < of_.dispersions_.size(); ++d)
    for (std::size_t t = 0; t < of_.thetas_.size(); ++t)
      add_means(of_.dispersions_[d], of_.thetas_[t], of_.dispersion_shares_[d] * of_.theta_shares_[t]);
  double total = 0.0;
  for (const double share : shares_) total += share;
  if (!(total > 0.0)) return false;
  for (double& share : shares_) share /= total;
  // Where quantiles are looked for first: at the estimates, since averages may be far out where little is known.
  const MeanAt centre = mean_at(of_.link_, observation.eta);
  const double law =
      of_.law_.variance({centre.mu, centre.complement, phi, observation.weight, of_.law_.family().theta});
  const double own = observation.se * centre.slope;
  mean_ = centre.mu;
  deviation_ = std::sqrt(law + own * own);
  return std::isfinite(mean_) && std::isfinite(deviation_) && deviation_ > 0.0;
}

// Means at the nodes of the predictor for one dispersion; those outside the domain have no law and are left out.
void PredictiveLaw::At::add_means(double phi, double theta, double share) {
  const families::Family& family = of_.law_.family();
  const double known = of_.parameters_.dispersion;
  const double se =
      family.has_known_dispersion() || !(known > 0.0) ? observation_.se : observation_.se * std::sqrt(phi / known);
  const MeanAt centre = mean_at(of_.link_, observation_.eta);
  const double deviation =
      std::sqrt(of_.law_.variance({centre.mu, centre.complement, phi, observation_.weight, theta}));
  const double spread = std::fabs(se * centre.slope) / deviation;
  const math::NormalNodes nodes = math::normal_nodes(std::max(std::isfinite(spread) ? spread : 1.0, std::min(se, 1.0)));
  for (std::size_t k = 0; k < nodes.at.size(); ++k) {
    const MeanAt at = se > 0.0 ? mean_at(of_.link_, observation_.eta + se * nodes.at[k]) : centre;
    const bool inside = std::isfinite(at.mu) && (!family.needs_positive_mean() || at.mu > 0.0);
    if (!inside || nodes.weight[k] < 1e-18) continue;
    points_.push_back({at.mu, at.complement, phi, observation_.weight, theta});
    shares_.push_back(share * nodes.weight[k]);
  }
}

double PredictiveLaw::At::cdf(double y) const {
  if (student_) return math::student_cdf((y - mean_) / scale_, of_.parameters_.df);
  double total = 0.0;
  for (std::size_t k = 0; k < points_.size(); ++k) total += shares_[k] * of_.law_.cdf(y, points_[k]);
  return total;
}

double PredictiveLaw::At::below(double y) const {
  if (of_.law_.continuous()) return cdf(y);
  double total = 0.0;
  for (std::size_t k = 0; k < points_.size(); ++k) total += shares_[k] * of_.law_.below(y, points_[k]);
  return total;
}

double PredictiveLaw::At::quantile(double p) const {
  if (student_) return mean_ + scale_ * math::student_quantile(p, of_.parameters_.df);
  return of_.law_.counts() ? count_quantile(p) : number_quantile(p);
}

// Counts k of the rate k / w: bracketed from a normal guess, then halved.
double PredictiveLaw::At::count_quantile(double p) const {
  const double w = observation_.weight;
  const bool trials = of_.law_.family().id == FamilyId::binomial;
  const auto reaches = [&](double k) { return (trials && k >= w) || cdf(k / w) >= p; };
  if (reaches(0.0)) return 0.0;
  double step = std::max(1.0, std::floor(0.25 * deviation_ * w));
  double high = std::max(1.0, std::floor((mean_ + math::normal_quantile(p) * deviation_) * w));
  if (trials) high = std::min(high, w);
  double low = high;
  if (reaches(high)) {
    do {
      high = low;
      low = std::max(0.0, low - step);
      step *= 2.0;
    } while (low > 0.0 && reaches(low));
  } else {
    do {
      low = high;
      high += step;
      step *= 2.0;
      if (trials) high = std::min(high, w);
    } while (!reaches(high));
  }
  while (high - low > 1.0) {
    const double middle = std::floor(0.5 * (low + high));
    (reaches(middle) ? high : low) = middle;
  }
  return high / w;
}

// The root of the probit of the distribution function, which is nearly linear in y, or in log(y) where y is positive:
// the secant between two ends, of which the one that stays counts half (Dowell and Jarratt 1971, BIT 11, 168-174).
double PredictiveLaw::At::number_quantile(double p) const {
  const families::Family& family = of_.law_.family();
  const bool positive = family.id != FamilyId::gaussian;
  if (family.id == FamilyId::tweedie && cdf(0.0) >= p) return 0.0;
  const double target = math::normal_quantile(p);
  const auto y_of = [&](double t) { return positive ? math::exp(t) : t; };
  const auto gap = [&](double t) {
    return math::normal_quantile(std::min(std::max(cdf(y_of(t)), kLowest), kHighest)) - target;
  };
  const double cv = deviation_ / mean_;
  double width = positive ? std::sqrt(math::log1p(cv * cv)) : deviation_;
  double low = positive ? math::log(mean_) + width * (target - 0.5 * width) : mean_ + width * target;
  double at_low = gap(low), high = low, at_high = at_low;
  for (int i = 0; i < 200 && at_high < 0.0; ++i, width *= 1.5) {
    low = high;
    at_low = at_high;
    high += 0.5 * width;
    at_high = gap(high);
  }
  for (int i = 0; i < 200 && at_low > 0.0; ++i, width *= 1.5) {
    high = low;
    at_high = at_low;
    low -= 0.5 * width;
    at_low = gap(low);
  }
  for (int i = 0; i < 200; ++i) {
    if (at_low == 0.0) return y_of(low);
    if (at_high == 0.0) return y_of(high);
    double t = high - at_high * ((high - low) / (at_high - at_low));
    if (!(t > low && t < high)) t = 0.5 * (low + high);
    const double at = gap(t);
    if (std::fabs(at) <= 1e-12 || high - low <= 4e-16 * std::max(1.0, std::fabs(t))) return y_of(t);
    if ((at > 0.0) == (at_high > 0.0)) {
      high = t;
      at_high = at;
      at_low *= 0.5;
    } else {
      low = t;
      at_low = at;
      at_high *= 0.5;
    }
  }
  return y_of(0.5 * (low + high));
}

}  // namespace deciban::inference
