#' Encoders of categorical columns
#'
#' `target_encoder()` encodes levels by their mean target, shrunk by credibility, and keeps for the training rows values
#' that do not depend on the row's own target, in not one bit. `predict()` encodes new rows from all training rows,
#' `fitted()` gives the values to train a model on. `frequency_encoder()` encodes levels by how often they occur,
#' `ordinal_encoder()` as whole numbers in an order that is kept. The same bits come out in R and Python.
#'
#' `target_encode()` gives the training values and the encoder at once, `apply_target_encoding()` is `predict()` by
#' another name.
#'
#' # Schemes
#' How the own target is kept out of the training values:
#' - `"ordered"`: running estimate over the earlier rows of the level in random orders, mean over `n_permutations` of
#'   them (CatBoost);
#' - `"kfold"`: from the other folds; `"group"`: the same, with folds that keep `groups` together; `"time"`: from
#'   earlier periods (rolling origin), where rows of the first period get the mean of other rows of that period;
#' - `"loo"`: from all other rows;
#' - `"full"`: the own target included.
#'
#' # Prior weight
#' A level with sum S over weight W gets (S + m p) / (W + m), with the collective mean p. m is a number, in units of
#' weight (of exposure, where given); `"auto"`: Buhlmann-Straub, the variance within over that between levels, where
#' levels are pooled if the latter is not positive; `"auto_ml"`: gamma-Poisson maximum likelihood, the better choice for
#' counts. p and m of a training row come without the row's own fold.
#'
#' # Terms
#' `columns` are names of columns, `"a:b"` for the joint levels of columns, or `"a/b"` for a hierarchy: pairs that
#' shrink to their level of `a`, which shrinks to the collective.
#'
#' @param data Data frame, as in [fit_glm()].
#' @param columns Terms, see there. Left out, also in `target_encoder(data, y)`: all columns of the data.
#' @param y Target: the name of a column, bare or quoted, an expression over columns, or one value per row. With
#'   `exposure`, the total (claims), not the rate.
#' @param weights,exposure As `y`: weights of at least 0, positive exposure. With exposure the encoding is a rate.
#' @param groups,time As `y`, for schemes `"group"` and `"time"`.
#' @param folds What [folds()] made, or one number per row, for schemes `"kfold"`, `"group"` and `"time"`.
#' @param scheme,prior_weight See above.
#' @param seed Key of the random orders and folds.
#' @param n_folds Folds of `"kfold"`, `"group"` and `"time"`; `"ordered"` and `"loo"` take prior and weight from as
#'   many.
#' @param n_permutations Random orders of `"ordered"`.
#' @param statistic `"mean"` (claims over exposure where `exposure` is given), `"rate"` (the same, and exposure must be
#'   given), `"log_odds"` (of that mean, for targets in \[0, 1\]) or `"quantile"` ((W q + m Q) / (W + m) with the
#'   quantiles q of the level and Q of all rows, of the target or of claims per exposure: type 7, where weights differ
#'   that of Akinshin (2023); `"auto"` then is the weight for means).
#' @param quantile For statistic `"quantile"`.
#' @param missing What missing values get: `"level"` (a level of their own), `"prior"` or `"nan"`; frequencies:
#'   `"level"` or `"nan"`; ordinals: `"nan"` or `"level"` (the last one).
#' @param unseen What levels without training rows get: `"prior"`, `"nan"` or `"error"`; frequencies: `"zero"`, `"nan"`
#'   or `"error"`; ordinals: `"nan"` or `"error"`.
#' @param min_rows Levels with fewer training rows are one level together; below a parent they take the parent's value.
#' @param hierarchy Child column = parent column, such as `c(model = "make")`: levels of the child shrink to those of
#'   the parent.
#' @param normalize `TRUE`: the share of all rows (all weight); `FALSE`: the number of rows (the weight).
#' @param order `"level"` (declared or sorted levels) or `"frequency"` (the most frequent first).
#' @param levels Orders that are given: a named list of levels by column. Other values are an error.
#' @param n_threads As in [fit_glm()]. It does not change the result.
#' @param object,encoder An encoder.
#' @param newdata Data frame with the columns of the fit.
#' @param what `"levels"` or `"terms"`.
#' @param ... Not used: further arguments are an error.
#' @return An object of class `deciban_encoder`: a list with `kind`, `terms`, `columns`, `options` and `document` (the
#'   text of its file, see [save_model()]). `predict()`, `fitted()`, `apply_target_encoding()`: a data frame with a
#'   numeric column per term. `target_encode()`: a list of `encoded` (data frame) and `encoder`. `encoder_table()`: a
#'   data frame with a row per level (`term`, `level`, `parent`, `rows`, `weight`, `mean`, `credibility`, `value`,
#'   `std_error`), or per term and depth of a hierarchy (`term`, `levels`, `collective`, `within`, `between`,
#'   `between_raw`, `prior_weight`, `note`).
#' @section Errors:
#' `encoder.target_missing`, `encoder.target_not_finite`, `encoder.target_range`, `encoder.counts` (`"auto_ml"` with
#' targets that are no counts), `encoder.weights`, `encoder.exposure`, `encoder.no_weight`, `encoder.hierarchy` (no
#' tree), `encoder.unseen_level`, `data.empty` (kind data); `encoder.scheme`, `encoder.prior_weight`,
#' `encoder.statistic`, `encoder.quantile`, `encoder.n_folds`, `encoder.n_permutations`, `encoder.exposure_missing`,
#' `encoder.columns`, `encoder.unused_argument`, `encoder.folds`, `encoder.levels`, `folds.*`, `data.unknown_column`
#' (kind input). Warning `encoder.constant_target`.
#' @references Micci-Barreca, D. (2001) A preprocessing scheme for high-cardinality categorical attributes, *SIGKDD
#'   Explorations* 3. Prokhorenkova, L. et al. (2018) CatBoost: unbiased boosting with categorical features. Buhlmann,
#'   H. and Gisler, A. (2005) *A Course in Credibility Theory and its Applications*. Akinshin, A. (2023) Weighted
#'   quantile estimators, arXiv:2304.07265.
#' @examples
#' policies <- simulate_portfolio(2000, seed = 1)
#' encoder <- target_encoder(policies, "region", claim_count, exposure = exposure, prior_weight = "auto_ml")
#' encoder
#' head(fitted(encoder)) # to train on
#' predict(encoder, data.frame(region = c("R24", "new")))
#' predict(frequency_encoder(policies, c("area", "region:area")), head(policies))
#' @export
target_encoder <- function(data, columns, y, weights = NULL, exposure = NULL, groups = NULL, time = NULL, folds = NULL,
                           scheme = "ordered", prior_weight = "auto", seed = 0, n_folds = 5, n_permutations = 4,
                           statistic = "mean", quantile = 0.5, missing = "level", unseen = "prior", min_rows = 0,
                           hierarchy = NULL, n_threads = NULL) {
  call <- match.call()
  if (missing(y)) return(eval(with_all_columns(call, data), parent.frame()))
  envs <- list(parent.frame())
  values <- list(
    y = capture_column(substitute(y), y, data, envs, call),
    weights = capture_column(substitute(weights), weights, data, envs, call),
    exposure = capture_column(substitute(exposure), exposure, data, envs, call),
    groups = capture_column(substitute(groups), groups, data, envs, call),
    time = capture_column(substitute(time), time, data, envs, call),
    folds = if (inherits(folds, "deciban_folds")) {
      fold_vector(folds, call)
    } else {
      capture_column(substitute(folds), folds, data, envs, call)
    })
  options <- list(columns = as.list(columns), scheme = scheme, prior_weight = prior_weight, seed = seed,
    n_folds = n_folds, n_permutations = n_permutations, statistic = statistic, quantile = quantile, missing = missing,
    unseen = unseen, min_rows = min_rows, hierarchy = if (length(hierarchy)) as.list(hierarchy), fold_base = 1)
  fit_encoder("target_encoder", options, values, data, n_threads, call)
}

