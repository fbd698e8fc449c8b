#' More methods that R users expect
#'
#' The methods of package stats that work on a [stats::glm()] work on a fitted model, with the same results: `terms()`,
#' `model.frame()`, `extractAIC()`, `case.names()`, `variable.names()`, `dummy.coef()`, `labels()` and `alias()` here,
#' `coef()`, `deviance()`, `df.residual()`, `AIC()`, `BIC()`, `update()`, `getCall()`, `sigma()` by R's own methods. See
#' [deciban_glm] for the others.
#'
#' @param object,x,fit,formula A model.
#' @param full For `variable.names()`: also aliased coefficients.
#' @param scale Not used, as in [stats::extractAIC()] for a `glm`.
#' @param k Weight of the degrees of freedom; 2 for Akaike's criterion.
#' @param data The training data again, for a model that was loaded. `NULL`: the data of the call.
#' @param y,weights,exposure,offset,freq_weights Vectors that the fit got, when `data` is given.
#' @param ... Not used: further arguments are an error.
#' @return
#' - `terms()`: a terms object; a `.` in the formula is spelled out, for which the data are needed.
#' - `model.frame()`: a data frame of the rows that were kept: the response and the variables of the formula,
#'   evaluated as
#'   R does (a spline is a matrix column), with `(weights)` and `(offset)` (on the scale of the link, `log(exposure)`
#'   included) where the fit has them. `model.response()`, `model.weights()` and `model.offset()` read it. Functions
#'   that
#'   only the core knows are columns of the same name.
#' - `extractAIC()`: degrees of freedom (rank) and the criterion.
#' - `case.names()`: row names of the rows that were kept; `variable.names()`: names of the estimated coefficients.
#' - `dummy.coef()`: a list with the coefficients of each term by level, base levels included; numbers at 1, a basis by
#'   its columns.
#' - `labels()`: labels of the terms.
#' - `alias()`: the data frame of [aliased()].
#' @section Errors:
#' `model.no_data`, `model.data_changed`, `input.unknown_argument`.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' terms(model)
#' head(model.frame(model))
#' dummy.coef(model)
#' extractAIC(model)
#' @name deciban_stats
NULL

#' @rdname deciban_stats
#' @importFrom stats terms
#' @export
terms.deciban_glm <- function(x, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  formula <- x$formula
  data <- if ("." %in% all.vars(formula)) as_plain_frame(training_source(x, call)$data)
  stats::terms(formula, data = data)
}

# What stats' functions take as data: datasets and lists as data frames.
as_plain_frame <- function(data) {
  if (is.data.frame(data)) data else as.data.frame(data, optional = TRUE)
}

#' @rdname deciban_stats
#' @importFrom stats model.frame
#' @export
model.frame.deciban_glm <- function(formula, data = NULL, y = NULL, weights = NULL, exposure = NULL, offset = NULL,
                                    freq_weights = NULL, ...) {
  object <- formula
  call <- sys.call()
  require_no_more(call, ...)
  given <- list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights)
  source <- given_source(object, data, given, y, call)
  columns <- query_model(object, "training_columns", list(), source, call)
  rows <- if (is.null(columns$rows)) seq_len(nrow(columns$table)) else columns$rows
  frame <- evaluated_variables(object, source, rows, call)
  used <- object$call
  if (!is.null(used$weights) || !is.null(used$freq_weights)) {
    frame[["(weights)"]] <- columns$table$weights * columns$table$frequencies
  }
  if (!is.null(used$offset) || !is.null(used$exposure)) {
    # model.offset() adds the offset() terms, which are columns of their own
    terms <- frame[attr(attr(frame, "terms"), "offset")]
    frame[["(offset)"]] <- Reduce(`-`, terms, columns$table$offset)
  }
  frame
}

