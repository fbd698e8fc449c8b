#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "deciban/design/expression.hpp"
#include "design/coded_case.hpp"
#include "design/learn_case.hpp"

using namespace learn_case;
using coded_case::codes_of;
using coded_case::values_of;
using fit_case::Columns;
using fit_case::Doubles;
using fit_case::kInf;
using fit_case::kNaN;
using fit_case::stored;
using fit_case::Texts;

namespace {

data::Table small() {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4});
  c.add("x", Doubles{1, 2, 4, 8});
  c.add("f", Texts{"b", "a", "b", "c"});
  return c.table;
}

data::Table table(const char* name, Doubles values) {
  Columns c;
  c.table = small();
  c.add(name, std::move(values));
  return c.table;
}

data::Table vectors(const char* name, Doubles values) {
  Columns c;
  c.add(name, std::move(values));
  return c.table;
}

}  // namespace

TEST(Learn, SortsLevelsUnlessTheirOrderIsDeclared) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4});
  c.add("text", Texts{"b", "a", "\xC3\xA9", "Z"});
  c.factor("declared", {2, 0, 1, 0}, {"low", "mid", "high"});
  c.add(stored<double>("number", data::Type::float64, {10, 9, -1, 2.5}));
  const Learned learned = learn("y ~ text + declared + factor(number)", c.table);
  EXPECT_EQ(learned.spec.variables[0].levels.labels, (Texts{"Z", "a", "b", "\xC3\xA9"})) << "bytes, never the locale";
  EXPECT_EQ(learned.spec.variables[1].levels.labels, (Texts{"low", "mid", "high"}));
  EXPECT_EQ(learned.spec.variables[2].levels.labels, (Texts{"-1", "2.5", "9", "10"}));
  EXPECT_EQ(codes_of(learned.training.design.blocks[2]), (std::vector<std::int32_t>{3, 2, 0, 1}));
}

TEST(Learn, DropsLevelsWithoutRows) {
  Columns c;
  c.add("y", Doubles{1, kNaN, 3, 4});
  c.add("x", Doubles{1, 2, 3, kNaN});
  c.factor("f", {1, 0, 3, 2}, {"a", "b", "c", "d", "never"});
  const Learned learned = learn("y ~ f + x", c.table);
  EXPECT_EQ(learned.spec.variables[0].levels.labels, (Texts{"b", "d"}))
      << "levels that stand in incomplete rows only go, the base level with them";
  EXPECT_EQ(codes_of(learned.training.design.blocks[0]), (std::vector<std::int32_t>{0, 1}));
  EXPECT_EQ(learned.spec.column_names(), (Texts{"(Intercept)", "fd", "x"}));
  EXPECT_EQ(learned.training.kept, (std::vector<std::int64_t>{0, 2}));
  EXPECT_EQ(learned.training.rows_given, 4);
  EXPECT_EQ(learned.training.y, (Doubles{1, 3}));
}

TEST(Learn, LeavesOutRowsThatAreIncompleteAnywhere) {
  Columns c;
  c.add("y", Doubles{1, kNaN, 3, 4, 5, 6, 7});
  c.add("x", Doubles{1, 2, kNaN, 4, 5, 6, 7});
  c.factor("f", {0, 1, 1, -1, 0, 1, 0}, {"a", "b"});
  c.add("o", Doubles{0, 0, 0, 0, kNaN, 0, 0});
  c.add("w", Doubles{1, kNaN, 1, 1, 1, 2, 3});  // missing only where the row goes anyway
  c.add("unused", Doubles{kNaN, 0, 0, 0, 0, 0, 0});
  design::LearnRequest request = learn_case::request("y ~ x + f + offset(o)");
  request.weights = source("w");
  const Learned learned = learn(request, c.table);
  EXPECT_EQ(learned.training.kept, (std::vector<std::int64_t>{0, 5, 6}));
  EXPECT_EQ(learned.training.weights, (Doubles{1, 2, 3}));
  request.na_action = design::NaAction::exclude;
  EXPECT_EQ(learn(request, c.table).training.kept, (std::vector<std::int64_t>{0, 5, 6}));
  request.na_action = design::NaAction::fail;
  const Error error = error_of(request, c.table);
  EXPECT_EQ(error.code(), "data.missing");
  EXPECT_EQ(error.context().at("incomplete").as_int(), 4);
  for (const char* part : {"`y` (1)", "`x` (1)", "`f` (1)", "`o` (1)"})
    EXPECT_NE(error.message().find(part), std::string::npos) << part << " in " << error.message();
  EXPECT_EQ(code_of(learn_case::request("y ~ log(x)"), c.table), "no error");
}

