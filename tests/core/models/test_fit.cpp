#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "deciban/models/glm_tables.hpp"
#include "deciban/models/portfolio.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

// n policies with two factors, a numeric column, weights, repeats, exposures and some missing values.
data::Table policies(int n, std::uint64_t seed, bool missing = false) {
  Random random(seed);
  Doubles y, x, w, k, e, s;
  std::vector<std::int32_t> area, brand;
  for (int i = 0; i < n; ++i) {
    area.push_back(random.below(3));
    brand.push_back(random.below(4));
    x.push_back(random.normal());
    w.push_back(0.25 * (1 + random.below(8)));
    k.push_back(random.below(4));
    e.push_back(0.1 + 0.9 * random.uniform());
    y.push_back(random.poisson(2.0 * e[i] * std::exp(0.2 * area[i] - 0.1 * brand[i] + 0.3 * x[i])));
    s.push_back(std::exp(5.0 + 0.1 * area[i] + 0.5 * random.normal()));
    if (!missing) continue;
    if (i % 11 == 3) x[i] = kNaN;
    if (i % 13 == 5) area[i] = -1;
    if (i % 17 == 2) y[i] = kNaN;
  }
  Columns c;
  c.add("y", y).add("x", x).add("w", w).add("k", k).add("e", e).add("s", s);
  c.factor("area", area, {"A", "B", "C"}).factor("brand", brand, {"p", "q", "r", "s"});
  return c.table;
}

Doubles column(const data::Table& table, const std::string& name) {
  const auto& view = table.at(name).chunks[0];
  const double* values = static_cast<const double*>(view.values);
  return Doubles(values, values + view.length);
}

const tables::Column& column(const tables::ResultTable& table, const std::string& name) {
  for (const auto& column : table.columns)
    if (column.name == name) return column;
  throw std::runtime_error("no column " + name);
}

}  // namespace

// 40 x 7 and 60 levels: two groups of joint cells, and sums of several blocks of rows.
TEST(Fit, TotalsByLevelAreThoseOfItsRows) {
  const int n = 70000;
  Random random(5);
  const std::vector<std::pair<std::string, int>> factors = {{"a", 40}, {"b", 60}, {"c", 7}};
  std::vector<std::vector<std::int32_t>> codes(factors.size());
  Doubles y;
  for (int i = 0; i < n; ++i) {
    for (std::size_t f = 0; f < factors.size(); ++f) codes[f].push_back(random.below(factors[f].second));
    y.push_back(random.poisson(0.5));
  }
  Columns c;
  c.add("y", y);
  for (std::size_t f = 0; f < factors.size(); ++f) {
    Texts labels;
    for (int level = 0; level < factors[f].second; ++level) labels.push_back(factors[f].first + std::to_string(level));
    c.factor(factors[f].first, codes[f], labels);
  }
  const auto model = fit(args({{"formula", "y ~ a + b + c"}, {"family", "poisson"}}), c.table, 2);
  std::size_t at = 0;
  for (std::size_t f = 0; f < factors.size(); ++f)
    for (int level = 0; level < factors[f].second; ++level, ++at) {
      double rows = 0.0, observed = 0.0;
      for (int i = 0; i < n; ++i)
        if (codes[f][static_cast<std::size_t>(i)] == level) {
          rows += 1.0;
          observed += y[static_cast<std::size_t>(i)];
        }
      const auto& totals = model.level_totals.at(at);
      EXPECT_EQ(totals.level, factors[f].first + std::to_string(level));
      EXPECT_EQ(static_cast<double>(totals.rows), rows);
      EXPECT_EQ(totals.exposure, rows);
      EXPECT_EQ(totals.observed, observed);
      EXPECT_NEAR(totals.fitted, observed, 1e-8 * observed);  // the score equations of a canonical link
    }
}

