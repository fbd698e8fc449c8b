#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"

namespace deciban::engine {

/// One of several models that share a pass over the rows: those of cross-validation, a profile or a bootstrap.
struct PassModel {
  const double* beta = nullptr;              ///< p
  const families::Family* family = nullptr;  ///< null: that of the objective
  const double* weights = nullptr;           ///< a factor >= 0 of each row's weight (0 leaves it out); null: 1
  const double* y = nullptr;                 ///< responses of its own, one per row; null: those of the rows
};

/// Reduction blocks [first, last) of an objective's rows, whose first is block `number` of the whole data.
struct PassBlocks {
  std::int64_t first, last, number;
};

/// The sums of a pass over some blocks. Passes over different blocks are merged, here or after a way through other
/// processes (stream::Accumulator): the total has the bits of one pass over all.
class Pass {
 public:
  Pass(Pass&&) noexcept;
  Pass& operator=(Pass&&) noexcept;
  ~Pass();
  /// Raises InputError `stream.other_pass`, `stream.block_twice`.
  void merge(Pass&& other);
  std::string to_bytes() const;

 private:
  friend class CodedObjective;
  struct State;
  explicit Pass(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Columns from which on the widest factor is kept out of the joint cells: its levels are the arrow of the information.
/// Below, the dense information costs less than a pass over rows in the order of the levels.
inline constexpr int kArrowColumns = 1024;

struct ObjectiveOptions {
  int arrow_columns = kArrowColumns;  ///< another number for tests
  bool shift = true;  ///< false: numeric columns stay as they are, so that the intercept is the natural one
};

/// Weights of the rows of a block, in place of their information. Called from several threads.
using RowWeights = std::function<void(const RowBlock& rows, double* weights)>;

/// The Objective over coded columns in memory. Factors, their interactions and bases of coded numbers are summed as
/// joint cells of several codes at once and never expanded; columns with many distinct values are dense. The widest
/// factor is kept apart when it has 1,024 columns or more: its part of the information is an arrow, and memory does not
/// grow with its square.
///
/// With an intercept, numeric columns are shifted near their mean for conditioning: the coefficients seen by solvers
/// are those of the shifted columns (they differ in the intercept only), and `natural_*` turn them back.
class CodedObjective final : public RowObjective {
 public:
  /// Borrows the rows and the design over them (that of the rows, or another one such as the null model's), which must
  /// outlive the object. Raises InputError `design.too_many_columns`.
  CodedObjective(const design::TrainingData& training, const design::CodedDesign& design,
                 const families::Family& family, const families::Link& link, const RunContext& context,
                 const ObjectiveOptions& options = {});
  ~CodedObjective() override;

  int size() const override;
  std::vector<Evaluation> evaluate(const linalg::Matrix& betas, Information kind,
                                   const RunContext& context) const override;
  /// One Evaluation per model, up to eight in one pass; each has the bits that it has alone.
  std::vector<Evaluation> evaluate(const std::vector<PassModel>& models, Information kind,
                                   const RunContext& context) const;
  /// By expected information, and `accumulate` in the same pass.
  Evaluation evaluate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const;
  /// X' diag(a) X with weights a of the rows at these coefficients: a pass like any other, whatever the weights.
  linalg::ArrowMatrix gram(const std::vector<double>& beta, const RowWeights& weights, const RunContext& context) const;
  Evaluation start(double pull, const RunContext& context) const override;
  void accumulate(const std::vector<double>& beta, RowVisitor& visitor, const RunContext& context) const override;
  std::vector<double> column_norms(const linalg::ArrowMatrix& information) const override;
  std::vector<double> column_ranges() const override;
  const Objective* sample() const override;
  std::int64_t rows() const override;
  linalg::Matrix triangle(const Point& point, const RunContext& context) const override;
  std::vector<double> squared_norms(const Point& point, const linalg::Matrix& directions,
                                    const RunContext& context) const override;
  bool least_squares() const override;
  PreciseScore precise_score(const linalg::Pairs& beta, const RunContext& context) const override;
  linalg::Pairs precise_product(const linalg::Pairs& beta, const linalg::Pairs& directions,
                                const RunContext& context) const override;

  /// Reduction blocks of its rows.
  std::int64_t blocks() const;
  /// A pass over some of them, at the columns of `betas`, and what `evaluate` makes of the sums of all.
  Pass pass(const linalg::Matrix& betas, Information kind, const PassBlocks& blocks, const RunContext& context) const;
  std::vector<Evaluation> finish(Pass&& pass) const;
  /// The pass whose bytes these are, of an objective with the same design. Raises FormatError `stream.invalid`.
  Pass read_pass(const std::string& bytes) const;

  /// Mean response, per unit of exp(offset) under a log link.
  double centre() const;
  /// Coefficients and covariance of the columns as they were given.
  std::vector<double> natural_coefficients(const std::vector<double>& beta) const;
  /// The reverse: coefficients of the shifted columns, with 0 for NaN (aliased).
  std::vector<double> own_coefficients(const std::vector<double>& natural) const;
  linalg::Covariance natural_covariance(const linalg::Covariance& covariance) const;
  /// What each column is shifted by.
  const std::vector<double>& shifts() const;
  /// The same of pairs, without rounding on the way.
  std::vector<double> precise_natural_coefficients(const linalg::Pairs& beta) const;
  linalg::Matrix precise_natural_covariance(const linalg::Pairs& covariance) const;

 private:
  struct Parts;
  class Sample;
  std::unique_ptr<Parts> parts_;
};

/// Linear predictor of coded rows at natural coefficients (NaN counts as 0: aliased), offset added when it is not
/// empty. Missing values give NaN.
std::vector<double> linear_predictor(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const data::Numbers& offset, const RunContext& context);

}  // namespace deciban::engine
