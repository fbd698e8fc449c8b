#include "precise.hpp"

#include <algorithm>
#include <memory>

#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::engine {

using linalg::DoubleDouble;
using linalg::Pairs;
using parallel::kComputeRows;

namespace {

// Sums of one pass: p pairs per direction, and the deviance.
struct PairSums {
  explicit PairSums(std::size_t size) : values(size) {}
  void merge(const PairSums& later) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = values[i] + later.values[i];
    deviance = deviance + later.deviance;
    pearson += later.pearson;
  }
  std::vector<DoubleDouble> values;
  DoubleDouble deviance;
  double pearson = 0.0;
};

// Runs `body(work, pairs, sums)` over all compute blocks.
template <class Body>
std::unique_ptr<PairSums> sum_pairs(const WeightedRows& source, int directions, const RunContext& context,
                                    Body&& body) {
  const std::size_t size = static_cast<std::size_t>(source.design.n_columns) * static_cast<std::size_t>(directions);
  const Kernels& loops = kernels(math::active_isa());
  const RowSelection all = all_rows(source.design.rows);
  auto total = parallel::ordered_reduce<PairSums>(context, all.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<PairSums>(size);
    auto work = std::make_unique<RowWork>(source.design, source.plan);
    PairRows pairs(source.design, source.scales.anchors);
    all.for_blocks(partial, [&](std::int64_t begin, int n) {
      work->load(source.training, begin, n);
      work->load_values(source.design, source.plan, source.scales.anchors, loops);
      pairs.load(begin, n);
      body(*work, pairs, *part);
    });
    return part;
  });
  return total ? std::move(total) : std::make_unique<PairSums>(size);
}

// Offset and X beta, as pairs and rounded.
void predict(RowWork& work, const PairRows& pairs, const Pairs& beta, DoubleDouble* eta) {
  for (int i = 0; i < work.n; ++i) eta[i] = DoubleDouble(work.offset ? work.offset[i] : 0.0);
  pairs.predict(beta, 0, eta);
  for (int i = 0; i < work.n; ++i) work.eta[i] = eta[i].value();
}

// Residuals in pairs; rows without weight may hold anything.
void add_least_squares(const RowWork& work, const DoubleDouble* eta, DoubleDouble* score, PairSums& sums) {
  for (int i = 0; i < work.n; ++i) {
    score[i] = DoubleDouble();
    if (!(work.weight[i] > 0.0)) continue;
    const DoubleDouble residual = DoubleDouble(work.y[i]) - eta[i];
    score[i] = residual * DoubleDouble(work.weight[i]);
    sums.deviance = sums.deviance + score[i] * residual;
  }
}

Pairs as_pairs(const std::vector<DoubleDouble>& values, int rows, int cols) {
  Pairs out(rows, cols);
  for (int j = 0; j < cols; ++j)
    for (int i = 0; i < rows; ++i) out.set(i, j, values[static_cast<std::size_t>(j) * rows + i]);
  return out;
}

}  // namespace

PreciseScore precise_score_of_rows(const WeightedRows& source, bool least_squares, const Pairs& beta,
                                   const RunContext& context) {
  const auto sums = sum_pairs(source, 1, context, [&](RowWork& work, const PairRows& pairs, PairSums& part) {
    DoubleDouble eta[kComputeRows], score[kComputeRows];
    predict(work, pairs, beta, eta);
    if (least_squares) {
      add_least_squares(work, eta, score, part);
    } else {
      source.fill(work);
      for (int i = 0; i < work.n; ++i) {
        score[i] = DoubleDouble(work.score[i]);
        if (!(work.weight[i] > 0.0)) continue;
        part.deviance = part.deviance + linalg::two_product(work.weight[i], work.deviance[i]);
        part.pearson += work.pearson[i];
      }
    }
    pairs.add_score(score, part.values.data());
  });
  PreciseScore out;
  out.score = as_pairs(sums->values, source.design.n_columns, 1);
  out.deviance = sums->deviance.value();
  out.pearson = least_squares ? out.deviance : sums->pearson;
  return out;
}

