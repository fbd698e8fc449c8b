# Brings the shared parts of a checkout into this package: the core, the JSON header, the fixtures, the version.
# Run it here (Rscript bootstrap.R) before `R CMD build`; `configure` runs it when the package is installed from a
# checkout. It always makes the copies equal to their originals (changed files are written, stale ones removed, objects
# dropped when a header changed) and is not part of the built tarball.

root <- ".."
if (!file.exists("DESCRIPTION") || !dir.exists(file.path(root, "core", "include", "deciban"))) {
  stop("bootstrap.R runs in the folder r-package of a deciban checkout, with core/ beside it")
}

read_bytes <- function(path) readBin(path, "raw", file.size(path))

# JSON's diagnostic pragmas are a warning of R CMD check
without_diagnostics <- function(path) {
  lines <- readLines(path, encoding = "UTF-8", warn = FALSE)
  kept <- lines[!grepl("^\\s*#\\s*pragma\\s+(GCC|clang)\\s+diagnostic\\b", lines)]
  charToRaw(paste0(paste(kept, collapse = "\n"), "\n"))
}

# Makes folder `to` hold exactly the files `relative` of folder `from`; returns those written or removed.
mirror <- function(from, to, relative, read = read_bytes) {
  changed <- setdiff(list.files(to, recursive = TRUE, all.files = TRUE), relative)
  changed <- changed[!grepl("[.]o$", changed)]
  unlink(file.path(to, changed))
  for (file in relative) {
    target <- file.path(to, file)
    bytes <- read(file.path(from, file))
    if (!file.exists(target) || !identical(bytes, read_bytes(target))) {
      dir.create(dirname(target), recursive = TRUE, showWarnings = FALSE)
      writeBin(bytes, target)
      changed <- c(changed, file)
    }
  }
  changed
}

write_if_new <- function(lines, path) {
  if (!file.exists(path) || !identical(readLines(path, warn = FALSE), lines)) {
    con <- file(path, "wb")
    on.exit(close(con))
    writeLines(lines, con, sep = "\n")
  }
}

# sort() by bytes: the same list in every locale
files_below <- function(folder, pattern) sort(list.files(folder, pattern, recursive = TRUE), method = "radix")

code <- "[.](hpp|h|inc|cpp)$"
copy_core <- function() {
  changed <- character()
  for (part in c("include", "src")) {
    from <- file.path(root, "core", part)
    changed <- c(changed, mirror(from, file.path("src/core", part), files_below(from, code)))
  }
  changed
}

find_json <- function() {
  folders <- c(Sys.getenv("DECIBAN_JSON_INCLUDE"), strsplit(Sys.getenv("CPATH"), .Platform$path.sep)[[1]],
    "/usr/include", "/usr/local/include", "/opt/homebrew/include", "/opt/local/include",
    file.path(Sys.getenv("CONDA_PREFIX", "/nonexistent"), "include"))
  found <- folders[nzchar(folders) & file.exists(file.path(folders, "nlohmann", "json.hpp"))]
  if (!length(found)) {
    stop("nlohmann/json.hpp not found: run tools/setup (Debian: nlohmann-json3-dev), ",
      "or set DECIBAN_JSON_INCLUDE to the folder that holds nlohmann/")
  }
  found[1]
}

copy_json <- function() {
  include <- file.path(find_json(), "nlohmann")
  changed <- mirror(include, "src/core/third_party/nlohmann", files_below(include, "[.]hpp$"), without_diagnostics)
  licences <- file.path(root, "py-package", "licences")
  mirror(licences, "src/core/third_party/licences", "nlohmann-json.txt")
  changed
}

write_sources <- function() {
  object <- function(files) sub("[.]cpp$", ".o", files)
  entry <- function(name, objects) {
    objects <- paste0("  ", objects)
    c(paste(name, "= \\"), paste0(objects, c(rep(" \\", length(objects) - 1L), "")))
  }
  glue <- sort(list.files("src", "[.]cpp$"), method = "radix")
  core <- paste0("core/src/", files_below("src/core/src", "[.]cpp$"))
  write_if_new(c("# Written by bootstrap.R", entry("GLUE_OBJECTS", object(glue)), entry("CORE_OBJECTS", object(core))),
    "src/core/sources.mk")
}

write_version <- function() {
  version <- readLines(file.path(root, "VERSION"), n = 1L, warn = FALSE)
  description <- readLines("DESCRIPTION", encoding = "UTF-8", warn = FALSE)
  write_if_new(sub("^Version:.*", paste("Version:", version), description), "DESCRIPTION")
}

headers <- grepl("[.](hpp|h|inc)$", changed <- c(copy_core(), copy_json()))
if (any(headers)) {
  unlink(list.files("src", "[.](o|so|dll)$", recursive = TRUE, full.names = TRUE))
}
write_sources()
fixtures <- files_below(file.path(root, "fixtures"), "[.](json|csv|txt|gz)$")
invisible(mirror(file.path(root, "fixtures"), "tests/testthat/fixtures", fixtures[!grepl("^generate/", fixtures)]))
write_version()
message("deciban: core ", readLines(file.path(root, "VERSION"), n = 1L, warn = FALSE), " copied, ",
  length(changed), " files changed")
