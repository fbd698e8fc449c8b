#pragma once
#include <Rcpp.h>

#include <string>

#include "deciban/data/column.hpp"
#include "deciban/data/table.hpp"

namespace deciban::glue {

/// A vector of R as a borrowed column: double, integer, logical, factor, Date, POSIXct, difftime and bit64's integer64
/// in place, character as codes. The caller keeps `values` alive. Raises DataError `data.unsupported_type` (column and
/// class) and `data.encoding`, InputError `data.too_many_rows`.
data::Column to_column(const std::string& name, SEXP values);

/// Named list of vectors -> table.
data::Table to_table(SEXP columns);

/// The table behind the pointer of a dataset. Raises InputError `data.dataset_gone`: readRDS() brings no pointers back.
const data::Table& dataset_table(SEXP pointer);

/// What frame_columns() of R made of the caller's data: a list with
///   columns  named list of vectors,
///   dataset, chosen  besides them: the pointer of a dataset and the names of those of its columns that are used,
///   matrix, names  instead of or besides them: a numeric matrix and the names of its columns (views into it),
///   beside   names of those columns that are no part of the data (see data::Column),
///   absent   names of columns that the call does not use; they have no values, but the core can suggest them,
///   rows     number of rows.
data::Table frame_table(SEXP frame);

}  // namespace deciban::glue
