#include "profile_limit.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::inference {

using engine::Evaluation;
using engine::Information;

namespace {

constexpr int kMaxSteps = 40, kMaxNested = 80;
constexpr double kClose = 1e-9;     // of the rise against z^2: ten times what is promised
constexpr double kPromised = 1e-8;  // of it, where rounding allows no better
constexpr double kStep = 1e-8;      // relative pivots that take no step
constexpr double kGood = 1.0;       // what the other coefficients may still gain at a point to be relied upon
constexpr double kFar = 25.0;       // what they may gain before the point is given up
constexpr double kFlat = 1e-6;      // of the rise wanted, eight times as far as it should be
constexpr double kFlatRoot = 1e-3;  // of the root that Wald's parabola would have
constexpr double kOpen = 1e3;       // times the way gone: the rise has stopped

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

double ProfileProblem::rise(double deviance_there) const {
  return std::max(0.0, (deviance_there - deviance) / start.dispersion);
}

ProfileLimit::ProfileLimit(const ProfileProblem& problem, int column, int side, std::vector<double> direction,
                           double std_error)
    : problem_(problem),
      column_(static_cast<std::size_t>(column)),
      side_(side),
      std_error_(std_error),
      estimate_(problem.start.beta[column_]),
      anchor_{problem.start.beta, std::move(direction), estimate_},
      others_(problem.start.keep),
      outside_(side * HUGE_VAL) {
  others_[column_] = 0;
  propose(estimate_, anchor_.beta, anchor_.tangent, estimate_ + side * problem.z * std_error);
}

Information ProfileLimit::kind() const {
  return problem_.start.options.canonical ? Information::expected : Information::observed;
}

// From a point along its tangent.
void ProfileLimit::propose(double from, const std::vector<double>& beta, const std::vector<double>& tangent,
                           double to) {
  std::vector<double> next(beta.size());
  for (std::size_t j = 0; j < beta.size(); ++j) next[j] = beta[j] + (to - from) * tangent[j];
  next[column_] = to;
  point_ = std::move(next);
}

// The point was of no use: half of the way from the last good one.
void ProfileLimit::retreat() {
  const double t = 0.5 * (anchor_.t + point_[column_]);
  if (std::fabs(t - anchor_.t) <= 1e-14 * std::fabs(t) + 1e-300) {
    state_ = State::failed;
    return;
  }
  propose(anchor_.t, anchor_.beta, anchor_.tangent, t);
}

void ProfileLimit::take(Evaluation&& at) {
  if (++steps_ > kMaxSteps) {
    state_ = State::failed;
    return;
  }
  const double phi = problem_.start.dispersion, z = problem_.z, t = point_[column_];
  if (at.invalid_rows || !std::isfinite(at.deviance)) return retreat();
  const linalg::ArrowCholesky factor(at.information, {}, kStep, problem_.context, others_);
  if (factor.keep() != others_) return retreat();
  const std::vector<double> correction = factor.solve(at.score);
  const double gain = std::max(0.0, dot(at.score, correction)) / phi;
  if (!(gain <= kFar)) return retreat();
  // D(t) is what the other coefficients leave, and -2 (score of t, given them) its slope
  const double rise = problem_.rise(at.deviance), left = std::max(0.0, rise - gain), root = std::sqrt(left);
  if (std::fabs(rise - z * z) <= kClose && gain <= kClose) {
    state_ = State::found;
    return;
  }
  if (root > 3.0 * z) {
    outside_ = t;
    return retreat();
  }
  std::vector<double> unit(point_.size(), 0.0), across(point_.size(), 0.0), moved(point_.size(), 0.0);
  unit[column_] = -1.0;
  at.information.add_product(unit, across);
  tangent_ = factor.solve(across);
  tangent_[column_] = 1.0;
  at.information.add_product(correction, moved);
  const double slope = -2.0 * (at.score[column_] - moved[column_]) / phi;
  corrected_ = point_;
  for (std::size_t j = 0; j < corrected_.size(); ++j) corrected_[j] += correction[j];
  if (gain <= kGood && root <= z) anchor_ = {corrected_, tangent_, t};
  if (gain <= kGood && root > z && side_ * (outside_ - t) > 0.0) outside_ = t;
  next(t, root, slope);
}

// Newton's step for root(t) = z, kept between the anchor and what is known to lie outside.
void ProfileLimit::next(double t, double root, double slope) {
  const double z = problem_.z, gone = std::fabs(t - estimate_);
  const bool flat = root < kFlatRoot * gone / std_error_;  // against what the information promises
  const double step = 2.0 * root * (z - root) / slope;
  if (flat || (root < z && (!(slope * side_ > 0.0) || std::fabs(step) > kOpen * std::max(gone, z * std_error_)))) {
    // the deviance has stopped rising, unless the estimate was no maximum
    state_ = flat || slope * side_ >= 0.0 ? State::open : State::failed;
    return;
  }
  if (!std::isfinite(step)) return retreat();
  double to = t + std::max(-2.0 * gone, std::min(2.0 * gone, step));
  const bool beyond = side_ * (to - outside_) >= 0.0 && std::isfinite(outside_) && t != outside_;
  if (side_ * (to - estimate_) <= 0.0) to = 0.5 * (anchor_.t + t);
  if (beyond) to = 0.5 * (anchor_.t + outside_);
  if (std::fabs(to - t) <= 1e-15 * std::fabs(t) && std::fabs(root * root - z * z) <= kPromised) {
    state_ = State::found;
    return;
  }
  propose(t, corrected_, tangent_, to);
}

namespace {

// The rise at a value of the coefficient; infinite where no mean is valid.
class NestedRise {
 public:
  NestedRise(const ProfileProblem& problem, std::size_t column)
      : problem_(problem), column_(column), options_(problem.start.options) {
    options_.start = problem.start.beta;
    options_.fixed.assign(problem.start.keep.size(), 0);
    for (std::size_t j = 0; j < options_.fixed.size(); ++j) options_.fixed[j] = !problem.start.keep[j];
    options_.fixed[column] = 1;
    options_.tolerance = 1e-9;
  }

