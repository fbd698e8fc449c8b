# Rscript fit.R JOB fit|cross: the models of a job in R; fit.py does the same in Python, line by line.
#
# fit    fits each model, saves it in OUT/r and writes its numbers to WORK/r
# cross  predicts with the model files that Python has written to OUT/python
suppressPackageStartupMessages(library(deciban))

arguments <- commandArgs(trailingOnly = TRUE)
job <- jsonlite::fromJSON(arguments[1], simplifyDataFrame = FALSE)
seconds <- function() as.numeric(Sys.time())

read_table <- function(name) {
  folder <- file.path(job$work, name)
  meta <- jsonlite::fromJSON(file.path(folder, "meta.json"))
  columns <- lapply(meta$columns, function(entry) {
    path <- file.path(folder, entry$file)
    if (entry$type == "factor") {
      codes <- readBin(path, "integer", meta$rows, endian = "little") + 1L
      codes[codes == 0L] <- NA
      structure(codes, levels = as.character(entry$levels), class = "factor")
    } else {
      values <- readBin(path, "double", meta$rows, endian = "little")
      if (entry$type == "integer") as.integer(values) else values
    }
  })
  data.frame(columns, check.names = FALSE)
}

keep <- function(values, folder, name) {
  dir.create(file.path(job$work, folder), showWarnings = FALSE)
  writeBin(as.double(values), file.path(job$work, folder, name), endian = "little")
}

numbers <- function(table) unlist(table[setdiff(names(table), c("term", "level"))], use.names = FALSE)

fit <- function(spec) {
  name <- spec$name
  data <- tables[[spec$table]]
  call <- c(list(as.formula(spec$formula), quote(data)), spec$arguments, list(n_threads = job$threads))
  start <- seconds()
  model <- do.call(fit_glm, call)
  fitted <- seconds()
  predictions <- predict(model, data)
  predicted <- seconds()
  save_model(model, file.path(job$out, "r", paste0(name, ".json")))

  table <- coef_table(model)
  keep(table$estimate, "r", paste0(name, "-coefficients"))
  keep(table$std_error, "r", paste0(name, "-std_errors"))
  keep(c(deviance(model), model$null.deviance, model$dispersion), "r", paste0(name, "-deviance"))
  keep(predictions, "r", paste0(name, "-predictions"))
  keep(numbers(actual_expected(model)), "r", paste0(name, "-actual_expected"))
  if (family(model)$link %in% c("log", "logit", "cloglog")) {
    keep(numbers(relativities(model)), "r", paste0(name, "-relativities"))
  }
  list(fit = fitted - start, predict = predicted - fitted)
}

cross <- function(spec) {
  model <- load_model(file.path(job$out, "python", paste0(spec$name, ".json")))
  keep(predict(model, tables[[spec$table]]), "r", paste0(spec$name, "-cross"))
}

tryCatch({
  start <- seconds()
  tables <- sapply(job$tables, read_table, simplify = FALSE)
  results <- list(read = seconds() - start, version = as.character(packageVersion("deciban")))
  results$models <- list()
  for (spec in job$models) {
    if ("fit" %in% arguments) results$models[[spec$name]] <- fit(spec)
    if ("cross" %in% arguments) cross(spec)
  }
}, error = function(e) {
  writeLines(conditionMessage(e), stderr())
  quit(status = 1)
})
writeLines(jsonlite::toJSON(results, auto_unbox = TRUE, digits = NA), file.path(job$work, "r-fit.json"))
