#include "deciban/engine/coded_objective.hpp"

#include <algorithm>
#include <cmath>

#include "cell_sums.hpp"
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

// Numeric columns of their own, which may be shifted.
bool is_dense(const Block& block) { return !block.codes && !block.parts.empty(); }

}  // namespace

// Means of the response and of numeric columns, and their ranges; one entry per value of every block.
struct CodedObjective::Scales {
  double events = 0.0, exposure = 0.0;
  std::vector<double> sums, low, high;

  explicit Scales(std::size_t values) : sums(values), low(values, HUGE_VAL), high(values, -HUGE_VAL) {}

  void add(const double* x, int n, std::size_t value) {
    sums[value] += lane_sum(x, n);
    for (int i = 0; i < n; ++i) low[value] = std::min(low[value], x[i]);
    for (int i = 0; i < n; ++i) high[value] = std::max(high[value], x[i]);
  }
  void merge(const Scales& later) {
    events += later.events;
    exposure += later.exposure;
    for (std::size_t v = 0; v < sums.size(); ++v) {
      sums[v] += later.sums[v];
      low[v] = std::min(low[v], later.low[v]);
      high[v] = std::max(high[v], later.high[v]);
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
                  "Merge rare levels, drop an interaction, or encode a wide factor as one number.",
                  Document::object({{"limit", kMaxCells}}));
  }
  learn_scales(context);
}

void CodedObjective::learn_scales(const RunContext& context) {
  const bool rate = link_.id == families::LinkId::log && !training_.offset.empty();
  std::size_t n_values = 0;
  for (const auto& block : design_.blocks) n_values += static_cast<std::size_t>(block.width);
  const auto total =
      parallel::ordered_reduce<Scales>(context, parallel::block_count(design_.rows), [&](std::int64_t block) {
        auto part = std::make_unique<Scales>(n_values);
        RowWork rows(design_);
        parallel::for_compute_blocks(parallel::block_range(design_.rows, block), [&](std::int64_t begin, int count) {
          rows.load(training_, design_, begin, count);
          double unit[kComputeRows];
          std::fill(unit, unit + count, 1.0);
          if (rate) math::exp_block(training_.offset.data() + begin, unit, count);
          double events[kComputeRows];  // rows without weight may hold anything
          for (int i = 0; i < count; ++i) {
            events[i] = rows.weight[i] > 0.0 ? rows.weight[i] * rows.y[i] : 0.0;
            unit[i] = rows.weight[i] > 0.0 ? rows.weight[i] * unit[i] : 0.0;
          }
          part->events += lane_sum(events, count);
          part->exposure += lane_sum(unit, count);
          std::size_t value = 0;
          for (std::size_t b = 0; b < design_.blocks.size(); ++b)
            for (int j = 0; j < design_.blocks[b].width; ++j, ++value)
              if (rows.values(b, j)) part->add(rows.values(b, j), count, value);
        });
        return part;
      });
  anchors_.assign(static_cast<std::size_t>(size()), 0.0);
  ranges_.assign(static_cast<std::size_t>(size()), 1.0);
  if (!total) return;
  centre_ = total->events / total->exposure;
  std::size_t value = 0;
  for (const auto& block : design_.blocks)
    for (int j = 0; j < block.width; ++j, ++value) {
      if (block.parts.empty()) continue;
      const double low = total->low[value], high = total->high[value];
      const double mean = total->sums[value] / static_cast<double>(design_.rows);
      const double anchor = is_dense(block) && design_.intercept ? std::min(std::max(mean, low), high) : 0.0;
      for (int cell = 0; cell < block.cells; ++cell) {
        const int column = block.columns[static_cast<std::size_t>(cell) * block.width + j];
        if (column < 0) continue;
        anchors_[column] = anchor;
        ranges_[column] = std::max(std::fabs(low - anchor), std::fabs(high - anchor));
      }
    }
}

std::vector<double> CodedObjective::spread(const double* beta) const {
  std::vector<double> cells(column_.size(), 0.0);
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (column_[c] >= 0) cells[c] = beta[column_[c]];
  return cells;
}

// Rows with their numeric columns shifted.
void CodedObjective::load(RowWork& rows, std::int64_t begin, int count) const {
  rows.load(training_, design_, begin, count);
  for (std::size_t b = 0; b < design_.blocks.size(); ++b) {
    const Block& block = design_.blocks[b];
    if (!is_dense(block)) continue;
    for (int j = 0; j < block.width; ++j) {
      const double anchor = anchors_[static_cast<std::size_t>(block.columns[j])];
      double* x = rows.values(b, j);
      for (int i = 0; i < count; ++i) x[i] -= anchor;
    }
  }
}

