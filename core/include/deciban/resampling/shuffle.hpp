#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <utility>

#include "deciban/math/rng.hpp"

namespace deciban::resampling {

/// 32-bit words of a counter-based stream, in order.
class Words {
 public:
  explicit Words(const math::Stream& stream) : stream_(stream) {}

  /// Uniform on 0, ..., n - 1 without bias, n >= 1 (Lemire 2019, Fast random integer generation in an interval).
  std::uint32_t index(std::uint32_t n) {
    std::uint64_t product = static_cast<std::uint64_t>(word()) * n;
    if (static_cast<std::uint32_t>(product) < n) {
      const std::uint32_t surplus = (0u - n) % n;
      while (static_cast<std::uint32_t>(product) < surplus) product = static_cast<std::uint64_t>(word()) * n;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  std::uint32_t word() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const std::uint64_t bits = stream_.bits();
    spare_ = static_cast<std::uint32_t>(bits >> 32);
    has_spare_ = true;
    return static_cast<std::uint32_t>(bits);
  }

  math::Stream stream_;
  std::uint32_t spare_ = 0;
  bool has_spare_ = false;
};

/// Puts `size` items (below 2^32) in a random order that depends on the stream only: Fisher and Yates.
template <class Item>
void shuffle(const math::Stream& stream, Item* items, std::uint32_t size) {
  Words words(stream);
  for (std::uint32_t left = size; left > 1; --left) std::swap(items[left - 1], items[words.index(left)]);
}

}  // namespace deciban::resampling
