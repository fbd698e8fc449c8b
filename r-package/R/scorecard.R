#' Scorecards
#'
#' `scorecard()` bins variables, fits a logistic regression on their weights of evidence with [fit_glm_xy()]'s engine,
#' and turns it into points: score = base_score + factor (ln(odds) - ln(base_odds)), factor = pdo / ln 2, odds = (1 -
#' p)/p. A high score means few events. Each variable carries an equal part of the constant, and the score is the sum of
#' its points. A level that was not seen has the points of WOE 0.
#'
#' @param x A data frame whose columns are the variables; for `plot()` the scorecard.
#' @param y 0/1, shares in \[0, 1\], or two other values of which the later is the event: a vector, or the name of a
#'   column of `x` (`newdata`). For `plot()` the name of a variable.
#' @param base_score Points at `base_odds`.
#' @param base_odds Non-events per event, above 0.
#' @param pdo Points that double the odds, above 0.
#' @param digits Decimals of the points; `NULL`: not rounded. The probability never is.
#' @param wrong_sign WOE is positive for more events, so coefficients should be positive. `"warn"` names the others,
#'   `"drop"` leaves them out in steps, the one with the most negative z first; `"keep"` says nothing.
#' @param min_iv Variables with a smaller information value are left out.
#' @param binning Named list of arguments of [bin_numeric()], such as `list(monotonic = "auto", max_bins = 6)`.
#' @param per_variable As in [bin_numeric()].
#' @param weights At least 0: a vector, or the name of a column of `x`.
#' @param n_threads As in [fit_glm()].
#' @param object,card What `scorecard()` gave.
#' @param newdata A data frame with the columns of the fit.
#' @param type `"score"`, `"probability"` (of an event), `"link"` (its log odds), `"points"` (a column per variable) or
#'   `"reasons"` (columns `reason_1`, ...: the variables that lose most points against their best bin).
#' @param n Number of reasons.
#' @param feature Name of a variable.
#' @param splits Edges of a numeric variable (none: one bin), or a list of groups of levels; levels that are in none are
#'   one more group.
#' @param alpha 1 - coverage of the limits.
#' @param dialect `"duckdb"` or `"sqlite"`.
#' @param table Name of the table in the database. Numbers are read from it as numbers; dates must be there as days,
#'   times as seconds since 1970.
#' @param output `"score"`, `"points"`, `"probability"` (agrees to rounding: the database has its own `exp`) or
#'   `"bins"`.
#' @param ... Not used: further arguments are an error.
#' @return `scorecard()`: an object of class `deciban_scorecard`; [binning_table()], [save_model()] take it.
#'   `predict()`: a vector, or a data frame for `"points"` and `"reasons"`. `scorecard_points()`: `variable`, `bin`,
#'   `label`, `lower`, `upper`, `count`, `event_rate`, `woe`, `points`. `summary()`: `variable`, `used`, `reason` (why
#'   not: `"constant"`, `"iv"`, `"sign"`, `"aliased"`), `monotonic`, `iv`, `coefficient`, `std_error`, `statistic`,
#'   `p_value`; they take the bins as given. `scorecard_stability()`: a row for the score (in ten groups of the training
#'   rows) and per variable: `variable`, `bins`, `psi`, `psi_unbiased`, `psi_lower`, `psi_upper`, `chi2`, `p_value`,
#'   `points_shift` (change of the mean points). `adjust()`: another scorecard, fitted again to the same rows.
#'   `scorecard_sql()`: one text; the query gives the same bins for every number, NULL and NaN being missing. `plot()`:
#'   a ggplot object, the bins of a variable; `plot_scores()`: the distributions of the scores of events and of
#'   non-events.
#' @section Errors:
#' `scorecard.no_variables`, `scorecard.base_score`, `scorecard.base_odds`, `scorecard.pdo`, `scorecard.wrong_sign`,
#' `scorecard.output`, `scorecard.dialect`, `binner.variable`, `binning.groups`, and those of [bin_numeric()];
#' `model.no_data` for `adjust()` after loading. Warning `scorecard.wrong_sign`.
#' @references Siddiqi, N. (2006) *Credit Risk Scorecards*.
#' @examples
#' policies <- simulate_portfolio(5000, seed = 1)
#' policies$claim <- as.numeric(policies$claim_count > 0)
#' card <- scorecard(policies[c("driver_age", "area")], policies$claim, binning = list(max_bins = 4))
#' card
#' scorecard_points(card)
#' predict(card, head(policies))
#' cat(scorecard_sql(card, "sqlite"))
#' @export
scorecard <- function(x, y, base_score = 600, base_odds = 50, pdo = 20, digits = 0, wrong_sign = "warn", min_iv = 0,
                      binning = list(), per_variable = NULL, weights = NULL, n_threads = NULL) {
  call <- match.call()
  fit_scorecard(list(x = x, y = y, weights = weights, n_threads = n_threads), list(base_score = base_score,
    base_odds = base_odds, pdo = pdo, digits = if (is.null(digits)) FALSE else digits, wrong_sign = wrong_sign,
    min_iv = min_iv), binning, per_variable, call)
}

