// Steps that numbers and levels share. Internal to binning.
#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "cells.hpp"
#include "deciban/binning/fit.hpp"
#include "programme.hpp"
#include "response.hpp"

namespace deciban::binning {

/// Bins asked for when max_bins is left out, of methods that need a number.
inline constexpr int kDefaultBins = 10;
inline constexpr double kDefaultSize = 0.05;

double total_weight(const Cells& cells);
/// min_bin_size, or its default for the method.
double bin_size_share(const BinningOptions& options);
/// Rules of the options for cells whose weights add up to `total`.
Rules rules_of(const BinningOptions& options, double total);
/// Whether there is anything but the method itself to obey.
bool has_rules(const BinningOptions& options, std::size_t bins);
/// best_partition, or InputError `binning.infeasible` that names the rules in conflict.
Partition must_partition(const std::string& variable, const Cells& cells, const Rules& rules);
/// Fewer cuts, by weight, when there are more than `most`.
std::vector<int> thin(const Cells& cells, const std::vector<int>& cuts, int most);
/// Sets FittedBins::gain from the regular bins.
void set_gain(const Target& target, const Cells& bins, const std::vector<std::int32_t>& rows, FittedBins& fitted);
/// Warns when more bins are asked for than there are distinct values.
void warn_few_values(const std::string& variable, const BinningOptions& options, std::size_t distinct,
                     Warnings& warnings);

/// The regular bin whose rate is nearest to that of `sums`, the trend holding also with these rows in it; -1 when there
/// is none or `sums` have no weight. Adds the sums to the bin.
int join_nearest(Cells& bins, const double* sums, Trend trend);

FittedBins fit_numbers(const data::Column& column, const Target& target, const BinningOptions& options);
FittedBins fit_levels(const data::Column& column, const Target& target, const BinningOptions& options);

}  // namespace deciban::binning
