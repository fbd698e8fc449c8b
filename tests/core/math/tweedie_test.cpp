#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "accuracy.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/tweedie.hpp"
#include "tweedie_reference.hpp"

namespace deciban {
namespace math {
namespace {

using namespace testing;

double unit_deviance(double y, double mu, double p) {
  const long double r = static_cast<long double>(y) / mu, power = std::pow(static_cast<long double>(mu), 2.0L - p);
  if (p == 2.0) return static_cast<double>(2.0L * (r - 1.0L - std::log(r)));
  const long double growth = r > 0.0L ? std::expm1((1.0L - p) * std::log(r)) : 0.0L;
  return static_cast<double>(2.0L * power * (r * growth / (1.0L - p) - (r - 1.0L)) / (2.0L - p));
}

double log_density(double y, double mu, double phi, double p) {
  const double deviance = unit_deviance(y, mu, p) / (2.0 * phi);
  if (y == 0.0) return -deviance;
  return TweedieSeries(p).at(pow(y, 2.0 - p) / phi).value - log(y) - deviance;
}

double error_of(const TweediePoint& point) {
  const double value = log_density(point.y, point.mu, point.phi, point.p);
  return std::fabs(value - point.log_density) / std::max(1.0, std::fabs(point.log_density));
}

// Every point lies within 6e-15 of the larger of 1 and the log density, also beyond p in [1.01, 1.99].
TEST(Tweedie, ReferenceInSixtyDigits) {
  Worst worst;
  for (const auto& point : kTweediePoints) worst.add(point.p, error_of(point));
  EXPECT_LE(worst.error, 1e-14) << worst.at;
}

// Trapezoid in log y, whose error is exponentially small; the atom at 0 is exp(-lambda).
TEST(Tweedie, DensityIntegratesToOneWithItsMean) {
  for (const double p : {1.15, 1.3, 1.5, 1.7, 1.9, 1.99})
    for (const double phi : {0.3, 1.0, 2.5}) {
      const double mu = 2.0, step = 5e-3;
      double mass = log_density(0.0, mu, phi, p) == 0.0 ? 0.0 : exp(log_density(0.0, mu, phi, p)), mean = 0.0;
      const TweedieSeries series(p);
      for (double s = -300.0; s < 8.0; s += step) {
        const double y = exp(s);
        const double share = exp(series.at(pow(y, 2.0 - p) / phi).value - unit_deviance(y, mu, p) / (2.0 * phi)) * step;
        mass += share;
        mean += y * share;
      }
      EXPECT_NEAR(mass, 1.0, 1e-11) << p << " " << phi;
      EXPECT_NEAR(mean, mu, 1e-11) << p << " " << phi;
    }
}

TEST(Tweedie, DerivativesAreThoseOfTheValue) {
  for (const double p : {1.02, 1.2, 1.5, 1.8, 1.97, 2.0}) {
    const TweedieSeries series(p);
    for (const double n : {1e-3, 0.07, 0.8, 5.0, 14.0, 30.0, 500.0}) {
      const double h = 1e-5;
      const auto at = series.at(n), above = series.at(n * exp(h)), below = series.at(n * exp(-h));
      EXPECT_NEAR((above.value - below.value) / (2.0 * h), at.slope, 1e-7 * std::max(1.0, std::fabs(at.slope)))
          << p << " " << n;
      EXPECT_NEAR((above.slope - below.slope) / (2.0 * h), at.bend, 1e-5 * std::max(1.0, std::fabs(at.bend)))
          << p << " " << n;
    }
  }
}

// The two methods meet: the step of the value over the switch is that of its slope.
TEST(Tweedie, SeriesAndExpansionMeet) {
  for (const double p : {1.001, 1.01, 1.05, 1.1, 1.5, 1.9, 1.99, 1.9999, 2.0}) {
    const TweedieSeries series(p);
    const double n = std::max(16.0, 2.2 * (2.0 - p) / (p - 1.0)), h = 1e-9;
    const auto below = series.at(n * (1.0 - h)), above = series.at(n * (1.0 + h));
    EXPECT_NEAR(above.value - below.value, 2.0 * h * below.slope, 2e-14) << p;
    EXPECT_NEAR(above.slope, below.slope, 1e-10) << p;
  }
}

TEST(Tweedie, ExtremesStayFinite) {
  for (const double p : {1.0 + 1e-12, 1.000001, 1.5, 1.999999, 2.0 - 1e-12, 2.0}) {
    const TweedieSeries series(p);
    for (const double n : {1e-300, 1e-30, 1e-3, 1.0, 1e3, 1e30, 1e300}) {
      const auto at = series.at(n);
      EXPECT_TRUE(std::isfinite(at.value)) << p << " " << n;
      EXPECT_TRUE(std::isfinite(at.slope)) << p << " " << n;
    }
  }
  EXPECT_NEAR(TweedieSeries(2.0 - 1e-9).at(3.0).value, TweedieSeries(2.0).at(3.0).value, 1e-7);
}

}  // namespace
}  // namespace math
}  // namespace deciban
