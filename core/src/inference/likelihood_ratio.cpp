#include "deciban/inference/likelihood_ratio.hpp"

#include <cmath>

#include "deciban/math/distributions.hpp"

namespace deciban::inference {

TestResult chi_squared_test(double change, double df, double dispersion) {
  const double none = std::nan(""), statistic = change / dispersion;
  if (!(df > 0.0) || !(statistic >= 0.0)) return {none, none};
  return {statistic, math::chi2_sf(statistic, df)};
}

TestResult f_test(double change, double df, const Dispersion& dispersion) {
  const double none = std::nan(""), statistic = change / df / dispersion.value;
  if (!(df > 0.0) || !(statistic >= 0.0)) return {none, none};
  return {statistic, math::f_sf(statistic, df, dispersion.df)};
}

}  // namespace deciban::inference
