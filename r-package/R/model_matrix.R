#' Design matrices and what is in them
#'
#' `model_matrix()` writes out the columns of a design, for a look at them and for solvers of your own; fits never make
#' them. `design_info()` lists what each term became: columns, levels, base levels, knots.
#'
#' For a formula the design is learned from `data`; rows with a missing value in a used column are dropped. For a model
#' the design of the fit is applied to `data`: the same knots, levels and other learned state; rows with a missing value
#' stay and hold `NA`.
#'
#' @param x A formula (one- or two-sided) or its text, as in [fit_glm()], or a fitted model.
#' @param object A fitted model.
#' @param data Data frame, named list, dataset or source of chunks (see [dataset()]). For a model `NULL` means the rows of the fit; `design_info()` of a model needs
#'   no data.
#' @param sparse `TRUE` stores only the values that are not 0, as a `dgCMatrix` (package Matrix).
#' @param contrasts For a formula: as in [fit_glm()].
#' @param na_action For a formula: `"omit"`, `"exclude"` (the same here) or `"fail"`.
#' @param unseen For a model: `"error"`, `"missing"` or `"reference"`; `NULL` as in the fit.
#' @param n_threads As in [fit_glm()].
#' @param weights,exposure For a formula: columns as in [fit_glm()]; the level with most of it is the base of
#'   `C(x, base = "largest")`.
#' @param ... For the method: arguments of `model_matrix()`.
#' @return `model_matrix()`: a numeric matrix or `dgCMatrix` with R's column names, the row names of the rows that were
#'   kept, and the attributes `assign` (the term of each column, 0 for the intercept) and `term_labels`.
#'   `design_info()`: a data frame with a row per term and the columns `term`, `variables`, `columns` (number),
#'   `first_column`, `kind` and `details`; it prints with the core's text, as in Python.
#' @section Errors:
#' As [fit_glm()]; `input.argument_type` unless `x` is a formula or a model, `input.data` for a formula without data,
#' `input.contrasts` (also for contrasts with a model), `data.unseen_level`, `predict.opaque_missing`,
#' `package.missing` (Matrix is not installed).
#' @seealso [basis()] for splines and polynomials by themselves.
#' @examples
#' head(model_matrix(~ wool * tension, warpbreaks))
#' model_matrix(~ 0 + tension, warpbreaks[c(1, 10, 20), ], contrasts = list(tension = "sum"))
#' model <- fit_glm(mpg ~ bs(wt, df = 4) + factor(cyl), mtcars, "gamma")
#' design_info(model)
#' model_matrix(model, data.frame(wt = 3, cyl = c(4, 8)))
#' @export
model_matrix <- function(x, data, sparse = FALSE, contrasts = NULL, na_action = "omit", unseen = NULL,
                         n_threads = NULL, weights = NULL, exposure = NULL) {
  call <- match.call()
  if (inherits(x, "deciban_glm")) {
    return(matrix_of_model(x, if (!missing(data)) data, sparse, contrasts, unseen, n_threads, call))
  }
  written <- design_formula(x, parent.frame(), call)
  if (missing(data)) raise_formula_data(call)
  data <- readable(data, c(words_of(written$expression), words_of(substitute(weights), weights),
    words_of(substitute(exposure), exposure)), n_threads, call)
  require_data(data, call)
  envs <- list(parent.frame(), written$environment)
  columns <- split_vectors(list(weights = capture_column(substitute(weights), weights, data, envs, call),
    exposure = capture_column(substitute(exposure), exposure, data, envs, call)))
  arguments <- c(list(formula = written$text, contrasts = read_contrasts(contrasts, call), na_action = na_action,
    unseen = unseen, sparse = sparse), columns$arguments)
  matrix_of_formula(written, arguments, data, columns$vectors, n_threads, call)
}

#' @rdname model_matrix
#' @export
model.matrix.deciban_glm <- function(object, data = NULL, ...) {
  if (is.null(data)) model_matrix(object, ...) else model_matrix(object, data, ...)
}

#' @rdname model_matrix
#' @export
design_info <- function(x, data = NULL, contrasts = NULL, weights = NULL, exposure = NULL, n_threads = NULL) {
  call <- match.call()
  if (inherits(x, "deciban_glm")) {
    refuse_contrasts(contrasts, call)
    return(as_printed_table(checked(core_design_info_of(x$document), call)))
  }
  written <- design_formula(x, parent.frame(), call)
  if (is.null(data)) raise_formula_data(call)
  data <- readable(data, c(words_of(written$expression), words_of(substitute(weights), weights),
    words_of(substitute(exposure), exposure)), n_threads, call)
  require_data(data, call)
  envs <- list(parent.frame(), written$environment)
  columns <- split_vectors(list(weights = capture_column(substitute(weights), weights, data, envs, call),
    exposure = capture_column(substitute(exposure), exposure, data, envs, call)))
  arguments <- c(list(formula = written$text, contrasts = read_contrasts(contrasts, call)), columns$arguments)
  used <- formula_frame(written, arguments, data, call)
  as_printed_table(checked(core_design_info(arguments, used$frame, columns$vectors, n_threads), call))
}

