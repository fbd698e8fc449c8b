#' Weight of evidence
#'
#' `woe_encoder()` learns the weight of evidence (WOE) of features for a target; `predict()` encodes rows and gives
#' probabilities with intervals; the `get_` functions give tables; `woe_explain()` says what each feature adds to a row.
#'
#' The WOE of a level is `ln(P / Q)`, its share P of all events against its share Q of all non-events: the factor by
#' which it multiplies the odds, as a logarithm. Positive means more events. The encoded value is smoothed towards the
#' portfolio, `ln[(e + a pi) / (n + a (1 - pi))] - logit(pi)`; intervals and tests come from the unsmoothed counts. The
#' encoded value of a sparse level, and the plug-in information value, may therefore lie outside of their intervals.
#'
#' Characters, factors and logical vectors are taken level by level, as given; numbers are binned by the optimal method
#' of [bin_numeric()], looking at the target: what is said after that is conditional on the bins. `NA` is a level of its
#' own.
#'
#' @param x A data frame of features, or one vector.
#' @param y Target: a vector, or the name of a column of `x` (which is no feature then). 0/1, logical or two levels: the
#'   later one is the event. Other numbers in \[0, 1\]: shares of an event. Three or more levels, or whole numbers:
#'   classes.
#' @param smoothing Pseudo-rows, in the proportion of the portfolio (a row is worth the mean weight), or `"auto"`: from
#'   the variance between levels.
#' @param alpha 1 - coverage of intervals; for the functions below `NULL` is that of the encoder.
#' @param method `"auto"`: Wald, and Clopper-Pearson for levels with fewer than five events or non-events. `"score"`:
#'   Koopman.
#' @param sign `"events"` or `"non_events"`: what a positive WOE means more of; `"events"` unless `compat` says
#'   otherwise.
#' @param min_count,min_share,max_levels,top_p Merge rare levels into `"other"` first, see [woe_preprocessor()].
#' @param unseen Levels that the fit did not see: `"neutral"` (WOE 0 with the variance between levels), `"error"`, or
#'   `"other"`.
#' @param dependence `"independent"`: features given the target; `"pairwise"`: variances of probabilities from joint
#'   counts of all pairs (two classes only).
#' @param compat `"fastwoe"`, `"scorecard"` or `"optbinning"`: encoded values, sign, closed end of bins and multiclass
#'   probabilities as these packages have them.
#' @param categorical Names of columns of numbers whose values are levels.
#' @param binning A list of arguments of [bin_numeric()] for numeric columns.
#' @param per_variable A named list of such lists by column, also for categorical ones, whose levels are grouped then;
#'   or of splits.
#' @param sample_weight,freq_weights Vectors, or names of columns of `x`. Sample weights are at least 0; frequency
#'   weights are whole numbers and repeat rows.
#' @param n_threads As in [fit_glm()].
#' @param object,encoder What `woe_encoder()` gave.
#' @param newdata Rows with the columns of the fit.
#' @param type `"woe"` (encoded), `"woe_se"` (of the raw WOE), `"lower"`, `"upper"`, `"wald"` (raw WOE / standard
#'   error), `"event_rate"`, `"bin"`: one column per feature (and class, `feature_class_label`). `"prob"`:
#'   probabilities, one column per class. `"class"`: the most probable one. `"ci"`: `probability`, `lower`, `upper`.
#' @param class One class against the others, for more than two classes.
#' @param finite `TRUE` replaces infinite ends of intervals by limits from a Beta(1/2, .) law.
#' @param warn `FALSE`: no warnings about assumptions.
#' @param ... Not used: further arguments are an error.
#' @return `woe_encoder()`: an object of class `deciban_woe`, which [save_model()] keeps. `predict()`: a data frame, for
#'   `type = "class"` a factor. A level that the fit did not see has WOE 0, standard error tau, the event rate of the
#'   portfolio, and bin `"unseen"`.
#' @section Errors:
#' `woe.one_class`, `woe.target`, `woe.target_missing`, `woe.weights`, `woe.freq_weights`, `woe.unseen` (kind data);
#' `woe.smoothing`, `woe.alpha`, `woe.method`, `woe.sign`, `woe.unseen_policy`, `woe.dependence`, `woe.compat`,
#' `woe.no_features`, `woe.pairwise_too_large`, `woe.pairwise_multiclass`, `woe.no_pairs`, `woe.output`, `woe.feature`,
#' `woe.class`, `data.length_mismatch`, `data.unknown_column`, `input.argument`.
#' @section Warnings:
#' `woe.constant_feature`; for probabilities `woe.dependent_features` and `woe.duplicate_features`, for their intervals
#' `woe.sparse_levels` too.
#' @references
#' Good (1950), Probability and the Weighing of Evidence. Koopman (1984), Confidence intervals for the ratio of two
#' binomial proportions. Clopper and Pearson (1934). Kish (1965), Survey Sampling.
#' @examples
#' encoder <- woe_encoder(esoph[c("agegp", "alcgp")], esoph$ncases > 1)
#' encoder
#' get_mapping(encoder, "alcgp")
#' head(predict(encoder, esoph, "ci", warn = FALSE))
#' woe_explain(encoder, esoph[1, ])
#' @export
woe_encoder <- function(x, y, smoothing = 1, alpha = 0.05, method = "auto", sign = NULL, min_count = NULL,
                        min_share = NULL, max_levels = NULL, top_p = NULL, unseen = "neutral",
                        dependence = "independent", compat = NULL, categorical = NULL, binning = NULL,
                        per_variable = NULL, sample_weight = NULL, freq_weights = NULL, n_threads = NULL) {
  call <- match.call()
  target <- if (is_text(y)) y
  rows <- response_columns(x, list(y = y, sample_weight = sample_weight, freq_weights = freq_weights), call)
  arguments <- given(list(smoothing = smoothing, alpha = alpha, method = method, sign = sign, min_count = min_count,
    min_share = min_share, max_levels = max_levels, top_p = top_p, unseen = unseen, dependence = dependence,
    compat = compat, categorical = as_array(categorical), binning = woe_binning(binning),
    per_variable = lapply(per_variable, woe_binning), target = target))
  made <- checked(core_fit_fitted("woe_encoder", arguments, rows$frame, rows$vectors, n_threads), call)
  raise_warnings(made$warnings, call)
  new_fitted(made$document, "deciban_woe", call)
}

