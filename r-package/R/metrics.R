#' Measures of scores
#'
#' How a score ranks a response (`auc()`, `gini()`, `ks()`, `gains_table()`), and how it moves between samples (`psi()`,
#' `csi()`).
#'
#' `auc()` is P(score of an event > score of a non-event) + P(equal)/2. `gini()` is the Gini index of the Lorenz curve
#' of `y` against exposure in the order of the score, ties averaged; normalized it is divided by that of the perfect
#' order, by y / exposure, which for 0/1 responses gives 2 AUC - 1 (the raw index is 1 - event rate times that). `ks()`
#' is the largest distance between the distributions of the scores of events and of non-events.
#'
#' The population stability index is sum (A_i - E_i) ln(A_i / E_i), an information value with the actual rows as events:
#' so are its nearly unbiased estimate, its limits and its test. It is infinite when a bin is empty in one sample; the
#' unbiased estimate is not. Missing values and levels that are new are bins of their own.
#'
#' @param y 0, 1, or a share in \[0, 1\]: such a row is y events and 1 - y non-events. For `gini()` totals of at least
#'   0.
#' @param score Numbers; higher means an event.
#' @param weights At least 0; `NULL` for 1.
#' @param exposure Above 0; `NULL` for 1.
#' @param normalized Divide by the index of the perfect order.
#' @param bins Groups of about equal weight; equal scores are never parted, so there may be fewer.
#' @param order `"high"` or `"low"`: which scores come first, those that mean an event.
#' @param expected,actual The column (`psi()`) or the data frames (`csi()`) of the sample of development and of the new
#'   one.
#' @param expected_weights,actual_weights At least 0; `NULL` for 1.
#' @param method,max_bins,splits How bins of numbers are found in `expected`, see [bin_numeric()].
#' @param alpha 1 - coverage of the limits.
#' @param n_threads As in [fit_glm()].
#' @return `auc()`, `gini()`, `ks()`: a number. `gains_table()`: a data frame with `bin` (from 1), `score_min`,
#'   `score_max`, `count`, `weight`, `events`, `non_events`, `event_rate`, `lift`, `cum_weight_share`,
#'   `cum_event_share`, `cum_non_event_share`, `cum_lift`, `ks`. `psi()`: a number with the attributes `unbiased`,
#'   `lower`, `upper`, `chi2`, `p_value` and `table`. `csi()`: a data frame with a row per column.
#' @section Errors:
#' `metric.value` (NaN or out of range; names the row), `metric.order`, `data.length_mismatch`, `input.alpha`,
#' `input.argument`, `data.unknown_column` (kind input); `metric.one_class`, `metric.no_rows` (kind data).
#' @references Hanley, J. and McNeil, B. (1982) The meaning and use of the area under a ROC curve, *Radiology* 143.
#' @examples
#' y <- c(0, 0, 1, 1)
#' score <- c(0.1, 0.4, 0.35, 0.8)
#' auc(y, score)
#' gini(y, score)
#' ks(y, score)
#' gains_table(y, score, bins = 2)
#' psi(rep(c("a", "b"), c(60, 40)), rep(c("a", "b"), c(50, 50)))
#' @export
auc <- function(y, score, weights = NULL) {
  measure("auc", no_arguments(), list(y = y, score = score, weights = weights), match.call())$notes$auc
}

#' @rdname auc
#' @export
gini <- function(y, score, weights = NULL, exposure = NULL, normalized = TRUE) {
  vectors <- list(y = y, score = score, weights = weights, exposure = exposure)
  measure("gini", list(normalized = normalized), vectors, match.call())$notes$gini
}

#' @rdname auc
#' @export
ks <- function(y, score, weights = NULL) {
  measure("ks", no_arguments(), list(y = y, score = score, weights = weights), match.call())$notes$ks
}

#' @rdname auc
#' @export
gains_table <- function(y, score, weights = NULL, bins = 10, order = "high") {
  vectors <- list(y = y, score = score, weights = weights)
  as_printed_table(measure("gains_table", list(bins = bins, order = order), vectors, match.call())$table)
}

#' @rdname auc
#' @export
psi <- function(expected, actual, expected_weights = NULL, actual_weights = NULL, method = "quantile", max_bins = 10,
                splits = NULL, alpha = 0.05) {
  arguments <- given(list(method = method, max_bins = max_bins, splits = as_array(splits), alpha = alpha))
  answer <- compared("psi", arguments, list(score = expected), list(score = actual),
    list(expected_weights = expected_weights, actual_weights = actual_weights), NULL, match.call())
  notes <- answer$notes
  structure(notes$psi, unbiased = notes$psi_unbiased, lower = notes$psi_lower, upper = notes$psi_upper,
    chi2 = notes$chi2, p_value = notes$p_value, table = as_printed_table(answer$table), class = "deciban_psi")
}

#' @rdname auc
#' @export
csi <- function(expected, actual, expected_weights = NULL, actual_weights = NULL, method = "quantile", max_bins = 10,
                alpha = 0.05, n_threads = NULL) {
  arguments <- list(method = method, max_bins = max_bins, alpha = alpha)
  vectors <- list(expected_weights = expected_weights, actual_weights = actual_weights)
  as_printed_table(compared("csi", arguments, expected, actual, vectors, n_threads, match.call())$table)
}

#' @export
print.deciban_psi <- function(x, ...) {
  figures <- vapply(c(attr(x, "lower"), attr(x, "upper")), format, "", digits = 4)
  cat("PSI ", format(as.numeric(x), digits = 4), " (", figures[1], " to ", figures[2], ")\n", sep = "")
  invisible(x)
}

measure <- function(name, arguments, vectors, call) {
  checked(core_metric(name, arguments, given(vectors)), call)
}

compared <- function(name, arguments, expected, actual, vectors, n_threads, call) {
  wanted <- names(expected)
  frames <- lapply(list(expected, actual), function(data) {
    require_data(data, call)
    frame_columns(data, wanted)
  })
  checked(core_stability(name, arguments, frames[[1]], frames[[2]], given(vectors), n_threads), call)
}

# An object, not an array, for the core.
no_arguments <- function() stats::setNames(list(), character())
