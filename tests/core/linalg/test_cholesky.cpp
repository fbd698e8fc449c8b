#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "deciban/linalg/cholesky.hpp"
#include "models/fit_case.hpp"

using namespace deciban::linalg;
using fit_case::kInf;
using fit_case::kNaN;

namespace {

using Columns = std::vector<std::vector<double>>;

Matrix gram(const Columns& columns, const std::vector<double>& weights = {}) {
  const int p = static_cast<int>(columns.size());
  Matrix out(p, p);
  for (int j = 0; j < p; ++j)
    for (int k = 0; k < p; ++k) {
      long double sum = 0.0L;
      for (std::size_t i = 0; i < columns[0].size(); ++i)
        sum += static_cast<long double>(weights.empty() ? 1.0 : weights[i]) * columns[j][i] * columns[k][i];
      out(j, k) = static_cast<double>(sum);
    }
  return out;
}

// 1-based, as R's qr()$pivot.
std::vector<int> kept(const Matrix& matrix, double tolerance = 1e-7) {
  const AliasedCholesky factor(matrix, {}, tolerance);
  std::vector<int> columns;
  for (std::size_t j = 0; j < factor.keep().size(); ++j)
    if (factor.keep()[j]) columns.push_back(static_cast<int>(j) + 1);
  EXPECT_EQ(static_cast<int>(columns.size()), factor.rank());
  return columns;
}

const std::vector<double> kOne(12, 1.0);
const std::vector<double> kX1 = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const std::vector<double> kX2 = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5};
const std::vector<double> kX3 = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};

std::vector<double> combine(double a, const std::vector<double>& x, double b, const std::vector<double>& y) {
  std::vector<double> out;
  for (std::size_t i = 0; i < x.size(); ++i) out.push_back(a * x[i] + b * y[i]);
  return out;
}

}  // namespace

// Expected columns: R 4.2.2, q <- qr(X, tol = 1e-7); sort(q$pivot[1:q$rank]).
TEST(AliasedCholesky, KeepsTheColumnsThatRKeeps) {
  std::vector<double> product;
  for (int i = 0; i < 12; ++i) product.push_back(kX2[i] * kX3[i]);
  const Columns columns = {kOne,
                           kX1,
                           kX2,
                           combine(1, kX1, 1, kX2),  // a sum of earlier ones
                           kX3,
                           kX1,                       // a duplicate
                           combine(1, kX3, -1, kX2),  // a difference
                           std::vector<double>(12, 0.0),
                           std::vector<double>(12, 5.0),  // constant beside the intercept
                           product};
  EXPECT_EQ(kept(gram(columns)), (std::vector<int>{1, 2, 3, 5, 10}));
}

TEST(AliasedCholesky, KeepsTheLevelsThatRKeepsWithWeights) {
  // sqrt(w) * cbind(model.matrix(~ f + g), x1, as.numeric(g)), two rows of weight 0
  const std::vector<double> w = {1, 2, 0.5, 0, 3, 1, 1, 0, 2, 1, 1, 4};
  Columns columns(6, std::vector<double>(12, 0.0));
  std::vector<double> g(12);
  for (int i = 0; i < 12; ++i) {
    columns[0][i] = 1.0;
    if (i % 3) columns[i % 3][i] = 1.0;
    if (i / 3) columns[2 + i / 3][i] = 1.0;
    g[i] = 1 + i / 3;
  }
  columns.push_back(kX1);
  columns.push_back(g);
  EXPECT_EQ(kept(gram(columns, w)), (std::vector<int>{1, 2, 3, 4, 5, 6}));
}

