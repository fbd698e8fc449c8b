#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/models/glm.hpp"

namespace deciban::models {

/// Square roots of the diagonal of the covariance; NaN for aliased coefficients.
std::vector<double> std_errors(const GlmModel& model);
/// Degrees of freedom of the coefficient tests: infinite (normal law) for a known dispersion.
double test_df(const GlmModel& model);

}  // namespace deciban::models
