#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "deciban/engine/coded_objective.hpp"
#include "engine/random_problem.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace deciban::engine;
using fit_case::kInf;
using fit_case::kNaN;
using fit_case::threads;
using naive::Real;
using naive::Reals;
using random_problem::Model;

namespace {

linalg::Matrix column(const std::vector<double>& values) {
  linalg::Matrix out(static_cast<int>(values.size()), 1);
  for (std::size_t i = 0; i < values.size(); ++i) out(static_cast<int>(i), 0) = values[i];
  return out;
}

// How far the engine shifts each column: the intercept takes up what the column's coefficient of 1 leaves.
std::vector<double> anchors_of(const CodedObjective& objective, const design::CodedDesign& design) {
  std::vector<double> anchors(static_cast<std::size_t>(design.n_columns), 0.0);
  for (std::size_t j = 1; j < anchors.size() && design.intercept; ++j) {
    std::vector<double> unit(anchors.size(), 0.0);
    unit[j] = 1.0;
    anchors[j] = 0.0 - objective.natural_coefficients(unit)[0];
  }
  return anchors;
}

// Natural coefficients as those of the shifted columns.
std::vector<double> shifted(const std::vector<double>& natural, const std::vector<double>& anchors) {
  std::vector<double> beta = natural;
  for (std::size_t j = 0; j < anchors.size(); ++j)
    if (anchors[j] != 0.0) beta[0] += anchors[j] * natural[j];
  return beta;
}

bool same_bits(const Evaluation& a, const Evaluation& b) {
  return fit_case::same_bits(a.deviance, b.deviance) && fit_case::same_bits(a.pearson, b.pearson) &&
         fit_case::same_bits(a.n, b.n) && fit_case::same_bits(a.sum_w, b.sum_w) &&
         fit_case::same_bits(a.score, b.score) && fit_case::same_bits(a.information.values(), b.information.values()) &&
         a.invalid_rows == b.invalid_rows;
}

void expect_agrees(const Evaluation& got, const naive::Sums& expected, const std::string& what,
                   double tolerance = 2e-12) {
  const std::size_t p = expected.score.size();
  ASSERT_EQ(got.score.size(), p) << what;
  EXPECT_EQ(got.invalid_rows, 0) << what;
  EXPECT_EQ(got.n, static_cast<double>(expected.n)) << what;
  EXPECT_LE(fit_case::difference(got.sum_w, static_cast<double>(expected.sum_w)), 1e-13) << what;
  EXPECT_LE(fit_case::difference(got.deviance, static_cast<double>(expected.deviance)), tolerance) << what;
  EXPECT_LE(fit_case::difference(got.pearson, static_cast<double>(expected.pearson)), tolerance) << what;
  for (std::size_t j = 0; j < p; ++j) {
    EXPECT_LE(std::fabs(got.score[j] - static_cast<double>(expected.score[j])),
              tolerance * static_cast<double>(expected.score_size[j]))
        << what << " score " << j << ": " << got.score[j] << " and " << static_cast<double>(expected.score[j]);
    for (std::size_t k = 0; k < p; ++k) {
      const int a = static_cast<int>(j), b = static_cast<int>(k);
      EXPECT_LE(std::fabs(got.information(a, b) - static_cast<double>(expected.information[j * p + k])),
                tolerance * static_cast<double>(expected.information_size[j * p + k]))
          << what << " information " << j << ", " << k;
      EXPECT_EQ(got.information(a, b), got.information(b, a)) << what;
    }
  }
}

}  // namespace

