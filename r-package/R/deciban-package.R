#' deciban: generalised linear models for pricing and credit
#'
#' One C++ core that R and Python share, so that a tariff or a scorecard gives the same numbers, bit for bit, in both
#' languages. Start with [fit_glm()].
#'
#' # Options
#' - `deciban.threads`: number of threads where a call does not say `n_threads`; the environment variable
#'   `DECIBAN_NUM_THREADS` comes next, then the number of processors. Read at every call. Results do not depend on it.
#'
#' @useDynLib deciban, .registration = TRUE
#' @importFrom Rcpp evalCpp
#' @importFrom stats confint family fitted formula logLik model.matrix nobs predict residuals vcov weights
#' @keywords internal
"_PACKAGE"
