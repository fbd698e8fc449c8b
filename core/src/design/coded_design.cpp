#include "deciban/design/coded_design.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "deciban/linalg/double_double.hpp"
#include "deciban/parallel/block_grid.hpp"

namespace deciban::design {
namespace {

constexpr int kStride = parallel::kComputeRows;

// One part alone: gathers from the dictionary, or copies.
void read_part(const ValuePart& part, std::int64_t begin, int count, double* out) {
  if (!part.codes) {
    for (int j = 0; j < part.width; ++j)
      for (int i = 0; i < count; ++i) out[j * kStride + i] = part.column(j)[begin + i];
    return;
  }
  std::int32_t codes[kStride];
  part.codes->read(begin, count, codes);
  for (int j = 0; j < part.width; ++j) {
    const double* values = part.column(j);
    for (int i = 0; i < count; ++i) out[j * kStride + i] = values[codes[i]];
  }
}

void read_part_low(const ValuePart& part, std::int64_t begin, int count, double* out) {
  std::fill_n(out, static_cast<std::size_t>(part.width) * kStride, 0.0);
  if (part.low.empty()) return;
  ValuePart low = part;
  low.values = part.low;
  read_part(low, begin, count, out);
}

}  // namespace

std::int64_t bytes_of(const CodedDesign& design) {
  std::int64_t total = 0;
  std::set<const void*> counted;
  const auto add_codes = [&](const std::shared_ptr<const data::Codes>& codes) {
    if (codes && counted.insert(codes.get()).second) total += codes->bytes();
  };
  for (const auto& block : design.blocks) {
    add_codes(block.codes);
    total += static_cast<std::int64_t>(block.columns.size() * sizeof(int));
    for (const auto& part : block.parts) {
      add_codes(part.codes);
      for (const auto* values : {&part.values, &part.low})
        if (!values->empty() && counted.insert(values->data()).second)
          total += static_cast<std::int64_t>(values->size() * sizeof(double));
    }
  }
  for (const auto& factor : design.factors) add_codes(factor.codes);
  return total;
}

void read_values(const Block& block, std::int64_t begin, int count, double* out) {
  if (block.parts.empty()) return;
  read_part(block.parts[0], begin, count, out);
  int width = block.parts[0].width;
  std::vector<double> factor;
  for (std::size_t p = 1; p < block.parts.size(); ++p) {
    const ValuePart& part = block.parts[p];
    factor.resize(static_cast<std::size_t>(part.width) * kStride);
    read_part(part, begin, count, factor.data());
    // products in place, last first: column a + width * b = left a times right b
    for (int b = part.width - 1; b >= 0; --b)
      for (int a = width - 1; a >= 0; --a)
        for (int i = 0; i < count; ++i)
          out[(a + width * b) * kStride + i] = out[a * kStride + i] * factor[b * kStride + i];
    width *= part.width;
  }
}

void read_pairs(const Block& block, std::int64_t begin, int count, double* high, double* low) {
  if (block.parts.empty()) return;
  read_part(block.parts[0], begin, count, high);
  read_part_low(block.parts[0], begin, count, low);
  int width = block.parts[0].width;
  std::vector<double> factor, factor_low;
  for (std::size_t p = 1; p < block.parts.size(); ++p) {
    const ValuePart& part = block.parts[p];
    factor.resize(static_cast<std::size_t>(part.width) * kStride);
    factor_low.resize(factor.size());
    read_part(part, begin, count, factor.data());
    read_part_low(part, begin, count, factor_low.data());
    for (int b = part.width - 1; b >= 0; --b)
      for (int a = width - 1; a >= 0; --a)
        for (int i = 0; i < count; ++i) {
          const int from = a * kStride + i, by = b * kStride + i, to = (a + width * b) * kStride + i;
          const double plain = high[from] * factor[by];
          const linalg::DoubleDouble product =
              linalg::DoubleDouble(high[from], low[from]) * linalg::DoubleDouble(factor[by], factor_low[by]);
          const bool exact = std::isfinite(product.hi) && std::isfinite(product.lo);  // else beyond the splitting
          high[to] = exact ? product.hi : plain;
          low[to] = exact ? product.lo : 0.0;
        }
    width *= part.width;
  }
}

}  // namespace deciban::design
