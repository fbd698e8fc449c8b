#' Methods for fitted models
#'
#' What can be asked of the object that [fit_glm()], [fit_glm_xy()] and [load_model()] return. `coef()`, `deviance()`,
#' `df.residual()`, `formula()`, `AIC()`, `BIC()` and `update()` work as well, [predict()][predict.deciban_glm] and
#' [simulate()][simulate.deciban_glm] have pages of their own.
#'
#' Results with one value per row (`fitted()`, `residuals()`, `weights()`) are computed from the data of the call, which
#' is evaluated again where it was made. A fingerprint of the columns is compared.
#'
#' @param object,x A model.
#' @param type What `residuals()` are: `"deviance"`, `"pearson"`, `"response"` or `"working"`, as R defines them
#'   (see [stats::residuals.glm()]); `"anscombe"`, \eqn{(A(y) - A(\mu)) / (A'(\mu) \sqrt{V(\mu) / w})} with
#'   \eqn{A' = V^{-1/3}}; or `"quantile"`, normal quantiles of the family's distribution function at the estimates,
#'   randomised where it jumps (Dunn and Smyth, 1996): standard normal when the model is right.
#' @param seed Key of the random numbers of residuals of type `"quantile"` and of the bootstrap, a whole number of at
#'   least 0.
#' @param exposure,offset Values that the fit got as a vector, when `data` is given.
#' @param data The training data again (`X` for [fit_glm_xy()]), for a model that was loaded. `NULL`: the data of the
#'   call.
#' @param y,weights,freq_weights The response of [fit_glm_xy()], and vectors that the fit got, when `data` is given.
#' @param level Coverage of the intervals, between 0 and 1.
#' @param vcov Another covariance of the coefficients than the model has, such as `"HC1"` or `~ policy_id`; see
#'   [with_vcov()]. `NULL`: that of the model.
#' @param parm Names or numbers of coefficients; all when left out.
#' @param method `"wald"`, or, with the rows of the fit, `"profile"` for profile-likelihood intervals and `"bootstrap"`.
#' @param interval,n_boot For `method = "bootstrap"`, with `type` `"parametric"` or `"weighted"`: see [bootstrap()].
#' @param ... Not used: further arguments are an error.
#' @return
#' - `fitted()`, `residuals()`, `weights()`: one value per row, named by the row names of a data frame. Rows that the
#'   fit dropped are left out, with `na_action = "exclude"` they are `NA`.
#' - `vcov()`: p x p covariance of the coefficients, `NA` for aliased ones. Error `covariance.too_large` beyond 8,192
#'   coefficients, `covariance.not_kept` for robust ones with a factor of 1,024 columns or more; `coef_table()` and
#'   `summary()` have their standard errors.
#' - `confint()`: p x 2 matrix of intervals. Wald: t with `df.residual` degrees of freedom where the dispersion is
#'   estimated, else normal. Profile likelihood: the values at which the deviance, fitted over all other coefficients,
#'   has risen by the squared normal quantile times the dispersion, exact to 1e-8 (R's `confint()` of a `glm`
#'   interpolates); infinite with a warning `profile.open` where it never rises so far.
#' - `logLik()`: as R defines it, with attributes `df` and `nobs`; `NA` with attribute `reason` where there is none
#'   (quasi families, Tweedie with `var_power = 1`).
#' - `nobs()`: rows with positive weight (sum of `freq_weights`).
#' - `family()`: a family object of R where R has family and link, else a list with the names.
#' - `summary()`: an object with the matrix `coefficients` (estimate, standard error, z or t value, p-value; rows of
#'   aliased coefficients are left out), `cov.scaled` (`NULL` beyond 8,192 coefficients), `dispersion`, `df` and the
#'   `text` that it prints.
#' @section Errors:
#' `model.no_data` (the data cannot be found: hand them in), `model.data_changed`, `data.length_mismatch`, `input.type`,
#' `input.level`, `input.parm`, `input.method`, `input.unknown_argument`.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' summary(model)
#' confint(model, "tensionM")
#' head(residuals(model, "pearson"))
#' AIC(model)
#' @name deciban_glm
NULL

#' @rdname deciban_glm
#' @export
print.deciban_glm <- function(x, ...) {
  cat(checked(core_print_text(x$document), sys.call()))
  invisible(x)
}

#' @rdname deciban_glm
#' @export
summary.deciban_glm <- function(object, level = 0.95, vcov = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  object <- choose_vcov(object, vcov, call)
  table <- coef_table(object, level)
  kept <- !is.na(object$coefficients)
  known <- object$statistics$statistic == "z"
  columns <- c("Estimate", "Std. Error", if (known) c("z value", "Pr(>|z|)") else c("t value", "Pr(>|t|)"))
  coefficients <- as.matrix(table[c("estimate", "std_error", "statistic", "p_value")])
  dimnames(coefficients) <- list(table$term, columns)
  structure(
    list(
      call = object$call,
      family = object$family,
      deviance = object$deviance,
      null.deviance = object$null.deviance,
      df.residual = object$df.residual,
      df.null = object$df.null,
      aic = object$aic,
      iter = object$iter,
      converged = object$converged,
      dispersion = object$dispersion,
      df = c(object$rank, object$df.residual, length(kept)),
      aliased = !kept,
      coefficients = coefficients[kept, , drop = FALSE],
      cov.scaled = covariance_where_kept(object, kept),
      text = checked(core_summary_text(object$document, level), call)
    ),
    class = "summary.deciban_glm"
  )
}

