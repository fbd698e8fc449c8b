#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>

#include "deciban/base/run_context.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

/// A synthetic motor portfolio of `n` policies with the shape of freMTPL2 and known true coefficients. Columns:
/// policy_id, area, vehicle_brand, vehicle_gas, region, vehicle_power, vehicle_age, driver_age, bonus_malus, density,
/// exposure, claim_count, claim_amount. Same bits in every host and for any number of threads; the first k rows do not
/// depend on n. Raises InputError `input.rows` for n < 0 or n >= 2^31.
tables::ResultTable simulate_portfolio(std::int64_t n, std::uint64_t seed, const RunContext& context);

/// The coefficients behind it: columns `model` ("frequency" or "severity"), `term`, `level`, `coefficient`.
tables::ResultTable portfolio_truth();

}  // namespace deciban::models
