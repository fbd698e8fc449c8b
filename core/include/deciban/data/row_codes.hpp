#pragma once
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace deciban::data {

inline constexpr std::int32_t kMissingCode = -1;
inline constexpr std::int32_t kUnseenCode = -2;

/// Codes of rows while they are found: non-negative, kMissingCode or kUnseenCode. They take one, two or four bytes
/// each, as many as the largest so far needs.
class RowCodes {
 public:
  RowCodes() = default;
  explicit RowCodes(std::int64_t rows) : bytes_(static_cast<std::size_t>(rows)) {}
  RowCodes(const std::vector<std::int32_t>& codes);
  /// Wide enough for codes up to `largest`: threads may then write to different rows.
  RowCodes(std::int64_t rows, std::int32_t largest);

  std::size_t size() const { return bytes_.size() + words_.size() + wide_.size(); }
  std::int32_t operator[](std::size_t row) const;
  /// Codes [begin, begin + count).
  void read(std::int64_t begin, std::int64_t count, std::int32_t* out) const;
  void write(std::int64_t begin, std::int64_t count, const std::int32_t* codes);
  std::vector<std::int32_t> to_vector() const;

  /// Calls `body(row, code)` for all rows in order.
  template <class Body>
  void for_each(Body&& body) const;
  /// Replaces each code by what `body(code)` says; it may be called for missing and unseen ones too.
  template <class Body>
  void replace(Body&& body);
  /// Replaces codes by their new ones; missing and unseen ones stay.
  void renumber(const std::vector<std::int32_t>& new_code);
  /// Replaces all codes: `new_code` starts with those for unseen and missing ones.
  void recode(const std::vector<std::int32_t>& new_code);
  /// Leaves these rows, in ascending order.
  void keep(const std::vector<std::int64_t>& rows);
  /// Which of the codes below `count` occur.
  std::vector<char> used(std::size_t count) const;
  /// Clears the flag of each row that is missing or unseen.
  void clear_absent(std::vector<char>& flags) const;

  friend bool operator==(const RowCodes& a, const RowCodes& b) { return a.to_vector() == b.to_vector(); }
  friend bool operator==(const RowCodes& a, const std::vector<std::int32_t>& b) { return a.to_vector() == b; }

 private:
  static constexpr std::int64_t kPiece = 1024;
  friend class Codes;
  void widen(std::int32_t largest);

  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint16_t> words_;
  std::vector<std::int32_t> wide_;
};

// ---- inline

template <class Body>
void RowCodes::for_each(Body&& body) const {
  std::int32_t piece[kPiece];
  const auto rows = static_cast<std::int64_t>(size());
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const std::int64_t count = std::min(kPiece, rows - begin);
    read(begin, count, piece);
    for (std::int64_t i = 0; i < count; ++i) body(static_cast<std::size_t>(begin + i), piece[i]);
  }
}

template <class Body>
void RowCodes::replace(Body&& body) {
  std::int32_t piece[kPiece];
  const auto rows = static_cast<std::int64_t>(size());
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const std::int64_t count = std::min(kPiece, rows - begin);
    read(begin, count, piece);
    for (std::int64_t i = 0; i < count; ++i) piece[i] = body(piece[i]);
    write(begin, count, piece);
  }
}

}  // namespace deciban::data