TEST(Fit, FrequenciesAreRepeatedRows) {
  const auto once = policies(200, 1);
  const Doubles k = column(once, "k");
  const auto repeat = [&](const Doubles& values) {
    Doubles out;
    for (std::size_t i = 0; i < values.size(); ++i) out.insert(out.end(), static_cast<std::size_t>(k[i]), values[i]);
    return out;
  };
  Columns many;
  for (const char* name : {"y", "x", "w", "e", "s"}) many.add(name, repeat(column(once, name)));
  for (const char* family : {"poisson", "gaussian", "gamma", "inverse_gaussian", "quasipoisson", "negative_binomial"}) {
    const bool amounts = std::string(family) == "gamma" || std::string(family) == "inverse_gaussian";
    Document arguments =
        args({{"formula", amounts ? "s ~ x" : "y ~ x"}, {"family", family}, {"link", "log"}, {"weights", "w"}});
    if (!amounts) arguments.set("exposure", "e");
    if (std::string(family) == "negative_binomial") arguments.set("theta", 1.5);
    const auto a = fit(with(arguments, "freq_weights", "k"), once), b = fit(arguments, many.table);
    expect_near(a.coefficients, b.coefficients, 1e-10, 0, family);
    expect_near(a.covariance.values(), b.covariance.values(), 1e-9, 0, family);
    const auto &s = a.statistics, &t = b.statistics;
    expect_near({s.nobs, s.sum_weights, s.df_residual, s.df_null}, {t.nobs, t.sum_weights, t.df_residual, t.df_null},
                1e-13);
    expect_near({s.deviance, s.null_deviance, s.pearson_chi2, s.dispersion, s.log_likelihood, s.aic, s.bic},
                {t.deviance, t.null_deviance, t.pearson_chi2, t.dispersion, t.log_likelihood, t.aic, t.bic}, 1e-12, 0,
                family);
    EXPECT_EQ(s.rows, 200);
    EXPECT_EQ(t.rows, t.nobs);
    const auto &x = a.level_totals.back(), &z = b.level_totals.back();
    expect_near({x.exposure, x.observed, x.fitted}, {z.exposure, z.observed, z.fitted}, 1e-10, 0, family);
  }
}

TEST(Fit, RowsWithoutWeightAreNoRows) {
  const auto table = policies(150, 2);
  Doubles w = column(table, "w");
  for (std::size_t i = 0; i < w.size(); i += 4) w[i] = 0.0;
  Columns all, some;
  for (const char* name : {"y", "x", "e", "s"}) {
    Doubles kept;
    for (std::size_t i = 0; i < w.size(); ++i)
      if (w[i] > 0.0) kept.push_back(column(table, name)[i]);
    Doubles wild = column(table, name);
    if (std::string(name) != "x")
      for (std::size_t i = 0; i < wild.size(); i += 4) wild[i] = i % 8 ? kInf : -7.0;
    some.add(name, kept);
    all.add(name, wild);
  }
  Doubles positive;
  for (const double value : w)
    if (value > 0.0) positive.push_back(value);
  all.add("w", w);
  some.add("w", positive);
  for (const char* family : {"poisson", "gaussian", "gamma", "inverse_gaussian", "negative_binomial", "tweedie"}) {
    const bool amounts = std::string(family) == "gamma" || std::string(family) == "inverse_gaussian";
    Document arguments =
        args({{"formula", amounts ? "s ~ x" : "y ~ x"}, {"family", family}, {"link", "log"}, {"weights", "w"}});
    if (!amounts) arguments.set("exposure", "e");
    if (std::string(family) == "negative_binomial") arguments.set("theta", 1.5);
    if (std::string(family) == "tweedie") arguments.set("var_power", 1.5);
    const auto a = fit(arguments, all.table), b = fit(arguments, some.table);
    const auto &s = a.statistics, &t = b.statistics;
    EXPECT_EQ(s.nobs, t.nobs) << family;
    EXPECT_EQ(s.rows, 150);
    expect_near(a.coefficients, b.coefficients, 1e-10, 0, family);
    expect_near({s.deviance, s.null_deviance, s.pearson_chi2, s.log_likelihood, s.bic, s.df_residual},
                {t.deviance, t.null_deviance, t.pearson_chi2, t.log_likelihood, t.bic, t.df_residual}, 1e-11, 0,
                family);
    const auto &x = a.level_totals.back(), &z = b.level_totals.back();
    expect_near({x.exposure, x.observed, x.fitted}, {z.exposure, z.observed, z.fitted}, 1e-10, 0, family);
  }
}

