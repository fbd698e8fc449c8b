#include "deciban/design/model_matrix.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::design {
namespace {

using parallel::kComputeRows;

// Calls put(row, column, value) for what a block gives to rows [begin, begin + n) that may differ from 0.
template <class Put>
void walk_block(const Block& block, std::int64_t begin, int n, std::vector<double>& values, Put&& put) {
  std::int32_t codes[kComputeRows] = {};
  if (block.codes) block.codes->read(begin, n, codes);
  values.resize(static_cast<std::size_t>(block.width) * kComputeRows);
  read_values(block, begin, n, values.data());
  for (int j = 0; j < block.width; ++j)
    for (int i = 0; i < n; ++i) {
      const double value = block.parts.empty() ? 1.0 : values[static_cast<std::size_t>(j) * kComputeRows + i];
      if (block.codes && (codes[i] == block.codes->missing() || std::isnan(value))) {
        for (int cell = 0; cell < block.cells; ++cell) {  // missing in every column of the term
          const int column = block.columns[static_cast<std::size_t>(cell) * block.width + j];
          if (column >= 0) put(begin + i, column, std::nan(""));
        }
        continue;
      }
      const int column = block.columns[static_cast<std::size_t>(codes[i]) * block.width + j];
      if (column >= 0) put(begin + i, column, value);
    }
}

void fill_dense(const CodedDesign& design, ModelMatrix& matrix, const RunContext& context) {
  matrix.values.assign(static_cast<std::size_t>(design.rows) * design.n_columns, 0.0);
  if (design.intercept) std::fill_n(matrix.values.begin(), design.rows, 1.0);
  parallel::for_each(context, parallel::block_count(design.rows), [&](std::int64_t index) {
    std::vector<double> values;
    parallel::for_compute_blocks(parallel::block_range(design.rows, index), [&](std::int64_t begin, int n) {
      for (const auto& block : design.blocks)
        walk_block(block, begin, n, values, [&](std::int64_t row, int column, double value) {
          matrix.values[static_cast<std::size_t>(column) * design.rows + row] = value;
        });
    });
  });
}

void fill_sparse(const CodedDesign& design, ModelMatrix& matrix) {
  const std::size_t p = static_cast<std::size_t>(design.n_columns);
  std::vector<std::vector<std::int32_t>> rows(p);
  std::vector<std::vector<double>> kept(p);
  const auto put = [&](std::int64_t row, int column, double value) {
    if (value == 0.0) return;
    rows[column].push_back(static_cast<std::int32_t>(row));
    kept[column].push_back(value);
  };
  std::vector<double> values;
  parallel::for_compute_blocks({0, design.rows}, [&](std::int64_t begin, int n) {
    if (design.intercept)
      for (int i = 0; i < n; ++i) put(begin + i, 0, 1.0);
    for (const auto& block : design.blocks) walk_block(block, begin, n, values, put);
  });
  matrix.column_start.push_back(0);
  for (std::size_t j = 0; j < p; ++j) {
    matrix.row_index.insert(matrix.row_index.end(), rows[j].begin(), rows[j].end());
    matrix.values.insert(matrix.values.end(), kept[j].begin(), kept[j].end());
    matrix.column_start.push_back(static_cast<std::int64_t>(matrix.values.size()));
  }
}

}  // namespace

ModelMatrix materialise(const DesignSpec& spec, const CodedDesign& design, bool sparse, const RunContext& context) {
  ModelMatrix matrix;
  matrix.names = spec.column_names();
  matrix.rows = design.rows;
  matrix.sparse = sparse;
  if (spec.intercept) matrix.assign.push_back(0);
  for (std::size_t t = 0; t < spec.terms.size(); ++t) {
    matrix.terms.push_back(spec.terms[t].label);
    matrix.assign.insert(matrix.assign.end(), static_cast<std::size_t>(spec.terms[t].n_columns),
                         static_cast<int>(t) + 1);
  }
  if (sparse) {
    fill_sparse(design, matrix);
  } else {
    fill_dense(design, matrix, context);
  }
  return matrix;
}

}  // namespace deciban::design
