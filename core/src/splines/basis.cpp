#include "deciban/splines/basis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bspline.hpp"
#include "deciban/linalg/double_double.hpp"

namespace deciban::splines {
namespace {

using linalg::DoubleDouble;

constexpr std::int64_t kBlock = 256;  // rows per pass over the columns, so that they stay in cache

double quiet_nan() { return std::numeric_limits<double>::quiet_NaN(); }

// A row of NaN: x itself when it is NaN, so that R's NA stays NA.
void write_missing(double x, std::int64_t row, std::int64_t n, int columns, double* out) {
  for (int j = 0; j < columns; ++j) out[j * n + row] = std::isnan(x) ? x : quiet_nan();
}

void evaluate_bspline(const Basis& basis, const double* x, std::int64_t n, double* out) {
  const BSplines splines(basis.degree, basis.lower, basis.upper, basis.knots);
  const int order = splines.order(), columns = basis.columns();
  const int shift = order - 1 + (basis.intercept ? 0 : 1);
  const bool own_point = splines.upper_is_own_point();
  std::vector<double> local(order);
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    const std::int64_t end = std::min(n, begin + kBlock);
    for (int j = 0; j < columns; ++j) std::fill(out + j * n + begin, out + j * n + end, 0.0);
    for (std::int64_t row = begin; row < end; ++row) {
      if (!std::isfinite(x[row])) {
        write_missing(x[row], row, n, columns, out);
        continue;
      }
      if (own_point && x[row] >= basis.upper) {
        out[(splines.count() - shift - 1) * n + row] = 1.0;
        continue;
      }
      const int i = splines.interval(x[row]);
      splines.values(x[row], i, order, local.data());
      for (int r = std::max(0, shift - i); r < order; ++r) out[(i - shift + r) * n + row] = local[r];
    }
  }
}

// Value and slope of all natural splines at a boundary.
void natural_tangent(const BSplines& splines, const NaturalMap& map, double at, double* value, double* slope) {
  double local[4];
  const int i = splines.interval(at);
  splines.values(at, i, 4, local);
  map.apply(local, i, value);
  splines.derivatives(at, i, 1, local);
  map.apply(local, i, slope);
}

void evaluate_natural(const Basis& basis, const double* x, std::int64_t n, double* out) {
  const BSplines splines(3, basis.lower, basis.upper, basis.knots);
  const NaturalMap map(splines, basis.lower, basis.upper, basis.intercept);
  const int columns = map.columns;
  std::vector<double> scratch(5 * static_cast<std::size_t>(columns));
  double *low = scratch.data(), *low_slope = low + columns, *high = low_slope + columns, *high_slope = high + columns;
  double* result = high_slope + columns;
  natural_tangent(splines, map, basis.lower, low, low_slope);
  natural_tangent(splines, map, basis.upper, high, high_slope);
  for (std::int64_t row = 0; row < n; ++row) {
    const double at = x[row];
    if (!std::isfinite(at)) {
      write_missing(at, row, n, columns, out);
    } else if (at < basis.lower) {
      for (int j = 0; j < columns; ++j) out[j * n + row] = low[j] + (at - basis.lower) * low_slope[j];
    } else if (at > basis.upper) {
      for (int j = 0; j < columns; ++j) out[j * n + row] = high[j] + (at - basis.upper) * high_slope[j];
    } else {
      double local[4];
      const int i = splines.interval(at);
      splines.values(at, i, 4, local);
      map.apply(local, i, result);
      for (int j = 0; j < columns; ++j) out[j * n + row] = result[j];
    }
  }
}

// I-spline j is the sum of the B-splines from j + 1 on (Ramsay 1988, p. 428).
void evaluate_ispline(const Basis& basis, const double* x, std::int64_t n, double* out) {
  const BSplines splines(basis.degree, basis.lower, basis.upper, basis.knots);
  const int order = splines.order(), count = splines.count(), columns = basis.columns();
  const int shift = basis.intercept ? 0 : 1;
  std::vector<double> local(order);
  for (std::int64_t row = 0; row < n; ++row) {
    if (std::isnan(x[row])) {
      write_missing(x[row], row, n, columns, out);
      continue;
    }
    const double at = std::min(std::max(x[row], basis.lower), basis.upper);
    const int i = splines.interval(at);
    splines.values(at, i, order, local.data());
    for (int j = shift; j <= i - order + 1; ++j) out[(j - shift) * n + row] = 1.0;
    double sum = 0.0;
    for (int r = order - 1, j = i; r > 0 && j >= shift; --r, --j) {
      sum += local[r];
      out[(j - shift) * n + row] = std::min(sum, 1.0);
    }
    for (int j = std::max(i + 1, shift); j < count; ++j) out[(j - shift) * n + row] = 0.0;
  }
}

// Monic orthogonal polynomials by their recurrence, divided by their norms.
void evaluate_polynomial(const Basis& basis, const double* x, std::int64_t n, double* out) {
  double deviation[kBlock], before[kBlock], current[kBlock];
  for (std::int64_t begin = 0; begin < n; begin += kBlock) {
    const int size = static_cast<int>(std::min(n - begin, kBlock));
    for (int k = 0; k < size; ++k) {
      before[k] = 0.0;
      current[k] = 1.0;
    }
    for (int j = 0; j < basis.degree; ++j) {
      const double alpha = basis.alpha[j], low = basis.alpha_low.empty() ? 0.0 : basis.alpha_low[j];
      const double ratio = j == 0 ? 0.0 : basis.norm2[j + 1] / basis.norm2[j];
      const double norm = std::sqrt(basis.norm2[j + 2]);
      double* column = out + j * n + begin;
      for (int k = 0; k < size; ++k) {
        deviation[k] = (x[begin + k] - alpha) - low;
        const double next = deviation[k] * current[k] - ratio * before[k];
        before[k] = current[k];
        current[k] = next;
        column[k] = next / norm;
      }
    }
    for (int k = 0; k < size; ++k)
      if (!std::isfinite(x[begin + k])) write_missing(x[begin + k], begin + k, n, basis.degree, out);
  }
}

// `low`, where it is given, receives what is left of the powers beyond a double.
void evaluate_raw(const Basis& basis, const double* x, std::int64_t n, double* out, double* low) {
  if (low) std::fill_n(low, static_cast<std::size_t>(n) * basis.degree, 0.0);
  for (std::int64_t row = 0; row < n; ++row) {
    if (std::isnan(x[row])) {
      write_missing(x[row], row, n, basis.degree, out);
      continue;
    }
    const DoubleDouble base(x[row]);
    DoubleDouble power = base;
    out[row] = x[row];
    for (int j = 1; j < basis.degree; ++j) {
      DoubleDouble next = power * base;
      if (!std::isfinite(next.value())) next = power.value() * x[row];  // beyond the range of the splitting
      power = next;
      out[j * n + row] = power.value();
      if (low && std::isfinite(power.lo)) low[j * n + row] = power.lo;
    }
  }
}

}  // namespace

