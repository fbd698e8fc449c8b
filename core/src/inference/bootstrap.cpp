#include "deciban/inference/bootstrap.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "deciban/linalg/sandwich.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "refit.hpp"

namespace deciban::inference {
namespace {

constexpr std::int64_t kTogether = 8;

// Fewer blocks of rows than this leave threads to groups of replicates, more to the rows of a pass.
constexpr std::int64_t kBlocksWorthThreads = 8;

void each_group(std::int64_t rows, std::int64_t count, const RunContext& context,
                const std::function<void(std::int64_t first, std::int64_t last)>& body) {
  const auto group = [&](std::int64_t g) { body(g * kTogether, std::min(count, (g + 1) * kTogether)); };
  const std::int64_t groups = (count + kTogether - 1) / kTogether;
  if (parallel::block_count(rows) < kBlocksWorthThreads) return parallel::for_each(context, groups, group);
  for (std::int64_t g = 0; g < groups; ++g) group(g);
}

void run(const engine::CodedObjective& objective, std::vector<Refit>& fits,
         const std::function<engine::PassModel(std::size_t)>& model, const RunContext& context) {
  for (;;) {
    std::vector<std::size_t> active;
    std::vector<engine::PassModel> models;
    for (std::size_t k = 0; k < fits.size(); ++k) {
      if (fits[k].state() != Refit::State::running) continue;
      active.push_back(k);
      models.push_back(model(k));
      models.back().beta = fits[k].point().data();
    }
    if (active.empty()) return;
    std::vector<engine::Evaluation> found = objective.evaluate(models, engine::Information::expected, context);
    for (std::size_t a = 0; a < active.size(); ++a) fits[active[a]].take(std::move(found[a]), context);
  }
}

// Natural coefficients of one fit into its column.
void keep_coefficients(const FittedRows& fit, const std::vector<char>& keep, const Refit& refit, double* out) {
  const std::vector<double> natural = fit.objective.natural_coefficients(refit.beta());
  for (std::size_t j = 0; j < natural.size(); ++j) {
    out[j] = refit.state() == Refit::State::failed || !keep[j] ? std::nan("") : natural[j];
    if (refit.state() == Refit::State::separated && refit.runaway()[j] != 0)
      out[j] = refit.runaway()[j] * std::numeric_limits<double>::infinity();
  }
}

struct Failures {
  std::atomic<std::int64_t> failed{0}, separated{0};
  void count(const Refit& refit) {
    failed += refit.state() == Refit::State::failed;
    separated += refit.state() == Refit::State::separated;
  }
};

// Exp(1) weights of the copies that each row stands for: their mean, and the root of the mean of their squares.
ReplicateWeights draw_weights(const design::TrainingData& training, std::uint64_t seed, std::int64_t b) {
  math::Stream stream(seed, math::purpose("bootstrap"), static_cast<std::uint64_t>(b));
  const std::size_t n = static_cast<std::size_t>(training.design.rows);
  ReplicateWeights drawn{std::vector<double>(n), {}};
  if (training.frequencies.empty()) {
    for (double& weight : drawn.weights) weight = math::draw_exponential(stream);
    return drawn;
  }
  drawn.roots.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0.0, squares = 0.0;
    const double copies = training.frequencies[i];
    for (double k = 0.0; k < copies; k += 1.0) {
      const double weight = math::draw_exponential(stream);
      sum += weight;
      squares += weight * weight;
    }
    drawn.weights[i] = copies > 0.0 ? sum / copies : 0.0;
    drawn.roots[i] = copies > 0.0 ? std::sqrt(squares) / copies : 0.0;
  }
  return drawn;
}

void sandwich_errors(const FittedRows& fit, const std::vector<char>& keep, const Refit& refit,
                     const ReplicateWeights& drawn, const RunContext& context, double* out) {
  const int p = fit.objective.size();
  if (refit.state() != Refit::State::converged) {
    std::fill_n(out, p, std::nan(""));
    return;
  }
  const double* roots = drawn.roots.empty() ? drawn.weights.data() : drawn.roots.data();
  const engine::RowWeights meat = [&](const engine::RowBlock& rows, double* squares) {
    for (int i = 0; i < rows.count; ++i) {
      const double score = rows.weight[i] > 0.0 ? roots[rows.begin + i] * rows.score[i] : 0.0;
      squares[i] = 0.5 * score * score;
    }
  };
  const linalg::ArrowCholesky factor(refit.at().information, {}, 1e-8, context, keep);
  const linalg::Covariance covariance = fit.objective.natural_covariance(
      linalg::sandwich(factor.inverse(context), fit.objective.gram(refit.beta(), meat, context), context));
  for (int j = 0; j < p; ++j)
    out[j] = keep[static_cast<std::size_t>(j)] ? std::sqrt(covariance.variance(j)) : std::nan("");
}

}  // namespace