# The covariance of the estimated coefficients; NULL where there are too many of them for a dense matrix.
covariance_where_kept <- function(object, kept) {
  covariance <- core_covariance(object$document)
  too_wide <- c("covariance.too_large", "covariance.not_kept")
  if (inherits(covariance, "deciban_failure") && covariance$code %in% too_wide) {
    return(NULL)
  }
  stats::vcov(object)[kept, kept, drop = FALSE]
}

#' @export
print.summary.deciban_glm <- function(x, ...) {
  cat(x$text)
  invisible(x)
}

# What the core reads of new rows: the columns of the model and `others`.
new_frame <- function(object, newdata, others, call) {
  wanted <- checked(core_required_columns(object$document, FALSE), call)
  if (is.matrix(newdata)) {
    require_width(newdata, wanted, call)
    return(frame_matrix(newdata, wanted))
  }
  wanted <- union(wanted, others)
  frame_columns(newdata, wanted, beside_again(object, wanted, newdata, call))
}

require_width <- function(X, wanted, call) {
  if (is.null(colnames(X)) && ncol(X) != length(wanted)) {
    raise_input("data.dimension",
      paste0("The matrix has ", ncol(X), " columns, but the model has ", length(wanted), "."),
      "Give its columns names, or hand in all columns in the order of the fit.", call,
      list(columns = ncol(X), expected = length(wanted)))
  }
}

#' @rdname deciban_glm
#' @export
residuals.deciban_glm <- function(object, type = "deviance", data = NULL, y = NULL, weights = NULL, exposure = NULL,
                                  offset = NULL, freq_weights = NULL, seed = 0, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  types <- c("deviance", "pearson", "response", "working", "anscombe", "quantile")
  if (!is_text(type) || !type %in% types) {
    raise_input("input.type", paste0("`type` is ", deparse_whole(type), "."),
      paste0("Use \"", paste(types, collapse = "\", \""), "\"."), call, list(argument = "type", value = type))
  }
  vectors <- list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights)
  source <- given_source(object, data, vectors, y, call)
  if (type == "quantile") {
    answer <- query_model(object, "quantile_residuals", list(seed = seed), source, call)
    return(label_rows(answer$table$residual, answer$labels))
  }
  row_values(object, type, source, call)
}

#' @rdname deciban_glm
#' @export
fitted.deciban_glm <- function(object, data = NULL, y = NULL, weights = NULL, exposure = NULL, offset = NULL,
                               freq_weights = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  vectors <- list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights)
  source <- given_source(object, data, vectors, y, call)
  row_values(object, "fitted", source, call)
}

#' @rdname deciban_glm
#' @export
weights.deciban_glm <- function(object, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  row_values(object, "prior_weights", training_source(object, call), call)
}

#' @rdname deciban_glm
#' @export
vcov.deciban_glm <- function(object, vcov = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  object <- choose_vcov(object, vcov, call)
  covariance <- checked(core_covariance(object$document), call)
  dimnames(covariance) <- list(names(object$coefficients), names(object$coefficients))
  covariance
}

#' @rdname deciban_glm
#' @export
confint.deciban_glm <- function(object, parm, level = 0.95, method = "wald", vcov = NULL, type = "parametric",
                                interval = NULL, n_boot = 999, seed = 0, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  require_method(method, vcov, call, c("wald", "profile", "bootstrap"))
  chosen <- if (missing(parm)) names(object$coefficients) else coefficient_names(object, parm, call)
  if (method == "profile") {
    return(profile_limits(object, chosen, level, call))
  }
  if (method == "bootstrap") {
    intervals <- bootstrap(object, n_boot, type, interval, level, seed)$intervals
    limits <- cbind(intervals$lower, intervals$upper)
    dimnames(limits) <- list(intervals$term, percent_names(level))
    return(limits[chosen, , drop = FALSE])
  }
  object <- choose_vcov(object, vcov, call)
  table <- checked(core_coef_table(object$document, level), call)
  limits <- matrix(c(table$lower, table$upper), ncol = 2, dimnames = list(table$term, percent_names(level)))
  limits[chosen, , drop = FALSE]
}

#' @rdname deciban_glm
#' @export
logLik.deciban_glm <- function(object, ...) {
  statistics <- object$statistics
  value <- statistics$log_likelihood
  if (is.na(value)) attr(value, "reason") <- statistics$log_likelihood_reason
  structure(value, df = statistics$log_likelihood_df, nobs = statistics$nobs, class = "logLik")
}

#' @rdname deciban_glm
#' @export
nobs.deciban_glm <- function(object, ...) object$statistics$nobs

#' @rdname deciban_glm
#' @export
family.deciban_glm <- function(object, ...) object$family

#' @rdname deciban_glm
#' @export
formula.deciban_glm <- function(x, ...) {
  if (!inherits(x$formula, "formula") || !"." %in% all.vars(x$formula)) {
    return(x$formula)
  }
  # spelled out, as update() needs it, where the data can be found
  tryCatch(stats::formula(stats::terms(x)), deciban_error = function(e) x$formula)
}
