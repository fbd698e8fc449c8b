# The arguments of a call as the core takes them: plain values, and vectors apart.

# Splits column arguments into `arguments`, where TRUE stands for a vector, and `vectors`.
split_vectors <- function(values) {
  is_vector <- vapply(values, function(value) !is.null(value) && !is_text(value), NA)
  arguments <- values
  arguments[is_vector] <- list(TRUE)
  list(arguments = arguments, vectors = values[is_vector])
}

is_text <- function(value) is.character(value) && length(value) == 1L && is.null(dim(value))

# One column argument, as its expression (from substitute()) and as its value, which is looked at only if need be: NULL,
# a text (name of a column, or an expression that the core evaluates, also on new data), or a vector.
#   - the name of a column of the data, bare or quoted;
#   - an expression over columns that the core knows, such as log(Exposure);
#   - anything else: its value. Where it names columns too, it is evaluated in the data and then in the first of `envs`
#     that has its other variables.
capture_column <- function(expression, value, data, envs, call) {
  if (!is.language(expression)) {
    return(expression)
  }
  variables <- unique(variables_of(expression))
  unknown <- setdiff(variables, names(data))
  if (length(variables) && !length(unknown)) {
    text <- column_text(expression, data, call)
    if (!is.null(text)) {
      return(text)
    }
  }
  absent <- unknown[!vapply(unknown, is_variable, NA, envs = envs)]
  again <- function(e) evaluate_in(expression, data, unknown, envs)
  tryCatch(
    {
      value <- if (length(unknown) < length(variables)) again() else tryCatch(value, error = again)
      # a function of that name: no variable, and no column either
      if (is.function(value) && length(absent)) absent[1] else value
    },
    # the core says which column may have been meant
    error = function(e) if (length(absent)) absent[1] else raise_no_value(expression, e, call)
  )
}

# The name of a column, or the text of an expression over columns that the core can evaluate, else NULL.
column_text <- function(expression, data, call) {
  if (is.symbol(expression)) {
    return(as.character(expression))
  }
  text <- deparse_whole(expression)
  if (checked(core_can_evaluate(text, names(data)), call)) text
}

raise_no_value <- function(expression, error, call) {
  raise_input("input.argument",
    paste0("`", deparse_whole(expression), "` cannot be evaluated: ", conditionMessage(error), "."),
    "Give the name of a column, an expression over columns, or one value per row.", call)
}

evaluate_in <- function(expression, data, unknown, envs) {
  complete <- vapply(envs, function(env) all(vapply(unknown, is_variable, NA, envs = list(env))), NA)
  eval(expression, evaluation_columns(data, expression), envs[[c(which(complete), 1L)[1]]])
}

# Whether a name is something else than a function somewhere: weights = weights does not mean stats::weights.
is_variable <- function(name, envs) {
  found <- function(env) exists(name, envir = env) && !is.function(get(name, envir = env))
  any(vapply(envs, found, NA))
}

# Names used as variables: not functions, and not what follows $, @ or ::.
variables_of <- function(expression) {
  if (is.symbol(expression)) {
    return(as.character(expression)[nzchar(as.character(expression))])
  }
  if (!is.call(expression)) {
    return(character())
  }
  head <- expression[[1]]
  parts <- as.list(expression)[-1]
  if (is.symbol(head) && as.character(head) %in% c("::", ":::")) parts <- list()
  if (is.symbol(head) && as.character(head) %in% c("$", "@")) parts <- parts[1]
  if (is.call(head)) parts <- c(list(head), parts)
  unlist(lapply(parts, variables_of))
}

deparse_whole <- function(expression) {
  lines <- deparse(expression, width.cutoff = 500L, backtick = TRUE, control = c("keepNA", "keepInteger", "digits17"))
  paste(lines, collapse = " ")
}

# A formula as text and as expression, and the environment that it was written in; NULL is left to the core to complain
# about.
read_formula <- function(formula, caller, call) {
  if (is.null(formula) || is_text(formula)) {
    parsed <- if (is_text(formula)) tryCatch(str2lang(formula), error = function(e) NULL)
    return(list(text = formula, expression = parsed, environment = caller))
  }
  if (!inherits(formula, "formula")) {
    raise_input("input.argument",
      paste0("`formula` must be a formula or a text, not an object of class ", class(formula)[1], "."),
      "Write it as response ~ terms, such as ClaimNb ~ Area + DrivAge.", call, list(argument = "formula"))
  }
  environment <- environment(formula)
  attributes(formula) <- NULL
  if (is.null(environment)) environment <- caller
  list(text = deparse_whole(formula), expression = formula, environment = environment)
}

# Text as a formula object. Nothing of the text is evaluated; text that R cannot parse stays text.
as_formula <- function(text, environment) {
  parsed <- tryCatch(str2lang(text), error = function(e) NULL)
  if (!is.call(parsed) || !identical(parsed[[1]], as.name("~"))) {
    return(text)
  }
  structure(parsed, class = "formula", .Environment = environment)
}

# The argument `contrasts`: names of variables with names of contrasts, or R's contrast functions themselves.
read_contrasts <- function(contrasts, call) {
  if (is.null(contrasts) || !length(contrasts)) {
    return(NULL)
  }
  named <- length(names(contrasts)) == length(contrasts) && all(nzchar(names(contrasts)))
  words <- lapply(as.list(contrasts), contrast_word)
  if (!named || !all(vapply(words, is_text, NA))) {
    raise_input("input.contrasts", "`contrasts` must be a named list of texts.",
      "Write contrasts = list(Area = \"sum\"); there are \"treatment\", \"sum\", \"helmert\" and \"poly\".", call,
      list(argument = "contrasts"))
  }
  words
}

contrast_word <- function(value) {
  own <- list(treatment = stats::contr.treatment, sum = stats::contr.sum, helmert = stats::contr.helmert,
    poly = stats::contr.poly)
  found <- names(own)[vapply(own, identical, NA, value)]
  if (length(found)) found else value
}
