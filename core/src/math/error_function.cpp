#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/math/elementary.hpp"
#include "scalar_lanes.hpp"
#include "tables.hpp"

namespace deciban {
namespace math {

namespace {

constexpr double kSqrtHalf = 0.70710678118654752440;
constexpr double kInvSqrtTwoPi = 0.39894228040143267794;

/// exp(x^2) erfc(x) for 0.49 <= x <= 29, by pieces in v = 4 / (4 + x).
double erfcx(double x) {
  constexpr int kPieces = tables::kErfcxPieces;
  constexpr int kTerms = tables::kErfcxTerms;
  // The rounding errors of 4 + x and of v matter four times in the polynomial: they are taken along in t.
  const double w = 4.0 + x;
  const double v = 4.0 / w;
  const Pair back = two_product(v, w);
  const double v_low = ((4.0 - back.hi) - back.lo - v * (x - (w - 4.0))) / w;
  const int piece = static_cast<int>(v * kPieces);
  const double t = (v - (piece + 0.5) / kPieces) + v_low;
  const double* c = tables::kErfcx + piece * kTerms;
  double sum = c[kTerms - 1];
  for (int i = kTerms - 2; i >= 0; --i) sum = sum * t + c[i];
  return v * sum;
}

/// exp(-scale x^2) with the rounding error of x^2 taken along; scale is 1 or 1/2.
double exp_minus_square(double x, double scale) {
  const Pair square = two_product(x, x);
  return scalar::exp_sum(-scale * square.hi, -scale * square.lo);
}

}  // namespace

double erfc(double x) {
  if (x != x) return x;
  const double size = std::fabs(x);
  if (size <= 0.5) return 1.0 - x * polynomial(tables::kErf, x * x);
  if (size > 28.0) return x > 0.0 ? 0.0 : 2.0;
  const double tail = exp_minus_square(size, 1.0) * erfcx(size);
  return x > 0.0 ? tail : 2.0 - tail;
}

double normal_pdf(double x) {
  if (x != x) return x;
  return std::fabs(x) > 39.0 ? 0.0 : kInvSqrtTwoPi * exp_minus_square(x, 0.5);
}

double normal_cdf(double x) {
  if (x != x) return x;
  const double size = std::fabs(x);
  if (size <= 0.70710678) return 0.5 + 0.5 * kSqrtHalf * x * polynomial(tables::kErf, 0.5 * x * x);
  if (size > 39.0) return x > 0.0 ? 1.0 : 0.0;
  const double tail = 0.5 * exp_minus_square(size, 0.5) * erfcx(size * kSqrtHalf);
  return x > 0.0 ? 1.0 - tail : tail;
}

namespace {

// Wichura, M. J. (1988), Algorithm AS 241: The percentage points of the normal distribution, routine PPND16.
constexpr double kNumeratorA[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                  1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                  3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr double kDenominatorB[] = {1.0,
                                    4.2313330701600911252e1,
                                    6.8718700749205790830e2,
                                    5.3941960214247511077e3,
                                    2.1213794301586595867e4,
                                    3.9307895800092710610e4,
                                    2.8729085735721942674e4,
                                    5.2264952788528545610e3};
constexpr double kNumeratorC[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                  3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double kDenominatorD[] = {1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
constexpr double kNumeratorE[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                  2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double kDenominatorF[] = {1.0,
                                    5.99832206555887937690e-1,
                                    1.36929880922735805310e-1,
                                    1.48753612908506148525e-2,
                                    7.86869131145613259100e-4,
                                    1.84631831751005468180e-5,
                                    1.42151175831644588870e-7,
                                    2.04426310338993978564e-15};

}  // namespace

double normal_quantile(double p) {
  if (p != p) return p;
  if (p < 0.0 || p > 1.0) return kLaneNaN;
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kNumeratorA, r) / polynomial(kDenominatorB, r);
  }
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (tail == 0.0) return q < 0.0 ? -kLaneInf : kLaneInf;
  const double r = std::sqrt(-log(tail));
  const double z = r <= 5.0 ? polynomial(kNumeratorC, r - 1.6) / polynomial(kDenominatorD, r - 1.6)
                            : polynomial(kNumeratorE, r - 5.0) / polynomial(kDenominatorF, r - 5.0);
  return q < 0.0 ? -z : z;
}

}  // namespace math
}  // namespace deciban
