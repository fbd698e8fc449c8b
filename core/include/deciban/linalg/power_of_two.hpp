#pragma once
#include "deciban/base/config.hpp"

namespace deciban::linalg {

/// The power of two that brings `size` > 0 into [1/2, 1), within 2^-1000 .. 2^1000; 1 for 0 and what is not finite.
inline double power_of_two(double size) {
  double power = 1.0;
  if (!(size > 0.0) || size - size != 0.0) return power;
  for (int k = 0; k < 1000 && size * power >= 1.0; ++k) power *= 0.5;
  for (int k = 0; k < 1000 && size * power < 0.5; ++k) power *= 2.0;
  return power;
}

}  // namespace deciban::linalg
