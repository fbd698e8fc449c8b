#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "deciban/engine/objective.hpp"

namespace deciban::solvers {

/// An objective that starts with a scoring step from given coefficients; where that is no valid point, as the objective
/// itself starts.
class WarmStart final : public engine::Objective {
 public:
  /// @param beta  empty: start as the objective does.
  WarmStart(const engine::Objective& objective, const std::vector<double>& beta) : objective_(objective), beta_(beta) {}

  int size() const override { return objective_.size(); }
  std::vector<engine::Evaluation> evaluate(const linalg::Matrix& betas, engine::Information kind,
                                           const RunContext& context) const override {
    return objective_.evaluate(betas, kind, context);
  }
  engine::Evaluation start(double pull, const RunContext& context) const override {
    if (beta_.empty() || pull == 1.0) return objective_.start(pull, context);
    linalg::Matrix column(size(), 1);
    for (int j = 0; j < size(); ++j) column(j, 0) = beta_[static_cast<std::size_t>(j)];
    engine::Evaluation at = std::move(objective_.evaluate(column, engine::Information::expected, context)[0]);
    at.information.add_product(beta_, at.score);
    return at;
  }
  void accumulate(const std::vector<double>& beta, engine::RowVisitor& visitor,
                  const RunContext& context) const override {
    objective_.accumulate(beta, visitor, context);
  }
  std::vector<double> column_norms(const linalg::ArrowMatrix& information) const override {
    return objective_.column_norms(information);
  }
  std::vector<double> column_ranges() const override { return objective_.column_ranges(); }

 private:
  const engine::Objective& objective_;
  const std::vector<double>& beta_;
};

}  // namespace deciban::solvers
