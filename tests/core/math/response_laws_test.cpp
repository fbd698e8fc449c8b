#include "deciban/base/config.hpp"

#include "deciban/math/response_laws.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "deciban/math/elementary.hpp"
#include "deciban/math/quadrature.hpp"
#include "deciban/math/rng.hpp"

namespace dm = deciban::math;
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void expect_close(double value, double expected, double tolerance = 1e-12) {
  EXPECT_LE(std::fabs(value - expected), tolerance * std::fabs(expected)) << value << " against " << expected;
}

// Expected values: R 4.2.2, pnbinom, pbinom, statmod::pinvgauss, and for Tweedie sum(dpois(j, l) * pgamma(y, j a)).
TEST(MathResponseLaws, NegativeBinomial) {
  expect_close(dm::negative_binomial_cdf(0, 0.5, 2), 0.64000000000000024);
  expect_close(dm::negative_binomial_cdf(3.7, 0.5, 2), 0.99327999999999994);
  expect_close(dm::negative_binomial_cdf(7, 10, 0.3), 0.67848521036924769);
  expect_close(dm::negative_binomial_cdf(120, 100, 20), 0.80604291814460449);
  expect_close(dm::negative_binomial_cdf(2, 1e-3, 5), 0.99999999972033571);
  expect_close(dm::negative_binomial_cdf(40, 30, 1e6), 0.96768833431251289, 1e-9);  // digits go with theta / mean
  EXPECT_EQ(dm::negative_binomial_cdf(-1, 1, 1), 0.0);
  EXPECT_EQ(dm::negative_binomial_cdf(kInf, 1, 1), 1.0);
  EXPECT_TRUE(std::isnan(dm::negative_binomial_cdf(1, -1, 1)));
  EXPECT_TRUE(std::isnan(dm::negative_binomial_cdf(1, 1, 0)));
}

TEST(MathResponseLaws, Binomial) {
  expect_close(dm::binomial_cdf(0, 5, 0.1), 0.59049000000000018);
  expect_close(dm::binomial_cdf(3, 5, 0.9), 0.081459999999999949);
  expect_close(dm::binomial_cdf(40, 100, 0.37), 0.76698486298272994);
  expect_close(dm::binomial_cdf(999, 1000, 0.999), 0.63230457522903627);
  EXPECT_EQ(dm::binomial_cdf(5, 5, 0.3), 1.0);
  EXPECT_EQ(dm::binomial_cdf(2, 5, 1.0), 0.0);
  EXPECT_TRUE(std::isnan(dm::binomial_cdf(1, 5, 1.5)));
}

TEST(MathResponseLaws, InverseGaussian) {
  expect_close(dm::inverse_gaussian_cdf(0.5, 1, 2), 0.23235718919184306);
  expect_close(dm::inverse_gaussian_cdf(3, 1, 2), 0.97854357387388546);
  expect_close(dm::inverse_gaussian_cdf(0.01, 1, 0.5), 2.528744218877567e-12, 1e-11);
  expect_close(dm::inverse_gaussian_cdf(1e3, 10, 0.01), 0.99835010639366717);
  expect_close(dm::inverse_gaussian_cdf(1.02, 1, 5000), 0.92034348199653127);  // exp(2 shape / mean) overflows here
  EXPECT_EQ(dm::inverse_gaussian_cdf(0, 1, 1), 0.0);
  EXPECT_EQ(dm::inverse_gaussian_cdf(kInf, 1, 1), 1.0);
  EXPECT_TRUE(std::isnan(dm::inverse_gaussian_cdf(1, 0, 1)));
  EXPECT_TRUE(std::isnan(dm::inverse_gaussian_cdf(kNaN, 1, 1)));
}

TEST(MathResponseLaws, Tweedie) {
  expect_close(dm::tweedie_cdf(0, 1, 1.5, 1.5), 0.26359713811572677);
  expect_close(dm::tweedie_cdf(0.3, 1, 1.5, 1.5), 0.39474248680833202);
  expect_close(dm::tweedie_cdf(4, 2, 0.2, 1.2), 0.99512621412549196);
  expect_close(dm::tweedie_cdf(100, 80, 3, 1.9), 0.72973017012965657);
  // saddle point formula
  expect_close(dm::tweedie_cdf(990, 1000, 0.02, 1.3), 0.21407122746793728, 1e-6);
  expect_close(dm::tweedie_cdf(1000, 1000, 0.02, 1.3), 0.5010894786298985, 1e-6);
  expect_close(dm::tweedie_cdf(1015, 1000, 0.02, 1.3), 0.88277179045421261, 1e-6);
  EXPECT_EQ(dm::tweedie_cdf(-1, 1, 1, 1.5), 0.0);
  EXPECT_TRUE(std::isnan(dm::tweedie_cdf(1, 1, 1, 2.5)));
}

