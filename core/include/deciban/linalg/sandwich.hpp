#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/run_context.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::linalg {

/// bread meat bread, p x p. Columns that the bread leaves out (zeros, or not known in an arrow) stay left out.
///
/// With an arrow, of the same columns in both, the product has none: what comes back knows the variances of the arrow's
/// columns and the covariance of the others. With A = T S T' + D^-1, where T = (-D^-1 B; I) and S is the bread's core,
/// they follow from K = T' M T and the rows of D^-1 M T, which are as sparse as B.
Covariance sandwich(const Covariance& bread, const ArrowMatrix& meat, const RunContext& context);

}  // namespace deciban::linalg
