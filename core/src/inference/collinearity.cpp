#include "deciban/inference/collinearity.hpp"

#include <cmath>

#include "deciban/linalg/cholesky.hpp"

namespace deciban::inference {
namespace {

linalg::Matrix correlations(const linalg::Matrix& covariance) {
  const int p = covariance.cols();
  std::vector<double> roots;
  for (int j = 0; j < p; ++j) roots.push_back(std::sqrt(covariance(j, j)));
  linalg::Matrix correlation(p, p);
  for (int j = 0; j < p; ++j)
    for (int i = 0; i < p; ++i)
      correlation(i, j) =
          i == j ? 1.0 : covariance(i, j) / (roots[static_cast<std::size_t>(i)] * roots[static_cast<std::size_t>(j)]);
  return correlation;
}

linalg::Matrix part(const linalg::Matrix& matrix, const std::vector<int>& columns) {
  const int k = static_cast<int>(columns.size());
  linalg::Matrix chosen(k, k);
  for (int j = 0; j < k; ++j)
    for (int i = 0; i < k; ++i)
      chosen(i, j) = matrix(columns[static_cast<std::size_t>(i)], columns[static_cast<std::size_t>(j)]);
  return chosen;
}

double determinant(const linalg::Matrix& matrix) {
  double product = 1.0;
  for (const double rest : linalg::AliasedCholesky(matrix, {}, 0.0).squared_rests()) product *= rest;
  return product;
}

}  // namespace

std::vector<double> generalised_vif(const linalg::Matrix& covariance, const std::vector<int>& terms, int count) {
  const int p = covariance.cols();
  const linalg::Matrix correlation = correlations(covariance);
  const linalg::AliasedCholesky factor(correlation, {}, 0.0);
  std::vector<double> values(static_cast<std::size_t>(count), std::nan(""));
  if (factor.rank() < p) return values;
  // det(R_rr) / det(R) is the determinant of the term's block of the inverse.
  const linalg::Matrix inverse = factor.inverse();
  for (int t = 0; t < count; ++t) {
    std::vector<int> columns;
    for (int j = 0; j < p; ++j)
      if (terms[static_cast<std::size_t>(j)] == t) columns.push_back(j);
    if (!columns.empty())
      values[static_cast<std::size_t>(t)] =
          determinant(part(correlation, columns)) * determinant(part(inverse, columns));
  }
  return values;
}

}  // namespace deciban::inference
