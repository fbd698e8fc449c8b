#include "deciban/engine/coded_objective.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/ordered_reduce.hpp"
#include "lane_sums.hpp"

namespace deciban::engine {

using design::Block;
using parallel::kComputeRows;

namespace {

constexpr int kMaxCells = 8192;  // cells^2 doubles per partial sum: 512 MB

const double* at(const std::vector<double>& values, std::int64_t begin) {
  return values.empty() ? nullptr : values.data() + begin;
}

}  // namespace

// One compute block of rows: everything about it fits in the first-level caches.
struct CodedObjective::Rows {
  std::int64_t begin = 0;
  int n = 0;
  const double* y = nullptr;
  const double* exposure = nullptr;
  double ones[kComputeRows], weight[kComputeRows], eta[kComputeRows], mu[kComputeRows], complement[kComputeRows];
  double slope[kComputeRows], curvature[kComputeRows], variance[kComputeRows], deviance[kComputeRows];
  double residual[kComputeRows], score[kComputeRows], information[kComputeRows], pearson[kComputeRows];
  std::int64_t invalid = 0;

  Rows() { std::fill(ones, ones + kComputeRows, 1.0); }

  void take(const design::TrainingData& training, std::int64_t first, int count) {
    begin = first;
    n = count;
    invalid = 0;
    y = training.y.data() + begin;
    exposure = training.exposure.empty() ? ones : training.exposure.data() + begin;
    const double* w = at(training.weights, begin);
    const double* f = at(training.frequencies, begin);
    for (int i = 0; i < n; ++i) weight[i] = (w ? w[i] : 1.0) * (f ? f[i] : 1.0);
  }
};

// Partial sums of score and information over cells: cell 0 is the intercept, then every level of every factor (also the
// base level) and every dense column. Only pairs with row block <= column block are filled.
struct CodedObjective::Cells {
  int size;
  double n = 0.0, sum_w = 0.0, deviance = 0.0, pearson = 0.0;
  std::int64_t invalid = 0;
  std::vector<double> score, information;

  explicit Cells(int size)
      : size(size), score(static_cast<std::size_t>(size)), information(static_cast<std::size_t>(size) * size) {}

  double* row(int cell) { return information.data() + static_cast<std::size_t>(cell) * size; }

  void merge(const Cells& later) {
    n += later.n;
    sum_w += later.sum_w;
    deviance += later.deviance;
    pearson += later.pearson;
    invalid += later.invalid;
    for (std::size_t i = 0; i < score.size(); ++i) score[i] += later.score[i];
    for (std::size_t i = 0; i < information.size(); ++i) information[i] += later.information[i];
  }

  void add_scalars(const Rows& rows, const double* frequencies) {
    double counted[kComputeRows];
    for (int i = 0; i < rows.n; ++i) counted[i] = rows.weight[i] > 0.0 ? (frequencies ? frequencies[i] : 1.0) : 0.0;
    n += lane_sum(counted, rows.n);
    sum_w += lane_sum(rows.weight, rows.n);
    deviance += lane_dot(rows.weight, rows.deviance, rows.n);
    pearson += lane_sum(rows.pearson, rows.n);
    invalid += rows.invalid;
  }