// 200 designs and more: every family with every link, mixed terms, empty levels, levels of one row, weights of 0.
TEST(CodedObjective, AgreesWithADenseModelInLongDouble) {
  fit_case::Random random(2024);
  int designs = 0;
  for (int round = 0; round < 4; ++round)
    for (const Model& model : random_problem::all_models()) {
      const std::string what = model.name + ", round " + std::to_string(round);
      auto problem = random_problem::make(model, 20 + random.below(300), random, round ? 1.5 : 2.0, round > 0);
      ++designs;
      if (round == 3 && problem.training.design.intercept) {  // offsets around 30 or -30, taken back by the intercept
        const double far = random.below(2) ? 30.0 : -30.0;
        problem.beta[0] -= far;
        for (auto& offset : problem.training.offset.edit()) offset += far;
      }
      const auto& design = problem.training.design;
      const CodedObjective objective(problem.training, design, model.family, model.link, threads(1));
      const auto anchors = anchors_of(objective, design);
      const auto beta = shifted(problem.beta, anchors);
      const auto dense = random_problem::naive_problem(model, problem.training, anchors);
      const Reals exact(beta.begin(), beta.end());
      const naive::Sums expected = dense.evaluate(exact);
      expect_agrees(objective.evaluate(column(beta), Information::expected, threads(1))[0], expected, what);

      // The observed information is the second derivative, whatever the family and link.
      const Evaluation observed = objective.evaluate(column(beta), Information::observed, threads(1))[0];
      const Reals hessian = dense.observed_information(exact);
      const std::size_t p = beta.size();
      for (std::size_t j = 0; j < p; ++j)
        for (std::size_t k = 0; k < p; ++k) {
          const double scale = static_cast<double>(
              expected.information_size[j * p + k] +
              std::sqrt(expected.information_size[j * p + j] * expected.information_size[k * p + k]));
          EXPECT_LE(std::fabs(observed.information(static_cast<int>(j), static_cast<int>(k)) -
                              static_cast<double>(hessian[j * p + k])),
                    2e-7 * (1.0 + scale))
              << what << " observed " << j << ", " << k;
        }
      for (std::size_t j = 0; j < p; ++j)  // the usual families have loops of their own for the expected information
        EXPECT_LE(std::fabs(observed.score[j] - static_cast<double>(expected.score[j])),
                  2e-12 * static_cast<double>(expected.score_size[j]))
            << what << " observed score " << j;
    }
  EXPECT_GE(designs, 200);
}

TEST(CodedObjective, ScoreIsTheGradientOfMinusHalfTheDeviance) {
  fit_case::Random random(77);
  for (const Model& model : random_problem::all_models()) {
    const auto problem = random_problem::make(model, 150, random, 1.0);
    const auto& design = problem.training.design;
    const CodedObjective objective(problem.training, design, model.family, model.link, threads(1));
    const auto anchors = anchors_of(objective, design);
    const auto beta = shifted(problem.beta, anchors);
    const auto dense = random_problem::naive_problem(model, problem.training, anchors);
    const Evaluation got = objective.evaluate(column(beta), Information::expected, threads(1))[0];
    const naive::Sums at = dense.evaluate(Reals(beta.begin(), beta.end()));
    for (std::size_t j = 0; j < beta.size(); ++j) {
      const Real h = 1e-6L;
      Reals above(beta.begin(), beta.end()), below = above;
      above[j] += h;
      below[j] -= h;
      const Real gradient = -(dense.evaluate(above).deviance - dense.evaluate(below).deviance) / (4.0L * h);
      EXPECT_NEAR(got.score[j], static_cast<double>(gradient), 1e-7 * (1.0 + static_cast<double>(at.score_size[j])))
          << model.name << " " << j;
    }
  }
}

TEST(CodedObjective, AgreesAtTheEdgesOfBlocks) {
  fit_case::Random random(5);
  const Model model = random_problem::model_of("poisson", 0, "log");
  for (const std::int64_t n : {1, 7, 511, 512, 513, 32767, 32768, 32769, 65537}) {
    const auto problem = random_problem::make(model, n, random, 1.0, true);
    const auto& design = problem.training.design;
    const CodedObjective objective(problem.training, design, model.family, model.link, threads(2));
    const auto anchors = anchors_of(objective, design);
    const auto beta = shifted(problem.beta, anchors);
    const auto dense = random_problem::naive_problem(model, problem.training, anchors);
    const naive::Sums expected = dense.evaluate(Reals(beta.begin(), beta.end()));
    expect_agrees(objective.evaluate(column(beta), Information::expected, threads(2))[0], expected,
                  "n = " + std::to_string(n));
  }
}

