#include "deciban/models/woe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "deciban/encoding/woe_values.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/parallel/team.hpp"

namespace {

using namespace deciban;
using models::Answer;
using models::WoeModel;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

RunContext threads(int n) {
  RunContext context;
  context.n_threads = n;
  return context;
}

struct Data {
  data::Table X, vectors;
};

// Two factors (one with missing values), a number with missing values, and a target of 2 or 3 classes or a share.
Data make(const std::string& target, bool weighted, int n = 600, std::uint64_t seed = 1) {
  math::Stream stream(seed, math::purpose("woe data"), 0);
  std::vector<std::string> a, b;
  std::vector<double> x, y, w, f;
  data::Dictionary levels;
  levels.labels = {"p", "q", "r", "s"};
  std::vector<std::int32_t> codes;
  for (int i = 0; i < n; ++i) {
    const double u = stream.uniform();
    a.push_back(u < 0.5 ? "u" : u < 0.9 ? "v" : "w");
    codes.push_back(static_cast<std::int32_t>(stream.uniform() * 5.0) - 1);
    x.push_back(stream.uniform() < 0.1 ? std::nan("") : std::floor(stream.uniform() * 40.0) / 4.0);
    const double p = 0.15 + 0.3 * (u < 0.5) + (x.back() > 5.0 ? 0.2 : 0.0);
    const double draw = stream.uniform();
    const bool event = draw < p;
    y.push_back(target == "share" ? p * draw : target == "three" ? (event ? 1.0 : draw > 0.8 ? 2.0 : 0.0) : event);
    w.push_back(stream.uniform() < 0.1 ? 0.0 : std::exp(stream.uniform()));
    f.push_back(std::floor(stream.uniform() * 3.0));
  }
  Data out;
  out.X.add(data::make_column("a", a));
  out.X.add(data::make_column("b", codes, levels));
  out.X.add(data::make_column("x", x));
  out.vectors.add(data::make_column("y", y));
  if (weighted) {
    out.vectors.add(data::make_column("sample_weight", w));
    out.vectors.add(data::make_column("freq_weights", f));
  }
  return out;
}

WoeModel fit(const Data& data, Document arguments = Document::object(), int n_threads = 1) {
  return models::fit_woe_model(arguments, data.X, data.vectors, threads(n_threads));
}

Answer ask(const WoeModel& model, const std::string& name, const Data* data = nullptr,
           Document arguments = Document::object(), int n_threads = 1) {
  return model.query(name, arguments, {data ? &data->X : nullptr, nullptr}, threads(n_threads));
}

const tables::Column& column(const tables::ResultTable& table, const std::string& name) {
  for (const auto& one : table.columns)
    if (one.name == name) return one;
  ADD_FAILURE() << "no column " << name;
  return table.columns.front();
}

template <class F>
std::string code_of(F action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

TEST(WoeEncoder, TablesHaveTheColumnsOfTheDefinition) {
  const WoeModel model = fit(make("two", false));
  const std::vector<std::string> mapping = {
      "level", "count",  "share",     "events",    "non_events", "event_rate", "event_rate_lower", "event_rate_upper",
      "woe",   "woe_se", "woe_lower", "woe_upper", "decibans"};
  std::vector<std::string> found;
  for (const auto& one : ask(model, "mapping", nullptr, Document::object({{"feature", "a"}})).table.columns)
    found.push_back(one.name);
  EXPECT_EQ(found, mapping);
  found.clear();
  for (const auto& one : ask(model, "iv_analysis").table.columns) found.push_back(one.name);
  EXPECT_EQ(found, (std::vector<std::string>{"feature", "iv", "iv_unbiased", "iv_lower", "iv_upper", "chi2", "p_value",
                                             "significant"}));
}

TEST(WoeEncoder, CountsAreThoseOfTheRows) {
  const Data data = make("two", false);
  const WoeModel model = fit(data);
  const auto table = ask(model, "mapping", nullptr, Document::object({{"feature", "b"}})).table;
  EXPECT_EQ(column(table, "level").texts, (std::vector<std::string>{"p", "q", "r", "s", "missing"}));
  double count = 0.0, share = 0.0;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    count += column(table, "count").numbers[i];
    share += column(table, "share").numbers[i];
    const double e = column(table, "events").numbers[i], n = column(table, "non_events").numbers[i];
    EXPECT_EQ(e + n, column(table, "count").numbers[i]);
    EXPECT_NEAR(column(table, "decibans").numbers[i], 10.0 * std::log10(std::exp(column(table, "woe").numbers[i])),
                1e-12);
  }
  EXPECT_EQ(count, 600.0);
  EXPECT_NEAR(share, 1.0, 1e-12);
}

TEST(WoeEncoder, BayesIdentities) {
  for (const bool weighted : {false, true})
    for (const char* target : {"two", "share"}) {
      const Data data = make(target, weighted);
      const WoeModel model = fit(data);
      const auto woe = ask(model, "transform", &data).table;
      const auto p = ask(model, "predict_proba", &data).table;
      const auto priors = ask(model, "describe").notes.at("priors").as_doubles();
      const auto explained = ask(model, "explain", &data).table;
      for (std::size_t i = 0; i < woe.rows(); ++i) {
        double sum = std::log(priors[1] / priors[0]), odds = priors[1] / priors[0];
        for (const auto& one : woe.columns) sum += one.numbers[i];
        EXPECT_NEAR(p.columns[1].numbers[i], 1.0 / (1.0 + std::exp(-sum)), 1e-12);
        EXPECT_NEAR(p.columns[0].numbers[i] + p.columns[1].numbers[i], 1.0, 1e-12);
        for (std::size_t k = 1; k <= 3; ++k) odds *= column(explained, "odds_factor").numbers[5 * i + k];
        EXPECT_NEAR(column(explained, "odds_factor").numbers[5 * i + 4], odds, 1e-12 * odds);
      }
    }
}

TEST(WoeEncoder, ClassesSumToOneAndAgree) {
  for (const bool weighted : {false, true}) {
    const Data data = make("three", weighted);
    const WoeModel model = fit(data);
    const auto p = ask(model, "predict_proba", &data).table;
    ASSERT_EQ(p.columns.size(), 3u);
    for (std::size_t i = 0; i < p.rows(); ++i)
      EXPECT_NEAR(p.columns[0].numbers[i] + p.columns[1].numbers[i] + p.columns[2].numbers[i], 1.0, 1e-12);
    for (const char* label : {"0", "1", "2"}) {
      const auto one = ask(model, "predict_proba", &data, Document::object({{"class", label}})).table;
      EXPECT_EQ(one.columns[0].numbers, column(p, label).numbers);
      const auto limits = ask(model, "predict_ci", &data, Document::object({{"class", label}})).table;
      EXPECT_EQ(column(limits, "probability").numbers, column(p, label).numbers);
      for (std::size_t i = 0; i < p.rows(); ++i) {
        EXPECT_LE(column(limits, "lower").numbers[i], column(p, label).numbers[i]);
        EXPECT_GE(column(limits, "upper").numbers[i], column(p, label).numbers[i]);
      }
    }
  }
}

// Two classes of a multiclass formula are the binary ones.
TEST(WoeEncoder, PosteriorOfTwoClassesIsTheSigmoid) {
  const Data data = make("three", false);
  const WoeModel model = fit(data);
  const auto& encoder = model.encoder();
  const auto scores = encoding::woe_values(encoder, 0, 1, 0.05);
  const evidence::Counts counts = encoder.features[0].counts(1);
  EXPECT_EQ(scores.woe, evidence::smoothed_woe(counts, 1.0));
}

TEST(WoeEncoder, SameBitsForThreadsStorageAndFile) {
  for (const bool weighted : {false, true}) {
    const Data data = make("three", weighted, 70000);
    const WoeModel one = fit(data), three = fit(data, Document::object(), 3);
    EXPECT_EQ(one.document(), three.document());
    const std::string text = export_::fitted_to_json(one);
    const auto again = export_::fitted_from_json(text);
    EXPECT_EQ(export_::fitted_to_json(*again), text);
    const auto a = ask(one, "predict_ci", &data).table,
               b = ask(three, "predict_ci", &data, Document::object(), 2).table;
    const auto c = again->query("predict_ci", Document::object(), {&data.X, nullptr}, threads(1)).table;
    for (std::size_t k = 0; k < a.columns.size(); ++k) {
      EXPECT_EQ(a.columns[k].numbers, b.columns[k].numbers);
      EXPECT_EQ(a.columns[k].numbers, c.columns[k].numbers);
    }
  }
}

TEST(WoeEncoder, FrequencyWeightsRepeatRows) {
  Data data = make("two", true);
  Data repeated;
  std::vector<std::string> a;
  std::vector<double> y;
  std::vector<double> f(600), targets(600);
  const auto encoded = data::encode_levels(data.X.at("a"));
  Data own;
  own.X.add(data.X.at("a"));
  own.vectors.add(data.vectors.at("y"));
  own.vectors.add(data.vectors.at("freq_weights"));
  const auto* freq = static_cast<const double*>(data.vectors.at("freq_weights").chunks[0].values);
  const auto* target = static_cast<const double*>(data.vectors.at("y").chunks[0].values);
  for (std::size_t i = 0; i < 600; ++i)
    for (double k = 0; k < freq[i]; ++k) {
      a.push_back(encoded.levels.labels[static_cast<std::size_t>(encoded.codes[i])]);
      y.push_back(target[i]);
    }
  repeated.X.add(data::make_column("a", a));
  repeated.vectors.add(data::make_column("y", y));
  const auto one = ask(fit(own), "mapping").table, two = ask(fit(repeated), "mapping").table;
  for (std::size_t k = 1; k < one.columns.size(); ++k) EXPECT_EQ(one.columns[k].numbers, two.columns[k].numbers);
}

TEST(WoeEncoder, WeightsOfZeroLeaveRowsOut) {
  Data data = make("two", true);
  std::vector<double> w(600, 1.0);
  for (std::size_t i = 0; i < 300; ++i) w[i] = 0.0;
  Data half;
  half.X = data.X;
  half.vectors.add(data.vectors.at("y"));
  half.vectors.add(data::make_column("sample_weight", w));
  EXPECT_EQ(fit(half).encoder().rows, 300.0);
}

TEST(WoeEncoder, UnseenLevels) {
  Data data = make("two", false);
  Data fresh;
  fresh.X.add(data::make_column("a", std::vector<std::string>{"zz", "u"}));
  fresh.X.add(data::make_column("b", std::vector<std::string>{"p", "zz"}));
  fresh.X.add(data::make_column("x", std::vector<double>{kInfinity, -kInfinity}));
  const WoeModel neutral = fit(data);
  const auto woe = ask(neutral, "transform", &fresh).table;
  EXPECT_EQ(woe.columns[0].numbers[0], 0.0);
  const auto se = ask(neutral, "transform", &fresh, Document::object({{"output", "woe_se"}})).table;
  EXPECT_EQ(se.columns[0].numbers[0], std::sqrt(encoding::tau_squared(neutral.encoder().features[0], 1)));
  const auto bin = ask(neutral, "transform", &fresh, Document::object({{"output", "bin"}})).table;
  EXPECT_EQ(bin.columns[0].levels[static_cast<std::size_t>(bin.columns[0].integers[0])], "unseen");
  const WoeModel strict = fit(data, Document::object({{"unseen", "error"}}));
  EXPECT_EQ(code_of([&] { ask(strict, "transform", &fresh); }), "woe.unseen");
  EXPECT_EQ(code_of([&] { ask(strict, "transform", &data); }), "none");
  const WoeModel other = fit(data, Document::object({{"unseen", "other"}, {"min_share", 0.2}}));
  const auto merged = ask(other, "transform", &fresh, Document::object({{"output", "bin"}})).table;
  EXPECT_EQ(merged.columns[0].levels[static_cast<std::size_t>(merged.columns[0].integers[0])], "other");
}

TEST(WoeEncoder, PairwiseVarianceOfADuplicateIsLarger) {
  Data data = make("two", false);
  Data twice;
  twice.X.add(data.X.at("a"));
  data::Column copy = data.X.at("a");
  copy.name = "again";
  twice.X.add(copy);
  twice.vectors = data.vectors;
  const WoeModel model = fit(twice, Document::object({{"dependence", "pairwise"}}));
  const auto pairwise = ask(model, "predict_ci", &twice).table;
  const auto naive = ask(model, "predict_ci", &twice, Document::object({{"dependence", "independent"}})).table;
  double wider = 0.0;
  for (std::size_t i = 0; i < pairwise.rows(); ++i)
    wider += column(pairwise, "upper").numbers[i] - column(pairwise, "lower").numbers[i] >
             column(naive, "upper").numbers[i] - column(naive, "lower").numbers[i];
  EXPECT_EQ(wider, 600.0);
  const auto warnings = ask(model, "predict_proba", &twice).warnings;
  ASSERT_FALSE(warnings.empty());
  EXPECT_EQ(warnings[0].code, "woe.duplicate_features");
  EXPECT_TRUE(ask(model, "predict_proba", &twice, Document::object({{"warn", false}})).warnings.empty());
  EXPECT_EQ(code_of([&] {
              ask(fit(twice), "predict_ci", &twice, Document::object({{"dependence", "pairwise"}}));
            }),
            "woe.no_pairs");
}

TEST(WoeEncoder, ReductionRules) {
  const std::vector<double> rows = {50, 30, 10, 6, 4};
  data::Dictionary levels;
  levels.labels = {"a", "b", "c", "d", "e"};
  const auto kept = [&](const encoding::LevelReduction& rules) {
    return encoding::reduce_levels("x", levels, rows, 0.0, rules, false).kept;
  };
  EXPECT_EQ(kept({}), 5);
  EXPECT_EQ(kept({10.0, 0.0, 100, 1.0}), 3);
  EXPECT_EQ(kept({0.0, 0.3, 100, 1.0}), 2);
  EXPECT_EQ(kept({0.0, 0.0, 2, 1.0}), 2);
  EXPECT_EQ(kept({0.0, 0.0, 100, 0.8}), 2);
  EXPECT_EQ(kept({0.0, 0.0, 100, 0.81}), 3);
}

TEST(WoeEncoder, CompatModes) {
  Data data;
  data.X.add(data::make_column("a", std::vector<std::string>{"u", "u", "u", "v", "v", "w", "w"}));
  data.vectors.add(data::make_column("y", std::vector<double>{1, 0, 0, 1, 1, 0, 0}));
  const auto woe = [&](const char* compat) {
    return ask(fit(data, Document::object({{"compat", compat}})), "mapping").table;
  };
  // by hand: events 1, 2, 0 and non-events 2, 0, 2; scorecard puts 0.99 for 0 and sums again
  const auto scorecard = column(woe("scorecard"), "woe").numbers;
  EXPECT_NEAR(scorecard[0], std::log((1 / 3.99) / (2 / 4.99)), 1e-12);
  EXPECT_NEAR(scorecard[1], std::log((2 / 3.99) / (0.99 / 4.99)), 1e-12);
  const auto optbinning = column(woe("optbinning"), "woe").numbers;
  EXPECT_NEAR(optbinning[0], std::log((2 / 4.0) / (1 / 3.0)), 1e-12);
  EXPECT_EQ(optbinning[1], 0.0);
}

TEST(WoeEncoder, RefusesWhatHasNoEvidence) {
  Data data = make("two", false);
  const auto with = [&](std::vector<double> y) {
    Data changed;
    changed.X = data.X;
    changed.vectors.add(data::make_column("y", std::move(y)));
    return code_of([&] { fit(changed); });
  };
  EXPECT_EQ(with(std::vector<double>(600, 1.0)), "woe.one_class");
  std::vector<double> y(600, 1.0);
  y[3] = std::nan("");
  EXPECT_EQ(with(y), "woe.target_missing");
  y[3] = 0.5;
  y[4] = 7.5;
  EXPECT_EQ(with(y), "woe.target");
  EXPECT_EQ(with({1.0, 0.0}), "data.length_mismatch");
  for (const auto& [name, value, code] :
       std::vector<std::tuple<std::string, double, std::string>>{{"sample_weight", -1.0, "woe.weights"},
                                                                 {"sample_weight", kInfinity, "woe.weights"},
                                                                 {"freq_weights", 0.5, "woe.freq_weights"}}) {
    Data changed = make("two", false);
    std::vector<double> w(600, 1.0);
    w[5] = value;
    changed.vectors.add(data::make_column(name, w));
    EXPECT_EQ(code_of([&] { fit(changed); }), code);
  }
  const auto argument = [&](const char* name, Document value) {
    return code_of([&] { fit(data, Document::object({{name, std::move(value)}})); });
  };
  EXPECT_EQ(argument("alpha", 1.5), "woe.alpha");
  EXPECT_EQ(argument("smoothing", -1.0), "woe.smoothing");
  EXPECT_EQ(argument("method", "exact"), "woe.method");
  EXPECT_EQ(argument("compat", "other"), "woe.compat");
  EXPECT_EQ(argument("unseen", "guess"), "woe.unseen_policy");
  EXPECT_EQ(argument("dependence", "full"), "woe.dependence");
  EXPECT_EQ(argument("top_p", 0.0), "input.argument");
  EXPECT_EQ(argument("smothing", 1.0), "input.unknown_argument");
  const WoeModel model = fit(data);
  EXPECT_EQ(code_of([&] { ask(model, "mapping", nullptr, Document::object({{"feature", "zz"}})); }), "woe.feature");
  EXPECT_EQ(code_of([&] { ask(model, "transform", &data, Document::object({{"output", "zz"}})); }), "woe.output");
  EXPECT_EQ(code_of([&] { ask(model, "predict_ci", &data, Document::object({{"class", "zz"}})); }), "woe.class");
}

TEST(WoeEncoder, ConstantFeatureIsNoEvidence) {
  Data data = make("two", false);
  Data constant;
  constant.X.add(data::make_column("one", std::vector<std::string>(600, "same")));
  constant.X.add(data::make_column("none", std::vector<double>(600, std::nan(""))));
  constant.vectors = data.vectors;
  const WoeModel model = fit(constant);
  for (const auto& one : ask(model, "transform", &constant).table.columns)
    for (const double value : one.numbers) EXPECT_NEAR(value, 0.0, 1e-12);
  const auto table = ask(model, "mapping").table;
  EXPECT_TRUE(std::isnan(column(table, "woe_lower").numbers[0]));
}

// One feature without smoothing: its WOE is the logit of its levels, so that the slope is 1 and the intercept the
// prior.
TEST(WoeFormula, SlopeIsOneWithoutSmoothing) {
  Data data = make("two", true);
  data::Table rows;
  rows.add(data.X.at("a"));
  rows.add(data.X.at("b"));
  rows.add(data.vectors.at("y"));
  rows.add(data.vectors.at("sample_weight"));
  for (const char* weights : {"", "sample_weight"}) {
    Document arguments = Document::object({{"formula", "y ~ woe(b, smoothing = 0)"}, {"family", "binomial"}});
    if (*weights) arguments.set("weights", weights);
    const auto model = models::fit_glm(arguments, rows, {}, threads(1));
    EXPECT_NEAR(model.coefficients[1], 1.0, 1e-8);
    const auto again = export_::model_from_json(export_::model_to_json(model));
    const auto p = models::predict(model, Document::object({{"type", "response"}}), rows, {}, threads(1));
    EXPECT_EQ(models::predict(again, Document::object({{"type", "response"}}), rows, {}, threads(2)), p);
  }
  Document smoothed = Document::object({{"formula", "y ~ woe(a) + woe(b, min_count = 10)"}, {"family", "binomial"}});
  EXPECT_EQ(models::fit_glm(smoothed, rows, {}, threads(1)).names(),
            (std::vector<std::string>{"(Intercept)", "woe(a)", "woe(b, min_count = 10)"}));
}

TEST(WoeFormula, NeedsAResponseOfShares) {
  Data data = make("two", false);
  data::Table rows;
  rows.add(data.X.at("a"));
  std::vector<double> counts(600, 3.0);
  rows.add(data::make_column("n", counts));
  const auto code = [&](const char* formula, const char* family) {
    return code_of([&] {
      models::fit_glm(Document::object({{"formula", formula}, {"family", family}}), rows, {}, threads(1));
    });
  };
  EXPECT_EQ(code("n ~ woe(a)", "poisson"), "formula.encoder_response");
  EXPECT_EQ(code("n ~ woe(a + n)", "poisson"), "formula.arguments");
  EXPECT_EQ(code("n ~ woe(a, smoothing = \"some\")", "poisson"), "formula.arguments");
}

}  // namespace
