#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/data/row_codes.hpp"
#include "deciban/data/table.hpp"

namespace deciban::encoding {

/// Codes of rows that are no level.
inline constexpr std::int32_t kMissingValue = -1;
inline constexpr std::int32_t kUnseenValue = -2;
inline constexpr std::int32_t kRareValue = -3;  ///< too rare for a level below a parent

/// Levels of one column, or the joint levels of several that occur, and the codes of rows against them.
class LevelCoder {
 public:
  /// Learns the levels of `columns` and codes their rows.
  /// @param missing_level  missing values are a level of their own; otherwise rows with one are kMissingValue.
  /// @param min_rows       levels with fewer rows are one level together, the last one.
  static LevelCoder learn(const std::vector<std::string>& columns, const data::Table& data, bool missing_level,
                          std::int64_t min_rows, std::vector<std::int32_t>& codes, const RunContext& context);
  /// Levels of one column in an order that is given.
  static LevelCoder given(const std::string& column, const std::vector<std::string>& labels, bool missing_level);
  /// Codes of other rows; kUnseenValue for what is no level. A rare level of the training rows stays with the others.
  /// @param unseen, n_unseen  up to 20 labels, and the number of rows.
  std::vector<std::int32_t> code(const data::Table& data, std::vector<std::string>& unseen, std::int64_t& n_unseen,
                                 const RunContext& context) const;

  const std::vector<std::string>& columns() const { return columns_; }
  std::int32_t size() const { return size_; }
  /// The last level is that of rare levels.
  bool has_rare() const { return !rare_cells_.empty(); }
  std::string label(std::int32_t level) const;

  Document document() const;
  static LevelCoder from_document(const Document& document);

 private:
  /// Levels of a single column that occur; missing ones are `levels` or kMissingValue.
  void number_column(const data::RowCodes& column, std::int64_t min_rows, std::vector<std::int32_t>& codes,
                     const RunContext& context);
  /// Joint cells that occur, ascending, become levels; `cells` of the rows become codes.
  void number_levels(const std::vector<std::int64_t>& cells, std::int64_t min_rows, std::vector<std::int32_t>& codes,
                     const RunContext& context);
  std::int64_t radix(std::size_t column) const { return static_cast<std::int64_t>(levels_[column].size()) + 1; }
  std::string cell_label(std::int64_t cell) const;

  std::vector<std::string> columns_;
  std::vector<data::Dictionary> levels_;  // of each column
  bool missing_level_ = true;
  std::vector<std::int64_t> cells_;       // ascending: joint cells that are levels of their own
  std::vector<std::int64_t> rare_cells_;  // ascending: joint cells that share the last level
  std::int32_t size_ = 0;
};

}  // namespace deciban::encoding
