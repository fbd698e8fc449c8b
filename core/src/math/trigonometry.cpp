#include "deciban/base/config.hpp"

#include <cmath>
#include <cstdint>

#include "deciban/math/elementary.hpp"
#include "scalar_lanes.hpp"
#include "tables.hpp"

namespace deciban {
namespace math {

double atan(double x) {
  if (x != x) return x;
  const double size = std::fabs(x);
  if (size < 0x1p-27) return x;
  // atan(w) = atan(c) + atan((w - c) / (1 + w c)) with c = i / 8, and pi/2 - atan(1 / x) above 1.
  const bool inverted = size > 1.0;
  const double w = inverted ? 1.0 / size : size;
  const int i = static_cast<int>(w * 8.0 + 0.5);
  const double c = 0.125 * i;
  const double t = i == 0 ? w : (w - c) / (1.0 + w * c);
  const double z = t * t;
  const double rest = t * z * polynomial(tables::kAtan, z);
  double result = tables::kAtanHi[i] + (t + (rest + tables::kAtanLo[i]));
  if (inverted) {
    const Pair first = fast_two_sum(tables::kHalfPiHi, -tables::kAtanHi[i]);
    result = first.hi - (t + ((rest + tables::kAtanLo[i]) - (first.lo + tables::kHalfPiLo)));
  }
  return std::signbit(x) ? -result : result;
}

namespace {

/// 2^e for a normal result.
double power_of_two(int e) { return scalar::from_bits(static_cast<std::uint64_t>(e + 1023) << 52); }

/// The product of a 53-bit integer and 8 words of 2/pi, as a little-endian number of 320 bits.
struct Wide {
  std::uint32_t limb[10] = {};

  Wide(std::uint64_t m, const std::uint32_t* words) {
    for (int part = 0; part < 2; ++part) {
      const std::uint64_t factor = part == 0 ? (m & 0xffffffffu) : (m >> 32);
      std::uint64_t carry = 0;
      for (int j = 0; j < 8; ++j) {
        const std::uint64_t sum = factor * words[7 - j] + limb[part + j] + carry;
        limb[part + j] = static_cast<std::uint32_t>(sum);
        carry = sum >> 32;
      }
      limb[part + 8] = static_cast<std::uint32_t>(carry);
    }
  }
  bool bit(int i) const { return ((limb[i / 32] >> (i % 32)) & 1u) != 0; }
  /// The number made of `n` <= 53 bits from bit `from` upwards.
  double field(int from, int n) const {
    std::uint64_t value = 0;
    for (int i = from + n - 1; i >= from; --i) value = 2 * value + (bit(i) ? 1 : 0);
    return static_cast<double>(value);
  }
  void negate() {
    std::uint64_t carry = 1;
    for (std::uint32_t& word : limb) {
      carry += static_cast<std::uint32_t>(~word);
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
};

/// x - quadrant * pi/2 for x >= 2^20 (Payne and Hanek 1983): words of 2/pi whose product with x is a multiple of 4 are
/// left out; the error of the rest is below 2^-169.
Pair reduce_large(double x, int& quadrant) {
  const std::uint64_t bits = scalar::bits_of(x);
  const int e = static_cast<int>(bits >> 52) - 1075;
  const std::uint64_t m = (bits & 0xfffffffffffffULL) | 0x10000000000000ULL;
  const int first = e < 2 ? 0 : (e - 2) / 32;
  Wide product(m, tables::kTwoOverPi + first);
  const int fraction_bits = 32 * (first + 8) - e;
  quadrant = (product.bit(fraction_bits) ? 1 : 0) + (product.bit(fraction_bits + 1) ? 2 : 0);
  const bool above_half = product.bit(fraction_bits - 1);
  if (above_half) {
    product.negate();
    quadrant = (quadrant + 1) & 3;
  }
  int top = fraction_bits - 1;
  while (top > 110 && !product.bit(top)) --top;
  const double hi = product.field(top - 52, 53) * power_of_two(top - 52 - fraction_bits);
  const double lo = product.field(top - 105, 53) * power_of_two(top - 105 - fraction_bits);
  const double sign = above_half ? -1.0 : 1.0;
  const Pair scaled = two_product(hi, tables::kHalfPiHi);
  const Pair r = fast_two_sum(scaled.hi, scaled.lo + (hi * tables::kHalfPiLo + lo * tables::kHalfPiHi));
  return {sign * r.hi, sign * r.lo};
}

/// x - quadrant * pi/2 for 0 <= x < 2^20 (Cody and Waite): pi/2 in parts with exact multiples.
Pair reduce_small(double x, int& quadrant) {
  const double n = (x * (2.0 / 3.14159265358979323846) + 0x1.8p52) - 0x1.8p52;
  quadrant = static_cast<int>(static_cast<std::int64_t>(n) & 3);
  const Pair a = two_sum(x, -n * tables::kHalfPi[0]);
  const Pair b = two_sum(a.hi, -n * tables::kHalfPi[1]);
  const Pair c = two_sum(b.hi, -n * tables::kHalfPi[2]);
  return two_sum(c.hi, ((a.lo + b.lo) + c.lo) - n * tables::kHalfPi[3]);
}

}  // namespace

double tan(double x) {
  if (x != x) return x;
  const double size = std::fabs(x);
  if (size == kLaneInf) return kLaneNaN;
  if (size < 0x1p-27) return x;
  int quadrant = 0;
  Pair r = {size, 0.0};
  if (size > 0.785398) r = size < 0x1p20 ? reduce_small(size, quadrant) : reduce_large(size, quadrant);
  const double z = r.hi * r.hi;
  const double cosine = 1.0 - (0.5 * z - (z * z * polynomial(tables::kCos, z) - r.hi * r.lo));
  const double sine = r.hi + (r.hi * z * polynomial(tables::kSin, z) + r.lo * (1.0 - 0.5 * z));
  const double result = (quadrant & 1) != 0 ? -cosine / sine : sine / cosine;
  return std::signbit(x) ? -result : result;
}

}  // namespace math
}  // namespace deciban