TEST(AliasedCholesky, DrawsTheLineWhereRDoes) {
  // z is orthogonal to 1 and x1 and has norm 1: x1 + r 1e-7 |x1| z keeps r 1e-7 of its norm after projection. R's
  // qr(cbind(1, x1, x1 + ..., x2), tol = 1e-7) has rank 3 for r = 0.2, 0.5, 0.9 and rank 4 for r = 1.1, 2, 5.
  const std::vector<double> z = {0.22442437560635070,  -0.34683767139163280, 0.24890703476340717,  0.26114836434193539,
                                 -0.31011368265604822, -0.29787235307752002, 0.29787235307751997,  -0.27338969392046358,
                                 0.32235501223457641,  -0.24890703476340711, -0.23666570518487892, 0.35907900097016110};
  const double norm = std::sqrt(650.0);
  for (const double r : {0.2, 0.5, 0.9})
    EXPECT_EQ(kept(gram({kOne, kX1, combine(1, kX1, r * 1e-7 * norm, z), kX2})), (std::vector<int>{1, 2, 4})) << r;
  for (const double r : {1.1, 2.0, 5.0})
    EXPECT_EQ(kept(gram({kOne, kX1, combine(1, kX1, r * 1e-7 * norm, z), kX2})), (std::vector<int>{1, 2, 3, 4})) << r;
}

TEST(AliasedCholesky, DoesNotLookAtTheScaleOfColumns) {
  std::vector<double> tiny = kX2, huge = kX3;
  for (auto& x : tiny) x *= 1e-140;
  for (auto& x : huge) x *= 1e140;
  EXPECT_EQ(kept(gram({kOne, tiny, huge, kX1})), (std::vector<int>{1, 2, 3, 4}));
}

TEST(AliasedCholesky, ComparesWithGivenNorms) {
  // After a shift, the norm of the column as it was given decides: here 1e9 + x, which R drops beside an intercept.
  Matrix shifted = gram({kOne, combine(1, kX1, -6.5, kOne)});
  EXPECT_EQ(AliasedCholesky(shifted, {}, 1e-7).rank(), 2);
  EXPECT_EQ(AliasedCholesky(shifted, {12.0, 12.0 * 1e18}, 1e-7).rank(), 1);
  EXPECT_EQ(AliasedCholesky(shifted, {12.0, 12.0 * 1e13}, 1e-7).rank(), 2);
}

TEST(AliasedCholesky, LeavesOutWhatItIsTold) {
  const Columns columns = {kOne, kX1, kX2, kX1};
  const AliasedCholesky factor(gram(columns), {}, 1e-7, {1, 0, 1, 1});
  EXPECT_EQ(factor.keep(), (std::vector<char>{1, 0, 1, 1})) << "the duplicate may stay when the first one is out";
  const std::vector<double> x = factor.solve({1.0, 99.0, 2.0, 3.0});
  EXPECT_EQ(x[1], 0.0);
  const AliasedCholesky smaller(gram({kOne, kX2, kX1}), {}, 1e-7);
  const std::vector<double> y = smaller.solve({1.0, 2.0, 3.0});
  EXPECT_NEAR(x[0], y[0], 1e-14);
  EXPECT_NEAR(x[2], y[1], 1e-14);
  EXPECT_NEAR(x[3], y[2], 1e-14);
  for (int j = 0; j < 4; ++j) EXPECT_EQ(factor.inverse()(1, j), 0.0);
}

TEST(AliasedCholesky, InvertsTheHilbertMatrix) {
  // The inverse of the 5 x 5 Hilbert matrix in whole numbers (Choi 1983). Its condition number is 5e5.
  const double inverse[5][5] = {{25, -300, 1050, -1400, 630},
                                {-300, 4800, -18900, 26880, -12600},
                                {1050, -18900, 79380, -117600, 56700},
                                {-1400, 26880, -117600, 179200, -88200},
                                {630, -12600, 56700, -88200, 44100}};
  const double solution[5] = {125, -2880, 14490, -24640, 13230};  // right-hand side 1, ..., 5
  Matrix hilbert(5, 5);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) hilbert(i, j) = 1.0 / (i + j + 1);
  const AliasedCholesky factor(hilbert, {}, 1e-9);
  ASSERT_EQ(factor.rank(), 5);
  const Matrix got = factor.inverse();
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j) {
      EXPECT_NEAR(got(i, j) / inverse[i][j], 1.0, 1e-10) << i << ", " << j;
      EXPECT_EQ(got(i, j), got(j, i));
    }
  const std::vector<double> x = factor.solve({1, 2, 3, 4, 5});
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(x[i] / solution[i], 1.0, 1e-10);
}