TEST(Fit, NullDevianceIsThatOfTheNullModel) {
  const auto table = policies(300, 3, true);
  for (const char* family : {"poisson", "gaussian", "quasipoisson", "negative_binomial", "tweedie"}) {
    Document arguments =
        args({{"family", family}, {"link", "log"}, {"weights", "w"}, {"exposure", "e"}, {"offset", "0.1"}});
    if (std::string(family) == "negative_binomial") arguments.set("theta", 1.5);
    if (std::string(family) == "tweedie") arguments.set("var_power", 1.5);
    if (std::string(family) == "gaussian") arguments.set("offset", Document());
    const auto model = fit(with(arguments, "formula", "y ~ x + area"), table);
    // the same rows must be complete: 0 * x and 0 * area by offsets would do; fit the null model on the kept rows
    std::vector<std::int64_t> kept;
    models::row_values(model, "fitted", table, {}, threads(1), kept);
    Columns rows;
    for (const char* name : {"y", "w", "e"}) {
      Doubles values;
      for (const auto i : kept) values.push_back(column(table, name)[static_cast<std::size_t>(i)]);
      rows.add(name, values);
    }
    const auto null = fit(with(arguments, "formula", "y ~ 1"), rows.table);
    EXPECT_LE(difference(model.statistics.null_deviance, null.statistics.deviance), 1e-11) << family;
    EXPECT_EQ(null.statistics.null_deviance, null.statistics.deviance) << family;
    EXPECT_EQ(model.statistics.rows_dropped, 300 - static_cast<std::int64_t>(kept.size()));
    EXPECT_GT(model.statistics.rows_dropped, 0);
  }
}

TEST(Fit, RelativitiesAndTotalsAddUp) {
  const auto table = policies(500, 4);
  const auto model = fit(
      args({{"formula", "y ~ x + area + brand"}, {"family", "poisson"}, {"exposure", "e"}, {"weights", "w"}}), table);
  const auto relativities = models::relativities(model, 0.9);
  const Texts terms = column(relativities, "term").texts, levels = column(relativities, "level").texts;
  EXPECT_EQ(terms, (Texts{"x", "area", "area", "area", "brand", "brand", "brand", "brand"}));
  EXPECT_EQ(levels, (Texts{"", "A", "B", "C", "p", "q", "r", "s"}));
  EXPECT_EQ(column(relativities, "base").integers, (std::vector<std::int64_t>{0, 1, 0, 0, 1, 0, 0, 0}));
  const Doubles value = column(relativities, "relativity").numbers, low = column(relativities, "lower").numbers,
                high = column(relativities, "upper").numbers;
  const auto coefficients = models::coef_table(model, 0.9);
  for (std::size_t i = 0, j = 1; i < terms.size(); ++i) {
    if (column(relativities, "base").integers[i]) {
      EXPECT_EQ(value[i], 1.0);
      EXPECT_EQ(low[i], 1.0);
      EXPECT_EQ(high[i], 1.0);
      continue;
    }
    EXPECT_LE(difference(value[i], std::exp(model.coefficients[j])), 1e-15);
    EXPECT_LE(difference(low[i], std::exp(column(coefficients, "lower").numbers[j])), 1e-15);
    EXPECT_LE(difference(high[i], std::exp(column(coefficients, "upper").numbers[j])), 1e-15);
    ++j;
  }
  const auto totals = models::actual_expected(model);
  const Doubles exposure = column(totals, "exposure").numbers, observed = column(totals, "observed").numbers,
                fitted = column(totals, "fitted").numbers, ratio = column(totals, "ratio").numbers;
  const auto rows = column(totals, "rows").integers;
  ASSERT_EQ(rows.size(), 8u);
  EXPECT_EQ(column(totals, "term").texts.back(), "(Total)");
  for (const auto& [begin, end] : {std::pair<int, int>{0, 3}, {3, 7}}) {
    std::int64_t count = 0;
    double e = 0.0, o = 0.0, f = 0.0;
    for (int i = begin; i < end; ++i) {
      count += rows[i];
      e += exposure[i];
      o += observed[i];
      f += fitted[i];
      EXPECT_NEAR(ratio[i], 1.0, 1e-9) << "the score equations of a log link balance every level";
      EXPECT_EQ(ratio[i], observed[i] / fitted[i]);
    }
    EXPECT_EQ(count, 500);
    EXPECT_LE(difference(e, exposure[7]), 1e-13);
    EXPECT_LE(difference(o, observed[7]), 1e-13);
    EXPECT_LE(difference(f, fitted[7]), 1e-13);
  }
  // observed mean per unit of exposure
  EXPECT_EQ(column(relativities, "observed").numbers[1], observed[0] / exposure[0]);
  EXPECT_EQ(column(relativities, "exposure").numbers[0], exposure[7]) << "a numeric term covers all rows";
  double weighted = 0.0;
  for (std::size_t i = 0; i < 500; ++i) weighted += column(table, "w")[i] * column(table, "e")[i];
  EXPECT_LE(difference(exposure[7], weighted), 1e-13);

  for (const char* link : {"logit", "cloglog"}) {
    Columns c;
    c.add("y", Doubles{0, 1, 0, 1, 1}).add("x", Doubles{1, 2, 3, 2, 1});
    EXPECT_EQ(
        code_of([&] {
          models::relativities(fit(args({{"formula", "y ~ x"}, {"family", "binomial"}, {"link", link}}), c.table));
        }),
        "no error");
  }
  const auto identity = fit(args({{"formula", "y ~ x"}, {"family", "gaussian"}}), table);
  EXPECT_EQ(code_of([&] { models::relativities(identity); }), "relativities.link");
  EXPECT_EQ(code_of([&] { models::relativities(model, 1.0); }), "input.level");
  EXPECT_EQ(code_of([&] { models::coef_table(model, 95.0); }), "input.level");
}

