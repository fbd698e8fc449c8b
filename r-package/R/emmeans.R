# Support of package emmeans by its documented hooks (vignette "extending"): registered when emmeans is loaded.

#' @exportS3Method emmeans::recover_data
recover_data.deciban_glm <- function(object, data = NULL, ...) {
  call <- sys.call()
  if (is.null(data)) data <- as_plain_frame(training_source(object, call)$data)
  trms <- stats::delete.response(stats::terms(object))
  environment(trms) <- evaluation_environment(object)
  # the frame of the call may be gone: the data are handed over
  fitted_by <- object$call
  fitted_by[c("weights", "offset", "exposure", "freq_weights")] <- NULL
  emmeans::recover_data(fitted_by, trms, na.action = NULL, data = data, pwts = prior_weights_of(object, data), ...)
}

prior_weights_of <- function(object, data) {
  weights <- stats::weights(object)
  if (length(weights) == nrow(data)) unname(weights)
}

#' @exportS3Method emmeans::emm_basis
emm_basis.deciban_glm <- function(object, trms, xlev, grid, vcov. = NULL, ...) {
  X <- model_matrix(object, grid)
  attributes(X) <- attributes(X)[c("dim", "dimnames")]
  estimates <- stats::coef(object)
  kept <- !is.na(estimates)
  nbasis <- estimability::all.estble
  if (!all(kept)) nbasis <- estimability::nonest.basis(as.matrix(model_matrix(object)))
  covariance <- if (is.null(vcov.)) stats::vcov(object) else if (is.function(vcov.)) vcov.(object) else vcov.
  if (nrow(covariance) == length(kept)) covariance <- covariance[kept, kept, drop = FALSE]
  df <- if (object$statistics$statistic == "z") Inf else object$df.residual
  misc <- list()
  if (inherits(object$family, "family")) misc <- emmeans::.std.link.labels(object$family, misc)
  list(X = X, bhat = estimates, nbasis = nbasis, V = covariance, dffun = function(k, dfargs) dfargs$df,
    dfargs = list(df = df), misc = misc)
}