# target_encoder(data, y) encodes all columns of the data.
with_all_columns <- function(call, data) {
  if (is.null(call$columns)) {
    raise_input("input.argument", "`y` was not given.",
      "Write target_encoder(data, columns, y), or target_encoder(data, y) for all columns.", call, list(argument = "y"))
  }
  call$y <- call$columns
  call$columns <- names(data)
  call
}

#' @rdname target_encoder
#' @export
frequency_encoder <- function(data, columns = names(data), weights = NULL, normalize = TRUE, missing = "level",
                              unseen = "zero", min_rows = 0, n_threads = NULL) {
  call <- match.call()
  values <- list(weights = capture_column(substitute(weights), weights, data, list(parent.frame()), call))
  options <- list(columns = as.list(columns), normalize = normalize, missing = missing, unseen = unseen,
    min_rows = min_rows)
  fit_encoder("frequency_encoder", options, values, data, n_threads, call)
}

#' @rdname target_encoder
#' @export
ordinal_encoder <- function(data, columns = names(data), order = "level", levels = NULL, missing = "nan",
                            unseen = "nan", n_threads = NULL) {
  options <- list(columns = as.list(columns), order = order, missing = missing, unseen = unseen,
    levels = if (length(levels)) lapply(levels, as.list))
  fit_encoder("ordinal_encoder", options, list(), data, n_threads, match.call())
}

