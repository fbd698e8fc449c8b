#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/inference/covariance.hpp"
#include "deciban/linalg/matrix.hpp"

namespace deciban::inference {

/// Fits of one model to changed data, each from the estimates on.
struct Replicates {
  linalg::Matrix coefficients;  ///< p x B, natural; infinite where a replicate is separated, NaN where a fit failed
  linalg::Matrix errors;        ///< p x B, standard errors; empty where none were asked for
  std::int64_t failed = 0, separated = 0;
};

/// Changed data of replicate b: `values` receives one number per row.
using ReplicateRows = std::function<void(std::int64_t b, double* values)>;

/// Fits to other responses (parametric bootstrap). Up to eight replicates share a pass over the rows; steps are halved
/// until the deviance falls, and the last one is below 1e-8 standard errors.
/// @param phi   dispersion, in whose unit steps are measured.
/// @param keep  p flags: 0 = aliased.
Replicates refit_responses(const FittedRows& fit, const std::vector<char>& keep, double phi, std::int64_t count,
                           const ReplicateRows& responses, const RunContext& context);

/// Factors of the rows' weights with mean 1, and factors whose squares the meat of the sandwich takes: the same unless
/// rows stand for several (freq_weights).
struct ReplicateWeights {
  std::vector<double> weights, roots;
};

/// Fits to random weights (weighted-likelihood bootstrap of Newton and Raftery 1994, J. R. Stat. Soc. B 56, 3-48) with
/// Exp(1) weights by (seed, replicate), and HC0 standard errors of each fit with half the meat: squares of Exp(1)
/// weights have mean 2, so that these errors estimate what HC0 does.
Replicates refit_weights(const FittedRows& fit, const std::vector<char>& keep, double phi, std::int64_t count,
                         std::uint64_t seed, const RunContext& context);

/// Acceleration of each coefficient, natural: a sixth of the skewness of the score in the direction that is least
/// favourable for it (Efron 1987, JASA 82, 171-185, section 4; third cumulants of the family). 0 for aliased columns.
/// Raises InputError `bootstrap.wide_factor` for designs with a factor of 1,024 columns or more.
std::vector<double> accelerations(const FittedRows& fit, const families::Family& family, const families::Link& link,
                                  double phi, const RunContext& context);

/// Quantile p of values of which NaN are left out, at position (n + 1) p, linear between neighbours (Davison and
/// Hinkley 1997, section 5.2; type 6 of R's quantile); the ends where that is outside. NaN without values.
double bootstrap_quantile(std::vector<double> values, double p);

/// Limits of one coefficient.
struct Limits {
  double lower, upper;
};
Limits percentile_limits(const std::vector<double>& replicates, double level);
/// Bias-corrected and accelerated (Efron 1987).
Limits bca_limits(const std::vector<double>& replicates, double estimate, double acceleration, double level);
/// Estimate minus quantiles of t* = (b* - b) / se* times `error` (Davison and Hinkley 1997, section 5.2).
Limits studentised_limits(const std::vector<double>& replicates, const std::vector<double>& errors, double estimate,
                          double error, double level);

}  // namespace deciban::inference
