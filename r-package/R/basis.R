#' Splines and polynomials by themselves
#'
#' `basis()` learns a basis of one variable, as the functions of the same name in formulas do (see [fit_glm()]);
#' `predict()` evaluates it at new values.
#'
#' - `"bs"`: B-splines, `"ns"`: natural cubic splines, as [splines::bs()] and [splines::ns()]; beyond the boundary
#'   `"bs"` continues its outer polynomials and `"ns"` a straight line.
#' - `"ms"`: I-splines, which rise from 0 to 1 (with coefficients that are not negative their sum is monotone).
#' - `"poly"`: orthogonal polynomials as [stats::poly()]; with `raw = TRUE` the powers.
#' - `"scale"`: centred and divided by the standard deviation.
#'
#' @param x Numbers (or Date, POSIXct). `NA` is left out of the learning and gives a row of `NA`.
#' @param kind `"bs"`, `"ns"`, `"ms"`, `"poly"` or `"scale"`.
#' @param df Number of columns; inner knots are then quantiles of `x`. For splines.
#' @param knots Inner knots, instead of `df`.
#' @param degree Degree of the pieces (`"bs"` and `"ms"`: 3) or of the polynomial (`"poly"`: 1).
#' @param intercept `TRUE` keeps the first spline, so that the columns span the constant.
#' @param boundary Two numbers, the boundary knots; the range of `x` when left out.
#' @param raw `TRUE`: powers of `x` instead of orthogonal polynomials.
#' @param n_threads As in [fit_glm()].
#' @param object What `basis()` gave.
#' @param newx New values.
#' @param ... Not used: further arguments are an error.
#' @return A matrix of class `deciban_basis` with a row per value; columns are named by what a formula appends to the
#'   name of the term. The attribute `state` is the JSON text of all that was learned; Python reads it too.
#' @section Errors:
#' `formula.df`, `formula.degree`, `formula.knots`, `formula.constant` (kind formula), `input.kind`,
#' `input.unknown_argument` (the kind does not take it), `input.argument`, `data.not_numeric`.
#' @examples
#' curve <- basis(mtcars$wt, "bs", df = 5)
#' dim(curve)
#' predict(curve, c(2, 3.5))
#' basis(1:4, "poly", degree = 2, raw = TRUE)
#' @export
basis <- function(x, kind = "bs", df = NULL, knots = NULL, degree = NULL, intercept = FALSE, boundary = NULL,
                  raw = FALSE, n_threads = NULL) {
  call <- match.call()
  x <- basis_values(x, "x", call)
  # FALSE is what every kind does
  given <- function(flag) if (!identical(flag, FALSE)) flag
  arguments <- list(kind = kind, df = df, knots = knots, degree = degree, intercept = given(intercept),
    boundary = boundary, raw = given(raw))
  made <- checked(core_basis(Filter(Negate(is.null), arguments), x, n_threads), call)
  basis_matrix(made$values, made$names, made$state)
}

#' @rdname basis
#' @export
predict.deciban_basis <- function(object, newx, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  state <- attr(object, "state")
  values <- checked(core_basis_values(state, basis_values(newx, "newx", call), n_threads), call)
  basis_matrix(values, colnames(object), state)
}

#' @export
print.deciban_basis <- function(x, ...) {
  attr(x, "state") <- NULL
  print(unclass(x), ...)
  invisible(x)
}

basis_values <- function(x, name, call) {
  if (!is.numeric(x) && !inherits(x, c("Date", "POSIXct", "difftime"))) {
    hint <- "A basis is made of numbers or dates."
    raise("data", "data.not_numeric", paste0("`", name, "` is of class ", class(x)[1], ".\n", hint), hint,
      list(column = name), call)
  }
  x
}

basis_matrix <- function(values, names, state) {
  structure(values, dimnames = list(NULL, names), state = state, class = c("deciban_basis", "matrix"))
}
