#' Rating tables and collinearity
#'
#' `rating_table()` shows what one term does to the mean: levels of a factor, joint cells of an interaction, or
#' points on
#' a grid of a number or spline, each relative to the base, where the relativity is 1. The tables of all terms
#' multiply: a
#' prediction divided by the product of its relativities is one number, the premium at the bases. `vif()` gives the
#' generalised variance-inflation factor of each term, `aliased()` names the coefficients that cannot be estimated.
#'
#' A relativity is `exp((z - z0)' b)` with the columns z of the term at a cell, z0 at the base and the coefficients
#' b; the
#' Wald limits have the variance `(z - z0)' V (z - z0)`. The inflation factors are those of Fox and Monette (JASA 87,
#' 1992), the figures of `car::vif()`.
#'
#' @param model A model of [fit_glm()], [fit_glm_xy()] or [load_model()].
#' @param term Label of a term, as [design_info()] lists them; the variables of an interaction in any order; or the
#'   variable of a term, such as `"age"` for `bs(age, df = 4)`.
#' @param level Coverage of the intervals, between 0 and 1.
#' @param at Values of a numeric variable, or a named list of them by variable; `NULL`: `points` of them over the
#'   range of
#'   the fit, and the base. A number without a basis needs the data of the fit for that.
#' @param base Level or value with relativity 1, or a named list of them by variable. `NULL`: the base level of
#'   treatment
#'   contrasts (the first level of others), the middle inner knot of a spline, else the middle of the grid.
#' @param points Values on the grid of a numeric variable, at least 2.
#' @param scale `"relativity"`, or `"link"` for differences of the linear predictor, with any link.
#' @param wide `TRUE`, for a term of two variables: a row per value of the first, a column per value of the second one.
#' @return A data frame.
#' - `rating_table()`: a column per variable (factors as factors), the first one varying fastest; `rows`, `exposure`,
#'   `claims` (observed total) and `observed` (mean per unit of exposure) where they are known: for factors, and for
#'   interactions of factors when the model has its data; `relativity` (`effect` with `scale = "link"`), `lower`,
#'   `upper` and `base`. `NA` where a coefficient is aliased. A variable that is called as one of these columns gets an
#'   underscore. With `wide` the relativities only.
#' - `vif()`: `term`, `df`, `gvif` and `gvif_scaled` = gvif^(1 / (2 df)), which compares terms with different numbers of
#'   columns (its square has the meaning of a VIF). Aliased columns are left out; `NA` for a term that is aliased as a
#'   whole. Warning `vif.no_intercept` without an intercept.
#' - `aliased()`: `coefficient`, `term`, `whole_term` (no coefficient of the term is estimated); no rows when nothing is
#'   aliased.
#' @section Errors:
#' `rating_table.term`, `rating_table.at` (unknown variable, no finite number, no range known), `rating_table.base`,
#' `rating_table.cells` (more than 1,000,000), `rating_table.wide`, `relativities.link` unless the link is log, logit or
#' cloglog, `input.scale`, `input.level`, `model.data_changed` where the rows are needed, `covariance.too_large`,
#' `input.argument_type` for anything that is no model.
#' @examples
#' model <- fit_glm(breaks ~ wool * tension, warpbreaks, "poisson")
#' rating_table(model, "tension")
#' rating_table(model, "wool:tension", wide = TRUE)
#' vif(fit_glm(mpg ~ bs(wt, df = 4) + hp, mtcars, "gamma"))
#' rating_table(fit_glm(mpg ~ bs(wt, df = 4) + hp, mtcars, "gamma"), "wt", at = 2:5, base = 3)
#' @export
rating_table <- function(model, term, level = 0.95, at = NULL, base = NULL, points = 25, scale = "relativity",
                         wide = FALSE) {
  call <- sys.call()
  require_model(model, call)
  arguments <- list(term = term, level = level, at = plain_values(at), base = plain_values(base), points = points,
    scale = scale, wide = wide)
  query_model(model, "rating_table", arguments, source_if_any(model, call), call)$table
}

#' @rdname rating_table
#' @export
vif <- function(model) {
  call <- sys.call()
  require_model(model, call)
  query_model(model, "vif", call = call)$table
}

#' @rdname rating_table
#' @export
aliased <- function(model) {
  call <- sys.call()
  require_model(model, call)
  query_model(model, "aliased", call = call)$table
}

# Levels are texts to the core.
plain_values <- function(values) {
  if (is.list(values)) lapply(values, plain_values) else if (is.factor(values)) as.character(values) else values
}

# The rows of the fit for questions that can do without them: NULL where they cannot be found.
source_if_any <- function(object, call) {
  if (is.null(object$call)) {
    return(NULL)
  }
  tryCatch(training_source(object, call), deciban_error = function(e) NULL)
}
