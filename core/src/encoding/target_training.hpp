#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "target_levels.hpp"
#include "target_sums.hpp"

namespace deciban::encoding {

/// The folds that a scheme takes its sums, priors and prior weights from.
/// @param given  TargetRows::folds.
TargetFolds training_folds(const TargetOptions& options, std::vector<std::int32_t> given, std::int64_t n,
                           const RunContext& context);

/// Encodes the training rows of a term without their own target.
/// @param cells  moments of each depth by (level, fold).
/// @param term_number  random orders of other terms are others.
/// @param out  one value per row.
void encode_training_rows(const TargetOptions& options, const TermRows& term, const TargetFolds& folds,
                          const std::vector<std::vector<LevelMoments>>& cells, const TargetValues& values,
                          std::uint64_t term_number, double* out, const RunContext& context);

}  // namespace deciban::encoding
