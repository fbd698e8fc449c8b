#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <cstring>

namespace deciban::data {

inline constexpr std::int64_t kStep = 16;

/// to[i] = f(from[i]) for 0 <= i < count. Steps of a fixed length on arrays of their own become vector instructions at
/// -O2 as well: a compiler must take bytes for an alias of anything else. `from` needs no alignment.
template <class From, class To, class F>
void map_steps(const void* from, std::int64_t count, To* to, F&& f) {
  const char* source = static_cast<const char*>(from);
  for (std::int64_t i = 0; i < count; i += kStep) {
    const auto size = static_cast<std::size_t>(count - i < kStep ? count - i : kStep);
    From in[kStep] = {};
    To out[kStep];
    if (size == static_cast<std::size_t>(kStep)) {
      std::memcpy(in, source, sizeof in);
      for (std::int64_t j = 0; j < kStep; ++j) out[j] = f(in[j]);
      std::memcpy(to + i, out, sizeof out);
    } else {
      std::memcpy(in, source, size * sizeof(From));
      for (std::size_t j = 0; j < size; ++j) to[i + static_cast<std::int64_t>(j)] = f(in[j]);
    }
    source += sizeof in;
  }
}

}  // namespace deciban::data
