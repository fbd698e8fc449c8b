#' Profile likelihood
#'
#' `profile()` gives points of the profile likelihood of coefficients: the deviance with the coefficient held at a
#' value and all others fitted. `confint(model, method = "profile")`, `coef_table(method = "profile")` and
#' `relativities(method = "profile")` have the intervals; they are solved for, not read off this grid.
#'
#' @param fitted A model of [fit_glm()] or [fit_glm_xy()].
#' @param parm Names or numbers of coefficients; all when left out. Aliased ones have no profile.
#' @param level The grid reaches as far as the Wald interval of this level.
#' @param steps Points on either side of the estimate.
#' @param n_threads As in [fit_glm()].
#' @param ... Not used: further arguments are an error.
#' @return A data frame with `term`, `value` (of the coefficient), `tau` (signed root of the rise of the deviance over
#'   the dispersion, which a normal law would make a straight line in `value`) and `deviance`.
#' @section Errors:
#' `input.parm`, `input.level`, `input.argument`, `model.no_data`, `model.data_changed`.
#' @source Venables and Ripley (2002), *Modern Applied Statistics with S*, 8.4.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' profile(model, "woolB", steps = 3)
#' confint(model, method = "profile")
#' @importFrom stats profile
#' @export
profile.deciban_glm <- function(fitted, parm, level = 0.99, steps = 10, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  chosen <- if (missing(parm)) NULL else as.list(coefficient_names(fitted, parm, call))
  arguments <- list(parm = chosen, level = level, steps = steps)
  query_model(fitted, "profile", arguments, training_source(fitted, call), call, n_threads)$table
}

# p x 2 limits by profile likelihood.
profile_limits <- function(object, names, level, call) {
  arguments <- list(parm = as.list(names), level = level)
  table <- query_model(object, "profile_intervals", arguments, training_source(object, call), call)$table
  matrix(c(table$lower, table$upper), ncol = 2, dimnames = list(table$term, percent_names(level)))
}

percent_names <- function(level) {
  paste(format(100 * c((1 - level) / 2, (1 + level) / 2), trim = TRUE, digits = 3), "%")
}

# Names of coefficients by names or numbers.
coefficient_names <- function(object, parm, call) {
  names <- names(object$coefficients)
  known <- if (is.character(parm)) parm %in% names else parm %in% seq_along(names)
  if (!all(known)) {
    raise_input("input.parm", paste0("There is no coefficient ", paste(parm[!known], collapse = ", "), "."),
      "See names(coef(model)).", call, list(parm = parm[!known]))
  }
  if (is.character(parm)) parm else names[parm]
}

# The argument `method` of intervals; only Wald intervals take another covariance.
require_method <- function(method, vcov, call, choices = c("wald", "profile")) {
  if (!is_text(method) || !method %in% choices) {
    raise_input("input.method", paste0("`method` is ", deparse_whole(method), "."),
      paste0("Use \"", paste(choices, collapse = "\", \""), "\"."), call, list(argument = "method", value = method))
  }
  if (method != "wald" && !is.null(vcov)) {
    raise_input("input.method", paste0("Intervals by method \"", method, "\" do not depend on `vcov`."),
      "Leave one of them out.", call, list(argument = "method", value = method))
  }
  invisible(method)
}
