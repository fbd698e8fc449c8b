// Decimal128 to double. Internal to the data area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>

namespace deciban::data {

/// The double nearest to (high * 2^64 + low) / 10^scale, where the 128 bits are a two's complement integer.
double decimal_to_double(std::uint64_t high, std::uint64_t low, int scale);

}  // namespace deciban::data
