#include "deciban/base/config.hpp"

#include "deciban/math/elementary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "accuracy.hpp"

namespace dm = deciban::math;
namespace {

using deciban::math::testing::bits_of;
using deciban::math::testing::from_bits;
using deciban::math::testing::kHaveReference;
using deciban::math::testing::ulp_error;
using deciban::math::testing::Worst;
using deciban::math::testing::worst_logarithmic;
using deciban::math::testing::worst_uniform;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kHuge = std::numeric_limits<double>::max();
constexpr double kMin = std::numeric_limits<double>::min();
constexpr int kPoints = 1000000;

bool same(double a, double b) { return bits_of(a) == bits_of(b); }

auto l_exp = [](double x) { return std::exp(static_cast<long double>(x)); };
auto l_expm1 = [](double x) { return std::expm1(static_cast<long double>(x)); };
auto l_log = [](double x) { return std::log(static_cast<long double>(x)); };
auto l_log1p = [](double x) { return std::log1p(static_cast<long double>(x)); };
auto l_atan = [](double x) { return std::atan(static_cast<long double>(x)); };
auto l_tan = [](double x) { return std::tan(static_cast<long double>(x)); };
auto l_logistic = [](double x) { return 1.0L / (1.0L + std::exp(-static_cast<long double>(x))); };

TEST(MathElementary, ExpAccuracy) {
  EXPECT_ULP(0.75, worst_uniform(dm::exp, l_exp, -708.3, 709.78, kPoints));
  EXPECT_ULP(0.7, worst_uniform(dm::exp, l_exp, -1.0, 1.0, kPoints));
  EXPECT_ULP(0.7, worst_logarithmic(dm::exp, l_exp, 1e-20, 1.0, kPoints / 4));
  EXPECT_ULP(0.8, worst_uniform(dm::exp, l_exp, -745.2, -708.3, kPoints / 4));
}

TEST(MathElementary, ExpEdges) {
  EXPECT_TRUE(same(dm::exp(0.0), 1.0));
  EXPECT_TRUE(same(dm::exp(-0.0), 1.0));
  EXPECT_TRUE(same(dm::exp(kInf), kInf));
  EXPECT_TRUE(same(dm::exp(-kInf), 0.0));
  EXPECT_TRUE(same(dm::exp(kNaN), kNaN));
  EXPECT_TRUE(same(dm::exp(from_bits(0x7ff80000000007a2)), from_bits(0x7ff80000000007a2)));
  EXPECT_TRUE(same(dm::exp(709.782712893384), 1.7976931348622732e308));
  EXPECT_EQ(dm::exp(709.782712893385), kInf);
  EXPECT_EQ(dm::exp(-745.13321910194110), kTiny);
  EXPECT_TRUE(same(dm::exp(-745.13321910194123), 0.0));
  EXPECT_EQ(dm::exp(kTiny), 1.0);
  EXPECT_EQ(dm::exp(-kHuge), 0.0);
}

TEST(MathElementary, Expm1Accuracy) {
  EXPECT_ULP(1.2, worst_uniform(dm::expm1, l_expm1, -50.0, 709.78, kPoints));
  EXPECT_ULP(1.2, worst_uniform(dm::expm1, l_expm1, -3.0, 3.0, kPoints));
  EXPECT_ULP(0.9, worst_logarithmic(dm::expm1, l_expm1, kTiny, 1.0, kPoints / 4));
  EXPECT_ULP(0.9, worst_logarithmic(dm::expm1, l_expm1, kTiny, 40.0, kPoints / 4, -1.0));
}

TEST(MathElementary, Expm1Edges) {
  EXPECT_TRUE(same(dm::expm1(0.0), 0.0));
  EXPECT_TRUE(same(dm::expm1(-0.0), -0.0));
  EXPECT_TRUE(same(dm::expm1(kTiny), kTiny));
  EXPECT_EQ(dm::expm1(kInf), kInf);
  EXPECT_EQ(dm::expm1(-kInf), -1.0);
  EXPECT_EQ(dm::expm1(-100.0), -1.0);
  EXPECT_EQ(dm::expm1(710.0), kInf);
  EXPECT_TRUE(same(dm::expm1(kNaN), kNaN));
}

TEST(MathElementary, LogAccuracy) {
  EXPECT_ULP(0.85, worst_logarithmic(dm::log, l_log, kTiny, kHuge, kPoints));
  EXPECT_ULP(0.85, worst_uniform(dm::log, l_log, 0.5, 2.0, kPoints));
  EXPECT_ULP(0.85, worst_uniform(dm::log, l_log, 0.999, 1.001, kPoints / 4));
}

TEST(MathElementary, LogEdges) {
  EXPECT_TRUE(same(dm::log(1.0), 0.0));
  EXPECT_EQ(dm::log(0.0), -kInf);
  EXPECT_EQ(dm::log(-0.0), -kInf);
  EXPECT_EQ(dm::log(kInf), kInf);
  EXPECT_TRUE(same(dm::log(-1.0), kNaN));
  EXPECT_TRUE(same(dm::log(-kInf), kNaN));
  EXPECT_TRUE(same(dm::log(-kTiny), kNaN));
  EXPECT_TRUE(same(dm::log(kNaN), kNaN));
  EXPECT_EQ(dm::log(kTiny), -744.44007192138122);
  EXPECT_EQ(dm::log(kHuge), 709.78271289338397);
}

TEST(MathElementary, Log1pAccuracy) {
  EXPECT_ULP(0.85, worst_logarithmic(dm::log1p, l_log1p, kTiny, kHuge, kPoints));
  EXPECT_ULP(0.85, worst_logarithmic(dm::log1p, l_log1p, 1e-10, 100.0, kPoints));
  EXPECT_ULP(0.85, worst_uniform(dm::log1p, l_log1p, -1.0, 2.0, kPoints));
  EXPECT_ULP(0.85, worst_logarithmic(dm::log1p, l_log1p, kTiny, 0.9999999, kPoints / 4, -1.0));
}

TEST(MathElementary, Log1pEdges) {
  EXPECT_TRUE(same(dm::log1p(0.0), 0.0));
  EXPECT_TRUE(same(dm::log1p(-0.0), -0.0));
  EXPECT_TRUE(same(dm::log1p(-kTiny), -kTiny));
  EXPECT_EQ(dm::log1p(-1.0), -kInf);
  EXPECT_EQ(dm::log1p(kInf), kInf);
  EXPECT_EQ(dm::log1p(kHuge), 709.78271289338397);
  EXPECT_TRUE(same(dm::log1p(-1.0000000000000002), kNaN));
  EXPECT_TRUE(same(dm::log1p(-kInf), kNaN));
  EXPECT_TRUE(same(dm::log1p(kNaN), kNaN));
}

TEST(MathElementary, PowAccuracy) {
  Worst normal, subnormal;
  dm::Stream stream(3, dm::purpose("accuracy"), 0);
  for (int i = 0; i < kPoints; ++i) {
    // Bases of all sizes, near 1 and far; the exponent spreads the results over the whole range.
    const double spread = stream.uniform() < 0.5 ? 0.02 : 1400.0;
    const double base = dm::exp(spread * (stream.uniform() - 0.5));
    const double y = (1500.0 * stream.uniform() - 760.0) / dm::log(base);
    const long double reference = std::pow(static_cast<long double>(base), static_cast<long double>(y));
    const double size = static_cast<double>(reference);
    (size < kMin ? subnormal : normal).add(base, ulp_error(dm::pow(base, y), reference));
    const double small_y = 8.0 * stream.uniform() - 4.0;
    const double x = 100.0 * stream.uniform();
    normal.add(
        x, ulp_error(dm::pow(x, small_y), std::pow(static_cast<long double>(x), static_cast<long double>(small_y))));
  }
  EXPECT_ULP(0.75, normal);
  EXPECT_ULP(0.8, subnormal);
}

TEST(MathElementary, PowEdges) {
  const double values[] = {0.0,
                           -0.0,
                           1.0,
                           -1.0,
                           0.5,
                           -0.5,
                           2.0,
                           -2.0,
                           3.0,
                           -3.0,
                           1.5,
                           -1.5,
                           kInf,
                           -kInf,
                           kTiny,
                           -kTiny,
                           kHuge,
                           -kHuge,
                           1e300,
                           -1e300,
                           0x1p53,
                           0x1p53 + 2,
                           4503599627370497.0,
                           1e-300};
  for (double x : values) {
    for (double y : values) {
      const double expected = std::pow(x, y);  // the C library is within 1 ulp; here it supplies the special cases
      const double got = dm::pow(x, y);
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(got)) << x << " ^ " << y;
      } else {
        EXPECT_LE(ulp_error(got, expected), 1.0) << x << " ^ " << y << " = " << got;
        EXPECT_EQ(std::signbit(got), std::signbit(expected)) << x << " ^ " << y;
      }
    }
  }
  EXPECT_EQ(dm::pow(kNaN, 0.0), 1.0);
  EXPECT_EQ(dm::pow(1.0, kNaN), 1.0);
  EXPECT_TRUE(same(dm::pow(kNaN, 1.0), kNaN));
  EXPECT_TRUE(same(dm::pow(2.0, kNaN), kNaN));
  EXPECT_EQ(dm::pow(2.0, -1074.0), kTiny);
  EXPECT_EQ(dm::pow(kTiny, 0.5), 0x1p-537);
  EXPECT_EQ(dm::pow(10.0, 22.0), 1e22);
}

