#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/design/coded_design.hpp"

namespace deciban::engine {

/// The columns of up to 512 consecutive rows as the entries that are there: what visitors need who look at the design
/// itself. A row has at most one entry per value of a term, however many levels the term has.
class DesignRows {
 public:
  /// Borrows both. @param shifts  of each column, subtracted from its values (CodedObjective::shifts()).
  DesignRows(const design::CodedDesign& design, const std::vector<double>& shifts);

  void load(std::int64_t begin, int count);
  /// Entries of row i of those that were loaded: their columns and values, without zeros. Returns how many.
  /// @param columns, values  room for `most()` entries.
  int read(int i, std::int32_t* columns, double* values) const;
  /// Most entries that a row can have.
  int most() const { return most_; }

 private:
  const design::CodedDesign& design_;
  const std::vector<double>& shifts_;
  int most_ = 0;
  std::vector<std::vector<std::int32_t>> codes_;  // of each block
  std::vector<std::vector<double>> values_;
};

}  // namespace deciban::engine
