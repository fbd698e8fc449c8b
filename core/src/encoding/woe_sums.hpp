#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/row_codes.hpp"
#include "deciban/encoding/woe_target.hpp"

namespace deciban::encoding {

/// Sums of rows by cell and class, see WoeFeature.
struct CellSums {
  std::vector<double> rows;
  std::vector<std::vector<double>> sums, squares;
  std::vector<double> cross;
};

/// Sums over rows in their order (plain counts on several threads). Codes are cells [0, cells - 1), negative ones
/// belong to the last cell.
CellSums sum_cells(const data::RowCodes& codes, std::size_t cells, const WoeTarget& target, const RunContext& context);

/// Calls `body(feature)` for all features: on a thread each, or, when there are fewer features than threads, one after
/// the other, so that the rows of each can be shared among the threads.
void for_features(const RunContext& context, std::size_t features, const std::function<void(std::size_t)>& body);

/// Cells put together: cell i goes to `group[i]`; a negative group has no rows.
CellSums join_cells(const CellSums& cells, const std::vector<int>& group, std::size_t groups);

}  // namespace deciban::encoding
