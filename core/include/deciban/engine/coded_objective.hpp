#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"

namespace deciban::engine {

/// The Objective over coded columns in memory: factors are added by code into tables of cells, never expanded.
///
/// With an intercept, dense columns are shifted by their mean for conditioning: the coefficients seen by solvers are
/// those of the shifted columns (they differ in the intercept only), and `natural_*` turn them back.
class CodedObjective final : public Objective {
 public:
  /// Borrows the rows and the design over them (that of the rows, or another one such as the null model's), which must
  /// outlive the object. Raises InputError `design.too_many_columns`.
  CodedObjective(const design::TrainingData& training, const design::CodedDesign& design,
                 const families::Family& family, const families::Link& link, const RunContext& context);

  int size() const override { return design_.n_columns; }
  std::vector<Evaluation> evaluate(const linalg::Matrix& betas, Information kind,
                                   const RunContext& context) const override;
  Evaluation start(double pull, const RunContext& context) const override;
  void accumulate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const override;
  std::vector<double> column_norms(const linalg::Matrix& information) const override;
  std::vector<double> column_ranges() const override { return ranges_; }

  /// Coefficients and covariance of the columns as they were given.
  std::vector<double> natural_coefficients(const std::vector<double>& beta) const;
  linalg::Matrix natural_covariance(const linalg::Matrix& covariance) const;

 private:
  struct Rows;
  struct Cells;
  struct Totals;
  void learn_scales(const RunContext& context);
  void predict_block(const std::vector<double>& cells, Rows& rows) const;
  void start_block(double pull, Rows& rows) const;
  void family_block(Rows& rows) const;
  void observed_block(Rows& rows) const;
  std::vector<double> spread(const double* beta) const;
  Evaluation collect(const Cells& cells) const;
  template <class Fill>
  Evaluation sum(const RunContext& context, Fill&& fill) const;

  const design::TrainingData& training_;
  const design::CodedDesign& design_;
  families::Family family_;
  families::Link link_;
  std::vector<int> first_cell_;  // of each block; cell 0 is the intercept
  std::vector<int> column_;      // coefficient of each cell, -1 for none
  std::vector<double> anchors_;  // of each block
  std::vector<double> ranges_;   // of each coefficient
  double centre_ = 1.0;          // mean response, per unit of exp(offset) under a log link
};

/// Linear predictor of coded rows at natural coefficients (NaN counts as 0: aliased), offset added when it is not
/// empty. Missing values give NaN.
std::vector<double> linear_predictor(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const std::vector<double>& offset, const RunContext& context);

}  // namespace deciban::engine
