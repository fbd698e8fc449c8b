# The R side of tests/parity/run: Rscript dump.R JOBS.json FOLDER (see README.md). Integers go in as doubles.
suppressPackageStartupMessages(library(deciban))

LONG <- 1000L
arguments <- commandArgs(TRUE)
folder <- arguments[2]
out <- file(file.path(folder, "results.tsv"), "wb")
n_files <- 0L

put <- function(job, threads, field, value) {
  writeLines(enc2utf8(paste(job, threads, field, value, sep = "\t")), out, useBytes = TRUE)
}

put_bytes <- function(job, threads, field, content, name = paste0("f", n_files)) {
  n_files <<- n_files + 1L
  writeBin(content, file.path(folder, name))
  put(job, threads, field, paste0("@", name))
}

doubles <- function(values) writeBin(as.double(values), raw(), endian = "little")

# Sixteen hexadecimal digits per double; every NaN is "nan".
hexadecimal <- function(values) {
  values <- as.double(values)
  digits <- matrix(as.character(writeBin(values, raw(), endian = "big")), nrow = 8L)
  texts <- apply(digits, 2L, paste, collapse = "")
  paste(ifelse(is.nan(values) | is.na(values), "nan", texts), collapse = " ")
}

put_values <- function(job, threads, field, values) {
  if (length(values) <= LONG) {
    put(job, threads, field, hexadecimal(values))
  } else {
    put_bytes(job, threads, field, doubles(values))
  }
}

known <- new.env()
read_column <- function(path, name, spec, rows) {
  key <- file.path(path, name)
  if (!is.null(known[[key]])) {
    return(known[[key]])
  }
  known[[key]] <- if (spec$type %in% c("factor", "ordered", "string")) {
    codes <- readBin(paste0(key, ".i32"), "integer", rows, 4L, endian = "little")
    codes <- ifelse(codes < 0L, NA_integer_, codes + 1L)
    levels <- as.character(spec$levels)
    kind <- c(if (spec$type == "ordered") "ordered", "factor")
    if (spec$type == "string") levels[codes] else structure(codes, levels = levels, class = kind)
  } else {
    values <- readBin(paste0(key, ".f64"), "double", rows, 8L, endian = "little")
    if (spec$type == "logical") as.logical(values) else values
  }
  known[[key]]
}

read_table <- function(data) {
  columns <- Map(function(name, spec) read_column(data$path, name, spec, data$rows), names(data$columns), data$columns)
  structure(columns, class = "data.frame", row.names = .set_row_names(data$rows))
}

vectors_of <- function(job, data) {
  given <- Filter(function(value) is.list(value) && !is.null(value$values_of), job$arguments)
  lapply(given, function(value) data[[value$values_of]])
}

put_predictions <- function(job, threads, model, data) {
  tables <- list(predict = data, new = if (!is.null(job$new)) read_table(job$new))
  for (label in names(Filter(Negate(is.null), tables))) {
    vectors <- vectors_of(job, tables[[label]])
    vectors <- vectors[names(vectors) %in% c("exposure", "offset")]
    for (type in c("response", "link")) {
      call <- c(list(model, newdata = tables[[label]], type = type, n_threads = threads), vectors)
      put_values(job$name, threads, paste(label, type), do.call(predict, call))
    }
  }
}

figures <- c("deviance", "null_deviance", "pearson_chi2", "dispersion", "log_likelihood", "aic", "bic", "df_residual",
  "nobs", "rank")

run_fit <- function(job, threads) {
  data <- read_table(job$data)
  asked <- job$arguments
  asked[names(vectors_of(job, data))] <- vectors_of(job, data)
  asked$formula <- as.formula(asked$formula)
  codes <- character()
  model <- withCallingHandlers(do.call(fit_glm, c(asked, list(data = data, n_threads = threads))),
    deciban_warning = function(w) {
      codes <<- c(codes, w$code)
      invokeRestart("muffleWarning")
    })
  table <- coef_table(model)
  put(job$name, threads, "names", paste0(names(coef(model)), "|", collapse = ""))
  put(job$name, threads, "warnings", paste0(codes, rep("|", length(codes)), collapse = ""))
  put_values(job$name, threads, "coefficients", coef(model))
  put_values(job$name, threads, "std_errors", table$std_error)
  put_values(job$name, threads, "figures", unlist(model$statistics[figures]))
  put_bytes(job$name, threads, "model file", charToRaw(enc2utf8(model_to_json(model))))
  put_predictions(job, threads, model, data)
  for (query in job$queries) { # of core/src/models/queries.cpp, over the rows of the fit
    source <- deciban:::training_source(model, NULL)
    answer <- deciban:::query_model(model, query$name, query$arguments, source, NULL, threads)
    for (column in names(Filter(is.double, answer$table))) {
      put_values(job$name, threads, paste(query$name, column), answer$table[[column]])
    }
  }
  if (isTRUE(job$save) && threads == 1L) {
    save_model(model, file.path(folder, paste0(job$name, ".model.json")))
  }
}

run_predict <- function(job, threads) {
  model <- load_model(job$model)
  put_predictions(job, threads, model, read_table(job$data))
  put_bytes(job$name, threads, "model file", charToRaw(enc2utf8(model_to_json(model))))
}

