#include "deciban/data/codes.hpp"

#include <algorithm>
#include <numeric>

#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "intern.hpp"
#include "steps.hpp"
#include "view_access.hpp"

namespace deciban::data {
namespace {

constexpr std::int64_t kPiece = 1024;

template <class Small>
void pack(const std::int32_t* codes, std::int64_t count, std::int32_t cells, Small* out) {
  map_steps<std::int32_t>(codes, count, out,
                          [cells](std::int32_t code) { return static_cast<Small>(code < 0 ? cells : code); });
}

template <class Small>
void unpack(const std::vector<Small>& packed, std::int64_t begin, int count, std::int32_t* out) {
  map_steps<Small>(packed.data() + begin, count, out, [](Small code) { return static_cast<std::int32_t>(code); });
}

}  // namespace

Codes::Codes(RowCodes codes, std::int32_t cells) {
  const auto rows = static_cast<std::int64_t>(codes.size());
  if (cells < 0xff && codes.bytes_.size() == codes.size()) {  // the same bytes but for missing ones
    cells_ = cells;
    bytes_ = std::move(codes.bytes_);
    for (auto& code : bytes_) code = code < cells ? code : static_cast<std::uint8_t>(cells);
    return;
  }
  *this = Codes(rows, cells);
  std::int32_t piece[kPiece];
  for (std::int64_t begin = 0; begin < size(); begin += kPiece) {
    const std::int64_t count = std::min(kPiece, size() - begin);
    codes.read(begin, count, piece);
    write(begin, count, piece);
  }
}

Codes::Codes(std::int64_t rows, std::int32_t cells) : cells_(cells) {
  const auto size = static_cast<std::size_t>(rows);
  if (cells < 0xff) {
    bytes_.resize(size);
  } else if (cells < 0xffff) {
    width_ = 2;
    words_.resize(size);
  } else {
    width_ = 4;
    wide_.resize(size);
  }
}

void Codes::write(std::int64_t begin, std::int64_t count, const std::int32_t* codes) {
  if (width_ == 1) return pack(codes, count, cells_, bytes_.data() + begin);
  if (width_ == 2) return pack(codes, count, cells_, words_.data() + begin);
  pack(codes, count, cells_, wide_.data() + begin);
}

std::int64_t Codes::size() const { return static_cast<std::int64_t>(bytes_.size() + words_.size() + wide_.size()); }

void Codes::read(std::int64_t begin, int count, std::int32_t* out) const {
  if (width_ == 1) return unpack(bytes_, begin, count, out);
  if (width_ == 2) return unpack(words_, begin, count, out);
  unpack(wide_, begin, count, out);
}

std::int32_t Codes::at(std::int64_t row) const {
  std::int32_t code = 0;
  read(row, 1, &code);
  return code;
}

namespace {

constexpr std::int32_t kLargestDictionary = 65536;

// The k-th of the sampled rows. They are scattered, so that sorted numbers repeat as often as others.
std::int64_t sampled_row(std::int64_t k, std::int64_t rows) {
  auto x = static_cast<std::uint64_t>(k + 1) * 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 32)) * 0xD1B54A32D192ED03ull;
  return static_cast<std::int64_t>((x >> 32) % static_cast<std::uint64_t>(rows));
}

// Whether numbers repeat so rarely in a sample that there must be more than 65,536 of them: with so many values, all
// equally frequent, 128 of 4,096 are expected to repeat an earlier one. `at(row)` is the number of a row.
template <class At>
bool looks_continuous(std::int64_t rows, At&& at) {
  constexpr std::int64_t kSampled = 4096, kFewRepeats = 40;
  if (rows <= kLargestDictionary) return false;
  NumberIndex index;
  std::int64_t present = 0;
  for (std::int64_t k = 0; k < kSampled; ++k) {
    const double number = at(sampled_row(k, rows));
    if (number != number) continue;
    index.insert(number);
    ++present;
  }
  return present > kSampled / 2 && static_cast<std::int64_t>(index.numbers().size()) + kFewRepeats > present;
}

// Codes numbers in order of appearance; false once there are more than `limit`.
bool code_piece(const double* numbers, std::int64_t count, std::int32_t limit, NumberIndex& index,
                std::int32_t* codes) {
  for (std::int64_t i = 0; i < count; ++i) {
    codes[i] = numbers[i] == numbers[i] ? index.insert(numbers[i]) : kMissingCode;
    if (codes[i] >= limit) return false;
  }
  return true;
}

