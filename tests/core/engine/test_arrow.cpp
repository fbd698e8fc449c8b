// The arrow of a very wide factor against the dense information of the same design, which other tests compare with a
// model in long double.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/solvers/newton.hpp"
#include "engine/random_problem.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace deciban::engine;
using fit_case::threads;
using random_problem::Model;

namespace {

constexpr int kNever = 1 << 30;

struct Fit {
  solvers::Solution solution;
  linalg::Covariance covariance;
};

Fit fit_with(const design::TrainingData& training, const Model& model, int arrow_columns, int n_threads = 1) {
  const CodedObjective objective(training, training.design, model.family, model.link, threads(n_threads),
                                 {arrow_columns, true});
  solvers::NewtonOptions options;
  options.known_dispersion = model.family.has_known_dispersion();
  options.canonical = families::is_canonical(model.family, model.link);
  Fit fit;
  fit.solution = solvers::newton(objective, options, threads(n_threads));
  fit.solution.beta = objective.natural_coefficients(fit.solution.beta);
  fit.covariance = objective.natural_covariance(fit.solution.inverse);
  return fit;
}

// `levels` codes of which some have no row, some one, in random order.
std::vector<std::int32_t> wide_codes(std::int64_t n, int levels, fit_case::Random& random) {
  std::vector<std::int32_t> codes;
  for (std::int64_t i = 0; i < n; ++i) codes.push_back(random.below(levels));
  return codes;
}

void put_wide(design::CodedDesign& design, std::size_t position, const std::vector<std::int32_t>& codes, int levels,
              bool base) {
  int first = design.intercept ? 1 : 0;
  for (std::size_t b = 0; b < position; ++b)
    for (const int column : design.blocks[b].columns) first = std::max(first, column + 1);
  std::vector<int> columns;
  for (int k = 0; k < levels; ++k) columns.push_back(base && k == 0 ? -1 : first++);
  const int added = levels - (base ? 1 : 0);
  for (std::size_t b = position; b < design.blocks.size(); ++b)
    for (int& column : design.blocks[b].columns) column += column >= 0 ? added : 0;
  design.blocks.insert(design.blocks.begin() + static_cast<std::ptrdiff_t>(position),
                       coded_case::factor_block(codes, levels, columns));
  design.n_columns += added;
}

void expect_same_fit(const Fit& got, const Fit& expected, const std::string& what) {
  ASSERT_EQ(got.solution.keep, expected.solution.keep) << what;
  EXPECT_EQ(got.solution.status, expected.solution.status) << what;
  EXPECT_EQ(got.solution.rank, expected.solution.rank) << what;
  EXPECT_LE(fit_case::difference(got.solution.at.deviance, expected.solution.at.deviance), 1e-9) << what;
  const int p = expected.covariance.cols();
  ASSERT_EQ(got.covariance.cols(), p) << what;
  const linalg::Matrix dense = got.covariance.dense();
  for (int j = 0; j < p; ++j) {
    if (!expected.solution.keep[static_cast<std::size_t>(j)]) continue;
    const double error = std::sqrt(expected.covariance(j, j));
    EXPECT_LE(
        std::fabs(got.solution.beta[static_cast<std::size_t>(j)] - expected.solution.beta[static_cast<std::size_t>(j)]),
        1e-6 * error)
        << what << " coefficient " << j;
    EXPECT_LE(fit_case::difference(std::sqrt(got.covariance.variance(j)), error), 1e-7) << what << " error " << j;
    for (int k = 0; k < p; ++k) {
      if (!expected.solution.keep[static_cast<std::size_t>(k)]) continue;
      EXPECT_LE(std::fabs(got.covariance(j, k) - expected.covariance(j, k)),
                1e-6 * error * std::sqrt(expected.covariance(k, k)))
          << what << " covariance " << j << ", " << k;
      EXPECT_LE(std::fabs(dense(j, k) - got.covariance(j, k)), 1e-12 * error * std::sqrt(expected.covariance(k, k)));
    }
  }
}

}  // namespace

