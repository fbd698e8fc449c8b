#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/math/elementary.hpp"
#include "scalar_lanes.hpp"
#include "tables.hpp"

namespace deciban {
namespace math {

namespace {

constexpr double kHalfLogTwoPi = 0.91893853320467274178;

/// lgamma on [0.5, 3]; the factor x - root is exact, so that the values next to the zeros keep their relative accuracy.
double lgamma_central(double x) {
  if (x < 0.75) return (x - 1.0) * polynomial(tables::kLgammaA, x - 0.625);
  if (x < 1.0) return (x - 1.0) * polynomial(tables::kLgammaB, x - 0.875);
  if (x < 1.5) return (x - 1.0) * polynomial(tables::kLgammaC, x - 1.25);
  if (x < 2.0) return (x - 2.0) * polynomial(tables::kLgammaD, x - 1.75);
  return (x - 2.0) * polynomial(tables::kLgammaE, x - 2.5);
}

/// digamma on [1, 2].
double digamma_central(double x) {
  const double distance = (x - tables::kDigammaRootHi) - tables::kDigammaRootLo;
  return distance * (x < 1.5 ? polynomial(tables::kDigammaA, x - 1.25) : polynomial(tables::kDigammaB, x - 1.75));
}

}  // namespace

double lgamma(double x) {
  if (x != x) return x;
  if (x < 0.0) return kLaneNaN;
  if (x == 0.0 || x == kLaneInf) return kLaneInf;
  if (x < 0.5) return lgamma_central(1.0 + x) - log(x);
  if (x < 3.0) return lgamma_central(x);
  if (x < 8.0) {
    double product = 1.0;
    while (x >= 3.0) {
      x -= 1.0;
      product *= x;
    }
    return log(product) + lgamma_central(x);
  }
  const double inverse = 1.0 / x;
  return (x - 0.5) * (log(x) - 1.0) +
         ((kHalfLogTwoPi - 0.5) + inverse * polynomial(tables::kStirling, inverse * inverse));
}

double digamma(double x) {
  if (x != x) return x;
  if (x < 0.0) return kLaneNaN;
  if (x == 0.0) return -kLaneInf;
  if (x == kLaneInf) return kLaneInf;
  if (x < 1.0) return digamma_central(1.0 + x) - 1.0 / x;
  if (x >= 10.0) {
    const double inverse = 1.0 / x;
    const double z = inverse * inverse;
    return log(x) - (0.5 * inverse + z * polynomial(tables::kDigammaTail, z));
  }
  double sum = 0.0;
  while (x >= 2.0) {
    x -= 1.0;
    sum += 1.0 / x;
  }
  return sum + digamma_central(x);
}

double trigamma(double x) {
  if (x != x) return x;
  if (x < 0.0) return kLaneNaN;
  const int n_steps = x < 10.0 ? static_cast<int>(11.0 - x) : 0;
  const double shifted = x + n_steps;
  const double inverse = 1.0 / shifted;
  const double z = inverse * inverse;
  double sum = inverse + z * (0.5 + inverse * polynomial(tables::kTrigammaTail, z));
  for (int i = n_steps - 1; i >= 0; --i) {
    const double y = x + i;
    sum += 1.0 / (y * y);
  }
  return sum;
}

double log_factorial(double n) {
  if (n != n) return n;
  if (n < 0.0) return kLaneNaN;
  if (n < 128.0) {
    const int whole = static_cast<int>(n);
    if (whole == n) return tables::kLogFactorial[whole];
  }
  return lgamma(n + 1.0);
}

}  // namespace math
}  // namespace deciban
