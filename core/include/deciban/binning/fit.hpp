#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/binning/bins.hpp"
#include "deciban/binning/options.hpp"
#include "deciban/data/column.hpp"

namespace deciban::binning {

struct FittedBins {
  Bins bins;
  Trend trend = Trend::none;  ///< the one that `automatic` chose
  double gain = 0.0;          ///< of the regular bins: information value or share of deviance explained
  Warnings warnings;          ///< `binning.few_values`: more bins asked for than distinct values; `binning.one_bin`
};

/// Finds the bins of a column. Text, factors and logical values get groups of levels (ordered by rate, then as numbers
/// are), other columns intervals. `target` may be empty (no y) for quantile, uniform and kmeans.
/// Raises InputError `binning.infeasible` (context: constraint), `binning.target`, `data.length_mismatch`, DataError
/// `binning.no_values` (all rows missing), `binning.one_class`.
FittedBins fit_bins(const data::Column& column, const Target& target, const BinningOptions& options,
                    const RunContext& context);

}  // namespace deciban::binning
