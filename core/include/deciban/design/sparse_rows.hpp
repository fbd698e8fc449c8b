#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/design/coded_design.hpp"

namespace deciban::design {

/// Rows of a design, a block of up to 512 at a time, by the columns that may differ from 0 in them: as many as the
/// terms have values per row, not as the design has columns. A matrix of rows times columns is never made.
class SparseRows {
 public:
  /// Borrows the design.
  explicit SparseRows(const CodedDesign& design);

  struct Entry {
    int column;
    double value;
  };
  struct Row {
    const Entry* first;
    int count;
    bool missing;  ///< a predictor is missing: the entries mean nothing

    const Entry* begin() const { return first; }
    const Entry* end() const { return first + count; }
  };

  /// Reads rows [begin, begin + count), count <= 512.
  void read(std::int64_t begin, int count);
  /// Row i of those read last; entries come in the order of the terms.
  Row row(int i) const {
    const std::size_t k = static_cast<std::size_t>(i);
    return {entries_.data() + k * width_, counts_[k], missing_[k] != 0};
  }

 private:
  void add_block(const Block& block, std::int64_t begin, int count);

  const CodedDesign& design_;
  std::size_t width_;
  std::vector<Entry> entries_;
  std::vector<int> counts_;
  std::vector<char> missing_;
  std::vector<double> values_;
};

}  // namespace deciban::design
