#pragma once
#include "deciban/base/config.hpp"

#include <vector>

namespace deciban::inference {

/// Wald statistics of k estimates; NaN in, NaN out.
struct WaldTable {
  std::vector<double> statistic, p_value, lower, upper;
};

/// estimate / standard error against the normal law, or Student's t when `df` is finite (as R's summary.glm), and
/// intervals estimate +- quantile * standard error at `level`.
/// @param df  residual degrees of freedom; infinity for a known dispersion. 0 or less gives NaN.
/// Raises InputError `input.level` for a level outside (0, 1).
WaldTable wald(const std::vector<double>& estimates, const std::vector<double>& std_errors, double df, double level);

}  // namespace deciban::inference
