#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include "deciban/design/coded_design.hpp"

namespace deciban::engine {

/// Constants of the cost model. Adding to a table in the first-level cache costs about as much as two multiplications
/// of a dense column with the others, so a basis of three or more columns is cheaper as one code. All tables share the
/// second-level cache: fewer groups, with larger tables, are faster until they no longer fit there.
inline constexpr int kWorthwhileWidth = 3;
inline constexpr std::int64_t kLevelLimit = 4096;      ///< levels of a number or interaction taken as a code
inline constexpr std::int64_t kPairLimit = 65536;      ///< cells of its table with the widest factor
inline constexpr std::int64_t kRecordDoubles = 24576;  ///< of all records of a group
inline constexpr std::int64_t kWeightCells = 16384;    ///< of a group without records

/// A term whose columns depend on one code only: a factor, an interaction of factors, or a basis over the dictionary of
/// a coded number. Entry (level, j) stands at `level * width + j`.
struct Feature {
  int block;                   ///< of the design
  int code;                    ///< index into Plan::codes
  int width;                   ///< columns that one level has values in
  std::vector<double> values;  ///< shifted by the anchors; empty: 1
  std::vector<int> columns;    ///< coefficients, -1: none
};

/// A code vector that features share.
struct Code {
  std::shared_ptr<const data::Codes> codes;
  int levels;
};

/// A column with a value per row.
struct DenseColumn {
  int block, j;  ///< value j of a block of the design
  int column;    ///< coefficient
};

/// A term of cells times values that is neither: a factor times a number with many distinct values.
struct Varying {
  int block, cells, width;
  const std::vector<int>* columns;  ///< cells x width
};

/// Codes whose joint cells are summed together. Cell = code of the first + levels of the first * code of the second ...
struct Group {
  std::vector<int> codes;  ///< indices into Plan::codes, ascending
  std::int64_t cells = 1;
  std::vector<std::vector<std::int32_t>> levels;  ///< of each of the codes, in every cell
  bool records =
      false;  ///< sums of a record per cell (weight, score, weighted dense columns), else of the weight alone
};

/// What a pass over the rows sums, chosen from the schema: levels, distinct values and numbers of columns, with cache
/// sizes as constants. The same on every machine.
///
/// Every pair of codes lies in some group, so that its cross-table is a sum over the group's cells. Each code lies in
/// exactly one group with records; they come first.
struct Plan {
  std::vector<Code> codes;
  std::vector<Feature> features;
  std::vector<DenseColumn> dense;
  std::vector<Varying> varying;
  std::vector<Group> groups;
  int record_size = 2;  ///< doubles of a record: weight, score, one per dense column, rounded up for vectors

  /// First group that holds both codes (one with records if they are equal).
  int group_of(int a, int b) const;
};

/// @param anchors  of each coefficient: what the values of its column are shifted by.
Plan make_plan(const design::CodedDesign& design, const std::vector<double>& anchors);

/// The level of a code of the group in every cell.
const std::vector<std::int32_t>& levels_in(const Group& group, int code);

}  // namespace deciban::engine