TEST(Learn, RefusesEmptyAndAllMissingData) {
  Columns none;
  none.add("y", Doubles{}).add("x", Doubles{});
  EXPECT_EQ(code_of(request("y ~ x"), none.table), "data.empty");
  Columns missing;
  missing.add("y", Doubles{kNaN, 1}).add("x", Doubles{2, kNaN});
  const Error error = error_of(request("y ~ x"), missing.table);
  EXPECT_EQ(error.code(), "data.all_missing");
  EXPECT_EQ(error.kind(), ErrorKind::data);
}

TEST(Learn, RefusesMoreRowsThanAFitTakes) {
  static const double value = 1.0;
  data::ColumnView view;
  view.type = data::Type::float64;
  view.values = &value;
  view.length = (std::int64_t{1} << 31) + 1;
  view.stride = 0;
  data::Table huge;
  huge.add(data::Column{"y", {view}, nullptr});
  const Error error = error_of(request("y ~ 1"), huge);
  EXPECT_EQ(error.code(), "data.too_many_rows");
  EXPECT_EQ(error.context().at("rows").as_int(), (std::int64_t{1} << 31) + 1);
}

TEST(Learn, RefusesInfiniteColumns) {
  const Error log_of_zero = error_of(request("y ~ log(z)"), table("z", {1, 0, 2, 0}));
  EXPECT_EQ(log_of_zero.code(), "data.non_finite");
  EXPECT_EQ(log_of_zero.context().at("count").as_int(), 2);
  EXPECT_EQ(log_of_zero.context().at("row").as_int(), 2);
  EXPECT_EQ(log_of_zero.context().at("column").as_string(), "log(z)");
  EXPECT_EQ(code_of(request("y ~ z"), table("z", {1, kInf, 2, 0})), "data.non_finite");
  EXPECT_EQ(code_of(request("y ~ offset(log(z))"), table("z", {1, 0, 2, 1})), "data.non_finite");
  EXPECT_EQ(code_of(request("y ~ exp(z)"), table("z", {1, 800, 2, 1})), "data.non_finite");
  EXPECT_EQ(code_of(request("y ~ log(z)"), table("z", {1, -1, 2, 1})), "no error") << "log(-1) is NaN: a missing value";
}

TEST(Learn, NamesTheRowOfTheGivenData) {
  Columns c;
  c.add("y", Doubles{kNaN, 1, kNaN, -2, -3}).add("x", Doubles{1, 2, 3, 4, 5});
  const Error error = error_of(request("y ~ x", "poisson"), c.table);
  EXPECT_EQ(error.code(), "response.domain");
  EXPECT_EQ(error.context().at("row").as_int(), 4);
  EXPECT_EQ(error.context().at("count").as_int(), 2);
  EXPECT_EQ(error.context().at("value").as_double(), -2.0);
  EXPECT_EQ(error.context().at("column").as_string(), "y");
}

TEST(Learn, ChecksWeights) {
  const auto code = [](Doubles w, bool frequencies = false) {
    design::LearnRequest request = learn_case::request("y ~ x");
    (frequencies ? request.freq_weights : request.weights) = source("w");
    return code_of(request, table("w", std::move(w)));
  };
  EXPECT_EQ(code({1, 0, 2, 1e-300}), "no error");
  EXPECT_EQ(code({1, kNaN, 2, 1}), "weights.not_finite");
  EXPECT_EQ(code({1, kInf, 2, 1}), "weights.not_finite");
  EXPECT_EQ(code({1, -1e-9, 2, 1}), "weights.negative");
  EXPECT_EQ(code({0, 0, 0, 0}), "weights.all_zero");
  EXPECT_EQ(code({1, 0, 2, 3}, true), "no error");
  for (const double bad : {0.5, -1.0, kNaN, kInf}) EXPECT_EQ(code({1, bad, 2, 3}, true), "freq_weights.invalid") << bad;
  EXPECT_EQ(code({0, 0, 0, 0}, true), "weights.all_zero");
  Columns both;
  both.table = small();
  both.add("w", Doubles{1, 1, 0, 0}).add("k", Doubles{0, 0, 2, 1});
  design::LearnRequest request = learn_case::request("y ~ x");
  request.weights = source("w");
  request.freq_weights = source("k");
  EXPECT_EQ(code_of(request, both.table), "weights.all_zero") << "each has positive ones, no row has both";
  EXPECT_EQ(code_of(request, table("w", {1, 1, 1, 1})), "data.unknown_column");
}

