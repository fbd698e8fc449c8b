# Terms that R evaluates: calls that the core does not know.

data <- small_portfolio()
double_it <- function(x, by = 2) x * by
load_again <- function(model) model_from_json(model_to_json(model))

test_that("R evaluates functions that the core does not know", {
  model <- fit_glm(claim_count ~ sin(driver_age) + vehicle_gas, data, "poisson")
  other <- reference(claim_count ~ sin(driver_age) + vehicle_gas, poisson, data)
  expect_equal(coef(model), coef(other), tolerance = 1e-8)
  expect_equal(predict(model, data[5:9, ]), predict(other, data[5:9, ], type = "response"), tolerance = 1e-8)
  expect_equal(residuals(model), residuals(other), tolerance = 1e-7)
  expect_identical(predict(model), fitted(model))
})

test_that("functions and variables of the formula's environment are found, also at predict", {
  make <- function() {
    local_factor <- 3
    mine <- function(x) x * local_factor
    claim_count ~ mine(driver_age)
  }
  model <- fit_glm(make(), data, "poisson")
  expect_named(coef(model), c("(Intercept)", "mine(driver_age)"))
  expect_identical(predict(model, data[1:3, ]), fitted(model)[1:3])
  by_text <- fit_glm("claim_count ~ double_it(driver_age, by = 4)", data, "poisson")
  expect_equal(unname(predict(by_text, data[1:3, ])), unname(fitted(model)[1:3]), tolerance = 1e-9)
})

test_that("values may be factors, text and logical", {
  band <- function(x) cut(x, c(0, 30, 50, 200), labels = c("young", "middle", "old"))
  model <- fit_glm(claim_count ~ band(driver_age) * vehicle_gas, data, "poisson")
  other <- reference(claim_count ~ band(driver_age) * vehicle_gas, poisson, data)
  expect_equal(coef(model), coef(other), tolerance = 1e-8)
  expect_equal(predict(model, data[2:4, ]), predict(other, data[2:4, ], type = "response"), tolerance = 1e-8)
  expect_identical(colnames(model_matrix(~ toupper(vehicle_gas) + is.finite(density), data)),
    colnames(model.matrix(~ toupper(vehicle_gas) + is.finite(density), data)))
})

test_that("opaque calls stand within other calls", {
  made <- model_matrix(~ log(abs(sin(driver_age)) + 1) + poly(double_it(density), 2), data)
  other <- model.matrix(~ log(abs(sin(driver_age)) + 1) + poly(double_it(density), 2), data)
  expect_identical(colnames(made), colnames(other))
  expect_equal(as.vector(made), as.vector(other), tolerance = 1e-10)
  model <- fit_glm(log1p(double_it(claim_count)) ~ factor(nchar(as.character(area))) + exp(sin(density)), data,
    "gaussian")
  expect_identical(predict(model, data[3:5, ]), fitted(model)[3:5])
  expect_code(predict(load_again(model), data), "predict.opaque_missing", "input", "nchar(as.character(area))")
})

test_that("a call that is no value per row makes its whole term R's", {
  formula <- ~ cut(driver_age, quantile(driver_age, c(0, 0.5, 1)), include.lowest = TRUE) + I(density / mean(density))
  expect_equal(as.vector(model_matrix(formula, data)), as.vector(model.matrix(formula, data)), tolerance = 1e-12)
})

test_that("a dot leaves opaque columns and variables beside the data alone", {
  small <- data[c("claim_count", "driver_age", "density")]
  outside <- rep(c(1, 2), length.out = nrow(small))
  expect_identical(colnames(model_matrix(claim_count ~ . + sin(driver_age), small)),
    c("(Intercept)", "driver_age", "density", "sin(driver_age)"))
  expect_identical(colnames(model_matrix(claim_count ~ . + outside:density, small)),
    colnames(model.matrix(claim_count ~ . + outside:density, small)))
  expect_length(coef(fit_glm(claim_count ~ ., small, "poisson")), 3)
})

test_that("variables that only an opaque call reads may have any length", {
  table <- c(A = 1, B = 2, C = 3, D = 4, E = 5, F = 6)
  look_up <- function(x, table) table[as.character(x)]
  model <- fit_glm(claim_count ~ look_up(area, table), data, "poisson")
  expect_identical(predict(model, as.list(data[1:5, ])), unname(fitted(model)[1:5]))
})

test_that("a model from a file asks for the column and evaluates nothing", {
  counter <- 0
  counted <- function(x) {
    counter <<- counter + 1
    x / 2
  }
  model <- fit_glm(claim_count ~ counted(driver_age) + area, data, "poisson")
  again <- load_again(model)
  evaluated <- counter
  error <- expect_code(predict(again, data), "predict.opaque_missing", "input", "counted(driver_age)")
  expect_identical(error$context$term, "counted(driver_age)")
  expect_code(model_matrix(again, data), "predict.opaque_missing", "input")
  expect_code(residuals(again, data = data), "predict.opaque_missing", "input")
  expect_identical(counter, evaluated)
  given <- data
  given[["counted(driver_age)"]] <- data$driver_age / 2
  expect_identical(predict(again, given), predict(model, data))
  expect_identical(residuals(again, data = given), residuals(model))
  # a column of that name goes before the call in the session of the fit too
  evaluated <- counter
  expect_identical(predict(model, given), predict(model, data[, ]))
  expect_identical(counter, evaluated + 1)
})

test_that("saveRDS keeps the formula, so the calls work", {
  model <- fit_glm(claim_count ~ sin(driver_age), data, "poisson")
  path <- tempfile(fileext = ".rds")
  on.exit(unlink(path))
  saveRDS(model, path)
  expect_identical(predict(readRDS(path), data), predict(model, data))
})

test_that("mistakes in opaque terms are errors by code", {
  fit <- function(formula) fit_glm(formula, data, "poisson")
  expect_code(fit(claim_count ~ no_such_function(driver_age)), "formula.unknown_function", "formula",
    "no_such_function")
  expect_code(fit(claim_count ~ sin(no_such_function(driver_age))), "formula.unknown_function", "formula")
  expect_code(fit(claim_count ~ sin(no_such_column)), "data.unknown_column", "input", "no_such_column")
  expect_code(fit(claim_count ~ sin(area)), "formula.host_error", "input", c("sin(area)", "factors"))
  expect_code(fit(claim_count ~ unique(area)), "data.length_mismatch", "input", c("unique(area)", "400"))
  expect_code(fit(claim_count ~ outer(driver_age, 1:2)), "data.unsupported_type", "data", "outer")
  expect_code(fit(claim_count ~ as.list(driver_age)), "data.unsupported_type", "data", "as.list")
})
