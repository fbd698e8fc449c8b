#include "deciban/linalg/qr.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/linalg/power_of_two.hpp"

namespace deciban::linalg {
namespace {

double largest(const double* x, int n) {
  double out = 0.0;
  for (int i = 0; i < n; ++i) out = std::max(out, std::fabs(x[i]));
  return out;
}

double norm(const double* x, int n) {
  double sum = 0.0;
  for (int i = 0; i < n; ++i) sum += x[i] * x[i];
  return std::sqrt(sum);
}

// Makes rows (from, to] of column `pivot` zero, and applies the reflection to the later columns.
void reflect(Matrix& r, int pivot, int from, int to) {
  double* v = r.column(pivot) + from;
  const int n = to - from + 1;
  const double size = norm(v, n), head = v[0] > 0.0 ? -size : size;
  std::vector<double> u(v, v + n);
  u[0] -= head;
  const double scale = 1.0 / (size * (size + std::fabs(v[0])));  // 2 / u'u
  for (int j = pivot + 1; j < r.cols(); ++j) {
    double* x = r.column(j) + from;
    double along = 0.0;
    for (int i = 0; i < n; ++i) along += u[i] * x[i];
    along *= scale;
    for (int i = 0; i < n; ++i) x[i] -= along * u[i];
  }
  v[0] = head;
  std::fill(v + 1, v + n, 0.0);
}

}  // namespace

AliasedCholesky factor_of_triangle(const Matrix& triangle, const std::vector<double>& norms2, double tolerance,
                                   const std::vector<char>& keep) {
  const int p = triangle.cols();
  std::vector<char> kept_flags = keep.empty() ? std::vector<char>(static_cast<std::size_t>(p), 1) : keep;
  Matrix r = triangle;
  std::vector<double> units(static_cast<std::size_t>(p));
  for (int j = 0; j < p; ++j) {
    units[j] = power_of_two(largest(r.column(j), j + 1));
    for (int i = 0; i <= j; ++i) r(i, j) *= units[j];
  }
  std::vector<int> kept;
  for (int j = 0; j < p; ++j) {
    if (!kept_flags[j]) continue;
    const int k = static_cast<int>(kept.size());
    const double rest = norm(r.column(j) + k, j - k + 1);
    const double own = std::sqrt(norm(r.column(j), k) * norm(r.column(j), k) + rest * rest);
    const double original = norms2.empty() ? own : std::sqrt(norms2[j]) * units[j];
    if (!(rest > 0.0) || !(rest >= tolerance * original)) {
      kept_flags[j] = 0;
      continue;
    }
    if (k < j) reflect(r, j, k, j);  // else the column ends at its diagonal already
    kept.push_back(j);
  }
  const int rank = static_cast<int>(kept.size());
  Matrix factor(rank, rank);
  for (int i = 0; i < rank; ++i)
    for (int k = 0; k <= i; ++k) factor(k, i) = r(k, kept[i]) / units[kept[i]];
  return AliasedCholesky(std::move(factor), std::move(kept), std::move(kept_flags));
}

}  // namespace deciban::linalg
