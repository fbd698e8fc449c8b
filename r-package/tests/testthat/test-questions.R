# Walks fixtures/tests: what R's own packages say of tests and profile intervals, asked of the methods.

# The tables of R's methods by the neutral names of the fixtures.
neutral_names <- c(Df = "df", Deviance = "deviance", `Resid. Df` = "df_residual", `Resid. Dev` = "residual_deviance",
  Rao = "rao", F = "statistic", `F value` = "statistic", AIC = "aic", `LR Chisq` = "statistic", LRT = "statistic",
  `scaled dev.` = "statistic", `Rao score` = "statistic", `scaled Rao sc.` = "statistic", `Pr(>Chi)` = "p_value",
  `Pr(>Chisq)` = "p_value", `Pr(>F)` = "p_value", `2 x log-lik.` = "two_log_likelihood", `LR stat.` = "statistic")

neutral <- function(table) {
  if (!inherits(table, "anova")) {
    return(table)
  }
  term <- row.names(table)
  known <- names(table) %in% names(neutral_names)
  names(table)[known] <- neutral_names[names(table)[known]]
  c(list(term = term), unclass(table))
}

ask_model <- function(model, question, others) {
  arguments <- question$arguments
  if (question$`function` == "confint") {
    limits <- confint(model, unlist(arguments$parm), level = arguments$level, method = "profile")
    return(list(lower = limits[, 1], upper = limits[, 2]))
  }
  if (!is.null(arguments$scope)) arguments$scope <- unlist(arguments$scope)
  neutral(do.call(question$`function`, c(list(model), others, arguments)))
}

# Numbers, and the texts "NaN", "Infinity" and "-Infinity".
fixture_numbers <- function(values) {
  vapply(values, function(value) as.numeric(sub("inity", "", as.character(value))), 0, USE.NAMES = FALSE)
}

same_term <- function(label, terms) {
  parts <- function(x) vapply(strsplit(x, ":"), function(one) paste(sort(one), collapse = ":"), "")
  match(parts(label), parts(terms))
}

question_trouble <- function(fit_with, case, question) {
  formula <- if (is.null(question$formula)) case$formula else question$formula
  model <- fit_with(formula)
  got <- ask_model(model, question, lapply(question$others, fit_with))
  order <- if (!is.null(question$expected$term)) same_term(unlist(question$expected$term), as.character(got$term))
  lines <- character()
  for (column in setdiff(intersect(names(question$expected), names(got)), "term")) {
    values <- as.numeric(got[[column]])
    if (!is.null(order)) values <- values[order]
    expected <- fixture_numbers(question$expected[[column]])
    allowed <- fixture_numbers(question$allowed[[column]])
    near <- (is.na(values) & is.na(expected)) | values == expected | abs(values - expected) <= allowed
    bad <- which(!(near %in% TRUE))
    if (length(values) != length(expected) || length(bad)) {
      lines <- c(lines, paste0(question$`function`, " ", column, " [", paste(bad, collapse = ", "), "]: ",
        paste(format(values[bad], digits = 17), collapse = ", "), ", expected ",
        paste(format(expected[bad], digits = 17), collapse = ", ")))
    }
  }
  lines
}

question_files <- list.files(file.path(fixtures, "tests"), "[.]json$", full.names = TRUE)
test_that("there are questions", {
  expect_gte(length(question_files), 20)
})

for (file in question_files) {
  case <- jsonlite::read_json(file)
  test_that(paste("answers are those of R:", case$name), {
    source <- jsonlite::read_json(file.path(fixtures, "glm", paste0(case$fit, ".json")))
    if (!is.null(source$data$prepared) && !nzchar(Sys.getenv("DECIBAN_DATA"))) skip("DECIBAN_DATA is not set")
    data <- read_data(source$data)
    fit_with <- function(formula) {
      arguments <- source$arguments
      arguments$formula <- formula
      do.call(fit_glm, c(arguments, list(data = quote(data))))
    }
    lines <- suppressWarnings(unlist(lapply(case$questions, function(one) question_trouble(fit_with, case, one))))
    expect_identical(as.character(lines), character())
  })
}
