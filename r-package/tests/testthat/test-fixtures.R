# Walks fixtures/: every case is one test, as in GoogleTest (tests/core/fixtures) and pytest (test_fixtures.py).

areas <- c("glm", "errors", "warnings")

case_names <- function(area) {
  file.path(area, sub("[.]json$", "", list.files(file.path(fixtures, area), "[.]json$")))
}

# ---- comparing

tolerance <- function(case, field) {
  tolerances <- read_json(file.path(fixtures, "tolerances.json"))
  own <- case$tolerance[[field]]
  if (!is.null(own) && !nzchar(own$reason)) stop("the tolerance of ", field, " lacks a reason")
  tolerances$classes[[if (is.null(own)) tolerances$fields[[field]] else own$class]]
}

# Lines that say what differs, none when everything is close enough.
differences <- function(case, field, items, got, expected, se = 0) {
  rule <- tolerance(case, field)
  expected <- as.numeric(unlist(expected))
  se <- as.numeric(unlist(se))
  got <- as.numeric(got)
  allowed <- if (is.null(rule$absolute)) 0 else rule$absolute
  if (!is.null(rule$standard_errors)) allowed <- pmin(allowed, rule$standard_errors * se)
  allowed[is.na(allowed)] <- 0
  difference <- abs(got - expected)
  close <- is.finite(expected) & is.finite(got) & difference <= pmax(rule$relative * abs(expected), allowed)
  equal <- ifelse(is.na(expected), is.na(got), !is.na(got) & got == expected)
  bad <- !(equal | (!is.na(close) & close))
  sprintf("%s, %s %s: got %.17g, expected %.17g, relative difference %.3g (%.3g standard errors)", case$name, field,
    items, got, expected, difference / abs(expected), difference / se)[bad]
}

figure <- function(model, field) {
  switch(field,
    deviance = deviance(model), df_residual = df.residual(model), nobs = nobs(model), aic = AIC(model),
    bic = BIC(model), log_likelihood = as.numeric(logLik(model)), model$statistics[[field]])
}

compare_case <- function(case, model, data, vectors) {
  expected <- case$expected
  found <- character()
  if (!is.null(expected$coefficients)) {
    names <- names(expected$coefficients)
    expect_identical(names(coef(model)), names)
    found <- c(
      differences(case, "coefficients", names, coef(model), expected$coefficients, expected$std_errors),
      differences(case, "std_errors", names, coef_table(model)$std_error, expected$std_errors, expected$std_errors))
  }
  not_figures <- c("coefficients", "std_errors", "fitted", "predictions", "status", "warnings")
  for (field in setdiff(names(expected), not_figures)) {
    found <- c(found, differences(case, field, "", figure(model, field), expected[[field]]))
  }
  if (!is.null(expected$fitted)) {
    given <- vectors[names(vectors) %in% c("exposure", "offset")]
    got <- do.call(predict, c(list(model, newdata = data, type = "response"), given))
    rows <- unlist(expected$fitted$rows)
    found <- c(found, differences(case, "fitted", paste("row", rows), got[rows], expected$fitted$values))
  }
  if (!is.null(expected$predictions)) {
    new_rows <- read_data(expected$predictions)
    for (type in c("link", "response")) {
      wanted <- unlist(expected$predictions[[type]])
      got <- predict(model, newdata = new_rows, type = type)
      expect_length(got, length(wanted))
      item <- paste(type, "of row", seq_along(wanted))
      found <- c(found, differences(case, "predictions", item, got, wanted))
    }
  }
  expect_identical(found, character())
}

fit_case <- function(case, data) {
  asked <- case$arguments
  vectors <- lapply(Filter(is.list, asked), function(value) data[[value$values_of]])
  asked[names(vectors)] <- vectors
  formula <- tryCatch(stats::as.formula(asked$formula), error = function(e) asked$formula)
  asked$formula <- formula
  codes <- character()
  model <- withCallingHandlers(do.call(fit_glm, c(asked, list(data = data, n_threads = 2L))),
    deciban_warning = function(w) {
      codes <<- c(codes, w$code)
      invokeRestart("muffleWarning")
    })
  list(model = model, vectors = vectors, codes = codes)
}

run_case <- function(case) {
  data <- read_data(case$data)
  if (!is.null(case$expected$error)) {
    caught <- tryCatch(fit_case(case, data), deciban_error = identity)
    expect_s3_class(caught, "deciban_error")
    expect_identical(caught$code, case$expected$error)
    return(invisible())
  }
  fitted <- fit_case(case, data)
  expect_identical(fitted$model$status, case$expected$status)
  expect_identical(fitted$codes, as.character(unlist(case$expected$warnings)))
  compare_case(case, fitted$model, data, fitted$vectors)
}

# ---- the tests

test_that("cases are found", {
  for (area in areas) expect_gt(length(list.files(file.path(fixtures, area), "[.]json$")), 0L)
})

for (name in unlist(lapply(areas, case_names))) {
  local({
    name <- name
    test_that(paste("fixture", name), {
      skip_if_not_installed("jsonlite")
      case <- read_json(file.path(fixtures, paste0(name, ".json")))
      if (!is.null(case$data$prepared) && !nzchar(Sys.getenv("DECIBAN_DATA"))) {
        skip(paste("reads", case$data$prepared, "of DECIBAN_DATA, which is not set"))
      }
      run_case(case)
    })
  })
}