TEST(Fit, AliasedLevelsHaveNoRelativity) {
  Columns c;
  c.table = policies(100, 5);
  Texts copy;
  const auto& area = c.table.at("area").chunks[0];
  for (int i = 0; i < 100; ++i)
    copy.push_back(std::string(1, static_cast<char>('A' + static_cast<const std::int32_t*>(area.values)[i])));
  c.add("copy", copy);
  const auto model = fit(args({{"formula", "y ~ area + copy"}, {"family", "poisson"}}), c.table);
  const auto table = models::relativities(model);
  EXPECT_TRUE(std::isnan(column(table, "relativity").numbers[4]));
  EXPECT_TRUE(std::isnan(column(table, "lower").numbers[4]));
  EXPECT_EQ(column(table, "relativity").numbers[3], 1.0) << "the base level of the copy";
  const auto coefficients = models::coef_table(model);
  EXPECT_TRUE(std::isnan(column(coefficients, "std_error").numbers[3]) &&
              std::isnan(column(coefficients, "p_value").numbers[3]));
  EXPECT_NE(models::summary_text(model).find("NA"), std::string::npos);
  EXPECT_NE(models::print_text(model).find("fit.aliased"), std::string::npos);
}

TEST(Fit, DescribesItself) {
  const auto table = policies(120, 6, true);
  const auto model =
      fit(args({{"formula", "y ~ x + area"}, {"family", "quasipoisson"}, {"exposure", "e"}, {"na_action", "exclude"}}),
          table);
  const Document d = models::describe(model);
  EXPECT_EQ(d.at("formula").as_string(), "y ~ x + area");
  EXPECT_EQ(d.at("response").as_string(), "y");
  EXPECT_EQ(d.at("family").as_string(), "quasipoisson");
  EXPECT_EQ(d.at("link").as_string(), "log");
  EXPECT_EQ(d.at("names").as_strings(), (Texts{"(Intercept)", "x", "areaB", "areaC"}));
  EXPECT_TRUE(same_bits(d.at("coefficients").as_doubles(), model.coefficients));
  EXPECT_EQ(d.at("df_model").as_int(), 3);
  EXPECT_EQ(d.at("rank").as_int(), 4);
  EXPECT_EQ(d.at("rows").as_int(), 120);
  EXPECT_EQ(d.at("rows").as_int() - d.at("rows_dropped").as_int(), static_cast<std::int64_t>(d.at("nobs").as_double()));
  EXPECT_EQ(d.at("statistic").as_string(), "t");
  EXPECT_TRUE(d.at("converged").as_bool());
  EXPECT_TRUE(std::isnan(d.at("aic").as_double()));
  EXPECT_FALSE(d.at("log_likelihood_reason").as_string().empty());
  EXPECT_EQ(d.at("na_action").as_string(), "exclude");
  const std::string text = models::summary_text(model, 0.9);
  for (const char* part :
       {"quasipoisson", "log link", "exposure = e", "areaB", "t value", "Pr(>|t|)", "90%", "Converged"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  EXPECT_EQ(models::print_text(model).find("t value"), std::string::npos);
}

TEST(Fit, LogLikelihoodHasAReasonWhereThereIsNone) {
  Columns c;
  c.add("y", Doubles{0.5, 1, 2, 3.25}).add("x", Doubles{1, 2, 3, 5});
  const auto rates = fit(args({{"formula", "y ~ x"}, {"family", "poisson"}}), c.table);
  EXPECT_TRUE(std::isnan(rates.statistics.log_likelihood) && std::isnan(rates.statistics.aic) &&
              std::isnan(rates.statistics.bic));
  EXPECT_NE(rates.statistics.log_likelihood_reason.find("2 values"), std::string::npos)
      << rates.statistics.log_likelihood_reason;
  const auto tweedie = fit(args({{"formula", "y ~ x"}, {"family", "tweedie"}, {"var_power", 1.5}}), c.table);
  EXPECT_TRUE(std::isfinite(tweedie.statistics.aic));
  EXPECT_EQ(tweedie.statistics.log_likelihood_df, 3);
  const auto lattice = fit(args({{"formula", "y ~ x"}, {"family", "tweedie"}, {"var_power", 1}}), c.table);
  EXPECT_TRUE(std::isnan(lattice.statistics.aic));
  const auto gaussian = fit(args({{"formula", "y ~ x"}, {"family", "gaussian"}}), c.table);
  EXPECT_TRUE(std::isfinite(gaussian.statistics.aic));
  EXPECT_EQ(gaussian.statistics.log_likelihood_df, 3);
}

TEST(Fit, RefusesArgumentsByCode) {
  const auto table = policies(30, 7);
  const Document good = args({{"formula", "y ~ x"}, {"family", "poisson"}});
  const auto code = [&](const std::string& name, Document value) {
    return code_of([&] { fit(with(good, name, std::move(value)), table); });
  };
  EXPECT_EQ(code_of([&] { fit(args({{"family", "poisson"}}), table); }), "formula.required");
  EXPECT_EQ(code_of([&] { fit(args({{"formula", "y ~ x"}}), table); }), "family.required");
  EXPECT_EQ(code("family", "possion"), "family.unknown");
  EXPECT_EQ(code("family", 3), "input.argument");
  EXPECT_EQ(code("formula", "y ~"), "formula.syntax");
  EXPECT_EQ(code("formula", 1.5), "input.argument");
  EXPECT_EQ(code("link", "lgo"), "link.unknown");
  EXPECT_EQ(code("link", "logit"), "link.invalid");
  EXPECT_EQ(code("theta", 2.0), "family.parameter_unused");
  EXPECT_EQ(code("var_power", "1.5"), "input.argument");
  for (const double bad : {0.0, 1.0, -1.0, kNaN, kInf}) EXPECT_EQ(code("rank_tol", bad), "input.argument") << bad;
  for (const double bad : {0.0, -1.0, 1.5, kNaN, kInf, 1e10}) EXPECT_EQ(code("max_iter", bad), "input.argument") << bad;
  EXPECT_EQ(code("max_iter", 7.0), "no error");
  EXPECT_EQ(code("strict", 1), "input.argument");
  EXPECT_EQ(code("na_action", "drop"), "input.na_action");
  EXPECT_EQ(code("unseen", "ignore"), "input.unseen");
  EXPECT_EQ(code("weights", false), "input.argument");
  EXPECT_EQ(code("weights", 3.0), "input.argument");
  EXPECT_EQ(code("weights", true), "data.length_mismatch");
  EXPECT_EQ(code("weights", "nope"), "data.unknown_column");
  EXPECT_EQ(code("weights", "w +"), "formula.syntax");
  EXPECT_EQ(code("exposure", "area"), "data.not_numeric");
  const auto error = error_of([&] { fit(with(good, "wieghts", "w"), table); });
  EXPECT_EQ(error.code(), "input.unknown_argument");
  EXPECT_NE(error.hint().find("`weights`"), std::string::npos);
  EXPECT_EQ(code("weights", Document()), "no error") << "null is the default";
  EXPECT_EQ(code_of([&] { fit(Document("y ~ x"), table); }), "format.invalid");
}

TEST(Fit, NamesOfColumnsWinOverExpressions) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4})
      .add("log(w)", Doubles{1, 2, 1, 2})
      .add("w", Doubles{0, 0, 0, 1})
      .add("a-b", Doubles{1, 1, 2, 1});
  const auto model = fit(args({{"formula", "y ~ 1"}, {"family", "gaussian"}, {"weights", "log(w)"}}), c.table);
  EXPECT_EQ(model.statistics.sum_weights, 6.0);
  EXPECT_EQ(
      fit(args({{"formula", "y ~ 1"}, {"family", "gaussian"}, {"weights", "a-b"}}), c.table).statistics.sum_weights,
      5.0);
  const Texts names = models::referenced_columns(args({{"formula", "log(y) ~ a + factor(b) - c + offset(d)"},
                                                       {"weights", "w"},
                                                       {"exposure", "log(w)"},
                                                       {"offset", "a-b"}}));
  for (const char* name : {"y", "a", "b", "c", "d", "w", "log(w)", "a-b"})
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
}