TEST(CodedObjective, GivesTheSameBitsForAnyNumberOfThreads) {
  fit_case::Random random(6);
  for (const Model& model :
       {random_problem::model_of("poisson", 0, "log"), random_problem::model_of("binomial", 0, "probit"),
        random_problem::model_of("tweedie", 1.5, "log")}) {
    for (const std::int64_t n : {513, 32769, 100001}) {
      const auto problem = random_problem::make(model, n, random, 1.0, true);
      const auto& design = problem.training.design;
      const CodedObjective one(problem.training, design, model.family, model.link, threads(1));
      const auto beta = column(shifted(problem.beta, anchors_of(one, design)));
      const Evaluation expected = one.evaluate(beta, Information::observed, threads(1))[0];
      const Evaluation start = one.start(0.5, threads(1));
      for (int t = 2; t <= 4; ++t) {
        const CodedObjective other(problem.training, design, model.family, model.link, threads(t));
        EXPECT_TRUE(fit_case::same_bits(one.column_ranges(), other.column_ranges()));
        EXPECT_TRUE(same_bits(other.evaluate(beta, Information::observed, threads(t))[0], expected)) << n << " " << t;
        EXPECT_TRUE(same_bits(other.start(0.5, threads(t)), start)) << n << " " << t;
      }
    }
  }
}

TEST(CodedObjective, TakesSeveralCoefficientVectors) {
  fit_case::Random random(8);
  const Model model = random_problem::model_of("poisson", 0, "log");
  const auto problem = random_problem::make(model, 700, random, 1.0, true);
  const auto& design = problem.training.design;
  const CodedObjective objective(problem.training, design, model.family, model.link, threads(1));
  linalg::Matrix betas(design.n_columns, 3);
  for (int k = 0; k < 3; ++k)
    for (int j = 0; j < design.n_columns; ++j) betas(j, k) = 0.1 * random.normal();
  const auto all = objective.evaluate(betas, Information::expected, threads(2));
  ASSERT_EQ(all.size(), 3u);
  for (int k = 0; k < 3; ++k) {
    const std::vector<double> beta(betas.column(k), betas.column(k) + design.n_columns);
    EXPECT_TRUE(same_bits(all[k], objective.evaluate(column(beta), Information::expected, threads(1))[0]));
  }
  EXPECT_TRUE(objective.evaluate(linalg::Matrix(design.n_columns, 0), Information::expected, threads(1)).empty());
}

TEST(CodedObjective, SurvivesLargeOffsets) {
  fit_case::Random random(9);
  for (const Model& model : random_problem::all_models()) {
    if (model.link.id != families::LinkId::log && model.link.id != families::LinkId::logit) continue;
    if (model.family.is_probability() && model.link.id == families::LinkId::log) continue;
    if (model.family.variance == families::Variance::constant) continue;  // residuals of 1 beside means of 1e19
    auto problem = random_problem::make(model, 200, random, 15.0);        // predictors up to about +-45
    const auto& design = problem.training.design;
    const CodedObjective objective(problem.training, design, model.family, model.link, threads(1));
    const auto anchors = anchors_of(objective, design);
    const auto beta = shifted(problem.beta, anchors);
    const auto dense = random_problem::naive_problem(model, problem.training, anchors);
    expect_agrees(objective.evaluate(column(beta), Information::expected, threads(1))[0],
                  dense.evaluate(Reals(beta.begin(), beta.end())), model.name, 1e-11);
  }
}

