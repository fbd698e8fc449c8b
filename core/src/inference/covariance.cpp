#include "deciban/inference/covariance.hpp"

#include <atomic>
#include <cmath>

#include "deciban/inference/leverage.hpp"
#include "deciban/linalg/sandwich.hpp"

namespace deciban::inference {
namespace {

using Kind = CovarianceSpec::Kind;

// Squared scores, over 1 - h or its square; a row of full leverage has none.
void squares(const FittedRows& fit, Kind kind, const engine::RowBlock& rows, std::atomic<std::int64_t>& full,
             double* out) {
  double h[512] = {};
  if (kind == Kind::hc2 || kind == Kind::hc3) {
    Leverage leverage(fit.training, fit.objective.shifts(), fit.inverse);
    leverage.block(rows, h);
  }
  for (int i = 0; i < rows.count; ++i) {
    const bool alone = h[i] > kFullLeverage;
    if (alone) ++full;
    const double f = fit.training.frequencies.empty() ? 1.0 : fit.training.frequencies[rows.begin + i];
    out[i] = rows.weight[i] > 0.0 && !alone ? rows.score[i] * rows.score[i] / f : 0.0;
    const double rest = 1.0 - h[i];
    if (h[i] != 0.0 && !alone) out[i] /= kind == Kind::hc2 ? rest : rest * rest;
  }
}

}  // namespace

linalg::Covariance hc_covariance(const FittedRows& fit, Kind kind, const RunContext& context, SandwichNotes& notes) {
  std::atomic<std::int64_t> full{0};
  const engine::RowWeights weights = [&](const engine::RowBlock& rows, double* out) {
    squares(fit, kind, rows, full, out);
  };
  linalg::Covariance covariance =
      linalg::sandwich(fit.inverse, fit.objective.gram(fit.beta, weights, context), context);
  notes.full_leverage = full;
  if (kind == Kind::hc1)
    covariance.scale(fit.n / (fit.n - fit.rank), std::vector<char>(static_cast<std::size_t>(covariance.cols()), 1));
  return covariance;
}

}  // namespace deciban::inference
