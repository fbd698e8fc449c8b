#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"

namespace deciban::engine {

struct RowWork;
struct CellSums;

/// The Objective over coded columns in memory: factors and their interactions are added by code into tables of cells,
/// never expanded; bases of coded numbers are gathered from their dictionaries.
///
/// With an intercept, numeric columns are shifted by their mean for conditioning: the coefficients seen by solvers are
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
  struct Scales;
  void learn_scales(const RunContext& context);
  void load(RowWork& rows, std::int64_t begin, int count) const;
  void predict_block(const std::vector<double>& cells, RowWork& rows) const;
  void start_block(double pull, RowWork& rows) const;
  void family_block(RowWork& rows) const;
  void observed_block(RowWork& rows) const;
  std::vector<double> spread(const double* beta) const;
  Evaluation collect(const CellSums& cells) const;
  template <class Fill>
  Evaluation sum(const RunContext& context, Fill&& fill) const;

  const design::TrainingData& training_;
  const design::CodedDesign& design_;
  families::Family family_;
  families::Link link_;
  std::vector<int> first_cell_;  // of each block; cell 0 is the intercept
  std::vector<int> column_;      // coefficient of each cell, -1 for none
  std::vector<double> anchors_;  // of each coefficient; 0 where columns are not shifted
  std::vector<double> ranges_;   // of each coefficient
  double centre_ = 1.0;          // mean response, per unit of exp(offset) under a log link
};

/// Linear predictor of coded rows at natural coefficients (NaN counts as 0: aliased), offset added when it is not
/// empty. Missing values give NaN.
std::vector<double> linear_predictor(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const std::vector<double>& offset, const RunContext& context);

}  // namespace deciban::engine