#' @rdname target_encoder
#' @export
target_encode <- function(data, columns, y, weights = NULL, exposure = NULL, groups = NULL, time = NULL, folds = NULL,
                          scheme = "ordered", prior_weight = "auto", seed = 0, n_folds = 5, n_permutations = 4,
                          statistic = "mean", quantile = 0.5, missing = "level", unseen = "prior", min_rows = 0,
                          hierarchy = NULL, n_threads = NULL) {
  call <- match.call()
  call[[1]] <- target_encoder
  encoder <- eval(call, parent.frame())
  encoded <- encoder$training
  encoder$training <- NULL
  list(encoded = encoded, encoder = encoder)
}

#' @rdname target_encoder
#' @export
apply_target_encoding <- function(encoder, newdata, n_threads = NULL) {
  call <- sys.call()
  require_class(encoder, "deciban_encoder", "encoder", "Encoders come from target_encoder() and load_model().", call)
  encode_rows(encoder, newdata, n_threads, call)
}

#' @rdname target_encoder
#' @export
predict.deciban_encoder <- function(object, newdata, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  encode_rows(object, newdata, n_threads, call)
}

#' @rdname target_encoder
#' @export
fitted.deciban_encoder <- function(object, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  if (is.null(object$training)) {
    hint <- "Encode the training data again with target_encoder()."
    raise("data", "model.no_data", paste0("The encoder has no training rows: it was loaded from a file.\n", hint), hint,
      list(), call)
  }
  object$training
}

#' @rdname target_encoder
#' @export
encoder_table <- function(encoder, what = "levels") {
  call <- sys.call()
  require_class(encoder, "deciban_encoder", "encoder", "Encoders come from target_encoder() and load_model().", call)
  as_printed_table(checked(core_encoder_table(encoder$document, what), call))
}

#' @export
print.deciban_encoder <- function(x, ...) {
  name <- c(target_encoder = "Target encoder", frequency_encoder = "Frequency encoder",
    ordinal_encoder = "Ordinal encoder")[[x$kind]]
  cat(name, " of ", paste(x$terms, collapse = ", "), "\n", sep = "")
  if (x$kind == "target_encoder") print(encoder_table(x, "terms"))
  invisible(x)
}

fit_encoder <- function(kind, options, values, data, n_threads, call) {
  columns <- split_vectors(values)
  arguments <- Filter(Negate(is.null), c(options, columns$arguments, list(training = TRUE)))
  data <- readable(data, checked(core_encoder_references(arguments, names_of(data)), call), n_threads, call)
  frame <- encoder_frame(arguments, data, call)
  made <- checked(core_fit_encoder(kind, arguments, frame, columns$vectors, n_threads), call)
  raise_warnings(made$warnings, call)
  new_encoder(made)
}

# The columns of the data that the arguments of an encoder read.
encoder_frame <- function(arguments, data, call) {
  require_data(data, call)
  frame_columns(data, checked(core_encoder_references(arguments, names_of(data)), call))
}

names_of <- function(data) if (is.function(data)) character() else as.character(names(data))

new_encoder <- function(made) {
  about <- made$about
  structure(list(kind = about$kind, terms = about$terms, columns = about$columns, options = about$options,
    document = made$document, training = made$training), class = c(paste0("deciban_", about$kind), "deciban_encoder"))
}

encode_rows <- function(encoder, newdata, n_threads, call) {
  newdata <- readable(newdata, encoder$columns, n_threads, call)
  require_data(newdata, call)
  checked(core_encode(encoder$document, frame_columns(newdata, encoder$columns), n_threads), call)
}

# Folds of the only repetition.
fold_vector <- function(folds, call) {
  if (folds$n_repeats != 1L) {
    raise_input("encoder.folds", sprintf("`folds` has %d repeats; an encoder takes one.", folds$n_repeats),
      "Make them with n_repeats = 1.", call, list(n_repeats = folds$n_repeats))
  }
  folds$fold[, 1]
}