void CodedObjective::predict_block(const std::vector<double>& cells, RowWork& rows) const {
  const double* offset = at(training_.offset, rows.begin);
  for (int i = 0; i < rows.n; ++i) rows.eta[i] = cells[0] + (offset ? offset[i] : 0.0);
  for (std::size_t b = 0; b < first_cell_.size(); ++b) {
    const std::int32_t* offsets = rows.offsets(b);
    for (int j = 0; j < design_.blocks[b].width; ++j) {
      const double* coefficients = cells.data() + first_cell_[b] + j;
      const double* x = rows.values(b, j);
      if (!offsets && x) {
        for (int i = 0; i < rows.n; ++i) rows.eta[i] += *coefficients * x[i];
      } else if (x) {
        for (int i = 0; i < rows.n; ++i) rows.eta[i] += coefficients[offsets[i]] * x[i];
      } else if (offsets) {
        for (int i = 0; i < rows.n; ++i) rows.eta[i] += coefficients[offsets[i]];
      }
    }
  }
}

// From the predictor to deviance, score and information of each row.
void CodedObjective::family_block(RowWork& rows) const {
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
void CodedObjective::observed_block(RowWork& rows) const {
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
void CodedObjective::start_block(double pull, RowWork& rows) const {
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
      parallel::ordered_reduce<CellSums>(context, parallel::block_count(design_.rows), [&](std::int64_t block) {
        auto part = std::make_unique<CellSums>(size);
        RowWork rows(design_);
        parallel::for_compute_blocks(parallel::block_range(design_.rows, block), [&](std::int64_t begin, int count) {
          load(rows, begin, count);
          fill(rows);
          part->add(rows, design_, first_cell_);
        });
        return part;
      });
  return collect(*total);
}

// From cells to coefficients: cells without a coefficient drop out, the rest is placed in both triangles.
Evaluation CodedObjective::collect(const CellSums& cells) const {
  const int p = size();
  Evaluation result;
  result.n = cells.n;
  result.sum_w = cells.sum_w;
  result.deviance = cells.deviance;
  result.pearson = cells.pearson;
  result.invalid_rows = cells.invalid;
  result.score.assign(static_cast<std::size_t>(p), 0.0);
  result.information = linalg::Matrix(p, p);
  const std::size_t size = column_.size();
  std::vector<const Block*> block_of(size, nullptr);
  for (std::size_t b = 0; b < first_cell_.size(); ++b)
    std::fill_n(block_of.begin() + first_cell_[b], design_.blocks[b].columns.size(), &design_.blocks[b]);
  for (std::size_t i = 0; i < size; ++i) {
    if (column_[i] < 0) continue;
    result.score[column_[i]] = cells.score[i];
    for (std::size_t j = i; j < size; ++j) {
      if (column_[j] < 0) continue;
      double value = cells.information[i * size + j];
      // levels of one factor never meet; the diagonal of a level stands in the intercept's row
      if (i > 0 && block_of[i] == block_of[j] && block_of[i]->parts.empty())
        value = i == j ? cells.information[j] : 0.0;
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
    results.push_back(sum(context, [&](RowWork& rows) {
      predict_block(cells, rows);
      family_block(rows);
      if (kind == Information::observed) observed_block(rows);
    }));
  }
  return results;
}

Evaluation CodedObjective::start(double pull, const RunContext& context) const {
  return sum(context, [&](RowWork& rows) { start_block(pull, rows); });
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
        auto rows = std::make_unique<RowWork>(design_);
        parallel::for_compute_blocks(parallel::block_range(design_.rows, block), [&](std::int64_t begin, int count) {
          load(*rows, begin, count);
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
  for (int j = 0; j < size(); ++j) {
    norms[j] = information(j, j);
    if (anchors_[j] != 0.0) norms[j] += anchors_[j] * (2.0 * information(j, 0) + anchors_[j] * information(0, 0));
  }
  return norms;
}

std::vector<double> CodedObjective::natural_coefficients(const std::vector<double>& beta) const {
  std::vector<double> natural = beta;
  for (int j = 0; j < size(); ++j)
    if (anchors_[j] != 0.0) natural[0] -= anchors_[j] * beta[j];
  return natural;
}

linalg::Matrix CodedObjective::natural_covariance(const linalg::Matrix& covariance) const {
  linalg::Matrix natural = covariance;
  for (int j = 0; j < size(); ++j) {
    if (anchors_[j] == 0.0) continue;
    for (int k = 0; k < size(); ++k) natural(0, k) -= anchors_[j] * natural(j, k);
    for (int k = 0; k < size(); ++k) natural(k, 0) -= anchors_[j] * natural(k, j);
  }
  for (int k = 1; k < size(); ++k) natural(k, 0) = natural(0, k);
  return natural;
}

}  // namespace deciban::engine
