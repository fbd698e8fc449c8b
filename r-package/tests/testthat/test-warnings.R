data <- small_portfolio()

test_that("a factor with one level warns", {
  one <- transform(data, vehicle_gas = "Regular")
  codes <- warning_codes(fit_glm(claim_count ~ vehicle_gas + area, one, "poisson"))
  expect_identical(c(codes), "factor.one_level")
  expect_length(coef(attr(codes, "value")), 6)
})

test_that("constant and collinear columns warn and are NA", {
  constant <- transform(data, flat = 3)
  codes <- warning_codes(fit_glm(claim_count ~ flat + area, constant, "poisson"))
  expect_identical(c(codes), "fit.aliased")
  expect_identical(is.na(coef(attr(codes, "value")))[["flat"]], TRUE)
})

test_that("separation warns, or is an error", {
  separated <- data.frame(y = c(0, 0, 0, 1, 1, 1), x = 1:6)
  codes <- warning_codes(fit_glm(y ~ x, separated, "binomial"))
  expect_identical(c(codes), "fit.separation")
  expect_identical(attr(codes, "value")$status, "separated")
  expect_false(attr(codes, "value")$converged)
  expect_code(fit_glm(y ~ x, separated, "binomial", strict = TRUE), "fit.separation", "convergence", "x")
})

test_that("no convergence warns, or is an error", {
  codes <- warning_codes(fit_glm(breaks ~ wool, warpbreaks, "poisson", max_iter = 1))
  expect_identical(c(codes), "fit.not_converged")
  expect_code(fit_glm(breaks ~ wool, warpbreaks, "poisson", max_iter = 1, strict = TRUE), "fit.not_converged",
    "convergence")
})

test_that("an offset that looks like a raw exposure warns", {
  codes <- warning_codes(fit_glm(claim_count ~ area, data, "poisson", offset = exposure))
  expect_identical(c(codes), "offset.raw_exposure")
  codes <- warning_codes(fit_glm(claim_count ~ area, data, "poisson", offset = data$exposure))
  expect_identical(c(codes), "offset.raw_exposure")
})

test_that("a warning has class, code, context and the user's call", {
  warned <- tryCatch(fit_glm(claim_count ~ area, data, "poisson", offset = exposure), warning = identity)
  expect_s3_class(warned, c("deciban_warning", "warning", "condition"), exact = TRUE)
  expect_identical(warned$context$column, "exposure")
  expect_identical(warned$call[[1]], as.name("fit_glm"))
})
