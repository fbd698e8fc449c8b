// What engines offer beyond Gram matrices: triangles, norms row by row, sums in pairs of doubles.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/linalg/cholesky.hpp"
#include "engine/random_problem.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace deciban::engine;
using fit_case::threads;

namespace {

linalg::Matrix column(const std::vector<double>& values) {
  linalg::Matrix out(static_cast<int>(values.size()), 1);
  for (std::size_t i = 0; i < values.size(); ++i) out(static_cast<int>(i), 0) = values[i];
  return out;
}

// Largest difference of two symmetric matrices, entries measured by their diagonals.
double distance(const linalg::Matrix& a, const linalg::Matrix& b) {
  double largest = 0.0;
  for (int i = 0; i < b.cols(); ++i)
    for (int j = 0; j < b.cols(); ++j)
      largest = std::max(largest, std::fabs(a(i, j) - b(i, j)) / std::sqrt(b(i, i) * b(j, j) + 1e-300));
  return largest;
}

}  // namespace

TEST(PreciseSums, AgreeWithTheSumsOfAPass) {
  fit_case::Random random(21);
  for (const auto& model :
       {random_problem::model_of("poisson", 0, "log"), random_problem::model_of("gaussian", 0, "identity"),
        random_problem::model_of("gamma", 0, "inverse")})
    for (const std::int64_t n : {1, 600, 40000}) {
      const auto problem = random_problem::make(model, n, random);
      const auto& design = problem.training.design;
      const CodedObjective objective(problem.training, design, model.family, model.link, threads(2));
      const int p = objective.size();
      EXPECT_EQ(objective.least_squares(), model.family.variance == families::Variance::constant);
      const auto start = objective.start(1.0, threads(1));
      const linalg::AliasedCholesky factor(start.information.core(), {}, 1e-7);
      const std::vector<double> beta = factor.solve(start.score);
      const auto at = objective.evaluate(column(beta), Information::expected, threads(1))[0];
      if (at.invalid_rows) continue;

      const linalg::Matrix r = objective.triangle({&beta, 0.0}, threads(2));
      ASSERT_EQ(r.cols(), p);
      linalg::Matrix gram(p, p);
      for (int i = 0; i < p; ++i)
        for (int j = 0; j < p; ++j)
          for (int k = 0; k <= std::min(i, j); ++k) gram(i, j) += r(k, i) * r(k, j);
      EXPECT_LE(distance(gram, at.information.core()), 1e-12) << model.name << n;

      linalg::Pairs pairs(p, 1), directions(p, 2);
      pairs.high = column(beta);
      linalg::Matrix z(p, 2);
      for (int j = 0; j < p; ++j)
        for (int k = 0; k < 2; ++k) z(j, k) = directions.high(j, k) = random.normal();
      const PreciseScore score = objective.precise_score(pairs, threads(1));
      EXPECT_NEAR(score.deviance, at.deviance, 1e-10 * at.deviance + 1e-25) << model.name << n;
      EXPECT_NEAR(score.pearson, at.pearson, 1e-10 * at.pearson + 1e-25) << model.name << n;
      const auto norms = objective.squared_norms({&beta, 0.0}, z, threads(2));
      const linalg::Pairs product = objective.precise_product(pairs, directions, threads(2));
      for (int k = 0; k < 2; ++k) {
        double norm = 0.0;
        for (int i = 0; i < p; ++i) {
          double expected = 0.0, size = 0.0;
          for (int j = 0; j < p; ++j) {
            expected += at.information(i, j) * z(j, k);
            size += std::fabs(at.information(i, j) * z(j, k));
          }
          EXPECT_NEAR(product.high(i, k), expected, 1e-11 * size) << model.name << n;
          norm += z(i, k) * expected;
        }
        EXPECT_NEAR(norms[static_cast<std::size_t>(k)], norm, 1e-9 * norm) << model.name << n;
      }
      for (int j = 0; j < p; ++j)
        EXPECT_NEAR(score.score.high(j, 0), at.score[static_cast<std::size_t>(j)],
                    1e-9 * std::sqrt(at.information(j, j) * (at.pearson + 1e-300)) + 1e-12)
            << model.name << n;
    }
}

TEST(PreciseSums, HaveTheSameBitsForAnyThreads) {
  fit_case::Random random(22);
  const auto model = random_problem::model_of("poisson", 0, "log");
  const auto problem = random_problem::make(model, 150000, random);
  const CodedObjective objective(problem.training, problem.training.design, model.family, model.link, threads(1));
  const int p = objective.size();
  linalg::Pairs beta(p, 1);
  const std::vector<double> zero(static_cast<std::size_t>(p), 0.0);
  const auto one = objective.precise_score(beta, threads(1)), three = objective.precise_score(beta, threads(3));
  EXPECT_TRUE(fit_case::same_bits(one.score.high.values(), three.score.high.values()));
  EXPECT_TRUE(fit_case::same_bits(one.score.low.values(), three.score.low.values()));
  EXPECT_TRUE(fit_case::same_bits(one.deviance, three.deviance));
  EXPECT_TRUE(fit_case::same_bits(objective.triangle({&zero, 0.0}, threads(1)).values(),
                                  objective.triangle({&zero, 0.0}, threads(3)).values()));
}
