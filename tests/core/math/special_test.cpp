#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "accuracy.hpp"
#include "deciban/math/elementary.hpp"

namespace dm = deciban::math;
namespace {

using deciban::math::testing::bits_of;
using deciban::math::testing::kHaveReference;
using deciban::math::testing::ulp_error;
using deciban::math::testing::Worst;
using deciban::math::testing::worst_logarithmic;
using deciban::math::testing::worst_uniform;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kHuge = std::numeric_limits<double>::max();
constexpr int kPoints = 1000000;

auto l_erfc = [](double x) { return std::erfc(static_cast<long double>(x)); };
auto l_lgamma = [](double x) { return std::lgamma(static_cast<long double>(x)); };
#if defined(__SIZEOF_FLOAT128__)
__extension__ typedef __float128 Quad;
#else
typedef long double Quad;
#endif

// x^2 / 2 and x / sqrt(2) need more than long double in the tails: what it loses is put back to first order.
long double l_pdf(double x) {
  const Quad half_square = Quad(x) * x / 2;
  const long double high = static_cast<long double>(half_square);
  const long double low = static_cast<long double>(half_square - high);
  return std::exp(-high) * (1.0L - low) / 2.50662827463100050241576528481104525L;
}
long double l_cdf(double x) {
  const Quad sqrt_half = Quad(0.70710678118654752440L) + Quad(-4.0e-22L);
  const Quad exact = -Quad(x) * (sqrt_half + (Quad(0.5) - sqrt_half * sqrt_half) / (2 * sqrt_half));
  const long double z = static_cast<long double>(exact);
  const long double low = static_cast<long double>(exact - z);
  return 0.5L * std::erfc(z) - low * std::exp(-z * z) / 1.77245385090551602729816748334114518L;
}

TEST(MathSpecial, Erfc) {
  EXPECT_ULP(4.6, worst_uniform(dm::erfc, l_erfc, -6.0, 26.5, kPoints));
  EXPECT_ULP(4.6, worst_uniform(dm::erfc, l_erfc, 0.4, 2.0, kPoints));
  EXPECT_ULP(4.0, worst_logarithmic(dm::erfc, l_erfc, kTiny, 1.0, kPoints / 10));
  EXPECT_ULP(4.6, worst_uniform(dm::erfc, l_erfc, 26.5, 27.3, kPoints / 10));
  EXPECT_EQ(dm::erfc(kInf), 0.0);
  EXPECT_EQ(dm::erfc(-kInf), 2.0);
  EXPECT_EQ(dm::erfc(0.0), 1.0);
  EXPECT_TRUE(std::isnan(dm::erfc(kNaN)));
}

TEST(MathSpecial, NormalDensityAndDistribution) {
  EXPECT_ULP(1.9, worst_uniform(dm::normal_pdf, l_pdf, -37.0, 37.0, kPoints));
  EXPECT_ULP(5.0, worst_uniform(dm::normal_cdf, l_cdf, -37.5, 9.0, kPoints));
  EXPECT_ULP(5.0, worst_uniform(dm::normal_cdf, l_cdf, -2.0, 2.0, kPoints));
  EXPECT_ULP(5.0, worst_uniform(dm::normal_cdf, l_cdf, -38.6, -37.5, kPoints / 10));
  EXPECT_EQ(dm::normal_cdf(-kInf), 0.0);
  EXPECT_EQ(dm::normal_cdf(kInf), 1.0);
  EXPECT_EQ(dm::normal_cdf(0.0), 0.5);
  EXPECT_EQ(dm::normal_pdf(kInf), 0.0);
  EXPECT_TRUE(std::isnan(dm::normal_cdf(kNaN)));
}

TEST(MathSpecial, NormalQuantile) {
  // The error of z against one exact Newton step in long double: dz = (cdf(z) - p) / pdf(z).
  Worst worst;
  dm::Stream stream(5, dm::purpose("accuracy"), 0);
  for (int i = 0; i < kPoints / 2; ++i) {
    const double p = i % 2 == 0 ? stream.uniform() : dm::exp(-740.0 * stream.uniform());
    const double z = dm::normal_quantile(p);
    const long double difference = z < 0.0 ? l_cdf(z) - p : (1.0L - p) - l_cdf(-z);
    const long double root = z - difference / l_pdf(z);
    worst.add(p, static_cast<double>(std::fabs((z - root) / root)) * 0x1p53);
  }
  EXPECT_ULP(8.0, worst);
  EXPECT_EQ(dm::normal_quantile(0.5), 0.0);
  EXPECT_EQ(dm::normal_quantile(0.0), -kInf);
  EXPECT_EQ(dm::normal_quantile(1.0), kInf);
  EXPECT_TRUE(std::isnan(dm::normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(dm::normal_quantile(1.1)));
  EXPECT_TRUE(std::isnan(dm::normal_quantile(kNaN)));
  // R 4.2.2: qnorm(c(0.975, 1e-10, 1e-300))
  EXPECT_NEAR(dm::normal_quantile(0.975), 1.9599639845400536, 1e-15);
  EXPECT_NEAR(dm::normal_quantile(1e-10), -6.3613409024040557, 5e-15);
  EXPECT_NEAR(dm::normal_quantile(1e-300), -37.047096299361201, 2e-14);
}

TEST(MathSpecial, Lgamma) {
  EXPECT_ULP(3.4, worst_uniform(dm::lgamma, l_lgamma, 0.0, 10.0, kPoints));
  EXPECT_ULP(4.0, worst_uniform(dm::lgamma, l_lgamma, 0.99, 1.01, kPoints / 4));
  EXPECT_ULP(4.0, worst_uniform(dm::lgamma, l_lgamma, 1.99, 2.01, kPoints / 4));
  EXPECT_ULP(4.0, worst_logarithmic(dm::lgamma, l_lgamma, kTiny, 1e305, kPoints));
  EXPECT_EQ(dm::lgamma(1.0), 0.0);
  EXPECT_EQ(dm::lgamma(2.0), 0.0);
  EXPECT_EQ(dm::lgamma(0.0), kInf);
  EXPECT_EQ(dm::lgamma(kInf), kInf);
  EXPECT_EQ(dm::lgamma(kHuge), kInf);
  EXPECT_TRUE(std::isnan(dm::lgamma(-0.5)));
  EXPECT_TRUE(std::isnan(dm::lgamma(kNaN)));
}

TEST(MathSpecial, LogFactorial) {
  for (int n = 0; n < 400; ++n) {
    EXPECT_LE(ulp_error(dm::log_factorial(n), l_lgamma(n + 1.0)), n < 128 ? 0.51 : 3.0) << n;
  }
  EXPECT_EQ(dm::log_factorial(2.5), dm::lgamma(3.5));
  EXPECT_TRUE(std::isnan(dm::log_factorial(-1.0)));
  EXPECT_TRUE(std::isnan(dm::log_factorial(kNaN)));
}

#if defined(__SIZEOF_FLOAT128__)
/// log(x) for x in [32, 2^53) in quadruple precision: 2 atanh series after removing powers of 2.
Quad quad_log(Quad x) {
  Quad ln2 = 0, power3 = Quad(2) / 3;  // ln 2 = 2 atanh(1/3)
  for (int i = 1; i < 90; i += 2, power3 /= 9) ln2 += power3 / i;
  int k = 0;
  while (x > Quad(1.5)) {
    x /= 2;
    ++k;
  }
  const Quad s = (x - 1) / (x + 1);
  Quad sum = 0, power = s;
  for (int i = 1; i < 60; i += 2, power *= s * s) sum += power / i;
  return 2 * sum + k * ln2;
}

/// Asymptotic series of digamma (order 0) and trigamma (order 1) after shifting the argument beyond 40.
long double polygamma(double argument, int order) {
  const Quad bernoulli[] = {Quad(1) / 6,       -Quad(1) / 30,      Quad(1) / 42, -Quad(1) / 30,
                            Quad(5) / 66,      -Quad(691) / 2730,  Quad(7) / 6,  -Quad(3617) / 510,
                            Quad(43867) / 798, -Quad(174611) / 330};
  Quad x = argument, sum = 0;
  for (; x < 40; x += 1) sum += order == 0 ? -1 / x : 1 / (x * x);
  const Quad z = 1 / (x * x);
  Quad tail = 0;
  for (int k = 9; k >= 0; --k) tail = tail * z + (order == 0 ? bernoulli[k] / (2 * k + 2) : bernoulli[k]);
  const Quad result = order == 0 ? sum + quad_log(x) - 1 / (2 * x) - z * tail : sum + 1 / x + z / 2 + z * tail / x;
  return static_cast<long double>(result);
}

TEST(MathSpecial, DigammaAndTrigamma) {
  const auto psi0 = [](double x) { return polygamma(x, 0); };
  const auto psi1 = [](double x) { return polygamma(x, 1); };
  EXPECT_ULP(2.6, worst_uniform(dm::digamma, psi0, 0.0, 15.0, 20000));
  EXPECT_ULP(2.6, worst_uniform(dm::digamma, psi0, 1.46, 1.464, 20000));
  EXPECT_ULP(4.0, worst_logarithmic(dm::digamma, psi0, 1e-300, 1e15, 20000));
  EXPECT_ULP(2.6, worst_uniform(dm::trigamma, psi1, 0.0, 15.0, 20000));
  EXPECT_ULP(4.0, worst_logarithmic(dm::trigamma, psi1, 1e-150, 1e15, 20000));
}
#endif

TEST(MathSpecial, PolygammaEdges) {
  EXPECT_EQ(dm::digamma(0.0), -kInf);
  EXPECT_EQ(dm::digamma(kInf), kInf);
  EXPECT_TRUE(std::isnan(dm::digamma(-1.5)));
  EXPECT_TRUE(std::isnan(dm::digamma(kNaN)));
  EXPECT_EQ(dm::trigamma(0.0), kInf);
  EXPECT_EQ(dm::trigamma(kInf), 0.0);
  EXPECT_TRUE(std::isnan(dm::trigamma(-1.5)));
  EXPECT_TRUE(std::isnan(dm::trigamma(kNaN)));
  // R 4.2.2: digamma(1), trigamma(0.5)
  EXPECT_NEAR(dm::digamma(1.0), -0.57721566490153287, 2e-16);
  EXPECT_NEAR(dm::trigamma(0.5), 4.9348022005446790, 2e-15);
}

}  // namespace
