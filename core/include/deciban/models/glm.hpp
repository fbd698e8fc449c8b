#pragma once
#include "deciban/base/config.hpp"

#include <limits>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"
#include "deciban/linalg/arrow.hpp"
#include "deciban/linalg/matrix.hpp"

namespace deciban::models {

/// Figures of a fitted model, defined as in R's `glm` (see docs of fit_glm for the differences).
struct FitStatistics {
  std::int64_t rows = 0;          ///< rows of the data handed in
  std::int64_t rows_dropped = 0;  ///< rows left out because a used column is missing
  double nobs = 0.0;              ///< rows with positive weight (sum of freq_weights when given)
  double sum_weights = 0.0;
  double deviance = 0.0, null_deviance = 0.0, pearson_chi2 = 0.0, dispersion = 1.0;
  double dispersion_ml = std::numeric_limits<double>::quiet_NaN();  ///< tweedie: that of the log-likelihood, by maximum
                                                                    ///< likelihood; NaN for other families
  double df_residual = 0.0, df_null = 0.0;
  int rank = 0;
  double log_likelihood = 0.0, aic = 0.0, bic = 0.0;  ///< NaN with `log_likelihood_reason`
  int log_likelihood_df = 0;
  std::string log_likelihood_reason;
  int n_iter = 0;
  std::string status;  ///< "converged", "max_iter", "separated", "diverged"
};

/// How theta or var_power of the family was found when it was not given.
struct FamilyEstimate {
  bool estimated = false;
  double std_error = 0.0;           ///< NaN where there is none: theta infinite, var_power at an end of its range
  double lower = 0.0, upper = 0.0;  ///< of var_power, 95 % likelihood-ratio interval; NaN for theta
  int n_fits = 0;
};

/// Totals of one level of a factor over the training rows.
struct LevelTotals {
  std::string term, level;
  std::int64_t rows = 0;
  double exposure = 0.0;  ///< sum of weight times exposure (1 when there is none)
  double observed = 0.0;  ///< sum of weight times response
  double fitted = 0.0;    ///< sum of weight times fitted mean
};

/// A fitted generalised linear model: a plain value without any data. Coefficients of aliased columns are NaN.
struct GlmModel {
  design::DesignSpec spec;
  families::Family family;
  FamilyEstimate family_estimate;
  families::Link link;
  std::vector<double> coefficients;  ///< p, in the order of spec.column_names()
  linalg::Covariance covariance;     ///< p x p, NaN for aliased columns
  /// What the covariance is: "model", dispersion times inverse information; else as `vcov` was given, such as "HC1" or
  /// "~ policy_id".
  std::string covariance_kind = "model";
  FitStatistics statistics;
  double rank_tol = 1e-7;  ///< those of the fit
  int max_iter = 100;
  std::vector<LevelTotals> level_totals;
  std::uint64_t fingerprint = 0;  ///< of the coded training columns
  Warnings warnings;
  Document extra = Document::object();  ///< keys of a file that this version does not know, at any depth

  std::vector<std::string> names() const { return spec.column_names(); }
};

/// Columns up to which the covariance of a model with a very wide factor is kept whole; beyond, the variances of that
/// factor's coefficients and the covariance of the others are kept.
inline constexpr int kWholeCovariance = 8192;

/// The covariance as a dense matrix. Raises InputError `covariance.too_large` beyond kWholeCovariance columns.
linalg::Matrix covariance_matrix(const GlmModel& model);

/// Fits a model. `arguments` are the public arguments of fit_glm as an object:
///   formula (string), family (string), link, var_power, theta, variance, na_action, unseen, rank_tol, max_iter,
///   strict, vcov (inference/covariance.hpp), contrasts (object of variable and contrast name), weights, exposure,
///   offset, freq_weights: a string names a column of `data` or an expression over its columns; the value true says
///   that the vector is in `vectors` under the argument's name.
/// theta of negative_binomial and var_power of tweedie are estimated when left out (solvers/family_parameter.hpp).
/// Arguments left out or null take their defaults. Raises InputError `input.unknown_argument` for others.
GlmModel fit_glm(const Document& arguments, const data::Table& data, const data::Table& vectors,
                 const RunContext& context);

/// Fits on columns that are already a design: `X` holds numeric columns (used as they are, no intercept is added unless
/// the argument `intercept` is true), `vectors` holds the response as "y" and what fit_glm takes as vectors.
/// Arguments: those of fit_glm without formula, na_action as there.
GlmModel fit_glm_xy(const Document& arguments, const data::Table& X, const data::Table& vectors,
                    const RunContext& context);

/// One value per row of `data`: arguments `type` ("response" or "link"), `unseen` (overrides the fit's), and
/// exposure, offset as in fit_glm. Rows with a missing predictor give NaN.
std::vector<double> predict(const GlmModel& model, const Document& arguments, const data::Table& data,
                            const data::Table& vectors, const RunContext& context);

/// Values per training row: `what` is "response", "pearson", "deviance", "working", "anscombe" (residuals), "fitted",
/// "linear" or "prior_weights". `data` and `vectors` are the training data again; other data raise DataError
/// `model.data_changed`. Rows dropped by the fit are left out (na_action "omit") or NaN ("exclude").
/// @param kept receives the 0-based rows of `data` that the values belong to.
std::vector<double> row_values(const GlmModel& model, const std::string& what, const data::Table& data,
                               const data::Table& vectors, const RunContext& context, std::vector<std::int64_t>& kept);

/// Names of the columns of the data that the model reads, `with_response` also those for refitting.
std::vector<std::string> required_columns(const GlmModel& model, bool with_response);
/// The same before a fit: columns that `arguments` of fit_glm name, for hosts that convert only what is used.
/// A "." among them stands for all columns.
std::vector<std::string> referenced_columns(const Document& arguments);

Document to_document(const GlmModel& model);
GlmModel glm_from_document(const Document& document);

}  // namespace deciban::models
