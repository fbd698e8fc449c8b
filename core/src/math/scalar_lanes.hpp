#pragma once
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/math/lanes_prelude.hpp"

// The lane functions on one plain double.
#define DECIBAN_LANES_NAMESPACE scalar
#define DECIBAN_LANES_BYTES 8
#include "deciban/math/lanes.hpp"
#undef DECIBAN_LANES_NAMESPACE
#undef DECIBAN_LANES_BYTES

namespace deciban {
namespace math {

/// An unevaluated sum of two doubles.
struct Pair {
  double hi, lo;
};

/// a + b exactly (Knuth).
static inline Pair two_sum(double a, double b) {
  const double s = a + b;
  const double t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}

/// a + b exactly for |a| >= |b| (Dekker).
static inline Pair fast_two_sum(double a, double b) {
  const double s = a + b;
  return {s, (a - s) + b};
}

/// a * b exactly for |a|, |b| < 2^995 (Dekker, Veltkamp splitting), without FMA.
static inline Pair two_product(double a, double b) {
  const double split = 134217729.0;
  const double ta = split * a;
  const double tb = split * b;
  const double a1 = ta - (ta - a);
  const double b1 = tb - (tb - b);
  const double a2 = a - a1;
  const double b2 = b - b1;
  const double p = a * b;
  return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

/// c[0] + c[1] x + ... by Horner's rule.
template <int kTerms>
static inline double polynomial(const double (&c)[kTerms], double x) {
  double sum = c[kTerms - 1];
  for (int i = kTerms - 2; i >= 0; --i) sum = sum * x + c[i];
  return sum;
}

}  // namespace math
}  // namespace deciban
