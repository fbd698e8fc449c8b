#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/base/line_vector.hpp"
#include "deciban/base/raw_array.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "kernels.hpp"
#include "plan.hpp"

namespace deciban::engine {

/// Joint codes of the groups of a plan, by row: two bytes each where the cells allow.
struct JointCodes {
  RawArray<std::uint16_t> narrow;
  RawArray<std::uint32_t> wide;
};

/// One compute block of rows: everything about it stays in the caches close to the core. Arrays are zero behind row n.
struct RowWork {
  RowWork(const design::CodedDesign& design, const Plan& plan);
  /// Response, weights, exposure.
  void load(const design::TrainingData& training, std::int64_t first, int count);
  /// Values of dense columns (shifted) and of varying terms.
  void load_values(const design::CodedDesign& design, const Plan& plan, const std::vector<double>& anchors,
                   const Kernels& kernels);

  /// Multiplies the weights.
  void reweight(const double* factors) {
    own_weights();
    for (int i = 0; i < n; ++i) weights_[i] *= factors[i];
  }
  /// Takes other responses for the rows, `n` of them.
  void respond(const double* responses);
  /// Sets the weight of a row to 0.
  void drop(int i) {
    own_weights();
    weights_[i] = 0.0;
  }

  double* dense(std::size_t k) { return dense_.data() + k * parallel::kComputeRows; }
  double* varying(std::size_t v, int j) {
    return varying_.data() + (varying_at_[v] + static_cast<std::size_t>(j)) * parallel::kComputeRows;
  }

  /// Codes of the cells of varying term v.
  void varying_codes(std::size_t v, std::int32_t* codes) const { cells_[v]->read(begin, n, codes); }

  std::int64_t begin = 0;
  int n = 0;
  const double* y = nullptr;
  const double* exposure = nullptr;
  const double* frequencies = nullptr;
  const double* offset = nullptr;
  alignas(64) double ones[parallel::kComputeRows];
  const double* weight = nullptr;
  alignas(64) double eta[parallel::kComputeRows], mu[parallel::kComputeRows], complement[parallel::kComputeRows];
  alignas(64) double slope[parallel::kComputeRows], curvature[parallel::kComputeRows];
  alignas(64) double variance[parallel::kComputeRows], deviance[parallel::kComputeRows];
  alignas(64) double score[parallel::kComputeRows], information[parallel::kComputeRows];
  alignas(64) double pearson[parallel::kComputeRows], residual[parallel::kComputeRows];
  std::int64_t invalid = 0;

 private:
  void own_weights();

  alignas(64) double tail_[parallel::kComputeRows];  // y of the last rows, padded
  alignas(64) double weights_[parallel::kComputeRows];
  LineVector<double> dense_, varying_;
  std::vector<std::size_t> varying_at_;
  std::vector<const data::Codes*> cells_;
};

}  // namespace deciban::engine