// From codes in order of appearance to ascending order.
void sort_codes(const std::vector<double>& distinct, CodedNumbers& out) {
  std::vector<std::int32_t> order(distinct.size()), rank(distinct.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return distinct[a] < distinct[b]; });
  out.values.clear();
  for (std::size_t k = 0; k < order.size(); ++k) {
    rank[order[k]] = static_cast<std::int32_t>(k);
    out.values.push_back(distinct[order[k]]);
  }
  out.counts.assign(distinct.size(), 0);
  out.codes.replace([&](std::int32_t code) {
    if (code < 0) return code;
    const std::int32_t sorted = rank[static_cast<std::size_t>(code)];
    ++out.counts[static_cast<std::size_t>(sorted)];
    return sorted;
  });
}

}  // namespace

bool code_numbers(const Numbers& numbers, std::int32_t limit, CodedNumbers& out) {
  if (limit <= kLargestDictionary &&
      looks_continuous(static_cast<std::int64_t>(numbers.size()), [&](std::int64_t row) { return numbers[row]; }))
    return false;
  NumberIndex index;
  const auto rows = static_cast<std::int64_t>(numbers.size());
  out.codes = RowCodes(rows);
  std::int32_t codes[kPiece];
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const std::int64_t count = std::min(kPiece, rows - begin);
    if (!code_piece(numbers.data() + begin, count, limit, index, codes)) return false;
    out.codes.write(begin, count, codes);
  }
  sort_codes(index.numbers(), out);
  return true;
}

namespace {

// Codes the numbers of one chunk after another.
class ChunkCoder {
 public:
  ChunkCoder(const Column& column, std::int32_t limit) : column_(column), limit_(limit) {}

  // Rows from `at` on.
  bool add(const ColumnView& view, std::int64_t at, RowCodes& out) {
    std::int32_t codes[kPiece];
    double piece[kPiece];
    access::read_chunk(column_.name, view, 0, 0, piece);  // text is an error also where there are no rows
    for (std::int64_t begin = 0; begin < view.length; begin += kPiece) {
      const std::int64_t count = std::min(kPiece, view.length - begin);
      if (view.numbers) {
        if (!add_coded(view, begin, count, codes)) return false;
      } else {
        access::read_chunk(column_.name, view, begin, count, piece);
        if (!code_piece(piece, count, limit_, index_, codes)) return false;
      }
      out.write(at + begin, count, codes);
    }
    return true;
  }
  const std::vector<double>& numbers() const { return index_.numbers(); }

 private:
  // Chunks of a dataset share their numbers.
  bool add_coded(const ColumnView& view, std::int64_t begin, std::int64_t count, std::int32_t* codes) {
    if (view.numbers != last_) id_of_code_.assign(view.numbers->size(), kUnseenCode);
    last_ = view.numbers;
    access::read_codes(column_.name, view, begin, count, codes);
    for (std::int64_t i = 0; i < count; ++i) {
      if (codes[i] < 0) continue;
      std::int32_t& id = id_of_code_[static_cast<std::size_t>(codes[i])];
      if (id == kUnseenCode) id = index_.insert((*view.numbers)[static_cast<std::size_t>(codes[i])]);
      if (id >= limit_) return false;
      codes[i] = id;
    }
    return true;
  }

  const Column& column_;
  std::int32_t limit_;
  NumberIndex index_;
  std::shared_ptr<const std::vector<double>> last_;
  std::vector<std::int32_t> id_of_code_;
};

}  // namespace

bool code_numbers(const Column& column, std::int32_t limit, CodedNumbers& out) {
  const auto number_at = [&](std::int64_t row) {
    double number = 0.0;
    read_doubles(column, row, 1, &number);
    return number;
  };
  if (limit <= kLargestDictionary && looks_continuous(column.length(), number_at)) return false;
  ChunkCoder coder(column, limit);
  out.codes = RowCodes(column.length());
  std::int64_t at = 0;
  for (const ColumnView& view : column.chunks) {
    if (!coder.add(view, at, out.codes)) return false;
    at += view.length;
  }
  sort_codes(coder.numbers(), out);
  return true;
}

}  // namespace deciban::data
