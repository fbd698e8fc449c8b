#' Bins of numbers, groups of levels
#'
#' `bin_numeric()` finds the bins of one variable or of all columns of a data frame; `predict()` puts rows into them.
#' One definition (edges and the closed end, groups of levels, special codes, missing) serves fit, table, prediction,
#' file and SQL. The outer bins reach to `-Inf` and `Inf`, which they contain. Characters, factors and logical vectors
#' get groups of levels.
#'
#' - `"optimal"`: the partition of `max_prebins` fine intervals that has the greatest information value (binary), mean
#'   one-vs-rest information value (multiclass), or share of deviance explained (others), by dynamic programming: exact
#'   under every rule below.
#' - `"tree"`: best-first binary splits. `"quantile"` (or `"kbins"`): equal weights. `"uniform"`: equal widths.
#'   `"kmeans"` (or `"faiss_kmeans"`): the exact one-dimensional k-means partition. `"mdlp"`: entropy splits with Fayyad
#'   and Irani's stopping rule. `"chimerge"`: Kerber's merging of neighbours. `"isotonic"`: blocks of the isotonic
#'   regression. Levels are always grouped as by `"optimal"`, in the order of their rates.
#'
#' @param x A vector, or a data frame whose columns are binned; for `plot()` what `bin_numeric()` gave.
#' @param y Response without missing values: a vector, or the name of a column of `x` (which is not binned then). `NULL`
#'   for `"quantile"`, `"uniform"`, `"kmeans"` and `splits`. For `plot()` the name of the variable.
#' @param method See below.
#' @param target `"binary"` (also shares in \[0, 1\]), `"multiclass"`, `"counts"`, `"continuous"` or `"none"`. By
#'   default 0/1 or two levels are binary, more levels multiclass, a response with `exposure` counts, other numbers
#'   continuous.
#' @param min_bins,max_bins Number of bins, without those of missing values and special codes. `max_bins = NULL`: as
#'   many as the other rules allow; 10 for `"quantile"`, `"uniform"` and `"kmeans"`.
#' @param min_bin_size Least share of the weight in a bin. 0.05 when left out, but 0 for `"quantile"`, `"uniform"`,
#'   `"kmeans"` and `"mdlp"`, and where all of `splits` are fixed.
#' @param min_bin_events,min_bin_non_events Least (weighted) events and non-events in a bin; claims for counts, rows of
#'   each class for multiclass.
#' @param monotonic Shape of the rate by the number of the bin: `"none"`, `"increasing"`, `"decreasing"`, `"auto"`
#'   (increasing or decreasing, whichever gives more), `"peak"`, `"valley"`, `"convex"`, `"concave"`.
#' @param min_rate_diff Least difference between the rates of neighbours.
#' @param max_p_value Largest p-value of the test that neighbours have the same rate (Pearson; Poisson rates; Welch).
#'   Weights count as (sum w)^2 / sum w^2 rows. For `"chimerge"` the level of its test (0.05 when it is 1).
#' @param max_prebins Intervals that `"optimal"` starts from, where a column has more distinct values. To a grid of
#'   equal weights it adds the cuts of a tree with 20 leaves.
#' @param closed `"right"`: intervals (a, b]; `"left"`: \[a, b).
#' @param splits Edges to choose from (`"optimal"`) or to take as they are; with `per_variable` for one column.
#' @param fixed `TRUE`, or a logical value per split: it must be an edge of the result.
#' @param special_codes Numbers that are no measurements, each with a bin of its own; a named list gives each name a
#'   bin.
#' @param special,missing `"separate"`: a bin of their own; `"nearest"`: part of the bin with the nearest rate at which
#'   the shape still holds.
#' @param smoothing Pseudo-rows, in the proportion of the portfolio, of the weight of evidence in tables and
#'   predictions.
#' @param var_power Of a continuous response: 0 squared error, 2 gamma, between 1 and 2 Tweedie deviance.
#' @param pairs List of pairs of names: two-dimensional bins `a:b`, the cells of the grid of their own bins, which are
#'   grouped in the order of their rates by the same programme. They are further columns of `predict()`.
#' @param per_variable Named list of lists: arguments that replace the common ones for a column, such as
#'   `list(age = list(monotonic = "decreasing"))`.
#' @param weights At least 0; rows of weight 0 count for nothing. A vector, or the name of a column of `x`.
#' @param exposure Of counts; above 0. A vector, or the name of a column of `x`.
#' @param n_threads As in [fit_glm()].
#' @param object,binner What `bin_numeric()` gave.
#' @param newdata A data frame with the columns of the fit, or a vector when there is one.
#' @param type `"bin"`: number of the bin, from 0 (-1 for a level that has none), `"label"`: a factor for display,
#'   `"rate"`: event rate, mean, or claims per exposure of its training rows, `"woe"`: its weight of evidence (binary).
#' @param variable Name of a variable; not needed when there is one.
#' @param alpha 1 - coverage of the intervals. They hold given the bins, and do not know that these were found by
#'   looking at the response.
#' @param ... Not used: further arguments are an error.
#' @return `bin_numeric()`: an object of class `deciban_binner`. `predict()`: a data frame, or a vector where `newdata`
#'   is one. `binning_table()`: a data frame with one row per bin: `bin`, `label`, `lower`, `upper`, `count`, `share`,
#'   and by the response `events`, `non_events`, `event_rate`, `event_rate_lower`, `event_rate_upper`, `woe`, `woe_se`,
#'   `woe_lower`, `woe_upper`, `iv`; or `claims`, `exposure`, `rate`, `relativity`; or `weight`, `mean`, `relativity`;
#'   or `n_CLASS`, `rate_CLASS` per class. Where a bin lacks events or non-events, its `iv` adds 0.5 to both.
#'   `summary()`: one row per variable. `plot()`: a ggplot object of one variable.
#' @section Errors:
#' `binning.infeasible` (names the rules in conflict), `binning.target`, `binning.weights`, `binning.exposure`,
#' `binning.method`, `binning.monotonic`, `binning.closed`, `binning.splits`, `binner.output`, `binner.variable`,
#' `input.argument`, `input.unknown_argument`, `input.no_variables`, `input.alpha`, `data.length_mismatch`,
#' `data.unknown_column`; `binning.one_class`, `data.missing` (in `y`), `data.not_numeric` (kind data). Warnings
#' `binning.few_values` (more bins asked for than distinct values), `binning.no_values`.
#' @references Fayyad, U. and Irani, K. (1993) Multi-interval discretization of continuous-valued attributes. Kerber, R.
#'   (1992) ChiMerge. Aggarwal, A. et al. (1987) Geometric applications of a matrix-searching algorithm. Breiman, L. et
#'   al. (1984) *Classification and Regression Trees*.
#' @examples
#' bins <- bin_numeric(mtcars[c("wt", "hp")], mtcars$am, max_bins = 3, monotonic = "auto", min_bin_size = 0.1)
#' bins
#' binning_table(bins, "wt")
#' predict(bins, data.frame(wt = c(-Inf, 3, NA), hp = 100), type = "woe")
#' @export
bin_numeric <- function(x, y = NULL, method = "optimal", target = NULL, min_bins = 1, max_bins = NULL,
                        min_bin_size = NULL, min_bin_events = 0, min_bin_non_events = 0, monotonic = "none",
                        min_rate_diff = 0, max_p_value = 1, max_prebins = 100, closed = "right", splits = NULL,
                        fixed = NULL, special_codes = NULL, special = "separate", missing = "separate", smoothing = 1,
                        var_power = 0, pairs = NULL, per_variable = NULL, weights = NULL, exposure = NULL,
                        n_threads = NULL) {
  call <- match.call()
  values <- list(y = y, weights = weights, exposure = exposure)
  rows <- response_columns(x, values, call)
  arguments <- given(list(method = method, target = target, min_bins = min_bins, max_bins = max_bins,
    min_bin_size = min_bin_size, min_bin_events = min_bin_events, min_bin_non_events = min_bin_non_events,
    monotonic = monotonic, min_rate_diff = min_rate_diff, max_p_value = max_p_value, max_prebins = max_prebins,
    closed = closed, splits = as_array(splits), fixed = flags(fixed), special_codes = code_lists(special_codes),
    special = special, missing = missing, smoothing = smoothing, var_power = var_power,
    pairs = lapply(unname(pairs), as.list),
    per_variable = lapply(per_variable, variable_arguments)))
  made <- checked(core_fit_fitted("binner", arguments, rows$frame, rows$vectors, n_threads), call)
  raise_warnings(made$warnings, call)
  new_fitted(made$document, "deciban_binner", call)
}

