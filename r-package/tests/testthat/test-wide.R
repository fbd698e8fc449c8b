# Factors with very many levels.

wide_portfolio <- function(n, levels) {
  set.seed(4)
  data <- data.frame(zip = factor(sprintf("Z%06d", sample(levels, n, TRUE))), area = factor(sample(letters[1:6], n, TRUE)),
    age = sample(18:80, n, TRUE), x = runif(n))
  data$y <- 0.5 * data$x + as.integer(data$area) / 3 + (as.integer(data$zip) %% 7) / 5 + rnorm(n)
  data
}

test_that("slopes and their errors beside a wide factor are those within its levels", {
  data <- wide_portfolio(12000, 1500)
  model <- fit_glm(y ~ area + zip + x + poly(age, 2), data, "gaussian")
  # the projection of every column on the levels, by base R
  columns <- cbind(model.matrix(~ area, data)[, -1], x = data$x, poly(data$age, 2))
  within <- function(v) v - ave(v, data$zip)
  other <- lm(within(data$y) ~ 0 + apply(columns, 2, within))
  at <- c(2:6, length(coef(model)) - 2:0)
  expect_equal(unname(coef(model)[at]), unname(coef(other)), tolerance = 1e-9)
  df <- 12000 - length(coef(model))
  errors <- sqrt(diag(vcov(other)) * other$df.residual / df)
  expect_equal(unname(sqrt(diag(vcov(model)))[at]), unname(errors), tolerance = 1e-9)
  expect_equal(coef_table(model)$std_error, unname(sqrt(diag(vcov(model)))), tolerance = 1e-12)
  again <- model_from_json(model_to_json(model))
  expect_identical(vcov(again), vcov(model))
})

test_that("a level per row fits; the covariance is refused, errors and summary are there", {
  n <- 20000
  data <- wide_portfolio(n, n)
  data$zip <- factor(sprintf("Z%06d", c(seq_len(n - 50), seq_len(50))))
  model <- fit_glm(y ~ x + zip, data, "gaussian")
  within <- function(v) (v - ave(v, data$zip))
  slope <- sum(within(data$x) * within(data$y)) / sum(within(data$x)^2)
  expect_equal(unname(coef(model)[2]), slope, tolerance = 1e-8)
  expect_code(vcov(model), "covariance.too_large", "input", "coef_table")
  made <- summary(model)
  expect_null(made$cov.scaled)
  expect_match(made$text, "more coefficients: coef_table() has all", fixed = TRUE)
  expect_true(all(is.finite(coef_table(model)$std_error)))
})

test_that("explain_plan() says how the terms are summed", {
  data <- wide_portfolio(5000, 1500)
  plan <- explain_plan(y ~ area + zip + bs(age, df = 5) + x, data)
  expect_named(plan, c("part", "name", "stored", "enters", "covers", "cells", "bytes", "bytes_per_row", "work_per_row",
    "reason"))
  expect_identical(plan$enters[1:4], c("levels of a joint code", "arrow", "levels of a joint code", "dense columns"))
  expect_identical(plan$part[nrow(plan)], "total")
  expect_match(capture.output(print(plan))[1], "^part +name +stored")
  model <- fit_glm(y ~ area + zip + bs(age, df = 5) + x, data, "gaussian")
  expect_identical(explain_plan(model, data), plan)
  expect_identical(explain_plan(model), plan)
  expect_code(explain_plan(~zip), "input.data", "input")
  expect_code(explain_plan(model, data, contrasts = list(area = "sum")), "input.contrasts", "input")
})
