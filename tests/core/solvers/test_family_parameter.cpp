// theta and var_power that are not given: maxima of their likelihoods, limits, failures.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/models/glm_tables.hpp"
#include "deciban/solvers/family_parameter.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

// Counts of a negative binomial law, and totals of a compound Poisson law of gamma amounts, around log-linear means.
data::Table draws(double theta, double power, double phi, int rows = 400) {
  Doubles x, n, y, w, under;
  Texts g;
  for (int i = 0; i < rows; ++i) {
    math::Stream stream(7, math::purpose("family_parameter"), static_cast<std::uint64_t>(i));
    x.push_back(2.0 * stream.uniform() - 1.0);
    g.push_back(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c");
    w.push_back(0.25 + stream.uniform());
    const double mu = std::exp(0.6 + 0.5 * x.back() + (i % 3 == 1 ? 0.3 : 0.0));
    n.push_back(math::draw_poisson(stream, mu * math::draw_gamma(stream, theta) / theta));
    const double dispersion = phi / w.back(), rate = std::pow(mu, 2.0 - power) / (dispersion * (2.0 - power));
    const double count = math::draw_poisson(stream, rate);
    y.push_back(math::draw_gamma(stream, count * (2.0 - power) / (power - 1.0)) * dispersion * (power - 1.0) *
                std::pow(mu, power - 1.0));
    under.push_back(math::draw_binomial(stream, 4.0, 0.5));
  }
  Columns c;
  c.add("x", x)
      .add("g", g)
      .add("n", n)
      .add("y", y)
      .add("w", w)
      .add("under", under)
      .add("none", Doubles(static_cast<std::size_t>(rows), 0.0));
  return c.table;
}

const Document kCounts = args({{"formula", "n ~ x + g"}, {"family", "negative_binomial"}});
const Document kTotals = args({{"formula", "y ~ x + g"}, {"family", "tweedie"}, {"weights", "w"}});

double log_likelihood_at(const Document& arguments, const char* name, double value, const data::Table& table) {
  return fit(with(arguments, name, value), table).statistics.log_likelihood;
}

TEST(FamilyParameter, ThetaBeatsItsNeighbours) {
  for (const double theta : {0.2, 1.5, 8.0}) {
    const auto table = draws(theta, 1.5, 1.0);
    const auto model = fit(kCounts, table);
    ASSERT_TRUE(model.family_estimate.estimated);
    EXPECT_TRUE(model.warnings.empty());
    const double found = model.family.theta, se = model.family_estimate.std_error;
    EXPECT_LT(std::fabs(found - theta), 4.0 * se);
    const double top = model.statistics.log_likelihood;
    // the differences of both sides tell where the maximum lies between them
    const double h = 0.05 * se, above = log_likelihood_at(kCounts, "theta", found + h, table) - top,
                 below = log_likelihood_at(kCounts, "theta", found - h, table) - top;
    EXPECT_LT(above, 0.0);
    EXPECT_LT(below, 0.0);
    EXPECT_LT(std::fabs(above - below), 0.1 * std::fabs(above + below)) << theta;
    // the profile is at most as curved as the likelihood at fixed means
    EXPECT_NEAR(-(above + below) / (h * h) * se * se, 1.0, 0.1) << theta;
  }
}

TEST(FamilyParameter, AModelAtTheEstimateIsTheSame) {
  const auto table = draws(1.5, 1.6, 2.0);
  for (const Document& arguments : {kCounts, kTotals}) {
    const auto model = fit(arguments, table);
    const bool tweedie = model.family.id == families::FamilyId::tweedie;
    const double value = tweedie ? model.family.var_power : model.family.theta;
    const auto given = fit(with(arguments, tweedie ? "var_power" : "theta", value), table);
    EXPECT_EQ(model.coefficients, given.coefficients);
    EXPECT_EQ(model.statistics.log_likelihood, given.statistics.log_likelihood);
    EXPECT_EQ(model.statistics.log_likelihood_df, given.statistics.log_likelihood_df + 1);
    EXPECT_EQ(model.statistics.aic, given.statistics.aic + 2.0);
    EXPECT_FALSE(given.family_estimate.estimated);
  }
}

TEST(FamilyParameter, ThetaIsInfiniteWithoutOverdispersion) {
  const auto table = draws(1.0, 1.5, 1.0);
  const auto model = fit(with(kCounts, "formula", "under ~ x"), table);
  const auto poisson = fit(args({{"formula", "under ~ x"}, {"family", "poisson"}}), table);
  EXPECT_EQ(model.family.theta, kInf);
  EXPECT_TRUE(std::isnan(model.family_estimate.std_error));
  ASSERT_EQ(model.warnings.size(), 1u);
  EXPECT_EQ(model.warnings[0].code, "fit.no_overdispersion");
  EXPECT_EQ(model.coefficients, poisson.coefficients);
  EXPECT_EQ(model.statistics.log_likelihood, poisson.statistics.log_likelihood);
  EXPECT_EQ(model.statistics.aic, poisson.statistics.aic + 2.0);
  const auto again = models::glm_from_document(models::to_document(model));
  EXPECT_EQ(again.family.theta, kInf);
  EXPECT_EQ(models::summary_text(again, 0.95), models::summary_text(model, 0.95));
}

// Close to Poisson, where the terms of the score cancel to 1e-8 of themselves: with mean m and variance v of plain
// counts the maximum is near m^2 / (v - m).
TEST(FamilyParameter, LargeTheta) {
  Doubles n;
  double mean = 0.0, squares = 0.0;
  for (int i = 0; i < 20000; ++i) {
    math::Stream stream(11, math::purpose("large theta"), static_cast<std::uint64_t>(i));
    n.push_back(math::draw_poisson(stream, 40.0 * math::draw_gamma(stream, 500.0) / 500.0));
    mean += n.back() / 20000.0;
  }
  for (const double v : n) squares += (v - mean) * (v - mean) / 20000.0;
  Columns c;
  c.add("n", n);
  const auto model = fit(with(kCounts, "formula", "n ~ 1"), c.table);
  EXPECT_NEAR(model.family.theta / (mean * mean / (squares - mean)), 1.0, 0.05);
  const double h = 1e-3 * model.family.theta, top = model.statistics.log_likelihood;
  const Document arguments = with(kCounts, "formula", "n ~ 1");
  EXPECT_LT(log_likelihood_at(arguments, "theta", model.family.theta + h, c.table), top);
  EXPECT_LT(log_likelihood_at(arguments, "theta", model.family.theta - h, c.table), top);
}

TEST(FamilyParameter, VarPowerBeatsItsNeighboursAndItsIntervalIsExact) {
  for (const double power : {1.2, 1.5, 1.8}) {
    const auto table = draws(1.0, power, 1.5);
    const auto model = fit(kTotals, table);
    ASSERT_TRUE(model.family_estimate.estimated);
    EXPECT_TRUE(model.warnings.empty());
    const double found = model.family.var_power, se = model.family_estimate.std_error;
    EXPECT_LT(std::fabs(found - power), 4.0 * se);
    const double top = model.statistics.log_likelihood, h = 0.02 * se;
    const double above = log_likelihood_at(kTotals, "var_power", found + h, table) - top,
                 below = log_likelihood_at(kTotals, "var_power", found - h, table) - top;
    EXPECT_LT(above, 0.0);
    EXPECT_LT(below, 0.0);
    EXPECT_LT(std::fabs(above - below), 0.1 * std::fabs(above + below)) << power;
    EXPECT_LT(model.family_estimate.lower, found);
    EXPECT_GT(model.family_estimate.upper, found);
    for (const double end : {model.family_estimate.lower, model.family_estimate.upper})
      EXPECT_NEAR(2.0 * (top - log_likelihood_at(kTotals, "var_power", end, table)), 3.841458820694124, 1e-7) << power;
  }
}

TEST(FamilyParameter, DispersionOfTheLikelihoodIsItsMaximum) {
  const auto table = draws(1.0, 1.5, 1.5);
  design::TrainingData training;
  training.y = {0.0, 1.5, 3.0, 0.0, 2.2, 0.1};
  training.weights = {1.0, 2.0, 0.5, 1.0, 1.0, 0.0};
  training.frequencies = {1.0, 1.0, 3.0, 1.0, 2.0, 1.0};
  training.design.rows = 6;
  const RunContext context;
  for (const double p : {1.2, 1.5, 1.8, 2.0}) {
    const double phi = solvers::tweedie_dispersion(training, p, 4.0, 1.0, context);
    EXPECT_NEAR(solvers::tweedie_dispersion(training, p, 4.0, 1.7 * phi, context), phi, 1e-10 * phi) << p;
  }
  EXPECT_EQ(solvers::tweedie_dispersion(training, 1.5, 0.0, 1.0, context), 0.0);
  training.y.edit().assign(6, 0.0);
  EXPECT_TRUE(std::isnan(solvers::tweedie_dispersion(training, 1.5, 4.0, 1.0, context)));
}

TEST(FamilyParameter, LimitsAndFailures) {
  const auto table = draws(1.0, 1.5, 1.5);
  const auto code = [&](const Document& arguments) { return code_of([&] { fit(arguments, table); }); };
  EXPECT_EQ(code(with(kCounts, "formula", "none ~ x")), "family.no_estimate");
  EXPECT_EQ(code(with(kTotals, "formula", "none ~ x")), "family.no_estimate");
  const auto counts = fit(args({{"formula", "n ~ x"}, {"family", "tweedie"}}), table);
  ASSERT_EQ(counts.warnings.size(), 1u);
  EXPECT_EQ(counts.warnings[0].code, "fit.var_power_bound");
  EXPECT_EQ(counts.family.var_power, solvers::kLowestVarPower);
  EXPECT_EQ(counts.family_estimate.lower, 1.0);
  Columns exact;
  exact.add("y", Doubles{1.5, 2.5, 4.0}).add("g", Texts{"a", "b", "c"});
  EXPECT_EQ(code_of([&] {
              fit(args({{"formula", "y ~ g"}, {"family", "tweedie"}}), exact.table);
            }),
            "family.no_estimate");
}

TEST(FamilyParameter, TheSameBitsForAnyNumberOfThreads) {
  const auto table = draws(1.5, 1.2, 2.0, 33000);  // two blocks
  for (const Document& arguments : {kCounts, kTotals}) {
    const auto figures = [&](int n_threads) {
      const auto model = fit(arguments, table, n_threads);
      return Doubles{model.family.theta, model.family.var_power, model.family_estimate.lower,
                     model.family_estimate.std_error, model.statistics.log_likelihood};
    };
    EXPECT_TRUE(same_bits(figures(1), figures(3)));
  }
}

}  // namespace
