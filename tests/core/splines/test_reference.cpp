// Values of R 4.2.2, of exact rational arithmetic, and of R's documentation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "deciban/splines/basis.hpp"
#include "reference_cases.hpp"
#include "spline_helpers.hpp"

using namespace deciban::splines;
using namespace spline_test;

namespace {

Basis learn(const reference::Case& item) {
  SplineOptions options;
  options.df = item.df;
  options.knots = item.knots;
  options.degree = item.degree;
  options.intercept = item.intercept;
  options.boundary = item.boundary;
  const std::string name = item.function;
  if (name == "poly") return poly(item.x, ones(item.x), item.degree);
  return name == "bs" ? bs(item.x, ones(item.x), options) : ns(item.x, ones(item.x), options);
}

// Largest difference to `expected` in units of the largest entry of the row, at least 1.
double difference(const std::vector<double>& found, const std::vector<double>& expected, std::size_t rows) {
  double worst = 0.0;
  for (std::size_t i = 0; i < rows; ++i) {
    double size = 1.0;
    for (std::size_t k = i; k < expected.size(); k += rows) size = std::max(size, std::fabs(expected[k]));
    for (std::size_t k = i; k < expected.size(); k += rows) {
      if (!std::isfinite(found[k]) || !std::isfinite(expected[k])) return HUGE_VAL;
      worst = std::max(worst, std::fabs(found[k] - expected[k]) / size);
    }
  }
  return worst;
}

}  // namespace

TEST(SplineReference, EqualsR) {
  ASSERT_GT(reference::kCases.size(), 25u);
  for (std::size_t k = 0; k < reference::kCases.size(); ++k) {
    const reference::Case& item = reference::kCases[k];
    SCOPED_TRACE(std::string(item.function) + " case " + std::to_string(k));
    const Basis basis = learn(item);
    std::vector<double> learned = basis.knots;
    if (basis.kind == BasisKind::polynomial) {
      learned = basis.alpha;
      learned.insert(learned.end(), basis.norm2.begin(), basis.norm2.end());
    }
    ASSERT_EQ(learned.size(), item.learned.size());
    for (std::size_t j = 0; j < learned.size(); ++j) {
      if (basis.kind == BasisKind::polynomial)
        EXPECT_NEAR(learned[j], item.learned[j], 1e-13 * std::fabs(item.learned[j]));
      else
        EXPECT_EQ(learned[j], item.learned[j]);
    }
    const std::vector<double> found = evaluate(basis, item.new_x);
    ASSERT_EQ(found.size(), item.expected.size());
    EXPECT_LT(difference(found, item.expected, item.new_x.size()), 1e-13);
  }
}

// Exact: the recurrence in rational numbers (Python's fractions) over the ages 18..90 with counts 1 + (7 i) mod 5.
TEST(PolynomialReference, EqualsExactArithmetic) {
  std::vector<double> ages;
  std::vector<std::int64_t> counts;
  for (int i = 0; i <= 72; ++i) {
    ages.push_back(18 + i);
    counts.push_back(1 + (i * 7) % 5);
  }
  const Basis basis = poly(ages, counts, 10);
  const std::vector<double> alpha = {54.337899543378995, 54.36438726785419, 54.41196837970958, 54.46625012669707,
                                     54.49840861591183,  54.46202259465029, 54.29895522925553, 53.96592201008082,
                                     53.50218116467143,  53.13157424814365};
  const std::vector<double> norm2 = {1.0,
                                     219.0,
                                     97210.99543378995,
                                     34470834.87939711,
                                     11754568124.257477,
                                     3941301447410.5225,
                                     1305719084051004.0,
                                     4.28031387223793e+17,
                                     1.3920267385633872e+20,
                                     4.517974802499888e+22,
                                     1.4741630185972545e+25,
                                     4.8456609158528883e+27};
  EXPECT_EQ(basis.alpha, alpha);
  EXPECT_EQ(basis.norm2, norm2);
  const std::vector<double> exact = {
      -0.11654727529937196, -0.06041917369283225,  0.11437977131039144, 0.1304163717694028,   // degree 1
      0.14946205118370348,  -0.015077086465006113, 0.14084971234841387, 0.20582610920146,     //
      -0.1758636120238084,  0.0770530806234241,    0.15480742444827514, 0.31940716179344864,  //
      0.19950050413092504,  -0.06460485580966387,  0.15836930673518404, 0.4994730800154668,   //
      -0.22312443648245464, -0.01008404728955363,  0.153155973895029,   0.7900887844588745,   //
      0.24878366460851548,  0.07550776621719264,   0.14140976711027078, 1.2668724617081943,   //
      -0.27674698516392154, -0.06858748561934382,  0.1261798512587541,  2.066015468177545,    //
      0.3034573651386699,   -0.005281919667045418, 0.110827806394302,   3.437613511974041,    //
      -0.3204061471582655,  0.07366967868104463,   0.09808591820901282, 5.836812476807126,    //
      0.3185220277601741,   -0.0663809264132322,   0.08904125942072552, 10.054080026661877};  // degree 10
  EXPECT_LT(difference(evaluate(basis, {18, 35.5, 90, 95}), exact, 4), 1e-14);
}

// Exact, as above: ten seconds after 2020-09-13 12:26:40, where a double alpha alone would leave 8 digits.
TEST(PolynomialReference, KeepsItsDigitsFarFromZero) {
  const std::vector<double> seconds = grid(1.6e9, 1.6e9 + 10, 11);
  const Basis basis = poly(seconds, ones(seconds), 3);
  const std::vector<double> exact = {-0.4767312946227962,  -0.28603877677367767, 0.5120915564991891,
                                     -0.03413943709994594, -0.45802861241434445, 0.3358876491038526};
  EXPECT_LT(difference(evaluate(basis, {1.6e9, 1.6e9 + 2}), exact, 2), 1e-15);
}

// x <- c(18, 18, 18, 19, 21, 21, 25, 30); scale(x), scale(x, center = FALSE), scale(x, center = 20), quantile(x, ...)
TEST(ScaleReference, EqualsR) {
  const std::vector<double> x = {18, 19, 21, 25, 30};
  const std::vector<std::int64_t> counts = {3, 1, 2, 1, 1};
  const Basis basis = scale(x, counts);
  EXPECT_EQ(basis.center, 21.25);
  EXPECT_DOUBLE_EQ(basis.scale, 4.2678197846541872);
  EXPECT_DOUBLE_EQ(evaluate(basis, {18})[0], -0.76151294196770802);
  EXPECT_DOUBLE_EQ(scale(x, counts, 0.0).scale, 23.114621223063864);
  EXPECT_DOUBLE_EQ(scale(x, counts, 20.0).scale, 4.4721359549995796);
  EXPECT_EQ(scale(x, counts, std::nullopt, 1.0).scale, 1.0);
  EXPECT_EQ(scale({}, {}, 1.0, 2.0).outside(1e300), false);
  const double probabilities[] = {0, 0.1, 0.25, 1.0 / 3, 0.5, 0.99, 1};
  const double quantiles[] = {18, 18, 18, 18.333333333333332, 20, 29.649999999999999, 30};
  for (int k = 0; k < 7; ++k) EXPECT_EQ(quantile(x, counts, probabilities[k]), quantiles[k]) << k;
  EXPECT_TRUE(std::isnan(quantile({}, {}, 0.5)));
}
