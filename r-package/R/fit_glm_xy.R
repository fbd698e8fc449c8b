#' Fit a generalised linear model on a design of your own
#'
#' As [fit_glm()], but the columns of `X` are the design: they are used as they are, in place, and no intercept is added
#' unless you ask for it.
#'
#' @inheritParams fit_glm
#' @param X Numeric, integer or logical matrix of n rows and p columns, or a data frame of such columns. Coefficients
#'   are named by the columns, `x1` to `xp` where a matrix has no names.
#' @param y Response, n values.
#' @param weights,exposure,offset,freq_weights `NULL`, a vector of n values, or the name of a column of `X`; as in
#'   [fit_glm()] otherwise. Here they are ordinary arguments: bare names are variables.
#' @param intercept `TRUE` puts a column of ones before those of `X`.
#' @return An object of class `deciban_glm`, see [fit_glm()]. Its `predict()` takes a matrix with the columns of `X` (by
#'   name when it has names, else by position) or a data frame.
#' @section Errors:
#' As [fit_glm()]; `data.length_mismatch` also when `X` and `y` differ, `data.dimension` when `X` has no columns,
#' `data.unsupported_type` when it is no numeric matrix (sparse matrices are not supported yet).
#' @examples
#' X <- model.matrix(~ wool + tension, warpbreaks)
#' fit_glm_xy(X, warpbreaks$breaks, "poisson")
#' @export
fit_glm_xy <- function(X, y, family, link = NULL, weights = NULL, exposure = NULL, offset = NULL, var_power = NULL,
                       theta = NULL, variance = NULL, freq_weights = NULL, na_action = "omit", vcov = "model",
                       rank_tol = 1e-7, max_iter = 100, strict = FALSE, intercept = FALSE, n_threads = NULL) {
  call <- match.call()
  caller <- parent.frame()
  require_design(X, call)
  columns <- split_vectors(list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights))
  clusters <- read_vcov(vcov, call)
  words <- read_family(list(family = if (missing(family)) NULL else family, link = link, var_power = var_power,
    theta = theta, variance = variance), call)
  arguments <- c(words, columns$arguments, list(na_action = na_action, vcov = clusters$text, rank_tol = rank_tol,
    max_iter = max_iter, strict = strict, intercept = intercept))
  beside <- outside_columns(setdiff(clusters$columns, c(names(clusters$vectors), colnames(X))), list(y = y),
    clusters$environment)
  frame <- if (is.matrix(X)) frame_matrix(X) else frame_columns(X, names(X))
  fit <- checked(core_fit_glm_xy(arguments, frame, c(columns$vectors, list(y = y), clusters$vectors, beside),
    n_threads), call)
  model <- new_model(fit, NULL, call, caller, vectors = columns$vectors)
  raise_warnings(model$statistics$warnings, call)
  model
}

require_design <- function(X, call) {
  if (!(is.matrix(X) && (is.numeric(X) || is.logical(X))) && !is.data.frame(X) && !is_dataset(X)) {
    raise_input("data.unsupported_type",
      paste0("`X` cannot be an object of class ", class(X)[1], if (is.matrix(X)) paste(" of type", typeof(X)), "."),
      "Use a numeric matrix (as.matrix() makes one of a sparse matrix) or a data frame of numeric columns.", call,
      list(argument = "X", type = class(X)[1]))
  }
  if (ncol(X) == 0L) {
    raise_input("data.dimension", "`X` has no columns.", "A design has at least one.", call, list(argument = "X"))
  }
}
