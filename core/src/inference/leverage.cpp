#include "deciban/inference/leverage.hpp"

#include <algorithm>

namespace deciban::inference {

Leverage::Leverage(const design::TrainingData& training, const std::vector<double>& shifts,
                   const linalg::Covariance& inverse)
    : training_(training),
      inverse_(inverse),
      rows_(training.design, shifts),
      columns_(static_cast<std::size_t>(rows_.most())),
      values_(static_cast<std::size_t>(rows_.most())) {}

// x' inverse x of the n entries at hand; columns left out have zeros in a dense inverse.
double Leverage::quadratic(int n) const {
  double sum = 0.0;
  for (int a = 0; a < n; ++a) {
    if (!inverse_.is_known(columns_[a])) continue;
    double inner = 0.0;
    if (inverse_.arrow()) {
      for (int b = 0; b < a; ++b)
        if (inverse_.is_known(columns_[b])) inner += inverse_(columns_[b], columns_[a]) * values_[b];
    } else {
      const double* column = inverse_.core().column(columns_[a]);
      for (int b = 0; b < a; ++b) inner += column[columns_[b]] * values_[b];
    }
    sum += values_[a] * (2.0 * inner + inverse_.variance(columns_[a]) * values_[a]);
  }
  return sum;
}

void Leverage::block(const engine::RowBlock& rows, double* h) {
  rows_.load(rows.begin, rows.count);
  for (int i = 0; i < rows.count; ++i) {
    h[i] = 0.0;
    if (!(rows.information[i] > 0.0)) continue;
    const int n = rows_.read(i, columns_.data(), values_.data());
    const double f = training_.frequencies.empty() ? 1.0 : training_.frequencies[rows.begin + i];
    h[i] = std::min(1.0, std::max(0.0, rows.information[i] / f * quadratic(n)));
  }
}

void Leverage::solve(int i, double* product) {
  const int p = inverse_.cols(), n = rows_.read(i, columns_.data(), values_.data());
  std::fill_n(product, p, 0.0);
  for (int a = 0; a < n; ++a) {
    const double* column = inverse_.core().column(columns_[a]);
    for (int j = 0; j < p; ++j) product[j] += column[j] * values_[a];
  }
}

}  // namespace deciban::inference