TEST(FitXY, IsTheSameFit) {
  const auto table = policies(200, 8);
  Columns X, vectors;
  X.add("x", column(table, "x")).add("s", column(table, "s"));
  vectors.add("y", column(table, "y")).add("exposure", column(table, "e"));
  const auto by_matrix = models::fit_glm_xy(args({{"family", "poisson"}, {"exposure", true}, {"intercept", true}}),
                                            X.table, vectors.table, threads(1));
  const auto by_formula = fit(args({{"formula", "y ~ x + s"}, {"family", "poisson"}, {"exposure", "e"}}), table);
  EXPECT_TRUE(same_bits(by_matrix.coefficients, by_formula.coefficients));
  EXPECT_EQ(by_matrix.fingerprint, by_formula.fingerprint);
  EXPECT_EQ(by_matrix.names(), (Texts{"(Intercept)", "x", "s"}));
  const auto plain =
      models::fit_glm_xy(args({{"family", "poisson"}, {"exposure", true}}), X.table, vectors.table, threads(1));
  EXPECT_EQ(plain.names(), (Texts{"x", "s"}));
  EXPECT_EQ(plain.statistics.df_null, 200.0);
  EXPECT_EQ(code_of([&] {
              models::fit_glm_xy(args({{"family", "poisson"}, {"formula", "y ~ x"}}), X.table, vectors.table, {});
            }),
            "input.unknown_argument");
  EXPECT_EQ(code_of([&] {
              models::fit_glm_xy(args({{"family", "poisson"}}), X.table, {}, {});
            }),
            "data.length_mismatch");
}

