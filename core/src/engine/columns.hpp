#pragma once
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/parallel/block_grid.hpp"

namespace deciban::engine {

/// Compute blocks of rows: all of them, or some that are spread evenly.
struct RowSelection {
  std::int64_t rows = 0;    ///< of the data
  std::int64_t blocks = 0;  ///< compute blocks that are selected
  std::int64_t span = 0;    ///< compute blocks that they are spread over

  std::int64_t partials() const;
  /// Calls `body(begin, count)` for the compute blocks of one partial sum, in order.
  template <class Body>
  void for_blocks(std::int64_t partial, Body&& body) const;
};

RowSelection all_rows(std::int64_t rows);
/// About 65,536 rows, or none (blocks = 0) when there are fewer than four times as many.
RowSelection sample_rows(std::int64_t rows);

/// Shift and largest |x| after the shift, of each coefficient's column.
struct ColumnScales {
  std::vector<double> anchors;  ///< 0 where columns are not shifted
  std::vector<double> ranges;
};

/// Columns are shifted near their mean where `shift` asks for it and the design has an intercept.
ColumnScales learn_scales(const design::CodedDesign& design, bool shift, const RunContext& context);

// ---- inline

inline constexpr std::int64_t kBlocksPerPartial = 64;  // 32,768 rows

inline std::int64_t RowSelection::partials() const { return (blocks + kBlocksPerPartial - 1) / kBlocksPerPartial; }

template <class Body>
void RowSelection::for_blocks(std::int64_t partial, Body&& body) const {
  for (std::int64_t block = partial * kBlocksPerPartial; block < blocks && block < (partial + 1) * kBlocksPerPartial;
       ++block) {
    const std::int64_t begin = block * span / blocks * parallel::kComputeRows;
    body(begin, static_cast<int>(std::min<std::int64_t>(parallel::kComputeRows, rows - begin)));
  }
}

}  // namespace deciban::engine