  void add_rows(const Rows& rows, const std::vector<Block>& blocks, const std::vector<int>& first_cell,
                const std::vector<double>& anchors);
};

void CodedObjective::Cells::add_rows(const Rows& rows, const std::vector<Block>& blocks,
                                     const std::vector<int>& first_cell, const std::vector<double>& anchors) {
  const int n = rows.n;
  const double* h = rows.information;
  score[0] += lane_sum(rows.score, n);
  information[0] += lane_sum(h, n);
  std::vector<double> shifted(static_cast<std::size_t>(kComputeRows) * blocks.size());
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].kind != Block::Kind::dense) continue;
    const double* x = blocks[b].values.data() + rows.begin;
    for (int i = 0; i < n; ++i) shifted[b * kComputeRows + i] = x[i] - anchors[b];
  }
  double hx[kComputeRows];
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const int first = first_cell[b];
    if (blocks[b].kind == Block::Kind::dense) {
      const double* x = shifted.data() + b * kComputeRows;
      for (int i = 0; i < n; ++i) hx[i] = h[i] * x[i];
      score[first] += lane_dot(rows.score, x, n);
      row(0)[first] += lane_sum(hx, n);
      for (std::size_t c = 0; c <= b; ++c) {
        if (blocks[c].kind == Block::Kind::dense) {
          row(first_cell[c])[first] += lane_dot(hx, shifted.data() + c * kComputeRows, n);
        } else {
          const std::int32_t* codes = blocks[c].codes.data() + rows.begin;
          double* cells = row(first_cell[c]) + first;
          for (int i = 0; i < n; ++i) cells[static_cast<std::size_t>(codes[i]) * size] += hx[i];
        }
      }
      continue;
    }
    const std::int32_t* codes = blocks[b].codes.data() + rows.begin;
    double* scores = score.data() + first;
    double* diagonal = row(0) + first;
    for (int i = 0; i < n; ++i) scores[codes[i]] += rows.score[i];
    for (int i = 0; i < n; ++i) diagonal[codes[i]] += h[i];
    for (std::size_t c = 0; c < b; ++c) {
      if (blocks[c].kind == Block::Kind::dense) {
        const double* x = shifted.data() + c * kComputeRows;
        double* cells = row(first_cell[c]) + first;
        for (int i = 0; i < n; ++i) cells[codes[i]] += h[i] * x[i];
      } else {
        const std::int32_t* other = blocks[c].codes.data() + rows.begin;
        double* cells = row(first_cell[c]) + first;
        for (int i = 0; i < n; ++i) cells[static_cast<std::size_t>(other[i]) * size + codes[i]] += h[i];
      }
    }
  }
}

// Means of the response and of the dense columns, and their ranges.
struct CodedObjective::Totals {
  double events = 0.0, exposure = 0.0;
  std::vector<double> sums, low, high;

  void merge(const Totals& later) {
    events += later.events;
    exposure += later.exposure;
    for (std::size_t b = 0; b < sums.size(); ++b) {
      sums[b] += later.sums[b];
      low[b] = std::min(low[b], later.low[b]);
      high[b] = std::max(high[b], later.high[b]);
    }
  }
};

CodedObjective::CodedObjective(const design::TrainingData& training, const design::CodedDesign& design,
                               const families::Family& family, const families::Link& link, const RunContext& context)
    : training_(training), design_(design), family_(family), link_(link) {
  column_.push_back(design.intercept ? 0 : -1);
  for (const auto& block : design.blocks) {
    first_cell_.push_back(static_cast<int>(column_.size()));
    column_.insert(column_.end(), block.columns.begin(), block.columns.end());
    if (column_.size() > kMaxCells)
      throw Error(ErrorKind::input, "design.too_many_columns",
                  "The model has more than " + format_count(kMaxCells) + " levels and columns together.",
                  "Merge rare levels, or encode a wide factor as one number.",
                  Document::object({{"limit", kMaxCells}}));
  }
  learn_scales(context);
}