TEST(CodedObjective, CountsInvalidRows) {
  design::TrainingData training;
  training.design.rows = training.rows_given = 4;
  training.design.n_columns = 1;
  training.y = {1, 2, 3, 4};
  training.weights = {1, 1, 0, 1};
  training.offset = {0, 1, -5, 2};
  const Model model = random_problem::model_of("poisson", 0, "identity");
  const CodedObjective objective(training, training.design, model.family, model.link, threads(1));
  EXPECT_EQ(objective.evaluate(column({0.5}), Information::expected, threads(1))[0].invalid_rows, 0)
      << "the row of weight 0 does not count";
  EXPECT_EQ(objective.evaluate(column({0.0}), Information::expected, threads(1))[0].invalid_rows, 1);
  EXPECT_EQ(objective.evaluate(column({-9.0}), Information::expected, threads(1))[0].invalid_rows, 3);
  for (const double bad : {kNaN, kInf, -kInf, 1e308})
    EXPECT_GE(objective.evaluate(column({bad}), Information::observed, threads(1))[0].invalid_rows,
              bad == 1e308 ? 0 : 3);
  const Model exponential = random_problem::model_of("poisson", 0, "log");
  const CodedObjective overflowing(training, training.design, exponential.family, exponential.link, threads(1));
  EXPECT_EQ(overflowing.evaluate(column({709.0}), Information::expected, threads(1))[0].invalid_rows, 2);
}

TEST(CodedObjective, IgnoresWhatStandsInRowsWithoutWeight) {
  fit_case::Random random(10);
  for (const Model& model : random_problem::all_models()) {
    auto problem = random_problem::make(model, 60, random, 1.0, true);
    auto& training = problem.training;
    training.weights.edit().assign(60, 1.0);
    for (std::size_t i = 0; i < 60; i += 3) training.weights.edit()[i] = 0.0;
    const auto evaluate = [&] {
      const CodedObjective objective(training, training.design, model.family, model.link, threads(1));
      const auto beta = shifted(problem.beta, anchors_of(objective, training.design));
      auto all = objective.evaluate(column(beta), Information::observed, threads(1));
      all.push_back(objective.start(0.5, threads(1)));
      all.push_back(objective.start(1.0, threads(1)));
      return all;
    };
    const auto expected = evaluate();
    for (const double wild : {kNaN, kInf, -1e300}) {
      auto kept = training;
      for (std::size_t i = 0; i < 60; i += 3) {
        training.y.edit()[i] = wild;
        training.offset.edit()[i] = i % 2 ? wild : training.offset[i];
      }
      const auto got = evaluate();
      for (std::size_t k = 0; k < got.size(); ++k)
        EXPECT_TRUE(same_bits(got[k], expected[k])) << model.name << " " << k;
      training = kept;
    }
  }
}

TEST(CodedObjective, FrequenciesAreRepeatedRows) {
  fit_case::Random random(12);
  for (const Model& model : random_problem::all_models()) {
    auto problem = random_problem::make(model, 80, random, 1.0, true);
    auto& once = problem.training;
    once.weights.edit().clear();
    once.frequencies.edit().clear();
    for (int i = 0; i < 80; ++i) once.weights.edit().push_back(0.5 + random.uniform());
    for (int i = 0; i < 80; ++i) once.frequencies.edit().push_back(random.below(4));
    design::TrainingData many = once;
    many.frequencies.edit().clear();
    many.y.edit().clear();
    many.weights.edit().clear();
    many.offset.edit().clear();
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < 80; ++i)
      for (int copy = 0; copy < static_cast<int>(once.frequencies[i]); ++copy) {
        many.y.edit().push_back(once.y[i]);
        many.weights.edit().push_back(once.weights[i]);
        many.offset.edit().push_back(once.offset[i]);
        rows.push_back(static_cast<std::int64_t>(i));
      }
    many.design = coded_case::take(once.design, rows);
    const CodedObjective a(once, once.design, model.family, model.link, threads(1));
    const CodedObjective b(many, many.design, model.family, model.link, threads(1));
    const auto at = [&](const CodedObjective& objective, const design::CodedDesign& design) {
      const auto anchors = anchors_of(objective, design);
      return objective.evaluate(column(shifted(problem.beta, anchors)), Information::expected, threads(1))[0];
    };
    const Evaluation x = at(a, once.design), y = at(b, many.design);
    EXPECT_EQ(x.n, y.n) << model.name;
    EXPECT_LE(fit_case::difference(x.deviance, y.deviance), 1e-12) << model.name;
    EXPECT_LE(fit_case::difference(x.pearson, y.pearson), 1e-12) << model.name;
    EXPECT_LE(fit_case::difference(x.sum_w, y.sum_w), 1e-13) << model.name;
  }
}

