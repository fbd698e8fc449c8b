// Elementary functions on a vector of doubles, one source for every instruction set and for scalars.
//
// No #pragma once: the file is included once per namespace. The includer has defined
//   DECIBAN_LANES_NAMESPACE  the namespace inside deciban::math to put everything into, and
//   DECIBAN_LANES_BYTES      8 (plain double), 16, 32 or 64: the native vector width of the target,
// and has included lanes_prelude.hpp before it switched the target, so that no function of the standard library is
// compiled for an instruction set that the CPU may lack. core/src/math/blocks_avx2.cpp shows the whole frame. Wider
// virtual vectors (8 lanes) are F[8 * 8 / DECIBAN_LANES_BYTES].
//
// All functions are branch-free, act on each lane alone, and use IEEE + - * / and integer operations in a fixed order:
// a lane has the bits of the scalar function whatever the width. They take and return native vectors by value, which is
// free of ABI questions because they are always inlined and never wider than a register.

#if !defined(DECIBAN_LANES_NAMESPACE) || !defined(DECIBAN_LANES_BYTES)
#error "define DECIBAN_LANES_NAMESPACE and DECIBAN_LANES_BYTES before including lanes.hpp"
#endif

#include "deciban/base/config.hpp"
#include "deciban/math/lanes_prelude.hpp"

