#include "cell_sums.hpp"

#include <algorithm>

#include "lane_sums.hpp"

namespace deciban::engine {

using design::Block;
using parallel::kComputeRows;

namespace {

const double* at(const std::vector<double>& values, std::int64_t begin) {
  return values.empty() ? nullptr : values.data() + begin;
}

}  // namespace

RowWork::RowWork(const design::CodedDesign& design) {
  std::fill(ones, ones + kComputeRows, 1.0);
  for (const auto& block : design.blocks) {
    offset_at_.push_back(block.codes ? static_cast<std::int64_t>(offsets_.size()) : -1);
    if (block.codes) offsets_.resize(offsets_.size() + kComputeRows);
    value_at_.push_back(block.parts.empty() ? -1 : static_cast<std::int64_t>(values_.size()));
    if (!block.parts.empty()) values_.resize(values_.size() + static_cast<std::size_t>(block.width) * kComputeRows);
  }
}

void RowWork::load(const design::TrainingData& training, const design::CodedDesign& design, std::int64_t first,
                   int count) {
  begin = first;
  n = count;
  invalid = 0;
  y = training.y.data() + begin;
  exposure = training.exposure.empty() ? ones : training.exposure.data() + begin;
  frequencies = at(training.frequencies, begin);
  const double* w = at(training.weights, begin);
  for (int i = 0; i < n; ++i) weight[i] = (w ? w[i] : 1.0) * (frequencies ? frequencies[i] : 1.0);
  for (std::size_t b = 0; b < design.blocks.size(); ++b) {
    const Block& block = design.blocks[b];
    if (block.codes) {
      std::int32_t* codes = &offsets_[offset_at_[b]];
      block.codes->read(begin, n, codes);
      if (block.width > 1)
        for (int i = 0; i < n; ++i) codes[i] *= block.width;
    }
    if (!block.parts.empty()) design::read_values(block, begin, n, &values_[value_at_[b]]);
  }
}

CellSums::CellSums(int cells)
    : size(cells), score(static_cast<std::size_t>(cells)), information(static_cast<std::size_t>(cells) * cells) {}

void CellSums::merge(const CellSums& later) {
  n += later.n;
  sum_w += later.sum_w;
  deviance += later.deviance;
  pearson += later.pearson;
  invalid += later.invalid;
  for (std::size_t i = 0; i < score.size(); ++i) score[i] += later.score[i];
  for (std::size_t i = 0; i < information.size(); ++i) information[i] += later.information[i];
}

void CellSums::add_scalars(const RowWork& rows) {
  double counted[kComputeRows];
  for (int i = 0; i < rows.n; ++i)
    counted[i] = rows.weight[i] > 0.0 ? (rows.frequencies ? rows.frequencies[i] : 1.0) : 0.0;
  n += lane_sum(counted, rows.n);
  sum_w += lane_sum(rows.weight, rows.n);
  deviance += lane_dot(rows.weight, rows.deviance, rows.n);
  pearson += lane_sum(rows.pearson, rows.n);
  invalid += rows.invalid;
  score[0] += lane_sum(rows.score, rows.n);
  information[0] += lane_sum(rows.information, rows.n);
}

// Score of a block, and its information with the intercept.
void CellSums::add_margin(RowWork& rows, const Block& block, std::size_t b, int first) {
  const std::int32_t* offsets = rows.offsets(b);
  for (int j = 0; j < block.width; ++j) {
    const double* v = rows.values(b, j);
    const double* hv = v ? weighted_.data() + static_cast<std::size_t>(j) * kComputeRows : rows.information;
    if (!offsets) {
      score[first + j] += v ? lane_dot(rows.score, v, rows.n) : lane_sum(rows.score, rows.n);
      information[first + j] += lane_sum(hv, rows.n);
      continue;
    }
    double* scores = score.data() + first + j;
    double* margin = information.data() + first + j;
    if (v) {
      for (int i = 0; i < rows.n; ++i) scores[offsets[i]] += rows.score[i] * v[i];
    } else {
      for (int i = 0; i < rows.n; ++i) scores[offsets[i]] += rows.score[i];
    }
    for (int i = 0; i < rows.n; ++i) margin[offsets[i]] += hv[i];
  }
}

// Information of a block with one at or before it (itself included); weighted_ holds the right block's values.
void CellSums::add_pair(RowWork& rows, const Block& left, std::size_t l, int first_left, const Block& right,
                        std::size_t r, int first_right) {
  if (l == r && right.parts.empty()) return;  // levels of one factor never meet; their diagonal is the margin
  const std::int32_t *left_offsets = rows.offsets(l), *right_offsets = rows.offsets(r);
  const int n = rows.n;
  for (int k = 0; k < left.width; ++k) {
    const double* v = rows.values(l, k);
    for (int j = l == r ? k : 0; j < right.width; ++j) {
      const double* hv =
          right.parts.empty() ? rows.information : weighted_.data() + static_cast<std::size_t>(j) * kComputeRows;
      double* cells = row(first_left + k) + first_right + j;
      if (!left_offsets && !right_offsets) {
        *cells += v ? lane_dot(hv, v, n) : lane_sum(hv, n);
        continue;
      }
      double product[kComputeRows];
      if (v) {
        for (int i = 0; i < n; ++i) product[i] = hv[i] * v[i];
        hv = product;
      }
      if (!left_offsets) {
        for (int i = 0; i < n; ++i) cells[right_offsets[i]] += hv[i];
      } else if (!right_offsets) {
        for (int i = 0; i < n; ++i) cells[static_cast<std::int64_t>(left_offsets[i]) * size] += hv[i];
      } else {
        for (int i = 0; i < n; ++i)
          cells[static_cast<std::int64_t>(left_offsets[i]) * size + right_offsets[i]] += hv[i];
      }
    }
  }
}

void CellSums::add(RowWork& rows, const design::CodedDesign& design, const std::vector<int>& first_cell) {
  add_scalars(rows);
  for (std::size_t b = 0; b < design.blocks.size(); ++b) {
    const Block& block = design.blocks[b];
    if (!block.parts.empty()) {
      weighted_.resize(std::max(weighted_.size(), static_cast<std::size_t>(block.width) * kComputeRows));
      for (int j = 0; j < block.width; ++j) {
        const double* v = rows.values(b, j);
        double* hv = weighted_.data() + static_cast<std::size_t>(j) * kComputeRows;
        for (int i = 0; i < rows.n; ++i) hv[i] = rows.information[i] * v[i];
      }
    }
    add_margin(rows, block, b, first_cell[b]);
    for (std::size_t l = 0; l <= b; ++l) add_pair(rows, design.blocks[l], l, first_cell[l], block, b, first_cell[b]);
  }
}

}  // namespace deciban::engine
