// The variance power of Tweedie's family by profile likelihood.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "refits.hpp"
#include "tweedie_likelihood.hpp"

namespace deciban::solvers {
namespace {

constexpr double kGrid[] = {1.01, 1.1, 1.2, 1.35, 1.5, 1.65, 1.8, 1.9, 1.99};
constexpr double kCritical = 3.8414588206941259584;  // 95 % of chi-squared with one degree of freedom
constexpr double kExact = 1e-8;                      // of twice the log-likelihood
constexpr double kRounding = 1e-12;                  // of the log-likelihood, relative
constexpr int kMaxSteps = 60;

class PowerProfile {
 public:
  PowerProfile(const ParameterProblem& problem, const RunContext& context)
      : problem_(problem), context_(context), fits_(problem, context) {}

  /// Largest log-likelihood at a power; remembered.
  double at(double power) {
    const auto known = values_.find(power);
    if (known != values_.end()) return known->second;
    const Solution& fit = fits_.at(power);
    if (!std::isfinite(fit.at.deviance)) return values_[power] = -HUGE_VAL;
    const TweedieLikelihood likelihood(problem_.training, power, fit.at.deviance, context_);
    phi_ = likelihood.best_dispersion(power >= kSmoothVarPower && phi_ > 0.0 ? phi_ : fit.dispersion);
    if (!(phi_ > 0.0)) refuse_estimate(problem_, "the model fits the data exactly");
    return values_[power] = likelihood.at(phi_).value;
  }

  ParameterEstimate run() {
    ParameterEstimate found;
    const double middle = search();
    found.value = polish(middle);
    for (const auto& known : values_)  // where peaks are many, one that is higher may have been met on the way
      if (known.second > at(found.value) + kRounding * std::fabs(known.second)) {
        found.value = known.first;
        converged_ = false;
      }
    found.at_bound = found.value <= kLowestVarPower || found.value >= kHighestVarPower;
    top_ = at(found.value);
    for (const auto& known : values_) top_ = std::max(top_, known.second);
    found.lower = end(found.value, kLowestVarPower, 1.0);
    found.upper = end(found.value, kHighestVarPower, 2.0);
    found.std_error = error_ > 0.0 && !found.at_bound ? error_ : std::nan("");
    found.converged = converged_;
    found.n_fits = fits_.count();
    return found;
  }

 private:
  // Best point of the grid, then parabolas through the three best neighbours (golden section where one leads nowhere).
  double search() {
    int best = 0;
    const int n = static_cast<int>(sizeof kGrid / sizeof *kGrid);
    for (int i = 0; i < n; ++i)
      if (at(kGrid[i]) > at(kGrid[best])) best = i;
    double left = kGrid[std::max(0, best - 1)], right = kGrid[std::min(n - 1, best + 1)], top = kGrid[best];
    for (int step = 0; step < kMaxSteps && right - left > 2e-3; ++step) {
      double next = left < top && top < right ? vertex(left, top, right) : 0.5 * (left + right);
      const double margin = 0.02 * (right - left);
      const double longer = top - left > right - top ? top - 0.382 * (top - left) : top + 0.382 * (right - top);
      if (!(next > left + margin && next < right - margin) || std::fabs(next - top) < margin) next = longer;
      if (at(next) > at(top)) {
        (next < top ? right : left) = top;
        top = next;
      } else {
        (next < top ? left : right) = next;
      }
    }
    return top;
  }

  double vertex(double a, double b, double c) {
    const double fa = (at(a) - at(b)) / (a - b), fc = (at(c) - at(b)) / (c - b);
    const double bend = (fc - fa) / (c - a);
    return b - 0.5 * (fa + (b - a) * bend) / bend;
  }

  // The root of the derivative of the polynomial through seven points, a tenth of a standard error apart: differences
  // of the log-likelihood over less are rounding. The standard error itself comes from three points first.
  double polish(double power) {
    for (int round = 0; round < 6; ++round) {
      const double room = std::min(power - kLowestVarPower, kHighestVarPower - power) / 3.0;
      if (room <= 1e-6) return bound(power);
      const bool known = error_ > 0.0;
      const double h = std::min({room, known ? 0.1 * error_ : 1e-3, 0.02});
      const double t = known ? root_of_seven(power, h) : root_of_three(power, h);
      if (std::isnan(t)) break;
      power = std::min(kHighestVarPower, std::max(kLowestVarPower, power + t * h));
      if (known && std::fabs(t) < 1.5) return power;
    }
    converged_ = false;
    return power;
  }

