#pragma once
#include "deciban/base/config.hpp"

namespace deciban {
namespace math {

// Distribution functions P(X <= x) of laws of responses, in the parameters of a generalised linear model. Invalid
// parameters and NaN give NaN; nothing is raised.

/// Counts with Var = mean + mean^2 / theta; an infinite theta is the Poisson law. k is rounded down.
double negative_binomial_cdf(double k, double mean, double theta);
/// k is rounded down.
double binomial_cdf(double k, double n, double p);
/// Mean and shape lambda (Var = mean^3 / lambda). Shuster (1968), JASA 63, 1514-1516; the second term in Mills' form,
/// so that nothing overflows.
double inverse_gaussian_cdf(double x, double mean, double shape);
/// Tweedie's law with 1 < var_power < 2 and Var = phi mean^var_power: a Poisson sum of gamma laws, added from the
/// middle to both sides. From 500 expected summands on Lugannani and Rice's saddle point formula (1980, Advances in
/// Applied Probability 12, 475-490), with Barndorff-Nielsen's r*, is used: 1e-6 of the law there.
double tweedie_cdf(double x, double mean, double phi, double var_power);

}  // namespace math
}  // namespace deciban
