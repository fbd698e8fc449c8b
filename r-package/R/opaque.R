# Calls of a formula that the core does not know. They are evaluated here, as R's modelling functions would, and handed
# in as columns named by their canonical text. Only calls of the caller's own formula are evaluated, never text of a
# model file.

# Operators that join terms: what they join are variables of the formula.
joins_terms <- c("~", "+", "-", "*", "/", ":", "^", "%in%", "(", "offset")

# Every call in an expression with `whole`, the variable of the formula that it is part of.
calls_of <- function(expression, whole = NULL) {
  if (!is.call(expression)) {
    return(list())
  }
  joins <- is.null(whole) && is.symbol(expression[[1]]) && as.character(expression[[1]]) %in% joins_terms
  if (!joins && is.null(whole)) whole <- expression
  parts <- Filter(function(part) !identical(part, quote(expr = )), as.list(expression))
  own <- if (joins) list() else list(list(call = expression, whole = whole))
  c(own, unlist(lapply(parts, calls_of, whole = whole), recursive = FALSE))
}

# Calls of a formula with their canonical `text`. The response is one variable.
formula_calls <- function(expression, call) {
  sides <- if (is_formula_call(expression)) as.list(expression)[-1] else list(expression)
  right <- sides[[length(sides)]]
  calls <- c(if (length(sides) > 1L) calls_of(sides[[1]], sides[[1]]), calls_of(right))
  if (!length(calls)) {
    return(calls)
  }
  canonical <- function(part) {
    checked(core_canonical_text(vapply(calls, function(one) deparse_whole(one[[part]]), "")), call)
  }
  Map(c, calls, lapply(canonical("call"), function(text) list(text = text)),
    lapply(canonical("whole"), function(text) list(whole_text = text)))
}

is_formula_call <- function(expression) is.call(expression) && identical(expression[[1]], as.name("~"))

# Columns for `labels`: a list with `columns` and the `calls` that they are the values of. What has no function of that
# name is left to the core to complain about.
opaque_columns <- function(labels, expression, environment, data, call) {
  columns <- done <- list()
  labels <- setdiff(labels, names(data))
  calls <- if (length(labels) && is.language(expression)) formula_calls(expression, call)
  for (label in labels) {
    found <- Filter(function(one) identical(one$text, label), calls)
    if (!length(found) || !has_functions(found[[1]]$call, environment)) next
    one <- opaque_value(found[[1]], data, environment, call)
    columns[[one$text]] <- one$value
    done <- c(done, list(one$call))
  }
  list(columns = columns, calls = done)
}

# The value of a call. One that is no value per row, such as quantile(x) in cut(x, quantile(x)), is part of a variable
# that R evaluates as a whole.
opaque_value <- function(found, data, environment, call) {
  rows <- row_count(data, variables_of(found$whole))
  value <- evaluate_call(found$call, data, environment, call)
  if (length(value) == rows || identical(found$call, found$whole)) {
    require_row_values(value, rows, found$text, call)
    return(list(text = found$text, value = plain_vector(value), call = found$call))
  }
  value <- evaluate_call(found$whole, data, environment, call)
  require_row_values(value, rows, found$whole_text, call)
  list(text = found$whole_text, value = plain_vector(value), call = found$whole)
}

plain_vector <- function(value) {
  if (!is.null(dim(value))) dim(value) <- NULL
  names(value) <- NULL
  if (inherits(value, "AsIs")) class(value) <- setdiff(class(value), "AsIs")
  value
}

evaluate_call <- function(expression, data, environment, call) {
  tryCatch(eval(expression, evaluation_columns(data, expression), environment), error = function(e) {
    text <- deparse_whole(expression)
    known <- function(name) name %in% names(data) || exists(name, envir = environment)
    unknown <- Filter(Negate(known), unique(variables_of(expression)))
    if (length(unknown)) {
      raise_input("data.unknown_column",
        paste0("There is no column `", unknown[1], "`, which the term `", text, "` needs, and no variable either."),
        "See names(data).", call, list(column = unknown[1], term = text))
    }
    raise_input("formula.host_error", paste0("The term `", text, "` cannot be evaluated: ", conditionMessage(e), "."),
      "deciban does not know this function, so R evaluates it: in the data, then where the formula was written.", call,
      list(term = text))
  })
}

require_row_values <- function(value, rows, text, call) {
  if (!is.atomic(value) || is.null(value) || (length(dim(value)) > 1L && NCOL(value) != 1L)) {
    kind <- if (is.matrix(value)) sprintf("a matrix of %d columns", ncol(value)) else paste("of class", class(value)[1])
    raise("data", "data.unsupported_type",
      paste0("The term `", text, "` is ", kind, ".\nA term that R evaluates gives one value per row."),
      "A term that R evaluates gives one value per row.", list(column = text, type = class(value)[1]), call)
  }
  if (length(value) != rows) {
    raise_input("data.length_mismatch",
      paste0("The term `", text, "` has ", length(value), " values, but the data have ", rows, " rows."),
      "A term that R evaluates gives one value per row.", call,
      list(column = text, length = length(value), rows = rows))
  }
}

# Whether all functions that a call names are there.
has_functions <- function(expression, environment) {
  if (!is.call(expression)) {
    return(TRUE)
  }
  head <- expression[[1]]
  if (is.symbol(head)) {
    if (as.character(head) %in% c("::", ":::", "$", "@")) {
      return(TRUE)
    }
    if (!exists(as.character(head), envir = environment, mode = "function")) {
      return(FALSE)
    }
  }
  parts <- Filter(function(part) !identical(part, quote(expr = )), as.list(expression))
  all(vapply(parts, has_functions, NA, environment = environment))
}

# Variables that only these calls read: the core need not see them.
variables_within <- function(expression, calls) {
  if (!length(calls)) {
    return(character())
  }
  without <- function(node) {
    if (any(vapply(calls, identical, NA, node))) {
      return(1)
    }
    if (is.call(node)) {
      for (i in seq_along(node)[-1]) {
        if (!identical(node[[i]], quote(expr = ))) node[[i]] <- without(node[[i]])
      }
    }
    node
  }
  setdiff(unlist(lapply(calls, variables_of)), variables_of(without(expression)))
}

# What a formula reads: the `frame` for the core, and the names of variables `outside` of the data. `written` comes from
# read_formula(), `arguments` are those of the core.
formula_frame <- function(written, arguments, data, call) {
  wanted <- checked(core_referenced_columns(arguments), call)
  others <- checked(core_referenced_columns(arguments[names(arguments) != "formula"]), call)
  labels <- checked(core_opaque_terms(arguments), call)
  opaque <- opaque_columns(labels, written$expression, written$environment, data, call)
  inside <- setdiff(variables_within(written$expression, opaque$calls), others)
  dot <- "." %in% wanted
  wanted <- setdiff(wanted, c(".", inside))
  if (dot) wanted <- union(wanted, names(data))
  outside <- outside_columns(wanted, data, written$environment)
  list(frame = frame_columns(data, wanted, c(outside, opaque$columns), also = inside), outside = names(outside))
}

# The opaque columns of a fitted model on other data, in the session of the fit: a model from a file has no call.
opaque_again <- function(object, wanted, data, call) {
  labels <- setdiff(wanted, c(names(data), object$outside))
  if (is.null(object$call) || !length(labels) || !inherits(object$formula, "formula")) {
    return(list())
  }
  expression <- object$formula
  attributes(expression) <- NULL
  opaque_columns(labels, expression, formula_environment(object), data, call)$columns
}