design_formula <- function(x, caller, call) {
  if (!is_text(x) && !inherits(x, "formula")) {
    raise_input("input.argument_type",
      paste0("Argument `x` takes a formula or a fitted model, not an object of class ", class(x)[1], "."),
      "Write model_matrix(~ a + b, data) or model_matrix(model, data).", call,
      list(argument = "x", type = class(x)[1]))
  }
  read_formula(x, caller, call)
}

raise_formula_data <- function(call) {
  raise_input("input.data", "A formula by itself has no columns: `data` is missing.",
    "Give the data, or a fitted model instead of the formula.", call, list(argument = "data"))
}

refuse_contrasts <- function(contrasts, call) {
  if (!is.null(contrasts)) {
    raise_input("input.contrasts", "`contrasts` was given for a fitted model, which has those of its fit.",
      "Leave `contrasts` out.", call, list(argument = "contrasts"))
  }
}

matrix_of_formula <- function(written, arguments, data, vectors, n_threads, call) {
  require_matrix_package(arguments$sparse, call)
  used <- formula_frame(written, arguments, data, call)
  parts <- checked(core_model_matrix(arguments, used$frame, vectors, n_threads), call)
  design_matrix(parts, used$frame$rows, row_labels(data))
}

matrix_of_model <- function(model, data, sparse, contrasts, unseen, n_threads, call) {
  refuse_contrasts(contrasts, call)
  require_matrix_package(sparse, call)
  kept <- NULL
  if (is.null(data)) {
    source <- training_source(model, call)
    data <- source$data
    kept <- checked(core_row_values(model$document, "fitted", source$frame, source$vectors, n_threads), call)$rows
  }
  data <- readable(data, c(checked(core_required_columns(model$document, FALSE), call), words_of(model$formula)),
    n_threads, call)
  if (!is.matrix(data)) require_data(data, call)
  frame <- new_frame(model, data, character(), call)
  arguments <- list(unseen = unseen, sparse = sparse)
  parts <- checked(core_model_matrix_of(model$document, arguments, frame, n_threads), call)
  made <- design_matrix(parts, frame$rows, row_labels(data))
  if (is.null(kept)) {
    return(made)
  }
  labelled <- function(rows) structure(rows, assign = attr(made, "assign"), term_labels = attr(made, "term_labels"))
  labelled(made[kept, , drop = FALSE])
}

# A design learned from `data`, on new rows: what a fit and predict() do, for formulas without a fit.
model_matrix_new <- function(formula, data, newdata, contrasts = NULL, na_action = "omit", unseen = NULL) {
  call <- match.call()
  written <- design_formula(formula, parent.frame(), call)
  arguments <- list(formula = written$text, contrasts = read_contrasts(contrasts, call), na_action = na_action)
  learned <- formula_frame(written, arguments, data, call)
  fresh <- formula_frame(written, arguments["formula"], newdata, call)
  parts <- checked(core_model_matrix_new(arguments, learned$frame, list(unseen = unseen), fresh$frame, NULL), call)
  design_matrix(parts, fresh$frame$rows, row_labels(newdata))
}

require_matrix_package <- function(sparse, call) {
  if (isTRUE(sparse) && !requireNamespace("Matrix", quietly = TRUE)) {
    raise_input("package.missing", "Sparse matrices need the package Matrix, which is not installed.",
      "install.packages(\"Matrix\"), or use sparse = FALSE.", call, list(package = "Matrix"))
  }
}

# From what the core made of `rows` rows with these labels.
design_matrix <- function(parts, rows, labels) {
  kept <- if (is.null(parts$rows)) seq_len(rows) else parts$rows
  names <- list(if (is.null(labels)) as.character(kept) else labels[kept], parts$names)
  if (is.null(parts$p)) {
    made <- structure(parts$values, dim = parts$dim, dimnames = names)
  } else {
    made <- methods::new("dgCMatrix", i = parts$i, p = parts$p, x = parts$values, Dim = parts$dim, Dimnames = names)
  }
  structure(made, assign = parts$assign, term_labels = parts$terms)
}
