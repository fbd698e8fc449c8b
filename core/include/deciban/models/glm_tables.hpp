#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/models/glm.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

/// Limits of all coefficients that take the place of the Wald limits; NaN for aliased ones.
struct Limits {
  std::vector<double> lower, upper;
};

/// Columns `term, estimate, std_error, statistic, p_value, lower, upper`; z or t statistics as the dispersion is known
/// or estimated. Aliased coefficients are NaN throughout. Raises InputError `input.level` for a level outside (0, 1).
tables::ResultTable coef_table(const GlmModel& model, double level = 0.95, const Limits* limits = nullptr);

/// Columns `term, level, rows, exposure, claims, observed, relativity, lower, upper, base`: a row per level of each
/// factor with treatment contrasts, the base level with relativity 1, and a row per numeric column (level is empty:
/// relativity per unit). Terms of several columns per level (splines, interactions, other contrasts) are left out.
/// `claims` is the observed total of the level (weight times response), `observed` its mean per unit of exposure.
/// Raises InputError `relativities.link` unless the link is log, logit or cloglog.
tables::ResultTable relativities(const GlmModel& model, double level = 0.95, const Limits* limits = nullptr);

/// Columns `term, level, rows, exposure, observed, fitted, ratio`: observed and fitted totals per level of each factor
/// and in total (term "(Total)"); ratio is observed over fitted.
tables::ResultTable actual_expected(const GlmModel& model);

/// Figures by name: nobs, rows, rows_dropped, rank, df_model, df_residual, df_null, deviance, null_deviance,
/// pearson_chi2, dispersion, log_likelihood, log_likelihood_df, log_likelihood_reason, aic, bic, n_iter, status,
/// converged, sum_weights, statistic ("z" or "t"), family, link, formula, response, names, coefficients, std_errors.
Document describe(const GlmModel& model);

/// The full summary and the short text of a print method, identical in all hosts.
std::string summary_text(const GlmModel& model, double level = 0.95);
std::string print_text(const GlmModel& model);

}  // namespace deciban::models
