// Coded columns written out, and rows of them picked.
#pragma once
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "deciban/data/codes.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/parallel/block_grid.hpp"

namespace coded_case {

using namespace deciban;

/// Codes of all rows, -1 for missing.
inline std::vector<std::int32_t> codes_of(const data::Codes& codes) {
  std::vector<std::int32_t> out;
  for (std::int64_t i = 0; i < codes.size(); ++i) out.push_back(codes.at(i) == codes.missing() ? -1 : codes.at(i));
  return out;
}

inline std::vector<std::int32_t> codes_of(const design::Block& block) {
  return block.codes ? codes_of(*block.codes) : std::vector<std::int32_t>();
}

/// Value j of a block for all rows; empty for a block without values.
inline std::vector<double> values_of(const design::Block& block, std::int64_t rows, int j = 0) {
  constexpr int kPiece = parallel::kComputeRows;
  std::vector<double> out, piece(static_cast<std::size_t>(block.width) * kPiece);
  if (block.parts.empty()) return out;
  for (std::int64_t begin = 0; begin < rows; begin += kPiece) {
    const int count = static_cast<int>(std::min<std::int64_t>(kPiece, rows - begin));
    design::read_values(block, begin, count, piece.data());
    out.insert(out.end(), piece.begin() + j * kPiece, piece.begin() + j * kPiece + count);
  }
  return out;
}

inline std::vector<double> values_of(const design::CodedDesign& design, std::size_t block, int j = 0) {
  return values_of(design.blocks[block], design.rows, j);
}

inline std::shared_ptr<const data::Codes> make_codes(const std::vector<std::int32_t>& codes, int cells) {
  return std::make_shared<const data::Codes>(codes, cells);
}

/// Values per row, column-major.
inline design::ValuePart dense_part(std::vector<double> values, int width = 1) {
  design::ValuePart part;
  part.width = width;
  part.stride = static_cast<std::int64_t>(values.size()) / width;
  part.values = std::move(values);
  return part;
}

/// A dictionary (entries x width, column-major) over codes.
inline design::ValuePart coded_part(const std::vector<double>& dictionary, int width,
                                    const std::vector<std::int32_t>& codes) {
  const std::size_t entries = dictionary.size() / static_cast<std::size_t>(width);
  std::vector<double> padded;
  for (int j = 0; j < width; ++j) {
    const auto from = dictionary.begin() + static_cast<std::ptrdiff_t>(entries) * j;
    padded.insert(padded.end(), from, from + static_cast<std::ptrdiff_t>(entries));
    padded.push_back(std::nan(""));
  }
  design::ValuePart part = dense_part(std::move(padded), width);
  part.codes = make_codes(codes, static_cast<int>(entries));
  return part;
}

inline design::Block factor_block(const std::vector<std::int32_t>& codes, int levels, std::vector<int> columns) {
  design::Block block;
  block.cells = levels;
  block.codes = make_codes(codes, levels);
  block.columns = std::move(columns);
  return block;
}

inline design::Block dense_block(std::vector<double> values, int column) {
  design::Block block;
  block.parts = {dense_part(std::move(values))};
  block.columns = {column};
  return block;
}

inline std::shared_ptr<const data::Codes> take(const std::shared_ptr<const data::Codes>& codes,
                                               const std::vector<std::int64_t>& rows) {
  if (!codes) return nullptr;
  std::vector<std::int32_t> picked;
  for (const auto row : rows) picked.push_back(codes->at(row) == codes->missing() ? -1 : codes->at(row));
  return make_codes(picked, codes->cells());
}

/// The design over other rows: picked, repeated or in another order.
inline design::CodedDesign take(design::CodedDesign design, const std::vector<std::int64_t>& rows) {
  design.rows = static_cast<std::int64_t>(rows.size());
  for (auto& factor : design.factors) factor.codes = take(factor.codes, rows);
  for (auto& block : design.blocks) {
    block.codes = take(block.codes, rows);
    for (auto& part : block.parts) {
      if (part.codes) {
        part.codes = take(part.codes, rows);
        continue;
      }
      std::vector<double> values;
      for (int j = 0; j < part.width; ++j)
        for (const auto row : rows) values.push_back(part.column(j)[row]);
      part = dense_part(std::move(values), part.width);
      part.stride = design.rows;
    }
  }
  return design;
}

}  // namespace coded_case
