data <- small_portfolio()
formula <- claim_count ~ vehicle_gas + area + log(density)
model <- fit_glm(formula, data, "poisson", exposure = exposure)
other <- reference(update(formula, . ~ . + offset(log(exposure))), poisson, data)

test_that("predictions are glm's", {
  expect_equal(predict(model, data), predict(other, data, type = "response"), tolerance = 1e-9)
  expect_equal(predict(model, data, type = "link"), predict(other, data), tolerance = 1e-9)
  expect_identical(predict(model), fitted(model))
  expect_equal(predict(model, type = "link"), predict(other), tolerance = 1e-9)
  rows <- data[c(7, 3, 20), ]
  expect_identical(predict(model, rows), fitted(model)[c("7", "3", "20")])
  expect_length(predict(model, data[0, ]), 0)
})

test_that("exposure and offset can be replaced", {
  unit <- predict(model, transform(data, exposure = 1))
  expect_identical(predict(model, data, exposure = 1), unit)
  expect_identical(predict(model, data, exposure = rep(1, nrow(data))), unit)
  years <- "vehicle_age"
  older <- transform(data, vehicle_age = vehicle_age + 1, one = 1)
  expect_equal(predict(model, older, exposure = years), unit * older$vehicle_age, tolerance = 1e-12)
  expect_equal(predict(model, older, exposure = vehicle_age), unit * older$vehicle_age, tolerance = 1e-12)
  expect_identical(predict(model, older, exposure = one), unit)
  expect_equal(predict(model, data, exposure = 2 * exposure), 2 * predict(model, data), tolerance = 1e-12)
  expect_identical(predict(model, exposure = 1), unit)
  expect_equal(predict(model, data, offset = log(2)), 2 * predict(model, data), tolerance = 1e-12)
})

test_that("a vector at the fit must be given again", {
  years <- data$exposure
  by_vector <- fit_glm(formula, data, "poisson", exposure = years)
  expect_identical(coef(by_vector), coef(model))
  expect_code(predict(by_vector, data), "predict.exposure_missing", "input", "exposure")
  expect_identical(predict(by_vector, data, exposure = exposure), predict(model, data))
  expect_identical(predict(by_vector), predict(model))
  by_vector <- fit_glm(formula, data, "poisson", offset = years * 0 + 1)
  expect_code(predict(by_vector, data), "predict.offset_missing", "input", "offset")
})

test_that("unseen levels are an error, missing or the base level", {
  strange <- transform(data[1:4, ], area = c("A", "Z", "B", "Z"))
  error <- expect_code(predict(model, strange), "data.unseen_level", "data", c("area", "2 rows", "Z"))
  expect_identical(error$context$levels, "Z")
  expect_identical(is.na(predict(model, strange, unseen = "missing")),
    c(`1` = FALSE, `2` = TRUE, `3` = FALSE, `4` = TRUE))
  base <- transform(strange, area = c("A", "A", "B", "A"))
  expect_identical(predict(model, strange, unseen = "reference"), predict(model, base))
  lenient <- fit_glm(formula, data, "poisson", exposure = exposure, unseen = "missing")
  expect_equal(sum(is.na(predict(lenient, strange))), 2)
  expect_code(predict(model, strange, unseen = "whatever"), "input.unseen", "input", "whatever")
})

test_that("levels match by label whatever the type", {
  expect_identical(predict(model, transform(data, area = as.character(area))), predict(model, data))
  expect_identical(predict(model, transform(data, area = factor(area, levels = rev(levels(area))))),
    predict(model, data))
})

test_that("missing predictors give NA, missing columns an error", {
  holes <- data[1:3, ]
  holes$density[2] <- NA
  predicted <- predict(model, holes)
  expect_identical(is.na(predicted), c(`1` = FALSE, `2` = TRUE, `3` = FALSE))
  expect_false(any(is.nan(predicted)))
  expect_code(predict(model, data[setdiff(names(data), "density")]), "data.unknown_column", "input", "density")
  expect_code(predict(model, data[setdiff(names(data), "exposure")]), "data.unknown_column", "input", "exposure")
  expect_code(predict(model, data, type = "term"), "input.type", "input", "term")
  expect_code(predict(model, type = "term"), "input.type", "input", "term")
  expect_code(predict(model, 1:3), "data.unsupported_type", "input")
  expect_code(predict(model, data, exposure = 1:3), "data.length_mismatch", "input", "exposure")
})

test_that("an intercept alone predicts for each row", {
  constant <- fit_glm(breaks ~ 1, warpbreaks, "poisson")
  expect_equal(unname(predict(constant, data.frame(anything = 1:3))), rep(mean(warpbreaks$breaks), 3),
    tolerance = 1e-12)
  expect_length(predict(constant, data.frame(row.names = 1:4)), 4)
})
