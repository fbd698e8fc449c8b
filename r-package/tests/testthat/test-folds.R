test_that("folds share out all rows", {
  shares <- folds(1003, n_folds = 4, n_repeats = 2, seed = 3)
  expect_identical(dim(shares$fold), c(1003L, 2L))
  expect_identical(sort(unlist(lapply(1:4, test_rows, folds = shares))), 1:1003)
  expect_identical(sort(c(training_rows(shares, 2, 2), test_rows(shares, 2, 2))), 1:1003)
  expect_identical(shares$sizes$test_rows[5], length(test_rows(shares, 1, 2)))
  expect_output(print(shares), "4 folds \\(kfold\\) of 1003 rows, 2 repeats")
})

# What Python gives as well (test_folds.py): a lock on the bits, not a reference.
test_that("the first folds are those of Python", {
  expect_identical(folds(12, n_folds = 3, seed = 7)$fold[, 1] - 1L, c(1L, 0L, 2L, 1L, 1L, 1L, 2L, 2L, 0L, 0L, 2L, 0L))
})

test_that("threads and seeds", {
  one <- folds(70000, seed = 1, n_threads = 1)$fold
  expect_identical(one, folds(70000, seed = 1, n_threads = 2)$fold)
  expect_false(identical(one, folds(70000, seed = 2)$fold))
})

test_that("groups, strata and time", {
  groups <- factor(c("a", "b", "a", "c", "b", "c"))
  shares <- folds(groups = groups, scheme = "group", n_folds = 3)
  expect_true(all(tapply(shares$fold[, 1], groups, function(x) length(unique(x))) == 1))
  time <- rep(as.Date("2020-01-01") + 365 * 0:3, 5)
  shares <- folds(time = time, scheme = "time", n_folds = 3)
  expect_true(shares$ordered)
  for (k in 1:3) expect_lt(max(time[training_rows(shares, k)]), min(time[test_rows(shares, k)]))
  expect_identical(warning_codes(folds(strata = c(0, 0, 0, 0, 1), scheme = "stratified", n_folds = 3))[1],
    "folds.small_stratum")
})

test_that("what cannot be shared out is refused", {
  expect_code(folds(10, n_folds = 1), "folds.n_folds", "input")
  expect_code(folds(3), "folds.too_few_rows", "input")
  expect_code(folds(10, scheme = "loo"), "folds.scheme", "input")
  expect_code(folds(10, scheme = "group"), "folds.by_missing", "input")
  expect_code(folds(groups = c(1, 1, 2, 2, 1, 2), scheme = "group"), "folds.too_few_groups", "input")
  expect_code(folds(groups = c(1, NA, 2, 3, 4, 5), scheme = "group"), "folds.missing", "data")
  expect_code(folds(10, groups = 1:10), "folds.unused_argument", "input")
  expect_code(test_rows(folds(10), 6), "input.argument", "input")
  expect_code(test_rows(1, 6), "input.argument_type", "input")
})
