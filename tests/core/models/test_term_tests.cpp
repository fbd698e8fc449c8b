// Tests of terms and comparisons of models: what must hold whatever R says, and errors by code.
#include "deciban/base/config.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "deciban/models/queries.hpp"
#include "fit_case.hpp"

namespace {

using namespace fit_case;
using deciban::models::Answer;
using deciban::models::GlmModel;
using deciban::models::query;

// Claims with two factors, a number and a column that is twice another.
Columns portfolio(int n = 600, std::uint64_t seed = 4) {
  Random random(seed);
  Doubles y, x, twice, e, gap;
  std::vector<std::int32_t> a, b;
  for (int i = 0; i < n; ++i) {
    a.push_back(random.below(3));
    b.push_back(random.below(4));
    x.push_back(random.normal());
    twice.push_back(2.0 * x.back());
    e.push_back(0.2 + random.uniform());
    gap.push_back(i % 50 == 0 ? kNaN : random.normal());
    y.push_back(random.poisson(e.back() * std::exp(-0.3 + 0.3 * a.back() + 0.2 * x.back())));
  }
  Columns data;
  data.add("y", y).add("x", x).add("twice", twice).add("e", e).add("gap", gap);
  data.factor("a", a, {"p", "q", "r"}).factor("b", b, {"s", "t", "u", "v"});
  return data;
}

Document poisson(const std::string& formula) {
  return args({{"formula", formula}, {"family", "poisson"}, {"exposure", "e"}});
}

Answer ask(const GlmModel& model, const std::string& name, const Document& arguments, const Columns& data,
           const std::vector<const GlmModel*>& more = {}, int n_threads = 1) {
  const deciban::data::Table none;
  return query(model, name, arguments, {&data.table, &none}, more, threads(n_threads));
}

Doubles numbers(const Answer& answer, const std::string& name) {
  for (const auto& column : answer.table.columns)
    if (column.name == name) return column.numbers;
  ADD_FAILURE() << "no column " << name;
  return {};
}

TEST(Anova, StepsAddUpToTheNullDeviance) {
  const Columns data = portfolio();
  const GlmModel model = fit(poisson("y ~ a * b + x"), data.table);
  const Answer answer = ask(model, "anova", Document::object(), data);
  double explained = 0.0, df = 0.0;
  for (std::size_t k = 1; k < answer.table.rows(); ++k) {
    explained += numbers(answer, "deviance")[k];
    df += numbers(answer, "df")[k];
  }
  EXPECT_NEAR(explained, model.statistics.null_deviance - model.statistics.deviance, 1e-9);
  EXPECT_EQ(df, model.statistics.df_null - model.statistics.df_residual);
}

TEST(Anova, LastStepIsDroppingTheLastTermAndComparingTwoModels) {
  const Columns data = portfolio();
  const GlmModel model = fit(poisson("y ~ a + b + x"), data.table), smaller = fit(poisson("y ~ a + b"), data.table);
  const double step = numbers(ask(model, "anova", Document::object(), data), "deviance")[3];
  EXPECT_NEAR(numbers(ask(model, "drop1", args({{"scope", Texts{"x"}}}), data), "statistic")[1], step, 1e-9);
  EXPECT_NEAR(numbers(ask(smaller, "compare_models", Document::object(), data, {&model}), "deviance")[1], step, 1e-9);
  EXPECT_NEAR(numbers(ask(smaller, "add1", args({{"scope", Texts{"x"}}, {"test", "LRT"}}), data), "statistic")[1], step,
              1e-9);
}

TEST(Anova, TypesAgreeWhereNoTermContainsAnother) {
  const Columns data = portfolio();
  const GlmModel model = fit(poisson("y ~ a + b + x"), data.table);
  EXPECT_TRUE(same_bits(numbers(ask(model, "anova", args({{"type", 2}}), data), "deviance"),
                        numbers(ask(model, "anova", args({{"type", "III"}}), data), "deviance")));
}

TEST(Anova, SameBitsForAnyNumberOfThreads) {
  const Columns data = portfolio(70000);
  const GlmModel model = fit(poisson("y ~ a * b + x"), data.table);
  for (const char* name :
       {"anova", "drop1", "term_importance", "profile_intervals", "overdispersion_test", "link_test"}) {
    const Answer one = ask(model, name, Document::object(), data, {}, 1);
    const Answer three = ask(model, name, Document::object(), data, {}, 3);
    for (std::size_t k = 0; k < one.table.columns.size(); ++k)
      EXPECT_TRUE(same_bits(one.table.columns[k].numbers, three.table.columns[k].numbers)) << name;
  }
}

TEST(Anova, ErrorsByCode) {
  const Columns data = portfolio();
  const GlmModel model = fit(poisson("y ~ a + x"), data.table);
  const auto code = [&](const std::string& name, const Document& arguments) {
    return code_of([&] { ask(model, name, arguments, data); });
  };
  EXPECT_EQ(code("anova", args({{"test", "Chi"}})), "input.test");
  EXPECT_EQ(code("anova", args({{"type", 4}})), "input.type");
  EXPECT_EQ(code("anova", args({{"dispersion", -1.0}})), "input.dispersion");
  EXPECT_EQ(code("anova", args({{"tests", "F"}})), "input.unknown_argument");
  EXPECT_EQ(code("drop1", args({{"scope", Texts{"z"}}})), "input.term");
  EXPECT_EQ(code("add1", Document::object()), "add1.no_terms");
  EXPECT_EQ(code("add1", args({{"scope", Texts{"x"}}})), "add1.no_terms");
  EXPECT_EQ(code("add1", args({{"scope", Texts{"gap"}}})), "add1.other_rows");
  EXPECT_EQ(code("add1", args({{"scope", Texts{"nothing"}}})), "data.unknown_column");
  EXPECT_EQ(code("compare_models", Document::object()), "anova.one_model");
  EXPECT_EQ(code_of([&] { query(model, "anova", Document::object(), {}, {}, threads(1)); }), "model.no_data");
}

TEST(Anova, FWithAKnownDispersionWarns) {
  const Columns data = portfolio();
  const GlmModel model = fit(poisson("y ~ a + x"), data.table);
  const Answer answer = ask(model, "anova", args({{"test", "F"}}), data);
  ASSERT_EQ(answer.warnings.size(), 1u);
  EXPECT_EQ(answer.warnings[0].code, "anova.f_known_dispersion");
}

TEST(CompareModels, RefusesWhatIsNotNested) {
  const Columns data = portfolio();
  const auto code = [&](const Document& first, const Document& second) {
    const GlmModel a = fit(first, data.table), b = fit(second, data.table);
    return code_of([&] { ask(a, "compare_models", Document::object(), data, {&b}); });
  };
  EXPECT_EQ(code(poisson("y ~ a"), poisson("y ~ b + x")), "anova.not_nested");
  EXPECT_EQ(code(poisson("y ~ x"), poisson("y ~ a + log(e)")), "anova.not_nested");
  EXPECT_EQ(code(poisson("y ~ a"), poisson("y ~ a + gap")), "anova.other_rows");
  EXPECT_EQ(code(poisson("y ~ a"), args({{"formula", "y ~ a + x"}, {"family", "poisson"}})), "anova.other_rows");
  EXPECT_EQ(code(poisson("y ~ a"), poisson("I(y + 1) ~ a + x")), "anova.other_rows");
  EXPECT_EQ(code(poisson("y ~ a"), with(poisson("y ~ a + x"), "weights", "e")), "anova.other_rows");
  EXPECT_EQ(code(poisson("y ~ a"), with(poisson("y ~ a + x"), "family", "quasipoisson")), "anova.other_family");
}

// The same columns by other names: a span, not a list of names.
TEST(CompareModels, KnowsASpan) {
  const Columns data = portfolio();
  const GlmModel small = fit(poisson("y ~ twice"), data.table), large = fit(poisson("y ~ x + a"), data.table);
  const Answer answer = ask(small, "compare_models", Document::object(), data, {&large});
  EXPECT_EQ(numbers(answer, "df")[1], 2.0);
  const GlmModel full = fit(poisson("y ~ 0 + a"), data.table), with_intercept = fit(poisson("y ~ a + b"), data.table);
  EXPECT_EQ(numbers(ask(full, "compare_models", Document::object(), data, {&with_intercept}), "df")[1], 3.0);
  const GlmModel mean = fit(poisson("y ~ 1"), data.table);
  EXPECT_EQ(numbers(ask(mean, "compare_models", Document::object(), data, {&full}), "df")[1], 2.0);
}

TEST(CompareModels, OtherDataAreOtherRows) {
  const Columns data = portfolio(), other = portfolio(600, 9);
  const GlmModel small = fit(poisson("y ~ x"), data.table), large = fit(poisson("y ~ x + a"), other.table);
  EXPECT_EQ(code_of([&] { ask(small, "compare_models", Document::object(), other, {&large}); }), "anova.other_rows");
  EXPECT_EQ(code_of([&] { ask(small, "compare_models", Document::object(), data, {&large}); }), "model.data_changed");
}

// Each negative binomial keeps its own theta, and twice the difference of the log-likelihoods is tested.
TEST(CompareModels, NegativeBinomialsByTheirLikelihoods) {
  Columns data = portfolio();
  Random random(3);
  Doubles counts;
  for (int i = 0; i < 600; ++i) counts.push_back(random.poisson(2.0 * -std::log(random.uniform())));
  data.add("n", counts);
  const auto negative = [](const std::string& formula) {
    return args({{"formula", formula}, {"family", "negative_binomial"}});
  };
  const GlmModel small = fit(negative("n ~ x"), data.table), large = fit(negative("n ~ x + a"), data.table);
  const Answer answer = ask(small, "compare_models", Document::object(), data, {&large});
  EXPECT_NEAR(numbers(answer, "statistic")[1],
              2.0 * (large.statistics.log_likelihood - small.statistics.log_likelihood), 1e-10);
  EXPECT_EQ(numbers(answer, "df")[1], 2.0);
  EXPECT_EQ(code_of([&] { ask(small, "compare_models", args({{"test", "F"}}), data, {&large}); }), "input.test");
}

TEST(TermImportance, TakesInteractionsAlong) {
  const Columns data = portfolio();
  const GlmModel model = fit(poisson("y ~ a * b + x"), data.table), without = fit(poisson("y ~ b + x"), data.table);
  const Answer answer = ask(model, "term_importance", Document::object(), data);
  EXPECT_NEAR(numbers(answer, "deviance")[0], without.statistics.deviance - model.statistics.deviance, 1e-9);
  EXPECT_EQ(answer.table.columns.back().texts[0], "a:b");
}

TEST(Add1, ScoresMatchThoseOfTheSequence) {
  const Columns data = portfolio();
  const GlmModel small = fit(poisson("y ~ a"), data.table), large = fit(poisson("y ~ a + b"), data.table);
  EXPECT_NEAR(numbers(ask(small, "add1", args({{"scope", Texts{"b"}}}), data), "statistic")[1],
              numbers(ask(large, "anova", args({{"test", "Rao"}}), data), "rao")[2], 1e-8);
}

TEST(Overdispersion, IsForCountsAndProportions) {
  const Columns data = portfolio();
  const GlmModel model = fit(args({{"formula", "x ~ a"}, {"family", "gaussian"}}), data.table);
  EXPECT_EQ(code_of([&] { ask(model, "overdispersion_test", Document::object(), data); }), "overdispersion.family");
  const GlmModel counts = fit(poisson("y ~ a"), data.table);
  EXPECT_EQ(code_of([&] { ask(counts, "overdispersion_test", args({{"power", 3}}), data); }), "input.argument");
}

// Counts of a negative binomial are found out, those of a Poisson law are not.
TEST(Overdispersion, SeesIt) {
  Random random(8);
  Doubles plain, mixed;
  for (int i = 0; i < 2000; ++i) {
    plain.push_back(random.poisson(3.0));
    mixed.push_back(random.poisson(3.0 * -std::log(random.uniform())));
  }
  Columns data;
  data.add("plain", plain).add("mixed", mixed);
  const auto p_values = [&](const std::string& formula) {
    const GlmModel model = fit(args({{"formula", formula}, {"family", "poisson"}}), data.table);
    return numbers(ask(model, "overdispersion_test", Document::object(), data), "p_value");
  };
  for (const double p : p_values("plain ~ 1")) EXPECT_GT(p, 1e-3);
  for (const double p : p_values("mixed ~ 1")) EXPECT_LT(p, 1e-10);
}

TEST(GoodnessOfFit, HasNoTestWhereTheDispersionIsEstimated) {
  const Columns data = portfolio();
  const GlmModel model = fit(args({{"formula", "x ~ a"}, {"family", "gaussian"}}), data.table);
  for (const double p : numbers(ask(model, "goodness_of_fit", Document::object(), data), "p_value"))
    EXPECT_TRUE(std::isnan(p));
}

}  // namespace
