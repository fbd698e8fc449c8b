#include "deciban/linalg/cholesky.hpp"

#include <algorithm>
#include <cmath>

namespace deciban::linalg {
namespace {

// Sum of a[i] * b[i] in eight interleaved chains whose order is fixed by n alone.
double dot(const double* a, const double* b, int n) {
  double s0 = 0.0, s1 = 0.0, s2 = 0.0, s3 = 0.0, s4 = 0.0, s5 = 0.0, s6 = 0.0, s7 = 0.0;
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
    s4 += a[i + 4] * b[i + 4];
    s5 += a[i + 5] * b[i + 5];
    s6 += a[i + 6] * b[i + 6];
    s7 += a[i + 7] * b[i + 7];
  }
  for (; i < n; ++i) s0 += a[i] * b[i];
  return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
}

// Columns that meet a row of the factor while it is in the first-level cache. No number depends on it.
constexpr int kTogether = 8;

// Below this share of the original squared norm, what rounding of the sums can leave is looked at.
constexpr double kSuspicious = 1e-6;

// How large the squared distance of column j from the columns before it can come out by rounding alone when it is 0.
// With z the coefficients of the dependency it is z' G z, and each entry of G carries the rounding of its sum.
double rounding_of_rest(const Matrix& gram, const std::vector<double>& sizes, const Matrix& factor,
                        const std::vector<int>& kept, const double* row, int j, std::vector<double>& z) {
  constexpr double kEpsilon = 2.220446049250313e-16;
  // What was eliminated was summed in another order: equal terms then round to sums that differ by thousands of units.
  const double rounding = (sizes.empty() ? 16.0 : 8192.0) * kEpsilon;
  const auto size_of = [&](int column) { return sizes.empty() ? gram(column, column) : sizes[column]; };
  const int k = static_cast<int>(kept.size());
  z.assign(row, row + k);
  double size = size_of(j);
  for (int i = k - 1; i >= 0; --i) {
    z[i] /= factor(i, i);
    for (int m = 0; m < i; ++m) z[m] -= factor(m, i) * z[i];
    size += z[i] * z[i] * size_of(kept[i]);
  }
  return rounding * size;
}

// Coefficients of the kept columns in their places, and -1 for column j.
std::vector<double> spread(const std::vector<double>& z, const std::vector<int>& kept, int j, int p) {
  std::vector<double> out(static_cast<std::size_t>(p), 0.0);
  for (std::size_t i = 0; i < z.size(); ++i) out[static_cast<std::size_t>(kept[i])] = z[i];
  out[static_cast<std::size_t>(j)] = -1.0;
  return out;
}

}  // namespace

// lower_ is stored with row i of the factor in column i, so that the inner products run over contiguous memory.
AliasedCholesky::AliasedCholesky(const Matrix& gram, const std::vector<double>& norms2, double tolerance,
                                 const std::vector<char>& keep, const std::vector<double>& sizes)
    : keep_(keep) {
  const int p = gram.cols();
  if (keep_.empty()) keep_.assign(p, 1);
  Matrix work(p, p);
  Matrix rows(p, kTogether);
  std::vector<double> combination;
  for (int first = 0; first < p; first += kTogether) {
    const int end = std::min(p, first + kTogether), before = rank();
    const auto entry = [&](int i, int j, double* row) {
      row[i] = (gram(j, kept_[i]) - dot(row, work.column(i), i)) / work(i, i);
    };
    for (int i = 0; i < before; ++i)
      for (int j = first; j < end; ++j)
        if (keep_[j]) entry(i, j, rows.column(j - first));
    for (int j = first; j < end; ++j) {
      if (!keep_[j]) continue;
      double* row = rows.column(j - first);
      const int k = rank();
      for (int i = before; i < k; ++i) entry(i, j, row);
      const double rest = gram(j, j) - dot(row, row, k);
      const double original = !norms2.empty() ? norms2[j] : sizes.empty() ? gram(j, j) : sizes[j];
      const double wanted = tolerance * tolerance * original;
      double least = wanted;
      if (rest < kSuspicious * original)
        least = std::max(least, rounding_of_rest(gram, sizes, work, kept_, row, j, combination));
      if (!(rest > least) || !(rest > 0.0)) {
        keep_[j] = 0;
        if (least > wanted) unresolved_.push_back({j, spread(combination, kept_, j, p)});
        continue;
      }
      for (int i = 0; i < k; ++i) work(i, k) = row[i];
      work(k, k) = std::sqrt(rest);
      kept_.push_back(j);
    }
  }
  lower_ = Matrix(rank(), rank());
  for (int i = 0; i < rank(); ++i)
    for (int k = 0; k <= i; ++k) lower_(k, i) = work(k, i);
}