# A list of arguments, or splits.
woe_binning <- function(binning) {
  if (is.list(binning)) variable_arguments(binning) else as_array(binning)
}

#' @rdname woe_encoder
#' @export
predict.deciban_woe <- function(object, newdata, type = "woe", alpha = NULL, class = NULL, finite = FALSE,
                                dependence = NULL, warn = TRUE, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  asked <- list(prob = "predict_proba", class = "predict", ci = "predict_ci")[[type]]
  if (is.null(asked)) {
    return(fitted_rows(object, "transform", given(list(output = type, alpha = alpha, finite = finite)), newdata,
      n_threads, call))
  }
  arguments <- list(alpha = if (type == "ci") alpha, class = if (type != "class") class_text(class),
    dependence = if (type == "ci") dependence, warn = warn)
  table <- fitted_rows(object, asked, given(arguments), newdata, n_threads, call)
  if (type == "class") table[[1]] else table
}

class_text <- function(class) if (!is.null(class)) as.character(class)

#' @rdname woe_encoder
#' @export
print.deciban_woe <- function(x, ...) {
  cat(query_fitted(x, "text", list(), NULL, NULL, sys.call())$notes$text)
  invisible(x)
}

#' @rdname woe_encoder
#' @export
summary.deciban_woe <- function(object, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  text <- query_fitted(object, "text", list(summary = TRUE), NULL, NULL, call)$notes$text
  structure(list(text = text), class = "summary.deciban_woe")
}

#' @export
print.summary.deciban_woe <- function(x, ...) {
  cat(x$text)
  invisible(x)
}

woe_table <- function(encoder, name, arguments, call) {
  require_woe(encoder, call)
  answer <- query_fitted(encoder, name, given(arguments), NULL, NULL, call)
  label <- answer$notes$label
  table <- as_printed_table(answer$table)
  if (!is.null(label) && nzchar(label)) attr(table, "label") <- label
  attr(table, "no_interval") <- answer$notes$no_interval
  table
}

require_woe <- function(encoder, call) {
  require_fitted(encoder, "deciban_woe", "encoder", "Encoders come from woe_encoder() and load_model().", call)
}

