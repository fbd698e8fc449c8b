# Walks fixtures/credibility, as test_credibility.py and GoogleTest do.
fixtures <- Sys.getenv("DECIBAN_FIXTURES", "")
if (!nzchar(fixtures)) fixtures <- test_path("fixtures")
cases <- list.files(file.path(fixtures, "credibility"), full.names = TRUE)

test_that("there are cases", {
  expect_gt(length(cases), 0)
})

test_that("files", {
  data <- data.frame(state = c("a", "a", "b", "b"), ratio = c(1, 1.2, 2, 2.2), volume = c(10, 12, 5, 6))
  fit <- credibility(data, state, ratio, volume)
  path <- tempfile()
  save_model(fit, path)
  again <- load_model(path)
  expect_identical(again, fit)
  expect_identical(model_to_json(again), model_to_json(fit))
})

for (path in cases) {
  test_that(paste("credibility agrees with actuar:", basename(path)), {
    case <- jsonlite::fromJSON(path)
    data <- as.data.frame(case$columns)
    fit <- if (is.null(data$weights)) credibility(data, level, y) else credibility(data, level, y, weights)
    expected <- case$expected
    for (name in c("collective", "within", "between_raw")) {
      expect_lt(abs(fit[[name]] / expected[[name]] - 1), 1e-11)
    }
    expect_identical(fit$table$level, expected$level)
    for (name in c("mean", "weight", "credibility", "premium")) {
      expect_equal(fit$table[[name]], expected[[name]], tolerance = 1e-11)
    }
  })
}

test_that("columns, vectors and printing", {
  data <- data.frame(state = c("a", "a", "b", "b"), claims = c(3, 1, 9, 8), years = c(10, 12, 9, 11))
  fit <- credibility(data, "state", claims, years, method = "gamma_poisson")
  expect_identical(fit$table, credibility(data, data$state, data$claims, data$years, "gamma_poisson")$table)
  expect_output(print(fit), "gamma_poisson")
  expect_identical(as.data.frame(fit), fit$table)
  expect_code(credibility(data, state, claims, years, method = "jewell"), "credibility.method", "input")
  expect_code(credibility(data, state, log(claims - 1), years), "credibility.missing", "data")
  expect_code(credibility(data, state, claims / 2, years, "gamma_poisson"), "credibility.counts", "data")
  expect_code(credibility(data, nothing, claims), "data.unknown_column", "input")
})
