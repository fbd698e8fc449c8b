# Writes reference_cases.hpp: values of R's splines::bs, splines::ns, stats::poly and stats::quantile.
# Rscript tests/core/splines/generate_reference.R > tests/core/splines/reference_cases.hpp   (R 4.2.2)
library(splines)
options(warn = -1)

smooth <- c(0.31, 0.77, 1.02, 1.5, 1.93, 2.2, 2.71, 3.14, 3.6, 4.4, 5.05, 6.3, 7.1, 8.25, 9.99)
ties <- c(18, 18, 18, 19, 21, 21, 25, 30, 30, 30, 30, 44, 51, 51, 67, 90)
zeros <- c(rep(0, 8), 1, 2, 3, 4)
tops <- c(1, 2, 3, 4, rep(10, 8))
years <- 2000:2012

wrap <- function(values) {
  if (length(values) == 0) return("{}")
  text <- ifelse(sprintf("%.15g", values) == sprintf("%.17g", values) | as.numeric(sprintf("%.15g", values)) == values,
                 sprintf("%.15g", values), sprintf("%.17g", values))
  lines <- strwrap(paste(text, collapse = ", "), 112)
  paste0("{", paste(lines, collapse = "\n      "), "}")
}
emit <- function(name, x, new_x, ..., degree = 3, intercept = FALSE) {
  basis <- if (name == "poly") poly(x, degree) else if (name == "ns") ns(x, intercept = intercept, ...)
    else bs(x, degree = degree, intercept = intercept, ...)
  learned <- if (name == "poly") unlist(attr(basis, "coefs")) else as.numeric(attr(basis, "knots"))
  option <- list(...)
  cat(sprintf("  // %s of %s\n", name, deparse(substitute(x))))
  cat(sprintf("  {\"%s\", %d, %d, %s,\n", name, if (is.null(option$df)) 0L else as.integer(option$df), degree,
              tolower(intercept)))
  cat("     ", wrap(option$knots), ", ", wrap(option$Boundary.knots), ",\n     ", wrap(x), ",\n     ",
      wrap(new_x), ",\n     ", wrap(unname(learned)), ",\n     ", wrap(as.vector(predict(basis, new_x))), "},\n",
      sep = "")
}

cat("// clang-format off\n// Written by generate_reference.R with", R.version.string, "- do not edit.\n#pragma once\n")
cat("#include \"deciban/base/config.hpp\"\n\n#include <vector>\n\nnamespace reference {\n\n")
cat("struct Case {\n  const char* function;\n  int df, degree;\n  bool intercept;\n",
    "  std::vector<double> knots, boundary, x, new_x;\n",
    "  std::vector<double> learned;   // inner knots, or alpha and norm2\n",
    "  std::vector<double> expected;  // predict(basis, new_x), column-major\n};\n\n",
    "inline const std::vector<Case> kCases = {\n", sep = "")
at <- c(0.31, 1.7, 3.14, 9.99, -1, 12.5)
emit("bs", smooth, at, df = 6)
for (degree in c(1, 2, 4, 5)) emit("bs", smooth, at, df = degree + 2, degree = degree)
emit("bs", smooth, at, df = 7, intercept = TRUE)
emit("bs", smooth, at, df = 3)
emit("bs", smooth, at, df = 4, degree = 1, intercept = TRUE)
emit("bs", smooth, at, knots = c(1, 2.5, 2.5, 6), degree = 2)
emit("bs", smooth, at, df = 5, Boundary.knots = c(1, 7))
emit("bs", smooth, c(at, -6), knots = c(2, 4), intercept = TRUE, Boundary.knots = c(-5, 12))
emit("bs", ties, c(18, 20, 30, 89, 90, 17, 120), df = 8)
emit("bs", zeros, c(0, 0.5, 4, -1, 5), df = 6)
emit("bs", tops, c(1, 2.5, 9, 10), df = 6)
emit("bs", tops, c(1, 2.5, 9, 10, 11, 0), df = 6, degree = 1)
emit("ns", smooth, at, df = 1)
emit("ns", smooth, at, df = 2, intercept = TRUE)
emit("ns", smooth, at, df = 4)
emit("ns", smooth, at, df = 5, intercept = TRUE)
emit("ns", smooth, at, knots = c(1, 2.5, 6))
emit("ns", smooth, at, df = 3, Boundary.knots = c(1, 7))
emit("ns", smooth, at, knots = c(2, 4), intercept = TRUE, Boundary.knots = c(-0.5, 12))
emit("ns", ties, c(18, 20, 30, 89, 90, 17, 120), df = 6)
emit("ns", zeros, c(0, 0.5, 4, -1, 5), df = 4)
for (degree in 1:4) emit("poly", smooth, at, degree = degree)
emit("poly", years, c(2000, 2006.5, 2020), degree = 5)
emit("poly", ties, c(18, 20, 30, 120), degree = 3)
cat("};\n\n}  // namespace reference\n")
