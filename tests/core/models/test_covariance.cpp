// Covariances, hypotheses and influence: sandwich, car and R's methods (fixtures/covariance), and properties.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "deciban/design/learn.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/inference/covariance.hpp"
#include "deciban/models/glm_tables.hpp"
#include "deciban/models/queries.hpp"
#include "deciban/solvers/inverse_information.hpp"
#include "fixtures/case_data.hpp"
#include "fixtures/tolerance.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using fixtures::Json;
using models::Answer;
using models::GlmModel;

namespace {

struct Case {
  Json content;
  data::Table data, vectors;
  GlmModel model;

  Answer ask(const std::string& name, const Document& arguments, const GlmModel& of, int n_threads = 2) const {
    return models::query(of, name, arguments, {&data, &vectors}, {}, threads(n_threads));
  }
  GlmModel with_vcov(const std::string& vcov, int n_threads = 2) const {
    return *ask("with_vcov", args({{"vcov", vcov}}), model, n_threads).model;
  }
};

Case read_case(const std::string& name) {
  Case out;
  out.content = fixtures::read_json_file(fixtures::folder() + "/covariance/" + name + ".json");
  out.data = fixtures::read_table(out.content.at("data"));
  const Document arguments = fixtures::read_arguments(out.content.at("arguments"), out.data, out.vectors);
  out.model = models::fit_glm(arguments, out.data, out.vectors, threads(2));
  return out;
}

bool is_close(double got, double wanted, double scale = 0.0, double relative = 1e-8) {
  if (std::isnan(got) && std::isnan(wanted)) return true;
  return got == wanted || std::fabs(got - wanted) <= relative * std::max(std::fabs(wanted), scale);
}

class CovarianceFixture : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Json content = fixtures::read_json_file(fixtures::folder() + "/covariance/" + GetParam() + ".json");
    if (content.at("data").contains("prepared") && fixtures::data_folder().empty())
      GTEST_SKIP() << "DECIBAN_DATA is not set";
    own_ = read_case(GetParam());
  }
  Case own_;
};

}  // namespace

TEST_P(CovarianceFixture, EqualsSandwich) {
  for (const Json& expected : own_.content.at("covariances")) {
    const std::string vcov = expected.at("vcov");
    const GlmModel model = own_.with_vcov(vcov);
    const Json& rows = expected.at("lower_triangle");
    ASSERT_EQ(static_cast<int>(rows.size()), model.covariance.cols());
    for (int i = 0; i < model.covariance.cols(); ++i)
      for (int j = 0; j <= i; ++j) {
        const double scale = std::sqrt(std::fabs(fixtures::number(rows[i][i]) * fixtures::number(rows[j][j])));
        const double got = model.covariance(i, j), wanted = fixtures::number(rows[i][j]);
        EXPECT_TRUE(is_close(got, wanted, std::isnan(scale) ? 0.0 : scale))
            << vcov << " " << i << ", " << j << ": " << got << ", R has " << wanted;
        EXPECT_TRUE(same_bits(got, model.covariance(j, i)));
      }
    EXPECT_EQ(model.covariance_kind, vcov);
  }
}

TEST_P(CovarianceFixture, HypothesesEqualThoseOfCar) {
  for (const Json& expected : own_.content.at("hypotheses")) {
    Document texts = Document::array();
    for (const Json& text : expected.at("hypotheses")) texts.push(text.get<std::string>());
    const std::string vcov = expected.at("vcov"), test = expected.at("test");
    const GlmModel model = own_.with_vcov(vcov);
    const Document notes = own_.ask("linear_hypothesis", args({{"hypotheses", texts}, {"test", test}}), model).notes;
    const double statistic = notes.at("statistic").as_double(), p = notes.at("p_value").as_double();
    EXPECT_EQ(notes.at("df").as_int(), expected.at("df").get<std::int64_t>());
    EXPECT_TRUE(is_close(statistic, fixtures::number(expected.at("statistic")), 1e-6)) << expected.dump();
    EXPECT_TRUE(is_close(p, fixtures::number(expected.at("p_value")), 0.0,
                         1e-8 * (1.0 + statistic * static_cast<double>(notes.at("df").as_int()))))
        << p << " " << expected.dump();
  }
}

