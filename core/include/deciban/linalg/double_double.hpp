#pragma once
#include "deciban/base/config.hpp"

#include <cmath>

namespace deciban::linalg {

/// An unevaluated sum hi + lo with |lo| <= ulp(hi) / 2: about 32 digits. Dekker (1971), Numer. Math. 18; Knuth, TAOCP
/// 2, 4.2.2. No FMA, so that every CPU gives the same bits. Operands beyond 1e299 overflow into NaN.
struct DoubleDouble {
  double hi = 0.0, lo = 0.0;
  DoubleDouble() = default;
  DoubleDouble(double value) : hi(value) {}
  DoubleDouble(double high, double low) : hi(high), lo(low) {}
  double value() const { return hi + lo; }
};

/// Needs |a| >= |b| or a = 0.
inline DoubleDouble fast_two_sum(double a, double b) {
  const double s = a + b;
  return {s, b - (s - a)};
}

inline DoubleDouble two_sum(double a, double b) {
  const double s = a + b;
  const double bb = s - a;
  return {s, (a - (s - bb)) + (b - bb)};
}

inline DoubleDouble two_product(double a, double b) {
  constexpr double kSplitter = 134217729.0;  // 2^27 + 1
  const double p = a * b;
  const double ca = kSplitter * a, cb = kSplitter * b;
  const double a1 = ca - (ca - a), b1 = cb - (cb - b);
  const double a2 = a - a1, b2 = b - b1;
  return {p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

inline DoubleDouble operator-(DoubleDouble a) { return {-a.hi, -a.lo}; }

inline DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  DoubleDouble s = two_sum(a.hi, b.hi);
  const DoubleDouble t = two_sum(a.lo, b.lo);
  s = fast_two_sum(s.hi, s.lo + t.hi);
  return fast_two_sum(s.hi, s.lo + t.lo);
}

inline DoubleDouble operator-(DoubleDouble a, DoubleDouble b) { return a + (-b); }

inline DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  const DoubleDouble p = two_product(a.hi, b.hi);
  return fast_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

inline DoubleDouble operator/(DoubleDouble a, DoubleDouble b) {
  const double q1 = a.hi / b.hi;
  const DoubleDouble r1 = a - b * DoubleDouble(q1);
  const double q2 = r1.hi / b.hi;
  const DoubleDouble r2 = r1 - b * DoubleDouble(q2);
  return fast_two_sum(q1, q2) + DoubleDouble(r2.hi / b.hi);
}

/// Square root of a positive number by one Newton step.
inline DoubleDouble sqrt(DoubleDouble a) {
  const double s = std::sqrt(a.hi);
  const DoubleDouble rest = a - two_product(s, s);
  return fast_two_sum(s, rest.hi / (2.0 * s));
}

}  // namespace deciban::linalg