TEST(Learn, NamesTheColumnThatAnArgumentGave) {
  design::LearnRequest request = learn_case::request("y ~ x", "poisson");
  request.link = families::make_link("log", request.family);
  const auto blamed = [&](const char* name, Doubles values) -> std::string {
    try {
      Warnings warnings;
      design::DesignSpec spec;
      design::learn(request, table(name, std::move(values)), data::Table(), RunContext(), spec, warnings);
    } catch (const Error& error) {
      return error.context().at("column").as_string();
    }
    return "no error";
  };
  request.exposure = source("years");
  EXPECT_EQ(blamed("years", {1, -1, 1, 1}), "years");
  request.exposure = {};
  request.weights = source("w");
  EXPECT_EQ(blamed("w", {1, -1, 1, 1}), "w");
  request.weights = {};
  request.freq_weights = source("k");
  EXPECT_EQ(blamed("k", {1, 0.5, 1, 1}), "k");
  request.freq_weights = {};
  request.offset = source("o");
  EXPECT_EQ(blamed("o", {1, kInf, 1, 1}), "o");
}

TEST(Learn, ChecksExposure) {
  const auto code = [](Doubles e, const char* family = "poisson", const char* link = "") {
    design::LearnRequest request = learn_case::request("y ~ x", family);
    request.link = families::make_link(link, request.family);
    request.exposure = source("e");
    return code_of(request, table("e", std::move(e)));
  };
  EXPECT_EQ(code({1, 0.5, 2, 1e-9}), "no error");
  for (const double bad : {0.0, -1.0, kNaN, kInf}) EXPECT_EQ(code({1, bad, 2, 1}), "exposure.not_positive") << bad;
  EXPECT_EQ(code({1, 1, 1, 1}, "gaussian"), "exposure.link");
  EXPECT_EQ(code({1, 1, 1, 1}, "poisson", "sqrt"), "exposure.link");
  EXPECT_EQ(code({1, 1, 1, 1}, "gamma", "inverse"), "exposure.link");
  design::LearnRequest cloglog = request("y ~ x", "binomial");
  cloglog.link = families::make_link("cloglog", cloglog.family);
  cloglog.exposure = source("e");
  Columns c;
  c.add("y", Doubles{0, 1, 1, 0}).add("x", Doubles{1, 2, 4, 3}).add("e", Doubles{1, 2, 3, 4});
  const Learned learned = learn(cloglog, c.table);
  fit_case::expect_near(learned.training.offset.to_vector(), {0, std::log(2.0), std::log(3.0), std::log(4.0)}, 1e-15);
}

TEST(Learn, AddsOffsetsUp) {
  design::LearnRequest request = learn_case::request("y ~ x + offset(a) + offset(log(b))", "poisson");
  request.offset = source("c");
  request.exposure = source("e");
  Columns c;
  c.table = small();
  c.add("a", Doubles{1, 2, 3, 4}).add("b", Doubles{1, 10, 100, 1000}).add("c", Doubles{0.5, 0, 0, 0});
  c.add("e", Doubles{1, 1, 2, 0.5});
  const Learned learned = learn(request, c.table);
  for (int i = 0; i < 4; ++i) {
    const double expected =
        Doubles{1, 2, 3, 4}[i] + i * std::log(10.0) + (i ? 0.0 : 0.5) + std::log(Doubles{1, 1, 2, 0.5}[i]);
    EXPECT_NEAR(learned.training.offset[i], expected, 1e-14);
  }
  EXPECT_EQ(learned.training.exposure, (Doubles{1, 1, 2, 0.5}));
}

