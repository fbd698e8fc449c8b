#' Encode data once, for many fits; or gather data that come in chunks
#'
#' `dataset()` makes a copy of data in coded form, smaller than the data, that is accepted wherever a data frame is. Fits,
#' predictions and design matrices are the same, bit for bit, as with the data themselves. Factors, texts and logicals are
#' held as codes of one, two or four bytes, numbers that repeat (at most 65,536 distinct values) too, other numbers as
#' doubles.
#'
#' # Chunks
#' A source of chunks is a function that returns the next data frame each time it is called, and `NULL` at the end. If it
#' has an argument `reset`, it is called first as `source(reset = TRUE)`, which goes back to the first chunk and whose
#' value is not used: such a source can be read again, as residuals and predictions need it. Chunks are read once, one
#' after the other; where they begin and end does not change the result. [fit_glm()] and `predict()` take sources too, and
#' gather the columns that they need.
#'
#' Levels of a factor keep their order while all chunks have the same ones; else they are those that occur, sorted.
#'
#' # Lifetime
#' A dataset belongs to the session: after `readRDS()`, or in a forked worker of another session, it is gone
#' (`data.dataset_gone`), and is made from the data again.
#'
#' # Errors
#' `data.chunk_columns` (a chunk has other columns than the first), `data.no_chunks`, `data.unknown_column`,
#' `data.unsupported_type`, `data.dataset_gone`, `io.spool`; those of the source itself come out as they are.
#'
#' @param data Data frame, named list of vectors, a dataset, or a source of chunks.
#' @param columns Names of the columns to take; `NULL` takes all.
#' @param spool `TRUE` keeps the coded rows in a temporary file (in the folder of the environment variable `TMPDIR`,
#'   without a name: it goes with the dataset) that is mapped into memory, instead of in memory itself. Not on Windows.
#' @param n_threads As in [fit_glm()].
#' @return An object of class `deciban_dataset`: `names(x)`, `x[["column"]]`, `x$column`, `nrow(x)` and `as.data.frame(x)`
#'   look into it. Columns come back as double, logical, character, factor, Date or POSIXct.
#' @examples
#' policies <- simulate_portfolio(1000, seed = 1)
#' coded <- dataset(policies)
#' coded
#' fit_glm(claim_count ~ area, coded, "poisson", exposure = exposure, n_threads = 1)
#' fit_glm(claim_count ~ area + vehicle_gas, coded, "poisson", exposure = exposure, n_threads = 1)
#'
#' # the same from chunks of 300 rows
#' chunks <- function(data, size) {
#'   at <- 0
#'   function(reset = FALSE) {
#'     if (reset) at <<- 0
#'     rows <- seq_len(nrow(data))
#'     rows <- rows[rows > at & rows <= at + size]
#'     at <<- at + size
#'     if (length(rows)) data[rows, ]
#'   }
#' }
#' fit_glm(claim_count ~ area, chunks(policies, 300), "poisson", exposure = exposure, n_threads = 1)
#' @export
dataset <- function(data, columns = NULL, spool = FALSE, n_threads = NULL) {
  call <- match.call()
  if (!is.function(data)) require_data(data, call)
  if (!is.null(columns) && (!is.character(columns) || anyNA(columns))) {
    raise_input("input.argument", "`columns` must be names of columns.", "Leave it out to take all columns.", call,
      list(argument = "columns"))
  }
  if (!isTRUE(spool) && !isFALSE(spool)) {
    raise_input("input.argument", "`spool` must be TRUE or FALSE.", "", call, list(argument = "spool"))
  }
  gather(if (is.function(data)) data else one_chunk(data), columns, TRUE, spool, n_threads, call)
}

is_dataset <- function(x) inherits(x, "deciban_dataset")

# Data as they are, or if they are a source of chunks a dataset of the columns `wanted`. The names in `wanted` are not
# looked at otherwise.
readable <- function(data, wanted, n_threads, call) {
  if (!is.function(data)) {
    return(data)
  }
  gather(data, if (!"." %in% wanted) unique(wanted), FALSE, FALSE, n_threads, call)
}

