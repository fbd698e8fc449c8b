# Types of columns.

n <- 60
y <- rep(c(3, 1, 4, 1, 5, 9), length.out = n)
code <- rep(1:3, length.out = n)
fit <- function(x, ...) fit_glm(y ~ x, list(y = y, x = x), "gaussian", ...)

test_that("equal values of different types give equal bits", {
  expected <- unname(coef(fit(as.double(code))))
  expect_identical(unname(coef(fit(code))), expected)
  expect_identical(unname(coef(fit(as.difftime(code, units = "days")))), expected)
  expect_identical(unname(coef(fit(structure(as.double(code), class = "Date")))), expected)
  expect_identical(unname(coef(fit(structure(code, class = "Date")))), expected)
  expect_identical(unname(coef(fit(as.POSIXct(as.double(code), origin = "1970-01-01", tz = "UTC")))), expected)
  long <- structure(as.double(code) * 2^-1074, class = "integer64") # the bits of 1L, 2L, 3L as bit64 keeps them
  expect_identical(unname(coef(fit(long))), expected)
  expect_identical(unname(coef(fit_glm(y ~ x, list(y = as.integer(y), x = code), "gaussian"))), expected)
})

test_that("factors keep their order, text and logicals are sorted", {
  letter <- c("b", "a", "c")[code]
  expect_named(coef(fit(letter)), c("(Intercept)", "xb", "xc"))
  expect_named(coef(fit(factor(letter, levels = c("c", "b", "a", "z")))), c("(Intercept)", "xb", "xa"))
  expect_identical(coef(fit(letter)), coef(fit(factor(letter))))
  expect_named(coef(fit(code == 2)), c("(Intercept)", "xTRUE"))
  expect_named(coef(fit_glm(y ~ factor(x), list(y = y, x = code), "gaussian")),
    c("(Intercept)", "factor(x)2", "factor(x)3"))
})

test_that("text sorts by bytes and may be UTF-8 or Latin-1", {
  words <- c("Z", "a", "\u00e9t\u00e9")[code]
  names <- names(coef(fit(words)))
  expect_identical(enc2utf8(names), c("(Intercept)", "xa", "x\u00e9t\u00e9"))
  latin <- words
  latin[code == 3] <- iconv("\u00e9t\u00e9", "UTF-8", "latin1")
  expect_identical(unname(coef(fit(latin))), unname(coef(fit(words))))
  mixed <- words
  mixed[3] <- iconv("\u00e9t\u00e9", "UTF-8", "latin1")
  expect_identical(coef(fit(mixed)), coef(fit(words)))
  broken <- words
  broken[5] <- rawToChar(as.raw(c(0x61, 0xff)))
  Encoding(broken) <- "UTF-8"
  expect_code(fit(broken), "data.encoding", "data", "x")
  Encoding(broken[5]) <- "bytes"
  expect_code(fit(broken), "data.encoding", "data", "x")
})

test_that("NA and NaN are missing in every type", {
  for (x in list(as.double(code), code, code == 1, letters[code], factor(code), structure(code, class = "Date"))) {
    x[2] <- NA
    expect_equal(nobs(fit(x)), n - 1)
  }
  x <- as.double(code)
  x[c(2, 5)] <- c(NaN, NA)
  expect_equal(nobs(fit(x)), n - 2)
  long <- structure(as.double(code) * 2^-1074, class = "integer64")
  long[4] <- -0 # bit64's NA
  expect_equal(nobs(fit(long)), n - 1)
  expect_equal(nobs(fit(addNA(factor(c(NA, code[-1]))))), n)
})

test_that("many different texts are kept apart", {
  keys <- sprintf("key%04d", rep(1:500, each = 2))
  model <- fit_glm(y ~ k, list(y = as.double(rep(1:500, each = 2)), k = keys), "gaussian")
  expect_equal(unname(coef(model)), c(1, 1:499), tolerance = 1e-9)
})

test_that("other types are errors that name the column and the class", {
  error <- expect_code(fit(as.list(code)), "data.unsupported_type", "data", c("`x`", "list"))
  expect_identical(error$context, list(column = "x", type = "list"))
  expect_code(fit(c(list(1), list("a"), as.list(code)[-(1:2)])), "data.unsupported_type", "data", "mix")
  expect_code(fit(as.complex(code)), "data.unsupported_type", "data", "complex")
  expect_code(fit(as.raw(code)), "data.unsupported_type", "data", "raw")
  expect_code(fit(matrix(code, n, 2)), "data.unsupported_type", "data", "matrix")
  expect_code(fit(as.POSIXlt(structure(code, class = "Date"))), "data.unsupported_type", "data", "POSIXlt")
  expect_code(fit(mtcars), "data.unsupported_type", "data", "data.frame")
  expect_code(fit(structure(code, class = "factor")), "data.unsupported_type", "data", "factor")
  expect_code(fit(structure(code + 5L, levels = letters[1:3], class = "factor")), "data.bad_code", "data", "x")
})
