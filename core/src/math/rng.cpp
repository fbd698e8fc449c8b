#include "deciban/base/config.hpp"

#include "deciban/math/rng.hpp"

#include <cmath>

#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban {
namespace math {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53u;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57u;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9u;
  constexpr std::uint32_t kWeyl1 = 0xBB67AE85u;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

namespace {

std::uint32_t low_word(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high_word(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

/// The 128-bit product a * b.
struct Product {
  std::uint64_t high, low;
};
Product multiply(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t low = (a & 0xffffffffu) * (b & 0xffffffffu);
  const std::uint64_t cross1 = (a >> 32) * (b & 0xffffffffu);
  const std::uint64_t cross2 = (a & 0xffffffffu) * (b >> 32);
  const std::uint64_t middle = (low >> 32) + (cross1 & 0xffffffffu) + (cross2 & 0xffffffffu);
  return {(a >> 32) * (b >> 32) + (cross1 >> 32) + (cross2 >> 32) + (middle >> 32), a * b};
}

}  // namespace

// The purpose goes into the key, which is itself a Philox output under the seed; the index and the running block are
// the counter, so that streams with the same key can never overlap.
Stream::Stream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index) : index_(index) {
  const auto mixed = philox4x32({low_word(purpose), high_word(purpose), 0u, 0u}, {low_word(seed), high_word(seed)});
  key_ = {mixed[0], mixed[1]};
}

std::uint64_t Stream::bits() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const auto words = philox4x32({low_word(index_), high_word(index_), low_word(block_), high_word(block_)}, key_);
  ++block_;
  spare_ = (static_cast<std::uint64_t>(words[3]) << 32) | words[2];
  has_spare_ = true;
  return (static_cast<std::uint64_t>(words[1]) << 32) | words[0];
}

void Stream::fill(const BlockFunctions& functions, std::uint64_t* out, int blocks) {
  functions.philox(key_.data(), index_, block_, out, blocks);
  block_ += static_cast<std::uint64_t>(blocks);
}

double Stream::uniform() { return (static_cast<double>(bits() >> 12) + 0.5) * 0x1p-52; }

std::uint64_t draw_index(Stream& stream, std::uint64_t n) {
  if (n == 0) return 0;
  Product product = multiply(stream.bits(), n);
  if (product.low < n) {
    const std::uint64_t surplus = (0 - n) % n;
    while (product.low < surplus) product = multiply(stream.bits(), n);
  }
  return product.high;
}

double draw_normal(Stream& stream) { return normal_quantile(stream.uniform()); }

double draw_exponential(Stream& stream) { return -log(stream.uniform()); }

}  // namespace math
}  // namespace deciban
