// The shape of the negative binomial by maximum likelihood.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "refits.hpp"

namespace deciban::solvers {
namespace {

constexpr int kMaxFits = 100;
constexpr double kTolerance = 1e-9;    // in standard errors
constexpr double kLargestTheta = 1e9;  // in units of the mean: beyond, rounding hides the curvature
constexpr double kFewTerms = 32.0, kAsymptotic = 10.0;

/// log(x) - 1 / (2 x) - digamma(x) for x >= 10: 1 / (12 x^2) - 1 / (120 x^4) + ...
double digamma_tail(double x) {
  const double z = 1.0 / (x * x);
  return z *
         (1.0 / 12.0 -
          z * (1.0 / 120.0 -
               z * (1.0 / 252.0 - z * (1.0 / 240.0 - z * (1.0 / 132.0 - z * (691.0 / 32760.0 - z * (1.0 / 12.0)))))));
}

/// Score and observed information for theta of rows at fixed means, and the excess of their squares over Poisson's:
/// sums of f w times the terms.
class ThetaSums final : public engine::RowVisitor {
 public:
  explicit ThetaSums(double theta) : theta_(theta) {}

  double score = 0.0, information = 0.0;
  double excess = 0.0, squares = 0.0;  // (y - mu)^2 - y, mu^2
  double weight = 0.0, mean = 0.0;

  std::unique_ptr<engine::RowVisitor> fresh() const override { return std::make_unique<ThetaSums>(theta_); }

  void visit(const engine::RowBlock& rows) override {
    double x[parallel::kComputeRows] = {}, log_part[parallel::kComputeRows] = {};
    const bool limit = std::isinf(theta_);
    for (int i = 0; i < rows.count; ++i) {
      const double mu = rows.weight[i] > 0.0 ? rows.mu[i] : 0.0, y = rows.weight[i] > 0.0 ? rows.y[i] : 0.0;
      x[i] = limit ? 0.0 : theta_ >= kAsymptotic ? (y - mu) / (mu + theta_) : mu / theta_;
    }
    math::log1p_block(x, log_part, rows.count);
    for (int i = 0; i < rows.count; ++i) {
      const double w = rows.weight[i], y = rows.y[i], mu = rows.mu[i];
      if (!(w > 0.0)) continue;
      weight += w;
      mean += w * mu;
      excess += w * ((y - mu) * (y - mu) - y);
      squares += w * mu * mu;
      if (!limit) add(w, y, mu, log_part[i]);
    }
  }

  void merge(engine::RowVisitor& other) override {
    const auto& later = static_cast<const ThetaSums&>(other);
    score += later.score;
    information += later.information;
    excess += later.excess;
    squares += later.squares;
    weight += later.weight;
    mean += later.mean;
  }

 private:
  // `log_part`: log1p((y - mu) / (mu + theta)) for large theta, where the sum of the digammas is taken apart so that
  // what cancels is left out; else log1p(mu / theta).
  void add(double w, double y, double mu, double log_part) {
    const double total = mu + theta_, ratio = (y - mu) / total;
    double digammas, trigammas;  // psi(y + theta) - psi(theta), psi'(theta) - psi'(y + theta)
    if (y <= kFewTerms && y == std::floor(y)) {
      digammas = trigammas = 0.0;
      for (double k = y - 1.0; k >= 0.0; k -= 1.0) {
        const double inverse = 1.0 / (theta_ + k);
        digammas += inverse;
        trigammas += inverse * inverse;
      }
    } else {
      digammas = theta_ < kAsymptotic ? math::digamma(y + theta_) - math::digamma(theta_) : 0.0;
      trigammas = math::trigamma(theta_) - math::trigamma(y + theta_);
    }
    if (theta_ < kAsymptotic)
      score += w * (digammas - log_part - ratio);
    else
      score += w * ((log_part - ratio) + 0.5 * y / (theta_ * (y + theta_)) +
                    (digamma_tail(theta_) - digamma_tail(y + theta_)));
    information += w * (trigammas - mu / (theta_ * total) - ratio / total);
  }

  double theta_;
};

class ThetaSearch {
 public:
  ThetaSearch(const ParameterProblem& problem, const RunContext& context)
      : context_(context), fits_(problem, context) {}

  ParameterEstimate run() {
    fits_.at(HUGE_VAL);
    const ThetaSums poisson = sums(HUGE_VAL);
    if (!(poisson.excess > 0.0)) return limit();
    const double largest = kLargestTheta * std::max(1.0, poisson.mean / poisson.weight);
    double s = math::log(std::min(poisson.squares / poisson.excess, largest));
    for (int step = 0; step < 4; ++step) s += newton_step(s);  // at the means of the Poisson fit
    double previous = 0.0, previous_score = 0.0;
    for (int round = 0; round < kMaxFits; ++round) {
      const double theta = math::exp(s);
      if (theta > largest) return limit();
      fits_.at(theta);
      const ThetaSums at = sums(theta);
      const double score = theta * at.score, information = theta * theta * at.information - score;
      // The slope of the profile is that between two fits; at fixed means it is the first guess.
      double slope = -information;
      if (round > 0 && std::fabs(s - previous) < 0.5) {
        const double secant = (score - previous_score) / (s - previous);
        const bool plausible = !(slope < 0.0) || (secant > 4.0 * slope && secant < 0.25 * slope);
        if (secant < 0.0 && plausible) slope = secant;
      }
      const double step = bounded(score, slope);
      const double error = 1.0 / std::sqrt(at.information);
      if (std::fabs(step) * theta <= kTolerance * error || std::fabs(step) <= 1e-14) {
        const double found = math::exp(s + step);
        return {found, error, std::nan(""), std::nan(""), fits_.count(), true, false};
      }
      previous = s;
      previous_score = score;
      s += step;
    }
    const double theta = math::exp(s);
    return {theta, 1.0 / std::sqrt(sums(theta).information), std::nan(""), std::nan(""), fits_.count(), false, false};
  }

 private:
  ParameterEstimate limit() const {
    return {HUGE_VAL, std::nan(""), std::nan(""), std::nan(""), fits_.count(), true, true};
  }

  // At the coefficients of the last fit.
  ThetaSums sums(double theta) const {
    ThetaSums visitor(theta);
    fits_.objective().accumulate(fits_.solution().beta, visitor, context_);
    return visitor;
  }

  static double bounded(double score, double slope) {
    if (!(slope < 0.0)) return score > 0.0 ? 1.0 : -1.0;
    return std::min(2.0, std::max(-2.0, -score / slope));
  }

  double newton_step(double s) const {
    const double theta = math::exp(s);
    const ThetaSums at = sums(theta);
    const double score = theta * at.score;
    return bounded(score, score - theta * theta * at.information);
  }

  const RunContext& context_;
  Refits fits_;
};

}  // namespace

ParameterEstimate estimate_theta(const ParameterProblem& problem, const RunContext& context) {
  if (!(positive_responses(problem.training) > 0.0)) refuse_estimate(problem, "no response is positive");
  return ThetaSearch(problem, context).run();
}

}  // namespace deciban::solvers
