#pragma once
#include "deciban/base/config.hpp"

#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::evidence {

/// Beta quantile with the limits 0 (a = 0) and 1 (b = 0).
inline double beta_limit(double p, double a, double b) {
  if (a <= 0.0) return 0.0;
  if (b <= 0.0) return 1.0;
  return math::beta_quantile(p, a, b);
}

/// ln(p / (1 - p)); infinite at 0 and 1.
inline double logit(double p) { return math::log(p) - math::log1p(-p); }

}  // namespace deciban::evidence
