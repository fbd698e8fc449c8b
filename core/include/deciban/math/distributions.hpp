#pragma once
#include "deciban/base/config.hpp"

namespace deciban {
namespace math {

// Distribution functions for p-values and intervals (Boost.Math with double arithmetic). Degrees of freedom and other
// parameters need not be whole. Invalid parameters (df <= 0, p outside [0, 1], NaN) give NaN, overflow gives Inf;
// nothing is raised. Infinite df of Student's t is the normal distribution.

/// P(Z > z) of the standard normal distribution, accurate in the upper tail.
double normal_sf(double z);
/// P(|Z| > |z|).
double normal_two_sided_p(double z);
double student_cdf(double t, double df);
/// P(|T| > |t|).
double student_two_sided_p(double t, double df);
double student_quantile(double p, double df);
/// P(X > x); 1 for x <= 0.
double chi2_sf(double x, double df);
double chi2_quantile(double p, double df);
/// P(X <= x) of the noncentral chi-squared distribution; ncp = 0 is the central one.
double noncentral_chi2_cdf(double x, double df, double ncp);
/// P(F > x); 1 for x <= 0. An infinite df2 gives the chi-squared limit.
double f_sf(double x, double df1, double df2);
/// Gamma distribution with mean shape * scale.
double gamma_cdf(double x, double shape, double scale);
/// P(X > x); 1 for x <= 0.
double gamma_sf(double x, double shape, double scale);
double gamma_quantile(double p, double shape, double scale);
/// P(X <= k) of the Poisson distribution; k is rounded down.
double poisson_cdf(double k, double mean);
/// The smallest whole k with P(X <= k) >= p.
double poisson_quantile(double p, double mean);
/// P(X <= x) of the beta distribution: the regularised incomplete beta function.
double beta_cdf(double x, double a, double b);
double beta_quantile(double p, double a, double b);

}  // namespace math
}  // namespace deciban
