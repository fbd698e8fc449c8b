#include "deciban/data/codes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "deciban/data/levels.hpp"
#include "intern.hpp"

namespace deciban::data {
namespace {

template <class Small>
std::vector<Small> pack(const std::vector<std::int32_t>& codes, std::int32_t cells) {
  std::vector<Small> packed(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) packed[i] = static_cast<Small>(codes[i] < 0 ? cells : codes[i]);
  return packed;
}

template <class Small>
void unpack(const std::vector<Small>& packed, std::int64_t begin, int count, std::int32_t* out) {
  for (int i = 0; i < count; ++i) out[i] = static_cast<std::int32_t>(packed[static_cast<std::size_t>(begin + i)]);
}

constexpr std::int32_t kLargestDictionary = 65536;

// Whether numbers repeat so rarely in a sample that there must be more than 65,536 of them. With so many
// values that are equally frequent, 128 of 4,096 are expected to repeat an earlier one.
bool looks_continuous(const std::vector<double>& numbers) {
  constexpr std::size_t kSampled = 4096, kFewRepeats = 40;
  if (numbers.size() < 4 * kSampled) return false;
  NumberIndex index;
  std::size_t present = 0;
  for (std::size_t i = 0; i < kSampled; ++i) {
    const double number = numbers[i * (numbers.size() / kSampled)];
    if (std::isnan(number)) continue;
    index.insert(number);
    ++present;
  }
  return present > kSampled / 2 && index.numbers().size() + kFewRepeats > present;
}

}  // namespace

Codes::Codes(const std::vector<std::int32_t>& codes, std::int32_t cells) : cells_(cells) {
  if (cells < 0xff) {
    bytes_ = pack<std::uint8_t>(codes, cells);
  } else if (cells < 0xffff) {
    width_ = 2;
    words_ = pack<std::uint16_t>(codes, cells);
  } else {
    width_ = 4;
    wide_ = pack<std::int32_t>(codes, cells);
  }
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

bool code_numbers(const std::vector<double>& numbers, std::int32_t limit, CodedNumbers& out) {
  if (limit <= kLargestDictionary && looks_continuous(numbers)) return false;
  NumberIndex index;
  out.codes.resize(numbers.size());
  double last = std::nan("");
  std::int32_t last_id = kMissingCode;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double number = numbers[i];
    if (number == last) {
      out.codes[i] = last_id;
      continue;
    }
    out.codes[i] = std::isnan(number) ? kMissingCode : index.insert(number);
    if (out.codes[i] >= limit) return false;
    last = number;
    last_id = out.codes[i];
  }
  const auto& distinct = index.numbers();
  std::vector<std::int32_t> order(distinct.size()), rank(distinct.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return distinct[a] < distinct[b]; });
  out.values.clear();
  for (std::size_t k = 0; k < order.size(); ++k) {
    rank[order[k]] = static_cast<std::int32_t>(k);
    out.values.push_back(distinct[order[k]]);
  }
  out.counts.assign(distinct.size(), 0);
  for (auto& code : out.codes) {
    if (code < 0) continue;
    code = rank[code];
    ++out.counts[code];
  }
  return true;
}

}  // namespace deciban::data
