#include "deciban/data/row_codes.hpp"

#include <limits>

#include "deciban/base/large_pages.hpp"

#include "steps.hpp"

namespace deciban::data {
namespace {

// Missing and unseen are the two largest values of a type.
template <class Small>
constexpr std::int32_t largest_code() {
  return static_cast<std::int32_t>(std::numeric_limits<Small>::max()) - 2;
}

template <class Small>
void unpack(const std::vector<Small>& from, std::int64_t begin, std::int64_t count, std::int32_t* out) {
  map_steps<Small>(from.data() + begin, count, out, [](Small small) {
    const auto code = static_cast<std::int32_t>(small);
    return code - (code > largest_code<Small>() ? largest_code<Small>() + 3 : 0);
  });
}

template <class Small>
void pack(const std::int32_t* codes, std::int64_t begin, std::int64_t count, std::vector<Small>& to) {
  map_steps<std::int32_t>(codes, count, to.data() + begin, [](std::int32_t code) {
    return static_cast<Small>(code);  // -1 is the largest value, -2 the next
  });
}

std::int32_t largest_of(const std::int32_t* codes, std::int64_t count) {
  std::int32_t lanes[kStep] = {};
  std::int64_t i = 0;
  for (; i + kStep <= count; i += kStep)
    for (std::int64_t j = 0; j < kStep; ++j) lanes[j] = std::max(lanes[j], codes[i + j]);
  for (; i < count; ++i) lanes[0] = std::max(lanes[0], codes[i]);
  return *std::max_element(lanes, lanes + kStep);
}

template <class Small>
void clear_flags(const std::vector<Small>& codes, std::vector<char>& flags) {
  constexpr std::int64_t kRows = 1024;
  char present[kRows];
  const auto rows = static_cast<std::int64_t>(codes.size());
  for (std::int64_t begin = 0; begin < rows; begin += kRows) {
    const std::int64_t count = std::min(kRows, rows - begin);
    map_steps<Small>(codes.data() + begin, count, present,
                     [](Small code) { return static_cast<char>(code <= static_cast<Small>(largest_code<Small>())); });
    for (std::int64_t i = 0; i < count; ++i) flags[static_cast<std::size_t>(begin + i)] &= present[i];
  }
}

template <class Small>
void keep_rows(const std::vector<std::int64_t>& rows, std::vector<Small>& codes) {
  if (codes.empty()) return;
  for (std::size_t i = 0; i < rows.size(); ++i) codes[i] = codes[static_cast<std::size_t>(rows[i])];
  codes.resize(rows.size());
}

}  // namespace

RowCodes::RowCodes(std::int64_t rows, std::int32_t largest) {
  const auto size = static_cast<std::size_t>(rows);
  if (largest <= largest_code<std::uint8_t>())
    bytes_ = row_vector<std::uint8_t>(size);
  else if (largest <= largest_code<std::uint16_t>())
    words_ = row_vector<std::uint16_t>(size);
  else
    wide_ = row_vector<std::int32_t>(size);
}

RowCodes::RowCodes(const std::vector<std::int32_t>& codes) : RowCodes(static_cast<std::int64_t>(codes.size())) {
  write(0, static_cast<std::int64_t>(codes.size()), codes.data());
}

std::int32_t RowCodes::operator[](std::size_t row) const {
  std::int32_t code = 0;
  read(static_cast<std::int64_t>(row), 1, &code);
  return code;
}

void RowCodes::read(std::int64_t begin, std::int64_t count, std::int32_t* out) const {
  if (!wide_.empty()) {
    std::copy(wide_.begin() + begin, wide_.begin() + begin + count, out);
  } else if (!words_.empty()) {
    unpack(words_, begin, count, out);
  } else {
    unpack(bytes_, begin, count, out);
  }
}

void RowCodes::write(std::int64_t begin, std::int64_t count, const std::int32_t* codes) {
  widen(largest_of(codes, count));
  if (!wide_.empty()) {
    std::copy(codes, codes + count, wide_.begin() + begin);
  } else if (!words_.empty()) {
    pack(codes, begin, count, words_);
  } else {
    pack(codes, begin, count, bytes_);
  }
}

void RowCodes::widen(std::int32_t largest) {
  const auto rows = static_cast<std::int64_t>(size());
  if (!wide_.empty() || largest <= (words_.empty() ? largest_code<std::uint8_t>() : largest_code<std::uint16_t>()))
    return;
  if (words_.empty() && largest <= largest_code<std::uint16_t>()) {
    words_.resize(bytes_.size());
    std::int32_t piece[kPiece];
    for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
      const std::int64_t count = std::min(kPiece, rows - begin);
      unpack(bytes_, begin, count, piece);
      pack(piece, begin, count, words_);
    }
    bytes_ = {};
    return;
  }
  std::vector<std::int32_t> wide(static_cast<std::size_t>(rows));
  read(0, rows, wide.data());
  wide_ = std::move(wide);
  bytes_ = {};
  words_ = {};
}

std::vector<std::int32_t> RowCodes::to_vector() const {
  std::vector<std::int32_t> codes(size());
  read(0, static_cast<std::int64_t>(codes.size()), codes.data());
  return codes;
}

void RowCodes::renumber(const std::vector<std::int32_t>& new_code) {
  std::vector<std::int32_t> all = {kUnseenCode, kMissingCode};
  all.insert(all.end(), new_code.begin(), new_code.end());
  recode(all);
}

void RowCodes::recode(const std::vector<std::int32_t>& new_code) {
  const std::int32_t largest = *std::max_element(new_code.begin(), new_code.end());
  if (bytes_.empty() || largest > largest_code<std::uint8_t>())
    return replace([&](std::int32_t code) { return new_code[static_cast<std::size_t>(code + 2)]; });
  std::uint8_t table[256] = {};
  for (std::size_t i = 0; i < new_code.size() && i < 256; ++i)
    table[static_cast<std::uint8_t>(static_cast<std::int32_t>(i) - 2)] = static_cast<std::uint8_t>(new_code[i]);
  for (std::uint8_t& code : bytes_) code = table[code];
}

void RowCodes::keep(const std::vector<std::int64_t>& rows) {
  keep_rows(rows, bytes_);
  keep_rows(rows, words_);
  keep_rows(rows, wide_);
}

std::vector<char> RowCodes::used(std::size_t count) const {
  std::vector<char> used(std::max<std::size_t>(count, 65536), 0);  // any code of two bytes has a place
  for (const std::uint8_t code : bytes_) used[code] = 1;
  for (const std::uint16_t code : words_) used[code] = 1;
  for (const std::int32_t code : wide_)
    if (code >= 0 && static_cast<std::size_t>(code) < count) used[static_cast<std::size_t>(code)] = 1;
  used.resize(count);
  return used;
}

void RowCodes::clear_absent(std::vector<char>& flags) const {
  clear_flags(bytes_, flags);
  clear_flags(words_, flags);
  for (std::size_t i = 0; i < wide_.size(); ++i) flags[i] = static_cast<char>(flags[i] & (wide_[i] >= 0));
}

}  // namespace deciban::data
