X <- model.matrix(~ wool + tension, warpbreaks)
y <- warpbreaks$breaks
by_formula <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson")

test_that("a matrix is the design", {
  model <- fit_glm_xy(X, y, "poisson")
  expect_equal(coef(model), coef(by_formula), tolerance = 1e-12)
  expect_equal(deviance(model), deviance(by_formula), tolerance = 1e-12)
  expect_equal(fitted(model), fitted(by_formula), tolerance = 1e-12)
  expect_equal(residuals(model), residuals(by_formula), tolerance = 1e-9)
  expect_equal(predict(model, X[1:5, ]), fitted(by_formula)[1:5], tolerance = 1e-12)
})

test_that("columns without names are x1 to xp, and intercept adds one", {
  bare <- unname(X[, -1])
  model <- fit_glm_xy(bare, y, "poisson", intercept = TRUE)
  expect_named(coef(model), c("(Intercept)", "x1", "x2", "x3"))
  expect_equal(unname(coef(model)), unname(coef(by_formula)), tolerance = 1e-12)
  expect_equal(predict(model, bare[1:5, ]), unname(fitted(model)[1:5]))
  expect_code(predict(model, bare[, 1:2]), "data.dimension", "input", c("2", "3"))
})

test_that("integer, logical and data frame designs give the same bits", {
  expected <- unname(coef(fit_glm_xy(X, y, "poisson")))
  integer <- X
  storage.mode(integer) <- "integer"
  expect_identical(unname(coef(fit_glm_xy(integer, y, "poisson"))), expected)
  storage.mode(integer) <- "logical"
  expect_identical(unname(coef(fit_glm_xy(integer, y, "poisson"))), expected)
  expect_identical(unname(coef(fit_glm_xy(as.data.frame(X), y, "poisson"))), expected)
  frame <- as.data.frame(X)
  model <- fit_glm_xy(frame, y, "poisson")
  expect_equal(predict(model, frame[4:6, ]), fitted(model)[4:6])
})

test_that("weights, exposure and offset are vectors or columns of X", {
  w <- rep(1:2, 27)
  other <- fit_glm(breaks ~ wool + tension, warpbreaks, "poisson", weights = w, exposure = w)
  model <- fit_glm_xy(X, y, "poisson", weights = w, exposure = w)
  expect_equal(coef(model), coef(other), tolerance = 1e-12)
  expect_equal(fitted(model), fitted(other), tolerance = 1e-12)
  expect_code(predict(model, X), "predict.exposure_missing", "input")
  expect_equal(predict(model, X, exposure = w), fitted(other), tolerance = 1e-12)
})

test_that("a loaded model takes X and y again", {
  model <- fit_glm_xy(X, y, "poisson")
  loaded <- model_from_json(model_to_json(model))
  expect_identical(predict(loaded, X), predict(model, X))
  expect_code(fitted(loaded), "model.no_data", "data")
  expect_identical(fitted(loaded, data = X, y = y), fitted(model))
  expect_identical(residuals(loaded, data = X, y = y), residuals(model))
})

test_that("wrong designs are errors", {
  expect_code(fit_glm_xy(X, y[-1], "poisson"), "data.length_mismatch", "input", c("53", "54"))
  expect_code(fit_glm_xy(list(1), y, "poisson"), "data.unsupported_type", "input", "list")
  expect_code(fit_glm_xy(matrix("a", 2, 2), 1:2, "poisson"), "data.unsupported_type", "input", "character")
  expect_code(fit_glm_xy(y, y, "poisson"), "data.unsupported_type", "input")
  expect_code(fit_glm_xy(X[, 0], y, "poisson"), "data.dimension", "input")
  expect_code(fit_glm_xy(X, as.list(y), "poisson"), "data.unsupported_type", "data", "y")
  expect_code(fit_glm_xy(X, y), "family.required", "input")
})

test_that("columns may have names that look like calls", {
  odd <- cbind(`(Intercept)` = 1, `log(x)` = log(1:6), `a:b` = c(0, 1, 0, 1, 1, 0))
  model <- fit_glm_xy(odd, c(1, 3, 2, 5, 4, 7), "poisson")
  expect_named(coef(model), colnames(odd))
  expect_identical(predict(model, as.data.frame(odd)), predict(model, structure(odd, dimnames = list(1:6, colnames(odd)))))
  expect_identical(unname(predict(model, odd)), unname(fitted(model)))
  again <- model_from_json(model_to_json(model))
  expect_identical(predict(again, odd), predict(model, odd))
})
