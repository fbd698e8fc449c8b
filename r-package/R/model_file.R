#' Keep fitted models
#'
#' `save_model()` writes the model file, `load_model()` reads it; `model_to_json()` and `model_from_json()` do the same
#' with its text. R and Python read the same file, and a model predicts the same bits in both.
#'
#' The file is one UTF-8 JSON document without data: formula, columns and levels, family, coefficients, covariance,
#' figures of the fit and totals by level. It is written beside its place and moved there, so that a failure leaves an
#' old file as it was. Nothing in a file is ever evaluated. A model that was loaded predicts; its
#' [residuals()][deciban_glm] and [fitted()][deciban_glm] need the training data again (`data =`).
#'
#' @param model A model, an encoder ([target_encoder()], [woe_encoder()]), a binner ([bin_numeric()]) or a scorecard
#'   ([scorecard()]).
#' @param path Path of the file; `~` is expanded.
#' @param text What `model_to_json()` gave, in R or Python.
#' @return `load_model()` and `model_from_json()`: an object of class `deciban_glm` without `call`, or what else the
#'   file holds. `model_to_json()`:
#'   one text. `save_model()`: the path, invisibly.
#' @section Errors:
#' `io.write`, `io.read` (kind io); `format.json` (truncated, or no JSON), `format.foreign` (JSON, but no deciban
#' model), `format.newer` (a later schema), `format.kind`, `format.missing_key`, `format.invalid` (kind format).
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' path <- tempfile(fileext = ".json")
#' save_model(model, path)
#' again <- load_model(path)
#' identical(coef(again), coef(model))
#' identical(model_to_json(again), model_to_json(model))
#' @export
save_model <- function(model, path) {
  call <- sys.call()
  if (inherits(model, fitted_classes)) {
    checked(core_save_fitted(model$document, expand_path(path)), call)
    return(invisible(path))
  }
  if (inherits(model, "deciban_encoder")) {
    checked(core_save_encoder(model$document, expand_path(path)), call)
    return(invisible(path))
  }
  require_model(model, call)
  checked(core_save_model(model$document, expand_path(path)), call)
  invisible(path)
}

#' @rdname save_model
#' @export
load_model <- function(path) {
  call <- sys.call()
  model_of_text(checked(core_read_model_file(expand_path(path)), call), call)
}

#' @rdname save_model
#' @export
model_to_json <- function(model) {
  if (!inherits(model, c(fitted_classes, "deciban_encoder"))) require_model(model, sys.call())
  model$document
}

#' @rdname save_model
#' @export
model_from_json <- function(text) {
  model_of_text(text, sys.call())
}

# Classes that are no model, by the kind of their file.
fitted_classes <- c(binner = "deciban_binner", scorecard = "deciban_scorecard", woe_encoder = "deciban_woe",
  woe_preprocessor = "deciban_woe_preprocessor", credibility = "deciban_credibility")

# What the file holds.
model_of_text <- function(text, call) {
  kind <- checked(core_file_kind(text), call)
  if (kind == "credibility") {
    new_credibility(checked(core_fitted_from_json(text), call), call)
  } else if (kind %in% names(fitted_classes)) {
    new_fitted(checked(core_fitted_from_json(text), call), fitted_classes[[kind]])
  } else if (grepl("_encoder$", kind)) {
    new_encoder(checked(core_encoder_from_json(text), call))
  } else {
    new_model(checked(core_model_from_json(text), call))
  }
}

expand_path <- function(path) if (is_text(path)) path.expand(path) else path