TEST_P(CovarianceFixture, InfluenceEqualsThatOfR) {
  const Json& expected = own_.content.at("influence");
  const Answer answer = own_.ask("influence", args({}), own_.model);
  const std::pair<const char*, const char*> names[] = {
      {"hatvalues", "hat"},    {"sigma", "sigma"},          {"rstandard_deviance", "standard_deviance"},
      {"rstudent", "student"}, {"cooks_distance", "cooks"}, {"rstandard_pearson", "standard_pearson"},
      {"dffits", "dffits"},    {"covratio", "covratio"}};
  const auto place = [&](std::int64_t row) {
    return std::find(answer.rows.begin(), answer.rows.end(), row - 1) - answer.rows.begin();
  };
  for (const auto& name : names) {
    const Doubles* column = nullptr;
    for (const auto& one : answer.table.columns)
      if (one.name == name.second) column = &one.numbers;
    ASSERT_TRUE(column) << name.second;
    Doubles sizes;
    for (const Json& value : expected.at(name.first)) sizes.push_back(std::fabs(fixtures::number(value)));
    std::sort(sizes.begin(), sizes.end());
    for (std::size_t k = 0; k < sizes.size(); ++k) {
      const double got = (*column)[static_cast<std::size_t>(place(expected.at("rows")[k]))];
      const double wanted = fixtures::number(expected.at(name.first)[k]);
      EXPECT_TRUE(is_close(got, wanted, 1e-3 * sizes[sizes.size() / 2]))
          << name.first << " of row " << expected.at("rows")[k] << ": " << got << ", R has " << wanted;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, CovarianceFixture, testing::ValuesIn(fixtures::case_names("covariance")),
                         [](const auto& info) { return info.param; });

TEST(Covariance, CasesAreFound) { EXPECT_GE(fixtures::case_names("covariance").size(), 20u); }

TEST(Covariance, ThreadsChangeNoBit) {
  const Case own = read_case("insurance_poisson");
  for (const char* vcov : {"HC0", "HC3", "HC1 ~ District + Age"}) {
    const std::string one = export_::model_to_json(own.with_vcov(vcov, 1));
    EXPECT_EQ(one, export_::model_to_json(own.with_vcov(vcov, 3))) << vcov;
    EXPECT_EQ(one, export_::model_to_json(export_::model_from_json(one)));
  }
}

TEST(Covariance, SpecsReadBack) {
  for (const std::string text : {"model", "HC0", "HC1", "HC2", "HC3", "~ a", "HC1 ~ a + b", "~ `my id` + b", "CR0 ~ a"})
    EXPECT_EQ(inference::parse_covariance(text).text(), text);
  EXPECT_EQ(inference::parse_covariance("HC0~(b+a)+b").text(), "~ b + a");
  EXPECT_EQ(inference::parse_covariance("CR1 ~ a").text(), "~ a");
  EXPECT_EQ(inference::parse_covariance("CR1S ~ a").text(), "HC1 ~ a");
  for (const std::string text : {"", "HC4", "hc0", "robust"})
    EXPECT_EQ(code_of([&] { inference::parse_covariance(text); }), "vcov.unknown") << text;
  for (const std::string text : {"~", "~ 1", "~ a:b", "HC2 ~ a", "~ log(a)", "~ a +", "y ~ a"})
    EXPECT_EQ(code_of([&] { inference::parse_covariance(text); }), "vcov.formula") << text;
}

// The same fit with and without its widest factor as an arrow.
TEST(Covariance, ArrowsGiveTheSameVariances) {
  Random random(7);
  const int n = 3000;
  std::vector<std::int32_t> zip, area;
  Doubles x, y, w, id;
  Texts labels;
  for (int k = 0; k < 60; ++k) labels.push_back("Z" + std::to_string(k));
  for (int i = 0; i < n; ++i) {
    zip.push_back(random.below(60));
    area.push_back(zip.back() % 3);  // nested: aliased
    x.push_back(100.0 + random.normal());
    w.push_back(i % 9 ? 0.5 + random.uniform() : 0.0);
    y.push_back(std::exp(0.2 * random.normal() + 0.1 * (zip.back() % 5)));
  }
  Columns data;
  data.factor("zip", zip, labels).factor("area", area, {"a", "b", "c"}).add("x", x).add("w", w).add("y", y);
  const GlmModel model =
      fit(args({{"formula", "y ~ x + zip + area"}, {"family", "gamma"}, {"weights", "w"}}), data.table);
  const design::TrainingData training =
      design::recode_training(model.spec, model.family, data.table, data::Table(), threads(2));
  std::vector<char> keep;
  for (const double coefficient : model.coefficients) keep.push_back(!std::isnan(coefficient));
  const auto covariance = [&](int arrow_columns, inference::CovarianceSpec::Kind kind) {
    engine::ObjectiveOptions options;
    options.arrow_columns = arrow_columns;
    const engine::CodedObjective objective(training, training.design, model.family, model.link, threads(2), options);
    const Doubles beta = objective.own_coefficients(model.coefficients);
    const auto at = objective.evaluate({{beta.data(), nullptr, nullptr}}, engine::Information::expected, threads(2))[0];
    EXPECT_EQ(bool(at.information.arrow()), arrow_columns < 60);
    const auto inverse = solvers::inverse_information(objective, at, beta, keep, 1e-7, threads(2));
    inference::SandwichNotes notes;
    const inference::FittedRows rows{training, objective, beta, inverse, model.statistics.nobs, model.statistics.rank};
    return objective.natural_covariance(inference::hc_covariance(rows, kind, threads(2), notes));
  };
  using Kind = inference::CovarianceSpec::Kind;
  for (const Kind kind : {Kind::hc0, Kind::hc1, Kind::hc2, Kind::hc3}) {
    const linalg::Covariance arrow = covariance(20, kind), dense = covariance(1000, kind);
    EXPECT_FALSE(arrow.complete());
    for (int j = 0; j < dense.cols(); ++j) {
      if (!keep[static_cast<std::size_t>(j)]) continue;
      EXPECT_LE(difference(arrow.variance(j), dense(j, j)), 1e-9) << j;
    }
    EXPECT_LE(difference(arrow(0, 1), dense(0, 1)), 1e-9);
    EXPECT_EQ(code_of([&] { arrow(0, 5); }), "covariance.not_kept");
  }
}

TEST(Covariance, ClustersOfOneRowAreHc0) {
  const Case own = read_case("poisson_no_intercept");
  data::Table vectors = own.vectors;
  Doubles row;
  for (std::int64_t i = 0; i < own.data.rows(); ++i) row.push_back(static_cast<double>(i));
  vectors.add(data::make_column("row", row));
  const double n = own.model.statistics.nobs;
  const GlmModel clustered =
      *models::query(own.model, "with_vcov", args({{"vcov", "~ row"}}), {&own.data, &vectors}, {}, threads(1)).model;
  const GlmModel hc0 = own.with_vcov("HC0");
  for (int j = 0; j < hc0.covariance.cols(); ++j)
    EXPECT_LE(difference(clustered.covariance(j, j), hc0.covariance(j, j) * n / (n - 1.0)), 1e-12);
}

TEST(Covariance, NeedsItsRows) {
  const Case own = read_case("insurance_poisson");
  const auto asked = [&](const models::QueryData& rows, const std::string& vcov) {
    return code_of([&] { models::query(own.model, "with_vcov", args({{"vcov", vcov}}), rows, {}, threads(1)); });
  };
  EXPECT_EQ(asked({}, "HC0"), "model.no_data");
  EXPECT_EQ(asked({}, "model"), "no error");
  EXPECT_EQ(asked({&own.data, &own.vectors}, "~ nobody"), "data.unknown_column");
  Columns other;
  other.add("Claims", Doubles(64, 1.0));
  EXPECT_EQ(asked({&other.table, &own.vectors}, "HC0"), "model.data_changed");
}