TEST(FitXY, TakesAnyColumnNames) {
  // What R's model.matrix and patsy call columns is no formula here.
  const Texts names = {"(Intercept)", "log(x)", "a:b",  "y", "x^2",       "C(f)[T.b]",
                       "`q`",         "y_",     "f\"g", "1", "offset(z)", "\xC3\xA9"};
  Random random(9);
  Columns X, vectors;
  const int n = 60;
  for (std::size_t j = 0; j < names.size(); ++j) {
    Doubles x;
    for (int i = 0; i < n; ++i) x.push_back(j ? random.normal() : 1.0);
    X.add(names[j], x);
  }
  Doubles y;
  for (int i = 0; i < n; ++i) y.push_back(random.normal());
  vectors.add("y", y);
  const auto model = models::fit_glm_xy(args({{"family", "gaussian"}}), X.table, vectors.table, threads(1));
  EXPECT_EQ(model.names(), names);
  for (const double b : model.coefficients) EXPECT_FALSE(std::isnan(b));
  const auto again = models::glm_from_document(models::to_document(model));
  EXPECT_EQ(again.names(), names);
  EXPECT_EQ(models::to_document(again), models::to_document(model));
  const Doubles a = models::predict(model, args({}), X.table, {}, threads(1));
  const Doubles b = models::predict(again, args({}), X.table, {}, threads(1));
  EXPECT_TRUE(same_bits(a, b)) << "a model from a file reads the same columns";
  EXPECT_EQ(models::required_columns(again, false), models::required_columns(model, false));
  Columns nameless;
  nameless.add("", y);
  EXPECT_EQ(code_of([&] {
              models::fit_glm_xy(args({{"family", "gaussian"}}), nameless.table, vectors.table, {});
            }),
            "data.column_name");
}

