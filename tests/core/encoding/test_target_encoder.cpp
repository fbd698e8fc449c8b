#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <tuple>

#include "deciban/data/levels.hpp"
#include "deciban/encoding/target_encoder.hpp"
#include "deciban/export/json.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/resampling/shuffle.hpp"

namespace deciban::encoding {
namespace {

constexpr std::int64_t kRows = 400;

struct Data {
  data::Table table;
  TargetRows rows;
};

// Claims over 30 models in 6 makes, with exposure and weights.
Data example(std::int64_t n = kRows) {
  std::vector<double> y, exposure, weights, year;
  std::vector<std::string> make, model, other;
  for (std::int64_t i = 0; i < n; ++i) {
    math::Stream stream(3, math::purpose("test"), static_cast<std::uint64_t>(i));
    const auto m = static_cast<int>(math::draw_index(stream, 30));
    make.push_back("make" + std::to_string(m % 6));
    model.push_back("model" + std::to_string(m));
    other.push_back(stream.uniform() < 0.5 ? "x" : "z");
    exposure.push_back(0.2 + stream.uniform());
    weights.push_back(i % 17 == 0 ? 0.0 : 1.0 + static_cast<double>(i % 3));
    year.push_back(2000.0 + static_cast<double>(math::draw_index(stream, 9)));
    y.push_back(math::draw_poisson(stream, exposure.back() * (0.3 + 0.1 * (m % 6))));
  }
  Data out;
  out.table = data::Table({data::make_column("make", make), data::make_column("model", model),
                           data::make_column("other", other), data::make_column("year", year)});
  out.rows.y = y;
  out.rows.weights = weights;
  out.rows.exposure = exposure;
  return out;
}

std::vector<std::int32_t> folds_by(resampling::FoldScheme scheme, const data::Table& table, const char* column) {
  resampling::FoldRequest request;
  request.scheme = scheme;
  request.n_folds = 4;
  request.rows = table.rows();
  request.by = &table.at(column);
  return resampling::make_folds(request, {}).fold;
}

std::vector<double> training(const TargetOptions& options, const Data& data, const std::vector<std::string>& terms,
                             int n_threads = 1) {
  RunContext context;
  context.n_threads = n_threads;
  std::vector<double> out;
  fit_target_encoder(options, terms, {}, data.table, data.rows, context, &out);
  return out;
}

bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

std::string code_of(const TargetOptions& options, const Data& data, const std::vector<std::string>& terms,
                    const std::vector<std::pair<std::string, std::string>>& parents = {}) {
  try {
    std::vector<double> out;
    fit_target_encoder(options, terms, parents, data.table, data.rows, {}, &out);
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

void set_folds(TargetOptions& options, Data& data) {
  options.n_folds = 4;
  if (options.scheme == TargetScheme::group)
    data.rows.folds = folds_by(resampling::FoldScheme::group, data.table, "year");
  if (options.scheme == TargetScheme::time)
    data.rows.folds = folds_by(resampling::FoldScheme::time, data.table, "year");
}

// The promise of the whole thing, in bits.
using Promise = std::tuple<TargetScheme, PriorWeight, TargetStatistic>;
class OwnTarget : public testing::TestWithParam<Promise> {};

TEST_P(OwnTarget, ChangesNoBitOfTheOwnEncoding) {
  Data data = example();
  TargetOptions options;
  options.scheme = std::get<0>(GetParam());
  options.prior_weight = std::get<1>(GetParam());
  options.statistic = std::get<2>(GetParam());
  set_folds(options, data);
  if (options.statistic == TargetStatistic::log_odds) {
    data.rows.exposure = {};
    for (double& y : data.rows.y.edit()) y = y > 0.0;
  }
  const std::vector<std::string> terms{"model", "make:other", "make/model", "other"};
  const std::vector<double> before = training(options, data, terms);
  int changed_others = 0;
  for (std::size_t row = 0; row < kRows; row += 7) {
    const double old = data.rows.y[row];
    for (const double other : {old + 1.0, 1e9, 0.0}) {
      if (options.statistic == TargetStatistic::log_odds && other > 1.0) continue;
      data.rows.y.edit()[row] = other;
      const std::vector<double> after = training(options, data, terms);
      for (std::size_t t = 0; t < terms.size(); ++t)
        ASSERT_TRUE(same_bits(before[t * kRows + row], after[t * kRows + row])) << terms[t] << " row " << row;
      for (std::size_t i = 0; i < before.size(); ++i) changed_others += !same_bits(before[i], after[i]);
    }
    data.rows.y.edit()[row] = old;
  }
  EXPECT_GT(changed_others, 100);  // it does say something about the others
}

INSTANTIATE_TEST_SUITE_P(Means, OwnTarget,
                         testing::Combine(testing::Values(TargetScheme::ordered, TargetScheme::kfold,
                                                          TargetScheme::group, TargetScheme::time, TargetScheme::loo),
                                          testing::Values(PriorWeight::fixed, PriorWeight::automatic,
                                                          PriorWeight::automatic_ml),
                                          testing::Values(TargetStatistic::mean)));
INSTANTIATE_TEST_SUITE_P(LogOdds, OwnTarget,
                         testing::Combine(testing::Values(TargetScheme::ordered, TargetScheme::kfold,
                                                          TargetScheme::loo),
                                          testing::Values(PriorWeight::fixed, PriorWeight::automatic),
                                          testing::Values(TargetStatistic::log_odds)));
INSTANTIATE_TEST_SUITE_P(Quantiles, OwnTarget,
                         testing::Combine(testing::Values(TargetScheme::ordered, TargetScheme::kfold,
                                                          TargetScheme::group, TargetScheme::time, TargetScheme::loo),
                                          testing::Values(PriorWeight::fixed, PriorWeight::automatic),
                                          testing::Values(TargetStatistic::quantile)));

TEST(TargetEncoder, FullKnowsTheOwnTarget) {
  Data data = example();
  TargetOptions options;
  options.scheme = TargetScheme::full;
  const auto before = training(options, data, {"model"});
  data.rows.y.edit()[1] += 5.0;
  EXPECT_FALSE(same_bits(before[1], training(options, data, {"model"})[1]));
}

TEST(TargetEncoder, ThreadsChangeNoBit) {
  Data data = example(90000);
  for (const TargetScheme scheme :
       {TargetScheme::ordered, TargetScheme::kfold, TargetScheme::time, TargetScheme::loo, TargetScheme::full}) {
    TargetOptions options;
    options.scheme = scheme;
    data.rows.folds = {};
    set_folds(options, data);
    const std::vector<std::string> terms{"model", "make:other", "make/model"};
    const auto one = training(options, data, terms, 1);
    EXPECT_EQ(one, training(options, data, terms, 2));
    EXPECT_EQ(one, training(options, data, terms, 3));
  }
}

// Plain rows, everything by definition.
struct Small {
  std::vector<std::string> level{"a", "b", "a", "a", "b", "a", "c", "b", "a", "b"};
  std::vector<double> y{1, 0, 0, 1, 1, 1, 0, 0, 0, 1};
  Data data() const {
    Data out;
    out.table = data::Table({data::make_column("x", level)});
    out.rows.y = y;
    return out;
  }
};

TEST(TargetEncoder, KfoldIsTheFormula) {
  const Small small;
  Data data = small.data();
  data.rows.folds = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0};
  TargetOptions options;
  options.scheme = TargetScheme::kfold;
  options.n_folds = 3;
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = 2.5;
  const auto encoded = training(options, data, {"x"});
  for (std::size_t i = 0; i < small.y.size(); ++i) {
    double sum = 0, count = 0, all = 0, n = 0;
    for (std::size_t j = 0; j < small.y.size(); ++j) {
      if (data.rows.folds[j] == data.rows.folds[i]) continue;
      all += small.y[j], n += 1;
      if (small.level[j] == small.level[i]) sum += small.y[j], count += 1;
    }
    EXPECT_NEAR(encoded[i], (sum + 2.5 * all / n) / (count + 2.5), 1e-15);
  }
}

TEST(TargetEncoder, LooIsTheFormula) {
  const Small small;
  TargetOptions options;
  options.scheme = TargetScheme::loo;
  options.n_folds = 3;
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = 1.5;
  const auto encoded = training(options, small.data(), {"x"});
  std::vector<std::int32_t> hash(small.y.size());
  resampling::random_folds(10, 3, 0, 0, hash.data(), {});
  for (std::size_t i = 0; i < small.y.size(); ++i) {
    double sum = 0, count = 0, all = 0, n = 0;
    for (std::size_t j = 0; j < small.y.size(); ++j) {
      if (hash[j] != hash[i]) all += small.y[j], n += 1;
      if (j != i && small.level[j] == small.level[i]) sum += small.y[j], count += 1;
    }
    EXPECT_NEAR(encoded[i], (sum + 1.5 * all / n) / (count + 1.5), 1e-15);
  }
}

// CatBoost's formula (sum of earlier targets + a P) / (earlier rows + a), for each random order.
TEST(TargetEncoder, OrderedIsCatBoostsFormula) {
  const Small small;
  TargetOptions options;
  options.n_folds = 3;
  options.n_permutations = 3;
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = 1.0;
  options.seed = 12;
  const auto encoded = training(options, small.data(), {"x"});
  std::vector<std::int32_t> hash(small.y.size());
  resampling::random_folds(10, 3, 12, 0, hash.data(), {});
  std::vector<double> expected(small.y.size(), 0.0);
  const char* labels[] = {"a", "b", "c"};
  for (std::uint64_t p = 0; p < 3; ++p)
    for (std::uint64_t l = 0; l < 3; ++l) {
      std::vector<std::size_t> rows;
      for (std::size_t i = 0; i < small.y.size(); ++i)
        if (small.level[i] == labels[l]) rows.push_back(i);
      std::vector<std::int32_t> order(rows.size());
      std::iota(order.begin(), order.end(), 0);
      resampling::shuffle(math::Stream(12, math::purpose("target.ordered"), p << 52 | l), math::block_functions(),
                          order.data(), static_cast<std::uint32_t>(order.size()));
      std::reverse(order.begin(), order.end());  // rows are taken as they are drawn, the last place first
      for (std::size_t at = 0; at < order.size(); ++at) {
        const std::size_t i = rows[static_cast<std::size_t>(order[at])];
        double sum = 0, all = 0, n = 0;
        for (std::size_t earlier = 0; earlier < at; ++earlier)
          sum += small.y[rows[static_cast<std::size_t>(order[earlier])]];
        for (std::size_t j = 0; j < small.y.size(); ++j)
          if (hash[j] != hash[i]) all += small.y[j], n += 1;
        expected[i] += (sum + all / n) / (static_cast<double>(at) + 1.0) / 3.0;
      }
    }
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(encoded[i], expected[i], 1e-15);
}

TEST(TargetEncoder, TimeLooksBackOnly) {
  Data data = example();
  TargetOptions options;
  options.scheme = TargetScheme::time;
  set_folds(options, data);
  const auto before = training(options, data, {"model"});
  for (std::size_t row = 0; row < kRows; ++row)
    if (data.rows.folds[row] == 3) data.rows.y.edit()[row] += 3.0;  // the last period
  EXPECT_EQ(before, training(options, data, {"model"}));
}

TEST(TargetEncoder, ExposureMakesRates) {
  Data data = example();
  data.rows.weights = {};
  TargetOptions options;
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = 3.0;
  const TargetEncoder encoder = fit_target_encoder(options, {"make"}, {}, data.table, data.rows, {}, nullptr);
  double claims = 0, years = 0, own_claims = 0, own_years = 0;
  const auto level = data::encode_levels(data.table.at("make"));
  for (std::size_t i = 0; i < kRows; ++i) {
    claims += data.rows.y[i], years += data.rows.exposure[i];
    if (level.codes[i] == 0) own_claims += data.rows.y[i], own_years += data.rows.exposure[i];
  }
  EXPECT_NEAR(encoder.terms[0].depths[0].value[0], (own_claims + 3.0 * claims / years) / (own_years + 3.0), 1e-14);
  EXPECT_NEAR(encoder.terms[0].prior_value, claims / years, 1e-14);
}

// A weight of k is k rows.
TEST(TargetEncoder, WeightsRepeatRows) {
  Data once = example(60), thrice;
  once.rows.exposure = {};
  std::vector<double> weights, y;
  std::vector<std::string> level;
  const auto coded = data::encode_levels(once.table.at("make"));
  for (std::size_t i = 0; i < 60; ++i) {
    weights.push_back(static_cast<double>(i % 3));
    for (std::size_t k = 0; k < i % 3; ++k) {
      y.push_back(once.rows.y[i]);
      level.push_back(coded.levels.labels[static_cast<std::size_t>(coded.codes[i])]);
    }
  }
  once.rows.weights = weights;
  thrice.table = data::Table({data::make_column("make", level)});
  thrice.rows.y = y;
  TargetOptions options;
  options.prior_weight = PriorWeight::automatic_ml;
  const auto a = fit_target_encoder(options, {"make"}, {}, once.table, once.rows, {}, nullptr);
  const auto b = fit_target_encoder(options, {"make"}, {}, thrice.table, thrice.rows, {}, nullptr);
  for (std::size_t l = 0; l < 6; ++l) EXPECT_NEAR(a.terms[0].depths[0].value[l], b.terms[0].depths[0].value[l], 1e-12);
}

TEST(TargetEncoder, LevelsShrinkToTheirParent) {
  Data data = example();
  TargetOptions options;
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = 5.0;
  const auto nested = fit_target_encoder(options, {"make/model"}, {}, data.table, data.rows, {}, nullptr);
  const auto named = fit_target_encoder(options, {"model"}, {{"model", "make"}}, data.table, data.rows, {}, nullptr);
  const auto& top = nested.terms[0].depths[0];
  const auto& levels = nested.terms[0].depths[1];
  for (std::size_t l = 0; l < levels.value.size(); ++l) {
    const double parent = top.value[static_cast<std::size_t>(levels.parent[l])];
    EXPECT_DOUBLE_EQ(levels.value[l], (levels.moments[l].sum + 5.0 * parent) / (levels.moments[l].weight + 5.0));
  }
  EXPECT_EQ(encode(nested, data.table, {}), encode(named, data.table, {}));
  // a model that was not seen takes its make, a make that was not seen the prior
  const data::Table rows({data::make_column("make", std::vector<std::string>{"make2", "new"}),
                          data::make_column("model", std::vector<std::string>{"new", "new"})});
  EXPECT_EQ(encode(nested, rows, {}), (std::vector<double>{top.value[2], nested.terms[0].prior_value}));
}

TEST(TargetEncoder, AHierarchyIsATree) {
  Data data = example();
  TargetOptions options;
  EXPECT_EQ(code_of(options, data, {"model"}, {{"model", "other"}}), "encoder.hierarchy");
  EXPECT_EQ(code_of(options, data, {"model"}, {{"model", "make"}, {"make", "model"}}), "encoder.hierarchy");
  EXPECT_EQ(code_of(options, data, {"other/model"}), "");  // pairs always are
}

TEST(TargetEncoder, MissingUnseenAndRareLevels) {
  Data data;
  data.table =
      data::Table({data::make_column("x", std::vector<std::int32_t>{0, 0, 0, 1, 1, 1, -1, -1, 2, 3},
                                     data::Dictionary{data::Meaning::text, {"a", "b", "c", "d"}, {}, true, false})});
  data.rows.y = {1, 1, 1, 0, 0, 0, 1, 0, 1, 1};
  const data::Table rows(
      {data::make_column("x", std::vector<std::int32_t>{0, -1, 2, 4},
                         data::Dictionary{data::Meaning::text, {"a", "b", "c", "d", "e"}, {}, true, false})});
  TargetOptions options;
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = 0.0;
  const auto values = [&] {
    return encode(fit_target_encoder(options, {"x"}, {}, data.table, data.rows, {}, nullptr), rows, {});
  };
  EXPECT_EQ(values(), (std::vector<double>{1.0, 0.5, 1.0, 0.6}));
  options.min_rows = 2;  // c and d share a level
  EXPECT_EQ(values(), (std::vector<double>{1.0, 0.5, 1.0, 0.6}));
  data.rows.y.edit()[9] = 0.0;
  EXPECT_EQ(values(), (std::vector<double>{1.0, 0.5, 0.5, 0.5}));
  options.missing = MissingLevel::prior;
  EXPECT_EQ(values()[1], values()[3]);
  options.missing = MissingLevel::missing;
  options.unseen = UnseenLevelRule::missing;
  EXPECT_TRUE(std::isnan(values()[1]) && std::isnan(values()[3]));
  const auto train = training(options, data, {"x"});
  EXPECT_TRUE(std::isnan(train[6]) && !std::isnan(train[8]));
  options.unseen = UnseenLevelRule::error;
  try {
    values();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "encoder.unseen_level");
    EXPECT_NE(error.message().find("1 row: e"), std::string::npos) << error.message();
  }
}

TEST(TargetEncoder, StandardErrorsAreThoseOfCredibility) {
  Data data = example();
  for (const PriorWeight weight : {PriorWeight::automatic, PriorWeight::automatic_ml}) {
    TargetOptions options;
    options.prior_weight = weight;
    const auto encoder = fit_target_encoder(options, {"make"}, {}, data.table, data.rows, {}, nullptr);
    const auto& levels = encoder.terms[0].depths[0];
    if (levels.credibility.pooled()) continue;
    double total = 0.0;
    for (const auto& level : levels.moments) total += levels.credibility.credibility(level.weight);
    for (std::size_t l = 0; l < levels.value.size(); ++l) {
      const double z = levels.credibility.credibility(levels.moments[l].weight);
      double variance = weight == PriorWeight::automatic
                            ? levels.credibility.between * (1 - z)
                            : levels.value[l] / (levels.moments[l].weight + levels.credibility.prior_weight);
      variance += (1 - z) * (1 - z) * levels.credibility.between / total;  // that of the collective
      EXPECT_NEAR(levels.std_error[l], std::sqrt(variance), 1e-13);
    }
  }
}

TEST(TargetEncoder, DocumentsReadBack) {
  Data data = example();
  TargetOptions options;
  options.prior_weight = PriorWeight::automatic_ml;
  options.min_rows = 10;
  const auto encoder =
      fit_target_encoder(options, {"model", "make:other", "make/model"}, {}, data.table, data.rows, {}, nullptr);
  const std::string text = export_::write_json(to_document(encoder));
  const auto again = target_encoder_from_document(export_::read_json(text));
  EXPECT_EQ(export_::write_json(to_document(again)), text);
  EXPECT_EQ(encode(again, data.table, {}), encode(encoder, data.table, {}));
}

TEST(TargetEncoder, BadInput) {
  TargetOptions options;
  Data data = example();
  EXPECT_EQ(code_of(options, data, {}), "encoder.columns");
  EXPECT_EQ(code_of(options, data, {"make:make"}), "encoder.columns");
  EXPECT_EQ(code_of(options, data, {"nothing"}), "data.unknown_column");
  data.rows.y.edit()[3] = NAN;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.target_missing");
  data.rows.y.edit()[3] = INFINITY;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.target_not_finite");
  data.rows.y.edit()[3] = 0.5;
  options.prior_weight = PriorWeight::automatic_ml;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.counts");
  options = {};
  data = example();
  data.rows.exposure.edit()[0] = -1.0;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.exposure");
  data = example();
  data.rows.weights.edit()[0] = -1.0;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.weights");
  for (double& w : data.rows.weights.edit()) w = 0.0;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.no_weight");
  data = example();
  options.statistic = TargetStatistic::quantile;
  EXPECT_EQ(code_of(options, data, {"make"}), "");
  options.quantile = 1.5;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.quantile");
  options.quantile = 0.5;
  options.prior_weight = PriorWeight::automatic_ml;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.quantile");
  options.prior_weight = PriorWeight::automatic;
  options.statistic = TargetStatistic::log_odds;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.target_range");
  options.statistic = TargetStatistic::rate;
  data.rows.exposure = {};
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.exposure_missing");
  options = {};
  options.prior_weight = PriorWeight::fixed;
  options.fixed_weight = -1.0;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.prior_weight");
  options = {};
  options.n_permutations = 0;
  EXPECT_EQ(code_of(options, data, {"make"}), "encoder.n_permutations");
  EXPECT_EQ(code_of({}, example(0), {"make"}), "data.empty");
  EXPECT_THROW(make_target_scheme("Ordered"), Error);
  EXPECT_THROW(make_prior_weight("fixed"), Error);
}

TEST(TargetEncoder, AConstantTargetIsSaid) {
  Data data = example();
  data.rows = {};
  data.rows.y = std::vector<double>(kRows, 2.0);
  std::vector<double> values;
  const auto encoder = fit_target_encoder({}, {"make"}, {}, data.table, data.rows, {}, &values);
  EXPECT_EQ(encoder.warnings[0].code, "encoder.constant_target");
  for (const double value : values) EXPECT_EQ(value, 2.0);
}

}  // namespace
}  // namespace deciban::encoding
