#include "deciban/base/config.hpp"

#include "deciban/math/response_laws.hpp"

// Boost's own assertions would end the host process.
#define BOOST_DISABLE_ASSERTS
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban {
namespace math {

namespace {

namespace pol = boost::math::policies;
using Policy = pol::policy<pol::domain_error<pol::ignore_error>, pol::pole_error<pol::ignore_error>,
                           pol::overflow_error<pol::ignore_error>, pol::underflow_error<pol::ignore_error>,
                           pol::denorm_error<pol::ignore_error>, pol::evaluation_error<pol::ignore_error>,
                           pol::rounding_error<pol::ignore_error>, pol::indeterminate_result_error<pol::ignore_error>,
                           pol::promote_float<false>, pol::promote_double<false>>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kManySummands = 500.0;

bool positive(double x) { return x > 0.0 && x < kInfinity; }

/// P(Z > z) / density at z, for z >= 0.
double mills_ratio(double z) {
  if (z < 37.0) return normal_cdf(-z) / normal_pdf(z);
  const double square = 1.0 / (z * z);
  return (1.0 - square * (1.0 - square * (3.0 - square * (15.0 - 105.0 * square)))) / z;
}

/// Unit deviance, and the saddle point formula on it.
double tweedie_saddle_point(double x, double mean, double phi, double p) {
  const double deviance = 2.0 * (x * (pow(x, 1.0 - p) - pow(mean, 1.0 - p)) / (1.0 - p) -
                                 (pow(x, 2.0 - p) - pow(mean, 2.0 - p)) / (2.0 - p));
  const double size = std::sqrt(std::fmax(0.0, deviance) / phi), r = x < mean ? -size : size;
  if (size < 1e-3) return normal_cdf(r + p * std::sqrt(phi * pow(mean, p - 2.0)) / 6.0);  // a sixth of the skewness
  const double tilt = (pow(x, 1.0 - p) - pow(mean, 1.0 - p)) / (1.0 - p);                 // canonical parameters apart
  const double u = tilt * std::sqrt(pow(x, p) / phi);
  return normal_cdf(r + log(u / r) / r);
}

}  // namespace

double negative_binomial_cdf(double k, double mean, double theta) {
  if (k != k || !(mean >= 0.0 && mean < kInfinity) || !(theta > 0.0)) return kNaN;
  if (theta == kInfinity) return poisson_cdf(k, mean);
  if (k < 0.0) return 0.0;
  if (k == kInfinity || mean == 0.0) return 1.0;
  const double total = theta + mean;
  // P(X <= k) = I_{theta / total}(theta, k + 1); the smaller argument keeps its digits
  return theta < mean ? boost::math::ibeta(theta, std::floor(k) + 1.0, theta / total, Policy())
                      : boost::math::ibetac(std::floor(k) + 1.0, theta, mean / total, Policy());
}

double binomial_cdf(double k, double n, double p) {
  if (k != k || !(n >= 0.0 && n < kInfinity) || !(p >= 0.0 && p <= 1.0)) return kNaN;
  const double count = std::floor(k);
  if (count < 0.0) return 0.0;
  if (count >= n || p == 0.0) return 1.0;
  if (p == 1.0) return 0.0;
  return boost::math::ibetac(count + 1.0, n - count, p, Policy());
}

double inverse_gaussian_cdf(double x, double mean, double shape) {
  if (x != x || !positive(mean) || !positive(shape)) return kNaN;
  if (x <= 0.0) return 0.0;
  if (x == kInfinity) return 1.0;
  const double root = std::sqrt(shape / x), a = root * ((x - mean) / mean), b = root * ((x + mean) / mean);
  return normal_cdf(a) + normal_pdf(a) * mills_ratio(b);
}

double tweedie_cdf(double x, double mean, double phi, double var_power) {
  const double p = var_power;
  if (x != x || !positive(mean) || !positive(phi) || !(p > 1.0 && p < 2.0)) return kNaN;
  if (x < 0.0) return 0.0;
  if (x == kInfinity) return 1.0;
  const double summands = pow(mean, 2.0 - p) / (phi * (2.0 - p));
  if (x == 0.0) return exp(-summands);
  if (summands > kManySummands) return tweedie_saddle_point(x, mean, phi, p);
  const double shape = (2.0 - p) / (p - 1.0), scale = phi * (p - 1.0) * pow(mean, p - 1.0);
  constexpr double kNothing = 1e-17;
  const double middle = std::floor(summands);
  const double top = exp(middle * log(summands) - summands - log_factorial(middle));
  double total = 0.0, probability = top;
  for (double j = middle; j >= 0.0 && probability > kNothing * top; j -= 1.0) {
    total += probability * (j == 0.0 ? 1.0 : gamma_cdf(x, j * shape, scale));
    probability *= j / summands;
  }
  probability = top * summands / (middle + 1.0);
  for (double j = middle + 1.0; probability > kNothing * top; j += 1.0) {
    const double part = gamma_cdf(x, j * shape, scale);
    total += probability * part;
    if (part < kNothing) break;  // and falls with j
    probability *= summands / (j + 1.0);
  }
  return std::fmin(total, 1.0);
}

}  // namespace math
}  // namespace deciban
