#pragma once
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstdint>

namespace deciban::parallel {

/// Rows that are computed together: their intermediate vectors stay in the first-level cache.
inline constexpr int kComputeRows = 512;
/// Rows whose sums form one partial result. A constant: the order of addition never depends on threads or chunks.
inline constexpr std::int64_t kReduceRows = 32768;

/// Threads cost more than they gain on fewer rows.
inline constexpr std::int64_t kRowsWorthThreads = 8192;

/// Number of reduction blocks of `rows` rows.
inline std::int64_t block_count(std::int64_t rows) { return (rows + kReduceRows - 1) / kReduceRows; }

/// Rows [begin, end) of reduction block `block`.
struct RowRange {
  std::int64_t begin, end;
};
inline RowRange block_range(std::int64_t rows, std::int64_t block) {
  const std::int64_t begin = block * kReduceRows;
  return {begin, std::min(rows, begin + kReduceRows)};
}

/// Calls `body(begin, count)` for the compute blocks of a row range, in order.
template <class Body>
void for_compute_blocks(RowRange range, Body&& body) {
  for (std::int64_t begin = range.begin; begin < range.end; begin += kComputeRows)
    body(begin, static_cast<int>(std::min<std::int64_t>(kComputeRows, range.end - begin)));
}

}  // namespace deciban::parallel
