# Coded data and data in chunks: the same bits as with the data themselves.

rows <- 2000L
policies <- simulate_portfolio(rows, seed = 3)
formula <- claim_count ~ area * vehicle_gas + bs(driver_age, df = 4) + log(density)
model <- fit_glm(formula, policies, "poisson", exposure = exposure)

chunks_of <- function(data, size) {
  at <- 0L
  function(reset = FALSE) {
    if (reset) {
      at <<- 0L
      return(invisible())
    }
    chosen <- seq_len(nrow(data))
    chosen <- chosen[chosen > at & chosen <= at + size]
    at <<- at + size
    if (length(chosen)) data[chosen, ]
  }
}

test_that("a dataset gives the same model", {
  coded <- dataset(policies)
  expect_s3_class(coded, "deciban_dataset")
  expect_identical(fit_glm(formula, coded, "poisson", exposure = exposure)$document, model$document)
  expect_identical(names(coded), names(policies))
  expect_identical(dim(coded), c(as.double(rows), as.double(ncol(policies))))
  expect_output(print(coded), "2,000 rows, 13 columns")
  expect_false(is.matrix(coded))
})

test_that("chunks give the same model", {
  for (size in c(37, 1000, rows)) {
    again <- fit_glm(formula, chunks_of(policies, size), "poisson", exposure = exposure)
    expect_identical(again$document, model$document)
  }
  parts <- split(policies, rep(1:4, each = rows / 4))
  once <- function() {
    if (!length(parts)) {
      return(NULL)
    }
    part <- parts[[1]]
    parts <<- parts[-1]
    part
  }
  expect_identical(fit_glm(formula, once, "poisson", exposure = exposure)$document, model$document)
})

test_that("a spooled dataset gives the same model and leaves nothing behind", {
  skip_on_os("windows")
  folder <- tempfile()
  dir.create(folder)
  before <- Sys.getenv("TMPDIR")
  Sys.setenv(TMPDIR = folder)
  on.exit(if (nzchar(before)) Sys.setenv(TMPDIR = before) else Sys.unsetenv("TMPDIR"))
  coded <- dataset(chunks_of(policies, 100), spool = TRUE)
  expect_identical(fit_glm(formula, coded, "poisson", exposure = exposure)$document, model$document)
  expect_length(list.files(folder), 0L)
  Sys.setenv(TMPDIR = file.path(folder, "missing"))
  error <- expect_error(dataset(policies, spool = TRUE), class = "deciban_error_io")
  expect_identical(error$code, "io.spool")
})

test_that("rows are there for results by row", {
  again <- fit_glm(formula, chunks_of(policies, 300), "poisson", exposure = exposure)
  plain <- unname(residuals(model, "pearson"))
  expect_identical(residuals(again, "pearson"), plain)
  expect_identical(fitted(again), unname(fitted(model)))
  expect_identical(residuals(model, "pearson", data = chunks_of(policies, 7)), plain)
  expect_identical(predict(model, chunks_of(policies, 700)), unname(predict(model, policies)))
  coded <- dataset(policies)
  expect_identical(predict(model, coded), unname(predict(model, policies)))
  expect_equal(unname(model_matrix(formula, coded)), unname(model_matrix(formula, policies)), tolerance = 0,
    ignore_attr = TRUE)
  expect_identical(design_info(formula, coded)$details, design_info(formula, policies)$details)
  from_coded <- fit_glm(formula, coded, "poisson", exposure = exposure)
  expect_identical(residuals(from_coded, "deviance"), unname(residuals(model, "deviance")))
})

test_that("R computes terms and arguments from whole columns", {
  centred <- function(x) x - mean(x)
  fit <- function(data) {
    fit_glm(claim_count ~ centred(driver_age) + sin(density), data, "poisson", weights = sqrt(exposure),
      offset = cos(driver_age))
  }
  for (data in list(dataset(policies), chunks_of(policies, 300))) {
    expect_identical(fit(data)$document, fit(policies)$document)
  }
})

test_that("columns come back as they were", {
  data <- data.frame(number = c(1.5, NA, -2), whole = 3:1, flag = c(TRUE, NA, FALSE), text = c("b", NA, "a"),
    level = factor(c("z", "a", NA), levels = c("z", "a", "k")),
    rank = factor(c("low", "high", "low"), levels = c("low", "high"), ordered = TRUE),
    day = as.Date(c("2024-01-31", NA, "1969-12-31")),
    time = as.POSIXct(c("2024-01-31 12:00:00.25", NA, "1969-12-31 23:59:59"), tz = "UTC"))
  coded <- dataset(data)
  expect_equal(as.data.frame(coded), data, tolerance = 0)
  expect_identical(coded$text, data$text)
  expect_identical(coded[["level"]], data$level)
  error <- expect_error(coded[["nothing"]], class = "deciban_error_input")
  expect_identical(error$code, "data.unknown_column")
})

