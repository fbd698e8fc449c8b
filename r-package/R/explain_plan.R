#' How a fit sums its rows
#'
#' Fits never write out a design matrix. `explain_plan()` says what they do in its place for a formula and its data,
#' without fitting: how each term is stored, as what it enters the sums, which groups of joint cells there are, and what a
#' pass over the rows costs. The plan depends on levels, distinct values and numbers of columns only, never on the machine.
#'
#' @param x A formula (one- or two-sided) or its text, as in [fit_glm()], or a fitted model.
#' @param data Data frame or named list. For a model `NULL` means the data of the fit.
#' @param contrasts,weights,exposure,n_threads As in [design_info()].
#' @return A data frame that prints with the core's text, as in Python. One row per term (`part` is `"term"`), then one per
#'   table of sums: `"arrow"` (the widest factor, when it has 1,024 columns or more), `"group"` (joint cells of several codes;
#'   every pair of codes lies in some group), `"dense"` (products of columns with a value per row), `"varying"` (a factor
#'   times such a column), and the `"total"`. Columns: `name`, `stored`, `enters`, `covers` (terms whose pairs have their
#'   cross-tables there), `cells`, `bytes` (of one partial sum), `bytes_per_row` that a pass reads, `work_per_row`
#'   (additions), and `reason`, the rule of the cost model that decided.
#' @section Errors:
#' As [design_info()].
#' @seealso [design_info()] for what a term means, rather than how it is summed.
#' @examples
#' explain_plan(breaks ~ wool * tension, warpbreaks)
#' explain_plan(~ factor(cyl) + bs(wt, df = 4) + hp, mtcars)
#' @export
explain_plan <- function(x, data = NULL, contrasts = NULL, weights = NULL, exposure = NULL, n_threads = NULL) {
  call <- match.call()
  if (inherits(x, "deciban_glm")) {
    refuse_contrasts(contrasts, call)
    if (is.null(data)) data <- training_source(x, call)$data
    if (!is.matrix(data)) require_data(data, call)
    frame <- new_frame(x, data, character(), call)
    return(as_printed_table(query_model(x, "explain_plan", list(), list(frame = frame, vectors = list()), call, n_threads)$table))
  }
  written <- design_formula(x, parent.frame(), call)
  if (is.null(data)) raise_formula_data(call)
  require_data(data, call)
  envs <- list(parent.frame(), written$environment)
  columns <- split_vectors(list(weights = capture_column(substitute(weights), weights, data, envs, call),
    exposure = capture_column(substitute(exposure), exposure, data, envs, call)))
  arguments <- c(list(formula = written$text, contrasts = read_contrasts(contrasts, call)), columns$arguments)
  used <- formula_frame(written, arguments, data, call)
  as_printed_table(checked(core_explain_plan(arguments, used$frame, columns$vectors, n_threads), call))
}
