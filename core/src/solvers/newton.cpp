#include "deciban/solvers/newton.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/linalg/arrow.hpp"
#include "factors.hpp"
#include "refine.hpp"

namespace deciban::solvers {
namespace {

using engine::Evaluation;
using engine::Information;

constexpr double kSampleTolerance = 1.0;  // in standard errors of the sample per coefficient: its own error
// A sample has seen little of rare levels: their effects are drawn to 0 as if ten more events had shown none. Credible
// effects are nearer to those of all rows, and levels without events stay finite.
constexpr double kSamplePrior = 10.0;
constexpr double kFastConvergence = 1e-3;     // of a step against the one before, when the next is foreseen
constexpr double kNewtonConvergence = 1e-2;   // the same with the Hessian itself: steps are squared, times a constant
constexpr double kNewtonGrowth = 10.0;        // bound of this constant against the last one; 2.6 was seen
constexpr double kExactTolerance = 1e-12;     // relative step, exact fits
constexpr double kPredictorRounding = 1e-15;  // of what each column adds to the predictor
constexpr int kMaxHalvings = 40;
// Separated: along the step, the information is gone (against that at the start), nothing is left to gain per unit of
// weight, and yet the step moves the predictor, also in relation to the coefficient. None of these depends on the unit
// of the weights or on the dispersion.
constexpr double kGoneInformation = 1e-12, kGoneGain = 1e-6, kMovedPredictor = 0.01, kMovedCoefficient = 1e-3;

constexpr double kBoundlessInformation = 1e8;  // against that at the start

linalg::Matrix as_column(const std::vector<double>& beta) {
  linalg::Matrix column(static_cast<int>(beta.size()), 1);
  std::copy(beta.begin(), beta.end(), column.column(0));
  return column;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// direction' information direction
double curvature(const linalg::ArrowMatrix& information, const std::vector<double>& direction) {
  std::vector<double> product(direction.size(), 0.0);
  information.add_product(direction, product);
  return dot(direction, product);
}

std::vector<char> free_columns(std::vector<char> fixed) {
  for (char& flag : fixed) flag = !flag;
  return fixed;
}

class Newton {
 public:
  Newton(const engine::Objective& objective, const NewtonOptions& options, const RunContext& context)
      : objective_(objective),
        options_(options),
        context_(context),
        ranges_(objective.column_ranges()),
        factors_(objective, options.rank_tol, free_columns(options.fixed), context) {}

  Solution run() {
    find_start();
    iterate();
    if (options_.rough) return std::move(solution_);
    for (int round = 0; round < 2 && aliasing_changed(); ++round) {
      const Solution before = solution_;
      const Evaluation at = current_;
      if (restart()) iterate();
      // Columns that depend on others leave the deviance as it was. Else the weights were to blame, not the columns.
      if (solution_.status == Status::converged && current_.deviance <= at.deviance + 1e-8 * std::fabs(at.deviance))
        continue;
      solution_ = before;
      solution_.last_pass_made = false;
      current_ = at;
      kind_ = Information::expected;
      break;
    }
    finish();
    return std::move(solution_);
  }

 private:
  Evaluation evaluate(const std::vector<double>& beta, Information kind) const {
    Evaluation at = std::move(objective_.evaluate(as_column(beta), kind, context_)[0]);
    for (std::size_t j = 0; j < prior_.size(); ++j) {
      at.deviance += prior_[j] * beta[j] * beta[j];
      at.score[j] -= prior_[j] * beta[j];
    }
    return at;
  }

  // Information that rough fits have beforehand on the effect of each column, over the range of its values.
  void set_prior() {
    const double phi = dispersion();
    if (!options_.rough || !std::isfinite(phi)) return;
    for (const double range : ranges_) prior_.push_back(kSamplePrior * phi * range * range);
    prior_[0] = 0.0;  // the intercept
  }

  bool is_fixed(std::size_t j) const { return !options_.fixed.empty() && options_.fixed[j]; }

  // Weighted least squares on starting means, given the fixed coefficients.
  std::vector<double> least_squares(const linalg::ArrowCholesky& factor, const Evaluation& start) const {
    if (options_.fixed.empty() || options_.start.empty()) return factor.solve(start.score);
    std::vector<double> held(options_.start.size(), 0.0), right = start.score;
    for (std::size_t j = 0; j < held.size(); ++j)
      if (is_fixed(j)) held[j] = -options_.start[j];
    start.information.add_product(held, right);
    std::vector<double> beta = factor.solve(right);
    for (std::size_t j = 0; j < held.size(); ++j)
      if (is_fixed(j)) beta[j] = options_.start[j];
    return beta;
  }

  // The point with these coefficients, and the rank of the columns by its weights; false when it is not valid.
  bool start_at(std::vector<double> beta) {
    current_ = evaluate(beta, Information::expected);
    if (current_.invalid_rows || !std::isfinite(current_.deviance)) return false;
    const linalg::ArrowCholesky factor = factors_.rank(current_, {&beta, 0.0});
    for (std::size_t j = 0; j < beta.size(); ++j)
      if (!factor.keep()[j] && beta[j] != 0.0 && !is_fixed(j)) return false;
    solution_.keep = factor.keep();
    solution_.beta = std::move(beta);
    start_information_ = current_.information;
    set_prior();
    return true;
  }

  // With many rows most of the way can be gone on few of them. Columns that do not vary there start at 0.
  bool start_from_sample() {
    const engine::Objective* sample = objective_.sample();
    if (!sample || !options_.fixed.empty()) return false;
    NewtonOptions rough = options_;
    rough.tolerance = kSampleTolerance * std::sqrt(static_cast<double>(objective_.size()));
    rough.rough = true;
    rough.start = sample->mean_point();
    try {
      const Solution found = Newton(*sample, rough, context_).run();
      return sampled_ = found.status == Status::converged && start_at(found.beta);
    } catch (const Error& error) {
      if (error.code() != "fit.no_start") throw;
      return false;
    }
  }

  // Weighted least squares on starting means; then from the constant mean, which is valid whenever the columns span it.
  void find_start() {
    if (options_.start.empty() ? start_from_sample() : start_at(options_.start)) return;
    for (const double pull : {options_.start_pull, 1.0}) {
      Evaluation start = objective_.start(pull, context_);
      if (start.invalid_rows) continue;
      const linalg::ArrowCholesky factor = factors_.rank(start, {nullptr, pull});
      solution_.keep = factor.keep();
      solution_.beta = least_squares(factor, start);
      start_information_ = std::move(start.information);
      current_ = evaluate(solution_.beta, Information::expected);
      if (!current_.invalid_rows && std::isfinite(current_.deviance)) return;
    }
    throw Error(ErrorKind::numeric, "fit.no_start", "No starting point was found at which every fitted mean is valid.",
                "Choose a link whose means stay in the family's domain, such as log, or add an intercept.",
                Document::object({{"invalid_rows", current_.invalid_rows}}));
  }

  double dispersion() const {
    if (options_.known_dispersion) return 1.0;
    const int rank = static_cast<int>(std::count(solution_.keep.begin(), solution_.keep.end(), 1));
    return current_.pearson / (current_.n - rank);
  }

  // What rounding of the predictor can add to the decrement, in standard errors.
  double predictor_rounding() const {
    double size = 0.0;
    for (std::size_t j = 0; j < solution_.beta.size(); ++j) {
      const int k = static_cast<int>(j);
      size += std::fabs(solution_.beta[j]) * std::sqrt(std::max(0.0, current_.information(k, k)));
    }
    return kPredictorRounding * size / std::sqrt(dispersion());
  }

  // Largest movement of the predictor that a change of coefficients can cause through one column.
  double movement(const std::vector<double>& change) const {
    double largest = 0.0;
    for (std::size_t j = 0; j < change.size(); ++j) largest = std::max(largest, std::fabs(change[j]) * ranges_[j]);
    return largest;
  }

  // True at the second step in a row that runs to infinity; notes the columns that do.
  bool runs_away(const std::vector<double>& step, double gain) {
    std::size_t fastest = 0;
    for (std::size_t j = 0; j < step.size(); ++j)
      if (std::fabs(step[j]) * ranges_[j] > std::fabs(step[fastest]) * ranges_[fastest]) fastest = j;
    const double moved = movement(step);
    const bool runs = moved > kMovedPredictor &&
                      std::fabs(step[fastest]) > kMovedCoefficient * std::fabs(solution_.beta[fastest]) &&
                      gain <= kGoneGain * current_.sum_w / current_.n &&
                      curvature(current_.information, step) <= kGoneInformation * curvature(start_information_, step);
    running_steps_ = runs ? running_steps_ + 1 : 0;
    if (running_steps_ < 2) return false;
    for (std::size_t j = 0; j < step.size(); ++j)
      if (std::fabs(step[j]) * ranges_[j] > 0.5 * moved) solution_.runaway.push_back(static_cast<int>(j));
    return true;
  }

  // Means at the edge of the domain (identity link, log link of a binomial) carry boundless information: steps become
  // small because of them, not because the likelihood is at its maximum.
  bool at_the_edge() const {
    for (int j = 0; j < current_.information.cols(); ++j)
      if (current_.information(j, j) > kBoundlessInformation * start_information_(j, j) && solution_.keep[j])
        return true;
    return false;
  }

  // With many rows a pass is saved where the next step is known to be too small, because steps shrink faster and
  // faster: what the next one is at most against this one, given this one against the last.
  double foreseen(double ratio) const {
    if (!objective_.sample() || fraction_ != 1.0 || !(ratio > 0.0)) return 1.0;
    const bool hessian = options_.canonical || kind_ == Information::observed;
    if (hessian && ratio <= kNewtonConvergence) return std::min(ratio, kNewtonGrowth * ratio * ratio);
    return ratio <= kFastConvergence ? ratio : 1.0;
  }

  void iterate() {
    solution_.status = Status::max_iter;
    running_steps_ = 0;
    double previous_decrement = HUGE_VAL, previous_relative = HUGE_VAL;
    while (solution_.n_iter < options_.max_iter) {
      std::vector<double> step = newton_step();
      ++solution_.n_iter;
      const double squared = std::max(0.0, dot(current_.score, step)), phi = dispersion();
      if (!std::isfinite(dot(current_.score, step))) {
        solution_.status = Status::diverged;
        return;
      }
      const double decrement = std::sqrt(squared / phi), moved = movement(step), reached = movement(solution_.beta);
      const double relative = moved / std::max(reached, 1e-300);
      const bool exact = !(phi > 0.0) || !std::isfinite(phi) || !std::isfinite(decrement);
      if (runs_away(step, squared)) {
        solution_.status = Status::separated;
        return;
      }
      // Weights in a small unit make standard errors large, not the coefficients less exact.
      const double unit = options_.known_dispersion ? std::min(1.0, std::sqrt(current_.sum_w / current_.n)) : 1.0;
      // A small step in standard errors that moves the predictor far is a likelihood without a maximum.
      const bool still = options_.rough || moved <= std::max(kMovedPredictor, 1e-6 * reached);
      // Nearly dependent columns leave rounding in the predictor that steps cannot remove; refinement does.
      const bool rounding =
          factors_.orthogonal() && decrement <= predictor_rounding() && decrement > 0.5 * previous_decrement;
      const bool stalled = rounding || (relative <= 1e-11 && relative > 0.5 * previous_relative);
      const bool small =
          !exact && decrement * foreseen(decrement / previous_decrement) <= options_.tolerance * unit && still;
      if (squared == 0.0 || small || relative <= kExactTolerance || stalled) {
        // With many rows, the sums at the end of so small a step are those of its beginning.
        if (small && (options_.rough || objective_.sample())) {
          for (std::size_t j = 0; j < step.size(); ++j) solution_.beta[j] += step[j];
        } else {
          take(step);
        }
        solution_.status = at_the_edge() ? Status::diverged : Status::converged;
        return;
      }
      const bool slow = solution_.n_iter > 2 && decrement > 0.1 * previous_decrement;
      if (!options_.canonical && prior_.empty() && (slow || sampled_)) kind_ = Information::observed;
      if (!advance(step)) {
        if (kind_ == Information::observed) {
          kind_ = Information::expected;
          current_ = evaluate(solution_.beta, kind_);
          continue;
        }
        // At the limit of rounding no step lowers the deviance any more: that is convergence, anything else is not.
        const bool limit = exact || decrement <= 1e-6 || relative <= 1e-9;
        solution_.status = limit && !at_the_edge() ? Status::converged : Status::diverged;
        return;
      }
      previous_decrement = decrement;
      previous_relative = relative;
    }
  }

  std::vector<double> newton_step() {
    const engine::Point here{&solution_.beta, 0.0};
    if (!prior_.empty()) {
      linalg::Matrix information = current_.information.core();
      for (int j = 0; j < information.cols(); ++j) information(j, j) += prior_[static_cast<std::size_t>(j)];
      return factors_.step(information, here, solution_.keep).solve(current_.score);
    }
    linalg::ArrowCholesky factor =
        factors_.step(current_.information, here, solution_.keep, kind_ == Information::observed);
    if (kind_ == Information::observed && factor.keep() != solution_.keep) {
      kind_ = Information::expected;  // not positive definite here
      current_ = evaluate(solution_.beta, kind_);
      factor = factors_.step(current_.information, here, solution_.keep);
    }
    return factor.solve(current_.score);
  }

  void take(const std::vector<double>& step) {
    std::vector<double> beta = solution_.beta;
    for (std::size_t j = 0; j < beta.size(); ++j) beta[j] += step[j];
    Evaluation next = evaluate(beta, Information::expected);
    if (next.invalid_rows) return;
    solution_.beta = std::move(beta);
    current_ = std::move(next);
    kind_ = Information::expected;
  }

  // Takes the step, halved until the deviance does not rise; false when no fraction of it helps.
  bool advance(const std::vector<double>& step) {
    const double allowed = current_.deviance + 1e-10 * std::fabs(current_.deviance) + 1e-300;
    double fraction = 1.0;
    for (int halving = 0; halving <= kMaxHalvings; ++halving, fraction *= 0.5) {
      std::vector<double> beta = solution_.beta;
      for (std::size_t j = 0; j < beta.size(); ++j) beta[j] += fraction * step[j];
      Evaluation next = evaluate(beta, kind_);
      if (next.invalid_rows || !(next.deviance <= allowed)) continue;
      fraction_ = fraction;
      solution_.beta = std::move(beta);
      current_ = std::move(next);
      return true;
    }
    return false;
  }

  // R decides on rank with the final weights: do these tell another story than the starting weights?
  bool aliasing_changed() {
    if (solution_.status != Status::converged) return false;
    if (kind_ == Information::observed) make_last_pass();
    final_keep_ = factors_.rank(current_, {&solution_.beta, 0.0}).keep();
    return final_keep_ != solution_.keep;
  }

  // Starts over with the columns that the final weights keep; false when there is no valid point to start from.
  bool restart() {
    solution_.last_pass_made = false;
    solution_.keep = final_keep_;
    Evaluation start = objective_.start(options_.start_pull, context_);
    solution_.beta =
        least_squares(factors_.step(start.information, {nullptr, options_.start_pull}, solution_.keep), start);
    start_information_ = std::move(start.information);
    current_ = evaluate(solution_.beta, kind_ = Information::expected);
    solution_.status = Status::diverged;
    return !start.invalid_rows && !current_.invalid_rows;
  }

  void finish() {
    solution_.rank = static_cast<int>(std::count(solution_.keep.begin(), solution_.keep.end(), 1));
    if (!solution_.last_pass_made) make_last_pass();
    const linalg::ArrowCholesky factor = factors_.last(current_.information, {&solution_.beta, 0.0}, solution_.keep);
    if (solution_.status == Status::converged && worth_refining(objective_, factors_.orthogonal()))
      refine(objective_, factor.core(), factors_.orthogonal(), context_, solution_, current_);
    solution_.inverse = factor.inverse(context_);
    for (int j = 0; j < current_.information.cols(); ++j)  // no information is left: any variance is possible
      if (solution_.keep[j] && !factor.keep()[j]) solution_.inverse.forget(j);
    solution_.dispersion = final_dispersion();
    solution_.at = std::move(current_);
  }

  // Expected information at the solution. Small problems are refined, and a sum over their rows comes after that.
  void make_last_pass() {
    const bool wanted = options_.last_pass && objective_.sample() && !factors_.orthogonal();
    if (wanted) {
      solution_.dispersion = final_dispersion();
      solution_.at = current_;
      Evaluation last = options_.last_pass(solution_);
      solution_.last_pass_made = !last.invalid_rows;
      if (solution_.last_pass_made) current_ = std::move(last);
    }
    if (!solution_.last_pass_made && kind_ == Information::observed)
      current_ = evaluate(solution_.beta, Information::expected);
    kind_ = Information::expected;
  }

  double final_dispersion() const {
    return !options_.known_dispersion && current_.n <= solution_.rank ? std::nan("") : dispersion();
  }

  const engine::Objective& objective_;
  const NewtonOptions& options_;
  const RunContext& context_;
  const std::vector<double> ranges_;
  Factors factors_;
  Solution solution_;
  Evaluation current_;  // at solution_.beta, with information of kind_
  Information kind_ = Information::expected;
  linalg::ArrowMatrix start_information_;  // at the starting means
  std::vector<char> final_keep_;           // by the weights at the solution
  bool sampled_ = false;                   // started near the solution
  int running_steps_ = 0;                  // in a row
  double fraction_ = 1.0;                  // of the last step that was taken
  std::vector<double> prior_;              // information of rough fits that does not come from rows
};

}  // namespace

const char* status_name(Status status) {
  switch (status) {
    case Status::converged:
      return "converged";
    case Status::max_iter:
      return "max_iter";
    case Status::separated:
      return "separated";
    case Status::diverged:
      return "diverged";
  }
  return "";
}

Solution newton(const engine::Objective& objective, const NewtonOptions& options, const RunContext& context) {
  return Newton(objective, options, context).run();
}

}  // namespace deciban::solvers
