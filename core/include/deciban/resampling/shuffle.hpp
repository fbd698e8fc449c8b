#pragma once
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "deciban/math/blocks.hpp"
#include "deciban/math/rng.hpp"

namespace deciban::resampling {

/// 32-bit words of a counter-based stream, in order.
class Words {
 public:
  /// @param wanted  how many will be asked for, about.
  Words(const math::Stream& stream, const math::BlockFunctions& functions, std::uint32_t wanted)
      : stream_(stream), functions_(functions), wanted_(wanted) {}

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
  static constexpr std::uint32_t kMostBlocks = 64;

  std::uint32_t word() {
    if (at_ == filled_) refill();
    const std::uint64_t pair = words_[at_ / 2];
    return static_cast<std::uint32_t>(at_++ % 2 ? pair >> 32 : pair);
  }

  void refill() {
    const std::uint32_t blocks = std::min(kMostBlocks, (std::max(wanted_, 1u) + 31) / 32 * 8);  // of four words
    stream_.fill(functions_, words_, static_cast<int>(blocks));
    at_ = 0;
    filled_ = 4 * blocks;
    wanted_ -= std::min(wanted_, filled_);
  }

  math::Stream stream_;
  const math::BlockFunctions& functions_;
  std::uint32_t wanted_, at_ = 0, filled_ = 0;
  std::uint64_t words_[2 * kMostBlocks];
};

/// Puts `size` items (below 2^32) in a random order that depends on the stream only: Fisher and Yates. `visit` gets the
/// items in that order, from the last one; `items` are in it afterwards.
template <class Item, class Visit>
void visit_shuffled(const math::Stream& stream, const math::BlockFunctions& functions, Item* items, std::uint32_t size,
                    Visit&& visit) {
  Words words(stream, functions, size);
  for (std::uint32_t left = size; left > 1; --left) {
    std::swap(items[left - 1], items[words.index(left)]);
    visit(items[left - 1]);
  }
  if (size > 0) visit(items[0]);
}

template <class Item>
void shuffle(const math::Stream& stream, const math::BlockFunctions& functions, Item* items, std::uint32_t size) {
  visit_shuffled(stream, functions, items, size, [](const Item&) {});
}

}  // namespace deciban::resampling
