#include "refine.hpp"

#include <algorithm>
#include <cmath>

namespace deciban::solvers {

using linalg::DoubleDouble;
using linalg::Pairs;

namespace {

constexpr int kMaxRounds = 12;
constexpr double kSmallProblem = 1024.0;  // rows times columns
constexpr int kMostInversePairs = 256;    // columns
constexpr double kInverseWork = 1e7;      // rows times squared columns
constexpr double kShrinking = 0.25;       // of a step against the one before
constexpr double kLongestStep = 1e-3;     // in standard errors for phi = 1: scores that are not linear
// Relative steps that end it. Far below a double, because turning back to columns far from 0 cancels leading digits.
constexpr double kNoStep = 0x1p-80, kNoInverseStep = 0x1p-96;

double dot(const linalg::Matrix& a, int j, const std::vector<double>& b) {
  double sum = 0.0;
  for (int i = 0; i < a.rows(); ++i) sum += a(i, j) * b[static_cast<std::size_t>(i)];
  return sum;
}

// Adds a step to column j and says whether it was more than `nothing`.
bool add(const std::vector<double>& step, int j, double nothing, Pairs& to) {
  bool changed = false;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const int row = static_cast<int>(i);
    to.set(row, j, to.at(row, j) + DoubleDouble(step[i]));
    changed = changed || std::fabs(step[i]) > nothing * std::fabs(to.high(row, j));
  }
  return changed;
}

std::vector<double> column(const linalg::Matrix& matrix, int j) {
  return std::vector<double>(matrix.column(j), matrix.column(j) + matrix.rows());
}

bool refine_coefficients(const engine::Objective& objective, const linalg::AliasedCholesky& factor,
                         const RunContext& context, Pairs& beta, engine::Evaluation& at) {
  double previous = HUGE_VAL;
  bool helped = false;
  for (int round = 0; round < kMaxRounds; ++round) {
    const engine::PreciseScore now = objective.precise_score(beta, context);
    const std::vector<double> step = factor.solve(column(now.score.high, 0));
    const double size = std::sqrt(std::max(0.0, dot(now.score.high, 0, step)));
    const bool too_long = round == 0 && !objective.least_squares() && !(size <= kLongestStep);
    if (!std::isfinite(now.deviance) || !std::isfinite(size) || too_long) return helped;
    at.deviance = now.deviance;
    at.pearson = now.pearson;
    if (!(size < kShrinking * previous)) break;
    previous = size;
    helped = true;
    if (!add(step, 0, kNoStep, beta)) break;
  }
  return helped;
}

// Columns z of the inverse solve information z = e.
Pairs refined_inverse(const engine::Objective& objective, const linalg::AliasedCholesky& factor, const Pairs& beta,
                      const RunContext& context) {
  Pairs inverse = factor.inverse_pairs();
  const int p = inverse.high.cols();
  double previous = HUGE_VAL;
  for (int round = 0; round < kMaxRounds; ++round) {
    const Pairs product = objective.precise_product(beta, inverse, context);
    linalg::Matrix steps(p, p);
    double size = 0.0;
    for (int j = 0; j < p; ++j) {
      if (!factor.keep()[static_cast<std::size_t>(j)]) continue;
      std::vector<double> rest(static_cast<std::size_t>(p));
      for (int i = 0; i < p; ++i) rest[i] = (DoubleDouble(i == j ? 1.0 : 0.0) - product.at(i, j)).value();
      const std::vector<double> step = factor.solve(rest);
      double gain = 0.0;
      for (int i = 0; i < p; ++i) {
        steps(i, j) = step[static_cast<std::size_t>(i)];
        gain += rest[static_cast<std::size_t>(i)] * steps(i, j);
      }
      size = std::max(size, std::fabs(gain) / inverse.high(j, j));
    }
    if (!(size < kShrinking * previous)) break;
    previous = size;
    bool changed = false;
    for (int j = 0; j < p; ++j) changed = add(column(steps, j), j, kNoInverseStep, inverse) || changed;
    if (!changed) break;
  }
  return inverse;
}

}  // namespace

bool worth_refining(const engine::Objective& objective, bool orthogonal) {
  const double size = static_cast<double>(objective.rows()) * objective.size();
  if (size == 0.0) return false;
  return orthogonal || (objective.least_squares() && size <= kSmallProblem);
}

void refine(const engine::Objective& objective, const linalg::AliasedCholesky& factor, bool with_inverse,
            const RunContext& context, Solution& solution, engine::Evaluation& at) {
  const int p = objective.size();
  Pairs beta(p, 1);
  std::copy(solution.beta.begin(), solution.beta.end(), beta.high.column(0));
  if (refine_coefficients(objective, factor, context, beta, at)) {
    solution.beta = column(beta.high, 0);
    solution.precise_beta = beta;
  }
  const double rows = static_cast<double>(objective.rows());
  if (!with_inverse || p > kMostInversePairs) return;
  solution.precise_inverse =
      rows * p * p <= kInverseWork ? refined_inverse(objective, factor, beta, context) : factor.inverse_pairs();
}

}  // namespace deciban::solvers