#' Tables of a WOE encoder
#'
#' @param encoder What [woe_encoder()] gave.
#' @param feature Name of a feature.
#' @param class One class against the others, for more than two classes; all of them (with a column `class`) by default.
#' @param alpha 1 - coverage of intervals; `NULL`: that of the encoder.
#' @param threshold Cramer's V from which features are said to depend on each other.
#' @return Data frames. Where bins were chosen with the target their attribute `label` says "conditional on the bins";
#'   where there are no intervals, `no_interval` says why.
#' - `get_mapping()`: one row per level that the fit saw: `level`, `count`, `share`, `events`, `non_events` (weighted),
#'   `event_rate`, `event_rate_lower`, `event_rate_upper`, `woe` (encoded), `woe_se`, `woe_lower`, `woe_upper` (raw),
#'   `decibans`.
#' - `get_feature_stats()`: `feature`, `kind`, `levels`, `missing` (rows), `iv`, `iv_unbiased`, `gini`, `min_woe`,
#'   `max_woe`, `smoothing` (pseudo-rows, in units of the weights), `tau` (standard deviation of log odds between
#'   levels), `bins`, `monotonic` (shape that the event rates of the bins were held to).
#' - `get_feature_summary()`: features by falling `iv_unbiased`: `feature`, `gini`, `iv`, `iv_unbiased`, `levels`,
#'   `monotonic`.
#' - `get_iv_analysis()`: `feature`, `iv` (plug-in; a level with an empty cell enters by its encoded WOE),
#'   `iv_unbiased`, `iv_lower`, `iv_upper`, `chi2` (Pearson's), `p_value`, `significant` (p below 0.05).
#' - `get_assumption_diagnostics()`: `check` (`"cramers_v"` of each pair of features, bias corrected; `"sparse_level"`;
#'   `"bins"`), `feature`, `other`, `level`, `value`, `message`.
#' @section Errors:
#' `woe.feature`, `woe.class`, `woe.alpha`, `input.argument_type`.
#' @examples
#' encoder <- woe_encoder(esoph[c("agegp", "alcgp")], esoph$ncases > 1)
#' get_iv_analysis(encoder)
#' get_assumption_diagnostics(encoder)
#' @export
get_mapping <- function(encoder, feature, class = NULL, alpha = NULL) {
  woe_table(encoder, "mapping", list(feature = feature, class = class_text(class), alpha = alpha), sys.call())
}

#' @rdname get_mapping
#' @export
get_feature_stats <- function(encoder, class = NULL) {
  woe_table(encoder, "feature_stats", list(class = class_text(class)), sys.call())
}

#' @rdname get_mapping
#' @export
get_feature_summary <- function(encoder, class = NULL) {
  woe_table(encoder, "feature_summary", list(class = class_text(class)), sys.call())
}

#' @rdname get_mapping
#' @export
get_iv_analysis <- function(encoder, alpha = NULL, class = NULL) {
  woe_table(encoder, "iv_analysis", list(alpha = alpha, class = class_text(class)), sys.call())
}

#' @rdname get_mapping
#' @export
get_assumption_diagnostics <- function(encoder, threshold = 0.3) {
  woe_table(encoder, "diagnostics", list(threshold = threshold), sys.call())
}

#' @rdname woe_encoder
#' @details `woe_explain()` gives, for each row, a row `(prior)`, one per feature and a row `(posterior)`, with `woe`,
#'   `woe_se`, `woe_lower`, `woe_upper`, the same as odds factors and as decibans (10 log10 of the factor). Posterior
#'   odds are prior odds times the factors. For more than two classes it is the evidence for one class (the first by
#'   default) against all others; those do not add up to the probabilities of `predict()`.
#' @export
woe_explain <- function(encoder, newdata, alpha = NULL, class = NULL, finite = FALSE) {
  call <- sys.call()
  require_woe(encoder, call)
  arguments <- given(list(alpha = alpha, class = class_text(class), finite = finite))
  frame <- fitted_frame(encoder, newdata, call)
  as_printed_table(query_fitted(encoder, "explain", arguments, frame, NULL, call)$table)
}

fitted_frame <- function(object, newdata, call) {
  if (is.data.frame(newdata) || is_dataset(newdata) || is.list(newdata)) {
    require_data(newdata, call)
    return(frame_columns(newdata, object$variables))
  }
  list(columns = stats::setNames(list(newdata), object$variables[1]), beside = character(),
    rows = as.double(length(newdata)), absent = character())
}

