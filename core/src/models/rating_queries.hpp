#pragma once
#include "deciban/base/config.hpp"

#include "query_parts.hpp"

namespace deciban::models {

/// What one term does to the mean: factors that the terms' tables multiply to. A row per level of a factor, per joint
/// cell of an interaction, per point of a grid for numbers and splines, the first variable varying fastest; relative to
/// the base, where the relativity is 1: exp((z - z_base)' b) with the term's columns z and coefficients b, and Wald
/// limits from the variance (z - z_base)' V (z - z_base). Prediction / product of all tables is one number, the
/// premium at the bases.
/// Arguments: `term` (label, its variables in another order, or the one variable of a term), `level`, `at` (values of a
/// number, or an object of them by variable; by default `points` = 25 values over the range), `base` (level or value,
/// or an object by variable; by default the base level of treatment contrasts, the first level of others, the middle
/// knot of a spline, the middle of the grid), `scale` "relativity" or "link" (effects on the predictor, any link),
/// `wide` (a term of two variables: the second one across), `absolute` (z'b in place of differences: what the term adds
/// to the predictor by itself).
/// Columns: one per variable, then `rows, exposure, observed` where they are known (factors; interactions of factors
/// when the rows are given), `relativity` (`effect`), `lower, upper, base`. NaN where a coefficient is aliased.
/// Raises InputError `rating_table.term`, `rating_table.at`, `rating_table.base`, `rating_table.cells`,
/// `rating_table.wide`, `relativities.link`, `input.scale`, `input.level`; `model.data_changed` for other rows.
Answer rating_table(const Query& query);

/// What the fit made of the response and the column arguments: `y`, `weights`, `frequencies`, `exposure`, `offset` (on
/// the scale of the predictor, log(exposure) included), a row per training row; 1 or 0 where nothing was given.
Answer training_columns(const Query& query);

/// `model` is the model with other `coefficients` (p numbers; those of aliased columns stay NaN): its predictions
/// follow them, all else is that of the fit. For derivatives by coefficient. Raises InputError `input.coefficients`.
Answer with_coefficients(const Query& query);

/// Generalised variance inflation of each term (inference/collinearity.hpp): `term, df, gvif, gvif_scaled`.
Answer vif(const Query& query);

/// Coefficients that are aliased: `coefficient, term, whole_term`; `whole_term` says that nothing of it is left.
Answer aliased(const Query& query);

}  // namespace deciban::models
