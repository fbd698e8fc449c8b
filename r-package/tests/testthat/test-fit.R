# Against glm() on R's own data.

expect_same_fit <- function(model, other, tolerance = 1e-9) {
  expect_equal(coef(model), coef(other), tolerance = tolerance)
  expect_equal(vcov(model), vcov(other), tolerance = 1e-7)
  expect_equal(deviance(model), deviance(other), tolerance = 1e-10)
  expect_equal(model$null.deviance, other$null.deviance, tolerance = 1e-10)
  expect_equal(df.residual(model), df.residual(other))
  expect_equal(model$df.null, other$df.null)
  expect_equal(model$rank, other$rank)
  expect_equal(model$converged, TRUE)
  expect_equal(fitted(model), fitted(other), tolerance = tolerance)
}

test_that("a Poisson model of warpbreaks is glm's", {
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
  other <- reference(breaks ~ wool + tension, poisson, warpbreaks)
  expect_same_fit(model, other)
  expect_equal(AIC(model), AIC(other), tolerance = 1e-12)
  expect_equal(BIC(model), BIC(other), tolerance = 1e-12)
  expect_equal(model$aic, AIC(other), tolerance = 1e-12)
  expect_equal(logLik(model), logLik(other), tolerance = 1e-12)
})

test_that("gaussian, gamma and quasi models of mtcars are glm's", {
  expect_same_fit(fit_glm(mpg ~ wt + factor(cyl), mtcars, "gaussian"),
    reference(mpg ~ wt + factor(cyl), gaussian, mtcars))
  expect_same_fit(fit_glm(mpg ~ wt + log(hp), mtcars, "gamma"), reference(mpg ~ wt + log(hp), Gamma("log"), mtcars))
  expect_same_fit(fit_glm(mpg ~ wt + hp, mtcars, Gamma), reference(mpg ~ wt + hp, Gamma, mtcars))
  expect_same_fit(fit_glm(mpg ~ wt, mtcars, quasi(link = "log", variance = "mu^2")),
    reference(mpg ~ wt, quasi(link = "log", variance = "mu^2"), mtcars))
  expect_same_fit(fit_glm(mpg ~ wt, mtcars, inverse.gaussian("log")),
    reference(mpg ~ wt, inverse.gaussian("log"), mtcars))
  expect_same_fit(fit_glm(mpg ~ wt - 1, mtcars, "gaussian"), reference(mpg ~ wt - 1, gaussian, mtcars))
})

test_that("binomial models take 0/1, two levels, logical and proportions", {
  other <- reference(am ~ wt, binomial, mtcars)
  expect_same_fit(fit_glm(am ~ wt, mtcars, "binomial"), other, 1e-8)
  cars <- transform(mtcars, level = factor(am, labels = c("automatic", "manual")), flag = am == 1)
  expect_equal(coef(fit_glm(level ~ wt, cars, "binomial")), coef(other), tolerance = 1e-8)
  expect_equal(coef(fit_glm(flag ~ wt, cars, "binomial")), coef(other), tolerance = 1e-8)
  cases <- data.frame(n = c(10, 20, 15, 30), k = c(1, 5, 7, 22), x = 1:4)
  model <- fit_glm(p ~ x, transform(cases, p = k / n), "binomial", weights = n)
  expect_same_fit(model, reference(cbind(k, n - k) ~ x, binomial, cases), 1e-8)
})

test_that("prior weights, offset and exposure are glm's", {
  data <- small_portfolio()
  other <- reference(claim_count ~ area + driver_age + offset(log(exposure)), poisson, data)
  expect_same_fit(fit_glm(claim_count ~ area + driver_age, data, "poisson", exposure = exposure), other)
  expect_same_fit(fit_glm(claim_count ~ area + driver_age, data, "poisson", offset = log(exposure)), other)
  expect_same_fit(fit_glm(claim_count ~ area + driver_age + offset(log(exposure)), data, "poisson"), other)
  rate <- transform(data, rate = claim_count / exposure)
  other <- suppressWarnings(reference(rate ~ area, poisson, rate, weights = exposure))
  model <- fit_glm(rate ~ area, rate, "poisson", weights = exposure)
  expect_equal(coef(model), coef(other), tolerance = 1e-9)
  expect_equal(weights(model), weights(other))
})

test_that("freq_weights count rows", {
  expanded <- warpbreaks[rep(seq_len(54), times = rep(1:3, 18)), ]
  grouped <- transform(warpbreaks, times = rep(1:3, 18))
  model <- fit_glm(breaks ~ wool, grouped, "gamma", freq_weights = times)
  other <- reference(breaks ~ wool, Gamma("log"), expanded)
  expect_equal(coef(model), coef(other), tolerance = 1e-9)
  expect_equal(vcov(model), vcov(other), tolerance = 1e-8)
  expect_equal(nobs(model), 108)
})

test_that("negative binomial and Tweedie take their parameter", {
  skip_if_not_installed("MASS")
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "negative_binomial", theta = 3)
  other <- reference(breaks ~ wool + tension, MASS::negative.binomial(3), warpbreaks)
  expect_equal(coef(model), coef(other), tolerance = 1e-9)
  expect_equal(vcov(model), summary(other, dispersion = 1)$cov.scaled, tolerance = 1e-8)
  skip_if_not_installed("statmod")
  model <- fit_glm(breaks ~ wool + tension, warpbreaks, "tweedie", var_power = 1.5)
  other <- reference(breaks ~ wool + tension, statmod::tweedie(1.5, 0), warpbreaks)
  expect_equal(coef(model), coef(other), tolerance = 1e-9)
  expect_equal(vcov(model), vcov(other), tolerance = 1e-8)
})

test_that("missing rows are omitted, excluded or refused", {
  data <- airquality
  other <- reference(Ozone ~ Wind + Temp, gaussian, data)
  model <- fit_glm(Ozone ~ Wind + Temp, data, "gaussian")
  expect_same_fit(model, other)
  expect_identical(names(fitted(model)), names(fitted(other)))
  expect_equal(model$statistics$rows_dropped, 37)
  padded <- fit_glm(Ozone ~ Wind + Temp, data, "gaussian", na_action = "exclude")
  expect_equal(fitted(padded), fitted(update(other, na.action = na.exclude)), tolerance = 1e-9)
  expect_equal(residuals(padded), residuals(update(other, na.action = na.exclude)), tolerance = 1e-9)
  expect_code(fit_glm(Ozone ~ Wind, data, "gaussian", na_action = "fail"), "data.missing", "data", c("Ozone", "37"))
})

test_that("aliased coefficients are NA", {
  data <- transform(mtcars, wt2 = 2 * wt)
  codes <- warning_codes(fit_glm(mpg ~ wt + wt2 + hp, data, "gaussian"))
  expect_identical(c(codes), "fit.aliased")
  model <- attr(codes, "value")
  other <- glm(mpg ~ wt + wt2 + hp, gaussian, data)
  expect_equal(coef(model), coef(other), tolerance = 1e-9)
  expect_true(is.na(coef(model)[["wt2"]]) && !is.nan(coef(model)[["wt2"]]))
  expect_equal(vcov(model), vcov(other), tolerance = 1e-8)
  expect_equal(coef(summary(model)), coef(summary(other)), tolerance = 1e-8)
  expect_equal(predict(model, data), suppressWarnings(predict(other, data)), tolerance = 1e-9)
})
