#include "refit.hpp"

#include <algorithm>
#include <cmath>

namespace deciban::inference {
namespace {

constexpr double kTolerance = 1e-8;  // of the last step, in standard errors
constexpr double kStill = 0.01;      // movement of the predictor by a last step
constexpr double kStepTolerance = 1e-8;
constexpr int kMaxSteps = 50, kMaxHalvings = 30;

}  // namespace

void Refit::take(engine::Evaluation&& at, const RunContext& context) {
  const bool valid = !at.invalid_rows && std::isfinite(at.deviance);
  if (!started_ && !valid) {
    state_ = State::failed;
    return;
  }
  if (started_ && !(valid && at.deviance <= at_.deviance + 1e-10 * std::fabs(at_.deviance) + 1e-300)) {
    for (std::size_t j = 0; j < point_.size(); ++j) point_[j] = 0.5 * (point_[j] + beta_[j]);
    if (++halvings_ > kMaxHalvings) state_ = State::failed;
    return;
  }
  started_ = true;
  halvings_ = 0;
  beta_ = point_;
  at_ = std::move(at);
  next_step(context);
}

void Refit::next_step(const RunContext& context) {
  const linalg::ArrowCholesky factor(at_.information, {}, kStepTolerance, context, rules_.keep);
  const std::vector<double> step = factor.solve(at_.score);
  double squared = 0.0, moved = 0.0;
  for (std::size_t j = 0; j < step.size(); ++j) {
    squared += at_.score[j] * step[j];
    moved = std::max(moved, std::fabs(step[j]) * rules_.ranges[j]);
    point_[j] = beta_[j] + step[j];
  }
  if (!std::isfinite(squared)) {
    state_ = State::failed;
  } else if (squared <= kTolerance * kTolerance * rules_.phi && moved <= kStill) {
    beta_ = point_;
    state_ = State::converged;
  } else if (++steps_ > kMaxSteps || factor.keep() != rules_.keep) {
    give_up(step);
  }
}

// What still moves far although nothing is left to gain runs to infinity.
void Refit::give_up(const std::vector<double>& step) {
  state_ = State::separated;
  runaway_.assign(step.size(), 0);
  bool any = false;
  for (std::size_t j = 0; j < step.size(); ++j) {
    const double far = (beta_[j] - rules_.start[j]) * rules_.ranges[j];
    if (!rules_.keep[j] || std::fabs(far) < 5.0) continue;
    runaway_[j] = far > 0.0 ? 1 : -1;
    any = true;
  }
  if (!any) state_ = State::failed;
}

}  // namespace deciban::inference
