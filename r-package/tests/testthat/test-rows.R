# Results with one value per row: the data of the call are found again, or must be handed in.

test_that("the data of the call are found again", {
  here <- function() {
    local_data <- warpbreaks
    w <- rep(2, 54)
    fit_glm(breaks ~ wool, local_data, "poisson", weights = w)
  }
  model <- here()
  expect_length(fitted(model), 54)
  expect_equal(weights(model), rep(2, 54), ignore_attr = TRUE)
})

test_that("changed data are noticed", {
  changing <- warpbreaks
  model <- fit_glm(breaks ~ wool, changing, "poisson")
  changing$breaks[3] <- changing$breaks[3] + 1
  expect_code(fitted(model), "model.data_changed", "data")
  changing <- warpbreaks[-1, ]
  expect_code(residuals(model), "model.data_changed", "data")
  changing <- transform(warpbreaks, tension = "L", other = 1)
  expect_length(fitted(model), 54)
  rm(changing)
  expect_code(fitted(model), "model.no_data", "data", "changing")
  expect_code(predict(model), "model.no_data", "data")
  expect_identical(fitted(model, data = warpbreaks), residuals(model, "response", data = warpbreaks) * 0 +
    fitted(fit_glm(breaks ~ wool, warpbreaks, "poisson")))
})

test_that("a loaded model takes the data again", {
  data <- small_portfolio()
  model <- fit_glm(claim_count ~ area, data, "poisson", exposure = exposure)
  loaded <- model_from_json(model_to_json(model))
  expect_code(fitted(loaded), "model.no_data", "data", "loaded")
  expect_code(residuals(loaded), "model.no_data", "data")
  expect_code(predict(loaded), "model.no_data", "data")
  expect_identical(fitted(loaded, data = data), fitted(model))
  expect_identical(residuals(loaded, "pearson", data = data), residuals(model, "pearson"))
  expect_code(fitted(loaded, data = data[-1, ]), "model.data_changed", "data")
  by_vector <- fit_glm(claim_count ~ area, data, "poisson", exposure = data$exposure)
  loaded <- model_from_json(model_to_json(by_vector))
  expect_identical(fitted(loaded, data = data, exposure = data$exposure), fitted(model))
  expect_code(fitted(loaded, data = data), "model.data_changed", "data")
})

test_that("values are named by row", {
  model <- fit_glm(mpg ~ wt, mtcars, "gaussian")
  expect_named(fitted(model), row.names(mtcars))
  expect_named(residuals(model), row.names(mtcars))
  expect_named(predict(model, mtcars[5:6, ]), row.names(mtcars)[5:6])
  expect_null(names(predict(model, as.list(mtcars))))
})
