// Searches for cuts between neighbouring cells other than the dynamic programmes. A cut k, 0 < k < cells, starts a new
// bin at cell k; all functions give ascending cuts. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "cells.hpp"

namespace deciban::binning {

/// Bins of about equal weight: the cut k of K is after the first cell at which the weight so far reaches k / K.
std::vector<int> quantile_cuts(const Cells& cells, int bins);

/// Binary splits, best first, as CART (Breiman et al. 1984): by the decrease of Gini impurity (binary, multiclass), or
/// of deviance, until there are `max_leaves` (0: no limit) or none with `min_weight` on both sides gains anything.
std::vector<int> tree_cuts(const Cells& cells, int max_leaves, double min_weight);

/// The exact one-dimensional k-means partition of the values, weighted: dynamic programming over sums of squares, the
/// rows of whose matrix of minima are found by SMAWK (Aggarwal et al. 1987) in O(k n).
std::vector<int> kmeans_cuts(const Cells& cells, int bins);

/// Recursive minimum-entropy splits with the stopping rule of Fayyad and Irani (1993). Binary and multiclass.
std::vector<int> mdlp_cuts(const Cells& cells);

/// Merges the neighbours with the smallest chi-squared until all exceed the quantile of `max_p_value`, and there are at
/// most `max_bins` (0: no limit), each with `min_weight` (Kerber 1992).
std::vector<int> chimerge_cuts(const Cells& cells, double max_p_value, int max_bins, double min_weight);

/// Blocks of the isotonic regression of the rate by pooling adjacent violators.
std::vector<int> isotonic_cuts(const Cells& cells, bool increasing);

}  // namespace deciban::binning