#' @rdname bin_numeric
#' @export
predict.deciban_binner <- function(object, newdata, type = "bin", n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  table <- fitted_rows(object, "transform", list(output = type), newdata, n_threads, call)
  if (is.data.frame(newdata)) table else table[[1]]
}

#' @rdname bin_numeric
#' @export
binning_table <- function(binner, variable = NULL, alpha = 0.05) {
  call <- sys.call()
  require_fitted(binner, c("deciban_binner", "deciban_scorecard"), "binner",
    "Binners come from bin_numeric() and load_model().", call)
  arguments <- given(list(variable = variable, alpha = alpha))
  as_printed_table(query_fitted(binner, "table", arguments, NULL, NULL, call)$table)
}

#' @rdname bin_numeric
#' @export
summary.deciban_binner <- function(object, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  as_printed_table(query_fitted(object, "summary", list(), NULL, NULL, call)$table)
}

#' @export
print.deciban_binner <- function(x, ...) {
  cat(query_fitted(x, "print", list(), NULL, NULL, sys.call())$notes$text)
  invisible(x)
}

#' @rdname bin_numeric
#' @export
plot.deciban_binner <- function(x, y = NULL, alpha = 0.05, ...) {
  require_ggplot2("plot()", sys.call())
  table <- as.data.frame(unclass(binning_table(x, y, alpha)), check.names = FALSE)
  bin_plot(table, if (is.null(y)) x$variables[1] else y)
}

