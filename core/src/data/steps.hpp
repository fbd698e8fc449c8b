#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>

namespace deciban::data {

inline constexpr std::int64_t kStep = 16;

/// Calls `body(i)` for 0 <= i < count. Steps of a fixed length become vector instructions at -O2 as well.
template <class Body>
void for_steps(std::int64_t count, Body&& body) {
  std::int64_t i = 0;
  for (; i + kStep <= count; i += kStep)
    for (std::int64_t j = 0; j < kStep; ++j) body(i + j);
  for (; i < count; ++i) body(i);
}

}  // namespace deciban::data
