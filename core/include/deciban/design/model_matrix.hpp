#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/design/spec.hpp"

namespace deciban::design {

/// The columns of a design written out, for inspection and for solvers of the user's own; fits never make it.
struct ModelMatrix {
  std::vector<std::string> names;  ///< p column names, as R's model.matrix
  std::vector<int> assign;         ///< p: 0 for the intercept, k for the k-th term
  std::vector<std::string> terms;  ///< term labels
  std::int64_t rows = 0;
  std::vector<std::int64_t> kept;  ///< 0-based rows of the data; empty: all
  bool sparse = false;
  std::vector<double> values;              ///< dense: rows x p, column-major; sparse: non-zero values by column
  std::vector<std::int32_t> row_index;     ///< sparse: 0-based row of each value, ascending within a column
  std::vector<std::int64_t> column_start;  ///< sparse: p + 1 positions into values
};

/// Writes a coded design out; missing values are NaN (stored in the sparse form too).
ModelMatrix materialise(const DesignSpec& spec, const CodedDesign& design, bool sparse, const RunContext& context);

}  // namespace deciban::design