fit_scorecard <- function(training, own, binning, per_variable, call) {
  rows <- response_columns(training$x, training[c("y", "weights")], call)
  arguments <- c(own, variable_arguments(binning), list(per_variable = lapply(per_variable, variable_arguments)))
  made <- checked(core_fit_fitted("scorecard", given(arguments), rows$frame, rows$vectors, training$n_threads), call)
  raise_warnings(made$warnings, call)
  card <- new_fitted(made$document, "deciban_scorecard", call)
  card$training <- training
  card$settings <- list(own = own, binning = binning, per_variable = per_variable)
  card
}

#' @rdname scorecard
#' @export
predict.deciban_scorecard <- function(object, newdata, type = "score", n = 3, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  arguments <- list(output = type, n = if (identical(type, "reasons")) n)
  table <- fitted_rows(object, "predict", given(arguments), newdata, n_threads, call)
  if (type %in% c("points", "reasons")) table else table[[1]]
}

#' @rdname scorecard
#' @export
scorecard_points <- function(card) {
  scorecard_table(card, "points", sys.call())
}

#' @rdname scorecard
#' @export
summary.deciban_scorecard <- function(object, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  scorecard_table(object, "coefficients", call)
}

#' @rdname scorecard
#' @export
scorecard_stability <- function(card, newdata, alpha = 0.05, n_threads = NULL) {
  call <- sys.call()
  require_scorecard(card, call)
  table <- fitted_rows(card, "stability", list(alpha = alpha), newdata, n_threads, call)
  as_printed_table(table)
}

#' @rdname scorecard
#' @export
scorecard_sql <- function(card, dialect = "duckdb", table = "data", output = "score") {
  call <- sys.call()
  require_scorecard(card, call)
  arguments <- list(dialect = dialect, table = table, output = output)
  query_fitted(card, "sql", arguments, NULL, NULL, call)$notes$text
}

#' @rdname scorecard
#' @export
adjust <- function(card, feature, splits) {
  call <- sys.call()
  require_scorecard(card, call)
  query_fitted(card, "table", list(variable = feature), NULL, NULL, call)
  if (is.null(card$training)) {
    hint <- "Fit it again, with `per_variable`."
    raise("data", "model.no_data", paste0("The scorecard has no rows to fit again: it was loaded from a file.\n", hint),
      hint, list(), call)
  }
  settings <- card$settings
  settings$per_variable[[feature]] <- chosen_bins(splits)
  fit_scorecard(card$training, settings$own, settings$binning, settings$per_variable, card$call)
}

#' @export
print.deciban_scorecard <- function(x, ...) {
  cat(query_fitted(x, "print", list(), NULL, NULL, sys.call())$notes$text)
  invisible(x)
}

#' @rdname scorecard
#' @export
plot.deciban_scorecard <- function(x, y, alpha = 0.05, ...) {
  call <- sys.call()
  require_ggplot2("plot()", call)
  table <- query_fitted(x, "table", list(variable = y, alpha = alpha), NULL, NULL, call)$table
  bin_plot(table, y)
}

#' @rdname scorecard
#' @export
plot_scores <- function(card, newdata, y) {
  call <- sys.call()
  require_scorecard(card, call)
  require_ggplot2("plot_scores()", call)
  if (is_text(y)) {
    name <- y
    y <- require_data(newdata, call)[[name]]
    if (is.null(y)) raise_input("data.unknown_column", paste0("There is no column `", name, "`."), "", call,
      list(column = name))
  }
  labels <- query_fitted(card, "describe", list(), NULL, NULL, call)$notes$binner$classes$labels
  event <- if (is.null(labels)) y == 1 else as.character(y) == labels[[2]]
  table <- data.frame(score = predict(card, newdata), group = ifelse(event, "events", "non-events"))
  .data <- ggplot2::.data
  ggplot2::ggplot(table, ggplot2::aes(x = .data$score, y = ggplot2::after_stat(.data$density), fill = .data$group)) +
    ggplot2::geom_histogram(bins = 30, position = "identity", alpha = 0.6) +
    ggplot2::scale_fill_manual(values = c(events = "#b03a2e", `non-events` = "#c6d3e1")) +
    ggplot2::labs(fill = NULL) +
    ggplot2::theme_minimal()
}

scorecard_table <- function(card, name, call) {
  require_scorecard(card, call)
  as_printed_table(query_fitted(card, name, list(), NULL, NULL, call)$table)
}

require_scorecard <- function(card, call) {
  require_fitted(card, "deciban_scorecard", "card", "Scorecards come from scorecard() and load_model().", call)
}

# Arguments of a variable whose bins are given; NULL sets those of the call back.
chosen_bins <- function(splits) {
  free <- list(method = "quantile", min_bins = 1, max_bins = NULL, min_bin_size = 0, min_bin_events = 0,
    min_bin_non_events = 0, monotonic = "none", min_rate_diff = 0, max_p_value = 1, fixed = NULL)
  if (is.list(splits) || is.character(splits)) {
    return(c(free, list(groups = lapply(unname(as.list(splits)), as.list))))
  }
  if (length(splits)) {
    return(c(free, list(splits = as.list(splits))))
  }
  free$max_bins <- 1
  free
}
