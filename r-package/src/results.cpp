#include "results.h"

#include <climits>
#include <cstdint>

#include "document.h"

namespace deciban::glue {
namespace {

using tables::Column;

SEXP integers(const std::vector<std::int64_t>& values) {
  const auto size = static_cast<R_xlen_t>(values.size());
  bool fit = true;
  for (const std::int64_t value : values) fit = fit && value > INT_MIN && value <= INT_MAX;
  if (!fit) return Rcpp::NumericVector(values.begin(), values.end());
  Rcpp::IntegerVector out(Rcpp::no_init(size));
  for (R_xlen_t i = 0; i < size; ++i) out[i] = static_cast<int>(values[i]);
  return out;
}

SEXP factor(const Column& column) {
  const auto size = static_cast<R_xlen_t>(column.integers.size());
  Rcpp::IntegerVector codes(Rcpp::no_init(size));
  for (R_xlen_t i = 0; i < size; ++i)
    codes[i] = column.integers[i] < 0 ? NA_INTEGER : static_cast<int>(column.integers[i]) + 1;
  codes.attr("levels") = Rcpp::RObject(to_r(column.levels));
  codes.attr("class") = "factor";
  return codes;
}

SEXP column_to_r(const Column& column) {
  switch (column.kind) {
    case Column::Kind::text:
      return to_r(column.texts);
    case Column::Kind::number:
      return to_r(column.numbers);
    case Column::Kind::integer:
      return integers(column.integers);
    case Column::Kind::boolean:
      return Rcpp::LogicalVector(column.integers.begin(), column.integers.end());
    case Column::Kind::category:
      break;
  }
  return factor(column);
}

}  // namespace

SEXP to_r(const std::vector<double>& values) {
  const auto size = static_cast<R_xlen_t>(values.size());
  Rcpp::NumericVector out(Rcpp::no_init(size));
  for (R_xlen_t i = 0; i < size; ++i) out[i] = values[i] == values[i] ? values[i] : NA_REAL;
  return out;
}

SEXP to_r(const std::vector<std::string>& values) {
  const auto size = static_cast<R_xlen_t>(values.size());
  Rcpp::CharacterVector out(size);
  for (R_xlen_t i = 0; i < size; ++i) SET_STRING_ELT(out, i, r_text(values[i]));
  return out;
}

SEXP row_numbers(const std::vector<std::int64_t>& rows) {
  const auto size = static_cast<R_xlen_t>(rows.size());
  Rcpp::IntegerVector out(Rcpp::no_init(size));
  for (R_xlen_t i = 0; i < size; ++i) out[i] = static_cast<int>(rows[i]) + 1;
  return out;
}

SEXP to_r(const std::string& text) { return to_r(std::vector<std::string>{text}); }

SEXP to_r(const tables::ResultTable& table) {
  const auto size = static_cast<R_xlen_t>(table.columns.size());
  Rcpp::List out(size);
  Rcpp::CharacterVector names(size);
  for (R_xlen_t i = 0; i < size; ++i) {
    out[i] = column_to_r(table.columns[i]);
    SET_STRING_ELT(names, i, r_text(table.columns[i].name));
  }
  out.names() = names;
  // the compact form of 1..n
  out.attr("row.names") = Rcpp::IntegerVector::create(NA_INTEGER, -static_cast<int>(table.rows()));
  out.attr("class") = "data.frame";
  return out;
}

std::string render_columns(const Rcpp::List& columns) {
  tables::ResultTable table;
  const Rcpp::CharacterVector names = columns.names();
  for (R_xlen_t i = 0; i < columns.size(); ++i) {
    const std::string name = utf8_text(STRING_ELT(names, i), "name");
    const SEXP values = columns[i];
    if (TYPEOF(values) == STRSXP) {
      std::vector<std::string> texts;
      for (R_xlen_t k = 0; k < Rf_xlength(values); ++k) texts.push_back(utf8_text(STRING_ELT(values, k), "text"));
      table.add(name, std::move(texts));
    } else if (TYPEOF(values) == REALSXP) {
      table.add(name, Rcpp::as<std::vector<double>>(values));
    } else {
      const auto whole = Rcpp::as<std::vector<int>>(values);
      const std::vector<std::int64_t> numbers(whole.begin(), whole.end());
      TYPEOF(values) == LGLSXP ? table.add_flags(name, numbers) : table.add_integers(name, numbers);
    }
  }
  return tables::render(table, {});
}

}  // namespace deciban::glue
