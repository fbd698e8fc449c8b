#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

// 200 policies in three levels; "c" has the claims given.
struct Claims {
  Doubles y, x, w;
  Texts f;

  explicit Claims(int claims_in_c, std::uint64_t seed = 5) {
    Random random(seed);
    for (int i = 0; i < 200; ++i) {
      const bool c = i % 10 == 0;
      f.push_back(c ? "c" : i % 2 ? "a" : "b");
      y.push_back(c ? double(claims_in_c-- > 0) : random.poisson(1.0));
      x.push_back(random.normal());
      w.push_back(0.5 + random.uniform());
    }
  }
  data::Table table(double unit = 1.0) const {
    Columns c;
    Doubles weights = w;
    for (auto& value : weights) value *= unit;
    c.add("y", y).add("x", x).add("w", weights).add("f", f);
    return c.table;
  }
};

Document model_of(const std::string& family) {
  Document arguments = args({{"formula", "y ~ f + x"}, {"family", family}, {"weights", "w"}});
  if (family == "tweedie") arguments.set("var_power", 1.5);
  if (family == "negative_binomial") arguments.set("theta", 2.0);
  return arguments;
}

Texts culprits(const models::GlmModel& model) {
  return warning_of(model, "fit.separation").context.at("coefficients").as_strings();
}

void expect_separated(const models::GlmModel& model, const Texts& names, const std::string& what = "") {
  EXPECT_EQ(model.statistics.status, "separated") << what;
  ASSERT_TRUE(has_warning(model, "fit.separation")) << what;
  EXPECT_EQ(culprits(model), names) << what;
  for (const auto& name : names)
    EXPECT_NE(warning_of(model, "fit.separation").message.find(name), std::string::npos) << what;
}

}  // namespace

TEST(Separation, NamesTheLevelWithoutClaims) {
  const Claims none(0);
  for (const char* family : {"poisson", "quasipoisson", "tweedie", "negative_binomial"}) {
    const auto model = fit(model_of(family), none.table());
    expect_separated(model, {"fc"}, family);
    EXPECT_LT(model.coefficients[2], -15.0) << family;
    // The other coefficients are those of the rows that carry information.
    Claims rest = none;
    for (int i = 0; i < 200; i += 10) rest.w[i] = 0.0;
    const auto without = fit(model_of(family), rest.table());
    for (const int j : {0, 1, 3})
      EXPECT_NEAR(model.coefficients[j], without.coefficients[j], 1e-6) << family << " " << j;
  }
}

