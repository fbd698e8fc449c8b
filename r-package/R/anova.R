#' Tests of terms: analysis of deviance, drop1, add1
#'
#' `anova()` of one model tests its terms, `anova()` of several models compares them; `drop1()` leaves out each term,
#' `add1()` tries terms that the model does not have, by score tests without a new fit. `term_importance()` says how
#' much of the deviance each term explains.
#'
#' [term_tests()] has Wald tests of terms, also with a robust covariance, and fits nothing.
#'
#' Smaller models are fitted on the model's own design with coefficients held at 0, several in one pass over the rows.
#' The rows are those of the call, checked by their fingerprint.
#'
#' The dispersion of the tests is 1 where it is known, else Pearson's chi-squared over the residual degrees of freedom
#' of the model (of the largest one where several are compared), as in R's `anova()` of a `glm`; `drop1(test = "F")`
#' of R uses the deviance in its place: `dispersion = "deviance"`. Quasi families are tested on the scaled deviance.
#' `theta` of the negative binomial and `var_power` of Tweedie are held in `anova()` of one model, `drop1()` and
#' `add1()`. Where models with estimated ones are compared, each keeps its own and twice the difference of the
#' log-likelihoods is tested (as MASS does).
#'
#' @param object,model A model of [fit_glm()] or [fit_glm_xy()].
#' @param ... For `anova()`: other models, in the order in which they are to be compared, each with the one before.
#'   They must be nested and have the same rows, response, weights, family and link.
#' @param type `1` or `"I"`: terms added one by one, in the order of the formula (as R's `anova()`). `2` or `"II"`:
#'   each term after all others that do not contain it. `3` or `"III"`: each term after all others, whose meaning
#'   depends on the contrasts. Both as `Anova()` of package car.
#' @param test `"Chisq"` (or `"LRT"`): likelihood ratio; `"F"`; `"Rao"`: score; `"none"`. `NULL`: `"F"` where the
#'   dispersion is estimated, else `"Chisq"`; for `add1()` `"Rao"`.
#' @param dispersion `NULL` or `"pearson"`, `"deviance"`, or a positive number that is taken for known.
#' @param scope `drop1()`: labels of terms, or a formula of them; `NULL`: all terms that no other one contains.
#'   `add1()`: terms to try as a formula (`~ . + log(x) + a:b`) or as texts; their columns come from the data of the
#'   model.
#' @param scale Not 0: the same as `dispersion`, by R's name.
#' @param k Penalty per coefficient in the column `AIC`.
#' @param n_threads As in [fit_glm()].
#' @return `anova()`, `drop1()`, `add1()`: an object of class `anova` with R's columns (car's with types II and III).
#'   Deviance and AIC of `add1(test = "Rao")` are `NA`: nothing is fitted. `AIC` is shifted as R does, so that the
#'   model itself has its own; `NA` for quasi families.
#'
#'   `term_importance()`: a data frame with `term`, `df`, `deviance` (its rise without the term), `share` (of what the
#'   model explains: null deviance less deviance) and `also_dropped` (terms that contain the term, which go with it).
#' @section Errors and warnings:
#' `anova.not_nested`, `anova.other_rows`, `anova.other_family`, `add1.other_rows` (a term is missing in rows of the
#' fit), `add1.no_terms`, `add1.coding`, `input.term`, `input.test`, `input.type`, `input.dispersion`,
#' `model.no_data`, `model.data_changed`. Warnings `anova.f_known_dispersion`, `anova.not_converged`.
#' @source McCullagh and Nelder (1989), *Generalized Linear Models*, 2.3 and 4.4; Rao (1948) for score tests; R's
#'   [stats::anova.glm()], [stats::drop1()] and `car::Anova()` for definitions.
#' @examples
#' model <- fit_glm(breaks ~ wool * tension, warpbreaks, "quasipoisson")
#' anova(model)
#' anova(model, type = 2)
#' anova(fit_glm(breaks ~ wool, warpbreaks, "quasipoisson"), model)
#' drop1(model)
#' add1(fit_glm(breaks ~ wool, warpbreaks, "poisson"), ~ . + tension)
#' term_importance(model)
#' @export
anova.deciban_glm <- function(object, ..., type = 1, test = NULL, dispersion = NULL, n_threads = NULL) {
  call <- sys.call()
  others <- list(...)
  is_model <- vapply(others, inherits, NA, what = "deciban_glm")
  named <- nzchar(names2(others))
  do.call(require_no_more, c(list(call), others[!is_model | named]), quote = TRUE)
  if (length(others)) {
    models <- c(list(object), others)
    arguments <- list(test = test, dispersion = dispersion)
    answer <- query_model(object, "compare_models", arguments, common_source(models, call), call, n_threads, others)
    return(models_table(answer))
  }
  arguments <- list(type = type, test = test, dispersion = dispersion)
  answer <- query_model(object, "anova", arguments, training_source(object, call), call, n_threads)
  terms_table(answer)
}

#' @rdname anova.deciban_glm
#' @export
drop1.deciban_glm <- function(object, scope = NULL, scale = 0, test = NULL, dispersion = NULL, k = 2, n_threads = NULL,
                              ...) {
  call <- sys.call()
  require_no_more(call, ...)
  arguments <- list(scope = term_labels(scope), test = test, dispersion = given_scale(scale, dispersion), k = k)
  answer <- query_model(object, "drop1", arguments, training_source(object, call), call, n_threads)
  single_terms_table(answer)
}

