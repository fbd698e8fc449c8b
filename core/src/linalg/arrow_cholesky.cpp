#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "arrow_index.hpp"
#include "deciban/linalg/arrow.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

namespace deciban::linalg {
namespace {

constexpr std::int64_t kLeastPartial = 2048;  // rows of the border that a partial sum of the Schur complement covers
constexpr std::int64_t kMostPartials = 16;    // each takes q^2 doubles
constexpr double kNoise = 1e-9;               // a coefficient of a dependency, against the largest, that is rounding
constexpr double kCancelled = 1e-7;           // what is left of a sum, against its terms, when it counts as 0

struct Update {
  explicit Update(int q) : sum(q, q) {}
  void merge(const Update& later) {
    for (int j = 0; j < sum.cols(); ++j)
      for (int i = 0; i <= j; ++i) sum(i, j) += later.sum(i, j);
  }
  Matrix sum;  // upper triangle
};

// sum += b' b / d over the entries of one row
void add_row(const std::int32_t* index, const double* values, std::int64_t count, double d, Matrix& sum) {
  const bool gapless = count > 0 && index[count - 1] - index[0] == count - 1;
  for (std::int64_t b = 0; b < count; ++b) {
    const double share = values[b] / d;
    double* column = sum.column(index[b]);
    if (gapless) {
      column += index[0];
      for (std::int64_t a = 0; a <= b; ++a) column[a] += values[a] * share;
    } else {
      for (std::int64_t a = 0; a <= b; ++a) column[index[a]] += values[a] * share;
    }
  }
}

}  // namespace

ArrowCholesky::ArrowCholesky(const ArrowMatrix& gram, const std::vector<double>& norms2, double tolerance,
                             const RunContext& context, const std::vector<char>& keep)
    : keep_(keep), arrow_(gram.arrow()), core_(Matrix(), {}, tolerance) {
  if (arrow_) {
    if (keep_.empty()) keep_.assign(static_cast<std::size_t>(gram.cols()), 1);
    factor_arrow(gram, norms2, tolerance, context);
  } else {
    core_ = AliasedCholesky(gram.core(), norms2, tolerance, keep);
    keep_ = core_.keep();
  }
  rank_ = static_cast<int>(std::count(keep_.begin(), keep_.end(), 1));
}

void ArrowCholesky::factor_arrow(const ArrowMatrix& gram, const std::vector<double>& norms2, double tolerance,
                                 const RunContext& context) {
  const Arrow& arrow = *arrow_;
  const SparsePattern& pattern = *arrow.pattern;
  const int q = gram.core().cols();
  for (int l = 0; l < arrow.size(); ++l)
    if (!(arrow.diagonal[static_cast<std::size_t>(l)] > 0.0)) keep_[static_cast<std::size_t>(arrow.first + l)] = 0;
  const auto row_of = [&](int l, Matrix& sum) {
    const std::int64_t begin = pattern.start[static_cast<std::size_t>(l)];
    add_row(pattern.index.data() + begin, arrow.border.data() + begin,
            pattern.start[static_cast<std::size_t>(l) + 1] - begin, arrow.diagonal[static_cast<std::size_t>(l)], sum);
  };
  const std::int64_t rows = std::max(kLeastPartial, (arrow.size() + kMostPartials - 1) / kMostPartials);
  const auto update = parallel::ordered_reduce<Update>(context, (arrow.size() + rows - 1) / rows, [&](std::int64_t k) {
    auto part = std::make_unique<Update>(q);
    for (std::int64_t l = k * rows; l < (k + 1) * rows && l < arrow.size(); ++l)
      if (eliminates(static_cast<int>(l))) row_of(static_cast<int>(l), part->sum);
    return part;
  });
  Matrix schur = gram.core();
  std::vector<double> sizes;
  for (int j = 0; j < q; ++j) {
    sizes.push_back(schur(j, j));
    for (int i = 0; i <= j && update; ++i) schur(i, j) = schur(j, i) = schur(i, j) - update->sum(i, j);
  }
  const std::vector<double> norms = norms2.empty() ? norms2 : core_part(arrow, norms2);
  const std::vector<char> candidates = core_part(arrow, keep_);
  core_ = AliasedCholesky(schur, norms, tolerance, candidates, sizes);

  std::vector<int> lost;  // before the arrow, and not for the columns before it alone
  for (int j = 0; j < arrow.first; ++j)
    if (candidates[static_cast<std::size_t>(j)] && !core_.keep()[static_cast<std::size_t>(j)]) lost.push_back(j);
  if (!lost.empty()) {
    std::vector<char> before = candidates;
    std::fill(before.begin() + arrow.first, before.end(), 0);
    const AliasedCholesky alone(gram.core(), norms, tolerance, before);
    lost.erase(std::remove_if(lost.begin(), lost.end(), [&](int j) { return !alone.keep()[j]; }), lost.end());
  }
  if (!lost.empty()) {
    Matrix back(q, q);
    for (const int l : dependent_levels(gram, schur, core_.keep(), std::move(lost))) {
      keep_[static_cast<std::size_t>(arrow.first + l)] = 0;
      row_of(l, back);
    }
    for (int j = 0; j < q; ++j)
      for (int i = 0; i <= j; ++i) schur(i, j) = schur(j, i) = schur(i, j) + back(i, j);
    core_ = AliasedCholesky(schur, norms, tolerance, candidates, sizes);
  }
  put_core_part(arrow, core_.keep(), keep_);
}

// Each column of `lost` is the end of a dependency u that needs columns of the arrow with coefficients -B u / D. In
// column order the last of them goes; that column is then taken out of the other dependencies.
std::vector<int> ArrowCholesky::dependent_levels(const ArrowMatrix& gram, const Matrix& schur,
                                                 const std::vector<char>& kept, std::vector<int> lost) const {
  const Arrow& arrow = *arrow_;
  const auto q = static_cast<std::size_t>(gram.core().cols());
  std::vector<char> before = kept;
  std::fill(before.begin() + arrow.first, before.end(), 0);
  const AliasedCholesky factor(schur, {}, 0.0, before);
  const auto clean = [&](std::vector<double>& u) {
    std::vector<double> sizes;
    for (std::size_t i = 0; i < q; ++i)
      sizes.push_back(std::fabs(u[i]) * std::sqrt(gram.core()(static_cast<int>(i), static_cast<int>(i))));
    const double largest = *std::max_element(sizes.begin(), sizes.end());
    for (std::size_t i = 0; i < q; ++i)
      if (!(sizes[i] > kNoise * largest)) u[i] = 0.0;
  };
  std::vector<std::vector<double>> open;
  for (const int j : lost) {
    std::vector<double> u = factor.solve(std::vector<double>(schur.column(j), schur.column(j) + q));
    for (double& value : u) value = 0.0 - value;
    u[static_cast<std::size_t>(j)] = 1.0;
    clean(u);
    open.push_back(std::move(u));
  }
  std::vector<int> dropped;
  for (int l = arrow.size() - 1; l >= 0 && !open.empty(); --l) {
    if (!eliminates(l)) continue;
    std::vector<double> z(open.size(), 0.0);
    int best = -1;
    for (std::size_t v = 0; v < open.size(); ++v) {
      double size = 0.0;
      for (std::int64_t e = arrow.pattern->start[l]; e < arrow.pattern->start[l + 1]; ++e) {
        const double part = arrow.border[e] * open[v][static_cast<std::size_t>(arrow.pattern->index[e])];
        z[v] += part;
        size += std::fabs(part);
      }
      if (!(std::fabs(z[v]) > kCancelled * size)) z[v] = 0.0;
      if (z[v] != 0.0 && (best < 0 || std::fabs(z[v]) > std::fabs(z[static_cast<std::size_t>(best)])))
        best = static_cast<int>(v);
    }
    if (best < 0) continue;
    dropped.push_back(l);
    const std::vector<double> pivot = std::move(open[static_cast<std::size_t>(best)]);
    for (std::size_t v = 0; v < open.size(); ++v) {
      if (v == static_cast<std::size_t>(best) || z[v] == 0.0) continue;
      for (std::size_t i = 0; i < q; ++i) open[v][i] -= z[v] / z[static_cast<std::size_t>(best)] * pivot[i];
      clean(open[v]);
    }
    open.erase(open.begin() + best);
  }
  return dropped;
}

std::vector<double> ArrowCholesky::solve(const std::vector<double>& right) const {
  if (!arrow_) return core_.solve(right);
  const Arrow& arrow = *arrow_;
  std::vector<double> inner = core_part(arrow, right), result(right.size(), 0.0);
  for (int l = 0; l < arrow.size(); ++l) {
    if (!eliminates(l)) continue;
    const double share = right[static_cast<std::size_t>(arrow.first + l)] / arrow.diagonal[static_cast<std::size_t>(l)];
    for (std::int64_t e = arrow.pattern->start[l]; e < arrow.pattern->start[l + 1]; ++e)
      inner[static_cast<std::size_t>(arrow.pattern->index[e])] -= arrow.border[e] * share;
  }
  const std::vector<double> x = core_.solve(inner);
  put_core_part(arrow, x, result);
  for (int l = 0; l < arrow.size(); ++l) {
    if (!eliminates(l)) continue;
    double rest = right[static_cast<std::size_t>(arrow.first + l)];
    for (std::int64_t e = arrow.pattern->start[l]; e < arrow.pattern->start[l + 1]; ++e)
      rest -= arrow.border[e] * x[static_cast<std::size_t>(arrow.pattern->index[e])];
    result[static_cast<std::size_t>(arrow.first + l)] = rest / arrow.diagonal[static_cast<std::size_t>(l)];
  }
  return result;
}

Covariance ArrowCholesky::inverse(const RunContext& context) const {
  if (!arrow_) return core_.inverse();
  const Arrow& arrow = *arrow_;
  Matrix core = core_.inverse();
  std::vector<double> variances(static_cast<std::size_t>(arrow.size()), 0.0);
  parallel::for_each(context, (arrow.size() + kLeastPartial - 1) / kLeastPartial, [&](std::int64_t chunk) {
    const std::int64_t end = std::min<std::int64_t>((chunk + 1) * kLeastPartial, arrow.size());
    for (std::int64_t l = chunk * kLeastPartial; l < end; ++l) {
      if (!eliminates(static_cast<int>(l))) continue;
      const std::int64_t begin = arrow.pattern->start[l], count = arrow.pattern->start[l + 1] - begin;
      const std::int32_t* index = arrow.pattern->index.data() + begin;
      const double *b = arrow.border.data() + begin, d = arrow.diagonal[static_cast<std::size_t>(l)];
      double square = 0.0;
      for (std::int64_t i = 0; i < count; ++i) {
        const double* column = core.column(index[i]);
        double sum = 0.0;
        for (std::int64_t j = 0; j < i; ++j) sum += column[index[j]] * (b[j] / d);
        square += b[i] / d * (2.0 * sum + column[index[i]] * (b[i] / d));
      }
      variances[static_cast<std::size_t>(l)] = 1.0 / d + square;
    }
  });
  return Covariance(std::move(core), arrow_, 1.0, std::move(variances), keep_);
}

}  // namespace deciban::linalg
