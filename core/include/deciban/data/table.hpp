#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/data/column.hpp"

namespace deciban::data {

/// Columns of equal length. Copying a Table copies views, not values.
class Table {
 public:
  Table() = default;
  /// Raises InputError `data.length_mismatch` (names the column and both lengths) and `data.duplicate_column`.
  explicit Table(std::vector<Column> columns);
  /// Adds a column under the same rules.
  void add(Column column);

  std::int64_t rows() const { return rows_; }
  const std::vector<Column>& columns() const { return columns_; }
  std::vector<std::string> names() const;
  const Column* find(const std::string& name) const;
  /// Raises InputError `data.unknown_column` with the closest name as a hint.
  const Column& at(const std::string& name) const;

 private:
  std::vector<Column> columns_;
  std::int64_t rows_ = 0;
};

}  // namespace deciban::data
