// Maximum likelihood of counts whose levels have gamma distributed means.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/encoding/credibility.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::encoding {
namespace {

// Sums up to this many terms replace a difference of digamma functions: claims per level are few.
constexpr double kFewClaims = 24.0;
constexpr int kMostSteps = 200;
constexpr double kLargestShape = 1e12;

// digamma(shape + count) - digamma(shape) and its derivative in shape.
struct Difference {
  double value, slope;
};

Difference digamma_difference(double shape, double count, double digamma_shape, double trigamma_shape) {
  if (count <= kFewClaims && count == std::floor(count)) {
    Difference out{0.0, 0.0};
    for (double j = 0.0; j < count; j += 1.0) {
      const double reciprocal = 1.0 / (shape + j);
      out.value += reciprocal;
      out.slope -= reciprocal * reciprocal;
    }
    return out;
  }
  return {math::digamma(shape + count) - digamma_shape, math::trigamma(shape + count) - trigamma_shape};
}

// Score and second derivative of the log-likelihood in log(shape), at mean `mu`: counts are negative binomial with size
// `shape` and means mu w. Mean and size are orthogonal.
struct ShapeScore {
  double score, curvature;
};

ShapeScore shape_score(const std::vector<LevelMoments>& levels, double mu, double shape) {
  const double digamma = math::digamma(shape), trigamma = math::trigamma(shape);
  double first = 0.0, second = 0.0;
  for (const LevelMoments& level : levels) {
    if (!(level.weight > 0.0)) continue;
    const double mean = mu * level.weight, count = level.sum, total = shape + mean;
    const Difference difference = digamma_difference(shape, count, digamma, trigamma);
    // log(shape / total) + 1 - (shape + count) / total
    first += difference.value - math::log1p(mean / shape) + (mean - count) / total;
    second += difference.slope + mean / (shape * total) - (mean - count) / (total * total);
  }
  return {shape * first, shape * first + shape * shape * second};
}

// The mean at this shape: one Fisher step, and whether it was small.
bool improve_mean(const std::vector<LevelMoments>& levels, double shape, double& mu) {
  double score = 0.0, information = 0.0;  // of log mu
  for (const LevelMoments& level : levels) {
    if (!(level.weight > 0.0)) continue;
    const double mean = mu * level.weight, factor = shape / (shape + mean);
    score += (level.sum - mean) * factor;
    information += mean * factor;
  }
  const double step = score / information;
  mu *= math::exp(std::max(-1.0, std::min(1.0, step)));
  return std::fabs(step) < 1e-12;
}

struct Start {
  double mu = 0.0, shape = 0.0;
  bool pooled = false;
};

// Method of moments. At infinite shape the likelihood rises towards smaller shapes exactly when this is positive.
Start start_of(const std::vector<LevelMoments>& levels) {
  double sum = 0.0, weight = 0.0;
  for (const LevelMoments& level : levels)
    if (level.weight > 0.0) sum += level.sum, weight += level.weight;
  Start start;
  start.mu = sum / weight;
  double excess = 0.0, squares = 0.0;
  for (const LevelMoments& level : levels) {
    if (!(level.weight > 0.0)) continue;
    const double mean = start.mu * level.weight, residual = level.sum - mean;
    excess += residual * residual - level.sum;
    squares += mean * mean;
  }
  start.pooled = !(excess > 0.0) || !(start.mu > 0.0);
  start.shape = start.pooled ? 0.0 : squares / excess;
  return start;
}

}  // namespace

Credibility gamma_poisson(const std::vector<LevelMoments>& levels) {
  Credibility fit;
  for (const LevelMoments& level : levels) fit.levels += level.weight > 0.0;
  if (fit.levels == 0) return buhlmann_straub(levels, true);  // raises
  const Start start = start_of(levels);
  fit.collective = start.mu;
  fit.within = start.mu;
  fit.between_raw = std::nan("");
  fit.prior_weight = std::numeric_limits<double>::infinity();
  fit.note = "the likelihood is largest without variance between levels";
  if (start.pooled) return fit;
  double mu = start.mu, shape = start.shape, limit = 2.0, last = 0.0;
  for (int step = 0; step < kMostSteps; ++step) {
    const bool mean_done = improve_mean(levels, shape, mu);
    const ShapeScore at = shape_score(levels, mu, shape);
    double change = at.curvature < 0.0 ? -at.score / at.curvature : (at.score > 0.0 ? 1.0 : -1.0);
    if (change * last < 0.0 && std::fabs(change) > 1e-3) limit *= 0.5;  // no cycles
    change = std::max(-limit, std::min(limit, change));
    last = change;
    shape *= math::exp(change);
    if (shape > kLargestShape) return fit;
    if (mean_done && std::fabs(change) < 1e-10) break;
  }
  fit.note.clear();
  fit.collective = fit.within = mu;
  fit.prior_weight = shape / mu;
  fit.between = fit.between_raw = mu * mu / shape;
  return fit;
}

}  // namespace deciban::encoding
