# The R session of vignettes/run: runs the files named on standard input, one after the other, and prints visible values.
options(width = 100, warn = 1)
say <- stdout()
lines <- file("stdin", open = "r")

run_block <- function(path) {
  out <- file(sub("[.]code$", ".out", path), open = "w", encoding = "UTF-8")
  options(try.outFile = out)
  sink(out)
  on.exit({
    sink()
    close(out)
  })
  tryCatch(
    withCallingHandlers(
      for (expression in parse(path, encoding = "UTF-8")) {
        value <- withVisible(eval(expression, globalenv()))
        if (value$visible) print(value$value)
      },
      warning = function(w) {
        cat("Warning:", conditionMessage(w), "\n")
        invokeRestart("muffleWarning")
      },
      message = function(m) {
        cat(conditionMessage(m))
        invokeRestart("muffleMessage")
      }
    ),
    error = function(e) {
      cat("Error:", conditionMessage(e), "\n")
      failed <<- TRUE
    }
  )
}

while (length(path <- readLines(lines, n = 1))) {
  failed <- FALSE
  run_block(path)
  writeLines(if (failed) "error" else "ok", say)
  flush(say)
}
