#' Goodness of fit, overdispersion, and the link
#'
#' `goodness_of_fit()` compares deviance and Pearson's chi-squared with chi-squared on the residual degrees of
#' freedom. That law holds for counts and proportions with means that are not small (grouped data, fitted counts of 5
#' and more), not for single policies or 0/1 responses. Where the dispersion is estimated from the same statistic
#' there is no test (`NA`).
#'
#' `overdispersion_test()` asks of a poisson or binomial model whether the responses vary more than the model says;
#' all tests are one-sided, against the normal law. Poisson: with counts y (rates times their weights) and means mu,
#' - `cameron_trivedi`: t of alpha in the regression of ((y - mu)^2 - y) / mu on mu (`power = 2`, variance mu + alpha
#'   mu^2) or on 1 (`power = 1`, variance (1 + alpha) mu), without intercept;
#' - `dean_quadratic`: sum((y - mu)^2 - y) / sqrt(2 sum(mu^2)), the score test against a negative binomial;
#' - `dean_linear`: sum(((y - mu)^2 - y) / mu) / sqrt(2 n), against variance proportional to the mean.
#'
#' Binomial with m trials (weights): `dean_beta_binomial`, the score test against extra-binomial variation; `NA` where
#' every m is 1.
#'
#' `link_test()` asks whether the square of the linear predictor would be a term: if so, the link or the form of the
#' terms is wrong. Score test (no fit), likelihood ratio and Wald test of that term after a fit; F where the
#' dispersion is estimated, else chi-squared (the score test always).
#'
#' @param model A model of [fit_glm()] or [fit_glm_xy()].
#' @param power 1 or 2, see above.
#' @param n_threads As in [fit_glm()].
#' @return Data frames: `goodness_of_fit()` and `link_test()` with `test`, `statistic`, `df`, `p_value`;
#'   `overdispersion_test()` with `test`, `statistic`, `p_value`, `estimate` (of alpha). That of `link_test()` has the
#'   attributes `estimate` and `std_error` of the coefficient.
#' @section Errors:
#' `overdispersion.family` for other families, `input.argument`, `model.no_data`, `model.data_changed`.
#' @source McCullagh and Nelder (1989), 4.4; Cameron and Trivedi (1990), *Journal of Econometrics* 46, 347-364; Dean
#'   (1992), *JASA* 87, 451-457; Pregibon (1980), *Applied Statistics* 29, 15-24.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' goodness_of_fit(model)
#' overdispersion_test(model)
#' link_test(model)
#' @export
goodness_of_fit <- function(model) {
  call <- sys.call()
  require_model(model, call)
  query_model(model, "goodness_of_fit", list(), NULL, call)$table
}

#' @rdname goodness_of_fit
#' @export
overdispersion_test <- function(model, power = 2, n_threads = NULL) {
  call <- sys.call()
  require_model(model, call)
  query_model(model, "overdispersion_test", list(power = power), training_source(model, call), call, n_threads)$table
}

#' @rdname goodness_of_fit
#' @export
link_test <- function(model, n_threads = NULL) {
  call <- sys.call()
  require_model(model, call)
  answer <- query_model(model, "link_test", list(), training_source(model, call), call, n_threads)
  structure(answer$table, estimate = answer$notes$estimate, std_error = answer$notes$std_error)
}
