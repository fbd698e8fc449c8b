#include "deciban/base/config.hpp"

#include "deciban/linalg/qr.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "deciban/linalg/double_double.hpp"

using namespace deciban::linalg;

namespace {

// An upper triangle with columns that depend on earlier ones: column 2 = column 0 + column 1, column 4 is zero.
Matrix triangle(double apart) {
  Matrix r(6, 6);
  r(0, 0) = -3.0;
  r(0, 1) = 1.0, r(1, 1) = 2.0;
  r(0, 2) = -2.0, r(1, 2) = 2.0, r(2, 2) = apart;
  r(0, 3) = 5.0, r(1, 3) = -1.0, r(2, 3) = 0.5, r(3, 3) = 4.0;
  r(0, 5) = 1.0, r(1, 5) = 7.0, r(2, 5) = 3.0, r(3, 5) = -2.0, r(4, 5) = 0.25, r(5, 5) = 1.0;
  return r;
}

std::vector<double> residual(const Matrix& r, const std::vector<double>& x, const std::vector<double>& right,
                             const std::vector<char>& keep) {
  std::vector<double> out;
  for (int i = 0; i < r.cols(); ++i) {
    double sum = right[i];
    for (int j = 0; j < r.cols(); ++j)
      for (int k = 0; k < r.cols(); ++k) sum -= r(k, i) * r(k, j) * x[j];
    out.push_back(keep[i] ? sum : 0.0);
  }
  return out;
}

}  // namespace

TEST(FactorOfTriangle, LeavesOutDependentColumnsAndSolves) {
  const std::vector<double> right = {1, 2, 3, 4, 0, 6};
  for (const double apart : {0.0, 1e-9, 1e-5}) {
    const Matrix r = triangle(apart);
    const AliasedCholesky factor = factor_of_triangle(r, {}, 1e-7);
    const bool kept = apart > 1e-7;
    EXPECT_EQ(factor.keep(), (std::vector<char>{1, 1, static_cast<char>(kept), 1, 0, 1})) << apart;
    const std::vector<double> x = factor.solve(right), rest = residual(r, x, right, factor.keep());
    for (const double value : rest) EXPECT_NEAR(value, 0.0, kept ? 1e-4 : 1e-12) << apart;
    EXPECT_EQ(x[4], 0.0);
  }
  EXPECT_EQ(factor_of_triangle(triangle(1e-9), {}, 1e-10).rank(), 5);
  EXPECT_EQ(factor_of_triangle(triangle(1.0), {}, 1e-7, {1, 0, 1, 1, 1, 1}).keep(),
            (std::vector<char>{1, 0, 1, 1, 0, 1}));
  EXPECT_EQ(factor_of_triangle(Matrix(), {}, 1e-7).rank(), 0);
}

TEST(FactorOfTriangle, ComparesWithTheNormsItIsGiven) {
  Matrix r(2, 2);
  r(0, 0) = 1.0;
  r(1, 1) = 1e-5;  // a column far from the origin, shifted to its mean
  EXPECT_EQ(factor_of_triangle(r, {1.0, 1e-10}, 1e-7).rank(), 2);
  EXPECT_EQ(factor_of_triangle(r, {1.0, 1e6}, 1e-7).rank(), 1);
}

TEST(FactorOfTriangle, TakesColumnsInAnyUnit) {
  const Matrix plain = triangle(1.0);
  Matrix scaled = plain;
  const double units[6] = {0x1p-500, 0x1p500, 1.0, 0x1p-300, 1.0, 0x1p400};
  for (int j = 0; j < 6; ++j)
    for (int i = 0; i < 6; ++i) scaled(i, j) *= units[j];
  const AliasedCholesky a = factor_of_triangle(plain, {}, 1e-7), b = factor_of_triangle(scaled, {}, 1e-7);
  EXPECT_EQ(a.keep(), b.keep());
}

TEST(AliasedCholesky, TellsWhatItCannotResolve) {
  Matrix gram(3, 3);
  for (int j = 0; j < 3; ++j)
    for (int i = 0; i < 3; ++i) gram(i, j) = (i == j) + 2.0;
  EXPECT_TRUE(AliasedCholesky(gram, {}, 1e-7).unresolved().empty());
  EXPECT_LT(AliasedCholesky(gram, {}, 1e-7).loss(), 10.0);
  // column 2 = column 0 + column 1, but for rounding
  for (int i = 0; i < 2; ++i) gram(i, 2) = gram(2, i) = gram(i, 0) + gram(i, 1);
  gram(2, 2) = gram(2, 0) + gram(2, 1) + 1e-14;
  const AliasedCholesky factor(gram, {}, 1e-8);
  ASSERT_EQ(factor.unresolved().size(), 1u);
  EXPECT_EQ(factor.unresolved()[0].column, 2);
  EXPECT_NEAR(factor.unresolved()[0].combination[0], 1.0, 1e-12);
  EXPECT_NEAR(factor.unresolved()[0].combination[1], 1.0, 1e-12);
  EXPECT_EQ(factor.unresolved()[0].combination[2], -1.0);
  gram(2, 2) += 1e-9;
  EXPECT_GT(AliasedCholesky(gram, {}, 1e-7).loss(), 1e9);
}

TEST(AliasedCholesky, InverseInPairsRoundsToTheInverse) {
  Matrix gram(3, 3);
  for (int j = 0; j < 3; ++j)
    for (int i = 0; i < 3; ++i) gram(i, j) = (i == j) * (i + 1.0) + 2.0;
  const AliasedCholesky factor(gram, {}, 1e-7);
  const Matrix plain = factor.inverse();
  const Pairs pairs = factor.inverse_pairs();
  for (int j = 0; j < 3; ++j)
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(pairs.high(i, j), plain(i, j), 1e-15);
}