void CodedObjective::learn_scales(const RunContext& context) {
  const auto& blocks = design_.blocks;
  const bool rate = link_.id == families::LinkId::log && !training_.offset.empty();
  const auto total =
      parallel::ordered_reduce<Totals>(context, parallel::block_count(design_.rows), [&](std::int64_t block) {
        auto part = std::make_unique<Totals>();
        part->sums.resize(blocks.size());
        part->low.assign(blocks.size(), HUGE_VAL);
        part->high.assign(blocks.size(), -HUGE_VAL);
        const auto range = parallel::block_range(design_.rows, block);
        auto rows = std::make_unique<Rows>();
        parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
          rows->take(training_, begin, count);
          double unit[kComputeRows];
          std::fill(unit, unit + count, 1.0);
          if (rate) math::exp_block(training_.offset.data() + begin, unit, count);
          double events[kComputeRows];  // rows without weight may hold anything
          for (int i = 0; i < count; ++i) {
            events[i] = rows->weight[i] > 0.0 ? rows->weight[i] * rows->y[i] : 0.0;
            unit[i] = rows->weight[i] > 0.0 ? rows->weight[i] * unit[i] : 0.0;
          }
          part->events += lane_sum(events, count);
          part->exposure += lane_sum(unit, count);
          for (std::size_t b = 0; b < blocks.size(); ++b) {
            if (blocks[b].kind != Block::Kind::dense) continue;
            const double* x = blocks[b].values.data() + begin;
            part->sums[b] += lane_sum(x, count);
            for (int i = 0; i < count; ++i) part->low[b] = std::min(part->low[b], x[i]);
            for (int i = 0; i < count; ++i) part->high[b] = std::max(part->high[b], x[i]);
          }
        });
        return part;
      });
  anchors_.assign(blocks.size(), 0.0);
  ranges_.assign(static_cast<std::size_t>(size()), 1.0);
  if (!total) return;
  centre_ = total->events / total->exposure;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].kind != Block::Kind::dense) continue;
    const double mean = total->sums[b] / static_cast<double>(design_.rows);
    if (design_.intercept) anchors_[b] = std::min(std::max(mean, total->low[b]), total->high[b]);
    ranges_[static_cast<std::size_t>(blocks[b].columns[0])] =
        std::max(std::fabs(total->low[b] - anchors_[b]), std::fabs(total->high[b] - anchors_[b]));
  }
}

std::vector<double> CodedObjective::spread(const double* beta) const {
  std::vector<double> cells(column_.size(), 0.0);
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (column_[c] >= 0) cells[c] = beta[column_[c]];
  return cells;
}

void CodedObjective::predict_block(const std::vector<double>& cells, Rows& rows) const {
  const double* offset = at(training_.offset, rows.begin);
  for (int i = 0; i < rows.n; ++i) rows.eta[i] = cells[0] + (offset ? offset[i] : 0.0);
  for (std::size_t b = 0; b < first_cell_.size(); ++b) {
    const Block& block = design_.blocks[b];
    const double* coefficients = cells.data() + first_cell_[b];
    if (block.kind == Block::Kind::factor) {
      const std::int32_t* codes = block.codes.data() + rows.begin;
      for (int i = 0; i < rows.n; ++i) rows.eta[i] += coefficients[codes[i]];
    } else {
      const double* x = block.values.data() + rows.begin;
      for (int i = 0; i < rows.n; ++i) rows.eta[i] += *coefficients * (x[i] - anchors_[b]);
    }
  }
}

// From the predictor to deviance, score and information of each row.
void CodedObjective::family_block(Rows& rows) const {
  const int n = rows.n;
  families::inverse_link_block(link_, rows.eta, {rows.mu, rows.complement, rows.slope, rows.curvature}, n);
  const bool positive = family_.needs_positive_mean(), probability = family_.is_probability();
  for (int i = 0; i < n; ++i) {
    const bool inside = std::isfinite(rows.eta[i]) && std::isfinite(rows.mu[i]) && (!positive || rows.mu[i] > 0.0) &&
                        (!probability || (rows.mu[i] > 0.0 && rows.complement[i] > 0.0));
    if (inside && rows.weight[i] > 0.0) continue;
    // Rows without weight, and rows that make this point invalid: harmless values keep NaN out of the sums.
    rows.invalid += !inside && rows.weight[i] > 0.0;
    rows.weight[i] = inside ? rows.weight[i] : 0.0;
    if (!inside) rows.mu[i] = rows.complement[i] = 0.5;
    if (!inside) rows.slope[i] = rows.curvature[i] = 1.0;
  }
  families::variance_block(family_, rows.mu, rows.complement, rows.variance, n);
  families::unit_deviance_block(family_, rows.y, rows.mu, rows.complement, rows.deviance, n);
  families::residual_block(family_, rows.y, rows.mu, rows.complement, rows.residual, n);
  for (int i = 0; i < n; ++i) {
    const double residual = rows.residual[i], ratio = rows.slope[i] / rows.variance[i];
    const bool counts = rows.weight[i] > 0.0;
    rows.score[i] = counts ? rows.weight[i] * residual * ratio : 0.0;
    rows.information[i] = counts ? rows.weight[i] * rows.slope[i] * ratio : 0.0;
    rows.pearson[i] = counts ? rows.weight[i] * residual * residual / rows.variance[i] : 0.0;
    if (!counts) rows.deviance[i] = 0.0;
  }
}

