#include "bspline.hpp"

#include <algorithm>
#include <cmath>

namespace deciban::splines {

BSplines::BSplines(int degree, double lower, double upper, const std::vector<double>& knots) : order_(degree + 1) {
  t_.reserve(knots.size() + 2 * static_cast<std::size_t>(order_));
  t_.assign(order_, lower);
  t_.insert(t_.end(), knots.begin(), knots.end());
  t_.insert(t_.end(), order_, upper);
  first_ = static_cast<int>(std::upper_bound(t_.begin(), t_.end(), lower) - t_.begin()) - 1;
  last_ = static_cast<int>(std::lower_bound(t_.begin(), t_.end(), upper) - t_.begin()) - 1;
}

int BSplines::interval(double x) const {
  // upper_bound over the ends of the intervals first_ .. last_ - 1, without branches on the data
  const double* base = t_.data() + first_ + 1;
  int size = last_ - first_;
  int below = 0;
  while (size > 0) {
    const int half = (size + 1) / 2;
    below += base[below + half - 1] <= x ? half : 0;
    size -= half;
  }
  return first_ + below;
}

void BSplines::values(double x, int i, int order, double* out) const {
  const double* t = t_.data() + i;
  out[0] = 1.0;
  for (int j = 1; j < order; ++j) {
    double saved = 0.0;
    for (int r = 0; r < j; ++r) {
      const double right = t[r + 1], left = t[r + 1 - j];
      const double term = out[r] / (right - left);
      out[r] = saved + (right - x) * term;
      saved = (x - left) * term;
    }
    out[j] = saved;
  }
}

void BSplines::derivatives(double x, int i, int m, double* out) const {
  values(x, i, order_ - m, out);
  const double* t = t_.data() + i;
  for (int q = order_ - m + 1; q <= order_; ++q) {
    // out[r] belongs to B-spline i - q + 2 + r of order q - 1, which lives on [t[r + 2 - q], t[r + 1]]
    double saved = 0.0;
    for (int r = 0; r < q - 1; ++r) {
      const double term = (q - 1) * (out[r] / (t[r + 1] - t[r + 2 - q]));
      out[r] = saved - term;
      saved = term;
    }
    out[q - 1] = saved;
  }
}

namespace {

// I - beta v v' with v zero before `start`; maps u to a multiple of the unit vector `start` on the rows from `start`
// on.
struct Reflection {
  std::vector<double> v;
  std::vector<std::size_t> places;  // where v is not zero: at the ends only, of possibly thousands of rows
  double beta = 0.0;
  bool usable = false;

  Reflection(const std::vector<double>& u, std::size_t start) : v(u.size(), 0.0) {
    double largest = 0.0, norm2 = 0.0;
    for (std::size_t k = start; k < u.size(); ++k) largest = std::max(largest, std::fabs(u[k]));
    usable = largest > 0.0 && std::isfinite(largest);
    if (!usable) return;
    for (std::size_t k = start; k < u.size(); ++k) {
      v[k] = u[k] / largest;
      norm2 += v[k] * v[k];
    }
    const double norm = std::sqrt(norm2);
    beta = 1.0 / (norm2 + std::fabs(v[start]) * norm);
    v[start] += v[start] < 0.0 ? -norm : norm;
    for (std::size_t k = start; k < v.size(); ++k)
      if (v[k] != 0.0) places.push_back(k);
  }

  void apply(std::vector<double>& u) const {
    double dot = 0.0;
    for (const std::size_t k : places) dot += v[k] * u[k];
    dot *= beta;
    for (const std::size_t k : places) u[k] -= dot * v[k];
  }
};

}  // namespace

NaturalMap::NaturalMap(const BSplines& splines, double lower, double upper, bool intercept)
    : columns(splines.count() - (intercept ? 2 : 3)) {
  const int order = splines.order(), dropped = intercept ? 0 : 1, rows = columns + 2;
  std::vector<double> local(order);
  std::vector<double> ends[2];
  for (int side = 0; side < 2; ++side) {
    const double at = side == 0 ? lower : upper;
    const int i = splines.interval(at);
    splines.derivatives(at, i, 2, local.data());
    ends[side].assign(rows, 0.0);
    for (int r = 0; r < order; ++r) {
      const int row = i - order + 1 + r - dropped;
      if (row >= 0) ends[side][row] = local[r];
    }
  }
  const Reflection first(ends[0], 0);
  if (first.usable) first.apply(ends[1]);
  const Reflection second(ends[1], 1);
  usable = first.usable && second.usable;
  weights.assign(static_cast<std::size_t>(splines.count()) * columns, 0.0);
  std::vector<double> unit;
  for (int c = 0; c < columns; ++c) {
    unit.assign(rows, 0.0);
    unit[c + 2] = 1.0;
    second.apply(unit);
    first.apply(unit);
    for (int r = 0; r < rows; ++r) weights[static_cast<std::size_t>(r + dropped) * columns + c] = unit[r];
  }
}

void NaturalMap::apply(const double* local, int i, double* out) const {
  const double* w0 = weights.data() + static_cast<std::size_t>(i - 3) * columns;
  const double *w1 = w0 + columns, *w2 = w1 + columns, *w3 = w2 + columns;
  for (int c = 0; c < columns; ++c)
    out[c] = (local[0] * w0[c] + local[1] * w1[c]) + (local[2] * w2[c] + local[3] * w3[c]);
}

}  // namespace deciban::splines
