#include "columns.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"
#include "lane_sums.hpp"

namespace deciban::engine {

using design::Block;
using parallel::kComputeRows;

static_assert(kBlocksPerPartial * kComputeRows == parallel::kReduceRows, "partial sums are those of the block grid");

namespace {

constexpr std::int64_t kSampleBlocks = 128, kLeastSamplings = 4;

struct Extent {
  double low = HUGE_VAL, high = -HUGE_VAL, sum = 0.0;
  void add(const double* x, int n) {
    sum += lane_sum(x, n);
    double lows[8], highs[8];
    std::fill_n(lows, 8, low);
    std::fill_n(highs, 8, high);
    for (int i = 0; i + 8 <= n; i += 8)
      for (int k = 0; k < 8; ++k) {
        lows[k] = std::min(lows[k], x[i + k]);
        highs[k] = std::max(highs[k], x[i + k]);
      }
    for (int i = n / 8 * 8; i < n; ++i) {
      lows[0] = std::min(lows[0], x[i]);
      highs[0] = std::max(highs[0], x[i]);
    }
    low = *std::min_element(lows, lows + 8);
    high = *std::max_element(highs, highs + 8);
  }
};

struct Extents {
  explicit Extents(int width) : of(static_cast<std::size_t>(width)) {}
  void merge(const Extents& later) {
    for (std::size_t j = 0; j < of.size(); ++j) {
      of[j].low = std::min(of[j].low, later.of[j].low);
      of[j].high = std::max(of[j].high, later.of[j].high);
      of[j].sum += later.of[j].sum;
    }
  }
  std::vector<Extent> of;
};

Extents extents(const Block& block, const RowSelection& rows, const RunContext& context) {
  auto total = parallel::ordered_reduce<Extents>(context, rows.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<Extents>(block.width);
    std::vector<double> values(static_cast<std::size_t>(block.width) * kComputeRows);
    rows.for_blocks(partial, [&](std::int64_t begin, int count) {
      design::read_values(block, begin, count, values.data());
      for (int j = 0; j < block.width; ++j)
        part->of[static_cast<std::size_t>(j)].add(&values[static_cast<std::size_t>(j) * kComputeRows], count);
    });
    return part;
  });
  return total ? std::move(*total) : Extents(block.width);
}

// A number with a dictionary has its range there; a sample of the rows is enough for the mean.
bool has_dictionary(const Block& block) { return block.parts.size() == 1 && block.parts[0].codes; }

void scale_block(const Block& block, std::int64_t rows, bool shift, const RunContext& context, ColumnScales& scales) {
  RowSelection used = all_rows(rows);
  if (has_dictionary(block) && sample_rows(rows).blocks > 0) used = sample_rows(rows);
  Extents of_rows = extents(block, used, context);
  std::int64_t counted = 0;
  for (std::int64_t partial = 0; partial < used.partials(); ++partial)
    used.for_blocks(partial, [&](std::int64_t, int count) { counted += count; });
  for (int j = 0; j < block.width; ++j) {
    Extent& extent = of_rows.of[static_cast<std::size_t>(j)];
    if (has_dictionary(block)) {
      const double* values = block.parts[0].column(j);
      const std::int32_t cells = block.parts[0].codes->cells();
      extent.low = *std::min_element(values, values + cells);
      extent.high = *std::max_element(values, values + cells);
    }
    const double mean = extent.sum / static_cast<double>(counted);
    const double anchor = shift ? std::min(std::max(mean, extent.low), extent.high) : 0.0;
    for (int cell = 0; cell < block.cells; ++cell) {
      const int column = block.columns[static_cast<std::size_t>(cell) * block.width + j];
      if (column < 0) continue;
      scales.anchors[static_cast<std::size_t>(column)] = anchor;
      scales.ranges[static_cast<std::size_t>(column)] =
          std::max(std::fabs(extent.low - anchor), std::fabs(extent.high - anchor));
    }
  }
}

}  // namespace

RowSelection all_rows(std::int64_t rows) {
  const std::int64_t blocks = (rows + kComputeRows - 1) / kComputeRows;
  return {rows, blocks, blocks};
}

RowSelection sample_rows(std::int64_t rows) {
  const std::int64_t whole = rows / kComputeRows;
  return {rows, whole < kLeastSamplings * kSampleBlocks ? 0 : kSampleBlocks, whole};
}

ColumnScales learn_scales(const design::CodedDesign& design, bool shift, const RunContext& context) {
  ColumnScales scales;
  scales.anchors.assign(static_cast<std::size_t>(design.n_columns), 0.0);
  scales.ranges.assign(static_cast<std::size_t>(design.n_columns), 1.0);
  if (design.rows == 0) return scales;
  for (const auto& block : design.blocks)
    if (!block.parts.empty())
      scale_block(block, design.rows, shift && design.intercept && !block.codes, context, scales);
  return scales;
}

}  // namespace deciban::engine
