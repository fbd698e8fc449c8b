# Walks fixtures/formula: what R's terms and model.matrix give for a formula, deciban gives too. As in GoogleTest
# (tests/core/fixtures/formula_fixtures_test.cpp) and pytest.

folder <- Sys.getenv("DECIBAN_FIXTURES", "")
folder <- file.path(if (nzchar(folder)) folder else test_path("fixtures"), "formula")
groups <- c("operators", "contrasts", "functions", "splines", "missing", "names", "more", "extensions", "new_data",
  "errors")

read_group <- function(name) {
  jsonlite::fromJSON(file.path(folder, paste0(name, ".json")), simplifyDataFrame = FALSE, simplifyMatrix = FALSE)
}

column_of <- function(spec) {
  values <- unlist(lapply(spec$values, function(value) if (is.null(value)) NA else value))
  switch(spec$type,
    number = as.numeric(values),
    integer = as.integer(values),
    logical = as.logical(values),
    text = as.character(values),
    date = as.Date(as.character(values)),
    factor = factor(values, levels = spec$levels),
    ordered = factor(values, levels = spec$levels, ordered = TRUE))
}

frame_of <- function(spec) {
  structure(lapply(spec$columns, column_of), class = "data.frame", row.names = .set_row_names(spec$rows))
}

run_formula_case <- function(case, frames) {
  data <- frames[[case$frame]]
  asked <- as.list(case$arguments)
  if (!is.null(case$new_frame)) {
    asked$formula <- case$formula
    return(do.call(deciban:::model_matrix_new, c(asked, list(data = data, newdata = frames[[case$new_frame]]))))
  }
  if (identical(case$`function`, "fit_glm")) {
    return(fit_glm(case$formula, data, asked$family))
  }
  asked$unseen <- NULL
  do.call(model_matrix, c(list(case$formula, data, n_threads = 1L), asked))
}

expect_case <- function(case, made) {
  expected <- case$expected
  expect_identical(as.character(colnames(made)), as.character(expected$column_names))
  expect_identical(attr(made, "assign"), as.integer(expected$assign))
  if (is.null(case$new_frame)) {
    expect_identical(attr(made, "term_labels"), as.character(expected$term_labels))
    expect_identical(rownames(made), as.character(unlist(expected$rows_kept) + 1L))
  }
  values <- as.numeric(unlist(lapply(expected$values, function(value) if (is.null(value)) NA else value)))
  if (length(values) != length(made)) {
    return(expect_identical(length(made), length(values)))
  }
  expect_identical(is.na(as.vector(made)), is.na(values))
  difference <- abs(as.vector(made) - values) / pmax(1, abs(values))
  expect_lte(max(0, difference, na.rm = TRUE), 1e-12)
}

if (requireNamespace("jsonlite", quietly = TRUE)) {
  formula_frames <- lapply(read_group("frames"), frame_of)
  for (group in groups) {
    cases <- read_group(group)
    test_that(paste("there are formula cases of", group), expect_gt(length(cases), 0L))
    for (case in cases) {
      local({
        case <- case
        test_that(paste("formula fixture", case$name), {
          code <- case$expected$error
          if (is.null(code)) {
            expect_case(case, run_formula_case(case, formula_frames))
          } else {
            caught <- tryCatch(run_formula_case(case, formula_frames), deciban_error = identity)
            expect_s3_class(caught, "deciban_error")
            expect_identical(caught$code, code)
            if (startsWith(code, "formula.")) expect_s3_class(caught, "deciban_error_formula")
          }
        })
      })
    }
  }
} else {
  test_that("formula fixtures", skip("jsonlite is not installed"))
}
