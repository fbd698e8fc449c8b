#include "deciban/base/config.hpp"

#include "deciban/math/distributions.hpp"

// Boost's own assertions would end the host process.
#define BOOST_DISABLE_ASSERTS
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "deciban/math/elementary.hpp"

namespace deciban {
namespace math {

namespace {

namespace bm = boost::math;
namespace pol = boost::math::policies;

/// Errors become NaN or Inf (never errno, never an exception), double stays double, discrete quantiles are whole.
using Policy =
    pol::policy<pol::domain_error<pol::ignore_error>, pol::pole_error<pol::ignore_error>,
                pol::overflow_error<pol::ignore_error>, pol::underflow_error<pol::ignore_error>,
                pol::denorm_error<pol::ignore_error>, pol::evaluation_error<pol::ignore_error>,
                pol::rounding_error<pol::ignore_error>, pol::indeterminate_result_error<pol::ignore_error>,
                pol::promote_float<false>, pol::promote_double<false>, pol::discrete_quantile<pol::integer_round_up>>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool positive(double x) { return x > 0.0 && x < kInfinity; }
bool probability(double p) { return p >= 0.0 && p <= 1.0; }
bool is_nan(double x) { return x != x; }

}  // namespace

double normal_sf(double z) { return normal_cdf(-z); }

double normal_two_sided_p(double z) { return 2.0 * normal_cdf(-std::fabs(z)); }

double student_cdf(double t, double df) {
  if (is_nan(t) || !(df > 0.0)) return kNaN;
  if (df == kInfinity) return normal_cdf(t);
  if (std::fabs(t) == kInfinity) return t > 0.0 ? 1.0 : 0.0;
  return bm::cdf(bm::students_t_distribution<double, Policy>(df), t);
}

double student_two_sided_p(double t, double df) { return 2.0 * student_cdf(-std::fabs(t), df); }

double student_quantile(double p, double df) {
  if (!probability(p) || !(df > 0.0)) return kNaN;
  if (df == kInfinity) return normal_quantile(p);
  if (p == 0.0 || p == 1.0) return p == 0.0 ? -kInfinity : kInfinity;
  return bm::quantile(bm::students_t_distribution<double, Policy>(df), p);
}

double chi2_sf(double x, double df) {
  if (is_nan(x) || !positive(df)) return kNaN;
  if (x <= 0.0) return 1.0;
  if (x == kInfinity) return 0.0;
  return bm::cdf(bm::complement(bm::chi_squared_distribution<double, Policy>(df), x));
}

double chi2_quantile(double p, double df) {
  if (!probability(p) || !positive(df)) return kNaN;
  if (p == 0.0 || p == 1.0) return p == 0.0 ? 0.0 : kInfinity;
  return bm::quantile(bm::chi_squared_distribution<double, Policy>(df), p);
}

double noncentral_chi2_cdf(double x, double df, double ncp) {
  if (is_nan(x) || !positive(df) || !(ncp >= 0.0 && ncp < kInfinity)) return kNaN;
  if (x <= 0.0) return 0.0;
  if (x == kInfinity) return 1.0;
  if (ncp == 0.0) return bm::cdf(bm::chi_squared_distribution<double, Policy>(df), x);
  return bm::cdf(bm::non_central_chi_squared_distribution<double, Policy>(df, ncp), x);
}

double f_sf(double x, double df1, double df2) {
  if (is_nan(x) || !positive(df1) || !(df2 > 0.0)) return kNaN;
  if (x <= 0.0) return 1.0;
  if (x == kInfinity) return 0.0;
  if (df2 == kInfinity) return chi2_sf(x * df1, df1);
  return bm::cdf(bm::complement(bm::fisher_f_distribution<double, Policy>(df1, df2), x));
}

double gamma_cdf(double x, double shape, double scale) {
  if (is_nan(x) || !positive(shape) || !positive(scale)) return kNaN;
  if (x <= 0.0) return 0.0;
  if (x == kInfinity) return 1.0;
  return bm::cdf(bm::gamma_distribution<double, Policy>(shape, scale), x);
}

double gamma_sf(double x, double shape, double scale) {
  if (is_nan(x) || !positive(shape) || !positive(scale)) return kNaN;
  if (x <= 0.0) return 1.0;
  if (x == kInfinity) return 0.0;
  return bm::cdf(bm::complement(bm::gamma_distribution<double, Policy>(shape, scale), x));
}

double gamma_quantile(double p, double shape, double scale) {
  if (!probability(p) || !positive(shape) || !positive(scale)) return kNaN;
  if (p == 0.0 || p == 1.0) return p == 0.0 ? 0.0 : kInfinity;
  return bm::quantile(bm::gamma_distribution<double, Policy>(shape, scale), p);
}

double poisson_cdf(double k, double mean) {
  if (is_nan(k) || !(mean >= 0.0 && mean < kInfinity)) return kNaN;
  if (k < 0.0) return 0.0;
  if (k == kInfinity || mean == 0.0) return 1.0;
  return bm::cdf(bm::poisson_distribution<double, Policy>(mean), std::floor(k));
}

double poisson_quantile(double p, double mean) {
  if (!probability(p) || !(mean >= 0.0 && mean < kInfinity)) return kNaN;
  if (p == 1.0) return kInfinity;
  if (p == 0.0 || mean == 0.0) return 0.0;
  // Boost solves the continuous problem and rounds up; a neighbour may be the answer when p is next to a step.
  constexpr int kMaxSteps = 64;
  double k = bm::quantile(bm::poisson_distribution<double, Policy>(mean), p);
  for (int i = 0; i < kMaxSteps && k > 0.0 && poisson_cdf(k - 1.0, mean) >= p; ++i) k -= 1.0;
  for (int i = 0; i < kMaxSteps && poisson_cdf(k, mean) < p; ++i) k += 1.0;
  return k;
}

double beta_cdf(double x, double a, double b) {
  if (is_nan(x) || !positive(a) || !positive(b)) return kNaN;
  if (x <= 0.0 || x >= 1.0) return x <= 0.0 ? 0.0 : 1.0;
  return bm::cdf(bm::beta_distribution<double, Policy>(a, b), x);
}

double beta_quantile(double p, double a, double b) {
  if (!probability(p) || !positive(a) || !positive(b)) return kNaN;
  if (p == 0.0 || p == 1.0) return p;
  return bm::quantile(bm::beta_distribution<double, Policy>(a, b), p);
}

}  // namespace math
}  // namespace deciban
