#pragma once
#include "deciban/base/config.hpp"

#include <utility>
#include <vector>

#include "deciban/linalg/matrix.hpp"
#include "deciban/linalg/pairs.hpp"

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

  /// Takes a factor as it is: `lower` holds row i of the factor in column i (so it is an R with R'R = the matrix),
  /// `kept` the column of the matrix behind each row, `keep` a flag for each column.
  AliasedCholesky(Matrix lower, std::vector<int> kept, std::vector<char> keep)
      : keep_(std::move(keep)), kept_(std::move(kept)), lower_(std::move(lower)) {}

  int rank() const { return static_cast<int>(kept_.size()); }
  /// p flags: 1 = kept, 0 = aliased.
  const std::vector<char>& keep() const { return keep_; }
  /// Columns that were left out only because rounding may have made their distance from the others, each with the
  /// combination of columns whose norm that distance is (p entries, -1 at the column itself). Empty for factors that
  /// were taken as they are.
  struct Unresolved {
    int column;
    std::vector<double> combination;
  };
  const std::vector<Unresolved>& unresolved() const { return unresolved_; }
  /// Largest share of a kept column's squared norm over what is left of it after projection: how much larger rounding
  /// has become in the inverse. 1 = columns at right angles, 1e16 = nothing is left.
  double loss() const;
  /// Squared norm that is left of each kept column after projection, 0 for others.
  std::vector<double> squared_rests() const;
  /// Solves for the kept columns; aliased entries of the result are 0.
  std::vector<double> solve(const std::vector<double>& right) const;
  /// Inverse over the kept columns, p x p; rows and columns of aliased entries are 0.
  Matrix inverse() const;
  /// The same without rounding in the products of the inverse factor: what combinations of its rows that nearly vanish
  /// need.
  Pairs inverse_pairs() const;

 private:
  Matrix inverse_factor() const;

  std::vector<char> keep_;
  std::vector<int> kept_;  // original index of each row of lower_
  Matrix lower_;           // rank x rank
  std::vector<Unresolved> unresolved_;
};

}  // namespace deciban::linalg
