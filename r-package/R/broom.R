#' Methods for broom
#'
#' [generics::tidy()], [generics::glance()] and [generics::augment()] of package generics, which broom re-exports, with
#' the columns that broom gives for a `glm`. They are there as soon as generics or broom is loaded.
#'
#' @param x A model.
#' @param conf.int Whether there are columns `conf.low` and `conf.high`.
#' @param conf.level Coverage of the intervals, between 0 and 1.
#' @param conf.method Passed to `confint()` as `method`: `"wald"`, or `"profile"` as broom does for a `glm`.
#' @param exponentiate Whether estimates and limits are `exp()` of those on the scale of the link.
#' @param data For `augment()`: rows that the new columns are put beside; by default `model.frame(x)`, the rows of the
#'   fit.
#' @param newdata New rows; they get `.fitted` and `.se.fit` only.
#' @param type.predict `"link"` or `"response"`.
#' @param type.residuals `"deviance"`, `"pearson"`, `"response"` or `"working"`.
#' @param se_fit Whether there is a column `.se.fit`.
#' @param ... Not used: further arguments are an error.
#' @return A tibble if package tibble is installed, else a data frame.
#' - `tidy()`: `term`, `estimate`, `std.error`, `statistic`, `p.value`, and `conf.low`, `conf.high` on request; `NA` for
#'   aliased coefficients.
#' - `glance()`: `null.deviance`, `df.null`, `logLik`, `AIC`, `BIC`, `deviance`, `df.residual`, `nobs`.
#' - `augment()`: the rows with `.fitted`, `.se.fit` on request, `.resid`, `.hat`, `.sigma`, `.cooksd`, `.std.resid`.
#' @section Errors:
#' `input.level`, `input.type`, `input.unknown_argument`, `model.no_data`, `model.data_changed`.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' if (requireNamespace("generics", quietly = TRUE)) {
#'   generics::tidy(model, conf.int = TRUE, exponentiate = TRUE)
#'   generics::glance(model)
#'   head(generics::augment(model))
#' }
#' @name deciban_broom
NULL

#' @rdname deciban_broom
#' @exportS3Method generics::tidy
tidy.deciban_glm <- function(x, conf.int = FALSE, conf.level = 0.95, conf.method = "wald", exponentiate = FALSE, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  table <- coef_table(x, conf.level)
  tidied <- data.frame(term = table$term, estimate = table$estimate, std.error = table$std_error,
    statistic = table$statistic, p.value = table$p_value)
  if (conf.int) {
    limits <- if (identical(conf.method, "wald")) {
      cbind(table$lower, table$upper)
    } else {
      stats::confint(x, level = conf.level, method = conf.method)
    }
    tidied$conf.low <- as.vector(limits[, 1])
    tidied$conf.high <- as.vector(limits[, 2])
  }
  if (exponentiate) {
    scales <- intersect(c("estimate", "conf.low", "conf.high"), names(tidied))
    tidied[scales] <- lapply(tidied[scales], exp)
  }
  as_tibble_if_any(tidied)
}

#' @rdname deciban_broom
#' @exportS3Method generics::glance
glance.deciban_glm <- function(x, ...) {
  require_no_more(sys.call(), ...)
  s <- x$statistics
  as_tibble_if_any(data.frame(null.deviance = s$null_deviance, df.null = s$df_null, logLik = s$log_likelihood,
    AIC = s$aic, BIC = s$bic, deviance = s$deviance, df.residual = s$df_residual, nobs = s$nobs))
}

#' @rdname deciban_broom
#' @exportS3Method generics::augment
augment.deciban_glm <- function(x, data = NULL, newdata = NULL, type.predict = "link", type.residuals = "deviance",
                                se_fit = FALSE, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  rows <- if (!is.null(newdata)) newdata else if (is.null(data)) stats::model.frame(x) else data
  rows <- as_plain_frame(rows)
  labels <- row.names(rows)
  rows <- as_tibble_if_any(rows)
  if (is.character(labels) && !identical(labels, as.character(seq_along(labels)))) {
    rows <- as_tibble_if_any(data.frame(.rownames = labels, rows, check.names = FALSE))
  }
  if (se_fit) {
    found <- stats::predict(x, newdata, type = type.predict, se.fit = TRUE)
    rows$.fitted <- unname(found$fit)
    rows$.se.fit <- unname(found$se.fit)
  } else {
    rows$.fitted <- unname(stats::predict(x, newdata, type = type.predict))
  }
  if (!is.null(newdata)) {
    return(rows)
  }
  rows$.resid <- unname(stats::residuals(x, type.residuals))
  found <- query_model(x, "influence", list(), training_source(x, call), call)$table
  rows$.hat <- found$hat
  rows$.sigma <- found$sigma
  rows$.cooksd <- found$cooks
  rows$.std.resid <- found$standard_deviance
  rows
}

as_tibble_if_any <- function(frame) {
  if (requireNamespace("tibble", quietly = TRUE)) tibble::as_tibble(frame) else frame
}
