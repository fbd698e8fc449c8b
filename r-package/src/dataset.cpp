// Datasets: tables in coded form that R holds by a pointer.
#include "deciban/data/dataset.hpp"

#include <Rcpp.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "columns.h"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "entry.h"
#include "results.h"

namespace {

using deciban::data::Column;
using deciban::data::Meaning;
using deciban::glue::guarded;
namespace data = deciban::data;
namespace glue = deciban::glue;

using Builder = Rcpp::XPtr<data::DatasetBuilder>;
using TablePointer = Rcpp::XPtr<data::Table>;

SEXP with_class(Rcpp::NumericVector values, const std::vector<std::string>& classes) {
  values.attr("class") = Rcpp::wrap(classes);
  return values;
}

SEXP level_values(const Column& column) {
  const data::CodedColumn coded = data::encode_levels(column);
  const auto rows = static_cast<R_xlen_t>(coded.codes.size());
  const Rcpp::RObject labels(glue::to_r(coded.levels.labels));
  if (!coded.levels.declared) {
    Rcpp::CharacterVector texts(rows);
    coded.codes.for_each([&](std::size_t row, std::int32_t code) {
      SET_STRING_ELT(texts, static_cast<R_xlen_t>(row), code < 0 ? NA_STRING : STRING_ELT(labels, code));
    });
    return texts;
  }
  Rcpp::IntegerVector codes(rows);
  coded.codes.for_each([&](std::size_t row, std::int32_t code) {
    codes[static_cast<R_xlen_t>(row)] = code < 0 ? NA_INTEGER : code + 1;
  });
  codes.attr("levels") = labels;
  codes.attr("class") = coded.levels.ordered ? Rcpp::CharacterVector::create("ordered", "factor")
                                             : Rcpp::CharacterVector::create("factor");
  return codes;
}

SEXP number_values(const Column& column) {
  const auto rows = static_cast<R_xlen_t>(column.length());
  Rcpp::NumericVector values(rows);
  data::read_doubles(column, 0, column.length(), values.begin());
  for (auto& value : values)
    if (std::isnan(value)) value = NA_REAL;
  if (column.meaning() == Meaning::date) return with_class(values, {"Date"});
  if (column.meaning() == Meaning::datetime) {
    values.attr("tzone") = "UTC";
    return with_class(values, {"POSIXct", "POSIXt"});
  }
  if (column.meaning() != Meaning::boolean) return values;
  Rcpp::LogicalVector flags(rows);
  for (R_xlen_t i = 0; i < rows; ++i)
    flags[i] = std::isnan(values[i]) ? NA_LOGICAL : static_cast<int>(values[i] != 0.0);
  return flags;
}

}  // namespace

// [[Rcpp::export(rng = false)]]
SEXP core_dataset_begin(bool spool) {
  return guarded([&]() -> SEXP { return Builder(new data::DatasetBuilder(spool), true); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_dataset_append(SEXP builder, SEXP frame, SEXP n_threads) {
  return guarded([&] {
    Builder(builder)->append(glue::frame_table(frame), glue::run_context(n_threads));
    return R_NilValue;
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_dataset_finish(SEXP builder) {
  return guarded([&]() -> SEXP {
    const Builder parts(builder);
    auto table = std::make_unique<data::Table>(parts->finish());
    const Rcpp::RObject names(glue::to_r(table->names()));
    const auto rows = static_cast<double>(table->rows());
    return Rcpp::List::create(Rcpp::Named("table") = TablePointer(table.release(), true), Rcpp::Named("names") = names,
                              Rcpp::Named("rows") = rows, Rcpp::Named("bytes") = static_cast<double>(parts->bytes()));
  });
}

// The values of a column as R has them.
// [[Rcpp::export(rng = false)]]
SEXP core_dataset_column(SEXP table, SEXP name) {
  return guarded([&] {
    const Column& column = glue::dataset_table(table).at(glue::text_argument(name, "name"));
    const bool levels = column.is_categorical() && column.meaning() != Meaning::boolean;
    return levels ? level_values(column) : number_values(column);
  });
}
