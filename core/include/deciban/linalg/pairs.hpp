#pragma once
#include "deciban/base/config.hpp"

#include "deciban/linalg/double_double.hpp"
#include "deciban/linalg/matrix.hpp"

namespace deciban::linalg {

/// A matrix in twice the working precision: unevaluated sums high + low.
struct Pairs {
  Matrix high, low;

  Pairs() = default;
  Pairs(int rows, int cols) : high(rows, cols), low(rows, cols) {}
  DoubleDouble at(int i, int j) const { return {high(i, j), low(i, j)}; }
  void set(int i, int j, DoubleDouble value) {
    high(i, j) = value.hi;
    low(i, j) = value.lo;
  }
};

}  // namespace deciban::linalg
