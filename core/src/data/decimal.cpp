#include "decimal.hpp"

#include <algorithm>
#include <string>

#include "deciban/base/text.hpp"

namespace deciban::data {
namespace {

// Powers of ten that a double holds exactly: one rounding in the division or product, hence the nearest double.
constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kLargestPower = 22;
constexpr std::uint64_t kExactIntegers = std::uint64_t{1} << 53;

// Divides the four 32-bit limbs (most significant first) by ten and returns the remainder.
unsigned divide_by_ten(std::uint32_t (&limbs)[4]) {
  std::uint64_t remainder = 0;
  for (std::uint32_t& limb : limbs) {
    const std::uint64_t part = (remainder << 32) | limb;
    limb = static_cast<std::uint32_t>(part / 10);
    remainder = part % 10;
  }
  return static_cast<unsigned>(remainder);
}

}  // namespace

double decimal_to_double(std::uint64_t high, std::uint64_t low, int scale) {
  const bool negative = (high >> 63) != 0;
  if (negative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  if (high == 0 && low <= kExactIntegers && scale >= -kLargestPower && scale <= kLargestPower) {
    const auto whole = static_cast<double>(low);
    const double value = scale >= 0 ? whole / kPowers[scale] : whole * kPowers[-scale];
    return negative && low != 0 ? -value : value;
  }
  std::uint32_t limbs[4] = {static_cast<std::uint32_t>(high >> 32), static_cast<std::uint32_t>(high),
                            static_cast<std::uint32_t>(low >> 32), static_cast<std::uint32_t>(low)};
  std::string digits;
  while (limbs[0] | limbs[1] | limbs[2] | limbs[3]) digits += static_cast<char>('0' + divide_by_ten(limbs));
  std::reverse(digits.begin(), digits.end());
  double value = 0.0;
  parse_double((negative ? "-" : "") + digits + "e" + std::to_string(-scale), value);
  return value;
}

}  // namespace deciban::data
