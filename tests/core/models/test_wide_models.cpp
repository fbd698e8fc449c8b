// Models with a very wide factor: their files, texts and covariance.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "deciban/export/model_file.hpp"
#include "deciban/models/glm_tables.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using export_::model_from_json;
using export_::model_to_json;
using models::GlmModel;

namespace {

Columns portfolio(int n, int levels) {
  Random random(31);
  std::vector<std::int32_t> zip, area;
  Doubles x, y;
  Texts labels;
  for (int k = 0; k < levels; ++k) labels.push_back("Z" + std::to_string(k));
  for (int i = 0; i < n; ++i) {
    zip.push_back(i < levels ? i : random.below(levels));
    area.push_back(zip.back() % 3);  // nested: aliased
    x.push_back(random.normal());
    y.push_back(std::exp(0.2 * x.back() + 0.1 * (zip.back() % 5)) * (0.5 + random.uniform()));
  }
  Columns out;
  out.factor("zip", zip, labels).factor("area", area, {"a", "b", "c"}).add("x", x).add("y", y);
  return out;
}

GlmModel wide_model(int n, int levels) {
  return fit(args({{"formula", "y ~ x + zip + area"}, {"family", "gamma"}}), portfolio(n, levels).table);
}

}  // namespace

TEST(WideModels, FilesGiveTheSameCovariance) {
  const GlmModel model = wide_model(4000, 1100);
  ASSERT_TRUE(model.covariance.arrow());
  EXPECT_TRUE(has_warning(model, "fit.aliased"));
  EXPECT_TRUE(std::isnan(model.coefficients.back()));
  const std::string text = model_to_json(model);
  const GlmModel again = model_from_json(text);
  EXPECT_TRUE(same_bits(again.covariance.values(), model.covariance.values()));
  EXPECT_EQ(model_to_json(again), text);
  const linalg::Matrix dense = models::covariance_matrix(model), other = models::covariance_matrix(again);
  EXPECT_TRUE(same_bits(dense.values(), other.values()));
  const int p = dense.cols();
  for (int i = 0; i < p; i += 37)
    for (int j = 0; j < p; ++j) EXPECT_LE(difference(model.covariance(i, j), dense(i, j)), 1e-9) << i << ", " << j;
  EXPECT_TRUE(std::isnan(dense(0, p - 1)));
}

TEST(WideModels, DamagedFilesAreRefused) {
  const Document good = models::to_document(wide_model(2500, 1100));
  const auto code = [&](const char* key, const Document& value) {
    Document covariance = good.at("covariance"), document = good;
    covariance.set(key, value);
    document.set("covariance", covariance);
    return code_of([&] { models::glm_from_document(document); });
  };
  EXPECT_EQ(code("first", 2), "no error");
  for (const char* key : {"first", "variances", "diagonal", "entries", "columns", "border", "lower_triangle"})
    for (const Document& bad : {Document(), Document("?"), Document(Doubles{1, 2}), Document(-1), Document(1e9)})
      EXPECT_EQ(code(key, bad), "format.invalid") << key;
  EXPECT_EQ(code("unknown", Document(Doubles{1e9})), "format.invalid");
  EXPECT_EQ(code("unknown", Document(Doubles{-1})), "format.invalid");
}

TEST(WideModels, VeryWideOnesKeepVariancesOnly) {
  const GlmModel model = wide_model(9500, 9000);
  EXPECT_FALSE(model.covariance.complete());
  const auto error = error_of([&] { models::covariance_matrix(model); });
  EXPECT_EQ(error.code(), "covariance.too_large");
  EXPECT_EQ(error.kind(), ErrorKind::input);
  EXPECT_EQ(code_of([&] { model.covariance(3, 4); }), "covariance.not_kept");
  EXPECT_GT(model.covariance(1, 1), 0.0);
  EXPECT_GT(model.covariance.variance(3), 0.0);
  const GlmModel again = model_from_json(model_to_json(model));
  EXPECT_TRUE(same_bits(again.covariance.values(), model.covariance.values()));
  const std::string text = models::summary_text(model, 0.95);
  EXPECT_NE(text.find("... and 8,903 more coefficients: coef_table() has all"), std::string::npos)
      << text.substr(0, 99);
  EXPECT_LT(text.size(), 40000u);
  EXPECT_EQ(models::coef_table(model, 0.95).rows(), 9003);
}
