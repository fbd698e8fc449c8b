#' A model with another covariance
#'
#' `with_vcov()` gives the same fit with another covariance of its coefficients: robust against a wrong variance
#' function (`"HC0"` to `"HC3"`), or against correlation within clusters (`~ policy_id`). Everything that reads standard
#' errors of the result uses it: `summary()`, `coef_table()`, `relativities()`, `confint()`, `vcov()`,
#' `linear_hypothesis()`, and the model file. The argument `vcov` of these functions, and that of [fit_glm()], are short
#' for it.
#'
#' # The covariances
#' With \eqn{A} the inverse information for dispersion 1, scores \eqn{s_i = w_i (y_i - \mu_i) / (V(\mu_i) g'(\mu_i))}
#' and leverages \eqn{h_i}, all but the first are \eqn{A M A}:
#' - `"model"`: \eqn{\phi A}, right when the family is;
#' - `"HC0"`: \eqn{M = \sum s_i^2 x_i x_i'}; `"HC1"`: that times \eqn{n / (n - rank)};
#' - `"HC2"`, `"HC3"`: \eqn{s_i^2 / (1 - h_i)} and \eqn{s_i^2 / (1 - h_i)^2} in place of \eqn{s_i^2}. A row with
#'   leverage 1 (a level with one row) is left out, and a warning `vcov.full_leverage` says so;
#' - `~ policy_id`: outer products of the scores summed over each of G clusters, times \eqn{G / (G - 1)};
#'   `HC1 ~ policy_id` times \eqn{(n - 1) / (n - rank)} as well, `CR0 ~ policy_id` without either factor (`CR1` and
#'   `CR1S` are other names of the first two). With several columns, `~ policy_id + year`, rows are
#'   correlated that agree in any of them; with few clusters a variance may then be negative (`NaN`, with a warning
#'   `vcov.not_positive`).
#'
#' They equal `vcovHC()` and `vcovCL()` of the package sandwich. Rows of weight 0 are left out first, and a row with
#' frequency f counts as f rows. Tests and intervals have the law that they have with `"model"`: t where the dispersion
#' is estimated, else normal.
#'
#' For models with a factor of 1,024 columns or more, robust covariances know the variances of that factor's levels and
#' everything between the others (`vcov()` raises `covariance.not_kept`); clusters are not supported there
#' (`vcov.wide_factor`).
#'
#' @param model A model of [fit_glm()], [fit_glm_xy()] or [load_model()].
#' @param vcov `"model"`, `"HC0"`, `"HC1"`, `"HC2"`, `"HC3"`; a formula (or its text) such as `~ policy_id`,
#'   `~ policy_id + year`, `HC1 ~ policy_id` or `CR0 ~ policy_id`, whose variables are columns of the data or vectors
#'   where the formula was written; or a named list of vectors that are the clusters.
#' @param data,y,weights,exposure,offset,freq_weights The training data again, for a model that was loaded: see
#'   [residuals.deciban_glm()].
#' @param n_threads As in [fit_glm()].
#' @return The model, with another covariance and `statistics$vcov` that says which.
#' @section Errors:
#' `vcov.unknown`, `vcov.formula`, `vcov.cluster_missing` (a row of the fit has no cluster), `vcov.one_cluster`,
#' `vcov.wide_factor`, `data.unknown_column`, `data.length_mismatch`, `model.no_data`, `model.data_changed`.
#' @references Zeileis, A. (2006) Object-oriented computation of sandwich estimators, *Journal of Statistical Software*
#'   16(9). Zeileis, A., Koell, S. and Graham, N. (2020) Various versatile variances, *Journal of Statistical Software*
#'   95(1). Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2011) *Journal of Business and Economic Statistics* 29,
#'   238-249.
#' @examples
#' model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
#' summary(with_vcov(model, "HC1"))
#' coef_table(model, vcov = "HC3")
#' warpbreaks$loom <- rep(1:9, 6)
#' sqrt(diag(vcov(model, vcov = ~ loom)))
#' @export
with_vcov <- function(model, vcov, data = NULL, y = NULL, weights = NULL, exposure = NULL, offset = NULL,
                      freq_weights = NULL, n_threads = NULL) {
  call <- sys.call()
  require_model(model, call)
  vectors <- list(weights = weights, exposure = exposure, offset = offset, freq_weights = freq_weights)
  give_vcov(model, vcov, call, function(also) given_source(model, data, vectors, y, call, also), n_threads)
}

# The argument `vcov` of methods: the model itself when it is NULL.
choose_vcov <- function(object, vcov, call) {
  if (is.null(vcov)) {
    return(object)
  }
  give_vcov(object, vcov, call, function(also) training_source(object, call, also))
}

give_vcov <- function(object, vcov, call, source, n_threads = NULL) {
  words <- read_vcov(vcov, call)
  if (identical(words$text, "model") && identical(object$statistics$vcov, "model")) {
    return(object)
  }
  rows <- source(words$columns)
  beside <- outside_columns(setdiff(words$columns, names(words$vectors)), rows$data, words$environment)
  rows$vectors <- c(rows$vectors, words$vectors, beside)
  answer <- query_model(object, "with_vcov", list(vcov = words$text), rows, call, n_threads)
  object$statistics <- answer$model$statistics
  object$document <- answer$model$document
  object
}

# `text` for the core, the `columns` that it names, `vectors` in their place, and the `environment` of a formula.
read_vcov <- function(vcov, call) {
  words <- list(text = vcov, columns = character(), vectors = list(), environment = baseenv())
  if (is.null(vcov)) words$text <- "model"
  if (inherits(vcov, "formula")) {
    words$environment <- environment(vcov)
    attributes(vcov) <- NULL
    words$text <- deparse_whole(vcov)
  } else if (is.list(vcov) && length(vcov) && length(names(vcov)) == length(vcov) && all(nzchar(names(vcov)))) {
    words$vectors <- as.list(vcov)
    names <- vapply(names(vcov), function(name) deparse_whole(as.name(name)), "")
    words$text <- paste("~", paste(names, collapse = " + "))
  }
  if (!is_text(words$text)) {
    raise_input("vcov.unknown", paste0("`vcov` cannot be an object of class ", class(vcov)[1], "."),
      "Use \"model\", \"HC0\" to \"HC3\", a formula such as ~ policy_id, or a named list of vectors.", call,
      list(argument = "vcov"))
  }
  words$columns <- as.character(checked(core_referenced_columns(list(vcov = words$text)), call))
  words
}