namespace deciban {
namespace math {
namespace DECIBAN_LANES_NAMESPACE {

#if DECIBAN_LANES_BYTES == 8
typedef double F;
typedef std::uint64_t U;
#else
typedef double F __attribute__((vector_size(DECIBAN_LANES_BYTES)));
typedef std::uint64_t U __attribute__((vector_size(DECIBAN_LANES_BYTES)));
#endif
/// Result of a comparison: bool or a vector of masks. Masks combine with & and |.
typedef decltype(F() < F()) M;
static constexpr int kLanes = DECIBAN_LANES_BYTES / 8;

DECIBAN_LANE_FUNCTION U bits_of(F x) {
  U u;
  std::memcpy(&u, &x, sizeof u);
  return u;
}
DECIBAN_LANE_FUNCTION F from_bits(U u) {
  F x;
  std::memcpy(&x, &u, sizeof x);
  return x;
}
/// c in every lane (c - 0 keeps the sign of a zero).
DECIBAN_LANE_FUNCTION F splat(double c) { return c - F(); }
DECIBAN_LANE_FUNCTION F select(M mask, F yes, F no) { return mask ? yes : no; }
DECIBAN_LANE_FUNCTION F load(const double* p) {
  F x;
  std::memcpy(&x, p, sizeof x);
  return x;
}
DECIBAN_LANE_FUNCTION void store(double* p, F x) { std::memcpy(p, &x, sizeof x); }
DECIBAN_LANE_FUNCTION F abs(F x) { return from_bits(bits_of(x) & 0x7fffffffffffffffULL); }

/// x + x_low = k ln 2 + r with |r| <= 0.35 for |x| < 1100; `k_bits` is k as a two's complement integer. exp(r) is
/// 1 + r + p where p carries the rounding error of r. |x_low| <= ulp(x).
struct ExpParts {
  F k, r, p;
  U k_bits;
};
DECIBAN_LANE_FUNCTION ExpParts exp_parts(F x, F x_low) {
  using namespace tables;
  const double magic = 0x1.8p52;
  ExpParts out;
  const F shifted = x * kInvLn2 + magic;
  out.k = shifted - magic;
  out.k_bits = bits_of(shifted) - 0x4338000000000000ULL;
  const F high = x - out.k * kLn2Hi;
  const F low = out.k * kLn2Lo - x_low;
  const F r = high - low;
  const F z = r * r;
  const F even = kExpQ[0] + z * (kExpQ[2] + z * (kExpQ[4] + z * (kExpQ[6] + z * (kExpQ[8] + z * kExpQ[10]))));
  const F odd = kExpQ[1] + z * (kExpQ[3] + z * (kExpQ[5] + z * (kExpQ[7] + z * kExpQ[9])));
  out.r = r;
  out.p = z * (even + r * odd) + ((high - r) - low);
  return out;
}

/// exp(x + x_low) for |x_low| <= ulp(x): overflow to Inf, gradual underflow. NaN lanes stay NaN.
DECIBAN_LANE_FUNCTION F exp_sum(F x, F x_low) {
  F clamped = select(x > 710.0, splat(710.0), x);
  clamped = select(clamped < -746.0, splat(-746.0), clamped);
  const ExpParts e = exp_parts(clamped, x_low);
  const F sum = 1.0 + e.r;
  const F value = sum + (((1.0 - sum) + e.r) + e.p);
  // 2^k in two factors, because k goes from -1077 to 1024: k1 = floor((k + 2048) / 2) - 1024, k2 = k - k1.
  const U half = (e.k_bits + 2048) >> 1;
  const F scale1 = from_bits((half - 1) << 52);
  const F scale2 = from_bits((e.k_bits - half + 2047) << 52);
  return select(x == x, value * scale1 * scale2, x);
}

DECIBAN_LANE_FUNCTION F exp(F x) { return exp_sum(x, splat(0.0)); }

DECIBAN_LANE_FUNCTION F expm1(F x) {
  F clamped = select(x > 710.0, splat(710.0), x);
  clamped = select(clamped < -60.0, splat(-60.0), clamped);
  const ExpParts e = exp_parts(clamped, splat(0.0));
  // k = 0: r + p. Otherwise 2 (2^(k-1) (1 + r + p) - 1/2), with the error of 2^(k-1) - 1/2 kept.
  const F t = from_bits((e.k_bits + 1022) << 52);
  const F base = t - 0.5;
  const F back = base - t;
  const F base_error = (t - (base - back)) - (0.5 + back);
  const F scaled = t * e.r;
  const F sum = base + scaled;
  const F wide = 2.0 * (sum + (((base - sum) + scaled) + (t * e.p + base_error)));
  const F result = select(e.k == 0.0, e.r + e.p, wide);
  return select(abs(x) >= 0x1p-54, result, x);
}

/// log(1 + f) = f - (half_square - rest) for 1 + f in [sqrt(1/2), sqrt(2)): half_square is f^2 / 2, rest is
/// s (f^2 / 2 + z R(z)) with s = f / (2 + f), z = s^2, from log(1 + f) = 2 atanh(s) and 2 s = f - s f.
DECIBAN_LANE_FUNCTION void log_parts(F f, F& half_square, F& rest) {
  using namespace tables;
  const F s = f / (2.0 + f);
  const F z = s * s;
  const F w = z * z;
  const F even = kLogR[0] + w * (kLogR[2] + w * (kLogR[4] + w * kLogR[6]));
  const F odd = kLogR[1] + w * (kLogR[3] + w * kLogR[5]);
  half_square = 0.5 * f * f;
  rest = s * (half_square + z * (even + z * odd));
}

/// x = 2^k m with m in [sqrt(1/2), sqrt(2)), for normal positive x; k_biased = k + 1024.
DECIBAN_LANE_FUNCTION F split_exponent(F x, U& k_biased, F& k) {
  const U bits = bits_of(x);
  k_biased = (bits - 0x3fe6a09e667f3bcdULL + 0x4000000000000000ULL) >> 52;
  k = from_bits(k_biased | 0x4330000000000000ULL) - (0x1p52 + 1024.0);
  return from_bits(bits - ((k_biased - 1024) << 52));
}

/// Special cases of a logarithm whose argument x starts at `zero`: -Inf there, NaN below, x itself for +Inf and NaN.
DECIBAN_LANE_FUNCTION F log_special(F x, double zero, F result) {
  const F outside = select(x == zero, splat(-kLaneInf), splat(kLaneNaN));
  const F inside = select(x > zero, result, outside);
  return select(x < kLaneInf, inside, x);
}

DECIBAN_LANE_FUNCTION F log(F x) {
  using namespace tables;
  const M small = x < 0x1p-1022;
  const F scaled = select(small, x * 0x1p54, x);
  U k_biased;
  F k;
  const F f = split_exponent(scaled, k_biased, k) - 1.0;
  k = k - select(small, splat(54.0), splat(0.0));
  F half_square, rest;
  log_parts(f, half_square, rest);
  return log_special(x, 0.0, k * kLn2Hi - ((half_square - (rest + k * kLn2Lo)) - f));
}

DECIBAN_LANE_FUNCTION F log1p(F x) {
  using namespace tables;
  // 1 + x = u + c exactly (for huge x, c <= 1 is below the rounding error of u).
  const F u = 1.0 + x;
  const F back = u - x;
  const F c = (1.0 - back) + (x - (u - back));
  U k_biased;
  F k;
  const F m = split_exponent(u, k_biased, k);
  const M unscaled = k == 0.0;
  const F f = select(unscaled, x, m - 1.0);
  const F correction = select(unscaled, splat(0.0), c / u);
  F half_square, rest;
  log_parts(f, half_square, rest);
  const F result = k * kLn2Hi - ((half_square - (rest + (k * kLn2Lo + correction))) - f);
  return select(abs(x) >= 0x1p-54, log_special(x, -1.0, result), x);
}

DECIBAN_LANE_FUNCTION F logistic(F x) {
  const F e = exp(-abs(x));
  return select(x == x, select(x >= 0.0, splat(1.0), e) / (1.0 + e), x);
}

}  // namespace DECIBAN_LANES_NAMESPACE
}  // namespace math
}  // namespace deciban