# The response and the variables of the formula over rows of the data.
evaluated_variables <- function(object, source, rows, call) {
  if (is_xy(object)) {
    response <- stats::setNames(list(source$frame[[object$statistics$response]]), object$statistics$response)
    whole <- data.frame(response, as.data.frame(source$data), check.names = FALSE)
    return(whole[rows, , drop = FALSE])
  }
  data <- as_plain_frame(source$data)
  trms <- stats::terms(object$formula, data = data)
  environment(trms) <- evaluation_environment(object)
  whole <- stats::model.frame(trms, data, na.action = stats::na.pass)
  whole <- whole[rows, , drop = FALSE]
  attr(whole, "terms") <- structure(attr(whole, "terms"), .Environment = formula_environment(object))
  whole
}

# Splines and other functions of formulas that are not attached, beneath the environment of the formula.
evaluation_environment <- function(object) {
  known <- list(bs = splines::bs, ns = splines::ns, center = function(x) x - mean(x, na.rm = TRUE))
  attached <- vapply(names(known), exists, logical(1), envir = formula_environment(object), mode = "function")
  list2env(known[!attached], parent = formula_environment(object))
}

#' @rdname deciban_stats
#' @importFrom stats extractAIC
#' @export
extractAIC.deciban_glm <- function(fit, scale = 0, k = 2, ...) {
  edf <- fit$statistics$nobs - fit$df.residual
  c(edf, fit$aic + (k - 2) * edf)
}

#' @rdname deciban_stats
#' @importFrom stats case.names
#' @export
case.names.deciban_glm <- function(object, full = FALSE, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  weights <- row_values(object, "prior_weights", training_source(object, call), call)
  labels <- if (is.null(names(weights))) as.character(seq_along(weights)) else names(weights)
  if (full) labels else labels[is.na(weights) | weights != 0]
}

#' @rdname deciban_stats
#' @importFrom stats variable.names
#' @export
variable.names.deciban_glm <- function(object, full = FALSE, ...) {
  require_no_more(sys.call(), ...)
  estimates <- object$coefficients
  if (full) names(estimates) else names(estimates)[!is.na(estimates)]
}

#' @rdname deciban_stats
#' @export
labels.deciban_glm <- function(object, ...) {
  require_no_more(sys.call(), ...)
  setdiff(term_list(object)$term, "(Intercept)")
}

# Terms of the model with their columns; offsets are left out.
term_list <- function(object) {
  info <- unclass(design_info(object))
  info <- as.data.frame(info, stringsAsFactors = FALSE)
  info[info$kind != "offset", , drop = FALSE]
}

#' @rdname deciban_stats
#' @importFrom stats alias
#' @export
alias.deciban_glm <- function(object, ...) {
  require_no_more(sys.call(), ...)
  aliased(object)
}

#' @rdname deciban_stats
#' @importFrom stats dummy.coef
#' @export
dummy.coef.deciban_glm <- function(object, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  info <- term_list(object)
  coefficients <- lapply(seq_len(nrow(info)), function(i) {
    if (info$kind[i] == "intercept") {
      return(object$coefficients[1])
    }
    if (grepl("basis", info$kind[i], fixed = TRUE)) {
      return(object$coefficients[info$first_column[i] + seq_len(info$columns[i]) - 1])
    }
    by_level(object, info$term[i], call)
  })
  structure(stats::setNames(coefficients, info$term), class = "dummy_coef", matrix = FALSE)
}

# Coefficients of a term without splines by level, numbers at 1.
by_level <- function(object, term, call) {
  ask <- function(at) {
    arguments <- list(term = term, scale = "link", absolute = TRUE, at = at)
    query_model(object, "rating_table", arguments, NULL, call)$table
  }
  info <- unclass(design_info(object))
  kinds <- strsplit(info$kind[info$term == term], " x ", fixed = TRUE)[[1]]
  variables <- strsplit(info$variables[info$term == term], ", ", fixed = TRUE)[[1]]
  numbers <- grepl("numeric|opaque", kinds)
  at <- if (any(numbers)) stats::setNames(as.list(rep(1, sum(numbers))), variables[numbers])
  table <- ask(at)
  factors <- vapply(table, is.factor, logical(1))
  values <- table$effect
  levels <- unname(lapply(table[factors], as.character))
  names(values) <- if (length(levels)) do.call(paste, c(levels, sep = ":")) else term
  values
}
