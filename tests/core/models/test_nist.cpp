// NIST's linear regression sets against their exact solutions (fixtures/nist, made by fixtures/generate/nist.py).
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "fixtures/case_data.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

constexpr double kRankTol = 1e-11;  // Filip: R users must pass `tol` as well

struct Digits {
  double coefficients = 17.0, errors = 17.0;
};

// -log10 of the relative error, at most 17; of the absolute error where the exact figure is 0.
double digits(double got, double exact) {
  const double error = std::fabs(got - exact) / (exact == 0.0 ? 1.0 : std::fabs(exact));
  return error == 0.0 ? 17.0 : std::min(17.0, -std::log10(error));
}

std::string right_hand_side(const fixtures::Json& set, const std::string& name, bool raw) {
  if (name == "longley") return "x1 + x2 + x3 + x4 + x5 + x6";
  const int degree = set.at("degree");
  std::string text = "x";
  if (raw && degree > 1) return "poly(x, " + std::to_string(degree) + ", raw = TRUE)";
  for (int k = 2; k <= degree; ++k) text += " + I(x^" + std::to_string(k) + ")";
  return set.at("intercept").get<bool>() ? text : text + " - 1";
}

models::GlmModel fit_set(const fixtures::Json& set, const std::string& name, bool raw, int n_threads = 1) {
  fixtures::Json data = fixtures::Json::object();
  data["file"] = set.at("file");
  data["columns"] = fixtures::Json::object();
  for (const std::string column : {"y", "x", "x1", "x2", "x3", "x4", "x5", "x6"}) {
    const bool longley = name == "longley";
    if (column == "y" || (column == "x") != longley) {
      if (longley || column.size() == 1) data["columns"][column]["type"] = "number";
    }
  }
  return fit(args({{"formula", "y ~ " + right_hand_side(set, name, raw)},
                   {"family", "gaussian"},
                   {"rank_tol", name == "filip" ? kRankTol : 1e-7}}),
             fixtures::read_table(data), n_threads);
}

Digits measure(const std::string& name, bool raw) {
  static const fixtures::Json sets = fixtures::read_json_file(fixtures::folder() + "/nist/certified.json").at("sets");
  const fixtures::Json& set = sets.at(name);
  const models::GlmModel model = fit_set(set, name, raw);
  EXPECT_EQ(model.statistics.status, "converged") << name;
  Digits out;
  const std::vector<double> beta = set.at("coefficients"), errors = set.at("std_errors");
  EXPECT_EQ(model.coefficients.size(), beta.size()) << name;
  for (std::size_t j = 0; j < std::min(beta.size(), model.coefficients.size()); ++j) {
    const int k = static_cast<int>(j);
    out.coefficients = std::min(out.coefficients, digits(model.coefficients[j], beta[j]));
    out.errors = std::min(out.errors, digits(std::sqrt(model.covariance(k, k)), errors[j]));
  }
  if (std::getenv("DECIBAN_SHOW_DIGITS"))
    std::printf("%-9s %-6s coefficients %5.1f  standard errors %5.1f\n", name.c_str(), raw ? "raw" : "plain",
                out.coefficients, out.errors);
  return out;
}

}  // namespace

// Nine digits were asked for; the bars are what was measured, rounded down. DECIBAN_SHOW_DIGITS=1 prints the digits.
TEST(Nist, PlainColumns) {
  for (const std::string name : {"norris", "pontius", "noint1", "noint2", "longley", "wampler1", "wampler2", "wampler3",
                                 "wampler4", "wampler5"}) {
    const Digits found = measure(name, false);
    EXPECT_GE(found.coefficients, 13.0) << name;
    EXPECT_GE(found.errors, 13.0) << name;
  }
  const Digits found = measure("filip", false);  // 7.6 digits are left when powers of x are rounded
  EXPECT_GE(found.coefficients, 7.5);
  EXPECT_GE(found.errors, 7.5);
}

TEST(Nist, RawPolynomials) {
  for (const std::string name : {"pontius", "filip", "wampler1", "wampler2", "wampler3", "wampler4", "wampler5"}) {
    const Digits found = measure(name, true);
    EXPECT_GE(found.coefficients, 13.0) << name;
    EXPECT_GE(found.errors, 13.0) << name;
  }
}
