rows <- function(n = 3000, seed = 1) {
  set.seed(seed)
  data <- data.frame(x = rnorm(n), z = round(rgamma(n, 2), 1), g = sample(letters[1:4], n, TRUE))
  y <- rbinom(n, 1, plogis(-1 + data$x + 0.3 * data$z + 0.5 * (data$g == "a")))
  data$x[runif(n) < 0.03] <- NA
  data$z[runif(n) < 0.03] <- -999
  list(data = data, y = y)
}

code_of <- function(expr) {
  tryCatch({
    expr
    "no error"
  }, deciban_error = function(e) e$code)
}

test_that("a number has the same bin in fit, table, prediction and file", {
  r <- rows()
  for (closed in c("right", "left")) {
    bins <- bin_numeric(r$data, r$y, closed = closed, special_codes = c(refused = -999))
    table <- binning_table(bins, "x")
    edges <- table$upper[is.finite(table$upper)]
    x <- c(edges, rnorm(1e5, sd = 3), -Inf, Inf, NA, NaN, -999, 0, 5e-324, 1e308)
    expected <- findInterval(x, edges, left.open = closed == "right")
    expected[x == -999] <- length(edges) + 1
    expected[is.na(x)] <- length(edges) + 2
    new <- data.frame(x = x, z = 0, g = "a")
    expect_identical(as.double(predict(bins, new)$x), as.double(expected))
    expect_equal(table$count, tabulate(predict(bins, r$data)$x + 1, nrow(table)))
    path <- tempfile(fileext = ".json")
    save_model(bins, path)
    expect_identical(predict(load_model(path), new), predict(bins, new))
  }
})

test_that("every method covers the line, and results do not depend on threads", {
  r <- rows()
  methods <- c("optimal", "tree", "quantile", "kbins", "uniform", "kmeans", "faiss_kmeans", "mdlp", "chimerge",
    "isotonic")
  for (method in methods) {
    bins <- bin_numeric(r$data["x"], r$y, method = method, n_threads = 1)
    expect_equal(sum(binning_table(bins)$count), nrow(r$data))
    expect_identical(bin_numeric(r$data["x"], r$y, method = method, n_threads = 2)$document, bins$document)
  }
})

test_that("monotone bins are monotone in the table", {
  r <- rows()
  rates <- binning_table(bin_numeric(r$data["x"], r$y, monotonic = "auto"))$event_rate
  rates <- rates[-length(rates)]
  expect_true(all(diff(rates) >= 0) || all(diff(rates) <= 0))
  expect_identical(summary(bin_numeric(r$data["x"], r$y, monotonic = "auto"))$monotonic, "increasing")
})

test_that("vectors, columns by name, other responses and levels work", {
  r <- rows()
  r$data$bad <- r$y
  by_name <- bin_numeric(r$data, "bad")
  expect_identical(by_name$variables, c("x", "z", "g"))
  expect_identical(predict(bin_numeric(r$data$x, r$y), r$data$x), predict(by_name, r$data)$x)
  counts <- bin_numeric(r$data["x"], r$y, exposure = rep(0.5, nrow(r$data)), max_bins = 3)
  expect_equal(sum(binning_table(counts)$exposure), nrow(r$data) / 2)
  amounts <- bin_numeric(r$data["x"], 1 + r$y, target = "continuous", var_power = 2, max_bins = 3)
  expect_equal(nrow(binning_table(amounts)), 4)
  grouped <- bin_numeric(r$data["g"], r$y, max_bins = 2)
  expect_identical(predict(grouped, data.frame(g = c("a", "new", NA)))$g, c(1L, -1L, 2L))
  own <- bin_numeric(r$data["x"], r$y, per_variable = list(x = list(splits = c(-3.5, 0, 1), fixed = TRUE)))
  expect_identical(binning_table(own)$upper[1:3], c(-3.5, 0, 1))
})

test_that("what is wrong is named", {
  r <- rows(300)
  expect_identical(code_of(bin_numeric(r$data, r$y, min_bins = 30)), "binning.infeasible")
  expect_identical(code_of(bin_numeric(r$data, r$y, method = "best")), "binning.method")
  expect_identical(code_of(bin_numeric(r$data, rep(1, 300))), "binning.one_class")
  expect_identical(code_of(bin_numeric(r$data, r$y[-1])), "data.length_mismatch")
  bins <- bin_numeric(r$data, r$y)
  expect_identical(code_of(binning_table(bins, "w")), "binner.variable")
  expect_identical(code_of(predict(bins, r$data, "rank")), "binner.output")
  expect_identical(code_of(predict(bins, r$data["x"])), "data.unknown_column")
  expect_identical(code_of(binning_table(1)), "input.argument_type")
  expect_warning(bin_numeric(c(1, 2, 1, 2), c(0, 1, 1, 0), max_bins = 3, method = "kmeans"), class = "deciban_warning")
})

test_that("plots are made", {
  skip_if_not_installed("ggplot2")
  r <- rows()
  bins <- bin_numeric(r$data, r$y, max_bins = 4)
  expect_s3_class(plot(bins, "x"), "ggplot")
  expect_s3_class(plot(scorecard(r$data, r$y), "g"), "ggplot")
})
