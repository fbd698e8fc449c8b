#pragma once
#include "deciban/base/config.hpp"

#include "query_parts.hpp"

namespace deciban::models {

// What queries.cpp registers of tests, profiles and goodness of fit. Each needs the rows of the fit unless it says not.

/// Analysis of deviance of one model. Arguments: type ("I" terms added one by one, as R's anova.glm; "II" each term
/// after all that do not contain it; "III" each term after all others, both as car::Anova), test, dispersion (see
/// submodels.hpp). Type I: `term, df, deviance, df_residual, residual_deviance, statistic, p_value` with a first row
/// "NULL" (intercept and offset); types II and III: `term, df, deviance, statistic, p_value`. `deviance` is what the
/// term explains, or Rao's score statistic with test "Rao" (column `rao` beside it). Families keep their theta or
/// var_power. Notes: test, dispersion, heading.
Answer anova(const Query& query);

/// Comparison of nested models (`query.more` beside the first) in the order given, each with the one before: `model,
/// df_residual, residual_deviance, df, deviance, statistic, p_value`; the dispersion is that of the largest model, as
/// R's anova.glm. Where theta or var_power was estimated or differs, `two_log_likelihood` and its change take the place
/// of the deviances (as MASS's anova of negative binomial models). Raises InputError `anova.other_rows`,
/// `anova.other_family`, `anova.not_nested`, `anova.one_model`, `input.test`.
Answer compare_models(const Query& query);

/// Each term that no other contains left out, as R's drop1.glm: `term, df, deviance, aic, statistic, p_value` with a
/// first row "<none>". Arguments: scope (labels; null: all that may go), test, dispersion, k (2: AIC).
Answer drop1(const Query& query);

/// Terms added to the model, as R's add1.glm. Arguments: scope (terms to try), test ("Rao": no fit of larger models;
/// "Chisq", "F"), dispersion, k. Same columns as drop1; with "Rao" deviance and aic are missing. Raises DataError
/// `add1.other_rows` when a term is missing in rows of the fit.
Answer add1(const Query& query);

/// Rise of the deviance without each term (and the terms that contain it), and its share of what the model explains:
/// `term, df, deviance, share, also_dropped`.
Answer term_importance(const Query& query);

/// Limits by profile likelihood, `term, estimate, lower, upper`. Arguments: level, parm (names; null: all).
Answer profile_intervals(const Query& query);
/// Points of profiles, `term, value, tau, deviance`. Arguments: parm, steps (10), level (0.99 of the Wald interval).
Answer profile(const Query& query);
/// coef_table() and relativities() with limits by profile likelihood. Arguments: level.
Answer profile_coef_table(const Query& query);
Answer profile_relativities(const Query& query);

/// Deviance and Pearson's chi-squared against chi-squared: `test, statistic, df, p_value`. Needs no rows.
Answer goodness_of_fit(const Query& query);
/// Tests of a known dispersion against a larger one: `test, statistic, p_value, estimate`.
Answer overdispersion_test(const Query& query);
/// Tests of the square of the predictor as a term: `test, statistic, df, p_value`.
Answer link_test(const Query& query);

}  // namespace deciban::models
