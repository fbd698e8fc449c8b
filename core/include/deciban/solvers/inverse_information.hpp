#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/engine/objective.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::solvers {

/// The inverse of the expected information at coefficients, as newton() forms that of its solution: from the Gram
/// matrix, or by QR where the columns are nearly dependent. Zeros (or not known, in an arrow) for columns left out.
/// @param at    the objective's evaluation at beta by expected information.
/// @param keep  p flags: 0 = aliased or fixed.
linalg::Covariance inverse_information(const engine::Objective& objective, const engine::Evaluation& at,
                                       const std::vector<double>& beta, const std::vector<char>& keep, double rank_tol,
                                       const RunContext& context);

}  // namespace deciban::solvers
