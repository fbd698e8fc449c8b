# model_matrix(), design_info(), contrasts.

data <- small_portfolio()
cars <- transform(mtcars, cyl = factor(cyl), gear = factor(gear))

expect_same_matrix <- function(made, other) {
  expect_identical(dimnames(made), dimnames(other))
  expect_identical(attr(made, "assign"), attr(other, "assign"))
  expect_equal(as.vector(made), as.vector(other), tolerance = 1e-12)
}

test_that("a formula's matrix is R's", {
  for (formula in list(~1, ~0, mpg ~ wt, ~ cyl * wt, ~ 0 + cyl:gear, ~ gear / hp - 1,
    ~ I(wt^2) + log(hp) + (cyl + gear)^2, ~ poly(wt, 3) + factor(carb))) {
    expect_same_matrix(model_matrix(formula, cars), model.matrix(formula, cars))
  }
  made <- model_matrix("~ cyl * wt", cars)
  expect_type(made, "double")
  expect_identical(attr(made, "term_labels"), c("cyl", "wt", "cyl:wt"))
  expect_identical(colnames(model_matrix(mpg ~ ., cars[c("mpg", "wt", "cyl")])), c("(Intercept)", "wt", "cyl6", "cyl8"))
})

test_that("rows with missing values are dropped, or an error", {
  holes <- cars
  holes$wt[c(2, 5)] <- NA
  expect_same_matrix(model_matrix(~ wt + cyl, holes), model.matrix(~ wt + cyl, holes))
  expect_code(model_matrix(~wt, holes, na_action = "fail"), "data.missing", "data", "wt")
  as_list <- as.list(holes)
  expect_identical(rownames(model_matrix(~wt, as_list)), as.character(setdiff(1:32, c(2, 5))))
})

test_that("contrasts are names, R's names or functions", {
  sums <- model.matrix(~ cyl * gear, cars, contrasts.arg = list(cyl = "contr.sum", gear = "contr.helmert"))
  expect_same_matrix(model_matrix(~ cyl * gear, cars, contrasts = list(cyl = "sum", gear = "helmert")), sums)
  expect_same_matrix(model_matrix(~ cyl * gear, cars, contrasts = c(cyl = "contr.sum", gear = "contr.helmert")), sums)
  expect_same_matrix(model_matrix(~ cyl * gear, cars, contrasts = list(cyl = contr.sum, gear = contr.helmert)), sums)
  model <- fit_glm(mpg ~ cyl * wt, cars, "gaussian", contrasts = list(cyl = "sum"))
  other <- glm(mpg ~ cyl * wt, gaussian, cars, contrasts = list(cyl = "contr.sum"))
  expect_equal(coef(model), coef(other), tolerance = 1e-9)
  expect_equal(predict(model, cars[3:6, ]), predict(other, cars[3:6, ]), tolerance = 1e-9)
  expect_code(fit_glm(mpg ~ cyl, cars, "gaussian", contrasts = list(cyl = "summ")), "input.contrasts", "input", "summ")
  expect_code(fit_glm(mpg ~ cyl, cars, "gaussian", contrasts = list("sum")), "input.contrasts", "input")
  expect_code(fit_glm(mpg ~ cyl, cars, "gaussian", contrasts = c(cyl = 3)), "input.contrasts", "input")
  expect_code(fit_glm(mpg ~ wt, cars, "gaussian", contrasts = c(wt = "sum")), "input.contrasts", "input", "wt")
})

test_that("a model's matrix is its design on the rows", {
  formula <- mpg ~ bs(wt, df = 4) + am * cyl + log(hp)
  model <- fit_glm(formula, cars, "gaussian")
  other <- stats::model.matrix(mpg ~ splines::bs(wt, df = 4) + am * cyl + log(hp), cars)
  made <- model_matrix(model, cars)
  expect_equal(as.vector(made), as.vector(other), tolerance = 1e-12)
  expect_identical(colnames(made), names(coef(model)))
  expect_identical(model_matrix(model, cars[4:9, ])[, ], made[4:9, ])
  expect_equal(drop(made %*% coef(model)), predict(model, cars, type = "link"), tolerance = 1e-12)
  expect_identical(model.matrix(model), made)
  expect_identical(model.matrix(model, cars[1:2, ]), model_matrix(model, cars[1:2, ]))
  expect_identical(model_matrix(model_from_json(model_to_json(model)), cars), made)
  holes <- cars
  holes$hp[2] <- NA
  expect_identical(which(is.na(model_matrix(model, holes)[, "log(hp)"])), c(`Mazda RX4 Wag` = 2L))
  partly <- fit_glm(formula, holes, "gaussian")
  expect_identical(rownames(model.matrix(partly)), rownames(cars)[-2])
  expect_identical(attr(model.matrix(partly), "term_labels"), c("bs(wt, df = 4)", "am", "cyl", "log(hp)", "am:cyl"))
  strange <- transform(cars[1:2, ], cyl = c("4", "5"))
  expect_code(model_matrix(model, strange), "data.unseen_level", "data", "5")
  expect_true(all(is.na(model_matrix(model, strange, unseen = "missing")[2, c("cyl6", "cyl8")])))
})