put_fitted <- function(job, threads, thing) {
  for (query in job$queries) {
    frame <- if (!is.null(query$rows)) deciban:::frame_columns(read_table(job[[query$rows]]), thing$variables)
    asked <- if (length(query$arguments)) query$arguments else deciban:::no_arguments()
    answer <- deciban:::query_fitted(thing, query$name, asked, frame, threads, NULL)
    text <- answer$notes$text
    if (!is.null(text)) put_bytes(job$name, threads, paste(query$as, "text"), charToRaw(enc2utf8(text)))
    for (column in names(Filter(function(x) is.numeric(x) && !is.factor(x), answer$table))) {
      put_values(job$name, threads, paste(query$as, column), answer$table[[column]])
    }
  }
  put_bytes(job$name, threads, "model file", charToRaw(enc2utf8(model_to_json(thing))))
}

run_fitted <- function(job, threads) {
  data <- read_table(job$data)
  maker <- list(woe_encoder = woe_encoder, woe_preprocessor = woe_preprocessor, binner = bin_numeric,
    scorecard = scorecard)[[job$kind]]
  vectors <- lapply(job$vectors, function(column) data[[column]])
  suppressWarnings({
    thing <- do.call(maker, c(list(x = data[unlist(job$features)]), vectors, job$arguments, list(n_threads = threads)))
    put_fitted(job, threads, thing)
  })
  if (isTRUE(job$save) && threads == 1L) {
    save_model(thing, file.path(folder, paste0(job$name, ".model.json")))
  }
}

run_ask <- function(job, threads) {
  suppressWarnings(put_fitted(job, threads, load_model(job$model)))
}

# Columns of a table one after the other; those that are no numbers are left out.
put_table <- function(job, threads, field, columns) {
  numbers <- Filter(function(x) is.numeric(x) && !is.factor(x), as.list(columns))
  put_values(job$name, threads, field, as.double(unlist(numbers, use.names = FALSE)))
}

put_encoder <- function(job, threads, encoder) {
  put_table(job, threads, "encoded", predict(encoder, read_table(job$data), n_threads = threads))
  put_table(job, threads, "new", predict(encoder, read_table(job$new), n_threads = threads))
  put_table(job, threads, "levels", encoder_table(encoder))
  put_bytes(job$name, threads, "model file", charToRaw(enc2utf8(model_to_json(encoder))))
}

run_encode <- function(job, threads) {
  maker <- list(target_encoder = target_encoder, frequency_encoder = frequency_encoder,
    ordinal_encoder = ordinal_encoder)[[job$kind]]
  arguments <- job$arguments
  arguments$columns <- unlist(arguments$columns)
  encoder <- do.call(maker, c(list(data = read_table(job$data)), arguments, list(n_threads = threads)))
  put_table(job, threads, "training", fitted(encoder))
  put_encoder(job, threads, encoder)
  if (isTRUE(job$save) && threads == 1L) {
    save_model(encoder, file.path(folder, paste0(job$name, ".model.json")))
  }
}

run_read_encoder <- function(job, threads) put_encoder(job, threads, load_model(job$model))

of_rows <- function(folds) as.data.frame(folds$fold - 1)

run_folds <- function(job, threads) {
  data <- read_table(job$data)
  vectors <- lapply(job$by, function(column) data[[column]])
  made <- do.call(folds, c(list(n = nrow(data)), vectors, job$arguments, list(n_threads = threads)))
  put_table(job, threads, "folds", of_rows(made))
}

run_credibility <- function(job, threads) {
  fit <- do.call(credibility, c(list(data = read_table(job$data)), job$arguments, list(n_threads = threads)))
  put_table(job, threads, "levels", fit$table)
  figures <- fit[c("collective", "within", "between", "between_raw", "prior_weight")]
  put_values(job$name, threads, "figures", as.double(unlist(figures)))
}

run_cross_fit <- function(job, threads) {
  data <- read_table(job$data)
  shares <- folds(nrow(data), n_folds = 3, n_repeats = 2, seed = 5, n_threads = threads)
  fit <- do.call(cross_fit, c(list(data = data, folds = shares), job$arguments, list(n_threads = threads)))
  put_table(job, threads, "folds", of_rows(shares))
  put_table(job, threads, "predictions", as.data.frame(fit$predictions))
  put_values(job$name, threads, "deviance", fit$deviance)
}

run_simulate <- function(job, threads) {
  frame <- simulate_portfolio(job$rows, job$seed, n_threads = threads)
  for (name in names(frame)) {
    values <- frame[[name]]
    levels <- levels(values)
    put("simulate", threads, paste(name, "levels"), paste0(levels, rep("|", length(levels)), collapse = ""))
    if (is.factor(values)) {
      codes <- writeBin(as.integer(values) - 1L, raw(), endian = "little")
      put_bytes("simulate", threads, name, codes, paste0(name, ".i32"))
    } else {
      put_bytes("simulate", threads, name, doubles(values), paste0(name, ".f64"))
    }
  }
}

jobs <- jsonlite::fromJSON(arguments[1], simplifyDataFrame = FALSE, simplifyMatrix = FALSE)
run <- list(fit = run_fit, predict = run_predict, simulate = run_simulate, fitted = run_fitted, ask = run_ask,
  encode = run_encode, read_encoder = run_read_encoder, folds = run_folds, credibility = run_credibility,
  cross_fit = run_cross_fit)
for (job in jobs$jobs) {
  for (threads in as.integer(if (is.null(job$threads)) jobs$threads else job$threads)) {
    tryCatch(run[[job$what]](job, threads),
      deciban_error = function(e) put(job$name, threads, "error", if (is.null(e$code)) conditionMessage(e) else e$code))
  }
}
close(out)
