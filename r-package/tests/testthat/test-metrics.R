test_that("measures are those of their definitions", {
  set.seed(2)
  y <- rbinom(400, 1, 0.3)
  score <- round(rnorm(400) + y, 1)
  weights <- runif(400, 0.1, 3)
  ranks <- rank(score)
  n1 <- sum(y)
  expect_equal(auc(y, score), (sum(ranks[y == 1]) - n1 * (n1 + 1) / 2) / (n1 * (400 - n1)), tolerance = 1e-12)
  expect_equal(gini(y, score, weights), 2 * auc(y, score, weights) - 1, tolerance = 1e-12)
  expect_equal(gini(y, score, normalized = FALSE), (1 - mean(y)) * (2 * auc(y, score) - 1), tolerance = 1e-12)
  expect_equal(ks(y, score), unname(suppressWarnings(stats::ks.test(score[y == 1], score[y == 0]))$statistic),
    tolerance = 1e-12)
  table <- gains_table(y, score, weights)
  expect_equal(sum(table$events), sum(y * weights))
  expect_equal(table$cum_event_share[nrow(table)], 1)
})

test_that("stability is an information value", {
  moved <- psi(rep(c("a", "b"), c(60, 40)), rep(c("a", "b"), c(50, 50)))
  expect_equal(as.numeric(moved), -0.1 * log(0.5 / 0.6) + 0.1 * log(0.5 / 0.4), tolerance = 1e-12)
  expect_true(attr(moved, "lower") < moved && moved < attr(moved, "upper"))
  table <- csi(data.frame(a = 1:100, b = "x"), data.frame(a = 51:150, b = "x"))
  expect_identical(table$variable, c("a", "b"))
})

test_that("errors have codes", {
  code_of <- function(expr) tryCatch(expr, deciban_error = function(e) e$code)
  expect_identical(code_of(auc(c(0, 2), 1:2)), "metric.value")
  expect_identical(code_of(auc(c(1, 1), 1:2)), "metric.one_class")
  expect_identical(code_of(auc(c(0, 1), 1)), "data.length_mismatch")
  expect_identical(code_of(gains_table(c(0, 1), 1:2, order = "up")), "metric.order")
})
