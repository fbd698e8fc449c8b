#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

data::Table policies(int n, std::uint64_t seed) {
  Random random(seed);
  Doubles y, x, e, o, w;
  std::vector<std::int32_t> area;
  for (int i = 0; i < n; ++i) {
    area.push_back(i % 13 == 5 ? -1 : random.below(3));
    x.push_back(i % 11 == 3 ? kNaN : 50.0 + 10.0 * random.normal());
    e.push_back(0.1 + 0.9 * random.uniform());
    o.push_back(0.1 * random.normal());
    w.push_back(0.5 + random.uniform());
    y.push_back(random.poisson(e[i] * std::exp(0.02 * (i % 11 == 3 ? 50.0 : x[i]))));
  }
  Columns c;
  c.add("y", y).add("x", x).add("e", e).add("o", o).add("w", w).factor("area", area, {"A", "B", "C"});
  return c.table;
}

const Document kArguments =
    args({{"formula", "y ~ x + area + offset(o)"}, {"family", "poisson"}, {"exposure", "e"}, {"weights", "w"}});

Doubles rows_of(const models::GlmModel& model, const char* what, const data::Table& table,
                std::vector<std::int64_t>& kept, int n_threads = 1) {
  return models::row_values(model, what, table, {}, threads(n_threads), kept);
}

}  // namespace

TEST(RowValues, FittedAndPredictedAreTheSameBits) {
  const auto table = policies(1500, 1);
  for (const char* link : {"log", "sqrt", "identity"}) {
    Document arguments = with(kArguments, "link", link);
    if (std::string(link) != "log")
      arguments = with(with(arguments, "exposure", Document()), "formula", "y ~ x + area");
    const auto model = fit(arguments, table);
    std::vector<std::int64_t> kept;
    const Doubles fitted = rows_of(model, "fitted", table, kept), linear = rows_of(model, "linear", table, kept);
    const Doubles response = models::predict(model, args({}), table, {}, threads(3));
    const Doubles eta = models::predict(model, args({{"type", "link"}}), table, {}, threads(2));
    ASSERT_EQ(response.size(), 1500u);
    std::size_t next = 0;
    for (std::size_t i = 0; i < response.size(); ++i) {
      const bool complete = i % 13 != 5 && i % 11 != 3;
      ASSERT_EQ(std::isnan(response[i]), !complete) << i;
      if (!complete) continue;
      ASSERT_EQ(kept[next], static_cast<std::int64_t>(i));
      ASSERT_TRUE(same_bits(fitted[next], response[i])) << link << " row " << i;
      ASSERT_TRUE(same_bits(linear[next], eta[i]));
      ++next;
    }
    EXPECT_EQ(next, fitted.size());
  }
}

TEST(RowValues, DoNotDependOnThreadsOrOtherRows) {
  const auto table = policies(70000, 2);
  const auto model = fit(kArguments, table, 2);
  std::vector<std::int64_t> kept;
  for (const char* what : {"fitted", "linear", "pearson", "deviance", "working", "response", "prior_weights"}) {
    const Doubles one = rows_of(model, what, table, kept, 1);
    EXPECT_TRUE(same_bits(rows_of(model, what, table, kept, 3), one)) << what;
  }
  const Doubles all = models::predict(model, args({}), table, {}, threads(2));
  Columns few;
  for (const char* name : {"x", "e", "o"}) {
    const double* values = static_cast<const double*>(table.at(name).chunks[0].values);
    few.add(name, Doubles(values + 40000, values + 40007));
  }
  const std::int32_t* codes = static_cast<const std::int32_t*>(table.at("area").chunks[0].values);
  few.factor("area", std::vector<std::int32_t>(codes + 40000, codes + 40007), {"A", "B", "C"});
  const Doubles some = models::predict(model, args({}), few.table, {}, threads(1));
  EXPECT_TRUE(same_bits(some, Doubles(all.begin() + 40000, all.begin() + 40007)));
}