#' Plots of a WOE encoder
#'
#' `plot()` shows the WOE of the levels of a feature with intervals and counts, or, for `which = "iv"`, the information
#' values of all features; `plot_contributions()` goes from the prior to the posterior of one row, in decibans. They
#' need ggplot2.
#'
#' @param x,encoder What [woe_encoder()] gave.
#' @param y Name of a feature; the first one by default.
#' @param which `"woe"` or `"iv"`.
#' @param class One class against the others; the first one by default where there are more than two.
#' @param alpha 1 - coverage of intervals; `NULL`: that of the encoder.
#' @param newdata One row.
#' @param ... Not used.
#' @return A ggplot.
#' @section Errors:
#' `input.package` without ggplot2, `woe.feature`, `woe.class`.
#' @examples
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'   encoder <- woe_encoder(esoph[c("agegp", "alcgp")], esoph$ncases > 1)
#'   plot(encoder, "alcgp")
#'   plot_contributions(encoder, esoph[20, ])
#' }
#' @export
plot.deciban_woe <- function(x, y = NULL, which = "woe", class = NULL, alpha = NULL, ...) {
  call <- sys.call()
  require_ggplot2("plot()", call)
  classes <- query_fitted(x, "describe", list(), NULL, NULL, call)$notes$classes
  if (is.null(class) && length(classes) > 2) class <- classes[1]
  if (which == "iv") {
    return(plot_iv(get_iv_analysis(x, alpha, class)))
  }
  feature <- if (is.null(y)) x$variables[1] else y
  plot_woe(get_mapping(x, feature, class, alpha), feature)
}

# Counts as bars at the foot of the panel. Infinite ends of intervals reach to its edge.
plot_woe <- function(table, feature) {
  label <- attr(table, "label")
  table <- as.data.frame(unclass(table))
  ends <- c(table$woe, table$woe_lower, table$woe_upper, 0)
  ends <- range(ends[is.finite(ends)])
  height <- 0.3 * max(diff(ends), 0.1)
  foot <- ends[1] - 1.2 * height
  table$foot <- foot
  table$bar <- foot + height * table$count / max(table$count)
  table$at <- seq_along(table$level)
  most <- max(table$count)
  ggplot2::ggplot(table, ggplot2::aes(x = .data$at)) +
    ggplot2::geom_rect(ggplot2::aes(xmin = .data$at - 0.4, xmax = .data$at + 0.4, ymin = .data$foot, ymax = .data$bar),
      fill = "#c6d3e1") +
    ggplot2::geom_hline(yintercept = 0, colour = "grey50") +
    ggplot2::geom_linerange(ggplot2::aes(ymin = .data$woe_lower, ymax = .data$woe_upper), colour = "#1f4e79") +
    ggplot2::geom_point(ggplot2::aes(y = .data$woe), colour = "#1f4e79") +
    ggplot2::scale_x_continuous(breaks = table$at, labels = table$level, minor_breaks = NULL) +
    ggplot2::scale_y_continuous(sec.axis = ggplot2::sec_axis(~ (. - foot) / height * most, name = "rows",
      breaks = pretty(c(0, most), 2))) +
    ggplot2::labs(title = feature, subtitle = label, x = NULL, y = "weight of evidence") +
    ggplot2::theme_minimal() +
    ggplot2::theme(axis.text.x = ggplot2::element_text(angle = 30, hjust = 1))
}

plot_iv <- function(table) {
  label <- attr(table, "label")
  table <- as.data.frame(unclass(table))
  table$feature <- factor(table$feature, levels = table$feature[order(table$iv_unbiased)])
  ggplot2::ggplot(table, ggplot2::aes(x = .data$iv_unbiased, y = .data$feature)) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey50") +
    ggplot2::geom_linerange(ggplot2::aes(xmin = .data$iv_lower, xmax = .data$iv_upper), colour = "#1f4e79") +
    ggplot2::geom_point(ggplot2::aes(shape = .data$significant), colour = "#1f4e79", fill = "white", size = 2) +
    ggplot2::scale_shape_manual(values = c(`TRUE` = 16, `FALSE` = 21)) +
    ggplot2::labs(subtitle = label, x = "information value", y = NULL) +
    ggplot2::theme_minimal()
}

#' @rdname plot.deciban_woe
#' @export
plot_contributions <- function(encoder, newdata, class = NULL) {
  call <- sys.call()
  require_ggplot2("plot_contributions()", call)
  table <- as.data.frame(unclass(woe_explain(encoder, newdata, class = class, finite = TRUE)))
  table <- table[table$row == 1, ]
  n <- nrow(table)
  table$end <- c(cumsum(table$decibans[-n]), table$decibans[n])
  table$start <- c(0, table$end[-c(n - 1, n)], 0)
  name <- ifelse(nzchar(table$level), paste(table$feature, "=", table$level), table$feature)
  table$name <- factor(name, levels = rev(name))
  table$kind <- ifelse(seq_len(n) %in% c(1, n), "total", ifelse(table$decibans > 0, "for", "against"))
  ggplot2::ggplot(table, ggplot2::aes(y = .data$name, colour = .data$kind)) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey50") +
    ggplot2::geom_segment(ggplot2::aes(x = .data$start, xend = .data$end, yend = .data$name), size = 6) +
    ggplot2::geom_text(ggplot2::aes(x = .data$end, label = sprintf("%+.1f", .data$decibans),
      hjust = ifelse(.data$decibans < 0, 1.2, -0.2)), colour = "black") +
    ggplot2::scale_colour_manual(values = c(total = "#1f4e79", `for` = "#b5473c", against = "#2f6f8f"),
      guide = "none") +
    ggplot2::scale_x_continuous(expand = ggplot2::expansion(mult = 0.15)) +
    ggplot2::labs(x = "decibans", y = NULL) +
    ggplot2::theme_minimal()
}

