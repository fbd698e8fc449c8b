#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "deciban/encoding/credibility.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "fixtures/case_data.hpp"

namespace deciban::encoding {
namespace {

struct Case {
  std::vector<LevelMoments> levels;
  std::vector<std::string> labels;
};

// Moments by definition: means first, then squares about them.
Case moments_of(const std::vector<std::string>& level, const std::vector<double>& y, const std::vector<double>& w) {
  std::map<std::string, std::vector<std::size_t>> rows;
  for (std::size_t i = 0; i < level.size(); ++i) rows[level[i]].push_back(i);
  Case out;
  for (const auto& entry : rows) {
    LevelMoments moments;
    for (const std::size_t i : entry.second) {
      moments.rows += 1.0;
      moments.weight += w[i];
      moments.sum += w[i] * y[i];
    }
    for (const std::size_t i : entry.second) moments.square += w[i] * std::pow(y[i] - moments.mean(), 2);
    out.levels.push_back(moments);
    out.labels.push_back(entry.first);
  }
  return out;
}

class Actuar : public testing::TestWithParam<const char*> {};

TEST_P(Actuar, Agrees) {
  const auto content = fixtures::read_json_file(fixtures::folder() + "/credibility/" + GetParam() + ".json");
  const auto& columns = content.at("columns");
  const auto level = columns.at("level").get<std::vector<std::string>>();
  const auto y = columns.at("y").get<std::vector<double>>();
  const auto w = columns.contains("weights") ? columns.at("weights").get<std::vector<double>>()
                                             : std::vector<double>(y.size(), 1.0);
  const Case data = moments_of(level, y, w);
  const Credibility fit = buhlmann_straub(data.levels, false);
  const auto& expected = content.at("expected");
  const auto near = [](double value, double reference) { EXPECT_NEAR(value, reference, 1e-11 * std::fabs(reference)); };
  near(fit.collective, expected.at("collective").get<double>());
  near(fit.within, expected.at("within").get<double>());
  near(fit.between_raw, expected.at("between_raw").get<double>());
  const auto table = credibility_table(fit, data.labels, data.levels);
  for (std::size_t l = 0; l < data.labels.size(); ++l) {
    EXPECT_EQ(data.labels[l], expected.at("level").at(l).get<std::string>());
    near(table.columns[2].numbers[l], expected.at("weight").at(l).get<double>());
    near(table.columns[3].numbers[l], expected.at("mean").at(l).get<double>());
    near(table.columns[4].numbers[l], expected.at("credibility").at(l).get<double>());
    near(table.columns[5].numbers[l], expected.at("premium").at(l).get<double>());
  }
  EXPECT_EQ(fit.pooled(), fit.between_raw <= 0.0);
  EXPECT_EQ(fit.note.empty(), !fit.pooled());
}

INSTANTIATE_TEST_SUITE_P(Published, Actuar,
                         testing::Values("hachemeister", "hachemeister_buhlmann", "no_variance_between", "usworkcomp"));

TEST(Credibility, MomentsOfPartsMakeTheWhole) {
  const std::vector<std::string> level(6, "a"), first(2, "a"), second(4, "a");
  const std::vector<double> y{3, 9, 1, 4, 4, 7}, w{1, 2, 0.5, 3, 1, 1};
  const LevelMoments whole = moments_of(level, y, w).levels[0];
  LevelMoments merged = moments_of(first, {3, 9}, {1, 2}).levels[0];
  merged.merge(moments_of(second, {1, 4, 4, 7}, {0.5, 3, 1, 1}).levels[0]);
  merged.merge(LevelMoments());
  EXPECT_DOUBLE_EQ(merged.weight, whole.weight);
  EXPECT_DOUBLE_EQ(merged.sum, whole.sum);
  EXPECT_NEAR(merged.square, whole.square, 1e-13 * whole.square);
  EXPECT_EQ(merged.rows, 6.0);
}

TEST(Credibility, CountsWithoutRepeatsTakePoissonVariance) {
  const std::vector<LevelMoments> levels{{1, 10, 1, 0}, {1, 20, 9, 0}, {1, 30, 3, 0}};
  const Credibility counts = buhlmann_straub(levels, true), other = buhlmann_straub(levels, false);
  EXPECT_DOUBLE_EQ(counts.within, 13.0 / 60.0);
  EXPECT_FALSE(counts.pooled());
  EXPECT_TRUE(other.pooled());
  EXPECT_EQ(buhlmann_straub({{3, 3, 4, 1}}, false).note, "there is only one level");
  EXPECT_THROW(buhlmann_straub({{0, 0, 0, 0}}, false), Error);
}

// Levels around parents: the estimator of Jewell's model, by hand.
TEST(Credibility, LevelsVaryAroundTheirParents) {
  const std::vector<LevelMoments> levels{{2, 2, 2, 1}, {2, 2, 6, 1}, {2, 4, 40, 2}, {2, 2, 26, 2}};
  const std::vector<std::int32_t> parent{0, 0, 1, 1};
  const Credibility fit = buhlmann_straub(levels, false, &parent);
  const double within = 6.0 / 4.0;
  // parent means 2 and 11; squares 2*1 + 2*1 and 4*1 + 2*4; scale (4 - 8/4) + (6 - 20/6)
  EXPECT_DOUBLE_EQ(fit.between_raw, (4.0 + 12.0 - 2.0 * within) / (2.0 + (6.0 - 20.0 / 6.0)));
  const std::vector<std::int32_t> alone{0, 1, 2, 3};
  EXPECT_EQ(buhlmann_straub(levels, false, &alone).note, "no parent has two levels");
}

double negative_binomial(const std::vector<LevelMoments>& levels, double mu, double shape) {
  double sum = 0.0;
  for (const auto& level : levels) {
    const double mean = mu * level.weight;
    sum += math::lgamma(shape + level.sum) - math::lgamma(shape) + shape * math::log(shape / (shape + mean)) +
           level.sum * math::log(mean / (shape + mean));
  }
  return sum;
}

TEST(Credibility, GammaPoissonIsAtTheTopOfTheLikelihood) {
  for (const double shape : {0.3, 2.0, 40.0}) {
    std::vector<LevelMoments> levels;
    for (std::uint64_t l = 0; l < 400; ++l) {
      math::Stream stream(5, math::purpose("test"), l);
      const double weight = 5.0 + 40.0 * stream.uniform();
      const double count = math::draw_poisson(stream, weight * 0.1 / shape * math::draw_gamma(stream, shape));
      levels.push_back({10, weight, count, 0});
    }
    const Credibility fit = gamma_poisson(levels);
    ASSERT_FALSE(fit.pooled()) << shape;
    const double mu = fit.collective, found = fit.prior_weight * mu;
    const double top = negative_binomial(levels, mu, found);
    for (const double step : {-1e-3, 1e-3}) {
      EXPECT_LT(negative_binomial(levels, mu * (1 + step), found), top);
      EXPECT_LT(negative_binomial(levels, mu, found * (1 + step)), top);
    }
    // stationary: centred differences of a maximum vanish
    const double h = 1e-4;
    EXPECT_NEAR(negative_binomial(levels, mu, found * (1 + h)) - negative_binomial(levels, mu, found * (1 - h)), 0,
                1e-9);
    EXPECT_NEAR(negative_binomial(levels, mu * (1 + h), found) - negative_binomial(levels, mu * (1 - h), found), 0,
                1e-9);
    EXPECT_DOUBLE_EQ(fit.between, mu / fit.prior_weight);
  }
}

TEST(Credibility, GammaPoissonPoolsWithoutExcess) {
  const std::vector<LevelMoments> levels{{5, 10, 3, 0}, {5, 10, 3, 0}, {5, 10, 4, 0}};
  const Credibility fit = gamma_poisson(levels);
  EXPECT_TRUE(fit.pooled());
  EXPECT_DOUBLE_EQ(fit.premium(9.0, 10.0), 1.0 / 3.0);
  EXPECT_TRUE(gamma_poisson({{5, 10, 0, 0}, {5, 10, 0, 0}}).pooled());
}

}  // namespace
}  // namespace deciban::encoding
