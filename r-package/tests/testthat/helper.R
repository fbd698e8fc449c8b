# The error of `code`: class by kind, code, and the words that its message must hold.
expect_code <- function(object, code, kind, words = NULL) {
  error <- tryCatch(object, error = identity)
  expect_s3_class(error, c(paste0("deciban_error_", kind), "deciban_error", "error", "condition"), exact = TRUE)
  if (!inherits(error, "deciban_error")) {
    return(invisible(error))
  }
  expect_identical(error$code, code)
  expect_type(error$context, "list")
  expect_type(error$hint, "character")
  for (word in words) expect_match(conditionMessage(error), word, fixed = TRUE)
  invisible(error)
}

# The codes of the warnings of an expression, with its value as attribute.
warning_codes <- function(object) {
  codes <- character()
  value <- withCallingHandlers(object, deciban_warning = function(w) {
    codes <<- c(codes, w$code)
    invokeRestart("muffleWarning")
  })
  structure(codes, value = value)
}

# R's fit, converged as far as it goes.
reference <- function(...) {
  call <- sys.call()
  call[[1]] <- quote(stats::glm)
  call$control <- quote(stats::glm.control(epsilon = 1e-15, maxit = 200))
  suppressWarnings(eval(call, parent.frame()))
}

small_portfolio <- function(n = 400, seed = 1) {
  data <- simulate_portfolio(n, seed, n_threads = 1)
  data$claim_count <- data$claim_count + (data$policy_id %% 3 == 0)
  data
}
