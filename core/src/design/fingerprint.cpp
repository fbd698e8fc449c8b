#include "deciban/base/config.hpp"

#include <cstring>

#include "deciban/design/learn.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::design {
namespace {

// FNV-1a over 64-bit words (Fowler, Noll and Vo), folded so that high bits reach low ones. Eight states take turns,
// because each word waits for the one before it.
struct Hash {
  static constexpr int kLanes = 8;
  std::uint64_t state[kLanes];

  Hash() {
    for (int lane = 0; lane < kLanes; ++lane) state[lane] = 14695981039346656037ull + static_cast<std::uint64_t>(lane);
  }

  void add(std::uint64_t word, int lane = 0) {
    std::uint64_t mixed = (state[lane] ^ word) * 1099511628211ull;
    state[lane] = mixed ^ (mixed >> 29);
  }
  // n <= 512 words; `word_of(i)` is the i-th.
  template <class WordOf>
  void add_all(int n, WordOf&& word_of) {
    Hash local = *this;
    int i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      local.add(word_of(i), 0);
      local.add(word_of(i + 1), 1);
      local.add(word_of(i + 2), 2);
      local.add(word_of(i + 3), 3);
      local.add(word_of(i + 4), 4);
      local.add(word_of(i + 5), 5);
      local.add(word_of(i + 6), 6);
      local.add(word_of(i + 7), 7);
    }
    for (; i < n; ++i) local.add(word_of(i));
    *this = local;
  }
  void add_values(const double* values, int n) {
    add_all(n, [&](int i) {
      const double value = values[i] + 0.0;  // -0 and 0 are equal
      std::uint64_t word;
      std::memcpy(&word, &value, sizeof word);
      return word;
    });
  }
  void add_codes(const std::int32_t* codes, int n) {
    add_all(n / 2, [&](int i) {
      return static_cast<std::uint64_t>(static_cast<std::uint32_t>(codes[2 * i])) << 32 |
             static_cast<std::uint32_t>(codes[2 * i + 1]);
    });
    if (n % 2) add(static_cast<std::uint64_t>(static_cast<std::uint32_t>(codes[n - 1])));
  }
  void merge(const Hash& later) {
    for (int lane = 0; lane < kLanes; ++lane) add(later.state[lane], lane);
  }
};

void add_range(Hash& hash, const data::Numbers& values, parallel::RowRange range) {
  if (values.empty()) return;
  parallel::for_compute_blocks(range,
                               [&](std::int64_t begin, int count) { hash.add_values(values.data() + begin, count); });
}

// Cells and values of a term, whichever way they are stored.
void add_block(Hash& hash, const Block& block, parallel::RowRange range) {
  std::vector<double> values(static_cast<std::size_t>(block.width) * parallel::kComputeRows);
  std::int32_t codes[parallel::kComputeRows];
  parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
    if (block.codes) {
      block.codes->read(begin, count, codes);
      hash.add_codes(codes, count);
    }
    if (block.parts.empty()) return;
    read_values(block, begin, count, values.data());
    for (int j = 0; j < block.width; ++j)
      hash.add_values(values.data() + static_cast<std::size_t>(j) * parallel::kComputeRows, count);
  });
}

}  // namespace

std::uint64_t fingerprint(const TrainingData& training, const RunContext& context) {
  const std::int64_t rows = training.design.rows;
  const auto total = parallel::ordered_reduce<Hash>(context, parallel::block_count(rows), [&](std::int64_t block) {
    auto hash = std::make_unique<Hash>();
    const auto range = parallel::block_range(rows, block);
    for (const auto* values : {&training.y, &training.weights, &training.frequencies, &training.offset})
      add_range(*hash, *values, range);
    for (const auto& block_of_term : training.design.blocks) add_block(*hash, block_of_term, range);
    return hash;
  });
  Hash result;
  result.add(static_cast<std::uint64_t>(rows));
  if (total) result.merge(*total);
  for (int lane = 1; lane < Hash::kLanes; ++lane) result.add(result.state[lane]);
  return result.state[0];
}

}  // namespace deciban::design
