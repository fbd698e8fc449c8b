#include "deciban/engine/design_rows.hpp"

#include "deciban/parallel/block_grid.hpp"

namespace deciban::engine {

using parallel::kComputeRows;

DesignRows::DesignRows(const design::CodedDesign& design, const std::vector<double>& shifts)
    : design_(design), shifts_(shifts), most_(design.intercept ? 1 : 0) {
  for (const auto& block : design.blocks) {
    most_ += block.width;
    codes_.emplace_back(kComputeRows, 0);
    values_.emplace_back(block.parts.empty() ? 0 : static_cast<std::size_t>(block.width) * kComputeRows);
  }
}

void DesignRows::load(std::int64_t begin, int count) {
  for (std::size_t b = 0; b < design_.blocks.size(); ++b) {
    const auto& block = design_.blocks[b];
    if (block.codes) block.codes->read(begin, count, codes_[b].data());
    design::read_values(block, begin, count, values_[b].data());
  }
}

int DesignRows::read(int i, std::int32_t* columns, double* values) const {
  int n = 0;
  if (design_.intercept) {
    columns[n] = 0;
    values[n++] = 1.0;
  }
  for (std::size_t b = 0; b < design_.blocks.size(); ++b) {
    const auto& block = design_.blocks[b];
    const int* of_cell = block.columns.data() + static_cast<std::size_t>(codes_[b][i]) * block.width;
    for (int j = 0; j < block.width; ++j) {
      const int column = of_cell[j];
      if (column < 0) continue;
      const double x = block.parts.empty() ? 1.0 : values_[b][static_cast<std::size_t>(j) * kComputeRows + i];
      columns[n] = column;
      values[n] = x - shifts_[static_cast<std::size_t>(column)];
      n += values[n] != 0.0;
    }
  }
  return n;
}

}  // namespace deciban::engine
