#' Simulate responses from a fitted model
#'
#' Draws from the law of the model at its estimates: the family at the fitted means, the dispersion of the fit and the
#' prior weights. A response of weight w is the mean of w responses: binomial responses come as shares of successes in w
#' trials, gamma responses with shape w / dispersion.
#'
#' R's random numbers play no part: `seed` alone decides, so that R and Python draw the same values. Each row of each
#' simulation has random numbers of its own.
#'
#' @param object A model.
#' @param nsim Number of simulations, at least 1.
#' @param seed Key of the random numbers, a whole number of at least 0.
#' @param newdata,exposure,offset,weights,unseen Simulate these rows instead of those of the fit, as in
#'   [predict.deciban_glm()].
#' @param n_threads As in [fit_glm()].
#' @param ... Not used: further arguments are an error.
#' @return A data frame with a column `sim_1`, `sim_2`, ... per simulation and a row per row of the fit, `NA` for rows
#'   without weight and, with `na_action = "exclude"`, for rows that the fit dropped; the attribute `seed`. Two-level
#'   responses are 0 and 1.
#' @section Errors:
#' `predict.no_law` (quasi families, Tweedie with `var_power = 1`), `predict.weights`, `model.no_data`,
#' `model.data_changed`, `input.seed`, `input.argument`.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' head(simulate(model, 3, seed = 1))
#' @importFrom stats simulate
#' @export
simulate.deciban_glm <- function(object, nsim = 1, seed = 0, newdata = NULL, exposure = NULL, offset = NULL,
                                 weights = NULL, unseen = NULL, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  if (is.null(seed)) seed <- 0
  if (is.null(newdata)) {
    source <- c(training_source(object, call), list(arguments = list(training = TRUE)))
  } else {
    columns <- list(exposure = substitute(exposure), offset = substitute(offset), weights = substitute(weights))
    beside <- query_model(object, "prediction_columns", call = call)$table$column
    source <- new_source(object, newdata, columns, function(name) get(name), beside,
      c(parent.frame(), formula_environment(object)), call, n_threads)
  }
  arguments <- c(source$arguments, list(nsim = nsim, seed = seed, unseen = unseen))
  answer <- query_model(object, "simulate", arguments, source, call, n_threads)
  labels <- if (is.null(answer$rows)) source$labels else answer$labels
  values <- answer$table
  if (!is.null(labels)) row.names(values) <- labels
  structure(values, seed = seed)
}
