# Weight of evidence: what R's idioms add to the core, and the numbers of other packages.

fixture_folder <- function() {
  folder <- Sys.getenv("DECIBAN_FIXTURES")
  if (nzchar(folder)) folder else test_path("fixtures")
}

compat_cases <- function() {
  skip_if_not_installed("jsonlite")
  jsonlite::fromJSON(file.path(fixture_folder(), "woe", "compat.json"), simplifyVector = FALSE)
}

draw <- function(n = 400, seed = 1) {
  set.seed(seed)
  job <- sample(c("a", "b", "c"), n, TRUE, c(0.6, 0.3, 0.1))
  job[sample(n, n / 20)] <- NA
  x <- round(rnorm(n), 2)
  p <- 0.2 + 0.3 * (job %in% "b") + 0.2 * (x > 0.5)
  data.frame(job = job, x = x, y = as.integer(runif(n) < p))
}

test_that("compat modes give the numbers of the packages", {
  fixture <- compat_cases()
  columns <- lapply(fixture$data, unlist)
  for (case in fixture$cases) {
    x <- as.data.frame(columns[unlist(case$columns)])
    encoder <- woe_encoder(x, columns[[case$target]], compat = case$compat,
      per_variable = lapply(case$per_variable, unlist))
    found <- predict(encoder, x)
    expect_setequal(names(found), names(case$woe))
    for (name in names(case$woe)) expect_equal(found[[name]], unlist(case$woe[[name]]), tolerance = 1e-10)
    if (!is.null(case$proba)) {
      expected <- matrix(unlist(case$proba), nrow(x), byrow = TRUE)
      expect_equal(unname(as.matrix(predict(encoder, x, "prob", warn = FALSE))), expected, tolerance = 1e-10)
    }
  }
})

test_that("an encoder predicts, and tables have the columns of the definition", {
  data <- draw()
  encoder <- woe_encoder(data, "y")
  expect_named(predict(encoder, data), c("job", "x"))
  expect_named(get_mapping(encoder, "job"), c("level", "count", "share", "events", "non_events", "event_rate",
    "event_rate_lower", "event_rate_upper", "woe", "woe_se", "woe_lower", "woe_upper", "decibans"))
  expect_named(get_iv_analysis(encoder), c("feature", "iv", "iv_unbiased", "iv_lower", "iv_upper", "chi2", "p_value",
    "significant"))
  expect_identical(attr(get_iv_analysis(encoder), "label"), "conditional on the bins")
  expect_identical(get_mapping(encoder, "job")$level, c("a", "b", "c", "missing"))
  woe <- predict(encoder, data)
  p <- predict(encoder, data, "prob", warn = FALSE)
  prior <- mean(data$y)
  expect_equal(p[["1"]], unname(plogis(qlogis(prior) + rowSums(woe))), tolerance = 1e-12)
  expect_equal(rowSums(p), rep(1, nrow(data)), tolerance = 1e-12, ignore_attr = TRUE)
  ci <- predict(encoder, data, "ci", warn = FALSE)
  expect_true(all(ci$lower <= p[["1"]] & p[["1"]] <= ci$upper))
  expect_identical(levels(predict(encoder, data, "class")), c("0", "1"))
  expect_s3_class(predict(encoder, data, "bin")$job, "factor")
  explained <- woe_explain(encoder, data[1:3, ])
  expect_equal(prod(explained$odds_factor[1:3]), explained$odds_factor[4], tolerance = 1e-12)
})

test_that("factors keep their levels, logical targets their values, classes add up", {
  data <- data.frame(f = factor(rep(c("hi", "lo", "mid"), 8), levels = c("lo", "mid", "hi", "never")))
  encoder <- woe_encoder(data, rep(c(TRUE, FALSE, FALSE, TRUE), 6))
  expect_identical(get_mapping(encoder, "f")$level, c("lo", "mid", "hi"))
  three <- woe_encoder(data, rep(c("x", "y", "z", "x"), 6))
  p <- predict(three, data, "prob")
  expect_named(p, c("x", "y", "z"))
  expect_equal(rowSums(p), rep(1, 24), tolerance = 1e-12, ignore_attr = TRUE)
  expect_identical(predict(three, data, "prob", class = "y")$y, p$y)
  expect_identical(predict(three, data, "ci", class = "y", warn = FALSE)$probability, p$y)
})

