model <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")
other <- reference(breaks ~ wool + tension, poisson, warpbreaks)

test_that("print and summary show the core's text", {
  expect_output(print(model), "Generalized linear model: poisson family, log link")
  expect_output(print(model), "woolB")
  capture.output(visible <- withVisible(print(model))$visible)
  expect_false(visible)
  expect_output(print(summary(model)), "Signif. codes", fixed = TRUE)
  expect_output(print(summary(model, level = 0.9)), "lower 90%", fixed = TRUE)
})

test_that("summary carries glm's matrix", {
  expect_equal(coef(summary(model)), coef(summary(other)), tolerance = 1e-8)
  gamma <- fit_glm(breaks ~ wool, warpbreaks, "gamma")
  expected <- summary(reference(breaks ~ wool, Gamma("log"), warpbreaks))
  expect_equal(coef(summary(gamma)), coef(expected), tolerance = 1e-8)
  expect_equal(summary(gamma)$dispersion, expected$dispersion, tolerance = 1e-9)
  expect_equal(summary(gamma)$cov.scaled, expected$cov.scaled, tolerance = 1e-8)
  expect_equal(summary(gamma)$df, expected$df)
})

test_that("confint is Wald's interval", {
  expect_equal(confint(model), confint.default(other), tolerance = 1e-8)
  expect_equal(confint(model, "woolB"), confint.default(other, "woolB"), tolerance = 1e-8)
  expect_equal(confint(model, 2:3, level = 0.9), confint.default(other, 2:3, level = 0.9), tolerance = 1e-8)
  gaussian <- fit_glm(mpg ~ wt, mtcars, "gaussian")
  expect_equal(confint(gaussian), confint(lm(mpg ~ wt, mtcars)), tolerance = 1e-9)
  expect_code(confint(model, "woolC"), "input.parm", "input", "woolC")
  expect_code(confint(model, level = 1.5), "input.level", "input")
  expect_code(confint(model, level = "high"), "input.argument", "input", "level")
})

test_that("residuals are glm's", {
  for (type in c("deviance", "pearson", "response", "working"))
    expect_equal(residuals(model, type), residuals(other, type), tolerance = 1e-9)
  expect_equal(resid(model), resid(other), tolerance = 1e-9)
  expect_code(residuals(model, "partial"), "input.type", "input", "partial")
  expect_code(residuals(model, "fitted"), "input.type", "input", "fitted")
})

test_that("R's generic functions work", {
  expect_identical(nobs(model), 54)
  expect_equal(deviance(model), deviance(other), tolerance = 1e-12)
  expect_equal(df.residual(model), 50)
  expect_identical(formula(model), breaks ~ wool + tension, ignore_formula_env = TRUE)
  expect_equal(weights(model), weights(other))
  smaller <- update(model, . ~ . - tension)
  expect_named(coef(smaller), c("(Intercept)", "woolB"))
  expect_equal(coef(update(model, family = "gaussian")), coef(lm(breaks ~ wool + tension, warpbreaks)),
    tolerance = 1e-9)
})

test_that("logLik is NA with a reason where there is none", {
  quasi <- fit_glm(breaks ~ wool, warpbreaks, "quasipoisson")
  expect_s3_class(logLik(quasi), "logLik")
  expect_true(is.na(logLik(quasi)))
  expect_match(attr(logLik(quasi), "reason"), "quasi")
  expect_true(is.na(AIC(quasi)))
  expect_true(is.na(quasi$aic))
  expect_true(is.na(logLik(fit_glm(breaks ~ wool, warpbreaks, "tweedie", var_power = 1))))
  expect_true(is.finite(logLik(fit_glm(breaks ~ wool, warpbreaks, "tweedie", var_power = 1.5))))
})

test_that("arguments that are none are errors", {
  expect_code(predict(model, warpbreaks, se_fit = TRUE), "input.unknown_argument", "input", "se_fit")
  expect_code(summary(model, dispersion = 1), "input.unknown_argument", "input", "dispersion")
})

test_that("tables have their columns", {
  table <- coef_table(model)
  expect_s3_class(table, "data.frame")
  expect_named(table, c("term", "estimate", "std_error", "statistic", "p_value", "lower", "upper"))
  expect_equal(table$estimate, unname(coef(model)))
  expect_equal(table$p_value, unname(coef(summary(other))[, 4]), tolerance = 1e-6)
  relativity <- relativities(model)
  expect_named(relativity, c("term", "level", "rows", "exposure", "claims", "observed", "relativity", "lower",
    "upper", "base"))
  expect_identical(relativity$level, c("A", "B", "L", "M", "H"))
  expect_type(relativity$rows, "integer")
  expect_type(relativity$base, "logical")
  expect_equal(relativity$relativity, exp(c(0, coef(other)[2], 0, coef(other)[3:4])), tolerance = 1e-9,
    ignore_attr = TRUE)
  expect_equal(relativity$lower[5], exp(confint.default(other)[4, 1]), tolerance = 1e-9)
  totals <- actual_expected(model)
  expect_named(totals, c("term", "level", "rows", "exposure", "observed", "fitted", "ratio"))
  expect_identical(totals$term[6], "(Total)")
  expect_equal(totals$observed[6], sum(warpbreaks$breaks))
  expect_equal(totals$fitted, totals$observed, tolerance = 1e-9)
  expect_code(relativities(fit_glm(mpg ~ wt, mtcars, "gaussian")), "relativities.link", "input", "identity")
  expect_code(relativities(other), "input.argument_type", "input", "glm")
  expect_code(coef_table(model, level = 0), "input.level", "input")
})

test_that("the object is plain values", {
  expect_false(any(vapply(unclass(model), typeof, "") == "externalptr"))
  expect_type(model$document, "character")
  expect_identical(model$iter, model$statistics$n_iter)
  expect_equal(model$null.deviance, other$null.deviance, tolerance = 1e-12)
})

test_that("no exported name masks base R", {
  masked <- intersect(getNamespaceExports("deciban"),
    unlist(lapply(c("base", "stats", "utils", "methods"), getNamespaceExports)))
  expect_identical(masked, character())
})