TEST(CodedObjective, HasNormsAndRangesOfItsColumns) {
  design::TrainingData training;
  training.design.rows = training.rows_given = 4;
  training.design.n_columns = 2;
  training.y = {1, 2, 3, 4};
  training.design.blocks = {coded_case::dense_block({1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 6}, 1)};
  const Model model = random_problem::model_of("gaussian", 0, "identity");
  const CodedObjective objective(training, training.design, model.family, model.link, threads(1));
  EXPECT_EQ(anchors_of(objective, training.design)[1], 1e9 + 3);
  EXPECT_EQ(objective.column_ranges(), (std::vector<double>{1.0, 3.0}));
  const auto at = objective.evaluate(column({0.0, 0.0}), Information::expected, threads(1))[0];
  EXPECT_EQ(at.information(1, 1), 4.0 + 1.0 + 0.0 + 9.0);
  const auto norms = objective.column_norms(at.information);
  EXPECT_EQ(norms[0], 4.0);
  EXPECT_LE(fit_case::difference(norms[1], 4e18 + 24e9), 1e-15);
  EXPECT_EQ(objective.natural_coefficients({5.0, 2.0}), (std::vector<double>{5.0 - 2.0 * (1e9 + 3), 2.0}));
  linalg::Matrix covariance(2, 2);
  covariance(0, 0) = 4.0;
  covariance(1, 1) = 1.0;
  covariance(0, 1) = covariance(1, 0) = 0.5;
  const auto natural = objective.natural_covariance(covariance);
  const double a = 1e9 + 3;
  EXPECT_EQ(natural(1, 1), 1.0);
  EXPECT_EQ(natural(0, 1), 0.5 - a);
  EXPECT_EQ(natural(1, 0), natural(0, 1));
  EXPECT_LE(fit_case::difference(natural(0, 0), 4.0 - 2.0 * a * 0.5 + a * a), 1e-15);
}

TEST(CodedObjective, CovarianceOfSeveralShiftedColumns) {
  // J C J' with J = the map of natural_coefficients.
  fit_case::Random random(13);
  const Model model = random_problem::model_of("poisson", 0, "log");
  for (int round = 0; round < 20; ++round) {
    const auto problem = random_problem::make(model, 30, random, 1.0, round % 2);
    const auto& design = problem.training.design;
    const CodedObjective objective(problem.training, design, model.family, model.link, threads(1));
    const int p = design.n_columns;
    linalg::Matrix root(p, p), covariance(p, p);
    for (int i = 0; i < p; ++i)
      for (int j = 0; j < p; ++j) root(i, j) = random.normal();
    for (int i = 0; i < p; ++i)
      for (int j = 0; j <= i; ++j) {
        for (int k = 0; k < p; ++k) covariance(i, j) += root(i, k) * root(j, k);
        covariance(j, i) = covariance(i, j);
      }
    std::vector<std::vector<double>> map;
    for (int j = 0; j < p; ++j) {
      std::vector<double> unit(static_cast<std::size_t>(p), 0.0);
      unit[static_cast<std::size_t>(j)] = 1.0;
      map.push_back(objective.natural_coefficients(unit));  // column j of J
    }
    const auto got = objective.natural_covariance(covariance);
    for (int i = 0; i < p; ++i)
      for (int j = 0; j < p; ++j) {
        Real expected = 0.0L, size = 0.0L;
        for (int k = 0; k < p; ++k)
          for (int l = 0; l < p; ++l) {
            const Real term = Real(map[k][i]) * covariance(k, l) * map[l][j];
            expected += term;
            size += std::fabs(term);
          }
        EXPECT_NEAR(got(i, j), static_cast<double>(expected), 1e-14 * static_cast<double>(size));
        EXPECT_EQ(got(i, j), got(j, i));
      }
  }
}

