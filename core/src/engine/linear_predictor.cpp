#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::engine {
namespace {

using parallel::kComputeRows;

// Adds the part of one term to eta.
void add_term(const design::Block& block, const std::vector<double>& cells, std::int64_t begin, int n,
              std::vector<double>& values, double* eta) {
  std::int32_t codes[kComputeRows] = {};
  if (block.codes) block.codes->read(begin, n, codes);
  values.resize(static_cast<std::size_t>(block.width) * kComputeRows);
  design::read_values(block, begin, n, values.data());
  for (int j = 0; j < block.width; ++j) {
    const double* x = block.parts.empty() ? nullptr : &values[static_cast<std::size_t>(j) * kComputeRows];
    for (int i = 0; i < n; ++i) {
      const double coefficient = cells[static_cast<std::size_t>(codes[i]) * block.width + j];
      eta[i] += x ? coefficient * x[i] : coefficient;
    }
  }
}

}  // namespace

std::vector<double> linear_predictor(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const data::Numbers& offset, const RunContext& context) {
  std::vector<double> used = coefficients;
  for (auto& value : used)
    if (std::isnan(value)) value = 0.0;
  // coefficients by cell; the last cell of a factor is the missing code
  std::vector<std::vector<double>> cells;
  for (const auto& block : design.blocks) {
    cells.emplace_back();
    for (const int column : block.columns)
      cells.back().push_back(column < 0 ? 0.0 : used[static_cast<std::size_t>(column)]);
    cells.back().resize(block.columns.size() + static_cast<std::size_t>(block.width), std::nan(""));
  }
  std::vector<double> eta(static_cast<std::size_t>(design.rows));
  parallel::for_each(context, parallel::block_count(design.rows), [&](std::int64_t index) {
    std::vector<double> values;
    parallel::for_compute_blocks(parallel::block_range(design.rows, index), [&](std::int64_t begin, int n) {
      for (int i = 0; i < n; ++i)
        eta[begin + i] = (design.intercept ? used[0] : 0.0) + (offset.empty() ? 0.0 : offset[begin + i]);
      for (std::size_t b = 0; b < design.blocks.size(); ++b)
        add_term(design.blocks[b], cells[b], begin, n, values, eta.data() + begin);
    });
  });
  return eta;
}

}  // namespace deciban::engine
