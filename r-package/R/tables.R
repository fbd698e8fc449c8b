#' Tables of a fitted model
#'
#' `coef_table()` gives the coefficients with tests and intervals, `relativities()` the multipliers of a tariff,
#' `actual_expected()` observed against fitted totals by level.
#'
#' Intervals are Wald intervals unless `method` says otherwise: t with `df.residual` degrees of freedom where the
#' dispersion is estimated (gaussian, gamma, inverse gaussian, Tweedie, quasi), else normal. Relativities are `exp()` of coefficients and limits; rows of
#' numeric columns give the factor per unit, with an empty `level`.
#'
#' @param model A model of [fit_glm()], [fit_glm_xy()] or [load_model()].
#' @param level Coverage of the intervals, between 0 and 1.
#' @param method `"wald"` or `"profile"`, as in [confint()][deciban_glm].
#' @param vcov Another covariance of the coefficients than the model has, such as `"HC1"` or `~ policy_id`; see
#'   [with_vcov()]. `NULL`: that of the model.
#' @return A data frame.
#' - `coef_table()`: `term`, `estimate`, `std_error`, `statistic`, `p_value`, `lower`, `upper`; one row per coefficient,
#'   `NA` for aliased ones.
#' - `relativities()`: `term`, `level`, `rows` (count), `exposure` (sum of weight times exposure), `claims` (observed
#'   total: sum of weight times response), `observed` (their ratio: the mean per unit of exposure), `relativity`,
#'   `lower`, `upper`, `base` (`TRUE` for the base level, which has relativity 1); one row per level of each factor and
#'   per numeric column.
#' - `actual_expected()`: `term`, `level`, `rows`, `exposure`, `observed`, `fitted` (totals), `ratio` (observed over
#'   fitted); one row per level of each factor and a last row `(Total)`.
#' @section Errors:
#' `input.level`, `input.method`; `relativities.link` unless the link is log, logit or cloglog; `input.argument_type`
#' for anything that is no model; those of [with_vcov()] with `vcov`.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' coef_table(model)
#' relativities(model, level = 0.9)
#' actual_expected(model)
#' @export
coef_table <- function(model, level = 0.95, method = "wald", vcov = NULL) {
  call <- sys.call()
  require_model(model, call)
  if (require_method(method, vcov, call) == "profile") {
    return(query_model(model, "profile_coef_table", list(level = level), training_source(model, call), call)$table)
  }
  model <- choose_vcov(model, vcov, call)
  checked(core_coef_table(model$document, level), call)
}

#' @rdname coef_table
#' @export
relativities <- function(model, level = 0.95, method = "wald", vcov = NULL) {
  call <- sys.call()
  require_model(model, call)
  if (require_method(method, vcov, call) == "profile") {
    return(query_model(model, "profile_relativities", list(level = level), training_source(model, call), call)$table)
  }
  model <- choose_vcov(model, vcov, call)
  checked(core_relativities(model$document, level), call)
}

# A data frame that prints the core's text, the same in both languages.
as_printed_table <- function(table) {
  class(table) <- c("deciban_table", "data.frame")
  table
}

#' @export
print.deciban_table <- function(x, ...) {
  cat(checked(core_render_columns(unclass(x)), sys.call()), sep = "")
  invisible(x)
}

#' @export
`[.deciban_table` <- function(x, ...) {
  class(x) <- "data.frame"
  x[...]
}

#' @rdname coef_table
#' @export
actual_expected <- function(model) {
  call <- sys.call()
  require_model(model, call)
  checked(core_actual_expected(model$document), call)
}
