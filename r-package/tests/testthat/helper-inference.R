# The cases of fixtures/covariance for the tests of covariances, hypotheses and influence.

inference_folder <- function() {
  folder <- Sys.getenv("DECIBAN_FIXTURES", "")
  file.path(if (nzchar(folder)) folder else test_path("fixtures"), "covariance")
}

inference_cases <- function() sub("[.]json$", "", list.files(inference_folder(), "[.]json$"))

read_case <- function(name) {
  case <- read_json(file.path(inference_folder(), paste0(name, ".json")))
  if (!is.null(case$data$prepared) && !nzchar(Sys.getenv("DECIBAN_DATA"))) {
    skip("DECIBAN_DATA is not set")
  }
  case$frame <- read_data(case$data)
  case
}

fit_inference_case <- function(case, ...) {
  asked <- lapply(case$arguments, function(value) if (is.list(value)) case$frame[[value$values_of]] else value)
  asked$formula <- stats::as.formula(asked$formula)
  suppressWarnings(do.call(fit_glm, c(asked, list(data = case$frame, n_threads = 2L), list(...))), "deciban_warning")
}

# Each value as close to R's as 1e-8 of it, or of `scale` where sums cancel.
expect_close <- function(got, wanted, scale = 0, relative = 1e-8, label = "") {
  wanted <- as.numeric(unlist(wanted))
  got <- as.numeric(unlist(got))
  expect_length(got, length(wanted))
  same <- (is.na(got) & is.na(wanted)) | (!is.na(got) & !is.na(wanted) & got == wanted)
  close <- abs(got - wanted) <= relative * pmax(abs(wanted), ifelse(is.na(scale), 0, scale))
  bad <- which(!(same | (!is.na(close) & close)))
  expect_identical(sprintf("%s [%d]: %.17g, R has %.17g", label, bad, got[bad], wanted[bad]), character())
}
