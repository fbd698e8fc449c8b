#pragma once
#include "deciban/base/config.hpp"

#include "deciban/engine/objective.hpp"
#include "deciban/linalg/cholesky.hpp"
#include "deciban/solvers/newton.hpp"

namespace deciban::solvers {

/// Whether refinement pays: columns that needed QR, and small least squares, where it costs microseconds.
bool worth_refining(const engine::Objective& objective, bool orthogonal);

/// Iterative refinement of a solution: the score in twice the working precision at coefficients that are pairs, steps
/// by the factor that is there, until they stop shrinking. Each step gains the digits that the columns' condition
/// leaves a double; at the end coefficients are those of the given columns, to the last bit or nearly so. With
/// `with_inverse` the inverse information is refined in the same way. Leaves `solution` and `at` alone where no step
/// helps. Sources: Bjorck (1967), BIT 7, 257-278; Bjorck (1996), Numerical Methods for Least Squares Problems, 2.9.3
/// and 6.6.5.
void refine(const engine::Objective& objective, const linalg::AliasedCholesky& factor, bool with_inverse,
            const RunContext& context, Solution& solution, engine::Evaluation& at);

}  // namespace deciban::solvers
