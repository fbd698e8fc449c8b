# Predictions: means, standard errors, intervals, terms, and predictive PIT residuals.

#' Predict from a fitted model
#'
#' Means, linear predictors or terms of new rows, with standard errors, confidence intervals of the mean and prediction
#' intervals of a new response.
#'
#' **Standard errors and confidence intervals** come from the covariance of the model, also where it is robust: those of
#' the linear predictor are sqrt(x' V x), those of the mean follow by the delta method, and intervals of the mean are
#' those of the linear predictor (t with `df.residual` degrees of freedom where the dispersion is estimated, else
#' normal) sent through the inverse link, so that they stay in the range of the mean.
#'
#' **Prediction intervals** hold a new response with the given probability, half of the rest on each side. They are
#' quantiles of the family's law averaged over what the fit does not know: the linear predictor is normal with its
#' standard error, the dispersion that of the fit times `df.residual` / chi-squared, an estimated `theta` log-normal;
#' `var_power` counts as known. The averages are integrals, so no seed is needed, and for gaussian responses with
#' identity link they give R's interval of [stats::predict.lm()]. Exposure and prior weights of the new rows count: a
#' response of weight w is the mean of w responses (binomial: the share of successes in w trials; Poisson with weights:
#' a count divided by w). Intervals of counts end at possible values and cover more than `level`, since no other value
#' is possible: about 98 % at a mean of 2.
#'
#' **Terms** are those of [stats::predict.glm()]: the part of each term in the linear predictor, centred at its mean over
#' the rows of the fit when there is an intercept, so the rows of the fit are needed; offsets belong to no term. A term
#' that R evaluates (see [fit_glm()]) is a term like others: for a model from a file, `newdata` must bring it as a column
#' of its name.
#'
#' @param object A model.
#' @param newdata Data frame or named list with the columns of the formula; for a model of [fit_glm_xy()] also a matrix.
#'   `NULL`: the rows of the fit.
#' @param type `"response"` is the mean (of the total, where the model has an exposure), `"link"` the linear predictor,
#'   `"terms"` its parts.
#' @param se.fit Whether standard errors are wanted.
#' @param interval `"none"`, `"confidence"` (of the mean, or of the linear predictor) or `"prediction"` (of a new
#'   response; needs `type = "response"`).
#' @param level Coverage of the interval, between 0 and 1.
#' @param terms For `type = "terms"`: labels of the terms that are wanted; `NULL`: all.
#' @param exposure,offset,weights Override those of the fit for the new rows. A bare column of `newdata`, a text, an
#'   expression or a vector as in [fit_glm()]; a single number serves all rows. What the fit got as a column is read
#'   from `newdata`; what it got as a vector must be given again. Weights are used by prediction intervals only.
#' @param unseen `"error"`, `"missing"` or `"reference"`: what a level does that the fit has not seen; `NULL`: as in the
#'   fit.
#' @param n_threads As in [fit_glm()].
#' @param ... Not used: further arguments are an error.
#' @return One value per row, named by the row names of a data frame; `NA` where a predictor is missing. Rows that the
#'   fit dropped are left out without `newdata`, with `na_action = "exclude"` they are `NA`.
#' - With an interval: a matrix with columns `fit`, `lwr`, `upr`, as [stats::predict.lm()].
#' - With `se.fit`: a list of `fit`, `se.fit`, `df` (residual degrees of freedom) and `residual.scale` (root of the
#'   dispersion), as [stats::predict.glm()].
#' - With `type = "terms"`: a matrix with a column per term and the attribute `constant`.
#' @section Errors:
#' `model.no_data`, `model.data_changed`, `data.unseen_level`, `data.unknown_column`, `data.length_mismatch`,
#' `predict.exposure_missing`, `predict.offset_missing`, `predict.weights_missing`, `predict.weights` (weights of a
#' binomial response that are no numbers of trials), `predict.no_law` (prediction interval of a quasi family or of Tweedie
#' with `var_power = 1`), `predict.opaque_missing`, `covariance.not_kept` (a factor of more than 8,192 levels),
#' `input.type`, `input.interval`, `input.terms`, `input.unseen`, `input.level`, `input.unknown_argument`.
#' @references Lawless, J. F. and Fredette, M. (2005) Frequentist prediction intervals and predictive distributions.
#'   *Biometrika* 92, 529-542.
#' @seealso [simulate()][simulate.deciban_glm], [pit()]
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' new <- data.frame(wool = "A", tension = c("L", "H"))
#' predict(model, new)
#' predict(model, new, se.fit = TRUE)$se.fit
#' predict(model, new, interval = "confidence")
#' predict(model, new, interval = "prediction", level = 0.9)
#' head(predict(model, type = "terms"), 2)
#' @export
predict.deciban_glm <- function(object, newdata = NULL, type = "response", se.fit = FALSE, interval = "none",
                                level = 0.95, terms = NULL, exposure = NULL, offset = NULL, weights = NULL,
                                unseen = NULL, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  columns <- list(exposure = substitute(exposure), offset = substitute(offset), weights = substitute(weights))
  plain <- is.null(newdata) && all(vapply(columns, is.null, NA))
  require_choice(type, "type", c("response", "link", "terms"), call)
  require_choice(interval, "interval", c("none", "confidence", "prediction"), call)
  require_flag(se.fit, "se.fit", call)
  if (identical(type, "terms") && interval != "none") {
    raise_input("input.interval", "Terms have no intervals.", "Use se.fit = TRUE.", call,
      list(argument = "interval", value = interval))
  }
  if (plain && interval == "none" && !se.fit && (identical(type, "response") || identical(type, "link"))) {
    source <- training_source(object, call)
    return(row_values(object, if (type == "link") "linear" else "fitted", source, call, n_threads))
  }
  if (plain) {
    source <- c(training_source(object, call), list(arguments = list(training = TRUE)))
  } else {
    if (is.null(newdata)) newdata <- training_source(object, call)$data
    beside <- if (interval == "prediction") query_model(object, "prediction_columns", call = call)$table$column
    # the promises are forced here, in the order that capture_column() wants
    source <- new_source(object, newdata, columns, function(name) get(name), beside,
      c(parent.frame(), formula_environment(object)), call, n_threads)
  }
  if (identical(type, "terms")) {
    return(predict_terms(object, source, se.fit, terms, unseen, call, n_threads))
  }
  arguments <- c(source$arguments, list(type = type, unseen = unseen))
  if (interval == "none" && !se.fit) {
    values <- checked(core_predict(object$document, arguments[names(arguments) != "weights"], source$frame,
      source$vectors, n_threads), call)
    return(label_rows(values, source$labels))
  }
  flags <- list(confidence = interval == "confidence", prediction = interval == "prediction", level = level)
  answer <- query_model(object, "prediction", c(arguments, flags), source, call, n_threads)
  labels <- if (is.null(answer$rows)) source$labels else answer$labels
  fit <- if (interval == "none") label_rows(answer$table$fit, labels) else interval_matrix(answer$table, labels)
  if (!se.fit) {
    return(fit)
  }
  list(fit = fit, se.fit = label_rows(answer$table$se_fit, labels), df = answer$notes$df,
    residual.scale = answer$notes$residual_scale)
}

