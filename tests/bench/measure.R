# Rscript measure.R FOLDER OUT WHAT...: measurements in R; measure.py does the same in Python.
#   times ROUNDS         seconds of whole calls on the portfolio: fit_glm with 1 and 2 threads and glm in turn
#   memory deciban|glm   peak extra memory of one whole call, in this fresh process
#   small ROUNDS         seconds of whole calls on 1,000 rows, 5 coefficients
#   design ROUNDS        seconds of learning the coded design, and of model.frame() with model.matrix()
#   design_memory NAME   peak extra memory of that by deciban or model.matrix, in this fresh process
suppressPackageStartupMessages(library(deciban))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
meta <- jsonlite::fromJSON(file.path(folder, "meta.json"))

data <- data.frame(lapply(meta$columns, function(entry) {
  path <- file.path(folder, entry$file)
  if (entry$type == "factor") {
    structure(readBin(path, "integer", meta$rows) + 1L, levels = entry$levels, class = "factor")
  } else {
    values <- readBin(path, "double", meta$rows)
    if (entry$type == "integer") as.integer(values) else values
  }
}))
plan <- jsonlite::fromJSON(file.path(folder, "plan.json"))
model <- as.formula(plan$formula)
unit <- plan[intersect(names(plan), c("weights", "exposure"))]  # exposure, or claims per unit of it with it as weight
peer_model <- if (is.null(plan$exposure)) model else as.formula(paste0(plan$formula, " + offset(log(", plan$exposure, "))"))
peer_weights <- if (!is.null(plan$weights)) data[[plan$weights]]

seconds <- function(expression) {
  start <- Sys.time()
  force(expression)
  as.numeric(Sys.time()) - as.numeric(start)
}
fits <- list(
  deciban = function(threads) do.call(fit_glm, c(list(quote(model), quote(data), "poisson", n_threads = threads), unit)),
  glm = function(threads) suppressWarnings(glm(peer_model, poisson, data, weights = peer_weights))  # y need not be whole
)

design <- if (!is.null(plan$design)) as.formula(plan$design)
designs <- list(
  deciban = function(threads) design_info(design, data, n_threads = threads),
  model.matrix = function(threads) model.matrix(design, model.frame(design, data))
)

status <- function(field) {
  line <- grep(paste0("^", field), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) * 1024
}

measure_times <- function(rounds) {
  out <- list(deciban = numeric(), deciban_1_thread = numeric(), glm = numeric())
  for (round in seq_len(rounds)) {
    for (again in 1:3) {
      out$deciban <- c(out$deciban, seconds(fit <- fits$deciban(2)))
      out$deciban_1_thread <- c(out$deciban_1_thread, seconds(fits$deciban(1)))
    }
    gc()
    out$glm <- c(out$glm, seconds(peer <- fits$glm()))
    deviances <- c(deviance(fit), deviance(peer))
    rm(peer)
    gc()
  }
  c(out, list(deviance = deviances[1], glm_deviance = deviances[2], coefficients = length(coef(fit))))
}

measure_memory <- function(which) {
  gc()
  cat("5", file = "/proc/self/clear_refs")
  before <- status("VmRSS")
  fit <- fits[[which]](2)
  list(extra = status("VmHWM") - before, deviance = deviance(fit))
}

measure_small <- function(rounds) {
  small <- head(simulate_portfolio(1000, seed = 3), 1000)
  small$y <- small$claim_count
  out <- list(deciban = numeric(), glm = numeric())
  for (round in seq_len(rounds)) {
    out$deciban <- c(out$deciban, seconds(a <- fit_glm(y ~ vehicle_gas + vehicle_age + driver_age + bonus_malus, small,
      "poisson", exposure = exposure, n_threads = 2)))
    out$glm <- c(out$glm, seconds(b <- glm(y ~ vehicle_gas + vehicle_age + driver_age + bonus_malus + offset(log(exposure)),
      poisson, small)))
  }
  c(out, list(deviance = deviance(a), glm_deviance = deviance(b)))
}

measure_design <- function(rounds) {
  library(splines)
  out <- list(deciban = numeric(), deciban_1_thread = numeric(), model.matrix = numeric())
  for (round in seq_len(rounds)) {
    for (again in 1:5) {
      out$deciban <- c(out$deciban, seconds(designs$deciban(2)))
      out$deciban_1_thread <- c(out$deciban_1_thread, seconds(designs$deciban(1)))
    }
    gc()
    out$model.matrix <- c(out$model.matrix, seconds(peer <- designs$model.matrix()))
    if (round < rounds) rm(peer)
    gc()
  }
  expected <- colSums(peer)
  rm(peer)
  found <- colSums(model_matrix(design, data))
  c(out, list(columns = length(found), gap = max(abs(found - expected) / pmax(1, abs(expected)))))
}

measure_design_memory <- function(which) {
  library(splines)
  gc()
  cat("5", file = "/proc/self/clear_refs")
  before <- status("VmRSS")
  made <- designs[[which]](2)
  list(extra = status("VmHWM") - before, columns = if (is.matrix(made)) ncol(made) else sum(made$columns))
}

result <- switch(arguments[3],
  times = measure_times(as.integer(arguments[4])),
  memory = measure_memory(arguments[4]),
  small = measure_small(as.integer(arguments[4])),
  design = measure_design(as.integer(arguments[4])),
  design_memory = measure_design_memory(arguments[4])
)
result$version <- list(R = R.version$version.string, deciban = as.character(packageVersion("deciban")))
writeLines(jsonlite::toJSON(result, digits = NA, auto_unbox = TRUE), arguments[2])
