#include "tweedie_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/math/elementary.hpp"
#include "deciban/math/tweedie.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"
#include "deciban/solvers/family_parameter.hpp"

namespace deciban::solvers {
namespace {

constexpr int kMaxSteps = 100;
constexpr double kLastStep = 1e-7;  // in log(phi): Newton's next step would be its square
constexpr int kGridSteps = 12;
constexpr double kGridStep = 0.125;  // in log(phi)

// Over rows with a positive response, of frequency times log f(y; y, phi / w) and its derivatives.
struct Sums {
  double value = 0.0, slope = 0.0, bend = 0.0, positive = 0.0;
  void merge(const Sums& later) {
    value += later.value;
    slope += later.slope;
    bend += later.bend;
    positive += later.positive;
  }
};

}  // namespace

TweedieLikelihood::At TweedieLikelihood::at(double phi) const {
  const math::TweedieSeries series(var_power_);
  const std::int64_t rows = training_.design.rows;
  const auto total = parallel::ordered_reduce<Sums>(context_, parallel::block_count(rows), [&](std::int64_t block) {
    auto sums = std::make_unique<Sums>();
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (std::int64_t i = range.begin; i < range.end; ++i) {
      const std::size_t row = static_cast<std::size_t>(i);
      const double y = training_.y[row], w = training_.weights.empty() ? 1.0 : training_.weights[row];
      const double f = training_.frequencies.empty() ? 1.0 : training_.frequencies[row];
      if (!(y > 0.0) || !(w * f > 0.0)) continue;
      const auto at = series.at(math::pow(y, 2.0 - var_power_) * w / phi);
      sums->value += f * (at.value - math::log(y));
      sums->slope += f * at.slope;
      sums->bend += f * at.bend;
      sums->positive += f;
    }
    return sums;
  });
  const double half = 0.5 * deviance_ / phi;
  if (!total) return {-half, half, -half, 0.0};
  return {total->value - half, half - total->slope, total->bend - half, total->positive};
}

double TweedieLikelihood::best_of_grid(double start) const {
  double best = start, top = -HUGE_VAL;
  for (int k = -kGridSteps; k <= kGridSteps; ++k) {
    const double phi = start * math::exp(kGridStep * k), value = at(phi).value;
    if (value > top) best = phi;
    top = std::max(top, value);
  }
  return best;
}

double TweedieLikelihood::best_dispersion(double start) const {
  if (!(deviance_ > 0.0)) return 0.0;
  if (!(start > 0.0) || !std::isfinite(start)) start = 1.0;
  const bool smooth = var_power_ >= kSmoothVarPower;
  double s = math::log(smooth ? start : best_of_grid(start));
  // next to the best point of the grid there is a maximum between its neighbours
  double lowest = smooth ? -HUGE_VAL : s - kGridStep, highest = smooth ? HUGE_VAL : s + kGridStep;
  for (int round = 0; round < kMaxSteps; ++round) {
    const At at = this->at(math::exp(s));
    if (!(at.positive > 0.0)) return std::nan("");
    (at.slope > 0.0 ? lowest : highest) = s;
    double step = at.bend < 0.0 ? -at.slope / at.bend : at.slope > 0.0 ? 1.0 : -1.0;
    step = std::min(3.0, std::max(-3.0, step));
    if (std::fabs(step) > kLastStep && !(s + step > lowest && s + step < highest)) step = 0.5 * (lowest + highest) - s;
    s += step;
    if (std::fabs(step) <= kLastStep) break;
  }
  return math::exp(s);
}

double tweedie_dispersion(const design::TrainingData& training, double var_power, double deviance, double start,
                          const RunContext& context) {
  const TweedieLikelihood likelihood(training, var_power, deviance, context);
  return likelihood.best_dispersion(start);
}

}  // namespace deciban::solvers
