#include "deciban/base/config.hpp"

#include "deciban/math/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dm = deciban::math;
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void expect_close(double value, double expected, double tolerance = 1e-12) {
  EXPECT_LE(std::fabs(value - expected), tolerance * std::fabs(expected)) << value << " against " << expected;
}

// Expected values: R 4.2.2, functions of package stats, printed with 17 digits.
TEST(MathDistributions, Normal) {
  expect_close(dm::normal_sf(5.0), 2.8665157187919391e-07);
  expect_close(dm::normal_sf(-1.0), 0.84134474606854293);
  expect_close(dm::normal_two_sided_p(-1.96), 0.049995790296440856);
  expect_close(dm::normal_two_sided_p(1.96), 0.049995790296440856);
  EXPECT_EQ(dm::normal_sf(kInf), 0.0);
}

TEST(MathDistributions, Student) {
  expect_close(dm::student_cdf(-2.5, 4.5), 0.029952843251100269);
  expect_close(dm::student_cdf(0.3, 30.0), 0.61687694735782361);
  expect_close(dm::student_cdf(1e3, 1.0), 0.99968169021991948);
  expect_close(dm::student_two_sided_p(-3.2, 17.0), 0.005247556718770691);
  expect_close(dm::student_two_sided_p(3.2, 17.0), 0.005247556718770691);
  expect_close(dm::student_quantile(0.975, 5.0), 2.5705818356363137);
  expect_close(dm::student_quantile(1e-6, 2.5), -220.17342917823751, 1e-9);
  expect_close(dm::student_quantile(0.3, 100.0), -0.5260762706003459);
  EXPECT_EQ(dm::student_cdf(1.5, kInf), 1.0 - dm::normal_sf(1.5));
  EXPECT_EQ(dm::student_cdf(-kInf, 3.0), 0.0);
  EXPECT_EQ(dm::student_quantile(1.0, 3.0), kInf);
}

TEST(MathDistributions, ChiSquared) {
  expect_close(dm::chi2_sf(3.84, 1.0), 0.050043521248705224);
  expect_close(dm::chi2_sf(100.0, 12.5), 9.6630831446818905e-16);
  expect_close(dm::chi2_sf(1e-3, 3.0), 0.99999159208094202);
  expect_close(dm::chi2_sf(500.0, 400.0), 0.00048221275959343349);
  expect_close(dm::chi2_quantile(0.95, 1.0), 3.841458820694124);
  expect_close(dm::chi2_quantile(1e-4, 10.0), 0.88892035791289581);
  expect_close(dm::chi2_quantile(0.5, 1e5), 99999.333334123468);
  EXPECT_EQ(dm::chi2_sf(0.0, 2.0), 1.0);
  EXPECT_EQ(dm::chi2_sf(kInf, 2.0), 0.0);
  EXPECT_EQ(dm::chi2_quantile(0.0, 2.0), 0.0);
}

TEST(MathDistributions, FisherF) {
  expect_close(dm::f_sf(2.5, 3.0, 20.0), 0.088843751937689272);
  expect_close(dm::f_sf(0.1, 5.5, 7.0), 0.99183818333862006);
  expect_close(dm::f_sf(30.0, 2.0, 1e6), 9.3660482833241011e-14, 1e-9);
  EXPECT_EQ(dm::f_sf(2.0, 3.0, kInf), dm::chi2_sf(6.0, 3.0));
  EXPECT_EQ(dm::f_sf(-1.0, 3.0, 4.0), 1.0);
}

TEST(MathDistributions, Gamma) {
  expect_close(dm::gamma_cdf(2.0, 3.0, 1.0), 0.3233235838169366);
  expect_close(dm::gamma_cdf(0.01, 0.5, 2.0), 0.079655674554057962);
  expect_close(dm::gamma_cdf(50.0, 40.0, 1.1), 0.81009607290056673);
  expect_close(dm::gamma_quantile(0.5, 2.5, 2.0), 4.3514601910955264);
  expect_close(dm::gamma_quantile(0.001, 0.1, 1.0), 6.0730483624079397e-31);
  expect_close(dm::gamma_quantile(0.999, 1000.0, 0.01), 11.005780982933146);
}