TEST(Separation, IsNotSeenInALevelWithOneClaim) {
  const Claims one(1);
  for (const char* family : {"poisson", "quasipoisson", "tweedie", "negative_binomial"}) {
    const auto model = fit(model_of(family), one.table());
    EXPECT_EQ(model.statistics.status, "converged") << family;
    EXPECT_TRUE(model.warnings.empty()) << family;
  }
  // One claim among many rows, little exposure, or a tiny weight.
  Random random(3);
  const int n = 200000;
  Doubles y(n, 0.0), e(n), w(n, 1.0);
  std::vector<std::int32_t> codes(n);
  for (int i = 0; i < n; ++i) {
    codes[i] = i % 2;
    e[i] = codes[i] ? 1.0 : 1e-3;
    if (!codes[i]) y[i] = random.below(50) == 0;
  }
  y[1] = 1.0;
  for (const double tiny : {1.0, 1e-4, 1e-9, 1e-14}) {
    for (int i = 1; i < n; i += 2) w[i] = tiny;
    Columns c;
    c.add("y", y).add("e", e).add("w", w).factor("f", codes, {"a", "b"});
    const auto model =
        fit(args({{"formula", "y ~ f"}, {"family", "poisson"}, {"exposure", "e"}, {"weights", "w"}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged") << tiny;
    double claims = 0.0, exposure = 0.0;
    for (int i = 0; i < n; i += 2) {
      claims += y[i];
      exposure += e[i];
    }
    EXPECT_NEAR(model.coefficients[0], std::log(claims / exposure), 1e-9) << tiny;
    EXPECT_NEAR(model.coefficients[0] + model.coefficients[1], std::log(1.0 / (n / 2)), 1e-9 / std::sqrt(tiny)) << tiny;
  }
}

TEST(Separation, IsTheSameInAnyUnitOfWeights) {
  for (const char* family : {"poisson", "quasipoisson", "tweedie", "negative_binomial"})
    for (const int claims : {0, 1, 3}) {
      const Claims data(claims);
      const auto expected = fit(model_of(family), data.table());
      for (const double unit : {1e-12, 1e-8, 1e-4, 1e4, 1e8, 1e12}) {
        const std::string what =
            std::string(family) + ", " + std::to_string(claims) + " claims, weights times " + std::to_string(unit);
        const auto model = fit(model_of(family), data.table(unit));
        EXPECT_EQ(model.statistics.status, expected.statistics.status) << what;
        if (expected.statistics.status != "converged") {
          EXPECT_EQ(culprits(model), culprits(expected)) << what;
          continue;
        }
        expect_near(model.coefficients, expected.coefficients, 1e-9, 1e-10, what);
        EXPECT_LE(difference(model.statistics.deviance, expected.statistics.deviance * unit), 1e-11) << what;
        const double scale = model.family.has_known_dispersion() ? 1.0 / std::sqrt(unit) : 1.0;
        for (int j = 0; j < 4; ++j)
          EXPECT_LE(difference(std::sqrt(model.covariance(j, j)), scale * std::sqrt(expected.covariance(j, j))), 1e-8)
              << what;
      }
    }
}

TEST(Separation, IsSeenInLogisticRegression) {
  Doubles x, perfect, quasi, overlap;
  for (int i = 0; i < 100; ++i) {
    x.push_back(i);
    perfect.push_back(i >= 50);
    quasi.push_back(i > 50 || (i == 50 && false));
    overlap.push_back(i >= 50);
  }
  x[49] = x[50] = 49.5;  // quasi: both values of y at one x
  quasi[49] = 0.0;
  quasi[50] = 1.0;
  std::swap(overlap[49], overlap[51]);
  for (const char* link : {"logit", "probit", "cloglog", "loglog", "cauchit"})
    for (const char* family : {"binomial", "quasibinomial"}) {
      const std::string what = std::string(family) + " " + link;
      Columns c;
      Doubles distinct = x;
      distinct[49] = 49.0;
      distinct[50] = 50.0;
      c.add("x", distinct).add("y", perfect);
      expect_separated(fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", link}}), c.table), {"x"}, what);
      Columns q;
      q.add("x", x).add("y", quasi);
      const auto model = fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", link}}), q.table);
      EXPECT_EQ(model.statistics.status, "separated") << "quasi-complete, " << what;
      Columns o;
      o.add("x", distinct).add("y", overlap);
      EXPECT_EQ(fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", link}}), o.table).statistics.status,
                "converged")
          << what;
    }
}

TEST(Separation, NamesLevelsOfOneOutcome) {
  Doubles y;
  Texts f;
  Random random(2);
  for (int i = 0; i < 90; ++i) {
    f.push_back(i % 3 == 0 ? "a" : i % 3 == 1 ? "all" : "none");
    y.push_back(i % 3 == 0 ? double(random.below(2)) : i % 3 == 1);
  }
  Columns c;
  c.add("y", y).add("f", f);
  for (const char* link : {"logit", "probit", "cloglog", "cauchit"}) {
    const auto model = fit(args({{"formula", "y ~ f"}, {"family", "binomial"}, {"link", link}}), c.table);
    EXPECT_EQ(model.statistics.status, "separated") << link;
    const Texts names = culprits(model);
    EXPECT_FALSE(names.empty());
    for (const auto& name : names) EXPECT_TRUE(name == "fall" || name == "fnone") << link << " " << name;
  }
}

TEST(Separation, IsSeenWhenAllResponsesAreAlike) {
  Doubles x;
  for (int i = 0; i < 100; ++i) x.push_back(i);
  const auto check = [&](double y, const char* family, const char* link, Document arguments) {
    Columns c;
    c.add("y", Doubles(100, y)).add("x", x);
    arguments.set("formula", "y ~ x").set("family", family).set("link", link);
    expect_separated(fit(arguments, c.table), {"(Intercept)"}, std::string(family) + " " + link);
  };
  for (const char* family : {"poisson", "quasipoisson"}) check(0, family, "log", args({}));
  check(0, "tweedie", "log", args({{"var_power", 1.2}}));
  check(0, "tweedie", "log", args({{"var_power", 1.5}}));
  check(0, "negative_binomial", "log", args({{"theta", 1.0}}));
  for (const char* link : {"logit", "probit", "cloglog", "loglog", "cauchit"})
    for (const char* family : {"binomial", "quasibinomial"})
      for (const double y : {0.0, 1.0}) check(y, family, link, args({}));
}

TEST(Separation, IsAnErrorWhenStrict) {
  const Claims none(0);
  const auto error = error_of([&] { fit(with(model_of("poisson"), "strict", true), none.table()); });
  EXPECT_EQ(error.code(), "fit.separation");
  EXPECT_EQ(error.kind(), ErrorKind::convergence);
  EXPECT_EQ(error.context().at("coefficients").as_strings(), (Texts{"fc"}));
}

TEST(Separation, DoesNotAlarmOnRareEventsOrExtremePredictors) {
  // One event in 100,000 rows, with every link; and steep but finite slopes.
  const int n = 200000;
  std::vector<std::int32_t> codes(n);
  Doubles y(n, 0.0);
  for (int i = 0; i < n; ++i) codes[i] = i % 2;
  y[0] = y[1] = y[2] = 1.0;
  Columns c;
  c.add("y", y).factor("f", codes, {"a", "b"});
  for (const char* link : {"logit", "cloglog", "cauchit", "log"}) {
    const auto model = fit(args({{"formula", "y ~ f"}, {"family", "binomial"}, {"link", link}}), c.table, 2);
    EXPECT_EQ(model.statistics.status, "converged") << link;
    const Doubles mu = models::predict(model, args({}), c.table, {}, threads(2));
    EXPECT_LE(difference(mu[0], 2e-5), 1e-6) << link;
    EXPECT_LE(difference(mu[1], 1e-5), 1e-6) << link;
  }
  Random random(4);
  for (const double slope : {5.0, 20.0, 80.0}) {
    Doubles x, events;
    for (int i = 0; i < 20000; ++i) {
      x.push_back(2.0 * random.uniform() - 1.0);
      events.push_back(random.uniform() < 1.0 / (1.0 + std::exp(-slope * x.back())));
    }
    Columns steep;
    steep.add("y", events).add("x", x);
    const auto model = fit(args({{"formula", "y ~ x"}, {"family", "binomial"}}), steep.table);
    EXPECT_EQ(model.statistics.status, "converged") << slope;
    EXPECT_NEAR(model.coefficients[1], slope, 0.3 * slope);
  }
}

TEST(Separation, FarApartLevelsAreNoSeparation) {
  // Means that differ by 1e12 between levels: information differs as much, and nothing runs away.
  Random random(6);
  Doubles y;
  Texts f;
  for (int i = 0; i < 300; ++i) {
    f.push_back(i % 3 ? (i % 3 == 1 ? "large" : "medium") : "small");
    const double mean = i % 3 ? (i % 3 == 1 ? 1e12 : 1e5) : 1.0;
    y.push_back(mean == 1.0 ? random.poisson(1.0) : std::floor(mean * std::exp(0.3 * random.normal())));
  }
  Columns c;
  c.add("y", y).add("f", f);
  for (const char* family : {"poisson", "quasipoisson"}) {
    const auto model = fit(args({{"formula", "y ~ f"}, {"family", family}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged") << family;
  }
}
