#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/linalg/cholesky.hpp"
#include "deciban/linalg/matrix.hpp"

namespace deciban::linalg {

/// The factor of the columns behind a triangle R with X = QR, by Householder reflections with R's limited pivoting: a
/// column whose norm, after projecting out the columns kept before it, falls below `tolerance` times its original norm
/// is left out (LINPACK's dqrdc2 as ?qr documents it). Nothing is squared, so that distances are resolved down to the
/// rounding of the columns themselves, 1e-15, where a Gram matrix ends at 1e-8. Columns are scaled by powers of two on
/// the way. Source: Golub and Van Loan (2013), 5.1 and 5.2.
///
/// @param triangle  p x p, upper triangular.
/// @param norms2    p squared original norms that the tolerance refers to; empty: those of the columns of R.
/// @param keep      as in AliasedCholesky.
AliasedCholesky factor_of_triangle(const Matrix& triangle, const std::vector<double>& norms2, double tolerance,
                                   const std::vector<char>& keep = {});

}  // namespace deciban::linalg
