family_of <- function(family, ...) {
  statistics <- suppressWarnings(fit_glm(breaks ~ wool, warpbreaks, family, max_iter = 50, ...))$statistics
  c(statistics$family, statistics$link)
}

test_that("names have their default links", {
  expect_identical(family_of("gaussian"), c("gaussian", "identity"))
  expect_identical(family_of("poisson"), c("poisson", "log"))
  expect_identical(family_of("gamma"), c("gamma", "log"))
  expect_identical(family_of("gamma", link = "inverse"), c("gamma", "inverse"))
  expect_identical(family_of("inverse_gaussian"), c("inverse_gaussian", "log"))
  expect_identical(family_of("quasi"), c("quasi", "identity"))
  expect_identical(family_of("quasipoisson"), c("quasipoisson", "log"))
  expect_identical(family_of("tweedie", var_power = 1.5), c("tweedie", "log"))
  expect_identical(family_of("negative_binomial", theta = 2), c("negative_binomial", "log"))
})

test_that("family objects and functions bring their own link", {
  expect_identical(family_of(poisson), c("poisson", "log"))
  expect_identical(family_of(poisson(link = "sqrt")), c("poisson", "sqrt"))
  expect_identical(family_of(Gamma()), c("gamma", "inverse"))
  expect_identical(family_of(Gamma), c("gamma", "inverse"))
  expect_identical(family_of(inverse.gaussian()), c("inverse_gaussian", "1/mu^2"))
  expect_identical(family_of(quasi(link = power(1 / 3), variance = "mu^2")), c("quasi", "power(0.3333333333333333)"))
  expect_identical(family_of(quasipoisson()), c("quasipoisson", "log"))
})

test_that("family objects of MASS and statmod bring their parameters", {
  skip_if_not_installed("MASS")
  skip_if_not_installed("statmod")
  model <- fit_glm(breaks ~ wool, warpbreaks, MASS::negative.binomial(1 / 3))
  expect_identical(model$statistics$family_parameters$theta, 1 / 3)
  expect_identical(model$statistics$link, "log")
  model <- fit_glm(breaks ~ wool, warpbreaks, statmod::tweedie(var.power = 1.7, link.power = 0))
  expect_identical(model$statistics$family_parameters$var_power, 1.7)
  expect_identical(model$statistics$link, "log")
  model <- fit_glm(breaks ~ wool, warpbreaks, statmod::tweedie(var.power = 1.7, link.power = 0.4))
  expect_identical(model$statistics$link, "power(0.4)")
})

test_that("link and parameters are not given twice", {
  expect_code(family_of(poisson(), link = "log"), "input.link_twice", "input", "link")
  expect_code(family_of(Gamma, link = "log"), "input.link_twice", "input", "gamma")
  expect_code(family_of(quasi(variance = "mu"), variance = "mu"), "input.parameter_twice", "input", "variance")
})

test_that("wrong families are errors", {
  expect_code(fit_glm(breaks ~ wool, warpbreaks), "family.required", "input")
  expect_code(family_of("poison"), "family.unknown", "input", c("poison", "poisson"))
  expect_code(family_of("Gamma"), "family.unknown", "input", "gamma")
  expect_code(family_of(gamma), "family.unknown", "input")
  expect_code(family_of(structure(list(family = "gaulss", link = "log"), class = "family")), "family.unknown", "input")
  expect_code(family_of(c("poisson", "gamma")), "input.argument", "input", "family")
  expect_code(family_of(NA), "input.argument", "input", "family")
  expect_code(family_of("poisson", link = "lgo"), "link.unknown", "input", "lgo")
  expect_code(family_of("poisson", link = "logit"), "link.invalid", "input", "logit")
  expect_code(family_of("tweedie", var_power = 3), "family.parameter_invalid", "input", "3")
  expect_code(family_of("poisson", theta = 3), "family.parameter_unused", "input", "theta")
})

