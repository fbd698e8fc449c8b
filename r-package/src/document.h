#pragma once
#include <Rcpp.h>

#include <string>

#include "deciban/base/document.hpp"

namespace deciban::glue {

/// Text of a CHARSXP in UTF-8. Raises DataError `data.encoding` for bytes that are no UTF-8 text; `what` names the
/// place.
std::string utf8_text(SEXP charsxp, const std::string& what);
/// A CHARSXP from UTF-8 text.
SEXP r_text(const std::string& text);

/// Arguments of a call as a tree: NULL, single values, vectors (arrays), named lists (objects), other lists (arrays).
/// Raises InputError `input.argument` that names `what` for anything else and for NA.
Document to_document(SEXP value, const std::string& what);

/// A tree as R values: objects are named lists; arrays of one type are vectors, others lists. Integers are integer
/// where they fit, else double; NaN becomes NA.
SEXP to_r(const Document& document);

}  // namespace deciban::glue
