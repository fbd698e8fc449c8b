.onLoad <- function(libname, pkgname) {
  own <- as.character(utils::packageVersion(pkgname, lib.loc = libname))
  core <- core_version()
  if (!identical(own, core)) {
    stop("package deciban is version ", own, " but its core is ", core, ": install it again", call. = FALSE)
  }
}
