#' A synthetic motor portfolio
#'
#' `simulate_portfolio()` draws policies with the shape of the French motor portfolio freMTPL2; `portfolio_truth()`
#' gives the coefficients behind it. For examples, tests and benchmarks.
#'
#' The same numbers come out in R and in Python, for any number of threads, and the first k policies do not depend on
#' `n`. R's own random numbers are neither used nor changed. Claim counts are Poisson, amounts the sum of gamma claims
#' with shape 0.8, both log-linear in the columns; names and shares follow what is published of freMTPL2, the
#' coefficients are invented.
#'
#' @param n Number of policies, from 0 to 2^31 - 1.
#' @param seed Key of the random numbers, a whole number of at least 0.
#' @param n_threads As in [fit_glm()].
#' @return `simulate_portfolio()`: a data frame of `n` rows with `policy_id`, `area`, `vehicle_brand`, `vehicle_gas`,
#'   `region` (factors), `vehicle_power`, `vehicle_age` (years), `driver_age` (years), `bonus_malus` (percent),
#'   `density` (inhabitants per square kilometre), `exposure` (years), `claim_count` and `claim_amount` (over the
#'   exposure). `portfolio_truth()`: a data frame with `model` (`"frequency"` or `"severity"`), `term`, `level` and
#'   `coefficient` (log scale).
#' @section Errors:
#' `input.rows`, `input.seed`, `input.n_threads`.
#' @examples
#' portfolio <- simulate_portfolio(500, seed = 1, n_threads = 1)
#' summary(portfolio$exposure)
#' subset(portfolio_truth(), model == "frequency" & term == "area")
#' @export
simulate_portfolio <- function(n, seed = 0, n_threads = NULL) {
  checked(core_simulate_portfolio(n, seed, n_threads), sys.call())
}

#' @rdname simulate_portfolio
#' @export
portfolio_truth <- function() checked(core_portfolio_truth(), sys.call())