  // In units of h; NaN where the profile is not concave.
  double root_of_three(double power, double h) {
    const double above = at(power + h) - at(power), below = at(power - h) - at(power);
    const double bend = above + below;
    if (!(bend < 0.0)) return std::nan("");
    error_ = h / std::sqrt(-bend);
    return std::min(50.0, std::max(-50.0, -0.5 * (above - below) / bend));
  }

  double root_of_seven(double power, double h) {
    const double top = at(power);
    double even[4] = {}, odd[4] = {};  // f(k h) + f(-k h) - 2 f(0), f(k h) - f(-k h)
    for (int k = 1; k <= 3; ++k) {
      const double above = at(power + k * h) - top, below = at(power - k * h) - top;
      even[k] = above + below;
      odd[k] = above - below;
    }
    // derivatives by central differences
    const double d1 = (odd[3] - 9.0 * odd[2] + 45.0 * odd[1]) / 60.0;
    const double d2 = (2.0 * even[3] - 27.0 * even[2] + 270.0 * even[1]) / 180.0;
    const double d3 = (-odd[3] + 8.0 * odd[2] - 13.0 * odd[1]) / 8.0;
    const double d4 = (-even[3] + 12.0 * even[2] - 39.0 * even[1]) / 6.0;
    const double d5 = (odd[3] - 4.0 * odd[2] + 5.0 * odd[1]) / 2.0;
    if (!(d2 < 0.0)) return std::nan("");
    error_ = h / std::sqrt(-d2);
    double t = -d1 / d2;
    for (int i = 0; i < 8; ++i) {
      t = std::min(3.0, std::max(-3.0, t));
      t = -(d1 + t * t * (d3 / 2.0 + t * (d4 / 6.0 + t * d5 / 24.0))) / d2;
    }
    return std::min(3.0, std::max(-3.0, t));
  }

  double bound(double power) {
    const double edge = power < 1.5 ? kLowestVarPower : kHighestVarPower;
    return at(edge) >= at(power) ? edge : power;
  }

  // Where twice the log-likelihood is `kCritical` below the maximum, between the estimate and an edge of the range. The
  // signed root of the difference is nearly a line: secants, kept inside their bracket.
  double end(double from, double edge, double beyond) {
    if (from == edge) return beyond;
    const auto excess = [&](double power) { return std::sqrt(std::max(0.0, 2.0 * (top_ - at(power)))) - root_; };
    if (excess(edge) <= 0.0) return beyond;
    double inside = from, outside = edge, f_inside = -root_, f_outside = excess(edge);
    double next = error_ > 0.0 ? from + (edge > from ? root_ : -root_) * error_ : 0.5 * (from + edge);
    for (int step = 0; step < kMaxSteps; ++step) {
      const double low = std::min(inside, outside), high = std::max(inside, outside);
      if (!(next > low && next < high)) next = 0.5 * (low + high);
      const double f = excess(next);
      if (std::fabs((f + root_) * (f + root_) - kCritical) <= kExact || high - low < 1e-13) return next;
      const double slope_side = f < 0.0 ? inside : outside, f_side = f < 0.0 ? f_inside : f_outside;
      (f < 0.0 ? inside : outside) = next;
      (f < 0.0 ? f_inside : f_outside) = f;
      // through the two ends of the bracket, or through the new point and the one it replaced when that falls inside
      const double secant = next - f * (next - slope_side) / (f - f_side);
      const double chord = inside - f_inside * (outside - inside) / (f_outside - f_inside);
      const bool usable = secant > std::min(inside, outside) && secant < std::max(inside, outside);
      next = usable ? secant : chord;
    }
    converged_ = false;
    return next;
  }

  const ParameterProblem& problem_;
  const RunContext& context_;
  Refits fits_;
  std::map<double, double> values_;
  const double root_ = std::sqrt(kCritical);
  double phi_ = 0.0, error_ = 0.0, top_ = 0.0;
  bool converged_ = true;
};

}  // namespace

ParameterEstimate estimate_var_power(const ParameterProblem& problem, const RunContext& context) {
  if (!(positive_responses(problem.training) >= 2.0)) refuse_estimate(problem, "fewer than two responses are positive");
  return PowerProfile(problem, context).run();
}

}  // namespace deciban::solvers