# Names that an argument may mean: variables of its expression, and what its value names if that is a text.
words_of <- function(expression, value = NULL) {
  if (inherits(expression, "formula")) attributes(expression) <- NULL
  text <- if (is_text(expression)) expression else tryCatch(if (is_text(value)) value, error = function(e) NULL)
  named <- if (!is.null(text)) tryCatch(variables_of(str2lang(text)), error = function(e) NULL)
  c(if (is.language(expression)) variables_of(expression), text, named)
}

one_chunk <- function(data) {
  function() {
    chunk <- data
    data <<- NULL
    chunk
  }
}

gather <- function(source, wanted, strict, spool, n_threads, call) {
  if ("reset" %in% names(formals(source))) source(reset = TRUE)
  builder <- checked(core_dataset_begin(spool), call)
  number <- 0
  all_names <- NULL
  while (!is.null(chunk <- source())) {
    number <- number + 1
    require_chunk(chunk, number, call)
    if (is.null(all_names)) {
      all_names <- names(chunk)
      if (strict) require_columns(wanted, all_names, call)
    }
    chosen <- if (is.null(wanted)) names(chunk) else intersect(wanted, names(chunk))
    checked(core_dataset_append(builder, frame_columns(chunk, chosen), n_threads), call)
  }
  if (number == 0) {
    raise_input("data.no_chunks", "The source of data gave no chunk.",
      "A source that shall be read again needs an argument `reset`, see ?dataset.", call, list(argument = "data"))
  }
  parts <- checked(core_dataset_finish(builder), call)
  structure(c(parts, list(left_out = setdiff(all_names, parts$names))), class = "deciban_dataset")
}

require_chunk <- function(chunk, number, call) {
  if (is_dataset(chunk) || is.list(chunk) && length(names(chunk)) == length(chunk)) {
    return(invisible(chunk))
  }
  raise_input("data.unsupported_type",
    paste0("Chunk ", number, " of the data is an object of class ", class(chunk)[1], ", not a data frame."),
    "Chunks are data frames; NULL ends them.", call,
    list(argument = "data", type = class(chunk)[1], chunk = number))
}

require_columns <- function(wanted, names, call) {
  missing <- setdiff(wanted, names)
  if (length(missing)) {
    raise_input("data.unknown_column", paste0("There is no column `", missing[1], "` in the data."),
      paste0("Columns are ", paste(utils::head(names, 10), collapse = ", "), "."), call, list(column = missing[1]))
  }
}

#' @export
names.deciban_dataset <- function(x) unclass(x)$names

#' @export
dim.deciban_dataset <- function(x) c(unclass(x)$rows, length(unclass(x)$names))

#' @export
is.matrix.deciban_dataset <- function(x) FALSE

#' @export
`[[.deciban_dataset` <- function(x, i) {
  if (is.numeric(i)) i <- names(x)[i]
  checked(core_dataset_column(unclass(x)$table, i), sys.call())
}

#' @export
`$.deciban_dataset` <- function(x, name) x[[name]]

#' @export
as.data.frame.deciban_dataset <- function(x, ...) {
  columns <- stats::setNames(lapply(names(x), function(name) x[[name]]), names(x))
  structure(columns, class = "data.frame", row.names = c(NA_integer_, -as.integer(unclass(x)$rows)))
}

#' @export
print.deciban_dataset <- function(x, ...) {
  number <- function(n) format(n, big.mark = ",", scientific = FALSE)
  shown <- c(utils::head(names(x), 8), if (length(names(x)) > 8) "...")
  cat("A deciban dataset: ", number(unclass(x)$rows), " rows, ", length(names(x)), " columns, ",
    number(unclass(x)$bytes), " bytes\n", paste(shown, collapse = ", "), "\n", sep = "")
  invisible(x)
}
