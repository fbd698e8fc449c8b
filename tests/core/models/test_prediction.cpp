// Predictions with uncertainty, simulation and the bootstrap, through models::query().
#include <algorithm>
#include <cmath>

#include "deciban/design/model_matrix.hpp"
#include "deciban/inference/bootstrap.hpp"
#include "deciban/inference/predictive.hpp"
#include "deciban/inference/simulation.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/models/design_view.hpp"
#include "deciban/models/queries.hpp"
#include "fit_case.hpp"

namespace {

using namespace fit_case;
using deciban::data::Table;
using deciban::models::Answer;
using deciban::models::GlmModel;
namespace math = deciban::math;
namespace models = deciban::models;

// A portfolio with a factor, a number and everything that a response can be.
Table portfolio(int n, std::uint64_t seed = 3) {
  Random random(seed);
  std::vector<std::int32_t> codes;
  Doubles x, w, f, e, counts, amounts, line, share, cost;
  for (int i = 0; i < n; ++i) {
    codes.push_back(random.below(3));
    x.push_back(random.normal());
    w.push_back(1 + random.below(4));
    f.push_back(1 + random.below(2));
    e.push_back(0.2 + random.uniform());
    const double eta = 0.3 * codes.back() + 0.2 * x.back();
    math::Stream stream(seed, 5, static_cast<std::uint64_t>(i));
    counts.push_back(math::draw_poisson(stream, e.back() * std::exp(eta)));
    amounts.push_back(math::draw_gamma(stream, 2.0 * w.back()) * std::exp(eta) / (2.0 * w.back()));
    line.push_back(eta + math::draw_normal(stream) / std::sqrt(w.back()));
    share.push_back(math::draw_binomial(stream, w.back(), 1.0 / (1.0 + std::exp(-eta))) / w.back());
    cost.push_back(math::draw_tweedie(stream, std::exp(eta), 1.5, 1.5));
  }
  Columns columns;
  columns.factor("g", codes, {"a", "b", "c"});
  columns.add("x", x).add("w", w).add("f", f).add("e", e).add("n", counts).add("y", amounts).add("z", line);
  columns.add("s", share).add("c", cost);
  return columns.table;
}

Answer ask(const GlmModel& model, const char* name, const Document& arguments, const Table& data, int n_threads = 1,
           const Table& vectors = {}) {
  const models::QueryData rows{&data, &vectors};
  return models::query(model, name, arguments, rows, {}, threads(n_threads));
}

const Doubles& column(const Answer& answer, const std::string& name) {
  for (const auto& one : answer.table.columns)
    if (one.name == name) return one.numbers;
  ADD_FAILURE() << "no column " << name;
  static const Doubles none;
  return none;
}

Document family(const char* name, const char* response) {
  return args({{"formula", std::string(response) + " ~ g * x"}, {"family", name}});
}

std::vector<std::pair<Document, std::string>> all_families() {
  return {{with(family("poisson", "n"), "exposure", "e"), "poisson"},
          {with(family("poisson", "n"), "weights", "w"), "poisson, weights"},
          {with(with(family("negative_binomial", "n"), "theta", 1.5), "exposure", "e"), "negative_binomial"},
          {with(family("gamma", "y"), "weights", "w"), "gamma"},
          {with(family("inverse_gaussian", "y"), "weights", "w"), "inverse_gaussian"},
          {with(with(family("tweedie", "c"), "var_power", 1.5), "weights", "w"), "tweedie"},
          {with(family("gaussian", "z"), "weights", "w"), "gaussian"},
          {with(family("binomial", "s"), "weights", "w"), "binomial"}};
}

TEST(Prediction, StandardErrorsAreQuadraticFormsOfTheRows) {
  const Table data = portfolio(300);
  for (const auto& one : all_families()) {
    const GlmModel model = fit(one.first, data);
    const auto X = models::model_matrix(model, args({}), data, threads(1));
    const auto V = models::covariance_matrix(model);
    const Answer answer = ask(model, "prediction", args({{"type", "link"}}), data);
    for (int i = 0; i < 300; i += 37) {
      double sum = 0.0;
      for (int a = 0; a < V.cols(); ++a)
        for (int b = 0; b < V.cols(); ++b) sum += X.values[a * 300 + i] * V(a, b) * X.values[b * 300 + i];
      EXPECT_LE(difference(column(answer, "se_fit")[i], std::sqrt(sum)), 1e-11) << one.second << " row " << i;
    }
  }
}

TEST(Prediction, ThreadsAndTheRowsOfTheFitChangeNoBit) {
  const Table data = portfolio(40000);
  const GlmModel model = fit(with(family("poisson", "n"), "exposure", "e"), data);
  const Document wanted = args({{"confidence", true}, {"prediction", true}, {"level", 0.9}});
  const Answer one = ask(model, "prediction", wanted, data), three = ask(model, "prediction", wanted, data, 3);
  const Answer own = ask(model, "prediction", with(wanted, "training", true), data, 2);
  for (const char* name : {"fit", "se_fit", "lower", "upper", "prediction_lower", "prediction_upper"}) {
    EXPECT_TRUE(same_bits(column(one, name), column(three, name))) << name;
    EXPECT_TRUE(same_bits(column(one, name), column(own, name))) << name;
  }
  EXPECT_EQ(own.rows.size(), 40000u);
}

// The ends hold the probability that they promise, by the distribution function of the same law.
TEST(Prediction, QuantilesInvertTheLaw) {
  using deciban::inference::PredictiveLaw;
  const Table data = portfolio(200);
  for (const auto& one : all_families()) {
    const GlmModel model = fit(one.first, data);
    const bool known = model.family.has_known_dispersion();
    const PredictiveLaw law(model.family, model.link,
                            {model.statistics.dispersion, known ? kInf : model.statistics.df_residual, 0.0});
    PredictiveLaw::At at(law);
    for (const double se : {0.0, 0.05, 0.5, 2.0}) {
      ASSERT_TRUE(at.set({0.4, se, 3.0})) << one.second;
      for (const double p : {0.01, 0.3, 0.5, 0.975}) {
        const double y = at.quantile(p);
        EXPECT_GE(at.cdf(y), p * (1 - 1e-10)) << one.second << " se " << se << " p " << p;
        EXPECT_LE(at.below(y), p * (1 + 1e-10)) << one.second << " se " << se << " p " << p;
      }
    }
    EXPECT_FALSE(at.set({kNaN, 0.1, 1.0}));
    EXPECT_FALSE(at.set({0.1, kNaN, 1.0}));
    EXPECT_FALSE(at.set({0.1, 0.1, 0.0}));
  }
}

TEST(Prediction, MoreUncertaintyWidensTheInterval) {
  using deciban::inference::PredictiveLaw;
  const PredictiveLaw law(
      deciban::families::make_family("gamma", nullptr, nullptr, ""),
      deciban::families::make_link("log", deciban::families::make_family("gamma", nullptr, nullptr, "")),
      {0.5, 200.0, 0.0});
  PredictiveLaw::At at(law);
  double width = 0.0;
  for (const double se : {0.0, 0.1, 0.3, 0.9, 2.0}) {
    ASSERT_TRUE(at.set({1.0, se, 1.0}));
    const double now = at.quantile(0.975) - at.quantile(0.025);
    EXPECT_GT(now, width) << se;
    width = now;
  }
}

TEST(Prediction, MissingPredictorsGiveNaN) {
  const Table data = portfolio(100);
  const GlmModel model = fit(family("poisson", "n"), data);
  Columns fresh;
  fresh.factor("g", {0, -1, 1}, {"a", "b", "c"}).add("x", Doubles{0.1, 0.2, kNaN});
  const Answer answer = ask(model, "prediction", args({{"confidence", true}, {"prediction", true}}), fresh.table);
  for (const auto& one : answer.table.columns) {
    EXPECT_FALSE(std::isnan(one.numbers[0])) << one.name;
    EXPECT_TRUE(std::isnan(one.numbers[1])) << one.name;
    EXPECT_TRUE(std::isnan(one.numbers[2])) << one.name;
  }
}

TEST(Prediction, TermsAddUpToTheLinearPredictor) {
  const Table data = portfolio(150);
  const GlmModel model = fit(family("poisson", "n"), data);
  const Answer means = ask(model, "column_means", args({}), data);
  const Answer terms =
      ask(model, "prediction_terms", args({{"means", column(means, "mean")}, {"training", true}}), data);
  const Answer link = ask(model, "prediction", args({{"type", "link"}}), data);
  const double constant = terms.notes.at("constant").as_double();
  for (std::size_t i = 0; i < 150; ++i)
    EXPECT_NEAR(constant + column(terms, "g")[i] + column(terms, "x")[i] + column(terms, "g:x")[i],
                column(link, "fit")[i], 1e-12);
  for (const char* name : {"g", "x", "g:x"}) {
    double sum = 0.0;
    for (const double value : column(terms, name)) sum += value;
    EXPECT_NEAR(sum, 0.0, 1e-10) << name;  // centred
  }
}

TEST(Prediction, ErrorsByCode) {
  const Table data = portfolio(100);
  const GlmModel poisson = fit(family("poisson", "n"), data), quasi = fit(family("quasipoisson", "n"), data);
  const GlmModel tweedie = fit(with(family("tweedie", "n"), "var_power", 1.0), data);
  const GlmModel binomial = fit(with(family("binomial", "s"), "weights", "w"), data);
  const auto code = [&](const GlmModel& model, const char* name, const Document& arguments) {
    return code_of([&] { ask(model, name, arguments, data); });
  };
  const Document interval = args({{"prediction", true}});
  EXPECT_EQ(code(quasi, "prediction", interval), "predict.no_law");
  EXPECT_EQ(code(tweedie, "prediction", interval), "predict.no_law");
  EXPECT_EQ(code(quasi, "simulate", args({})), "predict.no_law");
  EXPECT_EQ(code(quasi, "pit", args({})), "predict.no_law");
  EXPECT_EQ(code(quasi, "bootstrap", args({{"n_boot", 5}})), "predict.no_law");
  EXPECT_EQ(code(quasi, "prediction", args({{"confidence", true}})), "no error");
  EXPECT_EQ(code(poisson, "prediction", with(interval, "type", "link")), "input.interval");
  EXPECT_EQ(code(poisson, "prediction", args({{"type", "mean"}})), "input.type");
  EXPECT_EQ(code(poisson, "prediction", with(interval, "level", 1.0)), "input.level");
  EXPECT_EQ(code(binomial, "prediction", with(interval, "weights", "e")), "predict.weights");
  EXPECT_EQ(code(poisson, "simulate", args({{"nsim", 0}})), "input.argument");
  EXPECT_EQ(code(poisson, "simulate", args({{"seed", -1}})), "input.seed");
  EXPECT_EQ(code(poisson, "prediction_terms", args({{"means", Doubles{1.0, 2.0}}})), "input.argument");
  EXPECT_EQ(code(poisson, "bootstrap", args({{"type", "jackknife"}})), "input.type");
  EXPECT_EQ(code(poisson, "bootstrap", args({{"interval", "studentised"}})), "input.interval");
  EXPECT_EQ(code(poisson, "bootstrap", args({{"type", "weighted"}, {"interval", "bca"}})), "input.interval");
  EXPECT_EQ(code(poisson, "bootstrap", args({{"n_boot", 1}})), "input.argument");
  EXPECT_EQ(code_of([&] { models::query(poisson, "bootstrap", args({}), {}, {}, threads(1)); }), "model.no_data");
  Columns vectors;
  vectors.add("weights", Doubles(100, 2.0));
  const GlmModel with_vector = fit(with(family("gamma", "y"), "weights", true), data, 1, vectors.table);
  EXPECT_EQ(code(with_vector, "prediction", interval), "predict.weights_missing");
  const GlmModel trials = fit(args({{"formula", "cbind(n, f) ~ x"}, {"family", "binomial"}}), data);
  EXPECT_EQ(code(trials, "prediction", interval), "predict.weights_missing");
  EXPECT_EQ(code(trials, "prediction", with(interval, "training", true)), "no error");
  EXPECT_EQ(code(trials, "prediction", with(interval, "weights", "w")), "no error");
}

TEST(Simulate, FollowsTheLawOfTheModel) {
  const Table data = portfolio(60);
  constexpr int kDraws = 4000;
  for (const auto& one : all_families()) {
    const GlmModel model = fit(one.first, data);
    const Answer answer = ask(model, "simulate", args({{"training", true}, {"nsim", kDraws}, {"seed", 4}}), data);
    const Answer fitted = ask(model, "prediction", args({{"training", true}}), data);
    ASSERT_EQ(answer.table.columns.size(), static_cast<std::size_t>(kDraws)) << one.second;
    double chi2 = 0.0;  // of standardised means of rows: 60 squares of nearly normal numbers
    for (std::size_t i = 0; i < 60; ++i) {
      double sum = 0.0, squares = 0.0;
      for (const auto& draws : answer.table.columns)
        sum += draws.numbers[i], squares += draws.numbers[i] * draws.numbers[i];
      const double mean = sum / kDraws, variance = squares / kDraws - mean * mean;
      const double z = (mean - column(fitted, "fit")[i]) / std::sqrt(variance / kDraws);
      chi2 += z * z;
    }
    EXPECT_GT(math::chi2_sf(chi2, 60.0), 1e-4) << one.second;
    EXPECT_GT(1.0 - math::chi2_sf(chi2, 60.0), 1e-4) << one.second;
  }
}

TEST(Simulate, DependsOnSeedAndRowOnly) {
  const Table data = portfolio(33000);
  const GlmModel model = fit(with(family("gamma", "y"), "weights", "w"), data);
  const Document wanted = args({{"training", true}, {"nsim", 2}, {"seed", 9}});
  const Answer one = ask(model, "simulate", wanted, data), three = ask(model, "simulate", wanted, data, 3);
  EXPECT_TRUE(same_bits(column(one, "sim_2"), column(three, "sim_2")));
  EXPECT_FALSE(same_bits(column(one, "sim_1"), column(one, "sim_2")));
  const Answer other = ask(model, "simulate", with(wanted, "seed", 10), data);
  EXPECT_FALSE(same_bits(column(one, "sim_1"), column(other, "sim_1")));
}

// Kolmogorov's distance to the uniform law below its 1e-4 point.
TEST(Pit, IsUniformUnderTheModel) {
  const Table data = portfolio(3000);
  const std::vector<std::pair<Document, std::string>> true_models = {
      {with(family("poisson", "n"), "exposure", "e"), "poisson"},
      {with(family("gamma", "y"), "weights", "w"), "gamma"},
      {with(family("tweedie", "c"), "var_power", 1.5), "tweedie"},
      {with(family("gaussian", "z"), "weights", "w"), "gaussian"},
      {with(family("binomial", "s"), "weights", "w"), "binomial"}};
  for (const auto& one : true_models) {
    const GlmModel model = fit(one.first, data);
    Doubles pit = column(ask(model, "pit", args({{"seed", 2}}), data), "pit");
    EXPECT_TRUE(same_bits(pit, column(ask(model, "pit", args({{"seed", 2}, {"training", true}}), data, 2), "pit")));
    std::sort(pit.begin(), pit.end());
    double distance = 0.0;
    for (std::size_t i = 0; i < pit.size(); ++i)
      distance = std::max(distance, std::fabs(pit[i] - (i + 0.5) / static_cast<double>(pit.size())));
    EXPECT_LT(distance * std::sqrt(3000.0), 2.23) << one.second;
  }
}

// ---- bootstrap

// Quantile of type 6, written anew.
double type6(Doubles values, double p) {
  std::sort(values.begin(), values.end());
  const double h = (values.size() + 1) * p;
  const std::size_t k = static_cast<std::size_t>(h);
  if (k < 1) return values.front();
  if (k >= values.size()) return values.back();
  return values[k - 1] + (h - static_cast<double>(k)) * (values[k] - values[k - 1]);
}

TEST(Bootstrap, ParametricReplicatesAreFitsToDrawnResponses) {
  const Table data = portfolio(120);
  for (const auto& one : all_families()) {
    const GlmModel model = fit(one.first, data);
    const Answer answer = ask(model, "bootstrap", args({{"n_boot", 9}, {"seed", 3}, {"level", 0.5}}), data);
    const Answer eta = ask(model, "prediction", args({{"type", "link"}, {"training", true}}), data);
    deciban::data::Numbers weights;
    if (one.first.find("weights")) {
      ASSERT_TRUE(deciban::data::Numbers::in_place(*data.find("w"), weights));
    }
    const deciban::inference::Simulation simulation(deciban::families::ResponseLaw(model.family), model.link,
                                                    model.statistics.dispersion, column(eta, "fit"), weights);
    for (int b = 0; b < 9; b += 4) {
      Doubles y(120);
      simulation.draw(3, math::purpose("bootstrap"), b, threads(1), y.data());
      Table again = data;
      again.add(deciban::data::make_column("drawn", y));
      Document arguments = one.first;
      arguments.set("formula", "drawn ~ g * x");
      const GlmModel refit = fit(arguments, again);
      for (std::size_t j = 0; j < refit.coefficients.size(); ++j)
        EXPECT_NEAR(answer.table.columns[j].numbers[b], refit.coefficients[j],
                    1e-7 * std::sqrt(model.covariance.variance(static_cast<int>(j))))
            << one.second << " replicate " << b << " coefficient " << j;
    }
  }
}

TEST(Bootstrap, WeightedIntervalsFromFitsToDrawnWeights) {
  const Table data = portfolio(150);
  const Document arguments = family("gamma", "y");
  const GlmModel model = fit(arguments, data);
  constexpr int kReplicates = 19;
  const Answer answer =
      ask(model, "bootstrap", args({{"type", "weighted"}, {"n_boot", kReplicates}, {"seed", 5}, {"level", 0.8}}), data);
  const auto robust = [&](const GlmModel& fitted, const Table& rows) {
    return models::covariance_matrix(*ask(fitted, "with_vcov", args({{"vcov", "HC0"}}), rows).model);
  };
  const auto own = robust(model, data);
  std::vector<Doubles> t(model.coefficients.size());
  for (int b = 0; b < kReplicates; ++b) {
    math::Stream stream(5, math::purpose("bootstrap"), static_cast<std::uint64_t>(b));
    Doubles drawn(150);
    for (double& weight : drawn) weight = math::draw_exponential(stream);
    Table again = data;
    again.add(deciban::data::make_column("drawn", drawn));
    const GlmModel refit = fit(with(arguments, "weights", "drawn"), again);
    const auto covariance = robust(refit, again);
    for (std::size_t j = 0; j < t.size(); ++j) {
      const int k = static_cast<int>(j);
      t[j].push_back((refit.coefficients[j] - model.coefficients[j]) / std::sqrt(0.5 * covariance(k, k)));
    }
  }
  const Doubles lower = answer.notes.at("lower").as_doubles(), upper = answer.notes.at("upper").as_doubles();
  for (std::size_t j = 0; j < t.size(); ++j) {
    const double error = std::sqrt(own(static_cast<int>(j), static_cast<int>(j)));
    EXPECT_NEAR(lower[j], model.coefficients[j] - type6(t[j], 0.9) * error, 1e-6 * error) << j;
    EXPECT_NEAR(upper[j], model.coefficients[j] - type6(t[j], 0.1) * error, 1e-6 * error) << j;
  }
}

TEST(Bootstrap, FrequenciesAreSoManyRows) {
  const Table data = portfolio(80);
  const Document arguments = with(family("poisson", "n"), "freq_weights", "f");
  const GlmModel model = fit(arguments, data);
  // Rows written out, in their order: the copies of a row draw the same numbers one after the other.
  deciban::data::Numbers f;
  ASSERT_TRUE(deciban::data::Numbers::in_place(*data.find("f"), f));
  std::vector<std::int32_t> codes;
  Doubles x, n;
  deciban::data::Numbers xs, ns;
  ASSERT_TRUE(deciban::data::Numbers::in_place(*data.find("x"), xs));
  ASSERT_TRUE(deciban::data::Numbers::in_place(*data.find("n"), ns));
  Random random(3);
  for (std::size_t i = 0; i < 80; ++i) {
    const std::int32_t code = random.below(3);  // as in portfolio()
    random.normal();
    random.below(4);
    random.below(2);
    random.uniform();
    for (double k = 0.0; k < f[i]; k += 1.0) {
      codes.push_back(code);
      x.push_back(xs[i]);
      n.push_back(ns[i]);
    }
  }
  Columns expanded;
  expanded.factor("g", codes, {"a", "b", "c"}).add("x", x).add("n", n);
  const GlmModel whole = fit(family("poisson", "n"), expanded.table);
  const Document wanted = args({{"type", "weighted"}, {"n_boot", 20}, {"seed", 1}, {"level", 0.8}});
  const Answer a = ask(model, "bootstrap", wanted, data), b = ask(whole, "bootstrap", wanted, expanded.table);
  expect_near(a.notes.at("lower").as_doubles(), b.notes.at("lower").as_doubles(), 1e-7, 1e-8);
  expect_near(a.notes.at("upper").as_doubles(), b.notes.at("upper").as_doubles(), 1e-7, 1e-8);
}

TEST(Bootstrap, ThreadsChangeNoBit) {
  const Table data = portfolio(700);
  const GlmModel model = fit(with(family("poisson", "n"), "exposure", "e"), data);
  for (const char* type : {"parametric", "weighted"}) {
    const Document wanted = args({{"type", type}, {"n_boot", 45}, {"seed", 2}});
    const Answer one = ask(model, "bootstrap", wanted, data);
    for (const int n_threads : {2, 3}) {
      const Answer more = ask(model, "bootstrap", wanted, data, n_threads);
      for (std::size_t j = 0; j < one.table.columns.size(); ++j)
        EXPECT_TRUE(same_bits(one.table.columns[j].numbers, more.table.columns[j].numbers)) << type << j;
      EXPECT_TRUE(same_bits(one.notes.at("upper").as_doubles(), more.notes.at("upper").as_doubles())) << type;
    }
  }
}

TEST(Bootstrap, SeparatedReplicatesAreInfiniteAndNamed) {
  Columns columns;
  std::vector<std::int32_t> codes;
  Doubles n;
  for (int i = 0; i < 60; ++i) {
    codes.push_back(i < 4);
    n.push_back(i < 4 ? (i == 0) : i % 3);  // the rare level has one claim
  }
  columns.factor("g", codes, {"a", "b"}).add("n", n);
  const GlmModel model = fit(args({{"formula", "n ~ g"}, {"family", "poisson"}}), columns.table);
  const Answer answer =
      ask(model, "bootstrap", args({{"n_boot", 99}, {"seed", 1}, {"interval", "percentile"}}), columns.table);
  ASSERT_EQ(answer.warnings.size(), 1u);
  EXPECT_EQ(answer.warnings[0].code, "bootstrap.refits_failed");
  int infinite = 0;
  for (const double value : answer.table.columns[1].numbers) infinite += value == -kInf;
  EXPECT_NEAR(infinite / 99.0, std::exp(-1.0), 0.2);  // P(no claim) at mean 1
  EXPECT_EQ(answer.notes.at("lower").as_doubles()[1], -kInf);
  EXPECT_TRUE(std::isfinite(answer.notes.at("upper").as_doubles()[1]));
}

TEST(Bootstrap, LimitsOfKnownReplicates) {
  namespace inference = deciban::inference;
  Doubles values;
  for (int i = 1; i <= 99; ++i) values.push_back(i * i);
  EXPECT_EQ(inference::bootstrap_quantile(values, 0.5), 2500.0);
  EXPECT_EQ(inference::bootstrap_quantile(values, 0.025), type6(values, 0.025));
  EXPECT_EQ(inference::bootstrap_quantile(values, 0.001), 1.0);
  EXPECT_TRUE(std::isnan(inference::bootstrap_quantile({kNaN}, 0.5)));
  const auto plain = inference::percentile_limits(values, 0.9);
  const auto centred = inference::bca_limits(values, 2500.0, 0.0, 0.9);  // no bias: 49 below, one equal
  EXPECT_NEAR(centred.lower, plain.lower, 1e-9);
  EXPECT_NEAR(centred.upper, plain.upper, 1e-9);
  const auto skewed = inference::bca_limits(values, 2500.0, 0.1, 0.9);
  EXPECT_GT(skewed.lower, plain.lower);
  EXPECT_GT(skewed.upper, plain.upper);
}

}  // namespace
