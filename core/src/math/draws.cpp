#include "deciban/base/config.hpp"

#include <cmath>
#include <limits>

#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"

namespace deciban {
namespace math {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool valid_size(double x) { return x >= 0.0 && x < kInfinity; }

double poisson_by_inversion(Stream& stream, double mean) {
  double probability = exp(-mean);
  double u = stream.uniform();
  double k = 0.0;
  // Beyond 150 the remaining probability is below 2^-53 for every mean < 10: only rounding can get there.
  while (u > probability && k < 150.0) {
    u -= probability;
    k += 1.0;
    probability *= mean / k;
  }
  return k;
}

/// Hormann (1993), algorithm PTRS, for mean >= 10.
double poisson_by_rejection(Stream& stream, double mean) {
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double squeeze = 0.9277 - 3.6224 / (b - 2.0);
  const double log_mean = log(mean);
  for (;;) {
    const double u = stream.uniform() - 0.5;
    const double v = stream.uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0.0 || (us < 0.013 && v > us)) continue;
    if (log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - log_factorial(k)) return k;
  }
}

/// p <= 1/2, n p < 10.
double binomial_by_inversion(Stream& stream, double n, double p) {
  const double odds = p / (1.0 - p);
  double probability = exp(n * log1p(-p));
  double u = stream.uniform();
  double k = 0.0;
  while (u > probability && k < n && k < 150.0) {
    u -= probability;
    k += 1.0;
    probability *= odds * ((n - k + 1.0) / k);
  }
  return k;
}

/// Hormann (1993), The generation of binomial random variates, algorithm BTRS, for p <= 1/2, n p >= 10.
double binomial_by_rejection(Stream& stream, double n, double p) {
  const double spread = std::sqrt(n * p * (1.0 - p));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double centre = n * p + 0.5;
  const double squeeze = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const double log_odds = log(p / (1.0 - p));
  const double mode = std::floor((n + 1.0) * p);
  const double at_mode = log_factorial(mode) + log_factorial(n - mode);
  for (;;) {
    const double u = stream.uniform() - 0.5;
    const double v = stream.uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2.0 * a / us + b) * u + centre);
    if (k < 0.0 || k > n) continue;
    if (us >= 0.07 && v <= squeeze) return k;
    const double bound = at_mode - log_factorial(k) - log_factorial(n - k) + (k - mode) * log_odds;
    if (log(v * alpha / (a / (us * us) + b)) <= bound) return k;
  }
}

}  // namespace

double draw_gamma(Stream& stream, double shape) {
  if (!valid_size(shape)) return kNaN;
  if (shape == 0.0) return 0.0;
  if (shape < 1.0) {
    const double larger = draw_gamma(stream, shape + 1.0);
    return larger * exp(log(stream.uniform()) / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = draw_normal(stream);
    const double root = 1.0 + c * x;
    const double u = stream.uniform();
    if (root <= 0.0) continue;
    const double v = root * root * root;
    const double square = x * x;
    if (u < 1.0 - 0.0331 * square * square) return d * v;
    if (log(u) < 0.5 * square + d * (1.0 - v + log(v))) return d * v;
  }
}

double draw_poisson(Stream& stream, double mean) {
  if (!valid_size(mean)) return kNaN;
  return mean < 10.0 ? poisson_by_inversion(stream, mean) : poisson_by_rejection(stream, mean);
}

double draw_binomial(Stream& stream, double n, double p) {
  if (!valid_size(n) || n != std::floor(n) || !(p >= 0.0 && p <= 1.0)) return kNaN;
  if (p > 0.5) return n - draw_binomial(stream, n, 1.0 - p);
  return n * p < 10.0 ? binomial_by_inversion(stream, n, p) : binomial_by_rejection(stream, n, p);
}

double draw_negative_binomial(Stream& stream, double mean, double theta) {
  if (!valid_size(mean) || !(theta > 0.0)) return kNaN;
  if (theta == kInfinity || mean == 0.0) return draw_poisson(stream, mean);
  return draw_poisson(stream, mean * (draw_gamma(stream, theta) / theta));
}

double draw_inverse_gaussian(Stream& stream, double mean, double shape) {
  if (!(mean > 0.0) || !valid_size(mean) || !(shape > 0.0) || !valid_size(shape)) return kNaN;
  const double z = draw_normal(stream), share = mean * z * z / (2.0 * shape);
  // The smaller root of the quadratic, mean / (1 + share + sqrt(share^2 + 2 share)), without cancellation.
  const double ratio = 1.0 / (1.0 + share + std::sqrt(share * (share + 2.0)));
  return stream.uniform() * (1.0 + ratio) <= 1.0 ? mean * ratio : mean / ratio;
}

double draw_tweedie(Stream& stream, double mean, double phi, double var_power) {
  const double p = var_power;
  if (!(mean > 0.0) || !valid_size(mean) || !(phi > 0.0) || !valid_size(phi) || !(p > 1.0 && p < 2.0)) return kNaN;
  const double summands = draw_poisson(stream, pow(mean, 2.0 - p) / (phi * (2.0 - p)));
  const double shape = (2.0 - p) / (p - 1.0), scale = phi * (p - 1.0) * pow(mean, p - 1.0);
  return summands == 0.0 ? 0.0 : scale * draw_gamma(stream, summands * shape);
}

}  // namespace math
}  // namespace deciban