TEST(Learn, TakesVectorsOfTheRightLength) {
  design::LearnRequest request = learn_case::request("y ~ x");
  request.weights = vector_source();
  EXPECT_EQ(code_of(request, small(), vectors("weights", {1, 2, 3, 4})), "no error");
  const Error shorter = error_of(request, small(), vectors("weights", {1, 2, 3}));
  EXPECT_EQ(shorter.code(), "data.length_mismatch");
  EXPECT_EQ(shorter.context().at("length").as_int(), 3);
  EXPECT_EQ(code_of(request, small(), vectors("weights", {1})), "data.length_mismatch") << "no recycling in a fit";
  EXPECT_EQ(code_of(request, small()), "data.length_mismatch");
  EXPECT_EQ(code_of(request, small(), vectors("exposure", {1, 2, 3, 4})), "data.length_mismatch");
}

TEST(Learn, ReadsResponses) {
  Columns c;
  c.add("x", Doubles{1, 2, 3, 4});
  c.add("text", Texts{"no", "yes", "yes", "no"})
      .add("three", Texts{"a", "b", "c", "a"})
      .add("one", Texts{"a", "a", "a", "a"});
  c.factor("declared", {1, 0, 1, -1}, {"good", "bad"});
  c.flags("flag", {1, 0, 0, 1}).flags("always", {1, 1, 1, 1});
  const auto response = [&](const char* name, const char* family) {
    return learn(request(std::string(name) + " ~ x", family), c.table);
  };
  EXPECT_EQ(response("text", "binomial").training.y, (Doubles{0, 1, 1, 0}));
  EXPECT_EQ(response("text", "quasibinomial").spec.response_levels.labels, (Texts{"no", "yes"}));
  EXPECT_EQ(response("declared", "binomial").training.y, (Doubles{1, 0, 1})) << "a missing response drops the row";
  EXPECT_EQ(response("flag", "binomial").training.y, (Doubles{1, 0, 0, 1}));
  EXPECT_EQ(response("always", "binomial").training.y, (Doubles{1, 1, 1, 1})) << "TRUE is 1, also when it is alone";
  EXPECT_EQ(response("flag", "poisson").training.y, (Doubles{1, 0, 0, 1})) << "as R counts TRUE";
  for (const char* name : {"three", "one"})
    EXPECT_EQ(code_of(request(std::string(name) + " ~ x", "binomial"), c.table), "response.not_numeric") << name;
  const Error error = error_of(request("text ~ x", "poisson"), c.table);
  EXPECT_EQ(error.code(), "response.not_numeric");
  EXPECT_EQ(error.context().at("column").as_string(), "text");
  fit_case::expect_near(learn("log(x) ~ flag", c.table).training.y.to_vector(),
                        {0, std::log(2.0), std::log(3.0), std::log(4.0)}, 1e-15);
}

TEST(Learn, RowsWithoutWeightMayHoldAnyResponseOrExposure) {
  design::LearnRequest request = learn_case::request("y ~ x", "poisson");
  request.weights = source("w");
  request.exposure = source("e");
  Columns c;
  c.add("y", Doubles{-5, kInf, 3, 4, 2}).add("x", Doubles{1, 2, 3, 4, 4});
  c.add("w", Doubles{0, 0, 1, 1, 0}).add("e", Doubles{0, 1, 1, 2, kNaN});
  EXPECT_EQ(code_of(request, c.table), "no error");
}

TEST(Learn, WarnsAboutOneLevel) {
  Columns c;
  c.add("y", Doubles{1, 2, 3}).add("f", Texts{"a", "a", "a"}).add("x", Doubles{1, 2, 4});
  const Learned learned = learn("y ~ f + x", c.table);
  ASSERT_TRUE(learned.warns("factor.one_level"));
  EXPECT_EQ(learned.warnings[0].context.at("term").as_string(), "f");
  EXPECT_EQ(learned.warnings[0].context.at("level").as_string(), "a");
  EXPECT_EQ(learned.spec.column_names(), (Texts{"(Intercept)", "x"}));
  const Learned full = learn("y ~ f + x - 1", c.table);
  EXPECT_TRUE(full.warns("factor.one_level"));
  EXPECT_EQ(full.spec.column_names(), (Texts{"fa", "x"}));
}

