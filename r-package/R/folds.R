#' Folds of rows
#'
#' `folds()` shares rows out to folds, for encoders and cross-validation. The same seed gives the same folds in R and
#' Python, for any number of threads. `training_rows()` and `test_rows()` give the rows of one fold.
#'
#' - `"kfold"`: at random; sizes differ by one row at most, also within every run of 1,024 rows.
#' - `"stratified"`: the same within each of the `strata`.
#' - `"group"`: rows of a group stay together; groups in random order, each into the fold with the fewest rows.
#' - `"time"`: rolling origin. `time` is cut into `n_folds + 1` periods of whole values and about equal numbers of rows;
#'   fold k is tested on period k + 1 and trained on all periods before.
#'
#' @param n Number of rows; not needed with `strata`, `groups` or `time`.
#' @param n_folds Number of folds, from 2 to 32,767, at most as many as rows (groups).
#' @param scheme `"kfold"`, `"stratified"`, `"group"` or `"time"`.
#' @param strata,groups,time One value per row, as the scheme needs it; none may be missing.
#' @param n_repeats Independent repetitions; 1 for `"time"`.
#' @param seed Key of the random numbers, a whole number of at least 0.
#' @param n_threads As in [fit_glm()].
#' @param folds What `folds()` made.
#' @param fold,repetition Number of the fold and of the repetition, from 1.
#' @return `folds()`: an object of class `deciban_folds`, a list with `fold` (integer matrix, rows x repetitions: fold
#'   of each row, `NA` where it is never tested), `sizes` (data frame `repeat`, `fold`, `train_rows`, `test_rows`),
#'   `scheme`, `n_folds`, `n_repeats`, `seed`, `ordered` (training rows are those of earlier folds only) and `rows`.
#'   `training_rows()`, `test_rows()`: row numbers, ascending.
#' @section Errors:
#' `folds.scheme`, `folds.n_folds`, `folds.n_repeats`, `folds.too_few_rows`, `folds.too_few_groups`,
#' `folds.too_few_times`, `folds.by_missing`, `folds.unused_argument`, `folds.missing`, `data.length_mismatch`. Warning
#' `folds.small_stratum`.
#' @examples
#' shares <- folds(100, n_folds = 4, seed = 1)
#' shares
#' length(test_rows(shares, 1))
#' folds(groups = rep(1:10, each = 3), scheme = "group", n_folds = 3)
#' @export
folds <- function(n = NULL, n_folds = 5, scheme = "kfold", strata = NULL, groups = NULL, time = NULL, n_repeats = 1,
                  seed = 0, n_threads = NULL) {
  call <- match.call()
  vectors <- Filter(Negate(is.null), list(strata = strata, groups = groups, time = time))
  arguments <- list(n = n, n_folds = n_folds, scheme = scheme, n_repeats = n_repeats, seed = seed)
  made <- checked(core_make_folds(arguments, vectors, n_threads), call)
  raise_warnings(made$warnings, call)
  structure(c(list(fold = made$folds, sizes = made$sizes), made$notes), class = "deciban_folds")
}

#' @rdname folds
#' @export
training_rows <- function(folds, fold, repetition = 1) {
  of_row <- fold_column(folds, fold, repetition, sys.call())
  if (folds$ordered) which(is.na(of_row) | of_row < fold) else which(of_row != fold)
}

#' @rdname folds
#' @export
test_rows <- function(folds, fold, repetition = 1) {
  which(fold_column(folds, fold, repetition, sys.call()) == fold)
}

#' @export
print.deciban_folds <- function(x, ...) {
  repeats <- if (x$n_repeats > 1) sprintf(", %d repeats", x$n_repeats) else ""
  cat(sprintf("%d folds (%s) of %d rows%s\n", x$n_folds, x$scheme, x$rows, repeats))
  print(as_printed_table(x$sizes))
  invisible(x)
}

fold_column <- function(folds, fold, repetition, call) {
  require_class(folds, "deciban_folds", "folds", "Folds come from folds().", call)
  if (!repetition %in% seq_len(folds$n_repeats) || !fold %in% seq_len(folds$n_folds)) {
    raise_input("input.argument", sprintf("There is no fold %s of repetition %s.", fold, repetition),
      "Folds and repetitions are counted from 1.", call, list(argument = "fold"))
  }
  folds$fold[, repetition]
}

require_class <- function(object, class, argument, hint, call) {
  if (!inherits(object, class)) {
    raise_input("input.argument_type",
      paste0("Argument `", argument, "` cannot be an object of class ", class(object)[1], "."), hint, call,
      list(argument = argument, type = class(object)[1]))
  }
  invisible(object)
}
