#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/data/levels.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"

namespace deciban::data {

/// Takes rows of a table, again and again: the columns are read once. Borrows the table.
class RowTaker {
 public:
  /// Raises what encode_levels and read_doubles raise.
  explicit RowTaker(const Table& table);
  /// A table of its own with these rows, in this order. Learning from it gives what the rows of the caller's data
  /// would: levels that are not declared are those that occur.
  Table take(const std::vector<std::int64_t>& rows) const;

 private:
  struct Source {
    const Column* column = nullptr;
    bool categorical = false;
    CodedColumn coded;
    std::vector<double> numbers;
  };
  std::vector<Source> sources_;
};

}  // namespace deciban::data