TEST(MathElementary, PowOfWholeNumbersIsExact) {
  for (int x = 1; x <= 60; ++x) {
    double expected = 1.0;
    for (int y = 0; y <= 8; ++y) {
      EXPECT_EQ(dm::pow(x, y), expected) << x << " ^ " << y;
      EXPECT_EQ(dm::pow(expected, 1.0), expected);
      expected *= x;
    }
  }
}

TEST(MathElementary, AtanAccuracy) {
  EXPECT_ULP(1.4, worst_uniform(dm::atan, l_atan, -2.0, 2.0, kPoints));
  EXPECT_ULP(1.4, worst_logarithmic(dm::atan, l_atan, kTiny, kHuge, kPoints));
  EXPECT_ULP(1.4, worst_uniform(dm::atan, l_atan, 0.9, 40.0, kPoints));
  EXPECT_TRUE(same(dm::atan(-0.0), -0.0));
  EXPECT_EQ(dm::atan(kInf), 1.5707963267948966);
  EXPECT_EQ(dm::atan(-kInf), -1.5707963267948966);
  EXPECT_TRUE(same(dm::atan(kNaN), kNaN));
}

TEST(MathElementary, TanAccuracy) {
  EXPECT_ULP(2.5, worst_uniform(dm::tan, l_tan, -1.5707, 1.5707, kPoints));
  EXPECT_ULP(2.5, worst_logarithmic(dm::tan, l_tan, kTiny, 0x1p20, kPoints / 4));
  EXPECT_ULP(2.5, worst_logarithmic(dm::tan, l_tan, 0x1p20, kHuge, kPoints / 4));
  EXPECT_ULP(2.5, worst_uniform(dm::tan, l_tan, 1.57, 1.5715, kPoints / 4));
  // The double closest to a multiple of pi/2 (Muller, Handbook of floating-point arithmetic): 6381956970095103 * 2^797.
  EXPECT_ULP(2.5, worst_uniform(dm::tan, l_tan, 6381956970095103.0 * 0x1p797, 6381956970095103.0 * 0x1p797, 1));
  EXPECT_LE(ulp_error(dm::tan(1.5707963267948966), 16331239353195369.755996773L), 1.0);
  EXPECT_TRUE(same(dm::tan(-0.0), -0.0));
  EXPECT_TRUE(same(dm::tan(kInf), kNaN));
  EXPECT_TRUE(same(dm::tan(kNaN), kNaN));
}

TEST(MathElementary, LogisticAccuracy) {
  EXPECT_ULP(2.5, worst_uniform(dm::logistic, l_logistic, -708.0, 40.0, kPoints));
  EXPECT_ULP(2.5, worst_uniform(dm::logistic, l_logistic, -5.0, 5.0, kPoints));
  EXPECT_ULP(2.5, worst_uniform(dm::logistic, l_logistic, -745.0, -708.0, kPoints / 10));
  EXPECT_EQ(dm::logistic(0.0), 0.5);
  EXPECT_EQ(dm::logistic(kInf), 1.0);
  EXPECT_TRUE(same(dm::logistic(-kInf), 0.0));
  EXPECT_TRUE(same(dm::logistic(-kNaN), -kNaN));
}

}  // namespace
