#' Fit a generalised linear model
#'
#' `fit_glm()` fits a generalised linear model to the columns of a data frame. The numbers are the same, bit for bit, as
#' those of `deciban.fit_glm()` in Python, for any number of threads.
#'
#' The model is \eqn{g(\mu) = X \beta + \mathrm{offset} + \log(\mathrm{exposure})} with \eqn{E(y) = \mu} and
#' \eqn{Var(y) = \phi V(\mu) / w}, where \eqn{w} are the prior `weights`. Figures are defined as those of
#' [stats::glm()], with these differences: the dispersion of the negative binomial is 1, the fit stops only
#' when the scaled score is below 1e-9 standard errors, and a Poisson log-likelihood of rates is `NA` (with a reason)
#' instead of `-Inf`.
#'
#' # Column arguments
#' `weights`, `exposure`, `offset` and `freq_weights` take
#' - the name of a column of `data`, bare or as a text;
#' - an expression over columns, such as `log(Exposure)`. Functions that the core knows (`log`, `log1p`, `exp`, `sqrt`,
#'   `abs`) are evaluated by the core, and again on new data by `predict()`;
#' - anything else: its value, one number per row, looked up in `data` first and then where the call was written.
#'
#' Columns of `data` go first: a variable of yours that has the name of a column is not seen. A variable that holds a
#' text stands for what the text names.
#'
#' # Exposure and amounts
#' `exposure` is meant for totals that grow with it, such as claim counts. For amounts use the rate as the response and
#' the exposure as `weights`: an offset alone would give claims of a policy over half a year the wrong variance.
#'
#' # Estimated parameters
#' `theta` left out is estimated by maximum likelihood together with the coefficients, as by `MASS::glm.nb()` but to
#' 1e-9 standard errors; `AIC()` counts it. Counts that do not vary more than Poisson's have no finite `theta`: it is
#' `Inf` then, the fit is the Poisson fit, and a warning `fit.no_overdispersion` says so.
#'
#' `var_power` left out maximises the likelihood over 1.01 to 1.99, the dispersion and the coefficients with it; the
#' interval (`var_power_interval`, 95 %) holds the powers whose likelihood ratio is below the quantile of chi-squared.
#' It takes some 35 fits. An end beyond 1.01 or 1.99 is 1 or 2; an estimate there comes with a warning
#' `fit.var_power_bound`. Near 1 the law is almost a lattice, and the likelihood of few responses may have several
#' peaks: a warning `fit.not_converged` says that none stands out.
#'
#' The log-likelihood of the Tweedie family is that of its exact density with dispersion \eqn{\phi / w}, at the
#' \eqn{\phi} that maximises it (`dispersion_ml`); standard errors use Pearson's (`dispersion`), as those of other
#' families.
#'
#' # Columns and levels
#' Double, integer, logical, factor, character, Date, POSIXct, difftime and `bit64::integer64` columns are read in
#' place. Factor, character and logical columns enter as factors with treatment contrasts: a factor in the order of its
#' levels (levels without rows are left out), character in the order of its UTF-8 bytes, whatever the locale. `NA` and
#' `NaN` are missing alike.
#'
#' # The formula
#' Formulas mean what they mean in R: `+ - : * / ^ %in%`, brackets, `.` (all other columns), `0`, `1`, `-1` and
#' `offset()`, with R's order of terms, coding and column names. The core knows `log`, `log10`, `log1p`, `exp`, `sqrt`,
#' `abs`, `I()` with arithmetic, comparisons and logic, `pmin`, `pmax`, `clip`, `ifelse`, `is.na`; `factor` (also
#' `factor(x, na = TRUE)`: missing is a level), `C` (contrasts: `C(Area, sum)`, `C(Area, ref = "D")`,
#' `C(Area, base = "largest")`), `cut`; and, with what they learn from the data, `poly`, `bs`, `ns`, `ms`, `scale` and
#' `center` (see [basis()]). Responses may be `cbind(successes, failures)`.
#'
#' `te(x)` encodes a factor with many levels by the response, `te(a:b)` joint levels, `te(a/b)` levels of b that shrink
#' to those of a, `fe(x)` by the share of rows (also `TE`, `FE`; `log(te(x))`; arguments `scheme`, `prior_weight`,
#' `seed`, `n_folds`, `n_permutations`, `statistic`, `quantile`, `missing`, `min_rows`, and columns as `groups` or
#' `time`, as in [target_encoder()]; exposure and weights are those of the fit). Training rows have values that do not
#' depend on their own response, new rows those of all training rows; unseen levels get the prior. `woe(x)` is the
#' weight of evidence of a factor for a response in \[0, 1\] (arguments `smoothing`, `min_count`, `min_share`,
#' `max_levels`, `top_p` as in [woe_encoder()]), from all training rows; numbers are binned by looking at the response,
#' so that standard errors are conditional on the bins.
#'
#' Any other call is evaluated by R, in the data first and then where the formula was written, and must give one value
#' per row: `sin(x)`, a function of yours. Such a term learns nothing: `predict()` evaluates the call again on the new
#' rows. That needs the session of the fit. For a model from a file the new data must hold its values as a column named
#' by the term (`predict.opaque_missing` otherwise); text of a file is never evaluated.
#'
#' # Errors
#' Errors have the class `deciban_error`, a class by kind, such as `deciban_error_input`, and the fields `code`,
#' `context` and `hint`. Codes are stable, wording is not:
#' - formula (a caret line shows the place): `formula.syntax`, `formula.unknown_function`, `formula.unsupported`,
#'   `formula.arguments`, `formula.df`, `formula.degree`, `formula.knots`, `formula.constant`,
#'   `formula.response_missing`, `formula.response_on_right`, `formula.smooth_unavailable`,
#'   `formula.encoder_response`; `encoder.*` as [target_encoder()];
#' - input: `data.unknown_column`, `data.length_mismatch`, `data.duplicate_column`, `data.empty`, `data.too_many_rows`,
#'   `family.required`, `family.unknown`, `family.parameter_invalid`,
#'   `family.parameter_unused`, `family.parameter_twice`, `link.unknown`, `link.invalid`, `input.link_twice`,
#'   `exposure.not_positive`, `exposure.link`, `weights.negative`, `weights.not_finite`, `weights.all_zero`,
#'   `freq_weights.invalid`, `input.contrasts`, `formula.host_error` (R could not evaluate a term), `input.argument`,
#'   `input.n_threads`;
#' - data: `data.unsupported_type`, `data.all_missing`, `data.missing`, `data.non_finite`, `data.not_numeric`,
#'   `data.encoding`, `response.domain`, `response.not_numeric`, `family.no_estimate` (`theta` or `var_power` cannot be
#'   estimated);
#' - convergence, with `strict = TRUE`: `fit.separation`, `fit.not_converged`;
#' - covariance: `vcov.unknown`, `vcov.formula`, `vcov.cluster_missing`, `vcov.one_cluster`, `vcov.wide_factor`;
#' - cancelled: you interrupted the fit.
#'
#' Warnings have the class `deciban_warning` and the fields `code` and `context`: `fit.aliased` (coefficient `NA`),
#' `fit.separation`, `fit.not_converged`, `fit.no_overdispersion` (`theta` is infinite), `fit.var_power_bound`,
#' `factor.one_level`, `offset.raw_exposure`, `vcov.full_leverage`, `vcov.not_positive` (see [with_vcov()]).
#'
#' @param formula Formula, or its text: `y ~ a * bs(b, df = 5) + factor(c) + offset(d)` (see The formula).
#'   Variables that are no columns of `data` are looked up where the formula was written.
#' @param data Data frame (tibble, data.table), named list of vectors of one length, what [dataset()] made, or a source
#'   of chunks as there: a function that returns the next data frame. Of chunks the columns that are used are gathered
#'   in coded form.
#' @param family Name of the family: `"gaussian"`, `"binomial"`, `"poisson"`, `"gamma"`, `"inverse_gaussian"`,
#'   `"tweedie"`, `"negative_binomial"`, `"quasi"`, `"quasipoisson"` or `"quasibinomial"`; or a family object of R with
#'   its own link and parameters, such as `Gamma()` (whose link is the inverse), `poisson`, `quasi(variance = "mu^2")`,
#'   `MASS::negative.binomial(2)` or `statmod::tweedie(1.5, link.power = 0)`. There is no default. The binomial response
#'   is 0/1, a factor with two levels (the second is success), or a proportion with the number of trials as `weights`.
#' @param link Name of the link: `"identity"`, `"log"`, `"logit"`, `"probit"`, `"cloglog"`, `"loglog"`, `"cauchit"`,
#'   `"inverse"`, `"1/mu^2"`, `"sqrt"` or `"power(0.5)"`. `NULL`: identity for gaussian and quasi, logit for binomial
#'   and quasibinomial, log for all others.
#' @param weights Prior weights \eqn{w \ge 0}, one per row (see Column arguments). Rows with weight 0 carry no
#'   information and are not counted.
#' @param exposure Time at risk or another measure of volume, positive; adds `log(exposure)` to the predictor of a log
#'   or cloglog link.
#' @param offset Added to the predictor as it is (on the scale of the link).
#' @param var_power Power of the variance function of the Tweedie family, from 1 (Poisson) to 2 (gamma). `NULL`:
#'   estimated (see Estimated parameters).
#' @param theta Shape of the negative binomial family, positive: \eqn{Var(y) = \mu + \mu^2 / \theta}. `NULL`: estimated.
#' @param variance Variance function of the quasi family: `"constant"`, `"mu"`, `"mu^2"`, `"mu^3"` or `"mu(1-mu)"`.
#' @param freq_weights Number of times that each row occurred (whole numbers).
#' @param contrasts Contrasts of factors, a named list or vector such as `list(Area = "sum")`: `"treatment"`, `"sum"`,
#'   `"helmert"` or `"poly"`, also as `"contr.sum"`. Others have treatment contrasts, ordered factors polynomial ones.
#' @param na_action What to do with rows that have a missing value in a column of the model: `"omit"` drops and counts
#'   them, `"exclude"` also gives them `NA` in residuals and fitted values, `"fail"` is an error.
#' @param unseen What `predict()` does with levels that the fit has not seen: `"error"`, `"missing"` (`NA`) or
#'   `"reference"` (the base level).
#' @param vcov Covariance of the coefficients: `"model"`, robust `"HC0"` to `"HC3"`, or by clusters, such as
#'   `~ policy_id`; see [with_vcov()], which changes it afterwards.
#' @param rank_tol Columns whose norm falls below this fraction of itself after the earlier columns are taken out are
#'   aliased (coefficient `NA`), as in R. Below 1e-8 every step takes a QR decomposition.
#' @param max_iter Largest number of Newton steps.
#' @param strict `TRUE` makes separation and missing convergence errors instead of warnings.
#' @param n_threads Number of threads; `NULL` means `getOption("deciban.threads")`, else the environment variable
#'   `DECIBAN_NUM_THREADS`, else all processors. It does not change the result.
#' @return An object of class `deciban_glm`: a list with `coefficients`, `deviance`, `null.deviance`, `df.residual`,
#'   `df.null`, `aic`, `rank`, `iter`, `converged`, `status` (`"converged"`, `"max_iter"`, `"separated"` or
#'   `"diverged"`), `dispersion`, `family`, `formula`, `call`, `statistics` (all figures by the names that Python uses
#'   too) and `document` (the text of the model file); for the negative binomial `theta` and, if it was estimated,
#'   `SE.theta` and `twologlik` (as `MASS::glm.nb()`); for the Tweedie family `var_power`, `dispersion_ml` and, if it
#'   was estimated, `var_power_interval`. It holds no pointers and no data but column arguments that
#'   were given as vectors: `saveRDS()` works, and results with one value per row are computed from the data of the call
#'   when asked for.
#' @seealso [deciban_glm] for methods, [relativities()], [coef_table()], [actual_expected()], [save_model()],
#'   [fit_glm_xy()] for a design of your own.
#' @references McCullagh, P. and Nelder, J. A. (1989) *Generalized Linear Models*, 2nd edition, chapter 2 (iteratively
#'   reweighted least squares), chapter 9 (quasi-likelihood). Jorgensen, B. (1997) *The Theory of Dispersion Models*
#'   (Tweedie). Lawless, J. F. (1987) Negative binomial and mixed Poisson regression, *Canadian Journal of Statistics*
#'   15, 209-225. Dunn, P. K. and Smyth, G. K. (2005, 2008) *Statistics and Computing* 15, 267-280, and 18, 73-86
#'   (Tweedie densities).
#' @examples
#' portfolio <- simulate_portfolio(2000, seed = 1)
#' frequency <- fit_glm(claim_count ~ area + vehicle_gas + log(density), portfolio,
#'   family = "poisson", exposure = exposure, n_threads = 1)
#' frequency
#' relativities(frequency)
#'
#' # severity: average cost, weighted by the number of claims
#' claims <- subset(portfolio, claim_count > 0)
#' claims$average <- claims$claim_amount / claims$claim_count
#' fit_glm(average ~ vehicle_gas, claims, "gamma", weights = claim_count, n_threads = 1)
#'
#' # splines, interactions and contrasts
#' fit_glm(claim_count ~ bs(driver_age, df = 5) * vehicle_gas + area, portfolio, "poisson",
#'   exposure = exposure, contrasts = list(area = "sum"), n_threads = 1)
#'
#' # R's family objects keep their link
#' fit_glm(breaks ~ wool + tension, warpbreaks, poisson(link = "sqrt"))$family
#' @export
fit_glm <- function(formula, data, family, link = NULL, weights = NULL, exposure = NULL, offset = NULL,
                    var_power = NULL, theta = NULL, variance = NULL, freq_weights = NULL, contrasts = NULL,
                    na_action = "omit", unseen = "error", vcov = "model", rank_tol = 1e-7, max_iter = 100,
                    strict = FALSE, n_threads = NULL) {
  call <- match.call()
  caller <- parent.frame()
  if (missing(data)) {
    raise_input("data.required", "`data` was not given.", "Hand in a data frame.", call, list(argument = "data"))
  }
  written <- read_formula(if (missing(formula)) NULL else formula, caller, call)
  clusters <- read_vcov(vcov, call)
  data <- readable(data, c(words_of(written$expression), words_of(substitute(weights), weights),
    words_of(substitute(exposure), exposure), words_of(substitute(offset), offset),
    words_of(substitute(freq_weights), freq_weights), clusters$columns), n_threads, call)
  require_data(data, call)
  envs <- list(caller, written$environment)
  columns <- split_vectors(list(
    weights = capture_column(substitute(weights), weights, data, envs, call),
    exposure = capture_column(substitute(exposure), exposure, data, envs, call),
    offset = capture_column(substitute(offset), offset, data, envs, call),
    freq_weights = capture_column(substitute(freq_weights), freq_weights, data, envs, call)
  ))
  words <- read_family(list(family = if (missing(family)) NULL else family, link = link, var_power = var_power,
    theta = theta, variance = variance), call)
  arguments <- c(list(formula = written$text), words, columns$arguments, list(
    contrasts = read_contrasts(contrasts, call), na_action = na_action, unseen = unseen,
    vcov = clusters$text, rank_tol = rank_tol, max_iter = max_iter, strict = strict))
  used <- formula_frame(written, arguments, data, call)
  beside <- outside_columns(setdiff(clusters$columns, names(clusters$vectors)), data, clusters$environment)
  vectors <- c(columns$vectors, clusters$vectors, beside)
  fit <- checked(core_fit_glm(arguments, used$frame, vectors, n_threads), call)
  formula <- if (is_text(formula)) as_formula(formula, caller) else formula
  model <- new_model(fit, formula, call, caller, used$outside, columns$vectors)
  raise_warnings(model$statistics$warnings, call)
  model
}