// Replaces the expected weights by w [mu'^2 / V - (y - mu) (mu'' / V - mu'^2 V' / V^2)].
void CodedObjective::observed_block(Rows& rows) const {
  double derivative[kComputeRows];
  families::variance_derivative_block(family_, rows.mu, derivative, rows.n);
  for (int i = 0; i < rows.n; ++i) {
    if (!(rows.weight[i] > 0.0)) continue;
    const double v = rows.variance[i], bend = rows.slope[i] * rows.slope[i] * derivative[i] / v;
    rows.information[i] -= rows.weight[i] * rows.residual[i] * (rows.curvature[i] - bend) / v;
  }
}

// Working response at starting means, as the score at zero coefficients. With pull 1 the predictor of the portfolio's
// mean itself: wherever the columns span it, it is a valid point, which a step away from it need not be.
void CodedObjective::start_block(double pull, Rows& rows) const {
  const double* offset = at(training_.offset, rows.begin);
  const bool rate = link_.id == families::LinkId::log && offset;
  double unit[kComputeRows];
  std::fill(unit, unit + rows.n, 1.0);
  if (rate) math::exp_block(offset, unit, rows.n);
  for (int i = 0; i < rows.n; ++i) {
    const double mean = families::starting_mean(family_, rows.y[i], centre_ * unit[i], pull);
    rows.eta[i] = families::link_value(link_, mean);
    if (std::isfinite(rows.eta[i])) continue;
    // Gaussian responses outside the link's domain start from the portfolio's mean.
    rows.eta[i] = families::link_value(link_, centre_ * unit[i]);
    if (!std::isfinite(rows.eta[i])) rows.eta[i] = families::link_value(link_, unit[i]);
  }
  family_block(rows);
  for (int i = 0; i < rows.n; ++i) {
    const double distance = rows.eta[i] - (offset ? offset[i] : 0.0);
    if (pull == 1.0) rows.score[i] = 0.0;
    rows.score[i] += rows.information[i] > 0.0 ? rows.information[i] * distance : 0.0;
  }
}

// `fill` computes score and information of the rows of a compute block.
template <class Fill>
Evaluation CodedObjective::sum(const RunContext& context, Fill&& fill) const {
  const int size = static_cast<int>(column_.size());
  const auto total =
      parallel::ordered_reduce<Cells>(context, parallel::block_count(design_.rows), [&](std::int64_t block) {
        auto part = std::make_unique<Cells>(size);
        auto rows = std::make_unique<Rows>();
        parallel::for_compute_blocks(parallel::block_range(design_.rows, block), [&](std::int64_t begin, int count) {
          rows->take(training_, begin, count);
          fill(*rows);
          part->add_scalars(*rows, at(training_.frequencies, begin));
          part->add_rows(*rows, design_.blocks, first_cell_, anchors_);
        });
        return part;
      });
  return collect(*total);
}

