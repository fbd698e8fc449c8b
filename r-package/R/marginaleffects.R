# Support of package marginaleffects by its documented extension points (?marginaleffects::get_coef and its kin):
# methods
# are registered when it is loaded, and the class is put into the option that lists supported ones (zzz.R).

#' @exportS3Method marginaleffects::get_coef
get_coef.deciban_glm <- function(model, ...) stats::coef(model)

# A copy with other coefficients: predictions follow them, all else is that of the fit.
#' @exportS3Method marginaleffects::set_coef
set_coef.deciban_glm <- function(model, coefs, ...) {
  call <- sys.call()
  estimates <- model$coefficients
  if (is.null(names(coefs))) estimates[] <- coefs else estimates[names(coefs)] <- coefs
  answer <- query_model(model, "with_coefficients", list(coefficients = unname(estimates)), NULL, call)
  model$coefficients <- estimates
  model$statistics <- answer$model$statistics
  model$document <- answer$model$document
  model
}

#' @exportS3Method marginaleffects::get_vcov
get_vcov.deciban_glm <- function(model, vcov = NULL, ...) {
  if (is.matrix(vcov)) {
    return(vcov)
  }
  if (is.null(vcov) || isTRUE(vcov)) {
    return(stats::vcov(model))
  }
  if (isFALSE(vcov)) {
    return(NULL)
  }
  stats::vcov(with_vcov(model, vcov))
}

#' @exportS3Method marginaleffects::get_predict
get_predict.deciban_glm <- function(model, newdata = NULL, type = "response", ...) {
  if (is.null(newdata)) newdata <- training_source(model, sys.call())$data
  if (is.null(type) || is.na(type)) type <- "response"
  estimate <- unname(stats::predict(model, newdata, type = type))
  rows <- if (is.null(newdata[["rowid"]])) seq_along(estimate) else newdata[["rowid"]]
  data.frame(rowid = rows, estimate = estimate)
}