interval_matrix <- function(table, labels) {
  lower <- table[["lower"]]
  upper <- table[["upper"]]
  if (is.null(lower)) lower <- table[["prediction_lower"]]
  if (is.null(upper)) upper <- table[["prediction_upper"]]
  matrix(c(table$fit, lower, upper), ncol = 3, dimnames = list(labels, c("fit", "lwr", "upr")))
}

# New rows as the source of a question: frame, vectors and labels, and the column `arguments` for the core. `columns`
# holds expressions, `value` gives the value of one by its name, `beside` names further columns of the data.
new_source <- function(object, newdata, columns, value, beside, envs, call, n_threads) {
  values <- function(name) tryCatch(value(name), error = function(e) NULL)
  words <- unlist(lapply(names(columns), function(name) words_of(columns[[name]], values(name))))
  newdata <- readable(newdata, c(checked(core_required_columns(object$document, FALSE), call), words_of(object$formula),
    words, beside), n_threads, call)
  if (!is.matrix(newdata)) require_data(newdata, call)
  mask <- if (is.matrix(newdata)) list() else newdata
  captured <- lapply(stats::setNames(names(columns), names(columns)), function(name) {
    capture_column(columns[[name]], value(name), mask, envs, call)
  })
  split <- split_vectors(captured)
  others <- c(checked(core_referenced_columns(split$arguments), call), beside)
  list(data = newdata, frame = new_frame(object, newdata, others, call), vectors = split$vectors,
    labels = row_labels(newdata), arguments = split$arguments)
}