// From cells to coefficients: cells without a coefficient drop out, the rest is placed in both triangles.
Evaluation CodedObjective::collect(const Cells& cells) const {
  const int p = size();
  Evaluation result;
  result.n = cells.n;
  result.sum_w = cells.sum_w;
  result.deviance = cells.deviance;
  result.pearson = cells.pearson;
  result.invalid_rows = cells.invalid;
  result.score.assign(static_cast<std::size_t>(p), 0.0);
  result.information = linalg::Matrix(p, p);
  std::vector<int> block_of(column_.size(), -1);
  for (std::size_t b = 0; b < first_cell_.size(); ++b) {
    const std::size_t end = b + 1 < first_cell_.size() ? first_cell_[b + 1] : column_.size();
    for (std::size_t c = first_cell_[b]; c < end; ++c) block_of[c] = static_cast<int>(b);
  }
  for (std::size_t i = 0; i < column_.size(); ++i) {
    if (column_[i] < 0) continue;
    result.score[column_[i]] = cells.score[i];
    for (std::size_t j = i; j < column_.size(); ++j) {
      if (column_[j] < 0) continue;
      const bool same_factor =
          i > 0 && block_of[i] == block_of[j] && design_.blocks[block_of[i]].kind == Block::Kind::factor;
      // levels of one factor never meet; the diagonal of a level stands in the intercept's row
      double value = cells.information[i * column_.size() + j];
      if (same_factor) value = i == j ? cells.information[j] : 0.0;
      result.information(column_[i], column_[j]) = result.information(column_[j], column_[i]) = value;
    }
  }
  return result;
}

std::vector<Evaluation> CodedObjective::evaluate(const linalg::Matrix& betas, Information kind,
                                                 const RunContext& context) const {
  std::vector<Evaluation> results;
  for (int k = 0; k < betas.cols(); ++k) {
    const std::vector<double> cells = spread(betas.column(k));
    results.push_back(sum(context, [&](Rows& rows) {
      predict_block(cells, rows);
      family_block(rows);
      if (kind == Information::observed) observed_block(rows);
    }));
  }
  return results;
}

Evaluation CodedObjective::start(double pull, const RunContext& context) const {
  return sum(context, [&](Rows& rows) { start_block(pull, rows); });
}

void CodedObjective::accumulate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const {
  struct Part {
    std::unique_ptr<RowVisitor> visitor;
    void merge(Part& later) { visitor->merge(*later.visitor); }
  };
  const std::vector<double> cells = spread(beta.data());
  const auto total =
      parallel::ordered_reduce<Part>(context, parallel::block_count(design_.rows), [&](std::int64_t block) {
        auto part = std::make_unique<Part>();
        part->visitor = visitor.fresh();
        auto rows = std::make_unique<Rows>();
        parallel::for_compute_blocks(parallel::block_range(design_.rows, block), [&](std::int64_t begin, int count) {
          rows->take(training_, begin, count);
          predict_block(cells, *rows);
          family_block(*rows);
          part->visitor->visit({begin, count, rows->y, rows->weight, rows->exposure, rows->eta, rows->mu,
                                rows->complement, rows->score, rows->information});
        });
        return part;
      });
  if (total) visitor.merge(*total->visitor);
}

std::vector<double> CodedObjective::column_norms(const linalg::Matrix& information) const {
  std::vector<double> norms(static_cast<std::size_t>(size()));
  for (int j = 0; j < size(); ++j) norms[j] = information(j, j);
  for (std::size_t b = 0; b < anchors_.size(); ++b) {
    if (anchors_[b] == 0.0) continue;
    const int j = design_.blocks[b].columns[0];
    norms[j] += anchors_[b] * (2.0 * information(j, 0) + anchors_[b] * information(0, 0));
  }
  return norms;
}

std::vector<double> CodedObjective::natural_coefficients(const std::vector<double>& beta) const {
  std::vector<double> natural = beta;
  for (std::size_t b = 0; b < anchors_.size(); ++b)
    if (anchors_[b] != 0.0) natural[0] -= anchors_[b] * beta[design_.blocks[b].columns[0]];
  return natural;
}

linalg::Matrix CodedObjective::natural_covariance(const linalg::Matrix& covariance) const {
  linalg::Matrix natural = covariance;
  for (std::size_t b = 0; b < anchors_.size(); ++b) {
    if (anchors_[b] == 0.0) continue;
    const int j = design_.blocks[b].columns[0];
    for (int k = 0; k < size(); ++k) natural(0, k) -= anchors_[b] * natural(j, k);
    for (int k = 0; k < size(); ++k) natural(k, 0) -= anchors_[b] * natural(k, j);
  }
  for (int k = 1; k < size(); ++k) natural(k, 0) = natural(0, k);
  return natural;
}

}  // namespace deciban::engine