TEST(CodedObjective, ConstantColumnsVanishAfterTheShift) {
  design::TrainingData training;
  const std::int64_t n = 1000;
  training.design.rows = training.rows_given = n;
  training.design.n_columns = 2;
  training.y.edit().assign(n, 1.0);
  // its computed mean is not 0.1
  training.design.blocks = {coded_case::dense_block(std::vector<double>(static_cast<std::size_t>(n), 0.1), 1)};
  const Model model = random_problem::model_of("poisson", 0, "log");
  const CodedObjective objective(training, training.design, model.family, model.link, threads(1));
  const auto at = objective.evaluate(column({0.3, 0.0}), Information::expected, threads(1))[0];
  EXPECT_EQ(at.information(1, 1), 0.0);
  EXPECT_EQ(at.information(0, 1), 0.0);
}

TEST(CodedObjective, StartsAtTheMeanWithPullOne) {
  fit_case::Random random(14);
  for (const Model& model : random_problem::all_models()) {
    auto problem = random_problem::make(model, 100, random, 1.0);
    auto& training = problem.training;
    training.offset.edit().clear();
    design::CodedDesign null;
    null.rows = training.design.rows;
    null.n_columns = 1;
    const CodedObjective objective(training, null, model.family, model.link, threads(1));
    const Evaluation start = objective.start(1.0, threads(1));
    Real events = 0.0L, weights = 0.0L;
    for (std::size_t i = 0; i < training.y.size(); ++i) {
      const Real w = (training.weights.empty() ? 1.0 : training.weights[i]) *
                     (training.frequencies.empty() ? 1.0 : training.frequencies[i]);
      events += w * training.y[i];
      weights += w;
    }
    const double centre = static_cast<double>(events / weights);
    if (model.family.is_probability() || model.family.needs_positive_mean()) {
      const double mean =
          static_cast<double>(naive::inverse_link(model.link, start.score[0] / start.information(0, 0)).mu);
      EXPECT_LE(fit_case::difference(mean, centre), 1e-12) << model.name;
    }
  }
}

TEST(CodedObjective, VisitsEveryRowOnceAndInOrder) {
  struct Visitor final : RowVisitor {
    std::vector<std::int64_t> begins;
    std::vector<double> eta, mu, weight, score, information, exposure, y;
    std::unique_ptr<RowVisitor> fresh() const override { return std::make_unique<Visitor>(); }
    void visit(const RowBlock& rows) override {
      begins.push_back(rows.begin);
      eta.insert(eta.end(), rows.eta, rows.eta + rows.count);
      mu.insert(mu.end(), rows.mu, rows.mu + rows.count);
      y.insert(y.end(), rows.y, rows.y + rows.count);
      weight.insert(weight.end(), rows.weight, rows.weight + rows.count);
      score.insert(score.end(), rows.score, rows.score + rows.count);
      information.insert(information.end(), rows.information, rows.information + rows.count);
      exposure.insert(exposure.end(), rows.exposure, rows.exposure + rows.count);
    }
    void merge(RowVisitor& later) override {
      auto& other = static_cast<Visitor&>(later);
      begins.insert(begins.end(), other.begins.begin(), other.begins.end());
      for (const auto& member : {&Visitor::eta, &Visitor::mu, &Visitor::weight, &Visitor::score, &Visitor::information,
                                 &Visitor::exposure, &Visitor::y})
        (this->*member).insert((this->*member).end(), (other.*member).begin(), (other.*member).end());
    }
  };
  fit_case::Random random(15);
  const Model model = random_problem::model_of("negative_binomial", 1.3, "log");
  for (const std::int64_t n : {1, 513, 70001}) {
    const auto problem = random_problem::make(model, n, random, 1.0, true);
    const auto& training = problem.training;
    const CodedObjective objective(training, training.design, model.family, model.link, threads(1));
    const auto beta = shifted(problem.beta, anchors_of(objective, training.design));
    Visitor one, three;
    objective.accumulate(beta, one, threads(1));
    objective.accumulate(beta, three, threads(3));
    EXPECT_EQ(one.begins, three.begins);
    EXPECT_TRUE(std::is_sorted(one.begins.begin(), one.begins.end()));
    EXPECT_TRUE(fit_case::same_bits(one.y, training.y.to_vector()));
    EXPECT_TRUE(fit_case::same_bits(one.mu, three.mu));
    ASSERT_EQ(static_cast<std::int64_t>(one.eta.size()), n);
    double score = 0.0, information = 0.0, size = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
      score += one.score[i];
      information += one.information[i];
      size += std::fabs(one.score[i]);
      ASSERT_EQ(one.exposure[i], 1.0);
      const double w = (training.weights.empty() ? 1.0 : training.weights[i]) *
                       (training.frequencies.empty() ? 1.0 : training.frequencies[i]);
      ASSERT_EQ(one.weight[i], w);
    }
    if (!training.design.intercept) continue;
    const auto at = objective.evaluate(column(beta), Information::expected, threads(1))[0];
    EXPECT_NEAR(at.score[0], score, 1e-12 * size);
    EXPECT_NEAR(at.information(0, 0), information, 1e-12 * information);
  }
}

