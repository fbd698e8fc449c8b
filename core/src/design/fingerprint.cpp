#include "deciban/base/config.hpp"

#include <cstring>

#include "deciban/design/learn.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::design {
namespace {

// FNV-1a over 64-bit words (Fowler, Noll and Vo), folded so that high bits reach low ones.
struct Hash {
  std::uint64_t state = 14695981039346656037ull;

  void add(std::uint64_t word) {
    state = (state ^ word) * 1099511628211ull;
    state ^= state >> 29;
  }
  void add(double value) {
    value += 0.0;  // -0 and 0 are equal
    std::uint64_t word;
    std::memcpy(&word, &value, sizeof word);
    add(word);
  }
  void merge(const Hash& later) { add(later.state); }
};

void add_range(Hash& hash, const data::Numbers& values, parallel::RowRange range) {
  if (values.empty()) return;
  for (std::int64_t i = range.begin; i < range.end; ++i) hash.add(values[static_cast<std::size_t>(i)]);
}

// Cells and values of a term, whichever way they are stored.
void add_block(Hash& hash, const Block& block, parallel::RowRange range) {
  std::vector<double> values(static_cast<std::size_t>(block.width) * parallel::kComputeRows);
  std::int32_t codes[parallel::kComputeRows];
  parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
    if (block.codes) {
      block.codes->read(begin, count, codes);
      for (int i = 0; i < count; ++i) hash.add(static_cast<std::uint64_t>(codes[i]));
    }
    if (block.parts.empty()) return;
    read_values(block, begin, count, values.data());
    for (int j = 0; j < block.width; ++j)
      for (int i = 0; i < count; ++i) hash.add(values[static_cast<std::size_t>(j) * parallel::kComputeRows + i]);
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
  return result.state;
}

}  // namespace deciban::design
