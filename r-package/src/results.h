#pragma once
#include <Rcpp.h>

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/tables/table.hpp"

namespace deciban::glue {

/// NaN becomes NA.
SEXP to_r(const std::vector<double>& values);
SEXP to_r(const std::vector<std::string>& values);
/// One text.
SEXP to_r(const std::string& text);

/// 0-based row numbers as R counts them.
SEXP row_numbers(const std::vector<std::int64_t>& rows);

/// A data frame: texts are character, categories factors, integers integer where all of them fit (else double), flags
/// logical.
SEXP to_r(const tables::ResultTable& table);

/// Text of a table from its columns: character, integer, logical and double vectors.
std::string render_columns(const Rcpp::List& columns);

}  // namespace deciban::glue
