#include "deciban/linalg/arrow.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "arrow_index.hpp"
#include "deciban/base/error.hpp"

namespace deciban::linalg {

double ArrowMatrix::operator()(int i, int j) const {
  if (!arrow_) return core_(i, j);
  const int a = core_index(*arrow_, i), b = core_index(*arrow_, j);
  if (a >= 0 && b >= 0) return core_(a, b);
  if (a < 0 && b < 0) return i == j ? arrow_->diagonal[static_cast<std::size_t>(i - arrow_->first)] : 0.0;
  const int l = (a < 0 ? i : j) - arrow_->first, column = a < 0 ? b : a;
  const auto begin = arrow_->pattern->index.begin() + arrow_->pattern->start[static_cast<std::size_t>(l)];
  const auto end = arrow_->pattern->index.begin() + arrow_->pattern->start[static_cast<std::size_t>(l) + 1];
  const auto at = std::lower_bound(begin, end, column);
  return at == end || *at != column ? 0.0
                                    : arrow_->border[static_cast<std::size_t>(at - arrow_->pattern->index.begin())];
}

void ArrowMatrix::add_product(const std::vector<double>& x, std::vector<double>& y) const {
  const int q = core_.cols();
  if (!arrow_) {
    for (int j = 0; j < q; ++j)
      for (int i = 0; i < q; ++i) y[static_cast<std::size_t>(j)] += core_(i, j) * x[static_cast<std::size_t>(i)];
    return;
  }
  const Arrow& arrow = *arrow_;
  const std::vector<double> inner = core_part(arrow, x);
  std::vector<double> outer = core_part(arrow, y);
  for (int j = 0; j < q; ++j)
    for (int i = 0; i < q; ++i) outer[static_cast<std::size_t>(j)] += core_(i, j) * inner[static_cast<std::size_t>(i)];
  for (int l = 0; l < arrow.size(); ++l) {
    const std::size_t at = static_cast<std::size_t>(arrow.first + l);
    y[at] += arrow.diagonal[static_cast<std::size_t>(l)] * x[at];
    for (std::int64_t e = arrow.pattern->start[l]; e < arrow.pattern->start[l + 1]; ++e) {
      const auto column = static_cast<std::size_t>(arrow.pattern->index[e]);
      y[at] += arrow.border[e] * inner[column];
      outer[column] += arrow.border[e] * x[at];
    }
  }
  put_core_part(arrow, outer, y);
}

std::vector<double> ArrowMatrix::values() const {
  std::vector<double> all = core_.values();
  if (!arrow_) return all;
  all.insert(all.end(), arrow_->diagonal.begin(), arrow_->diagonal.end());
  all.insert(all.end(), arrow_->border.begin(), arrow_->border.end());
  return all;
}

Covariance::Covariance(Matrix core, std::shared_ptr<const Arrow> arrow, double unit, std::vector<double> variances,
                       std::vector<char> known)
    : core_(std::move(core)),
      arrow_(std::move(arrow)),
      unit_(unit),
      variances_(std::move(variances)),
      known_(std::move(known)) {}

double Covariance::variance(int j) const {
  if (!arrow_) return core_(j, j);
  if (!is_known(j)) return std::nan("");
  const int column = core_index(*arrow_, j);
  return column >= 0 ? core_(column, column) : variances_[static_cast<std::size_t>(j - arrow_->first)];
}

// Covariance of the arrow's column l with column j of the core.
double Covariance::with_core(int l, int j) const {
  double sum = 0.0;
  for (std::int64_t e = arrow_->pattern->start[l]; e < arrow_->pattern->start[l + 1]; ++e)
    sum += arrow_->border[e] * core_(arrow_->pattern->index[e], j);
  return 0.0 - sum / arrow_->diagonal[static_cast<std::size_t>(l)];
}

double Covariance::operator()(int i, int j) const {
  if (!arrow_) return core_(i, j);
  if (!is_known(i) || !is_known(j)) return std::nan("");
  if (i > j) std::swap(i, j);
  const int a = core_index(*arrow_, i), b = core_index(*arrow_, j);
  if (a >= 0 && b >= 0) return core_(a, b);
  if (i == j) return variance(i);
  if (!arrow_->pattern)
    throw Error(ErrorKind::input, "covariance.not_kept",
                "The covariances of the widest factor's levels are not kept in so wide a model, only their variances.",
                "Read the standard errors from coef_table().", Document::object({{"columns", cols()}}));
  if (a >= 0 || b >= 0) return with_core((a >= 0 ? j : i) - arrow_->first, a >= 0 ? a : b);
  const int l = i - arrow_->first, m = j - arrow_->first;
  double sum = 0.0;
  for (std::int64_t e = arrow_->pattern->start[m]; e < arrow_->pattern->start[m + 1]; ++e)
    sum += arrow_->border[e] * with_core(l, arrow_->pattern->index[e]);
  return 0.0 - sum / arrow_->diagonal[static_cast<std::size_t>(m)];
}

Matrix Covariance::dense() const {
  if (!arrow_) return core_;
  const int p = cols();
  Matrix out(p, p);
  std::vector<double> row(static_cast<std::size_t>(core_.cols()));  // of a level with the core
  for (int i = 0; i < p; ++i) {
    const bool wide = core_index(*arrow_, i) < 0;
    for (int c = 0; c < core_.cols() && wide && complete() && is_known(i); ++c)
      row[static_cast<std::size_t>(c)] = with_core(i - arrow_->first, c);
    for (int j = i; j < p; ++j) {
      const bool both = wide && i != j && core_index(*arrow_, j) < 0 && complete() && is_known(i) && is_known(j);
      double value = 0.0;
      if (both) {
        const int m = j - arrow_->first;
        for (std::int64_t e = arrow_->pattern->start[m]; e < arrow_->pattern->start[m + 1]; ++e)
          value += arrow_->border[e] * row[static_cast<std::size_t>(arrow_->pattern->index[e])];
        value = 0.0 - value / arrow_->diagonal[static_cast<std::size_t>(m)];
      } else {
        value = (*this)(i, j);
      }
      out(i, j) = out(j, i) = value;
    }
  }
  return out;
}

void Covariance::forget(int j) {
  if (arrow_) {
    known_[static_cast<std::size_t>(j)] = 0;
    return;
  }
  for (int k = 0; k < core_.cols(); ++k) core_(j, k) = core_(k, j) = std::nan("");
}

void Covariance::drop_border() {
  if (!arrow_ || !arrow_->pattern) return;
  auto arrow = std::make_shared<Arrow>();
  arrow->first = arrow_->first;
  arrow->diagonal.assign(arrow_->diagonal.size(), 0.0);  // means nothing without the border
  arrow_ = std::move(arrow);
}

void Covariance::scale(double factor, const std::vector<char>& keep) {
  for (int j = 0; j < core_.cols(); ++j)
    for (int i = 0; i < core_.cols(); ++i) {
      const bool known = arrow_ || (keep[static_cast<std::size_t>(i)] && keep[static_cast<std::size_t>(j)]);
      core_(i, j) = known ? core_(i, j) * factor : std::nan("");
    }
  if (!arrow_) return;
  unit_ *= factor;
  for (double& value : variances_) value *= factor;
  for (std::size_t j = 0; j < keep.size(); ++j) known_[j] = known_[j] && keep[j];
}

void Covariance::unshift(const std::vector<double>& all_anchors) {
  const std::vector<double> anchors = arrow_ ? core_part(*arrow_, all_anchors) : all_anchors;
  const int q = core_.cols();
  for (int j = 0; j < q; ++j) {
    const double anchor = anchors[static_cast<std::size_t>(j)];
    if (anchor == 0.0) continue;
    for (int k = 0; k < q; ++k) core_(0, k) -= anchor * core_(j, k);
    for (int k = 0; k < q; ++k) core_(k, 0) -= anchor * core_(k, j);
  }
  for (int k = 1; k < q; ++k) core_(k, 0) = core_(0, k);
  if (!arrow_ || !arrow_->pattern) return;
  auto arrow = std::make_shared<Arrow>(*arrow_);
  for (int l = 0; l < arrow->size(); ++l)
    for (std::int64_t e = arrow->pattern->start[l]; e < arrow->pattern->start[l + 1]; ++e)
      arrow->border[e] += anchors[static_cast<std::size_t>(arrow->pattern->index[e])] * arrow->diagonal[l];
  arrow_ = std::move(arrow);
}

std::vector<double> Covariance::values() const {
  std::vector<double> all = core_.values();
  all.insert(all.end(), variances_.begin(), variances_.end());
  if (!arrow_) return all;
  all.insert(all.end(), arrow_->diagonal.begin(), arrow_->diagonal.end());
  all.insert(all.end(), arrow_->border.begin(), arrow_->border.end());
  for (const char known : known_) all.push_back(known);
  return all;
}

}  // namespace deciban::linalg
