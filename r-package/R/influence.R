#' Leverage and influence of single rows
#'
#' What each training row does to a fit, by the names and definitions of [stats::influence.measures()] for `glm`
#' objects: leverages, standardised and studentised residuals, Cook's distances, changes of coefficients. No n x n
#' matrix is made.
#'
#' The dispersion is that of the model (1 for the negative binomial, where R's `glm` estimates it). Rows with leverage 1
#' have `NaN` where R divides by 1 - h. A row with frequency f is one of f equal rows; rows of weight 0 have leverage 0.
#'
#' @param model A model of [fit_glm()] or [fit_glm_xy()] with its data at hand.
#' @param type Residuals that `rstandard()` divides by \eqn{\sqrt{\phi (1 - h)}}: `"deviance"` or `"pearson"`.
#' @param do.coef `TRUE`: with the changes of the coefficients, rows x p numbers.
#' @param infl Not used: there is nothing to hand over.
#' @param ... Not used: further arguments are an error.
#' @return One value per training row, named by row; `dfbeta()`, `dfbetas()`: a matrix with a column per estimated
#'   coefficient. `influence()`: a list with `hat`, `coefficients` (with `do.coef`), `sigma`, `dev.res`, `pear.res` and
#'   also `cooks.distance`, `dffits`, `covratio`.
#' @section Errors:
#' `model.no_data`, `model.data_changed`; `influence.wide_factor` for `dfbeta()` of a model with a factor of 1,024
#' columns or more; `input.type`.
#' @references Pregibon, D. (1981) Logistic regression diagnostics, *Annals of Statistics* 9, 705-724. Williams, D. A.
#'   (1987) Generalized linear model diagnostics using the deviance and single case deletions, *Applied Statistics* 36,
#'   181-191.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "quasipoisson")
#' which.max(cooks.distance(model))
#' range(hatvalues(model))
#' head(dfbetas(model))
#' @name influence.deciban_glm
NULL

influence_columns <- function(model, call) {
  source <- training_source(model, call)
  query_model(model, "influence", list(), source, call)
}

influence_column <- function(model, name, call) {
  answer <- influence_columns(model, call)
  label_rows(answer$table[[name]], answer$labels)
}

#' @rdname influence.deciban_glm
#' @importFrom stats hatvalues
#' @export
hatvalues.deciban_glm <- function(model, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  influence_column(model, "hat", call)
}

#' @rdname influence.deciban_glm
#' @importFrom stats rstandard
#' @export
rstandard.deciban_glm <- function(model, infl = NULL, type = c("deviance", "pearson"), ...) {
  call <- sys.call()
  require_no_more(call, ...)
  if (identical(type, c("deviance", "pearson"))) type <- "deviance"
  if (!is_text(type) || !type %in% c("deviance", "pearson")) {
    raise_input("input.type", paste0("`type` is ", deparse_whole(type), "."), "Use \"deviance\" or \"pearson\".", call,
      list(argument = "type"))
  }
  influence_column(model, paste0("standard_", type), call)
}

#' @rdname influence.deciban_glm
#' @importFrom stats rstudent
#' @export
rstudent.deciban_glm <- function(model, infl = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  influence_column(model, "student", call)
}

#' @rdname influence.deciban_glm
#' @importFrom stats cooks.distance
#' @export
cooks.distance.deciban_glm <- function(model, infl = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  influence_column(model, "cooks", call)
}

dfbeta_matrix <- function(model, scaled, call) {
  answer <- query_model(model, "dfbeta", list(scaled = scaled), training_source(model, call), call)
  changes <- as.matrix(answer$table)
  dimnames(changes) <- list(answer$labels, names(answer$table))
  changes
}

#' @rdname influence.deciban_glm
#' @importFrom stats dfbeta
#' @export
dfbeta.deciban_glm <- function(model, infl = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  dfbeta_matrix(model, FALSE, call)
}

#' @rdname influence.deciban_glm
#' @importFrom stats dfbetas
#' @export
dfbetas.deciban_glm <- function(model, infl = NULL, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  dfbeta_matrix(model, TRUE, call)
}

#' @rdname influence.deciban_glm
#' @importFrom stats influence
#' @export
influence.deciban_glm <- function(model, do.coef = TRUE, ...) {
  call <- sys.call()
  require_no_more(call, ...)
  answer <- influence_columns(model, call)
  labelled <- function(name) label_rows(answer$table[[name]], answer$labels)
  source <- training_source(model, call)
  c(list(hat = labelled("hat")),
    if (do.coef) list(coefficients = dfbeta_matrix(model, FALSE, call)),
    list(sigma = labelled("sigma"), dev.res = row_values(model, "deviance", source, call),
      pear.res = row_values(model, "pearson", source, call), cooks.distance = labelled("cooks"),
      dffits = labelled("dffits"), covratio = labelled("covratio")))
}