TEST(RowValues, ObeyTheMissingRule) {
  const auto table = policies(200, 3);
  const auto omit = fit(kArguments, table), exclude = fit(with(kArguments, "na_action", "exclude"), table);
  std::vector<std::int64_t> kept, all;
  const Doubles left = rows_of(omit, "response", table, kept), padded = rows_of(exclude, "response", table, all);
  EXPECT_EQ(left.size(), kept.size());
  EXPECT_EQ(padded.size(), 200u);
  EXPECT_EQ(all.size(), 200u);
  std::size_t next = 0;
  for (std::size_t i = 0; i < padded.size(); ++i) {
    if (i % 13 == 5 || i % 11 == 3) {
      EXPECT_TRUE(std::isnan(padded[i]));
    } else {
      EXPECT_TRUE(same_bits(padded[i], left[next++]));
    }
  }
  EXPECT_EQ(next, left.size());
}

TEST(RowValues, BelongToTheirDefinitions) {
  const auto table = policies(300, 4);
  for (const char* family : {"poisson", "quasipoisson", "negative_binomial", "tweedie"}) {
    Document arguments = with(kArguments, "family", family);
    if (std::string(family) == "negative_binomial") arguments.set("theta", 2.0);
    if (std::string(family) == "tweedie") arguments.set("var_power", 1.3);
    const auto model = fit(arguments, table);
    std::vector<std::int64_t> kept;
    double deviance = 0.0, pearson = 0.0;
    for (const double r : rows_of(model, "deviance", table, kept)) deviance += r * r;
    for (const double r : rows_of(model, "pearson", table, kept)) pearson += r * r;
    EXPECT_LE(difference(deviance, model.statistics.deviance), 1e-12) << family;
    EXPECT_LE(difference(pearson, model.statistics.pearson_chi2), 1e-12) << family;
    const Doubles response = rows_of(model, "response", table, kept), working = rows_of(model, "working", table, kept),
                  mu = rows_of(model, "fitted", table, kept), w = rows_of(model, "prior_weights", table, kept);
    for (std::size_t i = 0; i < mu.size(); ++i) {
      const std::size_t row = static_cast<std::size_t>(kept[i]);
      EXPECT_NEAR(response[i], static_cast<const double*>(table.at("y").chunks[0].values)[row] - mu[i],
                  1e-14 * (1 + mu[i]));
      EXPECT_LE(difference(working[i], response[i] / mu[i]), 1e-14);
      EXPECT_EQ(w[i], static_cast<const double*>(table.at("w").chunks[0].values)[row]);
    }
  }
  std::vector<std::int64_t> kept;
  const auto model = fit(kArguments, table);
  EXPECT_EQ(code_of([&] { rows_of(model, "partial", table, kept); }), "input.type");
  EXPECT_EQ(code_of([&] { rows_of(model, "", table, kept); }), "input.type");
}

TEST(RowValues, KeepTheirDigitsAtTheEdgeOfProbabilities) {
  // Predictors of +-40: 1 - mu is 4e-18 and must not be lost in y - mu.
  Columns c;
  c.add("y", Doubles{1, 0, 1, 0}).add("o", Doubles{40, -40, 3, -3});
  const auto model = fit(args({{"formula", "y ~ 0 + offset(o)"}, {"family", "binomial"}}), c.table);
  std::vector<std::int64_t> kept;
  for (const char* what : {"response", "pearson", "deviance", "working"}) {
    const Doubles r = rows_of(model, what, c.table, kept);
    EXPECT_EQ(r[0], -r[1]) << what;
    EXPECT_EQ(r[2], -r[3]) << what;
    EXPECT_GT(r[0], 0.0) << what;
  }
  EXPECT_LE(difference(rows_of(model, "response", c.table, kept)[0], std::exp(-40.0)), 1e-14);
  EXPECT_LE(difference(rows_of(model, "pearson", c.table, kept)[0], std::exp(-20.0)), 1e-14);
}