  double operator()(double t) {
    options_.start[column_] = t;
    try {
      const solvers::Solution fit = solvers::newton(problem_.objective, options_, problem_.context);
      if (fit.status == solvers::Status::converged) options_.start = fit.beta;
      return problem_.rise(fit.at.deviance);
    } catch (const Error& error) {
      if (error.code() != "fit.no_start") throw;
      return HUGE_VAL;
    }
  }

 private:
  const ProfileProblem& problem_;
  std::size_t column_;
  solvers::NewtonOptions options_;
};

}  // namespace

double nested_limit(const ProfileProblem& problem, int column, int side, double std_error) {
  const std::size_t j = static_cast<std::size_t>(column);
  const double estimate = problem.start.beta[j], target = problem.z * problem.z;
  NestedRise rise(problem, j);
  double inner = estimate, inner_value = -problem.z, width = problem.z * std_error;
  double outer = 0.0, outer_value = 0.0;
  if (!(width > 0.0) || !std::isfinite(width)) return std::nan("");
  for (int doubling = 0;; ++doubling) {  // roots of the rise against z
    if (doubling > 12) return side * HUGE_VAL;
    outer = estimate + side * width;
    const double found = rise(outer);
    if (found >= target) {
      outer_value = std::sqrt(found) - problem.z;
      break;
    }
    if (doubling >= 3 && found <= kFlat * target) return side * HUGE_VAL;
    inner = outer;
    inner_value = std::sqrt(found) - problem.z;
    width *= 2.0;
  }
  for (int step = 0; step < kMaxNested; ++step) {
    double t = inner - inner_value * (outer - inner) / (outer_value - inner_value);
    if (!std::isfinite(outer_value) || step % 4 == 3) t = 0.5 * (inner + outer);
    const double found = rise(t), value = std::sqrt(found) - problem.z;
    if (std::fabs(found - target) <= kClose || std::fabs(outer - inner) <= 1e-15 * std::fabs(outer)) {
      return std::fabs(found - target) <= kPromised ? t : std::nan("");
    }
    (value < 0.0 ? inner : outer) = t;
    (value < 0.0 ? inner_value : outer_value) = value;
  }
  return std::nan("");
}

}  // namespace deciban::inference
