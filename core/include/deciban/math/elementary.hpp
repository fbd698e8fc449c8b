#pragma once
#include "deciban/base/config.hpp"

namespace deciban {
namespace math {

// Elementary and special functions with the same bits on every CPU: IEEE + - * / sqrt and integer operations only, no
// FMA, no libm. Errors are the largest seen over some 10^6 points (tests/core/math); 1 ulp is the spacing of doubles at
// the result. A NaN argument is returned as it is (R's NA stays NA); other invalid arguments give the quiet NaN.

/// e^x, 0.75 ulp (0.8 for subnormal results). +Inf above 709.78, 0 below -745.13. Cody-Waite reduction, degree 11.
double exp(double x);
/// e^x - 1, 1.2 ulp also near 0; -0 gives -0.
double expm1(double x);
/// Natural logarithm, 0.85 ulp. log(0) = -Inf, NaN below 0, subnormal arguments are exact inputs.
double log(double x);
/// log(1 + x), 0.85 ulp also near 0; log1p(-1) = -Inf, NaN below -1, -0 gives -0.
double log1p(double x);
/// x^y, 0.75 ulp (0.8 for subnormal results); the special cases are those of IEEE 754 / C99 (pow(x, 0) = 1 and pow(1,
/// y) = 1 even for NaN; a negative x needs an integer y). x^2 is x * x. The logarithm is taken in double-double (table
/// of Tang's kind).
double pow(double x, double y);
/// Inverse tangent, 1.4 ulp.
double atan(double x);
/// Tangent, 2.5 ulp over the whole range of doubles (Cody-Waite, then Payne-Hanek reduction); NaN for infinite x.
double tan(double x);
/// Complementary error function, 4.6 ulp over the whole range, subnormal results included.
double erfc(double x);
/// log(Gamma(x)) for x > 0, 3.4 ulp, also next to the zeros at 1 and 2. +Inf at 0, NaN for x < 0.
double lgamma(double x);
/// d/dx lgamma(x) for x > 0, 2.6 ulp, also next to the zero at 1.46. -Inf at 0, NaN for x < 0.
double digamma(double x);
/// Second derivative of lgamma for x > 0, 2.6 ulp. +Inf at 0, NaN for x < 0.
double trigamma(double x);
/// log(n!), n >= 0; whole n up to 127 are correctly rounded, others are lgamma(n + 1). NaN for n < 0.
double log_factorial(double n);

/// Density of the standard normal distribution, 2 ulp.
double normal_pdf(double x);
/// Distribution function of the standard normal distribution, 5 ulp, also in the lower tail (down to x = -38.5).
double normal_cdf(double x);
/// Inverse of normal_cdf: -Inf at 0, +Inf at 1, NaN outside [0, 1]. Wichura (1988), AS 241 PPND16, 8 ulp.
double normal_quantile(double p);
/// 1 / (1 + e^-x), 2.5 ulp, without overflow: e^x for large negative x.
double logistic(double x);

}  // namespace math
}  // namespace deciban
