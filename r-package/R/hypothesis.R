#' Wald tests of linear hypotheses
#'
#' `linear_hypothesis()` tests hypotheses about coefficients, alone and together, as `linearHypothesis()` of the package
#' car does. `term_tests()` tests that all coefficients of a term are 0, for each term of the formula. Both take a
#' robust covariance.
#'
#' The statistic is \eqn{(L b - r)' (L V L')^{-1} (L b - r)} with the q rows of L, which is chi-squared with q degrees
#' of freedom; divided by q it is F with q and `df.residual` degrees of freedom.
#'
#' # Hypotheses as texts
#' Names of coefficients, numbers, `+ - * /`, brackets and `=`: `"areaB = areaC"`, `"2*x + y = 1"`, `"0.5 x = (y - z) /
#' 3"`. Without `=` the expression is 0. Several may stand in one text with commas between them. Names are written as
#' `names(coef(model))` has them, `log(density)` or `areaB:gasDiesel` too; where a name might be read otherwise, put it
#' in backticks.
#'
#' @param model A model of [fit_glm()], [fit_glm_xy()] or [load_model()].
#' @param hypotheses Texts, or a matrix with one row per hypothesis and one column per coefficient (a vector is one
#'   row).
#' @param rhs Right-hand sides, one per hypothesis. `NULL`: those of the texts, or 0.
#' @param vcov Another covariance of the coefficients than the model has, such as `"HC1"` or `~ policy_id`; see
#'   [with_vcov()]. `NULL`: that of the model.
#' @param test `"F"` or `"Chisq"`. `NULL`: F where the dispersion is estimated, as for single coefficients.
#' @param level Coverage of the intervals, between 0 and 1.
#' @return
#' - `linear_hypothesis()`: an object that prints the test, a list with `statistic`, `df`, `df_residual`, `p_value`,
#'   `test`, `vcov` and `hypotheses`, a data frame with each hypothesis alone: `hypothesis`, `estimate` (of \eqn{L b -
#'   r}), `std_error`, `statistic` (z or t), `p_value`, `lower`, `upper`.
#' - `term_tests()`: a data frame with `term`, `df` (coefficients that are estimated), `statistic`, `p_value` and
#'   attributes `test` and `vcov`. With treatment contrasts the test of a main effect beside its interaction is that at
#'   the base level.
#' @section Errors:
#' `hypothesis.syntax`, `hypothesis.unknown_name`, `hypothesis.not_linear`, `hypothesis.constant`, `hypothesis.empty`,
#' `hypothesis.dimension`, `hypothesis.not_finite`, `hypothesis.aliased` (a coefficient that is not estimated),
#' `hypothesis.redundant`, `input.argument`, `input.test`, `input.level`; those of [with_vcov()] with `vcov`.
#' @references Fox, J. (2016) *Applied Regression Analysis and Generalized Linear Models*, 3rd edition, section 9.4.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "quasipoisson")
#' linear_hypothesis(model, "tensionM = tensionH")
#' linear_hypothesis(model, c("woolB", "tensionM = 2 * tensionH"), vcov = "HC3")
#' linear_hypothesis(model, rbind(c(0, 0, 1, -1)), test = "Chisq")$p_value
#' term_tests(model)
#' @export
linear_hypothesis <- function(model, hypotheses, rhs = NULL, vcov = NULL, test = NULL, level = 0.95) {
  call <- sys.call()
  require_model(model, call)
  model <- choose_vcov(model, vcov, call)
  if (is.numeric(hypotheses)) {
    rows <- if (is.matrix(hypotheses)) hypotheses else matrix(hypotheses, 1L)
    hypotheses <- lapply(seq_len(nrow(rows)), function(i) as.list(as.double(rows[i, ])))
  } else {
    hypotheses <- as.list(hypotheses)
  }
  rhs <- if (!is.null(rhs)) as.list(as.double(rhs))
  arguments <- list(hypotheses = hypotheses, rhs = rhs, test = test, level = level)
  answer <- query_model(model, "linear_hypothesis", arguments, NULL, call)
  structure(c(answer$notes[c("statistic", "df", "df_residual", "p_value", "test", "vcov", "text")],
    list(hypotheses = answer$table)), class = "deciban_hypothesis")
}

#' @export
print.deciban_hypothesis <- function(x, ...) {
  cat(x$text)
  invisible(x)
}

#' @rdname linear_hypothesis
#' @export
term_tests <- function(model, vcov = NULL, test = NULL) {
  call <- sys.call()
  require_model(model, call)
  answer <- query_model(choose_vcov(model, vcov, call), "term_tests", list(test = test), NULL, call)
  structure(answer$table, test = answer$notes$test, vcov = answer$notes$vcov)
}
