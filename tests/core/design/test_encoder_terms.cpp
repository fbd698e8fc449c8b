// te() and fe() in formulas: leakage-free values in training, full statistics on new rows.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "deciban/data/levels.hpp"
#include "deciban/encoding/target_encoder.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/models/cross_fit.hpp"
#include "deciban/models/design_view.hpp"
#include "models/fit_case.hpp"

namespace deciban {
namespace {

constexpr int kRows = 500;

data::Table example(int changed = -1) {
  std::vector<double> claims, years, age;
  std::vector<std::string> make, model;
  for (int i = 0; i < kRows; ++i) {
    math::Stream stream(8, math::purpose("test"), static_cast<std::uint64_t>(i));
    const auto m = static_cast<int>(math::draw_index(stream, 40));
    make.push_back("make" + std::to_string(m % 7));
    model.push_back("m" + std::to_string(m));
    years.push_back(0.3 + stream.uniform());
    age.push_back(18 + std::floor(50 * stream.uniform()));
    claims.push_back(math::draw_poisson(stream, years.back() * (0.2 + 0.1 * (m % 7))) + (i == changed ? 3 : 0));
  }
  return data::Table({data::make_column("claims", claims), data::make_column("years", years),
                      data::make_column("age", age), data::make_column("make", make),
                      data::make_column("model", model)});
}

Document arguments(const std::string& formula) {
  return Document::object({{"formula", formula}, {"family", "poisson"}, {"exposure", "years"}});
}

std::vector<double> design_of(const std::string& formula, const data::Table& data, const char* name) {
  const auto matrix =
      models::model_matrix(Document::object({{"formula", formula}, {"exposure", "years"}}), data, data::Table(), {});
  for (std::size_t j = 0; j < matrix.names.size(); ++j)
    if (matrix.names[j] == name)
      return {matrix.values.begin() + static_cast<std::ptrdiff_t>(j * matrix.rows),
              matrix.values.begin() + static_cast<std::ptrdiff_t>((j + 1) * matrix.rows)};
  ADD_FAILURE() << name << " is not there";
  return {};
}

TEST(EncoderTerms, TrainingRowsHaveTheEncodersTrainingValues) {
  const data::Table data = example();
  encoding::TargetRows rows;
  rows.y = std::vector<double>(kRows);
  data::Numbers years;
  ASSERT_TRUE(data::Numbers::in_place(data.at("claims"), rows.y) && data::Numbers::in_place(data.at("years"), years));
  rows.exposure = years;
  encoding::TargetOptions options;
  options.scheme = encoding::TargetScheme::loo;
  options.seed = 4;
  std::vector<double> values;
  encoding::fit_target_encoder(options, {"make/model"}, {}, data, rows, {}, &values);
  EXPECT_EQ(design_of("claims ~ te(make/model, scheme = \"loo\", seed = 4)", data,
                      "te(make/model, scheme = \"loo\", seed = 4)"),
            values);
}

TEST(EncoderTerms, NoRowSeesItsOwnResponse) {
  for (const char* term :
       {"te(model)", "te(make:model, scheme = \"kfold\")", "log(te(model, prior_weight = \"auto_ml\"))",
        "te(make/model, scheme = \"loo\", prior_weight = 3)"}) {
    const std::string formula = std::string("claims ~ ") + term;
    const auto before = design_of(formula, example(), term);
    for (const int row : {0, 77, 350}) {
      const auto after = design_of(formula, example(row), term);
      EXPECT_EQ(0, std::memcmp(&before[static_cast<std::size_t>(row)], &after[static_cast<std::size_t>(row)], 8));
      EXPECT_NE(before, after);
    }
  }
}

TEST(EncoderTerms, NewRowsHaveTheFullStatistics) {
  const data::Table data = example();
  const auto model = models::fit_glm(arguments("claims ~ log(te(make)) + fe(model)"), data, data::Table(), {});
  ASSERT_EQ(model.names(), (std::vector<std::string>{"(Intercept)", "log(te(make))", "fe(model)"}));
  const auto& target = *model.spec.variables[0].encoder->target;
  const auto& frequency = *model.spec.variables[1].encoder->frequency;
  const data::Table rows({data::make_column("make", std::vector<std::string>{"make3", "new"}),
                          data::make_column("model", std::vector<std::string>{"m3", "new"}),
                          data::make_column("years", std::vector<double>{1.0, 2.0})});
  const auto predicted = models::predict(model, Document::object({}), rows, data::Table(), {});
  const auto te = encoding::encode(target, rows, {}), fe = encoding::encode(frequency, rows, {});
  EXPECT_EQ(te[1], target.terms[0].prior_value);
  EXPECT_EQ(fe[1], 0.0);
  for (std::size_t i = 0; i < 2; ++i)
    EXPECT_NEAR(predicted[i],
                (i + 1.0) * math::exp(model.coefficients[0] + model.coefficients[1] * math::log(te[i]) +
                                      model.coefficients[2] * fe[i]),
                1e-14);
}

TEST(EncoderTerms, ResidualsAreThoseOfTheTrainingValues) {
  const data::Table data = example();
  const auto model = models::fit_glm(arguments("claims ~ te(model):age + TE(make)"), data, data::Table(), {});
  std::vector<std::int64_t> kept;
  const auto residuals = models::row_values(model, "deviance", data, data::Table(), {}, kept);
  double sum = 0.0;
  for (const double residual : residuals) sum += residual * residual;
  EXPECT_NEAR(sum, model.statistics.deviance, 1e-10 * sum);
  const auto again = export_::model_from_json(export_::model_to_json(model));
  EXPECT_EQ(models::row_values(again, "deviance", data, data::Table(), {}, kept), residuals);
  EXPECT_EQ(models::predict(again, Document::object({}), data, data::Table(), {}),
            models::predict(model, Document::object({}), data, data::Table(), {}));
  EXPECT_EQ(export_::model_to_json(again), export_::model_to_json(model));
}

TEST(EncoderTerms, RowsThatAreNotUsedSayNothing) {
  data::Table data = example(), dropped;
  std::vector<double> age(kRows), weight(kRows, 1.0);
  for (int i = 0; i < kRows; ++i) age[static_cast<std::size_t>(i)] = i % 9 == 0 ? std::nan("") : 30.0 + i % 40;
  for (int i = 0; i < kRows; i += 9) weight[static_cast<std::size_t>(i)] = 0.0;
  for (const auto& column : data.columns())
    if (column.name != "age") dropped.add(column);
  dropped.add(data::make_column("age", age));
  dropped.add(data::make_column("w", weight));
  const auto by_missing = models::fit_glm(arguments("claims ~ te(model) + age"), dropped, data::Table(), {});
  EXPECT_EQ(by_missing.statistics.rows_dropped, 56);
  const auto& rows = by_missing.spec.variables[0].encoder->target->terms[0].depths[0].moments;
  double used = 0.0;
  for (const auto& level : rows) used += level.rows;
  EXPECT_EQ(used, kRows - 56.0);
}

TEST(EncoderTerms, RefusedCallsSayWhy) {
  const data::Table data = example();
  const auto code = [&](const std::string& formula) {
    return fit_case::code_of([&] { models::fit_glm(arguments(formula), data, data::Table(), {}); });
  };
  EXPECT_EQ(code("claims ~ te()"), "formula.arguments");
  EXPECT_EQ(code("claims ~ te(log(age))"), "formula.arguments");
  EXPECT_EQ(code("claims ~ te(make, scheme = \"best\")"), "formula.arguments");
  EXPECT_EQ(code("claims ~ te(make, groups = model)"), "formula.arguments");
  EXPECT_EQ(code("claims ~ fe(make/model)"), "formula.arguments");
  EXPECT_EQ(code("claims ~ te(mark)"), "data.unknown_column");
  EXPECT_EQ(code("claims ~ te(make, prior_weight = -2)"), "encoder.prior_weight");
  EXPECT_EQ(fit_case::code_of([&] {
              models::model_matrix(Document::object({{"formula", "~ te(make)"}}), data, data::Table(), {});
            }),
            "formula.encoder_response");
}

data::Table folds_of(int n_folds) {
  std::vector<double> fold;
  for (int i = 0; i < kRows; ++i) fold.push_back((i * 7) % n_folds);
  return data::Table({data::make_column("fold_1", fold)});
}

// By hand: fit on a copy without the fold, predict the fold.
TEST(CrossFit, RefitsEncodersInsideEachFold) {
  const data::Table data = example(), folds = folds_of(4);
  const auto crossed =
      models::cross_fit(arguments("claims ~ te(model) + age"), data, data::Table(), folds, Document::object({}), {});
  const auto taken = [&](int fold, bool train) {
    std::vector<std::string> make, model;
    std::vector<double> numbers[3];
    const auto coded = data::encode_levels(data.at("model"));
    data::Numbers columns[3];
    const char* names[] = {"claims", "years", "age"};
    for (int c = 0; c < 3; ++c) EXPECT_TRUE(data::Numbers::in_place(data.at(names[c]), columns[c]));
    for (std::size_t i = 0; i < kRows; ++i) {
      if ((static_cast<int>(i * 7) % 4 == fold) == train) continue;
      model.push_back(coded.levels.labels[static_cast<std::size_t>(coded.codes[i])]);
      for (int c = 0; c < 3; ++c) numbers[c].push_back(columns[c][i]);
    }
    return data::Table({data::make_column("claims", numbers[0]), data::make_column("years", numbers[1]),
                        data::make_column("age", numbers[2]), data::make_column("model", model)});
  };
  for (int fold = 0; fold < 4; ++fold) {
    const auto model = models::fit_glm(arguments("claims ~ te(model) + age"), taken(fold, true), data::Table(), {});
    const data::Table test = taken(fold, false);
    const auto expected = models::predict(model, Document::object({}), test, data::Table(), {});
    data::Numbers claims;
    ASSERT_TRUE(data::Numbers::in_place(test.at("claims"), claims));
    double deviance = 0.0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < kRows; ++i) {
      if (static_cast<int>(i * 7) % 4 != fold) continue;
      const double mu = expected[next], y = claims[next];
      EXPECT_EQ(crossed.predictions.columns[0].numbers[i], mu);
      deviance += 2.0 * ((y > 0.0 ? y * std::log(y / mu) : 0.0) - (y - mu));
      ++next;
    }
    EXPECT_NEAR(crossed.table.columns[5].numbers[static_cast<std::size_t>(fold)], deviance, 1e-10 * deviance);
  }
}

TEST(CrossFit, TimeTrainsOnThePastAndBadFoldsAreRefused) {
  const data::Table data = example();
  std::vector<double> fold;
  for (int i = 0; i < kRows; ++i) fold.push_back(i < 200 ? -1 : i < 350 ? 0 : 1);
  const auto ordered = Document::object({{"ordered", true}});
  const auto crossed = models::cross_fit(arguments("claims ~ te(make)"), data, data::Table(),
                                         data::Table({data::make_column("f", fold)}), ordered, {});
  EXPECT_EQ(crossed.table.columns[2].integers, (std::vector<std::int64_t>{200, 350}));
  EXPECT_TRUE(std::isnan(crossed.predictions.columns[0].numbers[5]));
  EXPECT_FALSE(std::isnan(crossed.predictions.columns[0].numbers[250]));
  const auto code = [&](std::vector<double> folds) {
    return fit_case::code_of([&] {
      models::cross_fit(arguments("claims ~ age"), data, data::Table(),
                        data::Table({data::make_column("f", std::move(folds))}), Document::object({}), {});
    });
  };
  EXPECT_EQ(code({1, 2}), "data.length_mismatch");
  EXPECT_EQ(code(std::vector<double>(kRows, 0.5)), "cross_fit.folds");
  EXPECT_EQ(code(std::vector<double>(kRows, 0.0)), "cross_fit.folds");
}

}  // namespace
}  // namespace deciban