test_that("frequency weights repeat rows", {
  data <- draw()
  f <- rep(0:3, 100)
  one <- get_mapping(woe_encoder(data["job"], data$y, freq_weights = f), "job")
  again <- data[rep(seq_len(nrow(data)), f), ]
  expect_identical(one, get_mapping(woe_encoder(again["job"], again$y), "job"))
})

test_that("encoders and preprocessors are kept in files", {
  data <- draw()
  encoder <- woe_encoder(data, "y")
  path <- tempfile(fileext = ".json")
  save_model(encoder, path)
  again <- load_model(path)
  expect_s3_class(again, "deciban_woe")
  expect_identical(predict(again, data), predict(encoder, data))
  merged <- woe_preprocessor(data["job"], min_count = 60)
  restored <- model_from_json(model_to_json(merged))
  expect_s3_class(restored, "deciban_woe_preprocessor")
  expect_identical(predict(restored, data), predict(merged, data))
  expect_identical(levels(predict(merged, data)$job), c("a", "b", "other", "missing"))
  expect_identical(predict(merged, data)$x, data$x)
  expect_named(get_reduction_summary(merged), c("feature", "levels", "kept", "merged", "rows", "merged_rows",
    "merged_share", "missing_rows"))
})

test_that("assumptions are looked at", {
  data <- draw()
  data$again <- data$job
  encoder <- woe_encoder(data[c("job", "again")], data$y, dependence = "pairwise")
  expect_identical(c(warning_codes(predict(encoder, data, "prob"))), "woe.duplicate_features")
  expect_identical(c(warning_codes(predict(encoder, data, "prob", warn = FALSE))), character())
  wide <- predict(encoder, data, "ci", warn = FALSE)
  narrow <- predict(encoder, data, "ci", dependence = "independent", warn = FALSE)
  expect_true(all(wide$upper - wide$lower > narrow$upper - narrow$lower))
  expect_identical(get_assumption_diagnostics(encoder)$message[1], "the same feature twice")
})

test_that("errors have codes", {
  data <- draw()
  encoder <- woe_encoder(data, "y")
  expect_code(woe_encoder(data["job"], rep(1, 400)), "woe.one_class", "data")
  expect_code(woe_encoder(data["job"], data$y, sample_weight = rep(-1, 400)), "woe.weights", "data")
  expect_code(woe_encoder(data["job"], data$y, alpha = 2), "woe.alpha", "input")
  expect_code(get_mapping(encoder, "jobs"), "woe.feature", "input", "jobs")
  expect_code(predict(encoder, data, "odds"), "woe.output", "input")
  expect_code(predict(encoder, data["job"]), "data.unknown_column", "input", "x")
  expect_code(predict(woe_encoder(data["job"], data$y, unseen = "error"), data.frame(job = "zz")), "woe.unseen", "data")
  expect_code(get_mapping(1, "job"), "input.argument_type", "input")
  expect_code(woe_preprocessor(data["x"]), "woe.no_categorical", "input")
})

test_that("printing and plots", {
  data <- draw()
  encoder <- woe_encoder(data, "y")
  expect_output(print(encoder), "Weight of evidence of 2 features, 400 rows")
  expect_output(print(summary(encoder)), "conditional on the bins")
  skip_if_not_installed("ggplot2")
  expect_s3_class(plot(encoder, "job"), "ggplot")
  expect_s3_class(plot(encoder, which = "iv"), "ggplot")
  expect_s3_class(plot_contributions(encoder, data[1, ]), "ggplot")
})
