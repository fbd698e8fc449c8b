// Checks of the response and what depends on all of its rows. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "cells.hpp"
#include "deciban/binning/options.hpp"

namespace deciban::binning {

/// Raises InputError `data.length_mismatch`, `binning.target`, `binning.weights`, `binning.exposure` and DataError
/// `binning.one_class`; messages name the first row (from 1) and its value.
void check_target(const Target& target, std::int64_t rows, const BinningOptions& options);

/// Cells without any, for sums of this response: kind, width, center and the scale of tests.
Cells start_cells(const Target& target, std::int64_t rows);

/// Twice the log-likelihood that a model with one mean is behind a perfect one, over the rows of the cells.
double null_deviance(const Target& target, const Cells& cells, const std::vector<std::int32_t>& rows);

}  // namespace deciban::binning
