#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <string>
#include <vector>

#include "deciban/solvers/family_parameter.hpp"

namespace deciban::solvers {

/// Fits of one problem at one parameter after the other. Each starts from the coefficients that a parabola through
/// those of the nearest parameters leads to.
class Refits {
 public:
  Refits(const ParameterProblem& problem, const RunContext& context) : problem_(problem), context_(context) {}

  const Solution& at(double parameter);
  /// Of the last fit.
  const engine::RowObjective& objective() const { return *objective_; }
  const Solution& solution() const { return solution_; }
  int count() const { return count_; }

 private:
  const ParameterProblem& problem_;
  const RunContext& context_;
  std::unique_ptr<engine::RowObjective> objective_;
  Solution solution_;
  struct Known {
    double position;
    std::vector<double> beta;
  };
  double position(double parameter) const;
  std::vector<double> predicted(double position) const;

  std::vector<Known> known_;  // fits that converged
  int count_ = 0;
};

/// DataError `family.no_estimate`.
[[noreturn]] void refuse_estimate(const ParameterProblem& problem, const std::string& why);

/// Rows of positive weight with a positive response.
double positive_responses(const design::TrainingData& training);

}  // namespace deciban::solvers
