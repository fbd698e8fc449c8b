# Errors and warnings of the core as conditions of R.

# The result of an entry point of the core, or its error.
checked <- function(result, call = NULL) {
  if (inherits(result, "deciban_failure")) {
    raise(result$kind, result$code, result$message, result$hint, result$context, call)
  }
  result
}

# Signals an error of class deciban_error_<kind>. `message` is complete: it ends with the hint, where there is one.
raise <- function(kind, code, message, hint = "", context = list(), call = NULL) {
  class <- c(paste0("deciban_error_", kind), "deciban_error", "error", "condition")
  stop(structure(list(message = message, call = call, code = code, context = context, hint = hint), class = class))
}

# An error that is found on R's side.
raise_input <- function(code, message, hint, call, context = list()) {
  raise("input", code, paste0(message, "\n", hint), hint, context, call)
}

raise_warnings <- function(warnings, call) {
  for (one in warnings) {
    if (one$severity == "warning") {
      fields <- list(message = one$message, call = call, code = one$code, context = one$context)
      warning(structure(fields, class = c("deciban_warning", "warning", "condition")))
    }
  }
}

require_model <- function(model, call) {
  if (!inherits(model, "deciban_glm")) {
    raise_input("input.argument_type",
      paste0("Argument `model` takes a fitted model, not an object of class ", class(model)[1], "."),
      "Models come from fit_glm(), fit_glm_xy(), load_model() and model_from_json().",
      call, list(argument = "model", type = class(model)[1]))
  }
  invisible(model)
}

# Methods take no further arguments: a misspelled one is an error.
require_no_more <- function(call, ...) {
  if (...length()) {
    name <- c(names(list(...)), "")[1]
    text <- if (nzchar(name)) paste0("`", name, "` is not an argument.") else "There are too many arguments."
    raise_input("input.unknown_argument", text, "See the help page of the function.", call, list(argument = name))
  }
}
