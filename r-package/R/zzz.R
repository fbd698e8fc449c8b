.onLoad <- function(libname, pkgname) {
  own <- as.character(utils::packageVersion(pkgname, lib.loc = libname))
  core <- core_version()
  if (!identical(own, core)) {
    stop("package deciban is version ", own, " but its core is ", core, ": install it again", call. = FALSE)
  }
  if (isNamespaceLoaded("marginaleffects")) name_class_to_marginaleffects()
  setHook(packageEvent("marginaleffects", "onLoad"), function(...) name_class_to_marginaleffects())
}

# marginaleffects takes the classes of its own list and those of this option.
name_class_to_marginaleffects <- function() {
  classes <- getOption("marginaleffects_model_classes")
  options(marginaleffects_model_classes = union(classes, "deciban_glm"))
}
