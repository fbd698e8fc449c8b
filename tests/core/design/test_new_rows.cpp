#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "deciban/data/levels.hpp"
#include "design/coded_case.hpp"
#include "design/learn_case.hpp"

using namespace learn_case;
using coded_case::codes_of;
using coded_case::values_of;
using design::UnseenLevel;
using fit_case::Columns;
using fit_case::Doubles;
using fit_case::kInf;
using fit_case::kNaN;
using fit_case::stored;
using fit_case::Texts;

namespace {

data::Table training() {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4}).add("x", Doubles{1, 2, 4, 8}).add("f", Texts{"b", "a", "b", "c"});
  c.add("z", Doubles{1, 2, 2, 1}).add("e", Doubles{1, 2, 0.5, 1});
  return c.table;
}

std::vector<double> offset(const design::DesignSpec& spec, const data::Table& data, const data::Table& vectors = {},
                           design::ColumnSource exposure = {}, design::ColumnSource given = {},
                           families::LinkId link = families::LinkId::log) {
  return design::offset_of_new_rows(spec, exposure, given, {link, 1.0}, data, vectors);
}

design::CodedDesign code(const design::DesignSpec& spec, UnseenLevel policy, const data::Table& data) {
  return design::code_new_rows(spec, policy, data, RunContext());
}

}  // namespace

TEST(NewRows, MatchStoredLevels) {
  const Learned learned = learn("y ~ f + factor(z) + log(x)", training());
  Columns c;
  c.factor("f", {2, 0, -1}, {"c", "never", "b"});
  c.add(stored<std::int64_t>("z", data::Type::int64, {2, 1, 2}));
  c.add("x", Doubles{1, kNaN, 0});
  const auto design = code(learned.spec, UnseenLevel::error, c.table);
  EXPECT_EQ(design.rows, 3);
  EXPECT_EQ(design.n_columns, learned.spec.n_columns());
  EXPECT_EQ(codes_of(design.blocks[0]), (std::vector<std::int32_t>{1, 2, data::kMissingCode}));
  EXPECT_EQ(codes_of(design.blocks[1]), (std::vector<std::int32_t>{1, 0, 1}));
  EXPECT_EQ(values_of(design, 2)[0], 0.0);
  EXPECT_TRUE(std::isnan(values_of(design, 2)[1]));
  EXPECT_EQ(values_of(design, 2)[2], -kInf) << "new rows are not refused: the prediction shows it";
}

TEST(NewRows, FollowThePolicyForUnseenLevels) {
  const Learned learned = learn("y ~ f", training());
  Columns c;
  c.add("f", Texts{"a", "zz", "b", "new", "zz"});
  const Error error = fit_case::error_of([&] { code(learned.spec, UnseenLevel::error, c.table); });
  EXPECT_EQ(error.code(), "data.unseen_level");
  EXPECT_EQ(error.kind(), ErrorKind::data);
  EXPECT_EQ(error.context().at("column").as_string(), "f");
  EXPECT_EQ(error.context().at("count").as_int(), 3);
  EXPECT_EQ(error.context().at("levels").as_strings(), (Texts{"zz", "new"}));
  const auto missing = codes_of(code(learned.spec, UnseenLevel::missing, c.table).blocks[0]);
  EXPECT_EQ(missing[0], 0);
  EXPECT_LT(missing[1], 0);
  EXPECT_LT(missing[3], 0);
  const auto reference = codes_of(code(learned.spec, UnseenLevel::reference, c.table).blocks[0]);
  EXPECT_EQ(reference, (std::vector<std::int32_t>{0, 0, 1, 0, 0}));
  Columns none;
  none.add("f", Texts{});
  EXPECT_EQ(code(learned.spec, UnseenLevel::error, none.table).rows, 0);
}

TEST(NewRows, NeedTheirColumnsButNotTheResponse) {
  design::LearnRequest request = learn_case::request("y ~ f + log(x) + offset(z)", "poisson");
  request.exposure = source("e");
  request.weights = source("w");
  Columns given;
  given.table = training();
  given.add("w", Doubles{1, 1, 1, 1});
  const Learned learned = learn(request, given.table);
  EXPECT_EQ(design::required_columns(learned.spec, false), (Texts{"f", "x", "z", "e"}));
  EXPECT_EQ(design::required_columns(learned.spec, true), (Texts{"f", "x", "z", "e", "y", "w"}));
  Columns c;
  c.add("f", Texts{"a"});
  EXPECT_EQ(fit_case::code_of([&] { code(learned.spec, UnseenLevel::error, c.table); }), "data.unknown_column");
}

TEST(NewRows, HaveOffsetsAsTheFit) {
  design::LearnRequest request = learn_case::request("y ~ f + offset(z)", "poisson");
  request.exposure = source("e");
  request.offset = source("x");
  const Learned learned = learn(request, training());
  const auto again = offset(learned.spec, training());
  EXPECT_TRUE(fit_case::same_bits(again, learned.training.offset.to_vector())) << "the same rows have the same bits";

  Columns c;
  c.add("z", Doubles{1, 1, kNaN}).add("e", Doubles{2, kNaN, 1}).add("x", Doubles{0, 0, 0});
  const auto some = offset(learned.spec, c.table);
  EXPECT_NEAR(some[0], 1.0 + std::log(2.0), 1e-15);
  EXPECT_TRUE(std::isnan(some[1])) << "a missing exposure is a missing prediction";
  EXPECT_TRUE(std::isnan(some[2]));
  Columns wrong;
  wrong.add("z", Doubles{1}).add("e", Doubles{0}).add("x", Doubles{0});
  EXPECT_EQ(fit_case::code_of([&] { offset(learned.spec, wrong.table); }), "exposure.not_positive");
}

