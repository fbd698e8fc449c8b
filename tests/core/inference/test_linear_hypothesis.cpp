// Hypotheses as texts and matrices.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include "deciban/inference/linear_hypothesis.hpp"
#include "deciban/math/distributions.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using inference::LinearHypothesis;
using inference::parse_hypotheses;

namespace {

const Texts kNames = {"(Intercept)", "x", "x1", "log(x)", "bs(x, df = 4)1", "areaB:gas", "`my col`B"};

LinearHypothesis parsed(const Texts& texts) { return parse_hypotheses(texts, kNames); }

std::string code(const std::string& text) {
  return code_of([&] { parsed({text}); });
}

// The only equation of a text: factors of all names, then the right-hand side.
Doubles row(const std::string& text) {
  const LinearHypothesis hypothesis = parsed({text});
  EXPECT_EQ(hypothesis.rhs.size(), 1u) << text;
  Doubles out(hypothesis.transposed.column(0), hypothesis.transposed.column(0) + kNames.size());
  out.push_back(hypothesis.rhs[0]);
  return out;
}

}  // namespace

TEST(LinearHypothesis, Texts) {
  EXPECT_EQ(row("x"), (Doubles{0, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(row("x1 = x"), (Doubles{0, -1, 1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(row("2*x + log(x) = 1"), (Doubles{0, 2, 0, 1, 0, 0, 0, 1}));
  EXPECT_EQ(row("(x + x1) / 2 = 3 log(x) - 4"), (Doubles{0, 0.5, 0.5, -3, 0, 0, 0, -4}));
  EXPECT_EQ(row("(Intercept) - -1.5e1 == bs(x, df = 4)1"), (Doubles{1, 0, 0, 0, -1, 0, 0, -15}));
  EXPECT_EQ(row("`areaB:gas` = `my col`B"), (Doubles{0, 0, 0, 0, 0, 1, -1, 0}));
  EXPECT_EQ(row("2 * (1 + 3 * x) = 8 + x - 2*0"), (Doubles{0, 5, 0, 0, 0, 0, 0, 6}));
  EXPECT_EQ(parsed({"x, x1 = 2", "log(x)"}).rhs, (Doubles{0, 2, 0}));
  EXPECT_EQ(parsed({"0.5 x = x1 + 1"}).texts, (Texts{"0.5*x - x1 = 1"}));
}

TEST(LinearHypothesis, BadTexts) {
  EXPECT_EQ(code("x ="), "hypothesis.syntax");
  EXPECT_EQ(code(""), "hypothesis.syntax");
  EXPECT_EQ(code("x x1"), "hypothesis.syntax");
  EXPECT_EQ(code("x = 1 = 2"), "hypothesis.syntax");
  EXPECT_EQ(code("(x"), "hypothesis.syntax");
  EXPECT_EQ(code("x %"), "hypothesis.syntax");
  EXPECT_EQ(code("1.2.3 * x"), "hypothesis.syntax");
  EXPECT_EQ(code("x12"), "hypothesis.unknown_name");
  EXPECT_EQ(code("`nobody`"), "hypothesis.unknown_name");
  EXPECT_EQ(code("x * x1"), "hypothesis.not_linear");
  EXPECT_EQ(code("1 / x"), "hypothesis.not_linear");
  EXPECT_EQ(code("x / 0"), "hypothesis.not_linear");
  EXPECT_EQ(code("x = x"), "hypothesis.constant");
  EXPECT_EQ(code_of([] { parsed({}); }), "hypothesis.empty");
  const Error error = error_of([] { parsed({"x + ? = 0"}); });
  EXPECT_NE(error.message().find("  x + ? = 0\n      ^"), std::string::npos) << error.message();
}

TEST(LinearHypothesis, StatisticAndItsInvariance) {
  linalg::Matrix v(3, 3);
  const double entries[] = {2.0, 0.5, 0.1, 0.5, 1.0, -0.2, 0.1, -0.2, 0.5};
  for (int i = 0; i < 9; ++i) v(i % 3, i / 3) = entries[i];
  const Doubles b = {1.0, -2.0, 0.5};
  const Texts names = {"a", "b", "c"};
  const auto both = inference::wald_test(parse_hypotheses({"a = b", "c = 1"}, names), b, v, names, false, 10.0);
  // by hand: L V L' = [[2, 0.3], [0.3, 0.5]], L b - r = (3, -0.5)
  EXPECT_NEAR(both.statistic, (0.5 * 9.0 + 2.0 * 0.25 + 2.0 * 0.3 * 1.5) / (2.0 * 0.5 - 0.09), 1e-13);
  EXPECT_DOUBLE_EQ(both.p_value, math::chi2_sf(both.statistic, 2.0));
  const auto mixed =
      inference::wald_test(parse_hypotheses({"a - b + 3 c = 3", "2 c - 2"}, names), b, v, names, true, 10.0);
  EXPECT_NEAR(mixed.statistic * 2.0, both.statistic, 1e-13);
  EXPECT_DOUBLE_EQ(mixed.p_value, math::f_sf(mixed.statistic, 2.0, 10.0));
  const auto failing = [&](const Texts& texts, const Doubles& coefficients) {
    return code_of([&] { inference::wald_test(parse_hypotheses(texts, names), coefficients, v, names, true, 10.0); });
  };
  EXPECT_EQ(failing({"a = b", "2 a = 2 b"}, b), "hypothesis.redundant");
  EXPECT_EQ(failing({"a = b"}, {1.0, kNaN, 0.5}), "hypothesis.aliased");
  EXPECT_EQ(failing({"a = c"}, {1.0, kNaN, 0.5}), "no error");
}
