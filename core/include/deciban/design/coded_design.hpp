#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deciban/data/codes.hpp"
#include "deciban/data/numbers.hpp"

namespace deciban::design {

/// Values that a variable gives to each row, `width` of them: a dictionary over codes, or a value per row.
struct ValuePart {
  int width = 1;
  std::shared_ptr<const data::Codes> codes;  ///< null: dense
  data::Numbers values;  ///< column-major: (cells + 1) x width with NaN in the last row, or rows x width
  data::Numbers
      low;  ///< of the same shape: what is left of the exact values beyond a double; empty: nothing is known of it
  std::int64_t stride = 0;  ///< rows of `values`

  const double* column(int j) const { return values.data() + static_cast<std::size_t>(j) * stride; }
};

/// The columns of one term over rows. Column of cell c and value j: `columns[c * width + j]`. Interactions of factors
/// are codes of their joint cells; nothing is expanded.
struct Block {
  int cells = 1;
  std::shared_ptr<const data::Codes> codes;  ///< of the cells; null when there is one cell
  std::vector<ValuePart> parts;              ///< their product gives the values; none: the value is 1
  int width = 1;                             ///< product of the parts' widths, the first part varies fastest
  std::vector<int> columns;                  ///< cells x width coefficients, -1: none (base level)
};

/// A factor of the formula over rows, for totals by level.
struct FactorCodes {
  int variable = 0;  ///< index into DesignSpec::variables
  std::shared_ptr<const data::Codes> codes;
};

/// Right-hand side of n rows.
struct CodedDesign {
  std::int64_t rows = 0;
  int n_columns = 0;
  bool intercept = true;
  std::vector<Block> blocks;  ///< one per term
  std::vector<FactorCodes> factors;
};

/// Reads the values of a block for rows [begin, begin + count), count <= 512: `out` receives width columns of 512.
/// Missing gives NaN. A block without parts writes nothing.
void read_values(const Block& block, std::int64_t begin, int count, double* out);

/// The same as unevaluated sums high + low, products of parts included: what the columns are beyond their doubles.
void read_pairs(const Block& block, std::int64_t begin, int count, double* high, double* low);

/// Bytes that the codes and values of a design take; what blocks share counts once.
std::int64_t bytes_of(const CodedDesign& design);

/// A design with everything that a fit needs. It may borrow columns of the data that it was learned from. Vectors that
/// are empty mean 1 (weights, frequencies, exposure) or 0 (offset).
struct TrainingData {
  CodedDesign design;
  data::Numbers y;
  data::Numbers weights;      ///< prior weights
  data::Numbers frequencies;  ///< freq_weights
  data::Numbers exposure;
  data::Numbers offset;            ///< total offset on the link scale, log(exposure) included
  std::vector<std::int64_t> kept;  ///< row of the data behind each row; empty when all rows are kept
  std::int64_t rows_given = 0;
};

}  // namespace deciban::design
