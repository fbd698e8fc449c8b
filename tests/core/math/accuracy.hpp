// Errors in ulp against long double (64 bits of mantissa) and against quadruple arithmetic of the compiler.
#pragma once
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "deciban/math/rng.hpp"

namespace deciban {
namespace math {
namespace testing {

#if LDBL_MANT_DIG >= 64
inline constexpr bool kHaveReference = true;
#else
inline constexpr bool kHaveReference = false;
#endif

inline std::uint64_t bits_of(double x) {
  std::uint64_t u;
  std::memcpy(&u, &x, sizeof u);
  return u;
}
inline double from_bits(std::uint64_t u) {
  double x;
  std::memcpy(&x, &u, sizeof x);
  return x;
}

/// Error of `value` in units of the spacing of doubles at `reference`.
inline double ulp_error(double value, long double reference) {
  const double rounded = static_cast<double>(reference);
  if (value == rounded || (std::isnan(value) && std::isnan(rounded))) {
    if (!std::isfinite(rounded)) return 0.0;
  } else if (!std::isfinite(value) || !std::isfinite(rounded)) {
    return HUGE_VAL;
  }
  int exponent = 0;
  std::frexp(rounded, &exponent);
  const long double ulp = std::ldexp(1.0L, (exponent < -1021 ? -1021 : exponent) - 53);
  return static_cast<double>(std::fabs((static_cast<long double>(value) - reference) / ulp));
}

struct Worst {
  double error = 0.0;
  double at = 0.0;
  void add(double x, double new_error) {
    if (!(new_error <= error)) {
      error = new_error;
      at = x;
    }
  }
};

/// The limit is the largest error measured, rounded up a little: a change that makes a function worse shows up.
/// DECIBAN_SHOW_ULP=1 makes every check fail and so show what was measured.
inline void expect_ulp(double limit, const Worst& found, const char* what) {
  if (!kHaveReference) return;
  EXPECT_LE(found.error, limit) << what << " at " << found.at;
  if (std::getenv("DECIBAN_SHOW_ULP") != nullptr)
    GTEST_NONFATAL_FAILURE_("measured") << found.error << " ulp: " << what << " at " << found.at;
}
#define EXPECT_ULP(limit, expression) ::deciban::math::testing::expect_ulp(limit, expression, #expression)

/// `n` uniform points of [a, b].
template <class Function, class Reference>
Worst worst_uniform(Function f, Reference reference, double a, double b, int n) {
  Worst worst;
  Stream stream(1, purpose("accuracy"), 0);
  for (int i = 0; i < n; ++i) {
    const double x = a + (b - a) * stream.uniform();
    worst.add(x, ulp_error(f(x), reference(x)));
  }
  return worst;
}

/// `n` points with uniform bit patterns between those of a and b > 0, that is nearly uniform in log(x).
template <class Function, class Reference>
Worst worst_logarithmic(Function f, Reference reference, double a, double b, int n, double sign = 1.0) {
  Worst worst;
  Stream stream(2, purpose("accuracy"), 0);
  for (int i = 0; i < n; ++i) {
    const double x = sign * from_bits(bits_of(a) + draw_index(stream, bits_of(b) - bits_of(a) + 1));
    worst.add(x, ulp_error(f(x), reference(x)));
  }
  return worst;
}

}  // namespace testing
}  // namespace math
}  // namespace deciban
