#include "deciban/solvers/batch.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/linalg/arrow.hpp"
#include "factors.hpp"

namespace deciban::solvers {

using engine::Evaluation;
using engine::Information;

namespace {

constexpr std::size_t kTogether = 8;
constexpr int kMaxSteps = 25, kMaxHalvings = 10;
constexpr double kStill = 0.01;     // movement of the predictor by a last step
constexpr double kCrawl = 0.1;      // shrinking of the decrement above which the observed information takes over
constexpr double kPlainLoss = 1e8;  // of columns whose Gram matrix is good enough
constexpr double kStepTolerance = 1e-8;

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Scoring as newton() does it where nothing odd happens. `failed` says that it is no plain case.
class PlainFit final : public PassProblem {
 public:
  PlainFit(const engine::CodedObjective& objective, const NewtonOptions& options, const std::vector<double>& ranges,
           bool many_rows, const RunContext& context)
      : options_(options),
        ranges_(ranges),
        many_rows_(many_rows),
        context_(context),
        factors_(objective, options.rank_tol, candidates(options.fixed), context),
        point_(options.start) {}

  bool done() const override { return state_ == State::done || state_ == State::failed; }
  bool failed() const { return state_ == State::failed; }
  const std::vector<double>& point() const override { return point_; }
  Information kind() const override { return kind_; }
  Solution solution() && { return std::move(solution_); }

  void take(Evaluation&& at) override {
    const bool valid = !at.invalid_rows && std::isfinite(at.deviance);
    if (state_ == State::start) {
      if (!valid || !decide_rank(at)) return fail();
      state_ = State::on_the_way;
    } else if (state_ == State::on_the_way) {
      const double allowed = solution_.at.deviance + 1e-10 * std::fabs(solution_.at.deviance) + 1e-300;
      if (!valid || !(at.deviance <= allowed)) return halve();
    } else if (!valid) {
      return fail();
    }
    solution_.beta = point_;
    solution_.at = std::move(at);
    if (state_ == State::last) return finish();
    next_step();
  }

 private:
  enum class State { start, on_the_way, last, done, failed };

  static std::vector<char> candidates(std::vector<char> fixed) {
    for (char& flag : fixed) flag = !flag;
    return fixed;
  }

  void fail() { state_ = State::failed; }

  bool decide_rank(const Evaluation& at) {
    solution_.keep = factors_.rank(at, {&point_, 0.0}).keep();
    for (std::size_t j = 0; j < point_.size(); ++j) {
      const bool fixed = !options_.fixed.empty() && options_.fixed[j];
      if (!solution_.keep[j] && !fixed && point_[j] != 0.0) return false;
    }
    return !factors_.orthogonal();
  }

  void halve() {
    if (++halvings_ > kMaxHalvings) return fail();
    for (std::size_t j = 0; j < point_.size(); ++j) point_[j] = 0.5 * (point_[j] + solution_.beta[j]);
  }

  double dispersion() const {
    if (options_.known_dispersion) return 1.0;
    const auto rank = std::count(solution_.keep.begin(), solution_.keep.end(), 1);
    return solution_.at.pearson / (solution_.at.n - static_cast<double>(rank));
  }

  void next_step() {
    if (++solution_.n_iter > kMaxSteps) return fail();
    halvings_ = 0;
    const linalg::ArrowCholesky factor(solution_.at.information, {}, kStepTolerance, context_, solution_.keep);
    if (factor.keep() != solution_.keep) return fail();
    const std::vector<double> step = factor.solve(solution_.at.score);
    const double phi = dispersion(), squared = std::max(0.0, dot(solution_.at.score, step));
    const double decrement = std::sqrt(squared / phi);
    if (!std::isfinite(decrement) || !(phi > 0.0)) return fail();
    double moved = 0.0;
    for (std::size_t j = 0; j < step.size(); ++j) moved = std::max(moved, std::fabs(step[j]) * ranges_[j]);
    const double unit = options_.known_dispersion ? std::min(1.0, std::sqrt(solution_.at.sum_w / solution_.at.n)) : 1.0;
    for (std::size_t j = 0; j < step.size(); ++j) point_[j] = solution_.beta[j] + step[j];
    if (decrement <= options_.tolerance * unit) {
      if (moved > kStill) return fail();
      if (many_rows_ && kind_ == Information::expected) {  // the sums at the end of so small a step are these
        solution_.beta = point_;
        return finish();
      }
      kind_ = Information::expected;
      state_ = State::last;
      return;
    }
    if (!options_.canonical && solution_.n_iter > 2 && decrement > kCrawl * previous_) kind_ = Information::observed;
    previous_ = decrement;
  }

  void finish() {
    const linalg::ArrowCholesky last = factors_.rank(solution_.at, {&solution_.beta, 0.0});
    if (factors_.orthogonal() || last.keep() != solution_.keep || last.core().loss() > kPlainLoss) return fail();
    solution_.rank = last.rank();
    solution_.dispersion = dispersion();
    if (!options_.known_dispersion && solution_.at.n <= solution_.rank) solution_.dispersion = std::nan("");
    solution_.status = Status::converged;
    state_ = State::done;
  }

  const NewtonOptions& options_;
  const std::vector<double>& ranges_;
  bool many_rows_;
  const RunContext& context_;
  Factors factors_;
  std::vector<double> point_;
  Information kind_ = Information::expected;
  State state_ = State::start;
  Solution solution_;
  double previous_ = HUGE_VAL;
  int halvings_ = 0;
};

}  // namespace

void solve_together(const engine::CodedObjective& objective, const std::vector<PassProblem*>& problems,
                    const RunContext& context) {
  for (;;) {
    bool all_done = true;
    for (const Information kind : {Information::expected, Information::observed}) {
      std::vector<PassProblem*> active;
      for (PassProblem* problem : problems)
        if (!problem->done() && problem->kind() == kind) active.push_back(problem);
      all_done = all_done && active.empty();
      for (std::size_t first = 0; first < active.size(); first += kTogether) {
        const std::size_t end = std::min(active.size(), first + kTogether);
        std::vector<engine::PassModel> models;
        for (std::size_t k = first; k < end; ++k) models.push_back({active[k]->point().data(), nullptr, nullptr});
        std::vector<Evaluation> found = objective.evaluate(models, kind, context);
        for (std::size_t k = first; k < end; ++k) active[k]->take(std::move(found[k - first]));
      }
    }
    if (all_done) return;
  }
}

std::vector<Solution> newton_together(const engine::CodedObjective& objective,
                                      const std::vector<NewtonOptions>& problems, const RunContext& context) {
  const std::vector<double> ranges = objective.column_ranges();
  const bool many_rows = objective.sample() != nullptr;
  std::vector<Solution> solutions;
  for (std::size_t first = 0; first < problems.size(); first += kTogether) {
    const std::size_t end = std::min(problems.size(), first + kTogether);
    std::vector<std::unique_ptr<PlainFit>> fits;
    std::vector<PassProblem*> running;
    for (std::size_t k = first; k < end; ++k) {
      fits.push_back(std::make_unique<PlainFit>(objective, problems[k], ranges, many_rows, context));
      running.push_back(fits.back().get());
    }
    solve_together(objective, running, context);
    for (std::size_t k = first; k < end; ++k) {
      PlainFit& fit = *fits[k - first];
      solutions.push_back(fit.failed() ? newton(objective, problems[k], context) : std::move(fit).solution());
    }
  }
  return solutions;
}

}  // namespace deciban::solvers
