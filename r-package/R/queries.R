# The one way from methods of a fitted model to the core's inference, diagnostics and tables.

# Asks a model a question of the core's list (core/src/models/queries.cpp). `source` is what training_source(),
# given_source() or rows_source() gives, NULL for questions that need no rows; `more` are other models of the question.
# Returns a list: table, notes, rows (1-based, or NULL), labels (names of those rows, or NULL), model (or NULL).
query_model <- function(object, name, arguments = list(), source = NULL, call = sys.call(-1), n_threads = NULL,
                        more = list()) {
  if (!length(arguments)) arguments <- stats::setNames(list(), character())  # an object to the core, not an array
  frame <- if (is.null(source)) NULL else source$frame
  vectors <- if (is.null(source)) list() else source$vectors
  documents <- lapply(more, function(one) one$document)
  answer <- checked(core_query(object$document, name, arguments, frame, vectors, documents, n_threads), call)
  raise_warnings(answer$warnings, call)
  answer["labels"] <- list(if (is.null(answer$rows) || is.null(source)) NULL else source$labels[answer$rows])
  answer
}
