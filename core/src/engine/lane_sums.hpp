#pragma once
#include "deciban/base/config.hpp"

namespace deciban::engine {

/// Sums in 8 virtual lanes, joined in a fixed order: the same bits whatever vectors the compiler uses.
struct Lanes {
  double s[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  double total() const { return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])); }
};

inline double lane_sum(const double* a, int n) {
  Lanes lanes;
  int i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; ++k) lanes.s[k] += a[i + k];
  for (int k = 0; i < n; ++i, ++k) lanes.s[k] += a[i];
  return lanes.total();
}

}  // namespace deciban::engine
