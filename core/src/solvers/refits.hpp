#pragma once
#include "deciban/base/config.hpp"

#include <memory>

#include "deciban/solvers/family_parameter.hpp"

namespace deciban::solvers {

/// Fits of one problem at one parameter after the other, each from the coefficients of the last that converged.
class Refits {
 public:
  Refits(const ParameterProblem& problem, const RunContext& context) : problem_(problem), context_(context) {}

  const Solution& at(double parameter);
  /// Of the last fit.
  const engine::Objective& objective() const { return *objective_; }
  const Solution& solution() const { return solution_; }
  int count() const { return count_; }

 private:
  const ParameterProblem& problem_;
  const RunContext& context_;
  std::unique_ptr<engine::Objective> objective_;
  Solution solution_;
  std::vector<double> from_;
  int count_ = 0;
};

/// DataError `family.no_estimate`.
[[noreturn]] void refuse_estimate(const ParameterProblem& problem, const std::string& why);

/// Rows of positive weight with a positive response.
double positive_responses(const design::TrainingData& training);

}  // namespace deciban::solvers
