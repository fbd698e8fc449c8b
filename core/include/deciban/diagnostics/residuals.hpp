#pragma once
#include "deciban/base/config.hpp"

#include "deciban/families/family.hpp"
#include "deciban/families/response_law.hpp"

namespace deciban::diagnostics {

/// Anscombe residuals of n <= 512 rows: (A(y) - A(mu)) / (A'(mu) sqrt(V(mu))) times sqrt(w), where A' = V^(-1/3) makes
/// the response nearly normal. y may be the end of its range, where A is finite but for the inverse Gaussian's 0.
/// Source: McCullagh and Nelder (1989), section 2.4.2; Hardin and Hilbe (2018), section 4.5.
/// @param complement  1 - mu, read for probabilities.
/// @param w           prior weights; null: 1.
void anscombe_block(const families::Family& family, const double* y, const double* mu, const double* complement,
                    const double* w, double* out, int n);

/// Quantile residual: the standard normal quantile of P(Y <= y) or, where the law has a probability at y, of a number
/// between P(Y < y) and P(Y <= y) that `uniform` in (0, 1) picks. Within +-38, since the lower tail is kept to 1e-300
/// and the upper one to 1e-16 (8.2). NaN where there is no law at the point. Source: Dunn and Smyth (1996), J. Comput.
/// Graph. Stat. 5, 236-244.
double quantile_residual(const families::ResponseLaw& law, double y, const families::LawPoint& at, double uniform);

}  // namespace deciban::diagnostics