Replicates refit_responses(const FittedRows& fit, const std::vector<char>& keep, double phi, std::int64_t count,
                           const ReplicateRows& responses, const RunContext& context) {
  Replicates result;
  result.coefficients = linalg::Matrix(fit.objective.size(), static_cast<int>(count));
  const std::vector<double> ranges = fit.objective.column_ranges();
  const Refit::Rules rules{fit.beta, keep, ranges, phi};
  const std::int64_t n = fit.training.design.rows;
  Failures failures;
  each_group(n, count, context, [&](std::int64_t first, std::int64_t last) {
    std::vector<std::vector<double>> y(static_cast<std::size_t>(last - first));
    std::vector<Refit> fits;
    for (std::int64_t b = first; b < last; ++b) {
      auto& own = y[static_cast<std::size_t>(b - first)];
      own.resize(static_cast<std::size_t>(n));
      responses(b, own.data());
      fits.emplace_back(rules);
    }
    run(
        fit.objective, fits,
        [&](std::size_t k) {
          return engine::PassModel{nullptr, nullptr, nullptr, y[k].data()};
        },
        context);
    for (std::size_t k = 0; k < fits.size(); ++k) {
      failures.count(fits[k]);
      keep_coefficients(fit, keep, fits[k], result.coefficients.column(static_cast<int>(first) + static_cast<int>(k)));
    }
  });
  result.failed = failures.failed;
  result.separated = failures.separated;
  return result;
}

Replicates refit_weights(const FittedRows& fit, const std::vector<char>& keep, double phi, std::int64_t count,
                         std::uint64_t seed, const RunContext& context) {
  Replicates result;
  const int p = fit.objective.size();
  result.coefficients = linalg::Matrix(p, static_cast<int>(count));
  result.errors = linalg::Matrix(p, static_cast<int>(count));
  const std::vector<double> ranges = fit.objective.column_ranges();
  const Refit::Rules rules{fit.beta, keep, ranges, phi};
  Failures failures;
  each_group(fit.training.design.rows, count, context, [&](std::int64_t first, std::int64_t last) {
    std::vector<ReplicateWeights> drawn;
    std::vector<Refit> fits;
    for (std::int64_t b = first; b < last; ++b) {
      drawn.push_back(draw_weights(fit.training, seed, b));
      fits.emplace_back(rules);
    }
    run(
        fit.objective, fits,
        [&](std::size_t k) {
          return engine::PassModel{nullptr, nullptr, drawn[k].weights.data(), nullptr};
        },
        context);
    for (std::size_t k = 0; k < fits.size(); ++k) {
      const int column = static_cast<int>(first) + static_cast<int>(k);
      failures.count(fits[k]);
      keep_coefficients(fit, keep, fits[k], result.coefficients.column(column));
      sandwich_errors(fit, keep, fits[k], drawn[k], context, result.errors.column(column));
    }
  });
  result.failed = failures.failed;
  result.separated = failures.separated;
  return result;
}

}  // namespace deciban::inference
