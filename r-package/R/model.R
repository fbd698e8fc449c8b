# The model object: plain values and the text of the model file. No pointer, so that saveRDS() works.

# `fit` is what the glue's described() returns. `call`, `caller`, `outside` (names of variables that came from the
# environment of the formula) and `vectors` (column arguments given as vectors) lead to the training data; a model that
# was loaded has none of them.
new_model <- function(fit, formula = NULL, call = NULL, caller = NULL, outside = NULL, vectors = list()) {
  statistics <- fit$statistics
  coefficients <- as.double(statistics$coefficients)
  names(coefficients) <- as.character(statistics$names)
  if (is.null(formula)) formula <- as_formula(statistics$formula, globalenv())
  structure(
    c(list(
      coefficients = coefficients,
      deviance = statistics$deviance,
      null.deviance = statistics$null_deviance,
      df.residual = statistics$df_residual,
      df.null = statistics$df_null,
      aic = statistics$aic,
      rank = statistics$rank,
      iter = statistics$n_iter,
      converged = statistics$converged,
      status = statistics$status,
      dispersion = statistics$dispersion,
      family = r_family(statistics),
      formula = formula,
      call = call,
      statistics = statistics,
      document = fit$document,
      environment = caller,
      outside = as.character(outside),
      vectors = vectors
    ), parameter_fields(statistics)),
    class = "deciban_glm"
  )
}

# Fields that negative_binomial and tweedie have; `SE.theta` and `twologlik` by MASS's names.
parameter_fields <- function(statistics) {
  estimated <- statistics$parameter_estimated
  switch(statistics$family,
    negative_binomial = c(list(theta = statistics$theta), if (estimated) {
      list(SE.theta = statistics$theta_std_error, twologlik = 2 * statistics$log_likelihood)
    }),
    tweedie = c(list(var_power = statistics$var_power, dispersion_ml = statistics$dispersion_ml), if (estimated) {
      list(var_power_interval = c(lower = statistics$var_power_lower, upper = statistics$var_power_upper))
    }))
}

# Where the training rows come from: `frame` and `vectors` for the core, and the `labels` of the rows. `also` names
# columns that the model itself does not read.
training_source <- function(object, call, also = NULL) {
  if (is.null(object$call)) {
    raise_no_data("it was loaded from a file", call)
  }
  if (is_xy(object)) {
    y <- evaluate_again(object, "y", call)
    return(rows_source(object, evaluate_again(object, "X", call), object$vectors, y, call, also))
  }
  rows_source(object, evaluate_again(object, "data", call), object$vectors, NULL, call, also)
}

# The same with data that the caller handed in.
rows_source <- function(object, data, vectors, y, call, also = NULL) {
  wanted <- checked(core_required_columns(object$document, TRUE), call)
  own <- if (is.null(y)) list() else stats::setNames(list(y), object$statistics$response)
  if (is.matrix(data)) {
    frame <- frame_matrix(data, setdiff(wanted, names(own)), own)
  } else {
    data <- readable(data, c(wanted, also, words_of(object$formula)), NULL, call)
    require_data(data, call)
    others <- intersect(also, names(data))
    frame <- frame_columns(data, union(wanted, others), c(beside_again(object, wanted, data, call), own))
  }
  list(data = data, frame = frame, vectors = vectors, labels = row_labels(data))
}

given_source <- function(object, data, vectors, y, call, also = NULL) {
  if (is.null(data)) {
    return(training_source(object, call, also))
  }
  rows_source(object, data, split_vectors(vectors)$vectors, y, call, also)
}

is_xy <- function(object) is.null(object$call[["formula"]]) && !is.null(object$call[["X"]])

formula_environment <- function(object) {
  environment <- environment(object$formula)
  if (is.null(environment)) object$environment else environment
}

outside_again <- function(object, data) {
  if (length(object$outside)) outside_columns(object$outside, data, formula_environment(object)) else list()
}

# Columns that are no part of the data: variables from outside, and terms that R evaluates.
beside_again <- function(object, wanted, data, call) {
  c(outside_again(object, data), opaque_again(object, wanted, data, call))
}

evaluate_again <- function(object, argument, call) {
  tryCatch(eval(object$call[[argument]], object$environment), error = function(e) {
    raise_no_data(paste0("`", argument, "` of its call cannot be evaluated (", conditionMessage(e), ")"), call)
  })
}

raise_no_data <- function(why, call) {
  hint <- "Hand the training data in: residuals(model, data = ...), fitted(model, data = ...), predict(model, newdata)."
  raise("data", "model.no_data", paste0("The model has no data: ", why, ".\n", hint), hint, list(), call)
}

# One value per training row, named by row.
row_values <- function(object, what, source, call, n_threads = NULL) {
  result <- checked(core_row_values(object$document, what, source$frame, source$vectors, n_threads), call)
  label_rows(result$values, if (is.null(result$rows)) source$labels else source$labels[result$rows])
}

label_rows <- function(values, labels) {
  if (!is.null(labels)) names(values) <- labels
  values
}
