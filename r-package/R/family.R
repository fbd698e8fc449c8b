# R's family objects to the core's words and back.

family_names <- c(
  gaussian = "gaussian", binomial = "binomial", poisson = "poisson", Gamma = "gamma",
  inverse.gaussian = "inverse_gaussian", quasi = "quasi", quasipoisson = "quasipoisson",
  quasibinomial = "quasibinomial", Tweedie = "tweedie"
)

# The arguments family, link, var_power, theta and variance as the core takes them. `given` holds them as the caller
# wrote them; a family object brings its own link and parameters.
read_family <- function(given, call) {
  family <- given$family
  if (is.function(family)) {
    family <- tryCatch(family(), error = function(e) NULL)
    if (!inherits(family, "family")) {
      raise_input("family.unknown", "`family` is a function that gives no family when it is called without arguments.",
        "Call it, as in MASS::negative.binomial(2), or use a name: family = \"gamma\".", call)
    }
  }
  if (!inherits(family, "family")) {
    return(given)
  }
  own <- family_words(family)
  for (name in setdiff(names(own), "family")) {
    if (!is.null(given[[name]])) {
      code <- if (name == "link") "input.link_twice" else "input.parameter_twice"
      raise_input(code, paste0("`", name, "` was given, but the family object brings its own."),
        paste0("Leave `", name, "` out, or give the family by name: family = \"", own$family, "\"."), call,
        list(argument = name, family = own$family))
    }
  }
  given[names(own)] <- own
  given
}

family_words <- function(family) {
  name <- family$family
  if (grepl("^Negative Binomial", name)) {
    theta <- get0(".Theta", environment(family$variance), inherits = FALSE)
    if (is.null(theta)) theta <- as.double(sub("^Negative Binomial\\(([^)]*)\\).*$", "\\1", name))
    return(list(family = "negative_binomial", link = link_words(family), theta = theta))
  }
  known <- name %in% names(family_names)
  words <- list(family = if (known) family_names[[name]] else name, link = link_words(family))
  if (identical(name, "Tweedie")) words$var_power <- get("var.power", environment(family$variance))
  if (identical(name, "quasi")) words$variance <- family$varfun
  words
}

# "mu^0.333" is a rounded name: the exponent itself is in the link function's environment.
link_words <- function(family) {
  link <- family$link
  if (!grepl("^mu\\^", link)) {
    return(link)
  }
  exponent <- get0("lambda", environment(family$linkfun), mode = "numeric", inherits = FALSE)
  if (is.null(exponent)) exponent <- get0("link.power", environment(family$linkfun), mode = "numeric")
  if (is.null(exponent)) exponent <- as.double(sub("^mu\\^", "", link))
  sprintf("power(%.17g)", exponent)
}

# A family object of R where R has the family and the link, else a list with the names.
r_family <- function(statistics) {
  link <- r_link(statistics$link)
  parameters <- statistics$family_parameters
  name <- names(family_names)[match(statistics$family, family_names)]
  if (is.null(link) || is.na(name) || name == "Tweedie") {
    label <- switch(statistics$family, tweedie = "Tweedie", negative_binomial = "Negative Binomial", name)
    own <- parameters[setdiff(names(parameters), "id")]
    return(structure(c(list(family = label, link = statistics$link), own), class = "family"))
  }
  # R's families look at the expression of `link`
  make <- getExportedValue("stats", name)
  if (name == "quasi") eval(bquote(make(link = link, variance = .(parameters$variance)))) else make(link = link)
}

r_link <- function(name) {
  if (grepl("^power\\(", name)) {
    return(stats::power(as.double(sub("^power\\((.*)\\)$", "\\1", name))))
  }
  tryCatch(stats::make.link(name), error = function(e) NULL)
}