// Where the saddle point formula takes over, the law has no jump of more than what the formula is good for.
TEST(MathResponseLaws, TweedieSaddlePoint) {
  const double p = 1.5, mean = 100.0;
  const double phi = std::sqrt(mean) / (500.0 * 0.5);  // 500 summands
  for (const double x : {60.0, 85.0, 99.999, 100.0, 100.001, 120.0, 150.0})
    EXPECT_NEAR(dm::tweedie_cdf(x, mean, phi * (1 + 1e-9), p), dm::tweedie_cdf(x, mean, phi * (1 - 1e-9), p), 2e-6)
        << x;
}

TEST(MathQuadrature, GaussHermiteIsExactForPolynomials) {
  for (const int order : {1, 2, 5, 7, 21, 40}) {
    const dm::NormalNodes nodes = dm::gauss_hermite(order);
    ASSERT_EQ(nodes.at.size(), static_cast<std::size_t>(order));
    double moment = 1.0;  // (2k - 1)!!
    for (int k = 0; k < std::min(order, 8); ++k) {
      double sum = 0.0;
      for (int i = 0; i < order; ++i) sum += nodes.weight[i] * std::pow(nodes.at[i], 2 * k);
      EXPECT_NEAR(sum, moment, 1e-12 * moment) << order << " points, power " << 2 * k;
      moment *= 2 * k + 1;
    }
  }
}

// E Phi(a + b Z) = Phi(a / sqrt(1 + b^2)).
TEST(MathQuadrature, NormalNodesFollowTheSpread) {
  for (const double b : {0.0, 0.01, 0.1, 0.2, 0.35, 0.6, 1.0, 1.5, 5.0, 40.0})
    for (const double a : {-2.0, -0.3, 0.0, 1.7}) {
      const dm::NormalNodes nodes = dm::normal_nodes(b);
      double sum = 0.0;
      for (std::size_t i = 0; i < nodes.at.size(); ++i) sum += nodes.weight[i] * dm::normal_cdf(a + b * nodes.at[i]);
      EXPECT_NEAR(sum, dm::normal_cdf(a / std::sqrt(1.0 + b * b)), 5e-8) << "a " << a << " b " << b;
    }
}

// First two moments of the draws, to five of their standard errors.
template <class Draw>
void expect_moments(Draw&& draw, double mean, double variance, double fourth) {
  constexpr int kDraws = 200000;
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    dm::Stream stream(11, dm::purpose("moments"), static_cast<std::uint64_t>(i));
    const double x = draw(stream) - mean;
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 5.0 * std::sqrt(variance / kDraws));
  EXPECT_NEAR(squares / kDraws, variance, 5.0 * std::sqrt((fourth - variance * variance) / kDraws));
}

TEST(MathDraws, LawsOfResponses) {
  // fourth central moments from the cumulants: k4 + 3 k2^2
  const auto nb = [](double m, double t) {
    const double v = m + m * m / t;  // k4 = v (1 + 6 v / t)
    return v * (1.0 + 6.0 * v / t) + 3.0 * v * v;
  };
  expect_moments([](dm::Stream& s) { return dm::draw_negative_binomial(s, 3.0, 1.5); }, 3.0, 9.0, nb(3.0, 1.5));
  expect_moments([](dm::Stream& s) { return dm::draw_negative_binomial(s, 3.0, kInf); }, 3.0, 3.0, 3.0 + 27.0);
  const double v = 8.0 / 5.0;  // mean 2, shape 5: excess 15 mean / shape
  expect_moments([](dm::Stream& s) { return dm::draw_inverse_gaussian(s, 2.0, 5.0); }, 2.0, v, v * v * (3.0 + 6.0));
  const double w = 1.2 * std::pow(2.0, 1.6);  // excess phi p (2 p - 1) mean^(p - 2)
  expect_moments([](dm::Stream& s) { return dm::draw_tweedie(s, 2.0, 1.2, 1.6); }, 2.0, w,
                 w * w * (3.0 + 1.2 * 1.6 * 2.2 * std::pow(2.0, -0.4)));
}

TEST(MathDraws, InvalidParametersGiveNaN) {
  dm::Stream stream(1, 2, 3);
  EXPECT_TRUE(std::isnan(dm::draw_negative_binomial(stream, -1.0, 1.0)));
  EXPECT_TRUE(std::isnan(dm::draw_negative_binomial(stream, 1.0, 0.0)));
  EXPECT_TRUE(std::isnan(dm::draw_inverse_gaussian(stream, 0.0, 1.0)));
  EXPECT_TRUE(std::isnan(dm::draw_tweedie(stream, 1.0, 1.0, 2.0)));
}

}  // namespace