double AliasedCholesky::loss() const {
  double largest = 1.0;
  for (int i = 0; i < rank(); ++i) {
    const double rest = lower_(i, i) * lower_(i, i), projected = dot(lower_.column(i), lower_.column(i), i);
    largest = std::max(largest, 1.0 + projected / rest);
  }
  return largest;
}

std::vector<double> AliasedCholesky::squared_rests() const {
  std::vector<double> rests(keep_.size(), 0.0);
  for (int i = 0; i < rank(); ++i) rests[static_cast<std::size_t>(kept_[i])] = lower_(i, i) * lower_(i, i);
  return rests;
}

std::vector<double> AliasedCholesky::solve(const std::vector<double>& right) const {
  const int r = rank();
  std::vector<double> x(r);
  for (int i = 0; i < r; ++i) x[i] = (right[kept_[i]] - dot(lower_.column(i), x.data(), i)) / lower_(i, i);
  for (int i = r - 1; i >= 0; --i) {
    x[i] /= lower_(i, i);
    for (int k = 0; k < i; ++k) x[k] -= lower_(k, i) * x[i];
  }
  std::vector<double> result(keep_.size(), 0.0);
  for (int i = 0; i < r; ++i) result[kept_[i]] = x[i];
  return result;
}

// The inverse of the factor by columns: lower * w_j = e_j.
Matrix AliasedCholesky::inverse_factor() const {
  const int r = rank();
  Matrix w(r, r);
  for (int first = 0; first < r; first += kTogether) {
    const int end = std::min(r, first + kTogether);
    for (int j = first; j < end; ++j) w(j, j) = 1.0 / lower_(j, j);
    for (int i = first + 1; i < r; ++i)
      for (int j = first; j < std::min(i, end); ++j)
        w(i, j) = -dot(lower_.column(i) + j, w.column(j) + j, i - j) / lower_(i, i);
  }
  return w;
}

Matrix AliasedCholesky::inverse() const {
  const int r = rank(), p = static_cast<int>(keep_.size());
  const Matrix w = inverse_factor();
  Matrix result(p, p);
  for (int first = 0; first < r; first += kTogether)
    for (int i = first; i < r; ++i)
      for (int j = first; j < std::min(i + 1, first + kTogether); ++j) {
        const double value = dot(w.column(i) + i, w.column(j) + i, r - i);
        result(kept_[i], kept_[j]) = result(kept_[j], kept_[i]) = value;
      }
  return result;
}

Pairs AliasedCholesky::inverse_pairs() const {
  const int r = rank(), p = static_cast<int>(keep_.size());
  const Matrix w = inverse_factor();
  Pairs result(p, p);
  for (int j = 0; j < r; ++j)
    for (int i = j; i < r; ++i) {
      DoubleDouble sum;
      for (int k = i; k < r; ++k) sum = sum + two_product(w(k, i), w(k, j));
      result.set(kept_[i], kept_[j], sum);
      result.set(kept_[j], kept_[i], sum);
    }
  return result;
}

}  // namespace deciban::linalg
