#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/linalg/matrix.hpp"

namespace deciban::linalg {

/// Cholesky factor of a symmetric positive semi-definite matrix in column order, with R's rule of aliasing: a column
/// whose norm, after projecting out the columns before it, falls below `tolerance` times its original norm is left out
/// (LINPACK's limited pivoting in R's `lm` and `glm`; the rule is the one that R documents in ?qr). Later columns are
/// dropped, never earlier ones. A column whose remaining norm rounding of the matrix could have left is dropped too.
class AliasedCholesky {
 public:
  /// @param gram       p x p, the lower triangle is read.
  /// @param norms2     p squared original norms that the tolerance refers to; empty: the diagonal of `gram`.
  /// @param keep       p flags, columns to leave out in any case are 0; empty: all are candidates.
  /// @param sizes      of a matrix that is what an elimination left: its diagonal before, the scale of rounding and of
  ///                   `tolerance` where norms2 is empty; empty: the diagonal of `gram`.
  AliasedCholesky(const Matrix& gram, const std::vector<double>& norms2, double tolerance,
                  const std::vector<char>& keep = {}, const std::vector<double>& sizes = {});

  int rank() const { return static_cast<int>(kept_.size()); }
  /// p flags: 1 = kept, 0 = aliased.
  const std::vector<char>& keep() const { return keep_; }
  /// Solves for the kept columns; aliased entries of the result are 0.
  std::vector<double> solve(const std::vector<double>& right) const;
  /// Inverse over the kept columns, p x p; rows and columns of aliased entries are 0.
  Matrix inverse() const;

 private:
  std::vector<char> keep_;
  std::vector<int> kept_;  // original index of each row of lower_
  Matrix lower_;           // rank x rank
};

}  // namespace deciban::linalg
