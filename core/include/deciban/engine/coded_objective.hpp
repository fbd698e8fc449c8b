#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"

namespace deciban::engine {

/// Columns from which on the widest factor is kept out of the joint cells: its levels are the arrow of the information.
/// Below, the dense information costs less than a pass over rows in the order of the levels.
inline constexpr int kArrowColumns = 1024;

/// The Objective over coded columns in memory. Factors, their interactions and bases of coded numbers are summed as
/// joint cells of several codes at once and never expanded; columns with many distinct values are dense. The widest
/// factor is kept apart when it has 1,024 columns or more: its part of the information is an arrow, and memory does not
/// grow with its square.
///
/// With an intercept, numeric columns are shifted near their mean for conditioning: the coefficients seen by solvers
/// are those of the shifted columns (they differ in the intercept only), and `natural_*` turn them back.
class CodedObjective final : public Objective {
 public:
  /// Borrows the rows and the design over them (that of the rows, or another one such as the null model's), which must
  /// outlive the object. Raises InputError `design.too_many_columns`.
  /// @param arrow_columns  kArrowColumns; another number for tests.
  CodedObjective(const design::TrainingData& training, const design::CodedDesign& design,
                 const families::Family& family, const families::Link& link, const RunContext& context,
                 int arrow_columns = kArrowColumns);
  ~CodedObjective() override;

  int size() const override;
  std::vector<Evaluation> evaluate(const linalg::Matrix& betas, Information kind,
                                   const RunContext& context) const override;
  Evaluation start(double pull, const RunContext& context) const override;
  void accumulate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const override;
  std::vector<double> column_norms(const linalg::ArrowMatrix& information) const override;
  std::vector<double> column_ranges() const override;
  const Objective* sample() const override;

  /// Mean response, per unit of exp(offset) under a log link.
  double centre() const;
  /// Coefficients and covariance of the columns as they were given.
  std::vector<double> natural_coefficients(const std::vector<double>& beta) const;
  linalg::Covariance natural_covariance(const linalg::Covariance& covariance) const;

 private:
  struct Parts;
  class Sample;
  std::unique_ptr<Parts> parts_;
};

/// Linear predictor of coded rows at natural coefficients (NaN counts as 0: aliased), offset added when it is not
/// empty. Missing values give NaN.
std::vector<double> linear_predictor(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const std::vector<double>& offset, const RunContext& context);

}  // namespace deciban::engine
