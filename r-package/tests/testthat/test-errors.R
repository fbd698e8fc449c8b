# Bad input, by error code.

data <- small_portfolio()
fit <- function(formula = claim_count ~ vehicle_gas, d = data, family = "poisson", ...) fit_glm(formula, d, family, ...)

test_that("unknown columns are named, with the closest one", {
  error <- expect_code(fit(claim_count ~ vehicle_gass), "data.unknown_column", "input",
    c("vehicle_gass", "`vehicle_gas`"))
  expect_identical(error$context$column, "vehicle_gass")
  expect_match(error$hint, "vehicle_gas", fixed = TRUE)
  expect_s3_class(error$call, NA)
  expect_identical(error$call[[1]], as.name("fit_glm"))
  expect_code(fit(weights = exposre), "data.unknown_column", "input", c("exposre", "exposure"))
  expect_code(fit(weights = 2 * exposre), "data.unknown_column", "input", c("exposre", "exposure"))
  expect_code(fit(offset = log(exposre)), "data.unknown_column", "input", "exposure")
  expect_code(fit(exposure = "exposre"), "data.unknown_column", "input", "exposure")
})

test_that("formulas that cannot be read say where", {
  error <- expect_code(fit("claim_count ~ vehicle_gas +"), "formula.syntax", "formula", "^")
  expect_type(error$context$position, "integer")
  expect_code(fit(claim_count ~ splin(density)), "formula.unknown_function", "formula", "splin")
  expect_code(fit(~vehicle_gas), "formula.response_missing", "formula")
})

test_that("the response stays in the family's domain", {
  bad <- transform(data, claim_count = replace(claim_count, c(3, 8), c(-1, -2)))
  error <- expect_code(fit(d = bad), "response.domain", "data", c("claim_count", "2 rows", "-1", "row 3"))
  expect_identical(error$context$row, 3L)
  expect_code(fit(claim_amount ~ vehicle_gas, family = "gamma"), "response.domain", "data", c("claim_amount", "gamma"))
  expect_code(fit(vehicle_gas ~ area, family = "poisson"), "response.not_numeric", "data", "vehicle_gas")
  expect_code(fit(claim_count ~ area, family = "binomial", d = transform(data, claim_count = 2)), "response.domain",
    "data")
})

test_that("exposure is positive and belongs to a log or cloglog link", {
  bad <- transform(data, exposure = replace(exposure, 5, 0))
  expect_code(fit(d = bad, exposure = exposure), "exposure.not_positive", "input", c("exposure", "row 5"))
  expect_code(fit(d = transform(data, exposure = -exposure), exposure = exposure), "exposure.not_positive", "input",
    "400")
  expect_code(fit(family = "gaussian", exposure = exposure), "exposure.link", "input", "identity")
})

test_that("weights are finite and not negative", {
  w <- rep(1, nrow(data))
  expect_code(fit(weights = replace(w, 4, NaN)), "weights.not_finite", "input", "row 4")
  expect_code(fit(weights = replace(w, 4, NA)), "weights.not_finite", "input")
  expect_code(fit(weights = replace(w, 4, Inf)), "weights.not_finite", "input", "Inf")
  expect_code(fit(weights = replace(w, 4, -2)), "weights.negative", "input", "-2")
  expect_code(fit(weights = 0 * w), "weights.all_zero", "input")
  expect_code(fit(freq_weights = w / 2), "freq_weights.invalid", "input", "0.5")
})

test_that("rows are needed", {
  expect_code(fit(d = data[0, ]), "data.empty", "input")
  expect_code(fit(d = transform(data, vehicle_gas = NA)), "data.all_missing", "data", "vehicle_gas")
  expect_code(fit(claim_count ~ x, d = transform(data, x = NA_real_)), "data.all_missing", "data", "x")
})

test_that("lengths agree", {
  expect_code(fit(weights = 1:3), "data.length_mismatch", "input", c("weights", "3", "400"))
  expect_code(fit_glm(y ~ x, list(y = 1:4, x = 1:3), "gaussian"), "data.length_mismatch", "input", c("4", "3"))
})

test_that("more than 2^31 rows are refused before they are touched", {
  many <- seq_len(2^31 + 1) # ALTREP: takes no memory
  error <- expect_code(fit_glm(y ~ 1, list(y = many), "gaussian"), "data.too_many_rows", "input", "2,147,483,649")
  expect_identical(error$context$rows, 2^31 + 1)
})

test_that("two columns of one name are an error when one is used", {
  twice <- cbind(data, vehicle_gas = data$area)
  expect_code(fit(d = twice), "data.duplicate_column", "input", "vehicle_gas")
  expect_length(coef(fit(claim_count ~ area, d = twice)), 6)
})

test_that("columns hold what their use needs", {
  infinite <- transform(data, density = replace(density, 2, 0))
  expect_code(fit(claim_count ~ log(density), d = infinite), "data.non_finite", "data", "log(density)")
  expect_code(fit(claim_count ~ log(vehicle_gas)), "data.not_numeric", "data", "vehicle_gas")
  expect_code(fit(weights = vehicle_gas), "data.not_numeric", "data", "vehicle_gas")
})

test_that("options have their values", {
  expect_code(fit(na_action = "omitt"), "input.na_action", "input", "omitt")
  expect_code(fit(unseen = "ignore"), "input.unseen", "input", "ignore")
  expect_code(fit(rank_tol = 2), "input.argument", "input", "rank_tol")
  expect_code(fit(rank_tol = "small"), "input.argument", "input", "rank_tol")
  expect_code(fit(max_iter = 0), "input.argument", "input", "max_iter")
  expect_code(fit(max_iter = 2.5), "input.argument", "input", "max_iter")
  expect_code(fit(strict = NA), "input.argument", "input", "strict")
  expect_code(fit(strict = "yes"), "input.argument", "input", "strict")
  expect_code(fit(link = sum), "input.argument", "input", "link")
})

test_that("nothing is printed with an error", {
  expect_silent(tryCatch(fit(claim_count ~ nothing), error = identity))
})

test_that("the message is the text and the hint", {
  error <- tryCatch(fit(d = data[0, ]), error = identity)
  expect_identical(conditionMessage(error), paste0("The data have no rows.\n", error$hint))
})