test_that("columns can be chosen, and misspelled ones are guessed", {
  coded <- dataset(policies, columns = c("area", "claim_count"))
  expect_identical(sort(names(coded)), c("area", "claim_count"))
  for (data in list(policies, chunks_of(policies, 100))) {
    error <- expect_error(dataset(data, columns = c("area", "are")), class = "deciban_error_input")
    expect_identical(error$code, "data.unknown_column")
  }
  for (data in list(coded, chunks_of(policies, 100))) {
    error <- expect_error(fit_glm(claim_count ~ area + vehicle_gass, data, "poisson"), "vehicle_gas")
    expect_identical(error$code, "data.unknown_column")
  }
})

test_that("a dot means all columns", {
  small <- policies[c("claim_count", "area", "driver_age")]
  expected <- fit_glm(claim_count ~ ., small, "poisson")$document
  expect_identical(fit_glm(claim_count ~ ., dataset(small), "poisson")$document, expected)
  expect_identical(fit_glm("claim_count ~ .", chunks_of(small, 999), "poisson")$document, expected)
})

test_that("arguments by text and by a variable that holds one reach the chunks", {
  volume <- "exposure"
  for (data in list(policies, chunks_of(policies, 300), dataset(policies))) {
    expect_identical(fit_glm("claim_count ~ area", data, "poisson", exposure = volume)$coefficients,
      fit_glm(claim_count ~ area, policies, "poisson", exposure = exposure)$coefficients)
    expect_identical(fit_glm(claim_count ~ area, data, "poisson", weights = "log1p(exposure)")$coefficients,
      fit_glm(claim_count ~ area, policies, "poisson", weights = log1p(exposure))$coefficients)
  }
})

test_that("bad chunks are errors by code", {
  code <- function(...) {
    given <- list(...)
    source <- function() {
      if (!length(given)) {
        return(NULL)
      }
      chunk <- given[[1]]
      given <<- given[-1]
      chunk
    }
    expect_error(fit_glm(claim_count ~ area, source, "poisson"), class = "deciban_error")$code
  }
  one <- policies[1:10, ]
  expect_identical(code(), "data.no_chunks")
  expect_identical(code(one, one[names(one) != "area"]), "data.chunk_columns")
  expect_identical(code(one, 7), "data.unsupported_type")
  expect_identical(code(one, as.matrix(one)), "data.unsupported_type")
  failing <- function() stop("the disk is gone")
  expect_error(fit_glm(claim_count ~ area, failing, "poisson"), "the disk is gone")
  error <- expect_error(fit_glm(claim_count ~ area, dataset, "poisson"))
  expect_error(dataset(1), class = "deciban_error_input")
  expect_error(dataset(policies, columns = 3), class = "deciban_error_input")
  expect_error(dataset(policies, spool = NA), class = "deciban_error_input")
})

test_that("levels of chunks are united", {
  parts <- list(data.frame(y = c(1, 2), x = c("b", "c")), data.frame(y = c(3, 5), x = factor(c("a", "b"))))
  source <- function() {
    part <- if (length(parts)) parts[[1]]
    parts <<- parts[-1]
    part
  }
  found <- fit_glm(y ~ x, source, "gaussian")
  expect_equal(coef(found), c(`(Intercept)` = 3, xb = 0, xc = -1), tolerance = 1e-12)
})

test_that("a dataset of another session is an error, not a crash", {
  path <- tempfile()
  saveRDS(dataset(policies), path)
  gone <- readRDS(path)
  for (call in list(quote(fit_glm(claim_count ~ area, gone, "poisson")), quote(gone$area), quote(predict(model, gone)))) {
    error <- expect_error(eval(call), class = "deciban_error_input")
    expect_identical(error$code, "data.dataset_gone")
  }
})

test_that("a design may be coded", {
  data <- data.frame(a = c(1, 2, 3, 4), b = c(0, 1, 1, 0))
  y <- c(1, 3, 2, 5)
  coded <- dataset(data)
  expected <- fit_glm_xy(data, y, "gaussian")
  again <- fit_glm_xy(coded, y, "gaussian")
  expect_identical(again$document, expected$document)
  expect_identical(fitted(again), unname(fitted(expected)))
})
