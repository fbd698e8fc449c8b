// bin() in formulas: the bins of the rows used, and the same ones for new rows.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "deciban/binning/fit.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/models/design_view.hpp"
#include "models/fit_case.hpp"

namespace deciban {
namespace {

using fit_case::kNaN;

data::Table example(bool with_missing) {
  fit_case::Random random(12);
  std::vector<double> age, years, claims, bad;
  std::vector<std::string> area;
  for (int i = 0; i < 3000; ++i) {
    age.push_back(with_missing && i % 50 == 7 ? kNaN : 18.0 + random.below(60));
    years.push_back(0.25 + 0.75 * random.uniform());
    const double risk = std::isnan(age.back()) ? 0.5 : std::fabs(age.back() - 45.0) / 25.0;
    claims.push_back(random.poisson(years.back() * (0.2 + 0.5 * risk)));
    bad.push_back(random.uniform() < 0.1 + 0.4 * risk ? 1.0 : 0.0);
    area.push_back(std::string(1, static_cast<char>('a' + random.below(5))));
  }
  return data::Table({data::make_column("age", age), data::make_column("years", years),
                      data::make_column("claims", claims), data::make_column("bad", bad),
                      data::make_column("area", area)});
}

models::GlmModel fit(const std::string& formula, const char* family, const data::Table& data, bool exposure = false) {
  Document arguments = Document::object({{"formula", formula}, {"family", family}});
  if (exposure) arguments.set("exposure", "years");
  return models::fit_glm(arguments, data, {}, RunContext());
}

// The same bins, found by themselves, as a factor.
std::vector<std::int32_t> own_bins(const data::Table& data, binning::TargetKind kind, const char* y, int max_bins) {
  binning::Target target;
  target.kind = kind;
  std::vector<double> response, exposure;
  for (const double value : fit_case::Doubles(static_cast<const double*>(data.at(y).chunks[0].values),
                                              static_cast<const double*>(data.at(y).chunks[0].values) + data.rows()))
    response.push_back(value);
  target.y = response;
  if (kind == binning::TargetKind::counts) {
    const auto* years = static_cast<const double*>(data.at("years").chunks[0].values);
    target.exposure = std::vector<double>(years, years + data.rows());
  }
  binning::BinningOptions options;
  options.max_bins = max_bins;
  const auto bins = binning::fit_bins(data.at("age"), target, options, RunContext()).bins;
  return binning::bin_codes(bins, data.at("age"), RunContext()).to_vector();
}

std::vector<double> predict(const models::GlmModel& model, const data::Table& data) {
  return models::predict(model, Document::object(), data, {}, RunContext());
}

}  // namespace

TEST(BinTerms, AreFactorsOfTheBinsOfTheRowsUsed) {
  for (const bool with_missing : {false, true}) {
    const data::Table data = example(with_missing);
    data::Table both = data;
    data::Dictionary levels;
    levels.labels = {"1", "2", "3", "4", "missing"};
    levels.declared = true;
    both.add(data::make_column("by_hand", own_bins(data, binning::TargetKind::counts, "claims", 4), levels));
    const auto model = fit("claims ~ bin(age, 4) + area", "poisson", both, true);
    const auto by_hand = fit("claims ~ by_hand + area", "poisson", both, true);
    EXPECT_EQ(model.statistics.rows_dropped, 0);
    EXPECT_TRUE(fit_case::same_bits(model.coefficients, by_hand.coefficients));
    EXPECT_EQ(model.names()[1].substr(0, 12), "bin(age, 4)(");
  }
}

TEST(BinTerms, GiveNewRowsTheSameBins) {
  const data::Table data = example(true);
  const auto model = fit("bad ~ bin(age, max_bins = 4, monotonic = \"valley\")", "binomial", data);
  const auto loaded = export_::model_from_json(export_::model_to_json(model));
  EXPECT_EQ(export_::model_to_json(loaded), export_::model_to_json(model));
  const std::vector<double> fitted = predict(model, data);
  EXPECT_TRUE(fit_case::same_bits(predict(loaded, data), fitted));
  const data::Table extremes({data::make_column("age", {-fit_case::kInf, -5.0, 1e9, fit_case::kInf, kNaN})});
  const std::vector<double> found = predict(loaded, extremes);
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[2], found[3]);
  EXPECT_FALSE(std::isnan(found[4]));  // missing has a bin of its own, and rows in it
}

TEST(BinTerms, TreatBinsWithoutRowsAsUnseen) {
  const auto model = fit("bad ~ bin(age, 3)", "binomial", example(false));
  const data::Table missing({data::make_column("age", {30.0, kNaN})});
  EXPECT_EQ(fit_case::code_of([&] { predict(model, missing); }), "data.unseen_level");
  const auto lenient = models::predict(model, Document::object({{"unseen", "missing"}}), missing, {}, RunContext());
  EXPECT_FALSE(std::isnan(lenient[0]));
  EXPECT_TRUE(std::isnan(lenient[1]));
}

TEST(BinTerms, TakeTheArgumentsOfBinning) {
  const data::Table data = example(false);
  const auto model = fit("bad ~ bin(age, method = \"quantile\", splits = c(25, 40, 60))", "binomial", data);
  EXPECT_EQ(model.spec.variables[0].bins->bins.edges, (std::vector<double>{25, 40, 60}));
  EXPECT_EQ(model.coefficients.size(), 4u);
  const auto reference =
      fit("bad ~ C(bin(age, splits = c(25, 40), fixed = TRUE), ref = \"(25, 40]\")", "binomial", data);
  EXPECT_EQ(reference.coefficients.size(), 3u);
  const auto groups = fit("bad ~ bin(area, max_bins = 2)", "binomial", data);
  EXPECT_LE(groups.coefficients.size(), 2u);
  for (const char* formula : {"bad ~ bin(age, method = \"best\")", "bad ~ bin(age, max_bin = 3)", "bad ~ bin()",
                              "bad ~ bin(age, max_bins = 0)", "bad ~ bin(age, splits = c(2, 1))"})
    EXPECT_EQ(fit_case::code_of([&] { fit(formula, "binomial", data); }), "formula.arguments") << formula;
  EXPECT_EQ(fit_case::code_of([&] { fit("bad ~ bin(age, min_bins = 50)", "binomial", data); }), "binning.infeasible");
}

TEST(BinTerms, NeedAResponseUnlessTheMethodDoesNot) {
  const data::Table data = example(false);
  const auto columns = [&](const char* formula) {
    return models::model_matrix(Document::object({{"formula", formula}}), data, {}, RunContext()).names.size();
  };
  EXPECT_EQ(columns("~ bin(age, 4, method = \"quantile\")"), 4u);
  EXPECT_EQ(fit_case::code_of([&] { columns("~ bin(age, 4)"); }), "formula.encoder_response");
}

}  // namespace deciban
