#include "deciban/base/config.hpp"

#include "deciban/math/elementary.hpp"

#include <cmath>
#include <cstdint>

#include "scalar_lanes.hpp"
#include "tables.hpp"

namespace deciban {
namespace math {

double exp(double x) { return scalar::exp(x); }
double expm1(double x) { return scalar::expm1(x); }
double log(double x) { return scalar::log(x); }
double log1p(double x) { return scalar::log1p(x); }
double logistic(double x) { return scalar::logistic(x); }

namespace {

enum class Parity { fraction, odd, even };

Parity parity(double y) {
  const double size = std::fabs(y);
  if (size >= 0x1p53) return Parity::even;
  const std::int64_t whole = static_cast<std::int64_t>(size);
  if (static_cast<double>(whole) != size) return Parity::fraction;
  return (whole & 1) != 0 ? Parity::odd : Parity::even;
}

/// log(x) for finite x > 0 with a relative error of about 2^-65. With c from a table of reciprocals r = m c - 1 is
/// exact as a pair, because c has 10 bits; log(x) = k log 2 - log(c) + log1p(r).
Pair log_pair(double x) {
  const bool small = x < 0x1p-1022;
  std::uint64_t k_biased;
  double k;
  const double m = scalar::split_exponent(small ? x * 0x1p54 : x, k_biased, k);
  if (small) k -= 54.0;
  const double* row = tables::kPowLog + 3 * (static_cast<int>(m * 128.0 + 0.5) - 90);
  const double c = row[0];
  const double m1 = scalar::from_bits(scalar::bits_of(m) & 0xfffffffff8000000ULL);
  const Pair r = two_sum(m1 * c - 1.0, (m - m1) * c);
  const Pair square = two_product(r.hi, r.hi);
  const Pair a = two_sum(k * tables::kLn2Hi + row[1], r.hi);
  const Pair b = two_sum(a.hi, -0.5 * square.hi);
  const double cube = r.hi * square.hi * polynomial(tables::kPowTail, r.hi);
  const double low = ((r.lo - r.hi * r.lo) - 0.5 * square.lo) + (k * tables::kLn2Lo + row[2]);
  return fast_two_sum(b.hi, (a.lo + b.lo) + (cube + low));
}

}  // namespace

double pow(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x) return x;
  if (y != y) return y;
  if (y == 1.0) return x;
  if (y == 2.0) return x * x;
  const double size = std::fabs(x);
  const Parity kind = parity(y);
  const double sign = std::signbit(x) && kind == Parity::odd ? -1.0 : 1.0;
  if (size == 0.0 || size == kLaneInf) return sign * ((size == 0.0) == (y < 0.0) ? kLaneInf : 0.0);
  if (std::fabs(y) == kLaneInf) return size == 1.0 ? 1.0 : ((size > 1.0) == (y > 0.0) ? kLaneInf : 0.0);
  if (x < 0.0 && kind == Parity::fraction) return kLaneNaN;
  if (size == 1.0) return sign;
  const Pair log_size = log_pair(size);
  const double estimate = y * log_size.hi;
  if (!(std::fabs(estimate) < 760.0)) return sign * (estimate > 0.0 ? kLaneInf : 0.0);
  Pair product = two_product(y, log_size.hi);
  product = fast_two_sum(product.hi, product.lo + y * log_size.lo);
  return sign * scalar::exp_sum(product.hi, product.lo);
}

}  // namespace math
}  // namespace deciban