test_that("family() gives R's object where there is one", {
  expect_equal(family(fit_glm(breaks ~ wool, warpbreaks, "poisson"))$linkinv(0), 1)
  model <- fit_glm(breaks ~ wool, warpbreaks, "gamma")
  expect_s3_class(family(model), "family")
  expect_identical(family(model)[c("family", "link")], Gamma("log")[c("family", "link")])
  expect_identical(family(fit_glm(breaks ~ wool, warpbreaks, quasi(variance = "mu", link = "log")))$varfun, "mu")
  expect_identical(family(fit_glm(breaks ~ wool, warpbreaks, "poisson", link = "power(0.5)"))$link, "mu^0.5")
  model <- fit_glm(breaks ~ wool, warpbreaks, "tweedie", var_power = 1.5)
  expect_identical(unclass(family(model)), list(family = "Tweedie", link = "log", var_power = 1.5))
  expect_output(print(family(model)), "Tweedie")
  expect_identical(family(fit_glm(am ~ wt, mtcars, "binomial", link = "loglog"))$link, "loglog")
})

test_that("theta is estimated when it is left out", {
  skip_if_not_installed("MASS")
  model <- fit_glm(Days ~ Sex + Age + Eth + Lrn, MASS::quine, "negative_binomial")
  reference <- MASS::glm.nb(Days ~ Sex + Age + Eth + Lrn, MASS::quine,
    control = glm.control(epsilon = 1e-12, maxit = 100))
  expect_equal(model$theta, reference$theta, tolerance = 1e-7)
  expect_equal(model$SE.theta, reference$SE.theta, tolerance = 1e-4)
  expect_equal(model$twologlik, reference$twologlik, tolerance = 1e-10)
  expect_equal(AIC(model), AIC(reference), tolerance = 1e-10)
  expect_identical(attr(logLik(model), "df"), 8L)
  expect_equal(coef(model), coef(reference), tolerance = 1e-6)
  given <- fit_glm(Days ~ Sex + Age + Eth + Lrn, MASS::quine, "negative_binomial", theta = model$theta)
  expect_identical(coef(given), coef(model))
  expect_null(given$SE.theta)
  expect_match(summary(model)$text, "theta: 1.27489 (maximum likelihood, std. error 0.161036)", fixed = TRUE)
  loaded <- model_from_json(model_to_json(model))
  expect_identical(loaded$theta, model$theta)
  expect_identical(loaded$SE.theta, model$SE.theta)
})

test_that("counts without overdispersion give the Poisson fit and a warning", {
  data <- data.frame(n = c(0, 1, 2, 1, 0, 3), x = c(1, 2, 3, 4, 5, 6.5))
  expect_warning(model <- fit_glm(n ~ x, data, "negative_binomial"), class = "deciban_warning")
  expect_identical(model$theta, Inf)
  expect_identical(coef(model), coef(fit_glm(n ~ x, data, "poisson")))
  expect_identical(AIC(model), AIC(fit_glm(n ~ x, data, "poisson")) + 2)
  expect_identical(model_from_json(model_to_json(model))$theta, Inf)
})

test_that("var_power is estimated when it is left out", {
  portfolio <- simulate_portfolio(4000, seed = 3)
  portfolio$rate <- portfolio$claim_amount / portfolio$exposure
  model <- fit_glm(rate ~ vehicle_gas, portfolio, "tweedie", weights = exposure)
  inside <- model$var_power > model$var_power_interval
  expect_identical(unname(inside), c(TRUE, FALSE))
  twice <- function(power) {
    2 * as.numeric(logLik(fit_glm(rate ~ vehicle_gas, portfolio, "tweedie", var_power = power, weights = exposure)))
  }
  expect_identical(twice(model$var_power), 2 * as.numeric(logLik(model)))
  fall <- twice(model$var_power) - vapply(model$var_power_interval, twice, 0)
  expect_equal(unname(fall), rep(qchisq(0.95, 1), 2), tolerance = 1e-7)
  expect_error(fit_glm(rate ~ 1, subset(portfolio, claim_amount == 0), "tweedie"), class = "deciban_error_data")
})
