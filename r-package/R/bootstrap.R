#' Bootstrap a fitted model
#'
#' Refits a model to responses drawn from it (parametric) or to random weights of its rows (weighted), and makes intervals
#' of the coefficients from the replicates.
#'
#' - `"parametric"`: responses are drawn as [simulate()][simulate.deciban_glm] does; theta, `var_power` and dispersion are
#'   those of the fit. Intervals: `"bca"`, bias-corrected and accelerated, with the acceleration of the family's third
#'   cumulants (Efron 1987); `"percentile"`.
#' - `"weighted"`: each row gets a weight drawn from the exponential law of mean 1 (Newton and Raftery 1994), which says
#'   nothing about the law of the responses. The interval is `"studentised"`: t* = (b* - b) / se*, with HC0 standard
#'   errors of each replicate whose meat is halved, since squares of these weights have mean 2. Rows with `freq_weights`
#'   are so many rows.
#'
#' Quantiles stand at position (`n_boot` + 1) p among the sorted replicates, linear between neighbours. Each refit starts
#' from the estimates and halves its steps until the deviance falls; up to eight share a pass over the rows. The bits
#' depend on `seed` alone: not on threads, and they are the same in R and Python. A replicate whose data are separated has
#' infinite coefficients, which count as such in quantiles; the warning `bootstrap.refits_failed` tells how many.
#'
#' @param model A model.
#' @param n_boot Number of replicates, at least 2.
#' @param type `"parametric"` or `"weighted"`.
#' @param interval `"bca"` (`NULL`, parametric) or `"percentile"`; `"studentised"` (`NULL`, weighted).
#' @param level Coverage of the intervals, between 0 and 1.
#' @param seed Key of the random numbers, a whole number of at least 0.
#' @param data,y,weights,exposure,offset,freq_weights The rows of the fit again, for a model that was loaded; see
#'   [deciban_glm].
#' @param n_threads As in [fit_glm()].
#' @return An object of class `deciban_bootstrap`, a list of
#' - `intervals`: a data frame with columns `term`, `estimate`, `std_error` (standard deviation of the replicates),
#'   `lower`, `upper`; `NA` for aliased coefficients;
#' - `replicates`: a matrix, `n_boot` x p;
#' - `type`, `interval`, `level`, `seed`.
#' @section Errors:
#' `predict.no_law` (parametric, quasi families and Tweedie with `var_power = 1`), `predict.weights`, `model.no_data`,
#' `model.data_changed`, `bootstrap.wide_factor` (`"bca"` with a factor of 1,024 columns or more), `input.type`,
#' `input.interval`, `input.level`, `input.seed`, `input.argument`. Warnings: `bootstrap.few_replicates`,
#' `bootstrap.refits_failed`.
#' @references Efron, B. (1987) Better bootstrap confidence intervals. *JASA* 82, 171-185. Davison, A. C. and Hinkley, D.
#'   V. (1997) *Bootstrap Methods and their Application*. Newton, M. A. and Raftery, A. E. (1994) Approximate Bayesian
#'   inference with the weighted likelihood bootstrap. *J. R. Stat. Soc. B* 56, 3-48.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "negative_binomial")
#' bootstrap(model, n_boot = 199, seed = 1)
#' @export
bootstrap <- function(model, n_boot = 999, type = "parametric", interval = NULL, level = 0.95, seed = 0, data = NULL,
                      y = NULL, weights = NULL, exposure = NULL, offset = NULL, freq_weights = NULL,
                      n_threads = NULL) {
  call <- sys.call()
  require_model(model, call)
  vectors <- list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights)
  source <- given_source(model, data, vectors, y, call)
  arguments <- list(type = type, interval = interval, level = level, n_boot = n_boot, seed = seed)
  answer <- query_model(model, "bootstrap", arguments, source, call, n_threads)
  notes <- answer$notes
  intervals <- data.frame(notes[c("term", "estimate", "std_error", "lower", "upper")])
  replicates <- do.call(cbind, unclass(answer$table))
  structure(list(intervals = intervals, replicates = replicates, type = notes$type, interval = notes$interval,
    level = level, seed = seed), class = "deciban_bootstrap")
}

#' @export
print.deciban_bootstrap <- function(x, ...) {
  cat(sprintf("%s bootstrap of %d replicates, %s intervals of level %g\n", x$type, nrow(x$replicates), x$interval,
    x$level))
  print(as_printed_table(x$intervals))
  invisible(x)
}
