#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/parallel/block_grid.hpp"

namespace deciban::engine {

/// One compute block of rows: everything about it stays in the caches close to the core.
struct RowWork {
  explicit RowWork(const design::CodedDesign& design);
  /// Loads rows: codes, values, response and weights.
  void load(const design::TrainingData& training, const design::CodedDesign& design, std::int64_t first, int count);
  /// Codes of the cells of a block times its width; null for a block without codes.
  const std::int32_t* offsets(std::size_t block) const {
    return offset_at_[block] < 0 ? nullptr : &offsets_[offset_at_[block]];
  }
  /// Value j of a block; null for a block without values.
  double* values(std::size_t block, int j) {
    return value_at_[block] < 0 ? nullptr
                                : &values_[value_at_[block] + static_cast<std::size_t>(j) * parallel::kComputeRows];
  }

  std::int64_t begin = 0;
  int n = 0;
  const double* y = nullptr;
  const double* exposure = nullptr;
  const double* frequencies = nullptr;
  double ones[parallel::kComputeRows], weight[parallel::kComputeRows];
  double eta[parallel::kComputeRows], mu[parallel::kComputeRows], complement[parallel::kComputeRows];
  double slope[parallel::kComputeRows], curvature[parallel::kComputeRows], variance[parallel::kComputeRows];
  double deviance[parallel::kComputeRows], score[parallel::kComputeRows], information[parallel::kComputeRows];
  double pearson[parallel::kComputeRows], residual[parallel::kComputeRows];
  std::int64_t invalid = 0;

 private:
  std::vector<std::int64_t> offset_at_, value_at_;
  std::vector<std::int32_t> offsets_;
  std::vector<double> values_;
};

/// Partial sums of score and information over cells: cell 0 is the intercept, then for every block its cells times its
/// values (also the base levels, which have no coefficient). Entry (i, j) of the information is filled for the block of
/// i at or before the block of j.
struct CellSums {
  explicit CellSums(int cells);
  void add(RowWork& rows, const design::CodedDesign& design, const std::vector<int>& first_cell);
  void merge(const CellSums& later);
  double* row(std::int64_t cell) { return information.data() + cell * size; }

  int size;
  double n = 0.0, sum_w = 0.0, deviance = 0.0, pearson = 0.0;
  std::int64_t invalid = 0;
  std::vector<double> score, information;

 private:
  void add_scalars(const RowWork& rows);
  void add_margin(RowWork& rows, const design::Block& block, std::size_t b, int first);
  void add_pair(RowWork& rows, const design::Block& left, std::size_t l, int first_left, const design::Block& right,
                std::size_t r, int first_right);
  std::vector<double> weighted_;  // information weight times the values of one block
};

}  // namespace deciban::engine
