# Rscript tools/run_testthat.R FOLDER REPORT: runs the tests in FOLDER against the installed package and writes one line
# per test to REPORT: name, passed | failed | skipped, message (tab-separated).
arguments <- commandArgs(trailingOnly = TRUE)
library(testthat)
library(deciban)

results <- test_dir(arguments[1], package = "deciban", load_package = "installed", reporter = "check",
  stop_on_failure = FALSE)

outcome <- function(test) {
  is <- function(class) Filter(function(x) inherits(x, class), test$results)
  bad <- c(is("expectation_failure"), is("expectation_error"))
  skip <- is("expectation_skip")
  what <- if (length(bad)) "failed" else if (length(skip)) "skipped" else "passed"
  message <- c(lapply(bad, conditionMessage), lapply(skip, conditionMessage), "")[[1]]
  text <- c(paste0(test$file, ": ", test$test), what, substr(message, 1, 500))
  paste(gsub("[\t\r\n\"]+", " ", text), collapse = "\t")
}
con <- file(arguments[2], "w", encoding = "UTF-8")
writeLines(vapply(results, outcome, ""), con)
close(con)
