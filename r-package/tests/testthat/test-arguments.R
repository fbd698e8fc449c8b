# How column arguments, formulas and data are understood.

data <- small_portfolio()
coefficients_of <- function(...) coef(fit_glm(claim_count ~ vehicle_gas + driver_age, ..., family = "poisson"))
by_name <- coefficients_of(data, exposure = "exposure")

test_that("a column argument is a bare name, a text, an expression or a vector", {
  expect_identical(coefficients_of(data, exposure = exposure), by_name)
  expect_identical(coefficients_of(data, exposure = data$exposure), by_name)
  expect_identical(coefficients_of(data, exposure = data[["exposure"]]), by_name)
  expect_identical(coefficients_of(data, offset = log(exposure)), by_name)
  expect_identical(coefficients_of(data, offset = "log(exposure)"), by_name)
  expect_equal(coefficients_of(data, exposure = exposure * 1), by_name, tolerance = 1e-12)
  expect_equal(coefficients_of(data, offset = base::log(exposure)), by_name, tolerance = 1e-12)
})

test_that("a bare name that is no column is a variable of the caller", {
  years <- data$exposure
  expect_identical(coefficients_of(data, exposure = years), by_name)
  years <- "exposure"
  expect_identical(coefficients_of(data, exposure = years), by_name)
  years <- NULL
  expect_identical(coefficients_of(data, exposure = years), coefficients_of(data))
  wrapper <- function(d, w) coefficients_of(d, exposure = w)
  expect_identical(wrapper(data, "exposure"), by_name)
  expect_identical(wrapper(data, data$exposure), by_name)
})

test_that("wrappers work whatever the formula's environment is", {
  fit <- function(formula, d, years) fit_glm(formula, d, "poisson", exposure = years)
  expect_identical(coef(fit(claim_count ~ vehicle_gas + driver_age, data, data$exposure)), by_name)
  fit <- function(formula, d, years) fit_glm(formula, d, "poisson", exposure = 1 * years)
  expect_equal(coef(fit(claim_count ~ vehicle_gas + driver_age, data, data$exposure)), by_name, tolerance = 1e-12)
  make <- function() {
    hidden <- data$exposure
    claim_count ~ vehicle_gas + driver_age
  }
  expect_equal(coef(fit_glm(make(), data, "poisson", exposure = hidden)), by_name, tolerance = 1e-12)
  expect_identical(coef(do.call(fit_glm, list(claim_count ~ vehicle_gas + driver_age, data, "poisson",
    exposure = data$exposure))), by_name)
  through <- function(...) fit_glm(claim_count ~ vehicle_gas + driver_age, data, "poisson", ...)
  model <- through(exposure = exposure)
  expect_identical(coef(model), by_name)
  expect_length(fitted(model), nrow(data))
})

test_that("a column goes before a variable of the same name", {
  exposure <- rep(1, nrow(data))
  expect_identical(coefficients_of(data, exposure = exposure), by_name)
})

test_that("names that need backticks work", {
  odd <- data
  names(odd)[names(odd) == "exposure"] <- "years at risk"
  expect_identical(coefficients_of(odd, exposure = `years at risk`), by_name)
  expect_identical(coefficients_of(odd, exposure = "years at risk"), by_name)
  expect_identical(coefficients_of(odd, offset = log(`years at risk`)), by_name)
  names(odd)[names(odd) == "driver_age"] <- "driver's age"
  model <- fit_glm(claim_count ~ vehicle_gas + `driver's age`, odd, "poisson", exposure = `years at risk`)
  expect_equal(unname(coef(model)), unname(by_name))
  expect_identical(names(predict(model, odd)), row.names(odd))
})

test_that("an expression is NULL, a function is not a vector", {
  expect_identical(coefficients_of(data, exposure = NULL), coefficients_of(data))
  expect_code(coefficients_of(data, offset = sum), "data.unknown_column", "input", "sum")
  expect_code(coefficients_of(data, exposure = stop("oh no")), "input.argument", "input", "oh no")
})

test_that("a formula is an object or a text", {
  expect_identical(coef(fit_glm("claim_count ~ vehicle_gas + driver_age", data, "poisson", exposure = exposure)),
    by_name)
  text <- "claim_count ~ vehicle_gas + driver_age"
  model <- fit_glm(text, data, "poisson", exposure = exposure)
  expect_identical(coef(model), by_name)
  expect_s3_class(formula(model), "formula")
  long <- as.formula(paste("claim_count ~", paste(rep(c("vehicle_gas", "driver_age", "log(density)"), 40),
    collapse = " + ")))
  expect_length(coef(fit_glm(long, data, "poisson")), 4)
  expect_code(fit_glm(quote(x), data, "poisson"), "input.argument", "input", "formula")
})

test_that("variables beside the data are found where the formula was written", {
  group <- rep(c("a", "b"), length.out = nrow(data))
  model <- fit_glm(claim_count ~ group, data, "poisson")
  expect_named(coef(model), c("(Intercept)", "groupb"))
  expect_length(fitted(model), nrow(data))
  expect_equal(unname(predict(model, data)), unname(fitted(model)))
  expect_code(predict(model, data[1:3, ]), "data.length_mismatch", "input", "group")
  expect_code(fit_glm(claim_count ~ short, data, "poisson"), "data.unknown_column", "input", "short")
  short <- c(1, 2, 3)
  expect_code(fit_glm(claim_count ~ short, data, "poisson"), "data.length_mismatch", "input", "short")
})

test_that("data are a data frame or a list of vectors", {
  as_list <- as.list(data)
  model <- fit_glm(claim_count ~ vehicle_gas + driver_age, as_list, "poisson", exposure = exposure)
  expect_identical(coef(model), by_name)
  expect_null(names(fitted(model)))
  expect_identical(coefficients_of(structure(data, class = c("tbl_df", "tbl", "data.frame")), exposure = exposure),
    by_name)
  expect_identical(coefficients_of(structure(data, class = c("data.table", "data.frame")), exposure = exposure),
    by_name)
  expect_code(fit_glm(claim_count ~ 1, as.matrix(mtcars), "poisson"), "data.unsupported_type", "input", "matrix")
  expect_code(fit_glm(y ~ 1, 1:3, "poisson"), "data.unsupported_type", "input", "integer")
  expect_code(fit_glm(y ~ 1, list(1:3), "poisson"), "data.unsupported_type", "input", "list")
  expect_code(fit_glm(y ~ 1, family = "poisson"), "data.required", "input")
  expect_code(fit_glm(data = data, family = "poisson"), "formula.required", "input")
})

test_that("only the columns that are used are looked at", {
  data$unused <- as.list(seq_len(nrow(data)))
  data$raw <- as.raw(1)
  expect_identical(coefficients_of(data, exposure = exposure), by_name)
})
