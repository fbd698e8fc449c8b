// What holds for every basis, whatever the reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "deciban/splines/basis.hpp"
#include "spline_helpers.hpp"
#include "splines/bspline.hpp"

using namespace deciban::splines;
using namespace spline_test;

namespace {

const std::vector<double> kX = {0.31, 0.77, 1.02, 1.5, 1.93, 2.2, 2.71, 3.14, 3.6, 4.4, 5.05, 6.3, 7.1, 8.25, 9.99};

SplineOptions options(int df, int degree = 3, bool intercept = false) {
  SplineOptions out;
  out.df = df;
  out.degree = degree;
  out.intercept = intercept;
  return out;
}

std::vector<Basis> one_of_each() {
  return {bs(kX, ones(kX), options(6)), ns(kX, ones(kX), options(4)), ispline(kX, ones(kX), options(6)),
          poly(kX, ones(kX), 4),        poly(kX, ones(kX), 5, true),  scale(kX, ones(kX))};
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// M-spline i of order k by the recursion of Ramsay (1988), equation (2).
double mspline(int i, int k, const std::vector<double>& t, double x) {
  if (!(t[i] <= x && x < t[i + k])) return 0.0;
  if (k == 1) return 1.0 / (t[i + 1] - t[i]);
  return k * ((x - t[i]) * mspline(i, k - 1, t, x) + (t[i + k] - x) * mspline(i + 1, k - 1, t, x)) /
         ((k - 1) * (t[i + k] - t[i]));
}

// Simpson's rule within each knot interval, exact for cubics up to the open right end.
double integral(int i, int k, const std::vector<double>& t, double to) {
  double total = 0.0;
  for (std::size_t piece = 0; piece + 1 < t.size(); ++piece) {
    const double from = t[piece], end = std::min(t[piece + 1], to);
    if (!(from < end)) continue;
    const int panels = 64;
    const double h = (end - from) / panels;
    for (int p = 0; p < panels; ++p) {
      const double a = from + p * h, b = p + 1 < panels ? a + h : end - 1e-13 * h;
      total += h / 6 * (mspline(i, k, t, a) + 4 * mspline(i, k, t, a + h / 2) + mspline(i, k, t, b));
    }
  }
  return total;
}

}  // namespace

TEST(BSplineProperties, PartitionOfUnityInsideAndOutside) {
  for (int degree = 1; degree <= 7; ++degree) {
    const Basis basis = bs(kX, ones(kX), options(degree + 6, degree, true));
    const std::vector<double> x = grid(-5, 15, 201);
    const std::vector<double> values = evaluate(basis, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      double sum = 0.0, size = 0.0;
      for (std::size_t k = i; k < values.size(); k += x.size()) {
        sum += values[k];
        size += std::fabs(values[k]);
        EXPECT_TRUE(basis.outside(x[i]) || values[k] >= 0.0);
      }
      EXPECT_NEAR(sum, 1.0, 1e-15 * size + 1e-15) << degree << " at " << x[i];
    }
  }
}

TEST(BSplineProperties, DerivativesAreContinuousUpToTheDegreeLessOne) {
  const std::vector<double> knots = {1.0, 2.5, 4.0, 7.0};
  for (int degree = 1; degree <= 5; ++degree) {
    const BSplines splines(degree, 0.0, 10.0, knots);
    for (double knot : knots)
      for (int m = 0; m <= degree; ++m) {
        std::vector<double> left(splines.count() + 1, 0.0), right(splines.count() + 1, 0.0);
        const int i = splines.interval(knot);
        splines.derivatives(knot, i - 1, m, left.data() + i - 1 - degree);
        splines.derivatives(knot, i, m, right.data() + i - degree);
        double jump = 0.0;
        for (std::size_t j = 0; j < left.size(); ++j) jump = std::max(jump, std::fabs(left[j] - right[j]));
        if (m < degree)
          EXPECT_LT(jump, 1e-11) << degree << " " << m;
        else
          EXPECT_GT(jump, 1e-3) << degree;
      }
  }
}

TEST(BSplineProperties, DerivativesAreSlopes) {
  const BSplines splines(4, 0.0, 10.0, {1.0, 2.5, 4.0, 7.0});
  double low[5], high[5], slope[5];
  for (double x : {0.5, 3.0, 9.0})
    for (int m = 1; m <= 4; ++m) {
      const int i = splines.interval(x);
      splines.derivatives(x - 1e-5, i, m - 1, low);
      splines.derivatives(x + 1e-5, i, m - 1, high);
      splines.derivatives(x, i, m, slope);
      for (int r = 0; r < 5; ++r) EXPECT_NEAR((high[r] - low[r]) / 2e-5, slope[r], 1e-8);
    }
}

TEST(NaturalProperties, IsLinearBeyondTheBoundaryAndSmoothAtIt) {
  for (bool intercept : {false, true}) {
    const Basis basis = ns(kX, ones(kX), options(5, 3, intercept));
    for (double at : {basis.lower, basis.upper}) {
      const double h = 1e-4;
      const std::vector<double> v = evaluate(basis, {at - 2 * h, at - h, at, at + h, at + 2 * h});
      for (int j = 0; j < basis.columns(); ++j) {
        const double* y = v.data() + 5 * j;
        const double left = y[0] - 2 * y[1] + y[2], right = y[2] - 2 * y[3] + y[4];
        EXPECT_NEAR(left / h / h, 0.0, 2e-3);  // the second derivative is 0 at the boundary and O(h) near it
        EXPECT_NEAR(right / h / h, 0.0, 2e-3);
        EXPECT_NEAR((y[3] - y[2]) / h, (y[2] - y[1]) / h, 1e-6);
      }
    }
  }
}

TEST(ISplineProperties, RisesFromZeroToOne) {
  for (int degree = 1; degree <= 5; ++degree) {
    const Basis basis = ispline(kX, ones(kX), options(degree + 3, degree));
    ASSERT_EQ(basis.columns(), degree + 3);
    const std::vector<double> x = grid(basis.lower - 1, basis.upper + 1, 500);
    const std::vector<double> values = evaluate(basis, x);
    for (int j = 0; j < basis.columns(); ++j) {
      const double* y = values.data() + 500 * j;
      EXPECT_EQ(y[0], 0.0);
      EXPECT_EQ(y[499], 1.0);
      for (int i = 1; i < 500; ++i) EXPECT_GE(y[i], y[i - 1] - 1e-15);
    }
    const std::vector<double> ends = evaluate(basis, {basis.lower, basis.upper});
    for (int j = 0; j < basis.columns(); ++j) EXPECT_TRUE(ends[2 * j] == 0.0 && ends[2 * j + 1] == 1.0);
  }
}

TEST(ISplineProperties, IsTheIntegralOfMSplines) {
  for (int degree = 1; degree <= 4; ++degree) {
    SplineOptions given = options(0, degree);
    given.knots = {1.0, 2.5, 6.0};
    given.boundary = {0.0, 10.0};
    const Basis basis = ispline({}, {}, given);
    std::vector<double> t(degree, 0.0);
    t.insert(t.end(), given.knots.begin(), given.knots.end());
    t.insert(t.end(), degree, 10.0);
    const std::vector<double> x = {0.4, 1.0, 2.2, 5.9, 7.3, 9.9};
    const std::vector<double> values = evaluate(basis, x);
    for (int j = 0; j < basis.columns(); ++j)
      for (std::size_t i = 0; i < x.size(); ++i)
        EXPECT_NEAR(values[j * x.size() + i], integral(j, degree, t, x[i]), 1e-12) << degree << " " << j << " " << x[i];
  }
}

TEST(ISplineProperties, InterceptIsAColumnOfOnes) {
  const Basis with = ispline(kX, ones(kX), options(7, 3, true)), without = ispline(kX, ones(kX), options(6));
  const std::vector<double> x = grid(-1, 11, 30), a = evaluate(with, x), b = evaluate(without, x);
  for (int i = 0; i < 30; ++i) EXPECT_EQ(a[i], 1.0);
  EXPECT_TRUE(std::equal(b.begin(), b.end(), a.begin() + 30));
}

TEST(PolynomialProperties, OrthonormalOverTheRows) {
  // as the x of NIST's Filip: 82 values in [-8.8, -3.1]; and as many values as degrees allow
  for (const std::vector<double>& x : {grid(-8.781464495, -3.132002490, 82), grid(1, 11, 11)}) {
    const Basis basis = poly(x, ones(x), 10);
    const std::vector<double> z = evaluate(basis, x);
    const std::size_t n = x.size();
    for (int a = 0; a < 10; ++a) {
      double sum = 0.0;
      for (std::size_t i = 0; i < n; ++i) sum += z[a * n + i];
      EXPECT_NEAR(sum, 0.0, 1e-13);
      for (int b = 0; b <= a; ++b) {
        double dot = 0.0;
        for (std::size_t i = 0; i < n; ++i) dot += z[a * n + i] * z[b * n + i];
        EXPECT_NEAR(dot, a == b, 1e-13) << a << " " << b;
      }
    }
  }
}

TEST(PolynomialProperties, RawPowersAreRoundedOnce) {
  const Basis basis = poly({1, 2}, {1, 1}, 6, true);
  const double x = 1.1;
  const std::vector<double> v = evaluate(basis, {x, 1e300, -2});
  long double exact = x;
  for (int j = 0; j < 6; ++j, exact *= x) EXPECT_NEAR(v[3 * j], static_cast<double>(exact), 1e-18) << j;
  EXPECT_EQ(v[3], x * x);
  EXPECT_EQ(v[1], 1e300);
  EXPECT_EQ(v[4], std::numeric_limits<double>::infinity());
  EXPECT_EQ(v[17], 64.0);
}

TEST(PolynomialProperties, FollowsAPowerOfTwo) {
  std::vector<double> small = kX;
  for (double& value : small) value /= 1073741824.0;  // 2^30
  const Basis a = poly(kX, ones(kX), 5), b = poly(small, ones(kX), 5);
  EXPECT_TRUE(same_bits(evaluate(a, kX), evaluate(b, small)));
}

TEST(BasisProperties, CountsEqualExpandedRows) {
  const std::vector<double> values = {-2, 0, 0.5, 1, 3, 7, 8.25, 9, 12};
  const std::vector<std::int64_t> counts = {3, 7, 1, 0, 2, 11, 1, 4, 1};
  std::vector<double> rows;
  for (std::size_t k = 0; k < values.size(); ++k) rows.insert(rows.end(), counts[k], values[k]);
  for (int df = 3; df < 9; ++df) {
    EXPECT_EQ(bs(values, counts, options(df)), bs(rows, ones(rows), options(df)));
    EXPECT_EQ(ns(values, counts, options(df)), ns(rows, ones(rows), options(df)));
    EXPECT_EQ(ispline(values, counts, options(df)), ispline(rows, ones(rows), options(df)));
    const int degree = std::min(df, 7);
    EXPECT_EQ(poly(values, counts, degree), poly(rows, ones(rows), degree));
  }
  EXPECT_EQ(scale(values, counts), scale(rows, ones(rows)));
}

TEST(BasisProperties, OneValueAloneHasTheSameBits) {
  std::vector<double> x = grid(-3, 14, 700);
  x.insert(x.end(), kX.begin(), kX.end());
  for (const Basis& basis : one_of_each()) {
    const std::vector<double> all = evaluate(basis, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::vector<double> one = evaluate(basis, {x[i]});
      for (std::size_t j = 0; j < one.size(); ++j) ASSERT_TRUE(same_bits({one[j]}, {all[j * x.size() + i]}));
    }
    EXPECT_TRUE(evaluate(basis, {}).empty());
  }
}

TEST(BasisProperties, NaNStaysNaN) {
  std::uint64_t bits = 0x7ff80000000007a2ULL;  // R's NA_real_, made quiet
  double na;
  std::memcpy(&na, &bits, sizeof na);
  const double inf = std::numeric_limits<double>::infinity();
  for (const Basis& basis : one_of_each()) {
    const std::vector<double> v = evaluate(basis, {1.0, na, 2.0, inf, -inf});
    for (int j = 0; j < basis.columns(); ++j) {
      EXPECT_TRUE(std::isfinite(v[5 * j]) && std::isfinite(v[5 * j + 2]));
      EXPECT_TRUE(same_bits({v[5 * j + 1]}, {na}));
      if (basis.kind == BasisKind::ispline) {
        EXPECT_EQ(v[5 * j + 3], 1.0);
        EXPECT_EQ(v[5 * j + 4], 0.0);
      } else {
        EXPECT_FALSE(std::isfinite(v[5 * j + 3]));
      }
    }
    EXPECT_FALSE(basis.outside(na));
    EXPECT_TRUE(basis.outside(0.3) && basis.outside(10) && !basis.outside(9.99) && basis.outside(-inf));
  }
}

TEST(BasisProperties, TiesAtTheBoundaryStayFinite) {
  // knots on the upper boundary: R's ns stops with NaN here
  const std::vector<double> x = {1, 2, 3, 4, 10};
  const std::vector<std::int64_t> counts = {1, 1, 1, 1, 20};
  for (int df = 3; df < 12; ++df)
    for (const Basis& basis : {bs(x, counts, options(df)), ns(x, counts, options(df)), ispline(x, counts, options(df))})
      for (double value : evaluate(basis, grid(-1, 12, 40))) ASSERT_TRUE(std::isfinite(value));
}

TEST(BasisProperties, NamesColumnsAsR) {
  EXPECT_EQ(bs(kX, ones(kX), options(4)).suffixes(), (std::vector<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(poly(kX, ones(kX), 1).suffixes(), std::vector<std::string>{""});
  EXPECT_EQ(ns(kX, ones(kX), options(1)).suffixes(), std::vector<std::string>{""});
  EXPECT_EQ(scale(kX, ones(kX)).suffixes(), std::vector<std::string>{""});
}
