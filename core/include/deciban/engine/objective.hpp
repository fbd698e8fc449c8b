#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/linalg/arrow.hpp"
#include "deciban/linalg/matrix.hpp"
#include "deciban/linalg/pairs.hpp"

namespace deciban::engine {

/// Fisher information, or minus the second derivative of the log-likelihood (both for phi = 1).
enum class Information { expected, observed };

/// Sums over all rows at one coefficient vector. The score and the information are those of -deviance / 2.
struct Evaluation {
  double n = 0.0;      ///< rows of positive weight, counted by their frequencies
  double sum_w = 0.0;  ///< sum of weights times frequencies
  double deviance = 0.0;
  double pearson = 0.0;             ///< sum of w (y - mu)^2 / V(mu)
  std::vector<double> score;        ///< p
  linalg::ArrowMatrix information;  ///< p x p, both triangles; with an arrow where a factor is very wide
  std::int64_t invalid_rows = 0;    ///< rows whose mean left the family's domain; nothing else is meaningful if > 0
};

/// Up to 512 consecutive rows at one coefficient vector, as a visitor sees them.
struct RowBlock {
  std::int64_t begin;
  int count;
  const double* y;
  const double* weight;    ///< prior weight times frequency
  const double* exposure;  ///< 1 when there is none
  const double* eta;
  const double* mu;
  const double* complement;   ///< 1 - mu for probabilities
  const double* score;        ///< w (y - mu) / (V g'(mu))
  const double* information;  ///< w / (V g'(mu)^2)
};

/// Sums of any kind over rows. Partial sums are made per reduction block and merged in row order.
class RowVisitor {
 public:
  virtual ~RowVisitor() = default;
  virtual std::unique_ptr<RowVisitor> fresh() const = 0;
  virtual void visit(const RowBlock& rows) = 0;
  virtual void merge(RowVisitor& later) = 0;
};

/// Where the weights of rows are taken: at coefficients, or at the starting means (see Objective::start).
struct Point {
  const std::vector<double>* beta = nullptr;  ///< null: the starting means
  double pull = 0.5;
};

/// The score at coefficients that are pairs of doubles, X beta and X' summed in twice the working precision.
struct PreciseScore {
  linalg::Pairs score;  ///< p x 1
  double deviance = 0.0, pearson = 0.0;
};

/// The contract between engines and solvers: everything that a solver needs, as sums over rows. No vector of length n
/// crosses it. Results depend on the data only, not on threads.
class Objective {
 public:
  virtual ~Objective() = default;
  /// Number of coefficients p.
  virtual int size() const = 0;
  /// One Evaluation per column of `betas` (p x K).
  virtual std::vector<Evaluation> evaluate(const linalg::Matrix& betas, Information kind,
                                           const RunContext& context) const = 0;
  /// Weighted least squares on starting means: solving information * beta = score gives start values.
  /// @param pull  how far the starting means are drawn from the responses (0) to the portfolio's mean (1: the least
  ///              squares are those of this mean, without a step towards the responses).
  virtual Evaluation start(double pull, const RunContext& context) const = 0;
  /// Squared original norms of the weighted columns that belong to an information matrix: what R's rank rule compares
  /// with, also when the engine works with shifted columns.
  virtual std::vector<double> column_norms(const linalg::ArrowMatrix& information) const = 0;
  /// The same objective over an evenly spread, fixed sample of rows, for start values; null when there are few rows.
  /// Coefficients mean the same in both.
  virtual const Objective* sample() const { return nullptr; }
  /// Largest |x| of each column (shifted as the engine shifts it): how far a step moves the predictor.
  virtual std::vector<double> column_ranges() const = 0;
  /// Coefficients with the mean of the portfolio for every row; empty: not known.
  virtual std::vector<double> mean_point() const { return {}; }

  // ---- beyond what a Gram matrix resolves. An engine may offer none of it: the solver is content with the sums above.

  /// Number of rows that the sums run over: what the following cost, with the square of p.
  virtual std::int64_t rows() const { return 0; }
  /// R with R'R = the expected information at a point, from the weighted columns themselves (QR); empty: not offered.
  virtual linalg::Matrix triangle(const Point&, const RunContext&) const { return {}; }
  /// Weighted squared norm of X z for each column z of `directions`, summed row by row; empty: not offered.
  virtual std::vector<double> squared_norms(const Point&, const linalg::Matrix&, const RunContext&) const { return {}; }
  /// Whether the score is linear in the coefficients: weighted least squares.
  virtual bool least_squares() const { return false; }
  /// For least squares residuals are formed in twice the working precision as well, else the predictor is. Must be
  /// offered where `triangle` is.
  virtual PreciseScore precise_score(const linalg::Pairs& beta, const RunContext& context) const;
  /// Information at beta times directions (p x K) in twice the working precision.
  virtual linalg::Pairs precise_product(const linalg::Pairs& beta, const linalg::Pairs& directions,
                                        const RunContext& context) const;
};

/// An objective whose rows can be visited: what covariances, tests and reports need.
class RowObjective : public Objective {
 public:
  /// Runs a visitor over all rows and leaves the total in it.
  virtual void accumulate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const = 0;
};

inline PreciseScore Objective::precise_score(const linalg::Pairs&, const RunContext&) const { return {}; }
inline linalg::Pairs Objective::precise_product(const linalg::Pairs&, const linalg::Pairs&, const RunContext&) const {
  return {};
}

}  // namespace deciban::engine
