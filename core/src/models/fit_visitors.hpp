#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <vector>

#include "deciban/base/line_vector.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/models/glm.hpp"

namespace deciban::models {

/// Totals by factor level and the log-likelihood, in one pass over the rows at the fitted coefficients.
class FitVisitor final : public engine::RowVisitor {
 public:
  /// Both are borrowed; the model's deviance, family and spec must be set.
  FitVisitor(const design::TrainingData& training, const GlmModel& model);

  std::unique_ptr<engine::RowVisitor> fresh() const override;
  void visit(const engine::RowBlock& rows) override;
  void merge(engine::RowVisitor& later) override;

  /// Writes level totals, log-likelihood, AIC and BIC into the model.
  void finish(GlmModel& model) const;

 private:
  struct Sums {
    double rows = 0.0, exposure = 0.0, observed = 0.0, fitted = 0.0;
    void add(const Sums& more);
  };
  // Factors whose joint cells are summed together: one addition per row, and rows seldom wait for the last one.
  struct Group {
    std::vector<std::size_t> factors;
    std::size_t cells = 1;
    LineVector<Sums> sums;
  };
  void group_factors();
  std::vector<Sums> level_sums(std::size_t factor) const;
  void count_fractions(const engine::RowBlock& rows);
  void add_log_likelihood(const engine::RowBlock& rows);

  const design::TrainingData& training_;
  const GlmModel& model_;
  bool has_likelihood_;
  families::LogLikelihood likelihood_;
  double log_likelihood_ = 0.0;
  std::int64_t fractional_counts_ = 0;
  Sums total_;
  std::vector<Group> groups_;
};

}  // namespace deciban::models