# Share of the rows as bars, rate as points on the same panel, scaled to it.
bin_plot <- function(table, title) {
  table$label <- factor(table$label, levels = table$label)
  .data <- ggplot2::.data
  rate <- intersect(c("event_rate", "rate", "mean"), names(table))[1]
  plot <- ggplot2::ggplot(table, ggplot2::aes(x = .data$label)) +
    ggplot2::geom_col(ggplot2::aes(y = .data$share), fill = "#c6d3e1", width = 0.8) +
    ggplot2::labs(title = title, x = NULL, y = "share of rows") +
    ggplot2::theme_minimal() +
    ggplot2::theme(axis.text.x = ggplot2::element_text(angle = 30, hjust = 1))
  if (is.na(rate)) {
    return(plot)
  }
  top <- max(c(table[[rate]], table$event_rate_upper), na.rm = TRUE)
  scale <- max(table$share) / if (top > 0) top else 1
  table$at <- table[[rate]] * scale
  plot <- plot + ggplot2::geom_line(ggplot2::aes(y = .data$at, group = 1),
    data = table[is.finite(table$lower) | is.finite(table$upper), ], colour = "#1f4e79")
  if (rate == "event_rate") {
    table$low <- table$event_rate_lower * scale
    table$high <- table$event_rate_upper * scale
    plot <- plot + ggplot2::geom_errorbar(ggplot2::aes(ymin = .data$low, ymax = .data$high), table, width = 0.15,
      colour = "#1f4e79")
  }
  plot + ggplot2::geom_point(ggplot2::aes(y = .data$at), table, colour = "#1f4e79", na.rm = TRUE) +
    ggplot2::scale_y_continuous(sec.axis = ggplot2::sec_axis(~ . / scale, name = gsub("_", " ", rate)))
}

require_ggplot2 <- function(what, call) {
  if (!requireNamespace("ggplot2", quietly = TRUE)) {
    raise_input("input.package", paste(what, "needs the package ggplot2."), "Install it.", call,
      list(package = "ggplot2"))
  }
}

# Fitted things other than models --------------------------------------------------------------------------------------

new_fitted <- function(document, class, call = NULL) {
  object <- structure(list(document = document, call = call), class = class)
  described <- query_fitted(object, "describe", list(), NULL, NULL, call)$notes
  binner <- if (is.null(described$binner)) described else described$binner
  object$variables <- if (is.null(binner$variables)) {
    as.character(described$features)
  } else {
    columns <- Filter(function(one) is.null(one$pair), binner$variables)
    vapply(columns, function(one) one$bins$variable, "")
  }
  object
}

require_fitted <- function(object, class, argument, hint, call) {
  if (!inherits(object, class)) {
    raise_input("input.argument_type",
      paste0("Argument `", argument, "` cannot be an object of class ", class(object)[1], "."), hint, call,
      list(argument = argument, type = class(object)[1]))
  }
  invisible(object)
}

query_fitted <- function(object, name, arguments, frame, n_threads, call) {
  if (!length(arguments)) arguments <- no_arguments()
  answer <- checked(core_query_fitted(object$document, name, arguments, frame, n_threads), call)
  raise_warnings(answer$warnings, call)
  answer
}

# The answer for rows of `newdata`: a data frame with its row names.
fitted_rows <- function(object, name, arguments, newdata, n_threads, call) {
  frame <- if (is.data.frame(newdata) || is_dataset(newdata) || is.list(newdata)) {
    require_data(newdata, call)
    frame_columns(newdata, object$variables)
  } else {
    list(columns = stats::setNames(list(newdata), object$variables[1]), beside = character(),
      rows = as.double(length(newdata)), absent = character())
  }
  table <- query_fitted(object, name, arguments, frame, n_threads, call)$table
  labels <- row_labels(newdata)
  if (is.character(labels) && length(labels) == nrow(table)) row.names(table) <- labels
  table
}

# The columns of `x` that are features, and the vectors beside them; a text names a column of `x`.
response_columns <- function(x, values, call) {
  if (!is_dataset(x) && !(is.list(x) && !is.null(names(x)))) x <- list(x = x)
  named <- Filter(function(value) is_text(value) && value %in% names(x), values)
  values[names(named)] <- lapply(named, function(name) x[[name]])
  features <- setdiff(names(x), unlist(named))
  list(frame = frame_columns(x, features), vectors = given(values), names = features)
}

given <- function(arguments) {
  Filter(function(value) !is.null(value) && !(is.list(value) && !length(value)), arguments)
}

# One value is an array, too.
as_array <- function(values) if (!is.null(values)) as.list(unname(values))

# One flag is for all splits.
flags <- function(fixed) if (length(fixed) == 1) fixed else as_array(fixed)

code_lists <- function(codes) {
  if (is.null(names(codes))) {
    return(as_array(codes))
  }
  lapply(as.list(codes), as_array)
}

variable_arguments <- function(arguments) {
  if ("splits" %in% names(arguments)) arguments["splits"] <- list(as_array(arguments$splits))
  if ("fixed" %in% names(arguments)) arguments["fixed"] <- list(flags(arguments$fixed))
  if (!is.null(arguments$special_codes)) arguments$special_codes <- code_lists(arguments$special_codes)
  arguments
}
