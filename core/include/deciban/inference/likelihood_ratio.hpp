#pragma once
#include "deciban/base/config.hpp"

namespace deciban::inference {

/// A statistic with its p-value; NaN where there is nothing to test.
struct TestResult {
  double statistic, p_value;
};

/// The dispersion of a test with its degrees of freedom; those of a known dispersion are infinite.
struct Dispersion {
  double value, df;
};

/// Likelihood-ratio test of nested models: change of the deviance / phi against chi-squared with `df` degrees of
/// freedom (McCullagh and Nelder 1989, section 4.4.3). NaN for df = 0 and for a negative change.
TestResult chi_squared_test(double change, double df, double dispersion);

/// F test: change / df / phi against F(df, degrees of freedom of phi) (McCullagh and Nelder 1989, section 8.3.3).
TestResult f_test(double change, double df, const Dispersion& dispersion);

}  // namespace deciban::inference
