#include "deciban/diagnostics/residuals.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::diagnostics {
namespace {

using families::Family;
using families::Variance;

constexpr double kThird = 1.0 / 3.0;
constexpr double kBeta = 2.053390217939177;  // beta function B(2/3, 2/3)

// Integral of (t (1 - t))^(-1/3) from 0 to x.
double incomplete_beta(double x) { return kBeta * math::beta_cdf(x, 2.0 * kThird, 2.0 * kThird); }

// A(y) - A(mu) over A'(mu) sqrt(V(mu)) for V = mu^p.
double power_residual(double p, double y, double mu) {
  if (p == 3.0) return (math::log(y) - math::log(mu)) / std::sqrt(mu);
  const double q = 1.0 - p * kThird;
  return (math::pow(y, q) - math::pow(mu, q)) / (q * math::pow(mu, p / 6.0));
}

// With u = t / (1 + t) and t = mu / theta the integral of V^(-1/3) is theta^(2/3) (3 u^(2/3) (1 - u)^(-1/3) -
// B_u(2/3, 2/3)).
double negative_binomial_part(double mu, double theta) {
  const double u = mu / (mu + theta), rest = theta / (mu + theta);
  return 3.0 * math::pow(u, 2.0 * kThird) / math::pow(rest, kThird) - incomplete_beta(u);
}

double residual(const Family& family, double y, double mu, double complement) {
  switch (family.variance) {
    case Variance::constant:
      return y - mu;
    case Variance::mu:
      return power_residual(1.0, y, mu);
    case Variance::mu2:
      return power_residual(2.0, y, mu);
    case Variance::mu3:
      return power_residual(3.0, y, mu);
    case Variance::power:
      return power_residual(family.var_power, y, mu);
    case Variance::binomial:
      return (mu < 0.5 ? incomplete_beta(y) - incomplete_beta(mu)
                       : incomplete_beta(complement) - incomplete_beta(1.0 - y)) /
             math::pow(mu * complement, 1.0 / 6.0);
    case Variance::negative_binomial:
      break;
  }
  if (std::isinf(family.theta)) return power_residual(1.0, y, mu);
  const double difference = negative_binomial_part(y, family.theta) - negative_binomial_part(mu, family.theta);
  return difference * math::pow(family.theta, 2.0 * kThird) / math::pow(mu * (1.0 + mu / family.theta), 1.0 / 6.0);
}

}  // namespace

void anscombe_block(const Family& family, const double* y, const double* mu, const double* complement, const double* w,
                    double* out, int n) {
  for (int i = 0; i < n; ++i) {
    const double weight = w ? w[i] : 1.0;
    out[i] = weight > 0.0 ? residual(family, y[i], mu[i], complement[i]) * std::sqrt(weight) : 0.0;
  }
}

double quantile_residual(const families::ResponseLaw& law, double y, const families::LawPoint& at, double uniform) {
  const double upper = law.cdf(y, at), lower = law.continuous() ? upper : law.below(y, at);
  const double p = lower + uniform * (upper - lower);
  if (std::isnan(p)) return p;
  return math::normal_quantile(std::min(std::max(p, 1e-300), 1.0 - 1.2e-16));
}

}  // namespace deciban::diagnostics
