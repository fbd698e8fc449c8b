#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/data/column.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/row_codes.hpp"

namespace deciban::data {

/// Small non-negative integers, one per row, in one, two or four bytes each as the largest allows. The number of cells
/// itself is the code of a missing value.
class Codes {
 public:
  Codes() = default;
  /// Packs codes in [0, cells); negative ones (kMissingCode, kUnseenCode) become missing.
  Codes(RowCodes codes, std::int32_t cells);
  /// Rows to be written piece by piece.
  Codes(std::int64_t rows, std::int32_t cells);
  /// Packs codes [begin, begin + count) as the constructor does. Threads may write pieces that do not overlap.
  void write(std::int64_t begin, std::int64_t count, const std::int32_t* codes);

  std::int64_t size() const;
  std::int32_t cells() const { return cells_; }
  std::int32_t missing() const { return cells_; }
  /// Bytes per code.
  int width() const { return width_; }
  /// Bytes that all codes take.
  std::int64_t bytes() const { return size() * width_; }
  /// Codes [begin, begin + count).
  void read(std::int64_t begin, int count, std::int32_t* out) const;
  std::int32_t at(std::int64_t row) const;

 private:
  int width_ = 1;
  std::int32_t cells_ = 0;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint16_t> words_;
  std::vector<std::int32_t> wide_;
};

/// Distinct numbers of a column in ascending order, with the code of every row and the rows of every number. -0 is 0.
struct CodedNumbers {
  std::vector<double> values;
  std::vector<std::int64_t> counts;
  RowCodes codes;
};

/// False, as soon as it is known, when there are more than `limit` distinct numbers; for limits up to 65,536 already
/// when a sample makes it all but certain. NaN is coded kMissingCode.
bool code_numbers(const Numbers& numbers, std::int32_t limit, CodedNumbers& out);
/// The same for the numbers that read_doubles gives. Raises as it does.
bool code_numbers(const Column& column, std::int32_t limit, CodedNumbers& out);

}  // namespace deciban::data
