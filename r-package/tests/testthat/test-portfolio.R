test_that("a portfolio has its columns, and its first rows do not depend on n", {
  data <- simulate_portfolio(1000, seed = 1, n_threads = 1)
  expect_named(data, c("policy_id", "area", "vehicle_brand", "vehicle_gas", "region", "vehicle_power", "vehicle_age",
    "driver_age", "bonus_malus", "density", "exposure", "claim_count", "claim_amount"))
  expect_identical(dim(data), c(1000L, 13L))
  expect_s3_class(data$area, "factor")
  expect_type(data$claim_count, "integer")
  expect_identical(row.names(data)[1000], "1000")
  expect_identical(simulate_portfolio(10, seed = 1), data[1:10, ])
  expect_false(identical(simulate_portfolio(10, seed = 2), data[1:10, ]))
  expect_identical(dim(simulate_portfolio(0)), c(0L, 13L))
  expect_true(all((data$claim_amount > 0) == (data$claim_count > 0)))
})

test_that("R's random numbers are left alone", {
  set.seed(1)
  before <- .Random.seed
  simulate_portfolio(10)
  expect_identical(.Random.seed, before)
})

test_that("the truth is found again", {
  truth <- subset(portfolio_truth(), model == "frequency")
  expect_named(truth, c("model", "term", "level", "coefficient"))
  data <- simulate_portfolio(60000, seed = 5, n_threads = 2)
  model <- fit_glm(claim_count ~ area + vehicle_brand + vehicle_gas + region + vehicle_power + vehicle_age +
    driver_age +
    bonus_malus + log(density), data, "poisson", exposure = exposure, n_threads = 2)
  table <- coef_table(model)
  true <- stats::setNames(truth$coefficient, paste0(truth$term, truth$level))[table$term]
  expect_false(anyNA(true))
  z <- (table$estimate - true) / table$std_error
  expect_lt(max(abs(z)), 4)
  expect_lt(abs(sum(z^2) - length(z)), 5 * sqrt(2 * length(z)))
})

test_that("wrong sizes and seeds are errors", {
  expect_code(simulate_portfolio(-1), "input.rows", "input", "-1")
  expect_code(simulate_portfolio(1.5), "input.rows", "input", "1.5")
  expect_code(simulate_portfolio(2^31), "input.rows", "input")
  expect_code(simulate_portfolio("ten"), "input.argument", "input", "n")
  expect_code(simulate_portfolio(10, seed = -1), "input.seed", "input", "-1")
})