TEST(Learn, WarnsAboutRawExposuresOnly) {
  const auto warns = [](Doubles o, const std::string& formula = "y ~ x", const std::string& offset = "o",
                        const char* family = "poisson") {
    design::LearnRequest request = learn_case::request(formula, family);
    if (!offset.empty()) request.offset = source(offset);
    return learn(request, table("o", std::move(o))).warns("offset.raw_exposure");
  };
  EXPECT_TRUE(warns({0.1, 1, 0.5, 1}));
  EXPECT_TRUE(warns({0.003, 1, 2.5, 1}));
  EXPECT_TRUE(warns({0.1, 1, 0.5, 1}, "y ~ x + offset(o)", ""));
  EXPECT_TRUE(warns({kNaN, 1, 0.5, 0.1})) << "a missing value at the front hides nothing";
  EXPECT_TRUE(warns({1, 0.1, 0.5, kNaN}));
  EXPECT_FALSE(warns({std::log(0.1), 0, std::log(0.5), 0})) << "logs of years";
  EXPECT_FALSE(warns({std::log(30.0), std::log(365.0), std::log(100.0), std::log(365.0)})) << "logs of days";
  EXPECT_FALSE(warns({0.1, 1, 0.5, 1}, "y ~ x", "log(o)"));
  EXPECT_FALSE(warns({0.1, 1, 0.5, 1}, "y ~ x + offset(log(o))", ""));
  EXPECT_FALSE(warns({0.1, 1, 0.5, 1}, "y ~ x", "o", "gaussian")) << "no log link";
  EXPECT_FALSE(warns({0, 0, 0, 0}));
  EXPECT_FALSE(warns({1, 1, 1, 1})) << "all alike says nothing";
  EXPECT_FALSE(warns({0.1, 9, 0.5, 1}));
  design::LearnRequest vector = request("y ~ x", "poisson");
  vector.offset = vector_source();
  EXPECT_TRUE(learn(vector, small(), vectors("offset", {0.1, 0.2, 1, 1})).warns("offset.raw_exposure"));
  design::LearnRequest exposure = request("y ~ x", "poisson");
  exposure.exposure = source("o");
  EXPECT_FALSE(learn(exposure, table("o", {0.1, 0.2, 1, 1})).warns("offset.raw_exposure"));
}

// Equal values in other storage give the same design to the bit.
TEST(Learn, DoesNotDependOnStorage) {
  const std::vector<int> values = {3, 1, 2, 3, 1, 2, 7, 250};
  const auto design = [&](data::Column x) {
    Columns c;
    c.add("y", Doubles{1, 2, 3, 4, 5, 6, 7, 8});
    c.add(std::move(x));
    return learn("y ~ factor(x) + log(x)", c.table);
  };
  const Learned expected = design(stored<double>("x", data::Type::float64, {3, 1, 2, 3, 1, 2, 7, 250}));
  std::vector<Learned> others;
  others.push_back(design(stored<std::int32_t>("x", data::Type::int32, {3, 1, 2, 3, 1, 2, 7, 250})));
  others.push_back(design(stored<std::int64_t>("x", data::Type::int64, {3, 1, 2, 3, 1, 2, 7, 250})));
  others.push_back(design(stored<float>("x", data::Type::float32, {3, 1, 2, 3, 1, 2, 7, 250})));
  others.push_back(design(stored<std::uint8_t>("x", data::Type::uint8, {3, 1, 2, 3, 1, 2, 7, 250})));
  data::Dictionary dictionary;
  dictionary.meaning = data::Meaning::number;
  dictionary.numbers = {250, 7, 3, 2, 1};
  dictionary.labels = {"250", "7", "3", "2", "1"};
  others.push_back(design(data::make_column("x", {2, 4, 3, 2, 4, 3, 1, 0}, dictionary)));
  for (const Learned& other : others) {
    EXPECT_EQ(other.spec.variables[0].levels.labels, expected.spec.variables[0].levels.labels);
    EXPECT_EQ(codes_of(other.training.design.blocks[0]), codes_of(expected.training.design.blocks[0]));
    EXPECT_TRUE(fit_case::same_bits(values_of(other.training.design, 1), values_of(expected.training.design, 1)));
    EXPECT_EQ(design::fingerprint(other.training, {}), design::fingerprint(expected.training, {}));
  }
}

