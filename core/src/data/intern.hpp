// Distinct values of a column in order of appearance. Internal to the data area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/data/row_codes.hpp"

namespace deciban::data {

/// Hash index from text to ids 0, 1, 2, ... in order of insertion. Texts are borrowed.
class TextIndex {
 public:
  std::int32_t insert(std::string_view text);
  /// -1 when absent.
  std::int32_t find(std::string_view text) const;
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::int32_t id = -1;
  };
  void grow();
  std::vector<Slot> slots_;
  std::vector<std::string_view> texts_;
};

/// Index from numbers (no NaN; -0 is 0) to ids in order of insertion. Ages, years and counts, small whole numbers, are
/// looked up by position, others by hash.
class NumberIndex {
 public:
  std::int32_t insert(double number) {
    const std::size_t whole = small_whole(number);
    if (whole < ids_.size() && ids_[whole] >= 0) return ids_[whole];
    return whole < kSmall ? insert_small(whole) : insert_hashed(number);
  }
  std::int32_t find(double number) const;
  const std::vector<double>& numbers() const { return numbers_; }

 private:
  static constexpr std::size_t kSmall = 65536;
  struct Slot {
    std::uint64_t bits = 0;
    std::int32_t id = -1;
  };
  // The number itself when it is whole and below kSmall, else kSmall.
  static std::size_t small_whole(double number) {
    if (!(number >= 0.0 && number < static_cast<double>(kSmall))) return kSmall;
    const auto whole = static_cast<std::int32_t>(number);
    return static_cast<double>(whole) == number ? static_cast<std::size_t>(whole) : kSmall;
  }
  std::int32_t insert_small(std::size_t whole);
  std::int32_t insert_hashed(double number);
  void grow();
  std::vector<std::int32_t> ids_;  // of small whole numbers, -1: none
  std::vector<Slot> slots_;
  std::size_t hashed_ = 0;
  std::vector<double> numbers_;
};

/// A column as ids into its distinct values in order of appearance; missing is -1.
struct Interned {
  RowCodes ids;
  Meaning meaning = Meaning::text;
  std::vector<std::string_view> texts;  ///< meaning text; views into the column, its dictionaries or `storage`
  std::vector<double> numbers;          ///< any other meaning
  std::deque<std::string> storage;
};

/// Walks the column once, long ones in parts on several threads: ids are in order of appearance all the same. Chunks
/// that mix text and numbers, or numbers of different meaning, are interned by label. The column must outlive the
/// result. Raises `data.bad_code`, and `data.too_many_levels` beyond 2^31 - 2 values.
Interned intern(const Column& column, const RunContext& context);

}  // namespace deciban::data