TEST(RowValues, NoticeOtherData) {
  const auto table = policies(120, 5);
  const auto model = fit(kArguments, table);
  const auto changed = [&](const char* name, std::size_t row, double value) {
    Columns c;
    for (const char* column : {"y", "x", "e", "o", "w"}) {
      const double* values = static_cast<const double*>(table.at(column).chunks[0].values);
      Doubles copy(values, values + 120);
      if (column == std::string(name)) copy[row] = value;
      c.add(column, copy);
    }
    c.table.add(table.at("area"));
    std::vector<std::int64_t> kept;
    return code_of([&] { rows_of(model, "fitted", c.table, kept); });
  };
  EXPECT_EQ(changed("none", 0, 0), "no error");
  for (const char* name : {"y", "x", "e", "o", "w"}) EXPECT_EQ(changed(name, 7, 0.75), "model.data_changed") << name;
  EXPECT_EQ(changed("y", 7, -1.0), "model.data_changed") << "also where the value would be refused";
  EXPECT_EQ(changed("x", 7, kNaN), "model.data_changed");
  EXPECT_EQ(changed("x", 7, kInf), "model.data_changed");
  EXPECT_EQ(changed("e", 7, -1.0), "model.data_changed");
  std::vector<std::int64_t> kept;
  const auto longer = policies(121, 5);
  EXPECT_EQ(code_of([&] { rows_of(model, "fitted", longer, kept); }), "model.data_changed");
  Columns lacking;
  lacking.add("y", Doubles(120, 1.0));
  EXPECT_EQ(code_of([&] { rows_of(model, "fitted", lacking.table, kept); }), "model.data_changed");
  Columns other_levels;
  for (const char* column : {"y", "x", "e", "o", "w"}) other_levels.table.add(table.at(column));
  const std::int32_t* codes = static_cast<const std::int32_t*>(table.at("area").chunks[0].values);
  other_levels.factor("area", std::vector<std::int32_t>(codes, codes + 120), {"A", "B", "D"});
  EXPECT_EQ(code_of([&] { rows_of(model, "fitted", other_levels.table, kept); }), "model.data_changed");
  // The same values with levels declared in another order are the same data.
  std::vector<std::int32_t> reversed;
  for (int i = 0; i < 120; ++i) reversed.push_back(codes[i] < 0 ? -1 : 2 - codes[i]);
  Columns turned;
  for (const char* column : {"y", "x", "e", "o", "w"}) turned.table.add(table.at(column));
  turned.factor("area", reversed, {"C", "B", "A"});
  EXPECT_EQ(code_of([&] { rows_of(model, "fitted", turned.table, kept); }), "no error");
}

TEST(RowValues, OfVectorsNeedTheVectors) {
  const auto table = policies(50, 6);
  Columns vectors;
  vectors.add("weights", Doubles(50, 2.0));
  const Document arguments = args({{"formula", "y ~ x"}, {"family", "poisson"}, {"weights", true}});
  const auto model = fit(arguments, table, 1, vectors.table);
  std::vector<std::int64_t> kept;
  EXPECT_EQ(code_of([&] { models::row_values(model, "fitted", table, {}, {}, kept); }), "model.data_changed");
  EXPECT_EQ(code_of([&] { models::row_values(model, "fitted", table, vectors.table, {}, kept); }), "no error");
}

TEST(Predict, OfNewRows) {
  const auto table = policies(200, 7);
  const auto model = fit(kArguments, table);
  Columns c;
  c.add("x", Doubles{50, 60, kNaN, 55}).factor("area", {2, 0, 1, -1}, {"A", "B", "C"});
  c.add("o", Doubles{0, 0, 0, 0}).add("e", Doubles{1, 0.5, 1, 1});
  const Doubles mu = models::predict(model, args({}), c.table, {}, threads(1));
  EXPECT_LE(difference(mu[0], std::exp(model.coefficients[0] + 50 * model.coefficients[1] + model.coefficients[3])),
            1e-13);
  EXPECT_LE(difference(mu[1], 0.5 * std::exp(model.coefficients[0] + 60 * model.coefficients[1])), 1e-13);
  EXPECT_TRUE(std::isnan(mu[2]) && std::isnan(mu[3]));
  const Doubles other = models::predict(model, args({{"exposure", "x"}, {"offset", "0.5"}}), c.table, {}, threads(1));
  EXPECT_LE(difference(other[0], mu[0] * 50 * std::exp(0.5)), 1e-13);
  Columns none;
  none.add("x", Doubles{}).add("area", Texts{}).add("o", Doubles{}).add("e", Doubles{});
  EXPECT_TRUE(models::predict(model, args({}), none.table, {}, threads(2)).empty());
  const auto code = [&](Document arguments, const data::Table& rows) {
    return code_of([&] { models::predict(model, arguments, rows, {}, threads(1)); });
  };
  EXPECT_EQ(code(args({{"type", "terms"}}), c.table), "input.type");
  EXPECT_EQ(code(args({{"tpye", "link"}}), c.table), "input.unknown_argument");
  EXPECT_EQ(code(args({{"unseen", "drop"}}), c.table), "input.unseen");
  EXPECT_EQ(code(args({{"exposure", true}}), c.table), "data.length_mismatch");
  Columns lacking;
  lacking.add("x", Doubles{50}).add("e", Doubles{1}).add("o", Doubles{0});
  EXPECT_EQ(code(args({}), lacking.table), "data.unknown_column");
}

