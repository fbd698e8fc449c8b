#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/linalg/cholesky.hpp"
#include "deciban/linalg/matrix.hpp"

namespace deciban::linalg {

/// Where the entries of a sparse matrix stand: those of row l at start[l] .. start[l + 1], by ascending column.
struct SparsePattern {
  std::vector<std::int64_t> start = {0};
  std::vector<std::int32_t> index;

  int rows() const { return static_cast<int>(start.size()) - 1; }
};

/// The part of a symmetric matrix that belongs to L columns without products among each other: their diagonal, and
/// their products with the q columns of the core.
struct Arrow {
  int first = 0;  ///< of the L columns in the whole matrix; columns of the core stand before and after
  std::shared_ptr<const SparsePattern> pattern;  ///< L rows, columns of the core
  std::vector<double> diagonal;                  ///< L
  std::vector<double> border;                    ///< one value per entry of the pattern

  int size() const { return static_cast<int>(diagonal.size()); }
};

/// A symmetric matrix, dense or with an arrow: L + q columns in memory of q^2 and the entries of the border.
class ArrowMatrix {
 public:
  ArrowMatrix() = default;
  ArrowMatrix(Matrix dense) : core_(std::move(dense)) {}  // NOLINT: a dense matrix is one
  ArrowMatrix(Matrix core, std::shared_ptr<const Arrow> arrow) : core_(std::move(core)), arrow_(std::move(arrow)) {}

  int cols() const { return core_.cols() + (arrow_ ? arrow_->size() : 0); }
  double operator()(int i, int j) const;
  /// y += matrix * x
  void add_product(const std::vector<double>& x, std::vector<double>& y) const;

  const Matrix& core() const { return core_; }
  Matrix& core() { return core_; }
  /// Null when the matrix is dense.
  const std::shared_ptr<const Arrow>& arrow() const { return arrow_; }
  /// All numbers that are stored.
  std::vector<double> values() const;

 private:
  Matrix core_;
  std::shared_ptr<const Arrow> arrow_;
};

/// A covariance matrix, dense or of the columns of an ArrowMatrix: with D the diagonal, B the border and V the block of
/// the core, cov(l, core) = -B_l V / D_l and cov(l, m) = unit (l = m) / D_l + B_l V B_m' / (D_l D_m).
class Covariance {
 public:
  Covariance() = default;
  Covariance(Matrix dense) : core_(std::move(dense)) {}  // NOLINT: a dense matrix is one
  /// @param variances  of the arrow's columns.
  /// @param known      flags of all columns; entries of others are NaN.
  /// @param arrow      without pattern and border only variances of its columns are known.
  Covariance(Matrix core, std::shared_ptr<const Arrow> arrow, double unit, std::vector<double> variances,
             std::vector<char> known);

  int cols() const { return core_.cols() + (arrow_ ? arrow_->size() : 0); }
  double variance(int j) const;
  /// Any entry. Raises InputError `covariance.not_kept` for two different columns of which one belongs to an arrow
  /// without border.
  double operator()(int i, int j) const;
  /// p x p. Raises as operator() does.
  Matrix dense() const;
  /// False when only variances are known for the arrow's columns.
  bool complete() const { return !arrow_ || arrow_->pattern; }

  /// Entries of column j become NaN.
  void forget(int j);
  /// Leaves the variances of the arrow's columns only.
  void drop_border();
  /// Multiplies by `factor`; columns that are not in `keep` become NaN.
  void scale(double factor, const std::vector<char>& keep);
  /// From the coefficients of columns that were shifted by `anchors` to those of the columns as they were given: the
  /// intercept, column 0, takes up the shifts.
  void unshift(const std::vector<double>& anchors);

  const Matrix& core() const { return core_; }
  const std::shared_ptr<const Arrow>& arrow() const { return arrow_; }
  double unit() const { return unit_; }
  const std::vector<double>& variances() const { return variances_; }
  bool is_known(int j) const { return known_.empty() || known_[static_cast<std::size_t>(j)]; }
  /// All numbers that are stored.
  std::vector<double> values() const;

 private:
  double with_core(int l, int j) const;

  Matrix core_;  // of an arrow: 0 where a column is not known
  std::shared_ptr<const Arrow> arrow_;
  double unit_ = 1.0;
  std::vector<double> variances_;
  std::vector<char> known_;  // empty: dense
};

/// AliasedCholesky of an ArrowMatrix: the arrow is eliminated first, the Schur complement of the core factored (Golub
/// and Van Loan 2013, section 4.2). Columns are left out by the same rule, in column order: where a core column before
/// the arrow depends on the arrow's columns, the last of these columns that the dependency needs is left out, not the
/// core column. A column of the core whose remaining norm is below 1.3e-6 of its norm is taken for dependent.
class ArrowCholesky {
 public:
  /// Arguments as those of AliasedCholesky; the bits do not depend on the context.
  ArrowCholesky(const ArrowMatrix& gram, const std::vector<double>& norms2, double tolerance, const RunContext& context,
                const std::vector<char>& keep = {});

  /// The factor of a matrix without arrow.
  ArrowCholesky(AliasedCholesky dense)  // NOLINT: a dense factor is one
      : keep_(dense.keep()), rank_(dense.rank()), core_(std::move(dense)) {}

  int rank() const { return rank_; }
  const std::vector<char>& keep() const { return keep_; }
  /// Of the Schur complement; of the matrix itself where there is no arrow.
  const AliasedCholesky& core() const { return core_; }
  std::vector<double> solve(const std::vector<double>& right) const;
  Covariance inverse(const RunContext& context) const;

 private:
  void factor_arrow(const ArrowMatrix& gram, const std::vector<double>& norms2, double tolerance,
                    const RunContext& context);
  std::vector<int> dependent_levels(const ArrowMatrix& gram, const Matrix& schur, const std::vector<char>& kept,
                                    std::vector<int> lost) const;
  bool eliminates(int l) const { return keep_[static_cast<std::size_t>(arrow_->first + l)] != 0; }

  std::vector<char> keep_;
  int rank_ = 0;
  std::shared_ptr<const Arrow> arrow_;
  AliasedCholesky core_;
};

}  // namespace deciban::linalg