TEST(Arrow, SumsAreThoseOfTheDenseInformation) {
  fit_case::Random random(7);
  for (int round = 0; round < 2; ++round)
    for (const Model& model : random_problem::all_models()) {
      const std::string what = model.name + ", round " + std::to_string(round);
      auto problem = random_problem::make(model, 100 + random.below(300), random, 1.5, true);
      auto& design = problem.training.design;
      // an effect on the offset only: means stay valid
      const int before = design.n_columns, levels = 40 + random.below(40);
      const auto position = static_cast<std::size_t>(random.below(static_cast<int>(design.blocks.size()) + 1));
      put_wide(design, position, wide_codes(design.rows, levels, random), levels, random.below(2));
      std::vector<double> beta(static_cast<std::size_t>(design.n_columns), 0.0);
      int first = design.intercept ? 1 : 0;
      for (std::size_t b = 0; b < position; ++b)
        for (const int column : design.blocks[b].columns) first = std::max(first, column + 1);
      for (int j = 0; j < before; ++j)
        beta[static_cast<std::size_t>(j < first ? j : j + design.n_columns - before)] =
            problem.beta[static_cast<std::size_t>(j)];
      const CodedObjective arrow(problem.training, design, model.family, model.link, threads(1), {20, true});
      const CodedObjective plain(problem.training, design, model.family, model.link, threads(1), {kNever, true});
      // both shift the same columns
      std::vector<double> shifted = beta;
      for (std::size_t j = 1; j < beta.size() && design.intercept; ++j) {
        std::vector<double> unit(beta.size(), 0.0);
        unit[j] = 1.0;
        EXPECT_EQ(arrow.natural_coefficients(unit)[0], plain.natural_coefficients(unit)[0]);
        shifted[0] -= beta[j] * plain.natural_coefficients(unit)[0];
      }
      linalg::Matrix column(design.n_columns, 1);
      std::copy(shifted.begin(), shifted.end(), column.column(0));
      for (const Information kind : {Information::expected, Information::observed}) {
        const Evaluation a = arrow.evaluate(column, kind, threads(1))[0],
                         b = plain.evaluate(column, kind, threads(1))[0];
        ASSERT_TRUE(a.information.arrow()) << what;
        ASSERT_FALSE(b.information.arrow()) << what;
        EXPECT_LE(fit_case::difference(a.deviance, b.deviance), 1e-11) << what;
        ASSERT_EQ(a.score.size(), b.score.size()) << what;
        for (int j = 0; j < design.n_columns; ++j) {
          const double size = std::sqrt(std::fabs(b.information(j, j)));
          for (int k = 0; k < design.n_columns; ++k) {
            EXPECT_LE(std::fabs(a.information(j, k) - b.information(j, k)),
                      1e-10 * (size * std::sqrt(std::fabs(b.information(k, k))) +
                               (kind == Information::observed ? 1.0 : 0.0)))
                << what << " " << j << ", " << k;
            EXPECT_EQ(a.information(j, k), a.information(k, j));
          }
        }
        std::vector<double> x, one(beta.size(), 0.0), other(beta.size(), 0.0);
        for (std::size_t j = 0; j < beta.size(); ++j) x.push_back(random.normal());
        a.information.add_product(x, one);
        b.information.add_product(x, other);
        for (std::size_t j = 0; j < x.size(); ++j) {
          double size = 0.0;
          for (std::size_t k = 0; k < x.size(); ++k)
            size += std::fabs(x[k]) * std::sqrt(std::fabs(b.information(static_cast<int>(j), static_cast<int>(j)) *
                                                          b.information(static_cast<int>(k), static_cast<int>(k))));
          EXPECT_LE(std::fabs(one[j] - other[j]), 1e-9 * (size + 1.0)) << what;
        }
      }
    }
}

// Random designs with the wide factor in every position: with the base level or all levels, empty levels, levels of one
// row, weights of 0.
TEST(Arrow, FitsAreThoseOfTheDenseInformation) {
  fit_case::Random random(99);
  int compared = 0;
  for (int round = 0; round < 3; ++round)
    for (const auto& family : {"gaussian", "poisson", "gamma", "binomial", "tweedie", "negative_binomial"}) {
      const Model model = random_problem::model_of(family, 1.5,
                                                   family == std::string("gaussian")   ? "identity"
                                                   : family == std::string("binomial") ? "logit"
                                                                                       : "log");
      const auto problem = random_problem::make_plain(model, 600, random);
      for (std::size_t position = 0; position <= problem.training.design.blocks.size(); ++position) {
        auto training = problem.training;
        const int levels = 50;
        put_wide(training.design, position, wide_codes(600, levels, random), levels + random.below(3), random.below(2));
        if (training.weights.empty()) training.weights.edit().assign(600, 1.0);
        for (int i = 0; i < 30; ++i) training.weights.edit()[static_cast<std::size_t>(random.below(600))] = 0.0;
        const std::string what =
            model.name + ", round " + std::to_string(round) + ", position " + std::to_string(position);
        const Fit dense = fit_with(training, model, kNever), arrow = fit_with(training, model, 20);
        if (dense.solution.status == solvers::Status::converged) {
          expect_same_fit(arrow, dense, what);
          ++compared;
        } else {
          EXPECT_EQ(arrow.solution.status, dense.solution.status) << what;
        }
      }
    }
  EXPECT_GE(compared, 20);
}

