#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/run_context.hpp"
#include "deciban/design/coded_design.hpp"

namespace deciban::solvers {

/// Below, the law is close to a lattice and the likelihood of the dispersion may have several peaks.
inline constexpr double kSmoothVarPower = 1.15;

/// Tweedie's likelihood at fitted means, as a function of the dispersion: means enter through the deviance only, so
/// that rows with a response of 0 are never looked at.
class TweedieLikelihood {
 public:
  TweedieLikelihood(const design::TrainingData& training, double var_power, double deviance, const RunContext& context)
      : training_(training), var_power_(var_power), deviance_(deviance), context_(context) {}

  /// The log-likelihood at dispersion phi > 0 and its derivatives with respect to log(phi); rows with a positive
  /// response, counted by their frequencies.
  struct At {
    double value, slope, bend, positive;
  };
  At at(double phi) const;

  /// The dispersion with the largest likelihood (Newton's method in its logarithm), from `start`, or below
  /// kSmoothVarPower from the best of a grid around it. 0 when the deviance is 0, NaN when no response is positive.
  double best_dispersion(double start) const;

 private:
  double best_of_grid(double start) const;

  const design::TrainingData& training_;
  double var_power_, deviance_;
  const RunContext& context_;
};

}  // namespace deciban::solvers
