#' Out-of-fold predictions
#'
#' `cross_fit()` fits a model once per fold on its training rows and predicts its test rows. Everything that is learned
#' from data is learned again in each fold, from its training rows alone: coefficients, encoders (`te()`, `fe()`),
#' knots, levels.
#'
#' @param formula,data,family,link,weights,exposure,offset,n_threads As in [fit_glm()].
#' @param folds What [folds()] made for the rows of `data`, or a fold per row, from 1 (`NA`: never tested).
#' @param ... Further arguments of [fit_glm()], such as `unseen = "reference"` for levels that the training rows of a
#'   fold have not.
#' @return An object of class `deciban_cross_fit`, a list with `predictions` (matrix, rows x repetitions: means on the
#'   scale of the response, `NA` for rows that are never tested or have a missing value), `deviance` and `weight`
#'   (totals of the test rows by repetition) and `table` (data frame `repeat`, `fold`, `train_rows`, `test_rows`,
#'   `weight`, `deviance`, `train_deviance`).
#' @section Errors:
#' `cross_fit.folds`, `data.length_mismatch`, `data.unseen_level`, and those of [fit_glm()].
#' @examples
#' policies <- simulate_portfolio(600, seed = 1)
#' shares <- folds(600, n_folds = 3, seed = 1)
#' cross_fit(claim_count ~ te(region), policies, shares, "poisson", exposure = exposure)
#' @export
cross_fit <- function(formula, data, folds, family, link = NULL, weights = NULL, exposure = NULL, offset = NULL, ...,
                      n_threads = NULL) {
  call <- match.call()
  caller <- parent.frame()
  written <- read_formula(if (missing(formula)) NULL else formula, caller, call)
  data <- readable(data, c(words_of(written$expression), words_of(substitute(weights), weights),
    words_of(substitute(exposure), exposure), words_of(substitute(offset), offset)), n_threads, call)
  require_data(data, call)
  envs <- list(caller, written$environment)
  columns <- split_vectors(list(
    weights = capture_column(substitute(weights), weights, data, envs, call),
    exposure = capture_column(substitute(exposure), exposure, data, envs, call),
    offset = capture_column(substitute(offset), offset, data, envs, call)))
  more <- list(...)
  words <- read_family(list(family = if (missing(family)) NULL else family, link = link, var_power = more$var_power,
    theta = more$theta, variance = more$variance), call)
  if (!is.null(more$contrasts)) more$contrasts <- read_contrasts(more$contrasts, call)
  more[c("var_power", "theta", "variance")] <- NULL
  arguments <- c(list(formula = written$text), words, columns$arguments, more)
  used <- formula_frame(written, arguments, data, call)
  by_repeat <- if (inherits(folds, "deciban_folds")) folds$fold else matrix(folds, ncol = 1)
  of_row <- lapply(seq_len(ncol(by_repeat)), function(r) by_repeat[, r])
  names(of_row) <- sprintf("fold_%d", seq_along(of_row))
  settings <- list(fold_base = 1, ordered = inherits(folds, "deciban_folds") && folds$ordered)
  made <- checked(core_cross_fit(arguments, used$frame, columns$vectors, of_row, settings, n_threads), call)
  raise_warnings(made$warnings, call)
  predictions <- as.matrix(made$predictions)
  dimnames(predictions) <- NULL
  structure(list(predictions = predictions, deviance = as.double(made$notes$deviance),
    weight = as.double(made$notes$weight), table = made$table), class = "deciban_cross_fit")
}

#' @export
print.deciban_cross_fit <- function(x, ...) {
  cat("Out-of-fold deviance by repeat:", paste(format(x$deviance, digits = 8), collapse = ", "), "\n")
  print(as_printed_table(x$table))
  invisible(x)
}