TEST(MathDistributions, Poisson) {
  expect_close(dm::poisson_cdf(0.0, 0.1), 0.90483741803595952);
  expect_close(dm::poisson_cdf(3.0, 5.0), 0.26502591529736175);
  expect_close(dm::poisson_cdf(100.0, 90.0), 0.86509983623871167);
  expect_close(dm::poisson_cdf(2.9, 2.5), 0.54381311588332959);
  EXPECT_EQ(dm::poisson_cdf(-0.5, 2.5), 0.0);
  EXPECT_EQ(dm::poisson_quantile(0.5, 0.1), 0.0);
  EXPECT_EQ(dm::poisson_quantile(0.975, 5.0), 10.0);
  EXPECT_EQ(dm::poisson_quantile(0.001, 90.0), 62.0);
  EXPECT_EQ(dm::poisson_quantile(0.9999, 1e6), 1003721.0);
  EXPECT_EQ(dm::poisson_quantile(1.0, 5.0), kInf);
  EXPECT_EQ(dm::poisson_quantile(0.0, 5.0), 0.0);
}

TEST(MathDistributions, PoissonQuantileInvertsTheCdf) {
  for (double mean : {0.05, 1.0, 7.3, 150.0}) {
    for (int k = 0; k < 200; ++k) {
      const double p = dm::poisson_cdf(k, mean);
      if (p < 1e-12 || p > 1.0 - 1e-12) continue;
      EXPECT_EQ(dm::poisson_quantile(p, mean), k);
    }
  }
}

TEST(MathDistributions, Beta) {
  expect_close(dm::beta_quantile(0.5, 2.0, 3.0), 0.38572756813238951);
  expect_close(dm::beta_quantile(0.025, 0.5, 0.5), 0.0015413331334360124, 1e-11);
  expect_close(dm::beta_quantile(0.999, 30.0, 2.0), 0.99851231386305761);
  EXPECT_EQ(dm::beta_quantile(1.0, 2.0, 3.0), 1.0);
}

TEST(MathDistributions, InvalidArgumentsGiveNaN) {
  for (double bad : {kNaN, 0.0, -1.0}) {
    EXPECT_TRUE(std::isnan(dm::student_cdf(1.0, bad)));
    EXPECT_TRUE(std::isnan(dm::student_two_sided_p(1.0, bad)));
    EXPECT_TRUE(std::isnan(dm::student_quantile(0.5, bad)));
    EXPECT_TRUE(std::isnan(dm::chi2_sf(1.0, bad)));
    EXPECT_TRUE(std::isnan(dm::chi2_quantile(0.5, bad)));
    EXPECT_TRUE(std::isnan(dm::f_sf(1.0, bad, 2.0)));
    EXPECT_TRUE(std::isnan(dm::f_sf(1.0, 2.0, bad)));
    EXPECT_TRUE(std::isnan(dm::gamma_cdf(1.0, bad, 1.0)));
    EXPECT_TRUE(std::isnan(dm::gamma_quantile(0.5, 1.0, bad)));
    EXPECT_TRUE(std::isnan(dm::beta_quantile(0.5, bad, 1.0)));
  }
  for (double bad : {kNaN, -0.1, 1.1}) {
    EXPECT_TRUE(std::isnan(dm::student_quantile(bad, 3.0)));
    EXPECT_TRUE(std::isnan(dm::chi2_quantile(bad, 3.0)));
    EXPECT_TRUE(std::isnan(dm::gamma_quantile(bad, 3.0, 1.0)));
    EXPECT_TRUE(std::isnan(dm::poisson_quantile(bad, 3.0)));
    EXPECT_TRUE(std::isnan(dm::beta_quantile(bad, 3.0, 1.0)));
  }
  EXPECT_TRUE(std::isnan(dm::normal_sf(kNaN)));
  EXPECT_TRUE(std::isnan(dm::chi2_sf(kNaN, 2.0)));
  EXPECT_TRUE(std::isnan(dm::student_cdf(kNaN, 2.0)));
  EXPECT_TRUE(std::isnan(dm::poisson_cdf(kNaN, 2.0)));
  EXPECT_TRUE(std::isnan(dm::poisson_cdf(1.0, -2.0)));
}

}  // namespace