test_that("sparse matrices hold the same", {
  skip_if_not_installed("Matrix")
  formula <- ~ cyl * gear + wt
  made <- model_matrix(formula, cars, sparse = TRUE)
  expect_s4_class(made, "dgCMatrix")
  expect_true(methods::validObject(made))
  dense <- model_matrix(formula, cars)
  expect_identical(dimnames(made), dimnames(dense))
  expect_identical(attr(made, "assign"), attr(dense, "assign"))
  expect_identical(as.vector(as.matrix(made)), as.vector(dense))
  expect_lt(length(made@x), length(dense))
  expect_equal(as.vector(Matrix::crossprod(made)), as.vector(crossprod(dense)))
  model <- fit_glm(mpg ~ cyl + wt, cars, "gaussian")
  expect_identical(as.vector(as.matrix(model_matrix(model, cars, sparse = TRUE))), as.vector(model_matrix(model, cars)))
  expect_identical(dim(model.matrix(model, sparse = TRUE)), c(32L, 4L))
})

test_that("designs of one's own have a matrix too", {
  X <- cbind(a = c(1, 2, 3, 4), b = c(0, 1, 1, 0))
  model <- fit_glm_xy(X, c(1, 2, 4, 8), "poisson", intercept = TRUE)
  expect_identical(model_matrix(model, X)[, c("a", "b")], structure(X, dimnames = list(as.character(1:4), c("a", "b"))))
})

test_that("weights and exposure choose the largest base level", {
  data <- data.frame(f = c("a", "a", "b"), w = c(1, 1, 9))
  names_of <- function(...) colnames(model_matrix(~ C(f, base = "largest"), data, ...))[2]
  largest <- "C(f, base = \"largest\")"
  expect_identical(names_of(), paste0(largest, "b"))
  expect_identical(names_of(weights = w), paste0(largest, "a"))
  expect_identical(names_of(exposure = "w"), paste0(largest, "a"))
  expect_identical(names_of(exposure = data$w), paste0(largest, "a"))
  expect_match(design_info(~ C(f, base = "largest"), data, exposure = w)$details[2], "base b", fixed = TRUE)
  expect_code(model_matrix(~f, data, exposure = -w), "exposure.not_positive", "input", "-w")
})

test_that("design_info() prints the core's text", {
  info <- design_info(~ cyl * wt, cars)
  printed <- capture.output(same <- withVisible(print(info)))
  expect_false(same$visible)
  expect_match(printed[1], "^term +variables +columns +first_column +kind +details$")
  expect_length(printed, 5L)
  expect_identical(class(info[1:2, ]), "data.frame")
})

test_that("design_info() tells what each term became", {
  info <- design_info(~ cyl * bs(wt, df = 4) + offset(log(hp)), cars)
  expect_s3_class(info, "data.frame")
  expect_named(info, c("term", "variables", "columns", "first_column", "kind", "details"))
  expect_identical(info$term, c("(Intercept)", "cyl", "bs(wt, df = 4)", "cyl:bs(wt, df = 4)", "offset(log(hp))"))
  expect_identical(info$columns, c(1L, 2L, 4L, 8L, 0L))
  expect_match(info$details[2], "levels 4, 6, 8; treatment contrasts, base 4", fixed = TRUE)
  expect_match(info$details[3], "knots", fixed = TRUE)
  model <- fit_glm(mpg ~ cyl + sin(wt), cars, "gaussian")
  expect_identical(design_info(model)$kind, c("intercept", "factor", "opaque"))
  expect_identical(design_info(mpg ~ cyl + sin(wt), cars), design_info(model))
  expect_identical(design_info(mpg ~ cyl + sin(wt), cars, n_threads = 2), design_info(model))
  expect_match(design_info(~cyl, cars, contrasts = list(cyl = "sum"))$details[2], "sum contrasts", fixed = TRUE)
})

test_that("wrong arguments are errors by code", {
  model <- fit_glm(mpg ~ cyl, cars, "gaussian")
  expect_code(model_matrix(1, cars), "input.argument_type", "input", "numeric")
  expect_code(model_matrix(~cyl), "input.data", "input")
  expect_code(design_info(~cyl), "input.data", "input")
  expect_code(design_info(~cyl, cars, n_threads = 0), "input.n_threads", "input")
  expect_code(model_matrix(~ cyl + bs(wt, df = 1), cars), "formula.df", "formula", "\n       ^")
  expect_code(design_info(1), "input.argument_type", "input")
  expect_code(model_matrix(~cyl, as.matrix(mtcars)), "data.unsupported_type", "input")
  expect_code(model_matrix(~nothing, cars), "data.unknown_column", "input", "nothing")
  expect_code(model_matrix(model, cars, contrasts = list(cyl = "sum")), "input.contrasts", "input")
  expect_code(model_matrix(model, cars["mpg"]), "data.unknown_column", "input", "cyl")
  expect_code(model_matrix(~cyl, cars, sparse = "yes"), "input.argument", "input")
  expect_code(model_matrix(~ s(wt), cars), "formula.smooth_unavailable", "formula")
  error <- expect_code(model_matrix("~ cyl + ", cars), "formula.syntax", "formula", "^")
  expect_type(error$context$position, "integer")
})

test_that("results do not depend on threads", {
  many <- small_portfolio(5000)
  formula <- ~ bs(driver_age, df = 6) * vehicle_gas + ns(log(density), 4) + area:vehicle_brand
  expect_identical(model_matrix(formula, many, n_threads = 2), model_matrix(formula, many, n_threads = 1))
})
