#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/engine/objective.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::solvers {

/// Factors of the information that a solver meets. They come from the Gram matrix that a pass has summed anyway, and
/// from the weighted columns themselves (QR) where a Gram matrix cannot tell: when `rank_tol` is below what its
/// rounding leaves, when columns that it calls dependent turn out, summed row by row, to be further apart than
/// `rank_tol`, and at the solution when the columns are so nearly dependent that the covariance would lose digits. That
/// depends on the data and their size only, and holds from then on. Information with an arrow has a Gram matrix only.
class Factors {
 public:
  /// @param candidates  flags of columns that may be kept; empty: all.
  Factors(const engine::Objective& objective, double rank_tol, const std::vector<char>& candidates,
          const RunContext& context);

  /// Whether steps come from QR, those by expected information that is.
  bool orthogonal() const { return orthogonal_; }
  /// Decides which columns are aliased, by the weights at the point.
  linalg::ArrowCholesky rank(const engine::Evaluation& at, const engine::Point& point);
  /// For a step over the columns of `keep`; those without information take none. Observed information may be negative
  /// and has a Gram matrix only.
  linalg::ArrowCholesky step(const linalg::ArrowMatrix& information, const engine::Point& point,
                             const std::vector<char>& keep, bool observed = false);
  /// At the solution, for its covariance.
  linalg::ArrowCholesky last(const linalg::ArrowMatrix& information, const engine::Point& point,
                             const std::vector<char>& keep);

 private:
  double work_of(int columns) const;
  bool independent_after_all(const linalg::AliasedCholesky& gram, const std::vector<double>& norms2,
                             const engine::Point& point);
  const linalg::Matrix& triangle(const linalg::Matrix& information, const engine::Point& point);
  const linalg::AliasedCholesky& gram(const linalg::Matrix& information, const std::vector<char>& keep);
  bool clearly_independent(const linalg::Matrix& information, const std::vector<double>& norms2) const;

  const engine::Objective& objective_;
  double rank_tol_;
  const std::vector<char> candidates_;
  const RunContext& context_;
  bool orthogonal_ = false;
  std::vector<char> dependent_;  // columns kept when the others were found to depend on them, whatever the weights
  linalg::Matrix information_, triangle_;  // the last triangle, and the information that it belongs to
  // The last Gram factor without new aliasing, its candidates and its information: the step, the rank and the
  // covariance of one point share it.
  linalg::AliasedCholesky gram_{linalg::Matrix(), {}, 0.0};
  std::vector<char> gram_candidates_;
  linalg::Matrix gram_information_;
};

}  // namespace deciban::solvers