namespace {

// Regions, and zones of which each lies in one region.
design::TrainingData nested(std::size_t wide_position, bool intercept, bool base_empty, fit_case::Random& random) {
  design::TrainingData training;
  auto& design = training.design;
  const int n = 800, zones = 60, regions = 7;
  design.rows = training.rows_given = n;
  design.intercept = intercept;
  std::vector<std::int32_t> zone, region;
  std::vector<double> x;
  for (int i = 0; i < n; ++i) {
    zone.push_back(random.below(zones));
    if (base_empty && zone.back() == 0) zone.back() = 1;
    region.push_back(zone.back() * 5 % regions);
    x.push_back(100.0 + random.normal());
    training.y.edit().push_back(random.poisson(2.0));
  }
  int next = intercept ? 1 : 0;
  const int regional = next;
  std::vector<int> columns;
  for (int k = 0; k < regions; ++k) columns.push_back(regional == 1 && k == 0 ? -1 : next++);
  design.blocks.push_back(coded_case::factor_block(region, regions, columns));
  design.blocks.push_back(coded_case::dense_block(x, next++));
  design.n_columns = next;
  put_wide(design, wide_position, zone, zones, intercept || wide_position > 0);
  return training;
}

}  // namespace

TEST(Arrow, AliasesTheColumnsThatComeLast) {
  fit_case::Random random(5);
  const Model model = random_problem::model_of("poisson", 0, "log");
  for (const bool intercept : {true, false})
    for (const bool base_empty : {true, false})
      for (std::size_t position = 0; position < 3; ++position) {
        const auto training = nested(position, intercept, base_empty, random);
        const std::string what = std::to_string(intercept) + std::to_string(base_empty) + std::to_string(position);
        const Fit dense = fit_with(training, model, kNever), arrow = fit_with(training, model, 20);
        EXPECT_LT(dense.solution.rank, training.design.n_columns) << what;
        expect_same_fit(arrow, dense, what);
      }
}

TEST(Arrow, BitsDoNotDependOnThreads) {
  fit_case::Random random(3);
  const Model model = random_problem::model_of("gamma", 0, "log");
  auto problem = random_problem::make_plain(model, 80000, random);
  put_wide(problem.training.design, 0, wide_codes(80000, 5000, random), 5000, true);
  const Fit one = fit_with(problem.training, model, 20, 1);
  for (const int t : {2, 3}) {
    const Fit other = fit_with(problem.training, model, 20, t);
    EXPECT_TRUE(fit_case::same_bits(one.solution.beta, other.solution.beta)) << t;
    EXPECT_TRUE(fit_case::same_bits(one.covariance.values(), other.covariance.values())) << t;
  }
}

// One level per row, before and after the other columns: all of it is saturated.
TEST(Arrow, OneRowPerLevel) {
  fit_case::Random random(8);
  const Model model = random_problem::model_of("gaussian", 0, "identity");
  for (const std::size_t position : {0, 1, 2}) {
    design::TrainingData training;
    auto& design = training.design;
    const int n = 300;
    design.rows = training.rows_given = n;
    std::vector<std::int32_t> own, factor;
    std::vector<double> x;
    for (int i = 0; i < n; ++i) {
      own.push_back((i * 7 + 3) % n);
      factor.push_back(random.below(12));
      x.push_back(random.normal());
      training.y.edit().push_back(random.normal());
    }
    std::vector<int> columns = {-1};
    for (int k = 1; k < 12; ++k) columns.push_back(k);
    design.blocks = {coded_case::factor_block(factor, 12, columns), coded_case::dense_block(x, 12)};
    design.n_columns = 13;
    put_wide(design, position, own, n, true);
    const Fit dense = fit_with(training, model, kNever), arrow = fit_with(training, model, 20);
    EXPECT_EQ(arrow.solution.rank, n) << position;
    EXPECT_EQ(arrow.solution.keep, dense.solution.keep) << position;
    EXPECT_NEAR(arrow.solution.at.deviance, 0.0, 1e-20) << position;
  }
}