#' Merge rare levels
#'
#' Levels are ranked by their rows, ties by their order. A level stays when all of this holds: it has at least
#' `min_count` rows, and `min_share` of the rows with a value; it is among the first `max_levels`; the levels before it
#' cover less than `top_p` of the rows with a value (the smallest set that covers `top_p` stays). The others become
#' `other`; missing values become `missing`. Numeric columns pass through.
#'
#' @param x A data frame, or one vector.
#' @param min_count,min_share,max_levels,top_p The rules; `NULL` is no rule.
#' @param other,missing Names of the two; put in brackets where a level has that name.
#' @param unseen What levels become that the fit did not see: `"other"` or `"error"`.
#' @param categorical Names of columns of numbers whose values are levels.
#' @param freq_weights How often each row counts.
#' @param n_threads As in [fit_glm()].
#' @param object,preprocessor What `woe_preprocessor()` gave.
#' @param newdata Rows with the columns of the fit.
#' @param ... Not used: further arguments are an error.
#' @return `woe_preprocessor()`: an object of class `deciban_woe_preprocessor`, which [save_model()] keeps. `predict()`:
#'   `newdata` with factors in place of the columns that were learned. `get_reduction_summary()` and `summary()`: one
#'   row per column: `feature`, `levels`, `kept`, `merged`, `rows` (with a value), `merged_rows`, `merged_share`,
#'   `missing_rows`. `get_category_mapping()`: `feature`, `level`, `merged`.
#' @section Errors:
#' `woe.no_categorical`, `woe.unseen_policy`, `input.argument`, `data.unknown_column`; `woe.unseen` (kind data).
#' @examples
#' merged <- woe_preprocessor(data.frame(town = c("A", "A", "A", "B", NA)), min_count = 2)
#' predict(merged, data.frame(town = c("A", "B", "C", NA)))
#' get_reduction_summary(merged)
#' @export
woe_preprocessor <- function(x, min_count = NULL, min_share = NULL, max_levels = NULL, top_p = NULL, other = "other",
                             missing = "missing", unseen = "other", categorical = NULL, freq_weights = NULL,
                             n_threads = NULL) {
  call <- match.call()
  rows <- response_columns(x, list(freq_weights = freq_weights), call)
  arguments <- given(list(min_count = min_count, min_share = min_share, max_levels = max_levels, top_p = top_p,
    other = other, missing = missing, unseen = unseen, categorical = as_array(categorical)))
  made <- checked(core_fit_fitted("woe_preprocessor", arguments, rows$frame, rows$vectors, n_threads), call)
  new_fitted(made$document, "deciban_woe_preprocessor", call)
}

#' @rdname woe_preprocessor
#' @export
predict.deciban_woe_preprocessor <- function(object, newdata, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  table <- fitted_rows(object, "transform", list(), newdata, n_threads, call)
  if (!is.data.frame(newdata)) {
    return(table[[1]])
  }
  newdata[names(table)] <- table
  newdata
}

#' @rdname woe_preprocessor
#' @export
get_reduction_summary <- function(preprocessor) {
  preprocessor_table(preprocessor, "summary", sys.call())
}

#' @rdname woe_preprocessor
#' @export
get_category_mapping <- function(preprocessor) {
  preprocessor_table(preprocessor, "mapping", sys.call())
}

preprocessor_table <- function(preprocessor, name, call) {
  require_fitted(preprocessor, "deciban_woe_preprocessor", "preprocessor",
    "Preprocessors come from woe_preprocessor() and load_model().", call)
  as_printed_table(query_fitted(preprocessor, name, list(), NULL, NULL, call)$table)
}

#' @rdname woe_preprocessor
#' @export
summary.deciban_woe_preprocessor <- function(object, ...) get_reduction_summary(object)

#' @export
print.deciban_woe_preprocessor <- function(x, ...) {
  cat(query_fitted(x, "describe", list(), NULL, NULL, sys.call())$notes$text)
  invisible(x)
}
