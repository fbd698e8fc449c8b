#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <vector>

namespace deciban::linalg {

/// A dense column-major matrix of doubles, zero at first.
class Matrix {
 public:
  Matrix() = default;
  Matrix(int rows, int cols) : rows_(rows), cols_(cols), values_(static_cast<std::size_t>(rows) * cols, 0.0) {}

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  double& operator()(int i, int j) { return values_[static_cast<std::size_t>(j) * rows_ + i]; }
  double operator()(int i, int j) const { return values_[static_cast<std::size_t>(j) * rows_ + i]; }
  double* column(int j) { return values_.data() + static_cast<std::size_t>(j) * rows_; }
  const double* column(int j) const { return values_.data() + static_cast<std::size_t>(j) * rows_; }
  const std::vector<double>& values() const { return values_; }

 private:
  int rows_ = 0, cols_ = 0;
  std::vector<double> values_;
};

}  // namespace deciban::linalg
