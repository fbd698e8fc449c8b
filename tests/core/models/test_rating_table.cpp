#include <algorithm>

#include "deciban/inference/collinearity.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/models/queries.hpp"
#include "fit_case.hpp"

using namespace deciban;
using fit_case::Columns;
using fit_case::Doubles;
using fit_case::Texts;

namespace {

const tables::Column& column(const tables::ResultTable& table, const std::string& name) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& one) { return one.name == name; });
  EXPECT_NE(found, table.columns.end()) << name;
  return *found;
}

struct RatingTable : ::testing::Test {
  Columns data;
  data::Table none;
  models::GlmModel model;
  RatingTable() {
    data.add("y", Doubles{1, 2, 4, 3, 5, 2, 3, 6})
        .add("f", Texts{"a", "b", "a", "b", "a", "b", "a", "b"})
        .add("g", Texts{"u", "u", "v", "v", "w", "w", "w", "v"})
        .add("x", Doubles{1, 2, 3, 4, 5, 6, 7, 8});
    model =
        models::fit_glm(Document::object({{"formula", "y ~ f * g + x"}, {"family", "poisson"}}), data.table, none, {});
  }
  models::Answer ask(const char* name, Document arguments, bool rows = true) const {
    return models::query(model, name, arguments, rows ? models::QueryData{&data.table, &none} : models::QueryData{}, {},
                         {});
  }
};

TEST_F(RatingTable, RelativitiesOfAFactorAreItsCoefficients) {
  const auto table = ask("rating_table", Document::object({{"term", "g"}}), false).table;
  const Doubles& relativity = column(table, "relativity").numbers;
  ASSERT_EQ(relativity.size(), 3u);
  EXPECT_EQ(relativity[0], 1.0);
  EXPECT_EQ(relativity[1], math::exp(model.coefficients[2]));
  EXPECT_EQ(relativity[2], math::exp(model.coefficients[3]));
  EXPECT_EQ(column(table, "rows").integers, (std::vector<std::int64_t>{2, 3, 3}));
}

TEST_F(RatingTable, CellsAreTheFirstVariableFastest) {
  const auto table = ask("rating_table", Document::object({{"term", "g:f"}})).table;
  EXPECT_EQ(column(table, "f").integers, (std::vector<std::int64_t>{0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(column(table, "rows").integers, (std::vector<std::int64_t>{1, 1, 1, 2, 2, 1}));
  EXPECT_EQ(column(table, "observed").numbers[3], 4.5);
}

TEST_F(RatingTable, NumbersHaveTheRangeOfTheRows) {
  const auto table = ask("rating_table", Document::object({{"term", "x"}, {"points", 3}, {"base", 1}})).table;
  EXPECT_EQ(column(table, "x").numbers, (Doubles{1, 4.5, 8}));
  EXPECT_NEAR(column(table, "relativity").numbers[2], math::exp(7.0 * model.coefficients.at(4)), 1e-12);
  EXPECT_EQ(fit_case::code_of([&] {
              ask("rating_table", Document::object({{"term", "x"}}), false);
            }),
            "rating_table.at");
}

TEST_F(RatingTable, OtherCoefficientsMoveTheModel) {
  std::vector<double> moved = model.coefficients;
  moved[1] += 1.0;
  const auto answer = ask("with_coefficients", Document::object({{"coefficients", moved}}), false);
  EXPECT_EQ(answer.model->coefficients, moved);
  EXPECT_EQ(fit_case::code_of([&] {
              ask("with_coefficients", Document::object({{"coefficients", 1.0}}), false);
            }),
            "input.coefficients");
}

TEST_F(RatingTable, InflationIsOneAtRightAngles) {
  linalg::Matrix covariance(3, 3);
  for (int j = 0; j < 3; ++j) covariance(j, j) = 2.0 + j;
  EXPECT_EQ(inference::generalised_vif(covariance, {0, 1, 1}, 2), (Doubles{1.0, 1.0}));
  covariance(0, 1) = covariance(1, 0) = 1.2;
  const Doubles found = inference::generalised_vif(covariance, {0, 1, 1}, 2);
  const double r2 = 1.2 * 1.2 / 6.0;  // of the two columns: VIF 1 / (1 - r^2)
  EXPECT_NEAR(found[0], 1.0 / (1.0 - r2), 1e-14);
  EXPECT_NEAR(found[1], found[0], 1e-14);
  covariance(0, 1) = covariance(1, 0) = std::sqrt(6.0) * 2.0;  // no covariance
  EXPECT_TRUE(std::isnan(inference::generalised_vif(covariance, {0, 1, 1}, 2)[0]));
}

}  // namespace