TEST(Predict, FollowsThePolicyForUnseenLevels) {
  const auto table = policies(200, 8);
  Columns c;
  c.add("x", Doubles{50, 50, 50})
      .add("area", Texts{"A", "new", "C"})
      .add("o", Doubles{0, 0, 0})
      .add("e", Doubles{1, 1, 1});
  const auto model = fit(kArguments, table);
  EXPECT_EQ(code_of([&] { models::predict(model, args({}), c.table, {}, {}); }), "data.unseen_level");
  const Doubles missing = models::predict(model, args({{"unseen", "missing"}}), c.table, {}, {});
  EXPECT_TRUE(std::isnan(missing[1]) && !std::isnan(missing[0]) && !std::isnan(missing[2]));
  const Doubles reference = models::predict(model, args({{"unseen", "reference"}}), c.table, {}, {});
  EXPECT_TRUE(same_bits(reference[1], reference[0]));
  const auto lenient = fit(with(kArguments, "unseen", "reference"), table);
  EXPECT_TRUE(same_bits(models::predict(lenient, args({}), c.table, {}, {}), reference));
}

TEST(Predict, AsksForVectorsOfTheFit) {
  const auto table = policies(60, 9);
  Columns vectors;
  vectors.add("exposure", Doubles(60, 0.5)).add("offset", Doubles(60, 0.1));
  const auto model = fit(args({{"formula", "y ~ x"}, {"family", "poisson"}, {"exposure", true}, {"offset", true}}),
                         table, 1, vectors.table);
  Columns c, one;
  c.add("x", Doubles{50, 60});
  one.add("exposure", Doubles{1}).add("offset", Doubles{0});
  EXPECT_EQ(code_of([&] { models::predict(model, args({}), c.table, {}, {}); }), "predict.exposure_missing");
  EXPECT_EQ(code_of([&] {
              models::predict(model, args({{"exposure", true}}), c.table, one.table, {});
            }),
            "predict.offset_missing");
  const Doubles mu =
      models::predict(model, args({{"exposure", true}, {"offset", true}}), c.table, one.table, threads(1));
  EXPECT_LE(difference(mu[1], std::exp(model.coefficients[0] + 60 * model.coefficients[1])), 1e-13);
}

TEST(Predict, UsesTheOtherColumnsWhereOneIsAliased) {
  Columns c;
  c.add("y", Doubles{1, 2, 4, 3}).add("x", Doubles{1, 2, 3, 4}).add("twice", Doubles{2, 4, 6, 8});
  const auto model = fit(args({{"formula", "y ~ x + twice"}, {"family", "gaussian"}}), c.table);
  const auto plain = fit(args({{"formula", "y ~ x"}, {"family", "gaussian"}}), c.table);
  EXPECT_TRUE(
      same_bits(models::predict(model, args({}), c.table, {}, {}), models::predict(plain, args({}), c.table, {}, {})));
}

TEST(Predict, StopsWhenInterrupted) {
  const auto table = policies(200, 10);
  const auto model = fit(kArguments, table);
  RunContext context = threads(1);
  context.interrupted = [] { return true; };
  EXPECT_EQ(code_of([&] { models::predict(model, args({}), table, {}, context); }), "cancelled");
  std::vector<std::int64_t> kept;
  EXPECT_EQ(code_of([&] { models::row_values(model, "fitted", table, {}, context, kept); }), "cancelled");
}
