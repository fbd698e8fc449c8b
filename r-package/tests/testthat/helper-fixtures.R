# The shared cases of fixtures/ and their data, for the files that walk them.

fixtures <- Sys.getenv("DECIBAN_FIXTURES", "")
if (!nzchar(fixtures)) fixtures <- test_path("fixtures")

read_json <- function(path) jsonlite::fromJSON(path, simplifyDataFrame = FALSE, simplifyMatrix = FALSE)

# ---- data

# A column of texts; "" is missing.
column_of_texts <- function(spec, texts) {
  texts[!nzchar(texts)] <- NA
  switch(spec$type,
    number = as.numeric(texts), integer = as.integer(texts), logical = as.logical(texts), string = texts,
    factor = factor(texts, levels = as.character(spec$levels)))
}

data_frame <- function(columns, rows) structure(columns, class = "data.frame", row.names = .set_row_names(rows))

python <- function() {
  given <- Sys.getenv("DECIBAN_PYTHON", "")
  if (nzchar(given)) given else "python3"
}

# Tables of DECIBAN_DATA as tests/prepare_data.py writes them: raw columns, read.csv does not always round right.
read_prepared <- function(data) {
  root <- dirname(normalizePath(fixtures))
  folder <- Sys.getenv("DECIBAN_PREPARED", "")
  if (!nzchar(folder)) folder <- file.path(root, "build", "prepared")
  script <- file.path(root, "tests", "prepare_data.py")
  status <- system2(python(), shQuote(c(script, "--out", folder, data$prepared)), stdout = FALSE)
  if (status != 0) stop(script, " ended with status ", status)
  meta <- read_json(file.path(folder, paste0(data$prepared, ".json")))
  read <- function(name) {
    spec <- meta$columns[[name]]
    path <- file.path(folder, data$prepared, name)
    if (spec$type %in% c("factor", "string")) {
      codes <- readBin(paste0(path, ".i32"), "integer", meta$rows, 4L, endian = "little") + 1L
      codes[codes == 0L] <- NA
      levels <- as.character(spec$levels)
      return(if (spec$type == "string") levels[codes] else structure(codes, levels = levels, class = "factor"))
    }
    values <- readBin(paste0(path, ".f64"), "double", meta$rows, 8L, endian = "little")
    if (spec$type == "integer") as.integer(values) else values
  }
  data_frame(sapply(names(data$columns), read, simplify = FALSE), meta$rows)
}

read_data <- function(data) {
  if (!is.null(data$prepared)) {
    return(read_prepared(data))
  }
  texts <- if (is.null(data$file)) {
    lapply(data$columns, function(spec) as.character(unlist(spec$values)))
  } else {
    utils::read.csv(file.path(fixtures, data$file), colClasses = "character", na.strings = character(),
      check.names = FALSE, encoding = "UTF-8")
  }
  columns <- Map(function(name, spec) column_of_texts(spec, texts[[name]]), names(data$columns), data$columns)
  data_frame(columns, length(columns[[1]]))
}
