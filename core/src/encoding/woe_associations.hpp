#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/encoding/woe_encoder.hpp"

namespace deciban::encoding {

/// Cramer's V of all pairs of features, from at most so many rows that all pairs take about 10^8 steps: one row out of
/// each of as many stretches of equal length, at a random place.
void associate(const std::vector<data::RowCodes>& codes, WoeEncoder& encoder, const RunContext& context);

/// Joint events and non-events of all pairs. Raises InputError `woe.pairwise_too_large`.
void join_counts(const std::vector<data::RowCodes>& codes, const WoeTarget& target, WoeEncoder& encoder,
                 const RunContext& context);

}  // namespace deciban::encoding