predict_terms <- function(object, source, se.fit, terms, unseen, call, n_threads) {
  own <- isTRUE(source$arguments$training)
  rows <- if (own) source else if (has_intercept(object)) training_source(object, call)
  means <- query_model(object, "column_means", list(), rows, call, n_threads)$table$mean
  arguments <- c(source$arguments, list(means = if (length(means)) as.list(means), unseen = unseen))
  answer <- query_model(object, "prediction_terms", arguments, source, call, n_threads)
  labels <- if (is.null(answer$rows)) source$labels else answer$labels
  values <- as.matrix(as.data.frame(answer$table, optional = TRUE))
  count <- ncol(values) / 2
  known <- colnames(values)[seq_len(count)]
  unknown <- setdiff(terms, known)
  if (length(unknown)) {
    raise_input("input.terms", paste0("There is no term ", paste(unknown, collapse = ", "), "."),
      paste0("The terms are ", paste(known, collapse = ", "), "."), call, list(terms = as.character(unknown)))
  }
  chosen <- if (is.null(terms)) seq_len(count) else match(terms, known)
  part <- function(first) {
    structure(matrix(values[, first + chosen], ncol = length(chosen), dimnames = list(labels, known[chosen])),
      constant = answer$notes$constant)
  }
  if (!se.fit) {
    return(part(0))
  }
  list(fit = part(0), se.fit = structure(part(count), constant = NULL), df = answer$notes$df,
    residual.scale = answer$notes$residual_scale)
}

has_intercept <- function(object) "(Intercept)" %in% names(object$coefficients)

require_choice <- function(value, argument, choices, call) {
  if (!is_text(value) || !value %in% choices) {
    raise_input(paste0("input.", argument), paste0("`", argument, "` is ", deparse_whole(value), "."),
      paste0("Use \"", paste(choices, collapse = "\", \""), "\"."), call, list(argument = argument))
  }
}

require_flag <- function(value, argument, call) {
  if (!isTRUE(value) && !isFALSE(value)) {
    raise_input("input.argument", paste0("`", argument, "` must be TRUE or FALSE."), "", call,
      list(argument = argument))
  }
}

#' Predictive PIT residuals
#'
#' The probability integral transform of responses by the predictive law of a model: P(Y < y) + u P(Y = y) with u uniform.
#' If the model holds for these rows, they are uniform on (0, 1): a histogram shows where it does not. The predictive law
#' is that of prediction intervals, see [predict.deciban_glm()]; the rows may be those of the fit or, better, rows that
#' it has not seen.
#'
#' @param model A model.
#' @param data Rows with all columns of the model, the response too. `NULL`: the rows of the fit.
#' @param seed Key of the random numbers u, a whole number of at least 0: continuous laws need none.
#' @param y,weights,exposure,offset,freq_weights The response of [fit_glm_xy()], and what the fit got as a vector, when
#'   `data` is given.
#' @param n_threads As in [fit_glm()].
#' @return Numbers in (0, 1), one per row that is complete, named by the row names of a data frame; `NA` for rows without
#'   weight.
#' @section Errors:
#' `predict.no_law`, `predict.weights`, `model.no_data`, `model.data_changed`, `input.seed`.
#' @references Czado, C., Gneiting, T. and Held, L. (2009) Predictive model assessment for count data. *Biometrics* 65,
#'   1254-1261.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "negative_binomial")
#' summary(pit(model, seed = 1))
#' @export
pit <- function(model, data = NULL, seed = 0, y = NULL, weights = NULL, exposure = NULL, offset = NULL,
                freq_weights = NULL, n_threads = NULL) {
  call <- sys.call()
  require_model(model, call)
  vectors <- list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights)
  source <- given_source(model, data, vectors, y, call)
  answer <- query_model(model, "pit", list(training = is.null(data), seed = seed), source, call, n_threads)
  label_rows(answer$table$pit, answer$labels)
}
