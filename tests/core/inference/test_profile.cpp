// Profile-likelihood intervals: their equation, open ends, aliased columns, and fits in shared passes.
#include "deciban/base/config.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "deciban/math/elementary.hpp"
#include "deciban/models/queries.hpp"
#include "models/fit_case.hpp"

namespace {

using namespace fit_case;
using deciban::models::Answer;
using deciban::models::GlmModel;
using deciban::models::query;

Columns claims(int n, std::uint64_t seed, bool empty_level) {
  Random random(seed);
  Doubles y, x, amount, year, zero(static_cast<std::size_t>(n), 0.0);
  std::vector<std::int32_t> a;
  for (int i = 0; i < n; ++i) {
    a.push_back(random.below(3));
    x.push_back(random.normal());
    year.push_back(2000.0 + random.below(20));
    const double mu = std::exp(0.2 * x.back() + 0.1 * a.back());
    y.push_back(empty_level && a.back() == 2 ? 0.0 : random.poisson(mu));
    amount.push_back(-mu * std::log(random.uniform() * random.uniform()));
  }
  Columns data;
  data.add("y", y).add("x", x).add("amount", amount).add("year", year).add("zero", zero);
  data.factor("a", a, {"p", "q", "r"});
  return data;
}

Answer intervals(const GlmModel& model, const Columns& data, const Document& arguments = Document::object()) {
  const deciban::data::Table none;
  return query(model, "profile_intervals", arguments, {&data.table, &none}, {}, threads(1));
}

struct Law {
  const char *family, *link, *response;
};

class ProfileEquation : public testing::TestWithParam<Law> {};

TEST_P(ProfileEquation, HoldsByAFitOfItsOwn) {
  const Law law = GetParam();
  Columns data = claims(500, 11, false);
  Document arguments =
      args({{"formula", std::string(law.response) + " ~ a + year + x"}, {"family", law.family}, {"link", law.link}});
  const GlmModel model = fit(arguments, data.table);
  const double level = 0.9, z = deciban::math::normal_quantile(0.95);
  const Answer answer = intervals(model, data, args({{"level", level}, {"parm", Texts{"x"}}}));
  for (const std::size_t end : {std::size_t{2}, std::size_t{3}}) {
    const double t = answer.table.columns[end].numbers[0];
    Columns with_offset = claims(500, 11, false);
    Doubles held;
    const auto& x = *data.table.find("x");
    for (int i = 0; i < 500; ++i) held.push_back(t * reinterpret_cast<const double*>(x.chunks[0].values)[i]);
    with_offset.add("held", held);
    Document without = arguments;
    without.set("formula", std::string(law.response) + " ~ a + year");
    without.set("offset", "held");
    const GlmModel fixed = fit(without, with_offset.table);
    EXPECT_NEAR((fixed.statistics.deviance - model.statistics.deviance) / model.statistics.dispersion, z * z, 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(Laws, ProfileEquation,
                         testing::Values(Law{"poisson", "log", "y"}, Law{"poisson", "sqrt", "y"},
                                         Law{"quasipoisson", "log", "y"}, Law{"gamma", "log", "amount"},
                                         Law{"gamma", "inverse", "amount"}, Law{"inverse_gaussian", "log", "amount"},
                                         Law{"gaussian", "identity", "amount"}),
                         [](const auto& info) { return std::string(info.param.family) + "_" + info.param.link; });

// The intercept of the columns as they were given, which is no parameter of the shifted ones.
TEST(Profile, InterceptIsTheNaturalOne) {
  const Columns data = claims(500, 11, false);
  const GlmModel model = fit(args({{"formula", "amount ~ year + x"}, {"family", "gaussian"}}), data.table);
  const Answer answer = intervals(model, data, args({{"parm", Texts{"(Intercept)"}}}));
  // a gaussian profile is a parabola: the interval is estimate +- z standard errors
  const double margin = deciban::math::normal_quantile(0.975) * std::sqrt(model.covariance.variance(0));
  EXPECT_NEAR(answer.table.columns[2].numbers[0], model.coefficients[0] - margin, 1e-8 * margin);
  EXPECT_NEAR(answer.table.columns[3].numbers[0], model.coefficients[0] + margin, 1e-8 * margin);
}

TEST(Profile, ALevelWithoutClaimsIsOpenBelow) {
  const Columns data = claims(400, 2, true);
  const GlmModel model = fit(args({{"formula", "y ~ a + x"}, {"family", "poisson"}}), data.table);
  EXPECT_EQ(model.statistics.status, "separated");
  const Answer answer = intervals(model, data);
  ASSERT_EQ(answer.table.columns[0].texts[2], "ar");
  EXPECT_EQ(answer.table.columns[2].numbers[2], -kInf);
  const double upper = answer.table.columns[3].numbers[2];
  EXPECT_LT(upper, 0.0);
  EXPECT_GT(upper, -10.0);
  // the others are those of the fit without that level
  EXPECT_TRUE(std::isfinite(answer.table.columns[2].numbers[3]));
  ASSERT_FALSE(answer.warnings.empty());
  EXPECT_EQ(answer.warnings[0].code, "profile.open");
}

TEST(Profile, AliasedCoefficientsHaveNone) {
  const Columns data = claims(300, 5, false);
  const GlmModel model = fit(args({{"formula", "y ~ x + I(2 * x) + a"}, {"family", "poisson"}}), data.table);
  const Answer answer = intervals(model, data);
  EXPECT_TRUE(std::isnan(answer.table.columns[2].numbers[2]));
  EXPECT_TRUE(std::isfinite(answer.table.columns[2].numbers[1]));
  EXPECT_TRUE(answer.warnings.empty());
}

TEST(Profile, AnExactFitHasNoInterval) {
  Columns data;
  data.add("x", Doubles{1, 2, 3, 4}).add("y", Doubles{2, 4, 6, 8});
  const GlmModel model = fit(args({{"formula", "y ~ x"}, {"family", "gaussian"}}), data.table);
  const Answer answer = intervals(model, data);
  for (const std::size_t end : {std::size_t{2}, std::size_t{3}})
    for (const double limit : answer.table.columns[end].numbers)
      EXPECT_TRUE(std::isnan(limit) || std::fabs(limit) < 3.0);
}

TEST(Profile, ErrorsByCode) {
  const Columns data = claims(100, 5, false);
  const GlmModel model = fit(args({{"formula", "y ~ x"}, {"family", "poisson"}}), data.table);
  EXPECT_EQ(code_of([&] { intervals(model, data, args({{"level", 1.0}})); }), "input.level");
  EXPECT_EQ(code_of([&] { intervals(model, data, args({{"parm", Texts{"z"}}})); }), "input.parm");
  EXPECT_EQ(code_of([&] { query(model, "profile", Document::object(), {}, {}, threads(1)); }), "model.no_data");
  Columns changed = claims(100, 6, false);
  EXPECT_EQ(code_of([&] { intervals(model, changed); }), "model.data_changed");
}

// The grid: tau is 0 at the estimate and rises with the value.
TEST(Profile, TauRises) {
  const Columns data = claims(200, 5, false);
  const GlmModel model = fit(args({{"formula", "y ~ x + a"}, {"family", "poisson"}}), data.table);
  const deciban::data::Table none;
  const Answer answer =
      query(model, "profile", args({{"parm", Texts{"x"}}, {"steps", 4}}), {&data.table, &none}, {}, threads(1));
  const Doubles& tau = answer.table.columns[2].numbers;
  ASSERT_EQ(tau.size(), 9u);
  for (std::size_t k = 1; k < tau.size(); ++k) EXPECT_GT(tau[k], tau[k - 1]);
  EXPECT_EQ(tau[4], 0.0);
}

}  // namespace
