// Unit deviances, variances and log-likelihoods of blocks of rows.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/families/family.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/tweedie.hpp"

namespace deciban::families {
namespace {

constexpr int kBlock = 512;
constexpr double kLogTwoPi = 1.8378770664093454836;

// out = log(y / mu) with d = y - mu, 0 where y = 0. Near 1 the rounding of the ratio is taken back: unit deviances keep
// their digits where y is close to mu, as for large counts, and a Newton step can tell whether it lowered them.
void log_ratio(const double* y, const double* mu, const double* d, double* out, int n) {
  double ratio[kBlock] = {};
  for (int i = 0; i < n; ++i) ratio[i] = y[i] > 0.0 ? y[i] / mu[i] : 1.0;
  math::log_block(ratio, out, n);
  for (int i = 0; i < n; ++i) {
    const double excess = ratio[i] - 1.0;
    if (y[i] > 0.0 && std::fabs(excess) < 0.5) out[i] += (d[i] - excess * mu[i]) / y[i];
  }
}

void differences(const double* y, const double* mu, double* d, int n) {
  for (int i = 0; i < n; ++i) d[i] = y[i] - mu[i];
}

void poisson_deviance(const double* y, const double* mu, double* out, int n) {
  double d[kBlock] = {};
  differences(y, mu, d, n);
  log_ratio(y, mu, d, out, n);
  for (int i = 0; i < n; ++i) out[i] = 2.0 * (y[i] * out[i] - d[i]);
}

void binomial_deviance(const Family& family, const double* y, const double* mu, const double* complement, double* out,
                       int n) {
  double failure[kBlock] = {}, part[kBlock] = {}, d[kBlock] = {};
  residual_block(family, y, mu, complement, d, n);
  log_ratio(y, mu, d, out, n);
  for (int i = 0; i < n; ++i) failure[i] = 1.0 - y[i];
  for (int i = 0; i < n; ++i) d[i] = -d[i];
  log_ratio(failure, complement, d, part, n);
  for (int i = 0; i < n; ++i) out[i] = 2.0 * (y[i] * out[i] + failure[i] * part[i]);
}

void gamma_deviance(const double* y, const double* mu, double* out, int n) {
  double d[kBlock] = {}, positive[kBlock] = {};
  // y = 0 reaches this for the quasi family only, where R takes log(1 / mu)
  for (int i = 0; i < n; ++i) positive[i] = y[i] > 0.0 ? y[i] : 1.0;
  differences(positive, mu, d, n);
  log_ratio(positive, mu, d, out, n);
  for (int i = 0; i < n; ++i) out[i] = 2.0 * ((y[i] - mu[i]) / mu[i] - out[i]);
}

// d = 2 mu^(2-p) [r E / (1-p) - (r - 1)] / (2-p) with r = y / mu, E = r^(1-p) - 1: Jorgensen's unit deviance written so
// that nothing cancels as p falls to 1.
void tweedie_deviance(double p, const double* y, const double* mu, double* out, int n) {
  if (p == 1.0) return poisson_deviance(y, mu, out, n);
  if (p == 2.0) return gamma_deviance(y, mu, out, n);
  double d[kBlock] = {}, growth[kBlock] = {}, scale[kBlock] = {};
  differences(y, mu, d, n);
  log_ratio(y, mu, d, growth, n);
  for (int i = 0; i < n; ++i) growth[i] *= 1.0 - p;
  math::expm1_block(growth, growth, n);
  math::log_block(mu, scale, n);
  for (int i = 0; i < n; ++i) scale[i] *= 2.0 - p;
  math::exp_block(scale, scale, n);
  for (int i = 0; i < n; ++i)
    out[i] = 2.0 * scale[i] * (y[i] / mu[i] * growth[i] / (1.0 - p) - d[i] / mu[i]) / (2.0 - p);
}

// 2 [y log(y / mu) - (y + theta) log((y + theta) / (mu + theta))], with what cancels for mu far above theta left out.
void negative_binomial_deviance(double theta, const double* y, const double* mu, double* out, int n) {
  constexpr double kLowest = -1.0 + 1.2e-16;
  double d[kBlock] = {}, total[kBlock] = {}, mean[kBlock] = {}, part[kBlock] = {};
  differences(y, mu, d, n);
  for (int i = 0; i < n; ++i) total[i] = y[i] + theta;
  for (int i = 0; i < n; ++i) mean[i] = mu[i] + theta;
  log_ratio(total, mean, d, part, n);
  for (int i = 0; i < n; ++i) out[i] = y[i] > 0.0 ? std::max(d[i] / mu[i] * (theta / total[i]), kLowest) : 0.0;
  math::log1p_block(out, out, n);
  for (int i = 0; i < n; ++i) out[i] = 2.0 * (y[i] * out[i] - theta * part[i]);
}

double binomial_log_likelihood(double y, double mu, double complement, double w) {
  const double trials = std::nearbyint(w), events = std::nearbyint(w * y), failures = trials - events;
  double value = math::log_factorial(trials) - math::log_factorial(events) - math::log_factorial(failures);
  if (events > 0.0) value += events * math::log(mu);
  if (failures > 0.0) value += failures * math::log(complement);
  return value;
}

double gamma_log_likelihood(double y, double mu, double w, double phi) {
  const double shape = 1.0 / phi, ratio = shape * y / mu;
  return w * (shape * math::log(ratio) - ratio - math::log(y) - math::lgamma(shape));
}

double negative_binomial_log_likelihood(double y, double mu, double w, double theta) {
  return w * (math::lgamma(theta + y) - math::lgamma(theta) - math::log_factorial(y) + theta * math::log(theta) +
              (y > 0.0 ? y * math::log(mu) : 0.0) - (y + theta) * math::log(mu + theta));
}

}  // namespace

void residual_block(const Family& family, const double* y, const double* mu, const double* complement, double* out,
                    int n) {
  if (!family.is_probability()) return differences(y, mu, out, n);
  for (int i = 0; i < n; ++i) out[i] = y[i] > 0.5 ? complement[i] - (1.0 - y[i]) : y[i] - mu[i];
}

void unit_deviance_block(const Family& family, const double* y, const double* mu, const double* complement, double* out,
                         int n) {
  switch (family.variance) {
    case Variance::constant:
      for (int i = 0; i < n; ++i) out[i] = (y[i] - mu[i]) * (y[i] - mu[i]);
      return;
    case Variance::mu:
      return poisson_deviance(y, mu, out, n);
    case Variance::mu2:
      return gamma_deviance(y, mu, out, n);
    case Variance::mu3:
      for (int i = 0; i < n; ++i) out[i] = (y[i] - mu[i]) / mu[i] * ((y[i] - mu[i]) / mu[i]) / y[i];
      return;
    case Variance::binomial:
      return binomial_deviance(family, y, mu, complement, out, n);
    case Variance::power:
      return tweedie_deviance(family.var_power, y, mu, out, n);
    case Variance::negative_binomial:
      return negative_binomial_deviance(family.theta, y, mu, out, n);
  }
}

void variance_block(const Family& family, const double* mu, const double* complement, double* out, int n) {
  switch (family.variance) {
    case Variance::constant:
      for (int i = 0; i < n; ++i) out[i] = 1.0;
      return;
    case Variance::mu:
      for (int i = 0; i < n; ++i) out[i] = mu[i];
      return;
    case Variance::mu2:
      for (int i = 0; i < n; ++i) out[i] = mu[i] * mu[i];
      return;
    case Variance::mu3:
      for (int i = 0; i < n; ++i) out[i] = mu[i] * mu[i] * mu[i];
      return;
    case Variance::binomial:
      for (int i = 0; i < n; ++i) out[i] = mu[i] * complement[i];
      return;
    case Variance::power:
      math::log_block(mu, out, n);
      for (int i = 0; i < n; ++i) out[i] *= family.var_power;
      return math::exp_block(out, out, n);
    case Variance::negative_binomial:
      for (int i = 0; i < n; ++i) out[i] = mu[i] + mu[i] * mu[i] / family.theta;
      return;
  }
}

void variance_derivative_block(const Family& family, const double* mu, double* out, int n) {
  switch (family.variance) {
    case Variance::constant:
      for (int i = 0; i < n; ++i) out[i] = 0.0;
      return;
    case Variance::mu:
      for (int i = 0; i < n; ++i) out[i] = 1.0;
      return;
    case Variance::mu2:
      for (int i = 0; i < n; ++i) out[i] = 2.0 * mu[i];
      return;
    case Variance::mu3:
      for (int i = 0; i < n; ++i) out[i] = 3.0 * mu[i] * mu[i];
      return;
    case Variance::binomial:
      for (int i = 0; i < n; ++i) out[i] = 1.0 - 2.0 * mu[i];
      return;
    case Variance::power:
      math::log_block(mu, out, n);
      for (int i = 0; i < n; ++i) out[i] *= family.var_power - 1.0;
      math::exp_block(out, out, n);
      for (int i = 0; i < n; ++i) out[i] *= family.var_power;
      return;
    case Variance::negative_binomial:
      for (int i = 0; i < n; ++i) out[i] = 1.0 + 2.0 * mu[i] / family.theta;
      return;
  }
}

bool has_log_likelihood(const Family& family, std::string& reason) {
  if (family.is_quasi()) reason = "a quasi family has no likelihood";
  if (family.id == FamilyId::tweedie && family.var_power == 1.0)
    reason = "with var_power 1 only multiples of the dispersion are possible";
  return reason.empty();
}

LogLikelihood::LogLikelihood(const Family& family, double phi) : family_(family), phi_(phi) {
  if (family.id == FamilyId::tweedie && family.var_power > 1.0)
    tweedie_ = std::make_shared<math::TweedieSeries>(family.var_power);
}

void LogLikelihood::block(const double* y, const double* mu, const double* complement, const double* w, double* out,
                          int n) const {
  const double phi = phi_;
  const bool tweedie = family_.id == FamilyId::tweedie;
  if (tweedie) unit_deviance_block(family_, y, mu, complement, out, n);
  const bool poisson_limit = family_.id == FamilyId::negative_binomial && family_.variance == Variance::mu;
  for (int i = 0; i < n; ++i) {
    switch (poisson_limit ? FamilyId::poisson : family_.id) {
      case FamilyId::gaussian:
        out[i] = -0.5 * (kLogTwoPi + math::log(phi) - math::log(w[i]) + w[i] * (y[i] - mu[i]) * (y[i] - mu[i]) / phi);
        break;
      case FamilyId::binomial:
        out[i] = binomial_log_likelihood(y[i], mu[i], complement[i], w[i]);
        break;
      case FamilyId::poisson:
        out[i] = w[i] * ((y[i] > 0.0 ? y[i] * math::log(mu[i]) : 0.0) - mu[i] - math::log_factorial(y[i]));
        break;
      case FamilyId::gamma:
        out[i] = gamma_log_likelihood(y[i], mu[i], w[i], phi);
        break;
      case FamilyId::inverse_gaussian: {
        const double z = (y[i] - mu[i]) / mu[i];
        out[i] = -0.5 * w[i] * (kLogTwoPi + math::log(phi) + 3.0 * math::log(y[i]) + z * z / (y[i] * phi));
        break;
      }
      case FamilyId::tweedie:
        out[i] *= -0.5 * w[i] / phi;
        if (y[i] > 0.0 && tweedie_)
          out[i] += tweedie_->at(math::pow(y[i], 2.0 - family_.var_power) * w[i] / phi).value - math::log(y[i]);
        break;
      case FamilyId::negative_binomial:
        out[i] = negative_binomial_log_likelihood(y[i], mu[i], w[i], family_.theta);
        break;
      default:
        out[i] = std::nan("");
    }
  }
}

}  // namespace deciban::families