TEST(Fit, StopsWhenInterrupted) {
  const auto table = policies(2000, 10);
  for (int after : {0, 1, 2, 5}) {
    RunContext context = threads(2);
    int polls = 0;
    context.interrupted = [&] { return polls++ >= after; };
    const auto error = error_of([&] {
      models::fit_glm(args({{"formula", "y ~ x + area"}, {"family", "poisson"}}), table, {}, context);
    });
    EXPECT_EQ(error.code(), "cancelled") << after;
  }
}

TEST(Portfolio, IsTheSameForAnyLengthAndThreads) {
  const auto a = models::simulate_portfolio(40000, 7, threads(1)), b = models::simulate_portfolio(33000, 7, threads(3));
  ASSERT_EQ(a.columns.size(), 13u);
  for (std::size_t j = 0; j < a.columns.size(); ++j) {
    const auto &x = a.columns[j], &y = b.columns[j];
    EXPECT_EQ(x.name, y.name);
    EXPECT_TRUE(std::equal(y.numbers.begin(), y.numbers.end(), x.numbers.begin()));
    EXPECT_TRUE(std::equal(y.integers.begin(), y.integers.end(), x.integers.begin()));
  }
  const auto other = models::simulate_portfolio(1000, 8, threads(1));
  EXPECT_FALSE(std::equal(column(other, "exposure").numbers.begin(), column(other, "exposure").numbers.end(),
                          column(a, "exposure").numbers.begin()));
  EXPECT_EQ(models::simulate_portfolio(0, 1, threads(1)).rows(), 0u);
  EXPECT_EQ(code_of([] { models::simulate_portfolio(-1, 1, {}); }), "input.rows");
  EXPECT_EQ(code_of([] { models::simulate_portfolio(std::int64_t{1} << 31, 1, {}); }), "input.rows");
  for (std::size_t i = 0; i < a.rows(); ++i) {
    const double e = column(a, "exposure").numbers[i], amount = column(a, "claim_amount").numbers[i];
    ASSERT_TRUE(e > 0.0 && e <= 1.0);
    ASSERT_EQ(amount > 0.0, column(a, "claim_count").integers[i] > 0);
  }
}

TEST(Portfolio, GivesItsTruthBack) {
  const auto p = models::simulate_portfolio(120000, 3, threads(2));
  Columns c;
  for (const auto& source : p.columns) {
    if (source.kind == tables::Column::Kind::number) c.add(source.name, source.numbers);
    if (source.kind == tables::Column::Kind::integer)
      c.add(source.name, Doubles(source.integers.begin(), source.integers.end()));
    if (source.kind == tables::Column::Kind::category)
      c.factor(source.name, std::vector<std::int32_t>(source.integers.begin(), source.integers.end()), source.levels);
  }
  const auto model =
      fit(args({{"formula",
                 "claim_count ~ area + vehicle_brand + vehicle_gas + region + vehicle_power + vehicle_age + "
                 "driver_age + bonus_malus + log(density)"},
                {"family", "poisson"},
                {"exposure", "exposure"}}),
          c.table, 2);
  EXPECT_EQ(model.statistics.status, "converged");
  const auto truth = models::portfolio_truth();
  std::size_t within = 0, all = 0;
  for (std::size_t i = 0; i < truth.rows(); ++i) {
    if (column(truth, "model").texts[i] != "frequency") continue;
    const std::string name = column(truth, "term").texts[i] + column(truth, "level").texts[i];
    const Texts names = model.names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      EXPECT_EQ(column(truth, "coefficient").numbers[i], 0.0) << name << " is a base level";
      continue;
    }
    const int j = static_cast<int>(found - names.begin());
    const double z =
        (model.coefficients[j] - column(truth, "coefficient").numbers[i]) / std::sqrt(model.covariance(j, j));
    EXPECT_LT(std::fabs(z), 4.5) << name;
    within += std::fabs(z) < 1.96;
    ++all;
  }
  EXPECT_EQ(all, 43u);
  EXPECT_GE(within, 36u) << "of 43";
}
