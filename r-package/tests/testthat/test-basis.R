x <- c(0.4, 1.5, 2.25, 3, 3.75, 5.5, 6, 7.25, 8, 9.5)
new <- c(-1, 0.4, 4.4, 9.5, 12)
bare <- function(basis) matrix(as.vector(basis), nrow(basis))
same <- function(made, other) expect_equal(bare(made), matrix(as.vector(other), nrow(other)), tolerance = 1e-12)

test_that("bases are R's, also on new data", {
  outside <- suppressWarnings
  pairs <- list(
    list(basis(x, df = 5), splines::bs(x, df = 5)),
    list(basis(x, "bs", knots = c(3, 6), degree = 2, intercept = TRUE),
      splines::bs(x, knots = c(3, 6), degree = 2, intercept = TRUE)),
    list(basis(x, "bs", knots = 4, boundary = c(-2, 13)), splines::bs(x, knots = 4, Boundary.knots = c(-2, 13))),
    list(basis(x, "ns", df = 3), splines::ns(x, df = 3)),
    list(basis(x, "poly", degree = 3), poly(x, 3)),
    list(basis(x, "poly", degree = 2, raw = TRUE), poly(x, 2, raw = TRUE))
  )
  for (pair in pairs) {
    same(pair[[1]], pair[[2]])
    same(predict(pair[[1]], new), outside(predict(pair[[2]], new)))
    same(predict(pair[[1]], x), pair[[1]])
  }
  same(basis(x, "scale"), scale(x))
})

test_that("it is a matrix with names and state", {
  made <- basis(x, "ns", df = 3)
  expect_s3_class(made, c("deciban_basis", "matrix"), exact = TRUE)
  expect_identical(dim(made), c(10L, 3L))
  expect_identical(colnames(made), c("1", "2", "3"))
  expect_true(is.character(attr(made, "state")))
  expect_identical(jsonlite::fromJSON(attr(made, "state"))$kind, "ns")
  expect_identical(attr(predict(made, new), "state"), attr(made, "state"))
  expect_output(print(made), "[10,]", fixed = TRUE)
  rising <- basis(x, "ms", df = 4)
  expect_true(all(diff(bare(rising)) >= 0))
})

test_that("missing values are left out and give NA", {
  holes <- replace(x, 3, NA)
  made <- basis(holes, "bs", df = 4)
  expect_true(all(is.na(bare(made)[3, ])))
  same(predict(made, x[-3]), splines::bs(x[-3], df = 4))
})

test_that("mistakes are errors by code", {
  expect_code(basis(x, "bs", df = 2), "formula.df", "formula")
  expect_code(basis(x, "bs", knots = 100), "formula.knots", "formula")
  expect_code(basis(x, "poly", degree = 40), "formula.degree", "formula")
  expect_code(basis(rep(1, 5), "bs", df = 4), "formula.constant", "formula")
  expect_code(basis(x, "poly", df = 3), "input.unknown_argument", "input", "df")
  expect_code(basis(x, "ps"), "input.kind", "input", "ps")
  expect_code(basis(x, "bs", df = 4.5), "input.argument", "input", "df")
  expect_code(basis(letters), "data.not_numeric", "data", "character")
  expect_code(predict(basis(x, df = 4), "a"), "data.not_numeric", "data", "newx")
  expect_code(predict(basis(x, df = 4), x, extra = 1), "input.unknown_argument", "input", "extra")
})