int Basis::columns() const {
  const int inner = static_cast<int>(knots.size());
  switch (kind) {
    case BasisKind::bspline:
    case BasisKind::ispline:
      return inner + degree + (intercept ? 1 : 0);
    case BasisKind::natural:
      return inner + 1 + (intercept ? 1 : 0);
    case BasisKind::polynomial:
    case BasisKind::raw_polynomial:
      return degree;
    case BasisKind::linear:
      break;
  }
  return 1;
}

std::vector<std::string> Basis::suffixes() const {
  const int count = columns();
  if (count == 1) return {""};
  std::vector<std::string> names;
  for (int j = 1; j <= count; ++j) names.push_back(std::to_string(j));
  return names;
}

void Basis::evaluate(const double* x, std::int64_t n, double* out) const {
  switch (kind) {
    case BasisKind::bspline:
      return evaluate_bspline(*this, x, n, out);
    case BasisKind::natural:
      return evaluate_natural(*this, x, n, out);
    case BasisKind::ispline:
      return evaluate_ispline(*this, x, n, out);
    case BasisKind::polynomial:
      return evaluate_polynomial(*this, x, n, out);
    case BasisKind::raw_polynomial:
      return evaluate_raw(*this, x, n, out, nullptr);
    case BasisKind::linear:
      for (std::int64_t row = 0; row < n; ++row) out[row] = (x[row] - center) / scale;
  }
}

bool Basis::has_low_parts() const { return kind == BasisKind::raw_polynomial && degree > 1; }

void Basis::evaluate_pairs(const double* x, std::int64_t n, double* out, double* low) const {
  if (has_low_parts()) return evaluate_raw(*this, x, n, out, low);
  evaluate(x, n, out);
  std::fill_n(low, static_cast<std::size_t>(n) * columns(), 0.0);
}

bool operator==(const Basis& a, const Basis& b) {
  return a.kind == b.kind && a.degree == b.degree && a.intercept == b.intercept && a.knots == b.knots &&
         a.lower == b.lower && a.upper == b.upper && a.alpha == b.alpha && a.alpha_low == b.alpha_low &&
         a.norm2 == b.norm2 && a.center == b.center && a.scale == b.scale;
}

}  // namespace deciban::splines