// The within transformation: slopes beside a factor are those of deviations from the level's means.
TEST(Arrow, GaussianSlopesAreThoseWithinLevels) {
  fit_case::Random random(21);
  const int n = 20000, levels = 4000, k = 5;
  design::TrainingData training;
  auto& design = training.design;
  design.rows = training.rows_given = n;
  std::vector<std::vector<double>> x(k);
  std::vector<std::int32_t> codes;
  for (int i = 0; i < n; ++i) {
    codes.push_back(random.below(levels));
    double y = 0.01 * codes.back() + random.normal();
    for (int j = 0; j < k; ++j) {
      x[j].push_back(random.normal() + 0.001 * codes.back());
      y += (j + 1) * x[j].back();
    }
    training.y.edit().push_back(y);
  }
  for (int j = 0; j < k; ++j) design.blocks.push_back(coded_case::dense_block(x[j], j + 1));
  design.n_columns = k + 1;
  put_wide(design, 2, codes, levels, true);
  const Fit fit = fit_with(training, random_problem::model_of("gaussian", 0, "identity"), kArrowColumns);

  std::vector<naive::Real> count(levels, 0.0L), mean_y(levels, 0.0L);
  std::vector<naive::Reals> mean_x(k, naive::Reals(levels, 0.0L));
  for (int i = 0; i < n; ++i) {
    count[codes[i]] += 1.0L;
    mean_y[codes[i]] += training.y[i];
    for (int j = 0; j < k; ++j) mean_x[j][codes[i]] += x[j][i];
  }
  naive::Reals gram(k * k, 0.0L), right(k, 0.0L);
  for (int i = 0; i < n; ++i) {
    const int l = codes[i];
    for (int a = 0; a < k; ++a) {
      const naive::Real dev = x[a][i] - mean_x[a][l] / count[l];
      right[a] += dev * (training.y[i] - mean_y[l] / count[l]);
      for (int b = 0; b < k; ++b) gram[a * k + b] += dev * (x[b][i] - mean_x[b][l] / count[l]);
    }
  }
  const naive::Reals slopes = naive::solve(gram, right);
  int first = 0, empty = 0;
  for (const auto one : count) empty += one == 0.0L;
  const std::vector<int> at = {1, 2, levels + 2, levels + 3, levels + 4};  // the wide factor stands after two of them
  for (int j = 0; j < k; ++j, ++first) {
    EXPECT_NEAR(fit.solution.beta[static_cast<std::size_t>(at[j])], static_cast<double>(slopes[j]), 1e-12);
    naive::Reals unit(k, 0.0L);
    unit[j] = 1.0L;
    EXPECT_NEAR(fit.covariance.variance(at[j]) / static_cast<double>(naive::solve(gram, unit)[j]), 1.0, 1e-11);
  }
  EXPECT_EQ(fit.solution.rank, levels - empty + k);
}

TEST(Arrow, LevelsWithoutClaimsAreSeparated) {
  const Model model = random_problem::model_of("poisson", 0, "log");
  for (const int zero : {7, 0, 59}) {  // 0 is the base level
    fit_case::Random random(12);
    design::TrainingData training;
    training.design.rows = training.rows_given = 2000;
    std::vector<std::int32_t> codes;
    for (int i = 0; i < 2000; ++i) {
      codes.push_back(random.below(60));
      training.y.edit().push_back(codes.back() == zero ? 0.0 : 1.0 + random.poisson(0.7));
    }
    training.design.n_columns = 1;
    put_wide(training.design, 0, codes, 60, true);
    const Fit dense = fit_with(training, model, kNever), arrow = fit_with(training, model, 20);
    EXPECT_EQ(arrow.solution.status, dense.solution.status) << zero;
    if (zero != 0) {  // a base level without claims moves the intercept: see the dense model for its status
      EXPECT_EQ(arrow.solution.status, solvers::Status::separated) << zero;
    }
    EXPECT_EQ(arrow.solution.runaway, dense.solution.runaway) << zero;
    EXPECT_LE(arrow.solution.n_iter, 40) << zero;
  }
}

// Memory grows with the rows and the levels, never with the square of the levels.
TEST(Arrow, HundredThousandLevels) {
  fit_case::Random random(44);
  const std::int64_t n = 300000;
  const int levels = 100000;
  design::TrainingData training;
  auto& design = training.design;
  design.rows = training.rows_given = n;
  std::vector<std::int32_t> wide, narrow;
  std::vector<double> x;
  for (std::int64_t i = 0; i < n; ++i) {
    wide.push_back(random.below(levels));
    narrow.push_back(random.below(20));
    x.push_back(random.normal());
    training.y.edit().push_back((0.5 + random.uniform()) * std::exp(0.01 * narrow.back() + 0.1 * x.back()));
  }
  std::vector<int> columns = {-1};
  for (int k = 1; k < 20; ++k) columns.push_back(k);
  design.blocks = {coded_case::factor_block(narrow, 20, columns), coded_case::dense_block(x, 20)};
  design.n_columns = 21;
  put_wide(design, 1, wide, levels, true);
  const Fit fit = fit_with(training, random_problem::model_of("gamma", 0, "log"), kArrowColumns, 2);
  EXPECT_EQ(fit.solution.status, solvers::Status::converged);
  const double slope = fit.solution.beta.back();
  EXPECT_NEAR(slope, 0.1, 5.0 * std::sqrt(fit.covariance.variance(design.n_columns - 1) * fit.solution.dispersion));
  EXPECT_LT(fit.covariance.values().size(), 21u * 21u + 3u * levels + static_cast<std::size_t>(n) * 3u + 2u * levels);
}
