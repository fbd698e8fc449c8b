#include "deciban/design/sparse_rows.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/parallel/block_grid.hpp"

namespace deciban::design {

using parallel::kComputeRows;

SparseRows::SparseRows(const CodedDesign& design)
    : design_(design), width_(design.intercept), counts_(kComputeRows), missing_(kComputeRows) {
  int widest = 1;
  for (const auto& block : design.blocks) {
    width_ += static_cast<std::size_t>(block.width);
    widest = std::max(widest, block.width);
  }
  entries_.resize(width_ * kComputeRows);
  values_.resize(static_cast<std::size_t>(widest) * kComputeRows);
}

void SparseRows::read(std::int64_t begin, int count) {
  std::fill(counts_.begin(), counts_.end(), 0);
  std::fill(missing_.begin(), missing_.end(), 0);
  if (design_.intercept)
    for (int i = 0; i < count; ++i) entries_[static_cast<std::size_t>(i) * width_ + counts_[i]++] = {0, 1.0};
  for (const auto& block : design_.blocks) add_block(block, begin, count);
}

void SparseRows::add_block(const Block& block, std::int64_t begin, int count) {
  std::int32_t codes[kComputeRows] = {};
  if (block.codes) block.codes->read(begin, count, codes);
  read_values(block, begin, count, values_.data());
  for (int i = 0; i < count; ++i) {
    if (block.codes && codes[i] == block.codes->missing()) {
      missing_[i] = 1;
      continue;
    }
    for (int j = 0; j < block.width; ++j) {
      const double value = block.parts.empty() ? 1.0 : values_[static_cast<std::size_t>(j) * kComputeRows + i];
      if (std::isnan(value)) missing_[i] = 1;
      const int column = block.columns[static_cast<std::size_t>(codes[i]) * block.width + j];
      if (column < 0 || value == 0.0) continue;
      entries_[static_cast<std::size_t>(i) * width_ + counts_[i]++] = {column, value};
    }
  }
}

}  // namespace deciban::design