TEST(AliasedCholesky, SolvesRandomSystems) {
  fit_case::Random random(3);
  for (int round = 0; round < 100; ++round) {
    const int p = 1 + random.below(40), n = p + random.below(60);
    Columns columns;
    std::vector<char> dependent;
    for (int j = 0; j < p; ++j) {
      const bool copy = j > 0 && random.below(5) == 0;
      dependent.push_back(copy);
      columns.emplace_back();
      const int source = copy ? random.below(j) : 0;
      const double scale = std::exp(6.0 * random.normal());
      for (int i = 0; i < n; ++i) columns.back().push_back(scale * (copy ? columns[source][i] : random.normal()));
    }
    const Matrix matrix = gram(columns);
    const AliasedCholesky factor(matrix, {}, 1e-7);
    for (int j = 0; j < p; ++j) ASSERT_EQ(factor.keep()[j], !dependent[j]) << "round " << round << ", column " << j;
    // The residual of a backward stable solution, each row in its own scale.
    std::vector<double> right(p);
    for (int j = 0; j < p; ++j) right[j] = random.normal() * std::sqrt(matrix(j, j));
    const std::vector<double> x = factor.solve(right);
    const Matrix inverse = factor.inverse();
    for (int i = 0; i < p; ++i) {
      if (!factor.keep()[i]) continue;
      long double product = 0.0L;
      double size = std::fabs(right[i]), from_inverse = 0.0;
      for (int j = 0; j < p; ++j) {
        product += static_cast<long double>(matrix(i, j)) * x[j];
        size += std::fabs(matrix(i, j) * x[j]);
        if (factor.keep()[j]) from_inverse += inverse(i, j) * right[j];
      }
      EXPECT_LE(std::fabs(static_cast<double>(product) - right[i]), 1e-14 * p * size);
      EXPECT_NEAR(from_inverse * std::sqrt(matrix(i, i)), x[i] * std::sqrt(matrix(i, i)), 1e-8 * (1.0 + size));
    }
  }
}

TEST(AliasedCholesky, GetsThroughAnything) {
  EXPECT_EQ(AliasedCholesky(Matrix(0, 0), {}, 1e-7).rank(), 0);
  EXPECT_TRUE(AliasedCholesky(Matrix(0, 0), {}, 1e-7).solve({}).empty());
  EXPECT_EQ(AliasedCholesky(Matrix(3, 3), {}, 1e-7).rank(), 0) << "all columns zero";
  EXPECT_EQ(AliasedCholesky(Matrix(3, 3), {}, 1e-7).inverse()(2, 2), 0.0);
  for (const double bad : {kNaN, kInf, -kInf, -1.0, 1e308}) {
    for (int where = 0; where < 3; ++where) {
      Matrix matrix = gram({kOne, kX1, kX2});
      for (int j = 0; j < 3; ++j) matrix(where, j) = matrix(j, where) = bad;
      const AliasedCholesky factor(matrix, {}, 1e-7);
      EXPECT_LE(factor.rank(), 3);
      EXPECT_EQ(factor.solve({1, 1, 1}).size(), 3u);
      EXPECT_EQ(factor.inverse().rows(), 3);
      if (std::isnan(bad)) {
        EXPECT_EQ(factor.keep()[static_cast<std::size_t>(where)], 0) << "NaN is no column";
      }
    }
  }
  Matrix all_nan(2, 2);
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) all_nan(i, j) = kNaN;
  EXPECT_EQ(AliasedCholesky(all_nan, {}, 1e-7).rank(), 0);
}