#' @rdname anova.deciban_glm
#' @export
add1.deciban_glm <- function(object, scope, scale = 0, test = NULL, dispersion = NULL, k = 2, n_threads = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  labels <- if (!missing(scope)) setdiff(term_labels(scope), term_labels(object$formula))
  arguments <- list(scope = as.list(labels), test = test, dispersion = given_scale(scale, dispersion), k = k)
  source <- larger_source(object, labels, call)
  answer <- query_model(object, "add1", arguments, source, call, n_threads)
  single_terms_table(answer)
}

#' @rdname anova.deciban_glm
#' @export
term_importance <- function(model, n_threads = NULL) {
  call <- sys.call()
  require_model(model, call)
  query_model(model, "term_importance", list(), training_source(model, call), call, n_threads)$table
}

names2 <- function(x) if (is.null(names(x))) character(length(x)) else names(x)

given_scale <- function(scale, dispersion) if (identical(as.numeric(scale), 0)) dispersion else scale

# Terms of a formula, its dot left out, or texts as they are.
term_labels <- function(scope) {
  if (!inherits(scope, "formula")) {
    return(scope)
  }
  labels <- attr(stats::terms(scope, allowDotAsName = TRUE), "term.labels")
  as.list(setdiff(labels, "."))
}

# The rows of several models: those of the largest one, with all columns that any of them reads.
common_source <- function(models, call) {
  largest <- models[[which.max(vapply(models, function(one) one$rank, 0))]]
  source <- training_source(largest, call)
  if (is.matrix(source$data) || is_xy(largest)) {
    return(source)
  }
  wanted <- Reduce(union, lapply(models, function(one) checked(core_required_columns(one$document, TRUE), call)))
  beside <- lapply(models, function(one) {
    columns <- checked(core_required_columns(one$document, TRUE), call)
    tryCatch(beside_again(one, columns, source$data, call), error = function(e) list())
  })
  beside <- do.call(c, beside)
  source$frame <- frame_columns(source$data, wanted, beside[!duplicated(names(beside))])
  source
}

# The rows of a model with the columns that further terms read.
larger_source <- function(object, labels, call) {
  source <- training_source(object, call)
  if (is.matrix(source$data) || is_xy(object) || !length(labels)) {
    return(source)
  }
  own <- checked(core_required_columns(object$document, TRUE), call)
  formula <- paste("~", paste(labels, collapse = " + "))
  wanted <- union(own, checked(core_referenced_columns(list(formula = formula)), call))
  source$frame <- frame_columns(source$data, wanted, beside_again(object, own, source$data, call))
  source
}

# The core's tables with R's names -------------------------------------------------------------------------------------

test_columns <- function(table, test) {
  switch(test,
    Chisq = , Rao = list(`Pr(>Chi)` = table$p_value),
    F = list(`F` = table$statistic, `Pr(>F)` = table$p_value))
}

as_anova <- function(columns, rows, heading) {
  table <- as.data.frame(columns, optional = TRUE)
  row.names(table) <- rows
  structure(table, heading = heading, class = c("anova", "data.frame"))
}

terms_table <- function(answer) {
  table <- answer$table
  columns <- list(Df = table$df, Deviance = table$deviance)
  if (is.null(table$df_residual)) { # types II and III
    columns <- switch(answer$notes$test,
      Chisq = list(`LR Chisq` = table$statistic, Df = table$df, `Pr(>Chisq)` = table$p_value),
      F = list(Deviance = table$deviance, Df = table$df, `F value` = table$statistic, `Pr(>F)` = table$p_value),
      Rao = list(Rao = table$statistic, Df = table$df, `Pr(>Chisq)` = table$p_value),
      columns)
  } else {
    columns <- c(columns, list(`Resid. Df` = table$df_residual, `Resid. Dev` = table$residual_deviance),
      if (!is.null(table$rao)) list(Rao = table$rao), test_columns(table, answer$notes$test))
  }
  as_anova(columns, table$term, answer$notes$heading)
}

models_table <- function(answer) {
  table <- answer$table
  columns <- if (is.null(table$residual_deviance)) {
    c(stats::setNames(list(table[[2]]), names(table)[2]),
      list(`Resid. Df` = table$df_residual, `2 x log-lik.` = table$two_log_likelihood, Df = table$df,
        `LR stat.` = table$change))
  } else {
    list(`Resid. Df` = table$df_residual, `Resid. Dev` = table$residual_deviance, Df = table$df,
      Deviance = table$deviance)
  }
  as_anova(c(columns, test_columns(table, answer$notes$test)), seq_along(table$model), answer$notes$heading)
}

single_terms_table <- function(answer) {
  table <- answer$table
  known <- isTRUE(answer$notes$dispersion == 1)
  tested <- switch(answer$notes$test,
    Chisq = stats::setNames(list(table$statistic, table$p_value), c(if (known) "LRT" else "scaled dev.", "Pr(>Chi)")),
    Rao = stats::setNames(list(table$statistic, table$p_value),
      c(if (known) "Rao score" else "scaled Rao sc.", "Pr(>Chi)")),
    F = list(`F value` = table$statistic, `Pr(>F)` = table$p_value))
  columns <- c(list(Df = table$df, Deviance = table$deviance, AIC = table$aic), tested)
  as_anova(columns, table$term, answer$notes$heading)
}
