#include "deciban/splines/contrasts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "spline_helpers.hpp"

using namespace deciban::splines;
using namespace spline_test;

namespace {

void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t k = 0; k < found.size(); ++k) EXPECT_NEAR(found[k], expected[k], tolerance) << k;
}

using Strings = std::vector<std::string>;
using Doubles = std::vector<double>;

}  // namespace

// contr.treatment, contr.sum and contr.helmert of R
TEST(ContrastMatrix, IndicatorsSumHelmert) {
  const Contrasts a = treatment(3, 1, {"low", "mid", "high"});
  EXPECT_EQ(a.values, (Doubles{1, 0, 0, 0, 0, 1}));
  EXPECT_EQ(a.suffixes, (Strings{"low", "high"}));
  EXPECT_EQ(treatment(3).values, (Doubles{0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(treatment(3).suffixes, (Strings{"2", "3"}));
  EXPECT_EQ(sum(3).values, (Doubles{1, 0, -1, 0, 1, -1}));
  EXPECT_EQ(sum(3).suffixes, (Strings{"1", "2"}));
  EXPECT_EQ(helmert(4).values, (Doubles{-1, 1, 0, 0, -1, -1, 2, 0, -1, -1, -1, 3}));
  EXPECT_EQ(helmert(4).suffixes, (Strings{"1", "2", "3"}));
  EXPECT_NE(sum(3), sum(4));
}

// R 4.2.2: contr.poly(4), contr.poly(7)[, 6], contr.poly(4, scores = c(1, 2, 4, 10))
TEST(ContrastMatrix, PolynomialEqualsR) {
  expect_near(polynomial(4).values,
              {-0.67082039324993692, -0.22360679774997896, 0.22360679774997896, 0.67082039324993692, 0.5, -0.5, -0.5,
               0.5, -0.22360679774997891, 0.67082039324993681, -0.67082039324993692, 0.22360679774997899},
              1e-15);
  EXPECT_EQ(polynomial(6).suffixes, (Strings{".L", ".Q", ".C", "^4", "^5"}));
  EXPECT_EQ(polynomial(2).suffixes, Strings{".L"});
  const Doubles seven = polynomial(7).values;
  expect_near(Doubles(seven.begin() + 35, seven.end()),
              {0.032897584747988561, -0.19738550848793057, 0.49346377121982593, -0.65795169495976868,
               0.49346377121982782, -0.19738550848793168, 0.032897584747988616},
              1e-14);
  expect_near(polynomial(4, {1, 2, 4, 10}).values,
              {-0.46547466812563137, -0.32225169331774478, -0.035805743701971628, 0.8235321051453478,
               0.55388145010188017, -0.031954699044339098, -0.78821590976036815, 0.26628915870282704,
               -0.47597129384698383, 0.80320155836678497, -0.35697847038523761, 0.02974820586543641},
              1e-14);
  EXPECT_EQ(polynomial(5), polynomial(5, {1, 2, 3, 4, 5}));
}

// The last column is proportional to (-1)^(K - k) binomial(K - 1, k - 1): in closed form, for any K. R's own values
// lose all digits in the high columns from about 30 levels on.
TEST(ContrastMatrix, PolynomialIsExactUpTo95Levels) {
  for (int levels : {2, 3, 10, 30, 50, 95}) {
    const Contrasts contrasts = polynomial(levels);
    Doubles binomial(levels, 1.0);
    for (int k = 1; k < levels; ++k) binomial[k] = binomial[k - 1] * (levels - k) / k;
    double norm2 = 0.0;
    for (double value : binomial) norm2 += value * value;
    const double* last = contrasts.values.data() + static_cast<std::size_t>(levels) * (levels - 2);
    for (int k = 0; k < levels; ++k)
      EXPECT_NEAR(last[k], ((levels - 1 - k) % 2 ? -1 : 1) * binomial[k] / std::sqrt(norm2), 1e-14) << levels;
    for (int a = 0; a < levels - 1; ++a) {
      const double* x = contrasts.values.data() + static_cast<std::size_t>(levels) * a;
      double total = 0.0;
      for (int k = 0; k < levels; ++k) total += x[k];
      EXPECT_NEAR(total, 0.0, 1e-14);
      for (int b = 0; b <= a; ++b) {
        const double* y = contrasts.values.data() + static_cast<std::size_t>(levels) * b;
        double dot = 0.0;
        for (int k = 0; k < levels; ++k) dot += x[k] * y[k];
        EXPECT_NEAR(dot, a == b, 1e-14) << levels << " " << a << " " << b;
      }
    }
  }
}

TEST(ContrastMatrix, Errors) {
  EXPECT_EQ(code_of([] { treatment(1); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { treatment(3, 3); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { treatment(3, -1); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { treatment(3, 0, {"a"}); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { sum(0); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { helmert(-5); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { polynomial(1); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { polynomial(96); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { polynomial(3, {1, 2}); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { polynomial(3, {1, 2, 1}); }), "formula.contrasts");
  EXPECT_EQ(code_of([] { polynomial(3, {1, 2, std::nan("")}); }), "formula.contrasts");
}
