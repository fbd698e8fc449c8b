# From the caller's data to the list that frame_table() of the glue reads. Nothing is copied or computed here.

require_data <- function(data, call) {
  if (is_dataset(data) || is.list(data) && (length(names(data)) == length(data) || is.data.frame(data))) {
    return(invisible(data))
  }
  hint <- if (is.matrix(data)) {
    "Use as.data.frame(data), or fit_glm_xy() for a design of your own."
  } else {
    "Use a data frame (tibble, data.table), a named list of vectors, or what dataset() made."
  }
  raise_input("data.unsupported_type", paste0("`data` cannot be an object of class ", class(data)[1], "."), hint, call,
    list(argument = "data", type = class(data)[1]))
}

# Rows of a data frame; of a list, whose unused elements may have any length, those of the first column in `wanted`.
row_count <- function(data, wanted = NULL) {
  if (is_dataset(data)) {
    return(unclass(data)$rows)
  }
  if (is.data.frame(data)) {
    return(.row_names_info(data, 2L))
  }
  first <- c(which(names(data) %in% wanted), seq_along(data))[1]
  if (is.na(first)) 0L else length(data[[first]])
}

# The columns of `data` named in `wanted` and those from outside of it. Where one is not there, the names of all others
# come along, so that the core can say which one was meant. `also` are columns that were read already.
frame_columns <- function(data, wanted, outside = list(), also = NULL) {
  if (is_dataset(data)) {
    return(dataset_columns(data, wanted, outside))
  }
  used <- names(data) %in% wanted
  missing <- setdiff(wanted, c(names(data), names(outside)))
  list(columns = c(unclass(data)[used], outside), beside = as.character(names(outside)),
    rows = as.double(row_count(data, c(wanted, also))),
    absent = if (length(missing)) unique(names(data)[!used]) else character())
}

dataset_columns <- function(data, wanted, outside) {
  chosen <- intersect(names(data), wanted)
  missing <- setdiff(wanted, c(names(data), names(outside)))
  list(dataset = unclass(data)$table, chosen = chosen, columns = outside, beside = as.character(names(outside)),
    rows = row_count(data),
    absent = if (length(missing)) setdiff(c(names(data), unclass(data)$left_out), chosen) else character())
}

# The columns that an expression may read, as a list to evaluate it in.
evaluation_columns <- function(data, expression) {
  if (!is_dataset(data)) {
    return(unclass(data))
  }
  used <- intersect(unique(variables_of(expression)), names(data))
  stats::setNames(lapply(used, function(name) data[[name]]), used)
}

# A matrix, whose columns are taken by name when it has names, else by position.
frame_matrix <- function(X, names = NULL, columns = list()) {
  own <- colnames(X)
  if (is.null(own)) own <- if (is.null(names)) sprintf("x%d", seq_len(ncol(X))) else names
  list(columns = columns, matrix = X, names = own, absent = character(), rows = as.double(nrow(X)))
}

# Variables of a formula that are no columns of the data but vectors where the formula was written, as R's modelling
# functions find them. Single values are left alone: a misspelled column should not turn into them.
outside_columns <- function(wanted, data, env) {
  rows <- row_count(data, wanted)
  outside <- list()
  for (name in setdiff(wanted, names(data))) {
    value <- get0(name, envir = env, inherits = TRUE)
    if (is.atomic(value) && !is.null(value) && (length(value) > 1L || rows == 1L)) outside[[name]] <- value
  }
  outside
}

row_labels <- function(data) {
  if (is.data.frame(data)) row.names(data) else if (is.matrix(data)) rownames(data)
}