TEST(NewRows, OverrideExposureAndOffset) {
  design::LearnRequest request = learn_case::request("y ~ f", "poisson");
  request.exposure = source("e");
  const Learned learned = learn(request, training());
  Columns c;
  c.add("f", Texts{"a", "b"}).add("years", Doubles{2, 4});
  EXPECT_EQ(fit_case::code_of([&] { offset(learned.spec, c.table); }), "data.unknown_column");
  const auto named = offset(learned.spec, c.table, {}, source("years"));
  EXPECT_NEAR(named[1], std::log(4.0), 1e-15);
  Columns one, two, three;
  one.add("exposure", Doubles{3});
  two.add("exposure", Doubles{3, 5});
  three.add("exposure", Doubles{3, 5, 7});
  const auto recycled = offset(learned.spec, c.table, one.table, vector_source());
  EXPECT_EQ(recycled.size(), 2u);
  EXPECT_NEAR(recycled[1], std::log(3.0), 1e-15);
  EXPECT_NEAR(offset(learned.spec, c.table, two.table, vector_source())[1], std::log(5.0), 1e-15);
  EXPECT_EQ(fit_case::code_of([&] { offset(learned.spec, c.table, three.table, vector_source()); }),
            "data.length_mismatch");
}

TEST(NewRows, AskForVectorsOfTheFitAgain) {
  design::LearnRequest request = learn_case::request("y ~ f", "poisson");
  request.exposure = vector_source();
  request.offset = vector_source();
  Columns vectors;
  vectors.add("exposure", Doubles{1, 2, 3, 4}).add("offset", Doubles{0, 0, 1, 1});
  const Learned learned = learn(request, training(), vectors.table);
  EXPECT_EQ(fit_case::code_of([&] { offset(learned.spec, training()); }), "predict.exposure_missing");
  EXPECT_EQ(fit_case::code_of([&] { offset(learned.spec, training(), {}, source("e")); }), "predict.offset_missing");
  EXPECT_EQ(fit_case::code_of([&] { offset(learned.spec, training(), {}, source("e"), source("z")); }), "no error");
  EXPECT_TRUE(fit_case::same_bits(offset(learned.spec, training(), vectors.table, vector_source(), vector_source()),
                                  learned.training.offset.to_vector()));
}

TEST(NewRows, RefuseExposureWithOtherLinks) {
  const Learned learned = learn("y ~ f", training());
  EXPECT_EQ(
      fit_case::code_of([&] { offset(learned.spec, training(), {}, source("e"), {}, families::LinkId::identity); }),
      "exposure.link");
}

TEST(DesignSpec, TravelsThroughDocuments) {
  Columns c;
  c.table = training();
  c.add("a b", Doubles{1, 2, 3, 5}).flags("flag", {1, 0, 1, 0});
  c.add(stored<std::int32_t>("day", data::Type::int32, {1, 2, 3, 4}, data::Meaning::date));
  for (const char* formula : {"y ~ f + log(x) + factor(z) + offset(e) + offset(log(x))",
                              "y ~ `a b` + factor(`a b`) - 1", "y ~ 0 + f + flag + factor(day)", "log(y) ~ 1"}) {
    design::LearnRequest request = learn_case::request(formula);
    request.weights = source("sqrt(e)");
    request.freq_weights = vector_source();
    request.na_action = design::NaAction::exclude;
    request.unseen = UnseenLevel::reference;
    Columns vectors;
    vectors.add("freq_weights", Doubles{1, 1, 2, 1});
    const Learned learned = learn(request, c.table, vectors.table);
    const Document document = design::to_document(learned.spec);
    const design::DesignSpec again = design::spec_from_document(document);
    EXPECT_EQ(design::to_document(again), document) << formula;
    EXPECT_EQ(again.column_names(), learned.spec.column_names()) << formula;
    EXPECT_EQ(again.n_columns(), learned.spec.n_columns());
    const auto a = code(learned.spec, UnseenLevel::error, c.table);
    const auto b = code(again, UnseenLevel::error, c.table);
    for (std::size_t k = 0; k < a.blocks.size(); ++k) {
      EXPECT_EQ(codes_of(a.blocks[k]), codes_of(b.blocks[k])) << formula;
      EXPECT_EQ(a.blocks[k].columns, b.blocks[k].columns) << formula;
      EXPECT_TRUE(fit_case::same_bits(values_of(a, k), values_of(b, k))) << formula;
    }
  }
}

TEST(DesignSpec, HasNamedPolicies) {
  for (const auto action : {design::NaAction::omit, design::NaAction::exclude, design::NaAction::fail})
    EXPECT_EQ(design::make_na_action(design::na_action_name(action)), action);
  for (const auto policy : {UnseenLevel::error, UnseenLevel::missing, UnseenLevel::reference})
    EXPECT_EQ(design::make_unseen_level(design::unseen_level_name(policy)), policy);
  EXPECT_EQ(fit_case::code_of([] { design::make_na_action("pass"); }), "input.na_action");
  EXPECT_EQ(fit_case::code_of([] { design::make_unseen_level(""); }), "input.unseen");
}
