#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/inference/profile.hpp"
#include "deciban/solvers/batch.hpp"

namespace deciban::inference {

/// What all ends of one model share.
struct ProfileProblem {
  const engine::CodedObjective& objective;
  const ProfileStart& start;
  double deviance;  ///< at the maximum
  double z;
  const RunContext& context;

  /// (D - D at the maximum) / phi, never negative.
  double rise(double deviance_there) const;
};

/// One end of a profile interval by joint Newton steps: t moves by the tangent of the signed root of the rise, which is
/// nearly a straight line in t, and the other coefficients by a Newton step plus their tangent along the profile.
class ProfileLimit final : public solvers::PassProblem {
 public:
  /// @param direction  d beta / d t at the maximum along the profile, 1 at the column; @param std_error  of Wald.
  ProfileLimit(const ProfileProblem& problem, int column, int side, std::vector<double> direction, double std_error);

  bool done() const override { return state_ != State::running; }
  const std::vector<double>& point() const override { return point_; }
  engine::Information kind() const override;
  void take(engine::Evaluation&& at) override;

  bool found() const { return state_ == State::found; }
  bool open() const { return state_ == State::open; }
  double limit() const { return point_[column_]; }
  int column() const { return static_cast<int>(column_); }
  int side() const { return side_; }
  double std_error() const { return std_error_; }

 private:
  enum class State { running, found, open, failed };

  // A good point inside the interval and the tangent there.
  struct Anchor {
    std::vector<double> beta, tangent;
    double t;
  };

  void retreat();
  void propose(double from, const std::vector<double>& beta, const std::vector<double>& tangent, double to);
  void next(double t, double root, double slope);

  const ProfileProblem& problem_;
  std::size_t column_;
  int side_;
  double std_error_, estimate_;
  Anchor anchor_;
  std::vector<double> point_, corrected_, tangent_;
  std::vector<char> others_;
  double outside_;  // the innermost t known to lie beyond the end
  State state_ = State::running;
  int steps_ = 0;
};

/// The same end by fits at fixed values of the coefficient, a bracket and false position; for what ProfileLimit does
/// not reach. +-Inf where the rise stays too small, NaN where the search fails.
double nested_limit(const ProfileProblem& problem, int column, int side, double std_error);

}  // namespace deciban::inference
