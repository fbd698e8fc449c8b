#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

namespace deciban::design {

/// The columns of one term over the rows of a fit: a factor stays codes, it is never expanded.
struct Block {
  enum class Kind { factor, dense };
  Kind kind = Kind::dense;
  std::vector<std::int32_t> codes;  ///< factor: n codes in [0, levels), or negative for missing (new rows only)
  int levels = 0;
  std::vector<double> values;  ///< dense: n values, NaN for missing (new rows only)
  std::vector<int> columns;    ///< coefficient of each level (-1: none), or the single coefficient of a dense column
};

/// Right-hand side of n rows.
struct CodedDesign {
  std::int64_t rows = 0;
  int n_columns = 0;
  bool intercept = true;
  std::vector<Block> blocks;
};

/// A design with everything that a fit needs. Vectors that are empty mean 1 (weights, frequencies, exposure) or 0
/// (offset).
struct TrainingData {
  CodedDesign design;
  std::vector<double> y;
  std::vector<double> weights;      ///< prior weights
  std::vector<double> frequencies;  ///< freq_weights
  std::vector<double> exposure;
  std::vector<double> offset;      ///< total offset on the link scale, log(exposure) included
  std::vector<std::int64_t> kept;  ///< row of the data behind each row; empty when all rows are kept
  std::int64_t rows_given = 0;
};

}  // namespace deciban::design
