#' Credibility premiums
#'
#' `credibility()` estimates what levels (contracts, classes, regions) share and how much each may say for itself, with
#' the estimators of Buhlmann and Straub as `actuar::cm()` has them, or by maximum likelihood of gamma-Poisson counts.
#'
#' A level with weight \eqn{w} and mean \eqn{X} has the premium \eqn{Z X + (1 - Z)} collective with
#' \eqn{Z = w / (w + k)}, k = `within / between`. Where the variance between levels is not estimated above zero, levels
#' are pooled (Z = 0) and `note` says so; `between_raw` keeps the estimate.
#'
#' @param data Data frame with one row per observation (level and period, say).
#' @param level What observations belong to: the name of a column, bare or quoted, or one value per row.
#' @param y Observations: ratios such as loss over payroll. For `"gamma_poisson"` counts, whose ratio is `y / weights`.
#' @param weights Volume behind each ratio, at least 0; `NULL`: all 1 (Buhlmann).
#' @param method `"buhlmann_straub"` (unbiased estimators) or `"gamma_poisson"`.
#' @param n_threads As in [fit_glm()].
#' @return An object of class `deciban_credibility`: a list with `table` (data frame `level`, `rows`, `weight`, `mean`,
#'   `credibility` (Z), `premium`, `std_error`), `collective`, `within`, `between`, `between_raw`, `prior_weight`,
#'   `levels`, `note`, `method` and `document` (the text of its file, see [save_model()]).
#' @section Errors:
#' `credibility.missing`, `credibility.weights`, `credibility.counts`, `credibility.method`, `data.empty`,
#' `encoder.no_weight`, `data.unknown_column`, `data.length_mismatch`.
#' @references Buhlmann, H. and Gisler, A. (2005) *A Course in Credibility Theory and its Applications*, chapter 4.
#' @examples
#' losses <- data.frame(state = c("a", "a", "b", "b"), ratio = c(1, 1.2, 2, 2.2), volume = c(10, 12, 5, 6))
#' credibility(losses, state, ratio, volume)
#' @export
credibility <- function(data, level, y, weights = NULL, method = "buhlmann_straub", n_threads = NULL) {
  call <- match.call()
  envs <- list(parent.frame())
  values <- list(
    level = capture_column(substitute(level), level, data, envs, call),
    y = capture_column(substitute(y), y, data, envs, call),
    weights = capture_column(substitute(weights), weights, data, envs, call))
  columns <- split_vectors(values)
  arguments <- c(Filter(Negate(is.null), columns$arguments), list(method = method))
  used <- encoder_frame(arguments, data, call)
  made <- checked(core_fit_fitted("credibility", arguments, used, columns$vectors, n_threads), call)
  new_credibility(made$document, call)
}

#' @export
print.deciban_credibility <- function(x, ...) {
  cat(sprintf("Credibility (%s): collective %s, within %s, between %s\n", x$method, format(x$collective, digits = 6),
    format(x$within, digits = 6), format(x$between, digits = 6)))
  if (nzchar(x$note)) cat(x$note, "\n", sep = "")
  print(as_printed_table(x$table))
  invisible(x)
}

#' @export
as.data.frame.deciban_credibility <- function(x, ...) x$table

new_credibility <- function(document, call) {
  answer <- query_fitted(list(document = document), "table", no_arguments(), NULL, NULL, call)
  structure(c(list(table = answer$table), answer$notes, list(document = document)), class = "deciban_credibility")
}
