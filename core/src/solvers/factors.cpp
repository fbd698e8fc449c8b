#include "factors.hpp"

#include <algorithm>

#include "deciban/linalg/qr.hpp"

namespace deciban::solvers {

using engine::Point;
using linalg::AliasedCholesky;
using linalg::ArrowCholesky;
using linalg::ArrowMatrix;
using linalg::Matrix;

namespace {

constexpr double kGramTolerance = 1e-8;              // rank tolerances below this are not for a Gram matrix
constexpr double kStepTolerance = 1e-8;              // pivots below this (relative) take no step
constexpr double kTriangleTolerance = 1e-15;         // the same of a triangle
constexpr double kLeastLoss = 1e4, kMostLoss = 1e8;  // of columns that go to QR at the solution
constexpr double kWorkPerLoss = 100.0;
constexpr double kMostWork = 2e11;            // rows times squared columns that go to QR unasked
constexpr std::size_t kMostDirections = 256;  // columns that get a second look
constexpr double kClearly = 1e-8;             // of a squared limit: no weights will change that
constexpr double kIndependent = 1e-6;         // share of a squared norm that is left: far from any rank tolerance

std::vector<char> all_of(int columns, const std::vector<char>& candidates) {
  return candidates.empty() ? std::vector<char>(static_cast<std::size_t>(columns), 1) : candidates;
}

}  // namespace

Factors::Factors(const engine::Objective& objective, double rank_tol, const std::vector<char>& candidates,
                 const RunContext& context)
    : objective_(objective),
      rank_tol_(rank_tol),
      candidates_(candidates),
      context_(context),
      orthogonal_(rank_tol < kGramTolerance) {}

double Factors::work_of(int columns) const { return static_cast<double>(objective_.rows()) * columns * columns; }

// The triangle of these weights. An engine that offers none leaves it to the Gram matrix.
const Matrix& Factors::triangle(const Matrix& information, const Point& point) {
  if (triangle_.cols() == 0 || information.values() != information_.values()) {
    triangle_ = objective_.triangle(point, context_);
    information_ = information;
  }
  return triangle_;
}

// The norm of a combination of columns bounds the distance of the column from the others, and without cancellation in
// a Gram matrix it is known to the rounding of a row: sets of dummies give 1e-16 there.
bool Factors::independent_after_all(const AliasedCholesky& gram, const std::vector<double>& norms2,
                                    const Point& point) {
  const auto& unresolved = gram.unresolved();
  if (unresolved.empty() || gram.keep() == dependent_) return false;
  const std::size_t count = std::min(unresolved.size(), kMostDirections);
  Matrix directions(static_cast<int>(norms2.size()), static_cast<int>(count));
  for (std::size_t k = 0; k < count; ++k)
    std::copy(unresolved[k].combination.begin(), unresolved[k].combination.end(),
              directions.column(static_cast<int>(k)));
  const std::vector<double> distances = objective_.squared_norms(point, directions, context_);
  bool clearly = !distances.empty();
  for (std::size_t k = 0; k < distances.size(); ++k) {
    const double limit = rank_tol_ * rank_tol_ * norms2[static_cast<std::size_t>(unresolved[k].column)];
    if (!(distances[k] <= limit)) return true;
    clearly = clearly && distances[k] <= kClearly * limit;
  }
  if (clearly) dependent_ = gram.keep();
  return false;
}

// The factor for a step over the columns of `keep`.
const AliasedCholesky& Factors::gram(const Matrix& information, const std::vector<char>& keep) {
  if (gram_candidates_ != keep || gram_information_.values() != information.values()) {
    gram_ = AliasedCholesky(information, {}, kStepTolerance, keep);
    gram_candidates_ = keep;
    gram_information_ = information;
  }
  return gram_;
}

// Whether the last Gram factor tells that all candidates are kept by any rank tolerance.
bool Factors::clearly_independent(const Matrix& information, const std::vector<double>& norms2) const {
  const std::vector<char> all = all_of(information.cols(), candidates_);
  if (rank_tol_ * rank_tol_ > kIndependent || gram_candidates_ != all || gram_.keep() != all ||
      gram_information_.values() != information.values())
    return false;
  const std::vector<double> left = gram_.squared_rests();
  for (std::size_t j = 0; j < norms2.size(); ++j)
    if (all[j] && !(left[j] > kIndependent * norms2[j])) return false;
  return true;
}

ArrowCholesky Factors::rank(const engine::Evaluation& at, const Point& point) {
  const std::vector<double> norms2 = objective_.column_norms(at.information);
  if (at.information.arrow()) return ArrowCholesky(at.information, norms2, rank_tol_, context_, candidates_);
  const Matrix& information = at.information.core();
  if (!orthogonal_) {
    if (clearly_independent(information, norms2)) return gram_;
    AliasedCholesky gram(information, norms2, rank_tol_, candidates_);
    if (work_of(information.cols()) > kMostWork || !independent_after_all(gram, norms2, point)) {
      gram_ = gram;
      gram_candidates_ = gram.keep();
      gram_information_ = information;
      return gram;
    }
  }
  const Matrix& r = triangle(information, point);
  orthogonal_ = r.cols() == information.cols();
  return orthogonal_ ? linalg::factor_of_triangle(r, norms2, rank_tol_, candidates_)
                     : AliasedCholesky(information, norms2, rank_tol_, candidates_);
}

ArrowCholesky Factors::step(const ArrowMatrix& information, const Point& point, const std::vector<char>& keep,
                            bool observed) {
  if (information.arrow()) return ArrowCholesky(information, {}, kStepTolerance, context_, keep);
  if (orthogonal_ && !observed) {
    const Matrix& r = triangle(information.core(), point);
    if (r.cols() == information.cols()) return linalg::factor_of_triangle(r, {}, kTriangleTolerance, keep);
  }
  return gram(information.core(), keep);
}

ArrowCholesky Factors::last(const ArrowMatrix& information, const Point& point, const std::vector<char>& keep) {
  if (!orthogonal_ && !information.arrow()) {
    const AliasedCholesky& factor = gram(information.core(), keep);
    const double work = work_of(factor.rank());
    const double allowed = std::min(std::max(work / kWorkPerLoss, kLeastLoss), kMostLoss);
    if (factor.keep() != keep || factor.loss() <= allowed || work > kMostWork) return factor;
    orthogonal_ = triangle(information.core(), point).cols() == information.cols();
  }
  return step(information, point, keep);
}

}  // namespace deciban::solvers