// Numbers with few distinct values are evaluated at these; the rows hold the same bits as one by one.
TEST(Learn, EvaluatesAtDistinctValues) {
  const std::size_t n = 4000;
  Doubles x(n), many(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = i % 7 == 3 ? kNaN : static_cast<double>(i % 37) * (i % 5 ? 1.0 : 0.1) - 5.0;
    many[i] = static_cast<double>(i);
  }
  x[0] = -0.0;
  Columns c;
  c.add("x", x).add("many", many);
  for (const char* expression : {"x", "exp(x)", "I(x^2 / 100)", "abs(x)", "clip(x, 0, 3)", "ifelse(is.na(x), 9, x)",
                                 "I(1 / (x + 9.5))", "I(x / x)", "I(many %/% 10)", "I(many + x)", "log(many + 1)"}) {
    design::LearnRequest wanted = request(std::string("~ ") + expression);
    wanted.needs_response = false;
    const Learned learned = learn(wanted, c.table);
    const auto all = design::evaluate_numeric(*formula::parse_expression(expression), c.table, RunContext());
    Doubles expected;
    for (const std::int64_t row : learned.training.kept) expected.push_back(all[static_cast<std::size_t>(row)] + 0.0);
    if (learned.training.kept.empty()) expected = all;
    EXPECT_TRUE(fit_case::same_bits(values_of(learned.training.design, 0), expected)) << expression;
    const bool coded = learned.training.design.blocks[0].parts[0].codes != nullptr;
    EXPECT_EQ(coded, std::string(expression) != "I(many + x)" && std::string(expression) != "log(many + 1)")
        << expression;
  }
}

TEST(Learn, FingerprintSeesEveryValueButNotThreads) {
  const auto print = [](Doubles y, Texts f, Doubles x, int n_threads = 1) {
    Columns c;
    c.add("y", std::move(y)).add("f", std::move(f)).add("x", std::move(x));
    return design::fingerprint(learn("y ~ f + x", c.table).training, fit_case::threads(n_threads));
  };
  const auto first = print({1, 2, 3}, {"a", "b", "a"}, {0.0, 1, 2});
  EXPECT_EQ(print({1, 2, 3}, {"a", "b", "a"}, {-0.0, 1, 2}), first) << "-0 equals 0";
  EXPECT_NE(print({1, 2, 4}, {"a", "b", "a"}, {0, 1, 2}), first);
  EXPECT_NE(print({1, 2, 3}, {"a", "b", "b"}, {0, 1, 2}), first);
  EXPECT_NE(print({1, 2, 3}, {"a", "b", "a"}, {0, 1, std::nextafter(2.0, 3.0)}), first);
  EXPECT_NE(print({1, 3, 2}, {"a", "b", "a"}, {0, 1, 2}), first);
  EXPECT_NE(print({1, 2, 3, 3}, {"a", "b", "a", "a"}, {0, 1, 2, 2}), first);
  const std::size_t n = 70000;
  Doubles y(n), x(n);
  Texts f(n);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = static_cast<double>(i % 97);
    x[i] = static_cast<double>(i % 89);
    f[i] = i % 3 ? "a" : "b";
  }
  EXPECT_EQ(print(y, f, x, 1), print(y, f, x, 3));
  auto swapped = y;
  std::swap(swapped[5], swapped[40000]);
  EXPECT_NE(print(swapped, f, x), print(y, f, x));
}

TEST(Recode, GivesTheTrainingRowsAgain) {
  Columns c;
  c.add("y", Doubles{1, 2, kNaN, 4, 5}).add("x", Doubles{1, 2, 4, kNaN, 3}).add("f", Texts{"b", "a", "c", "d", "b"});
  c.add("e", Doubles{1, 0.5, 1, 1, 0.25}).add("w", Doubles{1, 2, 1, 1, 0});
  design::LearnRequest request = learn_case::request("y ~ x + f", "poisson");
  request.exposure = source("e");
  request.weights = source("w");
  const Learned learned = learn(request, c.table);
  const auto again = design::recode_training(learned.spec, request.family, c.table, {}, {});
  EXPECT_EQ(design::fingerprint(again, {}), design::fingerprint(learned.training, {}));
  EXPECT_EQ(again.kept, learned.training.kept);
  EXPECT_EQ(codes_of(again.design.blocks[1]), codes_of(learned.training.design.blocks[1]));
  EXPECT_EQ(again.design.blocks[1].columns, learned.training.design.blocks[1].columns);
  EXPECT_TRUE(fit_case::same_bits(again.offset.to_vector(), learned.training.offset.to_vector()));
}
