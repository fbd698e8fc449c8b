#include "orthogonal.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/linalg/power_of_two.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::engine {

using linalg::DoubleDouble;
using parallel::kComputeRows;

namespace {

// R of all rows so far. Rows that are added are destroyed.
class Triangle {
 public:
  Triangle(int columns, const Kernels& loops) : r(columns, columns), loops_(loops), padded_((columns + 7) / 8 * 8) {}

  // n rows, column j at x + j * stride, zeros behind row n up to the next multiple of 8. `lower(j)`: rows of column j
  // that are not zero.
  template <class Length>
  void add(double* x, std::int64_t stride, Length&& length) {
    for (int k = 0; k < r.cols(); ++k) {
      double* own = x + k * stride;
      const int n = length(k);
      const double below = loops_.dot(own, own, n), alpha = r(k, k);
      if (below == 0.0) continue;
      const double size = std::sqrt(alpha * alpha + below), head = alpha > 0.0 ? -size : size;
      const double first = alpha - head, scale = 1.0 / (size * (size + std::fabs(alpha)));  // 2 / u'u
      for (int j = k + 1; j < r.cols(); ++j) {
        double* other = x + j * stride;
        const double along = (first * r(k, j) + loops_.dot(own, other, n)) * scale;
        if (along == 0.0) continue;
        r(k, j) -= along * first;
        loops_.add_scaled(-along, own, n, other);
      }
      r(k, k) = head;
    }
  }

  void merge(const Triangle& later) {
    std::vector<double> rows(static_cast<std::size_t>(padded_) * static_cast<std::size_t>(r.cols()), 0.0);
    for (int j = 0; j < r.cols(); ++j) std::copy_n(later.r.column(j), j + 1, rows.data() + std::int64_t{j} * padded_);
    add(rows.data(), padded_, [](int k) { return k + 1; });
  }

  linalg::Matrix r;

 private:
  const Kernels& loops_;
  int padded_;
};

// sqrt(weight) (x - anchor) unit of all columns, 512 rows apart.
void expand(const WeightedRows& source, const RowWork& work, const std::vector<double>& units,
            std::vector<double>& values, double* out) {
  double root[kComputeRows];
  std::fill_n(out, units.size() * kComputeRows, 0.0);
  for (int i = 0; i < work.n; ++i) root[i] = std::sqrt(work.information[i]);
  if (source.design.intercept)
    for (int i = 0; i < work.n; ++i) out[i] = root[i] * units[0];
  for (const auto& block : source.design.blocks) {
    std::int32_t codes[kComputeRows] = {};
    if (block.codes) block.codes->read(work.begin, work.n, codes);
    values.resize(static_cast<std::size_t>(block.width) * kComputeRows);
    design::read_values(block, work.begin, work.n, values.data());
    for (int j = 0; j < block.width; ++j)
      for (int i = 0; i < work.n; ++i) {
        const int column = block.columns[static_cast<std::size_t>(codes[i]) * block.width + j];
        if (column < 0) continue;
        const auto c = static_cast<std::size_t>(column);
        const double x = block.parts.empty() ? 1.0 : values[static_cast<std::size_t>(j) * kComputeRows + i];
        out[c * kComputeRows + static_cast<std::size_t>(i)] = (x - source.scales.anchors[c]) * units[c] * root[i];
      }
  }
}

}  // namespace

linalg::Matrix triangle_of_rows(const WeightedRows& source, const RunContext& context) {
  const int p = source.design.n_columns;
  const Kernels& loops = kernels(math::active_isa());
  std::vector<double> units;  // bring columns near 1, so that squares stay in range
  for (const double range : source.scales.ranges) units.push_back(linalg::power_of_two(range));
  const RowSelection all = all_rows(source.design.rows);
  auto total = parallel::ordered_reduce<Triangle>(context, all.partials(), [&](std::int64_t partial) {
    auto part = std::make_unique<Triangle>(p, loops);
    auto rows = std::make_unique<RowWork>(source.design, source.plan);
    std::vector<double> values, expanded(static_cast<std::size_t>(p) * kComputeRows);
    all.for_blocks(partial, [&](std::int64_t begin, int n) {
      rows->load(source.training, begin, n);
      rows->load_values(source.design, source.plan, source.scales.anchors, loops);
      source.fill(*rows);
      expand(source, *rows, units, values, expanded.data());
      part->add(expanded.data(), kComputeRows, [n](int) { return n; });
    });
    return part;
  });
  linalg::Matrix r = total ? std::move(total->r) : linalg::Matrix(p, p);
  for (int j = 0; j < p; ++j)
    for (int i = 0; i <= j; ++i) r(i, j) /= units[static_cast<std::size_t>(j)];
  return r;
}

PairRows::PairRows(const design::CodedDesign& design, const std::vector<double>& anchors)
    : design_(design), anchors_(anchors) {
  for (const auto& block : design.blocks) {
    codes_.emplace_back(kComputeRows, 0);
    const std::size_t size = block.parts.empty() ? 0 : static_cast<std::size_t>(block.width) * kComputeRows;
    high_.emplace_back(size);
    low_.emplace_back(size);
  }
}

void PairRows::load(std::int64_t begin, int n) {
  n_ = n;
  for (std::size_t b = 0; b < design_.blocks.size(); ++b) {
    const auto& block = design_.blocks[b];
    if (block.codes) block.codes->read(begin, n, codes_[b].data());
    design::read_pairs(block, begin, n, high_[b].data(), low_[b].data());
    if (block.codes || block.parts.empty()) continue;
    for (int j = 0; j < block.width; ++j) {
      const int column = block.columns[static_cast<std::size_t>(j)];
      const double anchor = column < 0 ? 0.0 : anchors_[static_cast<std::size_t>(column)];
      if (anchor == 0.0) continue;
      for (std::size_t at = static_cast<std::size_t>(j) * kComputeRows, end = at + n; at < end; ++at) {
        const DoubleDouble shifted = DoubleDouble(high_[b][at], low_[b][at]) - DoubleDouble(anchor);
        high_[b][at] = shifted.hi;
        low_[b][at] = shifted.lo;
      }
    }
  }
}

// visit(row, column, value or null for 1)
template <class Visit>
void PairRows::for_entries(Visit&& visit) const {
  if (design_.intercept)
    for (int i = 0; i < n_; ++i) visit(i, 0, nullptr);
  for (std::size_t b = 0; b < design_.blocks.size(); ++b) {
    const auto& block = design_.blocks[b];
    for (int j = 0; j < block.width; ++j)
      for (int i = 0; i < n_; ++i) {
        const int column = block.columns[static_cast<std::size_t>(codes_[b][i]) * block.width + j];
        if (column < 0) continue;
        const std::size_t at = static_cast<std::size_t>(j) * kComputeRows + i;
        const DoubleDouble x = block.parts.empty() ? DoubleDouble() : DoubleDouble(high_[b][at], low_[b][at]);
        visit(i, column, block.parts.empty() ? nullptr : &x);
      }
  }
}

void PairRows::predict(const linalg::Pairs& beta, int k, DoubleDouble* eta) const {
  for_entries([&](int i, int column, const DoubleDouble* x) {
    const DoubleDouble coefficient = beta.at(column, k);
    eta[i] = eta[i] + (x ? *x * coefficient : coefficient);
  });
}

void PairRows::add_score(const DoubleDouble* score, DoubleDouble* sums) const {
  for_entries(
      [&](int i, int column, const DoubleDouble* x) { sums[column] = sums[column] + (x ? *x * score[i] : score[i]); });
}

}  // namespace deciban::engine