Pairs precise_product_of_rows(const WeightedRows& source, const Pairs& beta, const Pairs& directions,
                              const RunContext& context) {
  const int p = source.design.n_columns, count = directions.high.cols();
  const auto sums = sum_pairs(source, count, context, [&](RowWork& work, const PairRows& pairs, PairSums& part) {
    DoubleDouble along[kComputeRows];
    predict(work, pairs, beta, along);
    source.fill(work);
    for (int k = 0; k < count; ++k) {
      std::fill_n(along, work.n, DoubleDouble());
      pairs.predict(directions, k, along);
      for (int i = 0; i < work.n; ++i) along[i] = along[i] * DoubleDouble(work.information[i]);
      pairs.add_score(along, part.values.data() + std::int64_t{k} * p);
    }
  });
  return as_pairs(sums->values, p, count);
}

std::vector<double> squared_norms_of_rows(const WeightedRows& source, int count,
                                          const std::function<void(int k, RowWork&)>& predict,
                                          const RunContext& context) {
  struct Norms {
    std::vector<double> values;
    void merge(const Norms& later) {
      for (std::size_t k = 0; k < values.size(); ++k) values[k] += later.values[k];
    }
  };
  const Kernels& loops = kernels(math::active_isa());
  const RowSelection all = all_rows(source.design.rows);
  const auto total = parallel::ordered_reduce<Norms>(context, all.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<Norms>();
    part->values.assign(static_cast<std::size_t>(count), 0.0);
    auto work = std::make_unique<RowWork>(source.design, source.plan);
    double squares[kComputeRows];
    all.for_blocks(partial, [&](std::int64_t begin, int n) {
      work->load(source.training, begin, n);
      work->load_values(source.design, source.plan, source.scales.anchors, loops);
      source.fill(*work);
      work->offset = nullptr;
      for (int k = 0; k < count; ++k) {
        predict(k, *work);
        std::fill_n(squares, kComputeRows, 0.0);
        for (int i = 0; i < n; ++i) squares[i] = work->eta[i] * work->eta[i];
        part->values[static_cast<std::size_t>(k)] += loops.dot(work->information, squares, n);
      }
    });
    return part;
  });
  return total ? total->values : std::vector<double>(static_cast<std::size_t>(count), 0.0);
}

Pairs unshifted_coefficients(const Pairs& beta, const std::vector<double>& anchors) {
  Pairs out = beta;
  for (std::size_t j = 0; j < anchors.size(); ++j)
    if (anchors[j] != 0.0) out.set(0, 0, out.at(0, 0) - DoubleDouble(anchors[j]) * beta.at(static_cast<int>(j), 0));
  return out;
}

// Column by column: what nearly dependent columns leave as error of a column of the covariance points along their
// dependency and cancels in a sum over the rows, not in one over the columns.
Pairs unshifted_covariance(const Pairs& covariance, const std::vector<double>& anchors) {
  Pairs out = covariance;
  const int p = static_cast<int>(anchors.size());
  for (int k = 0; k < p; ++k)
    for (int j = 0; j < p; ++j)
      if (anchors[static_cast<std::size_t>(j)] != 0.0)
        out.set(0, k, out.at(0, k) - DoubleDouble(anchors[static_cast<std::size_t>(j)]) * covariance.at(j, k));
  for (int j = 1; j < p; ++j)
    if (anchors[static_cast<std::size_t>(j)] != 0.0)
      out.set(0, 0, out.at(0, 0) - DoubleDouble(anchors[static_cast<std::size_t>(j)]) * out.at(0, j));
  for (int k = 0; k < p; ++k)
    for (int j = 0; j < k; ++j) out.set(k, j, out.at(j, k));
  return out;
}

}  // namespace deciban::engine
