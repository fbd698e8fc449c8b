#include "row_work.hpp"

#include <algorithm>

namespace deciban::engine {

using parallel::kComputeRows;

namespace {

const double* at(const data::Numbers& values, std::int64_t begin) {
  return values.empty() ? nullptr : values.data() + begin;
}

}  // namespace

RowWork::RowWork(const design::CodedDesign& design, const Plan& plan) {
  std::fill(ones, ones + kComputeRows, 1.0);
  for (double* array : {weights_, eta, mu, complement, slope, curvature, variance, deviance, score, information,
                        pearson, residual, tail_})
    std::fill(array, array + kComputeRows, 0.0);
  dense_.resize(plan.dense.size() * kComputeRows);
  std::size_t values = 0;
  for (const auto& term : plan.varying) {
    varying_at_.push_back(values);
    cells_.push_back(design.blocks[static_cast<std::size_t>(term.block)].codes.get());
    values += static_cast<std::size_t>(term.width);
  }
  varying_.resize(values * kComputeRows);
}

void RowWork::load(const design::TrainingData& training, std::int64_t first, int count) {
  begin = first;
  n = count;
  invalid = 0;
  respond(training.y.data() + begin);
  exposure = training.exposure.empty() ? ones : training.exposure.data() + begin;
  frequencies = at(training.frequencies, begin);
  offset = at(training.offset, begin);
  const double* w = at(training.weights, begin);
  weight = weights_;
  if (w && frequencies) {
    for (int i = 0; i < n; ++i) weights_[i] = w[i] * frequencies[i];
  } else if (!w && !frequencies) {
    weight = ones;
  } else if (n == kComputeRows) {
    weight = w ? w : frequencies;
  } else {
    std::copy_n(w ? w : frequencies, n, weights_);
  }
  if (n == kComputeRows) return;
  own_weights();
  for (double* array : {weights_, eta, deviance, score, information, pearson})
    std::fill(array + n, array + kComputeRows, 0.0);
}

void RowWork::respond(const double* responses) {
  y = responses;
  if (n % 8 == 0) return;
  std::copy_n(responses, n, tail_);  // loops read whole lanes
  y = tail_;
}

void RowWork::own_weights() {
  if (weight == weights_) return;
  std::copy_n(weight, n, weights_);
  weight = weights_;
}

void RowWork::load_values(const design::CodedDesign& design, const Plan& plan, const std::vector<double>& anchors,
                          const Kernels& kernels) {
  for (std::size_t k = 0; k < plan.dense.size(); ++k) {
    const DenseColumn& column = plan.dense[k];
    const auto& block = design.blocks[static_cast<std::size_t>(column.block)];
    const double anchor = anchors[static_cast<std::size_t>(column.column)];
    const bool stored = block.parts.size() == 1 && !block.parts[0].codes;
    if (!stored && column.j == 0) design::read_values(block, begin, n, dense(k));
    kernels.shift(stored ? block.parts[0].column(column.j) + begin : dense(k), anchor, n, dense(k));
  }
  for (std::size_t v = 0; v < plan.varying.size(); ++v)
    design::read_values(design.blocks[static_cast<std::size_t>(plan.varying[v].block)], begin, n, varying(v, 0));
}

}  // namespace deciban::engine