TEST(CodedObjective, RefusesTooManyColumns) {
  design::TrainingData training;
  training.design.rows = training.rows_given = 1;
  training.y = {1};
  std::vector<int> columns, others;
  for (int k = 0; k < 10000; ++k) columns.push_back(k - 1);
  for (int k = 0; k < 10000; ++k) others.push_back(k == 0 ? -1 : k + 9998);
  training.design.blocks = {coded_case::factor_block({0}, 10000, columns),  // one wide factor is an arrow, not two
                            coded_case::factor_block({0}, 10000, others)};
  training.design.intercept = false;
  training.design.n_columns = 19998;
  const Model model = random_problem::model_of("gaussian", 0, "identity");
  const auto error =
      fit_case::error_of([&] { CodedObjective(training, training.design, model.family, model.link, threads(1)); });
  EXPECT_EQ(error.code(), "design.too_many_columns");
  EXPECT_EQ(error.kind(), ErrorKind::input);
}

TEST(CodedObjective, StopsWhenInterrupted) {
  fit_case::Random random(16);
  const Model model = random_problem::model_of("poisson", 0, "log");
  const auto problem = random_problem::make(model, 1000, random);
  const auto& design = problem.training.design;
  const CodedObjective objective(problem.training, design, model.family, model.link, threads(1));
  RunContext context = threads(2);
  context.interrupted = [] { return true; };
  const auto beta = column(std::vector<double>(static_cast<std::size_t>(design.n_columns), 0.0));
  EXPECT_EQ(fit_case::code_of([&] { objective.evaluate(beta, Information::expected, context); }), "cancelled");
}

TEST(LinearPredictor, IsTheSumOfItsParts) {
  design::CodedDesign design;
  design.rows = 4;
  design.n_columns = 4;
  design.blocks = {coded_case::factor_block({0, 1, 2, -1}, 3, {-1, 1, 2}),
                   coded_case::dense_block({1.0, kNaN, -2.0, 0.0}, 3)};
  const auto eta = linear_predictor(design, {1.0, 10.0, kNaN, 0.5}, {0.25, 0, 0, 0}, threads(2));
  EXPECT_EQ(eta[0], 1.75);
  EXPECT_TRUE(std::isnan(eta[1]));
  EXPECT_EQ(eta[2], 0.0) << "an aliased coefficient counts as 0";
  EXPECT_TRUE(std::isnan(eta[3]));
  design.intercept = false;
  design.blocks.clear();
  design.n_columns = 0;
  EXPECT_EQ(linear_predictor(design, {}, {}, threads(1)), (std::vector<double>{0, 0, 0, 0}));
  design.rows = 0;
  EXPECT_TRUE(linear_predictor(design, {}, {}, threads(1)).empty());
}
