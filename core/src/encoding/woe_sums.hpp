#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/data/row_codes.hpp"
#include "deciban/encoding/woe_target.hpp"

namespace deciban::encoding {

/// Sums of rows by cell and class, see WoeFeature.
struct CellSums {
  std::vector<double> rows;
  std::vector<std::vector<double>> sums, squares;
  std::vector<double> cross;
};

/// Sums over rows in their order. Codes are cells [0, cells - 1), negative ones belong to the last cell.
CellSums sum_cells(const data::RowCodes& codes, std::size_t cells, const WoeTarget& target);

/// Cells put together: cell i goes to `group[i]`; a negative group has no rows.
CellSums join_cells(const CellSums& cells, const std::vector<int>& group, std::size_t groups);

}  // namespace deciban::encoding
