#include "columns.h"

#include <climits>
#include <cstdint>
#include <memory>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "document.h"

namespace deciban::glue {
namespace {

using data::Column;
using data::ColumnView;
using data::Meaning;
using data::Type;

Error unsupported(const std::string& name, const std::string& type) {
  std::string hint = "Columns are double, integer, logical, character, factor, Date, POSIXct, difftime or integer64.";
  if (type == "list") hint = "A list column may mix types: unlist() it into one value per row, or drop it.";
  if (type == "matrix") hint = "Make each of its columns a column of the data.";
  if (type == "POSIXlt") hint = "Convert it with as.POSIXct().";
  return Error(ErrorKind::data, "data.unsupported_type",
               "Column `" + name + "` is of type " + type + ", which a model cannot use.", hint,
               Document::object({{"column", name}, {"type", type}}));
}

std::string class_of(SEXP values) {
  const SEXP given = Rf_getAttrib(values, R_ClassSymbol);
  if (TYPEOF(given) == STRSXP && Rf_xlength(given) > 0) return CHAR(STRING_ELT(given, 0));
  return Rf_type2char(TYPEOF(values));
}

void require_vector(const std::string& name, SEXP values) {
  const SEXP dim = Rf_getAttrib(values, R_DimSymbol);
  if (dim != R_NilValue && Rf_xlength(dim) > 1) throw unsupported(name, "matrix");
  const int type = TYPEOF(values);
  if (type != REALSXP && type != INTSXP && type != LGLSXP && type != STRSXP) throw unsupported(name, class_of(values));
  const auto rows = static_cast<std::int64_t>(Rf_xlength(values));
  if (rows <= INT_MAX) return;
  throw Error(ErrorKind::input, "data.too_many_rows",
              "Column `" + name + "` has " + format_count(rows) + " rows; at most 2,147,483,647 are possible.",
              "Aggregate rows that are alike and give their number as freq_weights, or use a sample.",
              Document::object({{"column", name}, {"rows", rows}}));
}

ColumnView number_view(SEXP values) {
  ColumnView view;
  view.length = static_cast<std::int64_t>(Rf_xlength(values));
  if (TYPEOF(values) == REALSXP) {
    view.type = Type::float64;
    view.values = REAL_RO(values);
    view.stride = sizeof(double);
  } else {
    view.type = Type::int32;
    view.values = TYPEOF(values) == LGLSXP ? LOGICAL_RO(values) : INTEGER_RO(values);
    view.stride = sizeof(int);
    view.has_null_code = true;
    view.null_code = NA_INTEGER;
  }
  return view;
}

ColumnView integer64_view(SEXP values) {
  ColumnView view = number_view(values);
  view.type = Type::int64;
  view.has_null_code = true;
  view.null_code = INT64_MIN;
  return view;
}

ColumnView factor_view(const std::string& name, SEXP values) {
  const SEXP levels = Rf_getAttrib(values, R_LevelsSymbol);
  if (TYPEOF(values) != INTSXP || TYPEOF(levels) != STRSXP) throw unsupported(name, "factor without levels");
  auto dictionary = std::make_shared<data::Dictionary>();
  dictionary->declared = true;
  dictionary->ordered = Rf_inherits(values, "ordered");
  const R_xlen_t size = Rf_xlength(levels);
  dictionary->labels.reserve(static_cast<std::size_t>(size));
  for (R_xlen_t i = 0; i < size; ++i)
    dictionary->labels.push_back(utf8_text(STRING_ELT(levels, i), "column `" + name + "`"));
  ColumnView view = number_view(values);
  view.meaning = Meaning::text;
  view.code_base = 1;
  view.dictionary = std::move(dictionary);
  return view;
}

/// Codes of R's cached strings by their address: equal strings of one encoding are one object.
class StringCodes {
 public:
  StringCodes() { rehash(64); }

  /// The code of `text`, `next` when it is new.
  std::int32_t insert(SEXP text, std::int32_t next) {
    std::size_t at = slot(text);
    while (keys_[at] != nullptr) {
      if (keys_[at] == text) return codes_[at];
      at = (at + 1) & (keys_.size() - 1);
    }
    keys_[at] = text;
    codes_[at] = next;
    if (2 * ++used_ > keys_.size()) rehash(2 * keys_.size());
    return next;
  }

 private:
  std::size_t slot(SEXP text) const {
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(text));
    return static_cast<std::size_t>((address * 0x9E3779B97F4A7C15ULL) >> 20) & (keys_.size() - 1);
  }

  void rehash(std::size_t size) {
    std::vector<SEXP> keys(size, nullptr);
    std::vector<std::int32_t> codes(size, 0);
    keys.swap(keys_);
    codes.swap(codes_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] == nullptr) continue;
      std::size_t at = slot(keys[i]);
      while (keys_[at] != nullptr) at = (at + 1) & (size - 1);
      keys_[at] = keys[i];
      codes_[at] = codes[i];
    }
  }

  std::vector<SEXP> keys_;
  std::vector<std::int32_t> codes_;
  std::size_t used_ = 0;
};

Column text_column(const std::string& name, SEXP values) {
  const R_xlen_t rows = Rf_xlength(values);
  std::vector<std::int32_t> codes(static_cast<std::size_t>(rows));
  data::Dictionary dictionary;
  StringCodes known;
  for (R_xlen_t i = 0; i < rows; ++i) {
    const SEXP text = STRING_ELT(values, i);
    if (text == NA_STRING) {
      codes[static_cast<std::size_t>(i)] = -1;
      continue;
    }
    const auto next = static_cast<std::int32_t>(dictionary.labels.size());
    const std::int32_t code = known.insert(text, next);
    if (code == next) dictionary.labels.push_back(utf8_text(text, "column `" + name + "`"));
    codes[static_cast<std::size_t>(i)] = code;
  }
  return data::make_column(name, std::move(codes), std::move(dictionary));
}

Column one_chunk(const std::string& name, ColumnView view) {
  Column column;
  column.name = name;
  column.chunks.push_back(std::move(view));
  return column;
}

// A column that is there by name only.
Column absent_column(const std::string& name, std::int64_t rows) {
  ColumnView view;
  view.length = rows;
  return one_chunk(name, view);
}

// The columns named so are no part of the data: "." does not mean them.
data::Table mark_beside(const data::Table& table, SEXP beside) {
  if (Rf_xlength(beside) == 0) return table;
  std::vector<Column> columns = table.columns();
  for (R_xlen_t i = 0; i < Rf_xlength(beside); ++i) {
    const std::string name = utf8_text(STRING_ELT(beside, i), "column names");
    for (auto& column : columns) column.beside = column.beside || column.name == name;
  }
  return data::Table(std::move(columns));
}

// Variables from outside of the data may have another length than the data.
void require_rows(const data::Table& table, std::int64_t rows) {
  if (table.columns().empty() || table.rows() == rows) return;
  const std::string& name = table.columns().front().name;
  throw Error(ErrorKind::input, "data.length_mismatch",
              "`" + name + "` has " + format_count(table.rows()) + " values, but the data have " + format_count(rows) +
                  " rows.",
              "Give one value per row of the data.",
              Document::object({{"column", name}, {"length", table.rows()}, {"rows", rows}}));
}

// The columns of a numeric matrix, in place. A logical matrix is one of numbers: it is a design, not data.
void add_matrix(SEXP X, SEXP names, data::Table& table) {
  const SEXP dim = Rf_getAttrib(X, R_DimSymbol);
  const int type = TYPEOF(X);
  if (Rf_xlength(dim) != 2 || (type != REALSXP && type != INTSXP && type != LGLSXP))
    throw unsupported("X", class_of(X));
  const std::int64_t rows = INTEGER_ELT(dim, 0);
  ColumnView whole = number_view(X);
  for (int j = 0; j < INTEGER_ELT(dim, 1); ++j) {
    ColumnView view = whole;
    view.length = rows;
    view.offset = rows * j;
    table.add(one_chunk(utf8_text(STRING_ELT(names, j), "column names"), view));
  }
}

}  // namespace

Column to_column(const std::string& name, SEXP values) {
  require_vector(name, values);
  if (Rf_inherits(values, "factor")) return one_chunk(name, factor_view(name, values));
  if (TYPEOF(values) == STRSXP) return text_column(name, values);
  if (TYPEOF(values) == REALSXP && Rf_inherits(values, "integer64")) return one_chunk(name, integer64_view(values));
  ColumnView view = number_view(values);
  if (TYPEOF(values) == LGLSXP) view.meaning = Meaning::boolean;
  if (Rf_inherits(values, "Date")) view.meaning = Meaning::date;
  if (Rf_inherits(values, "POSIXct")) view.meaning = Meaning::datetime;
  return one_chunk(name, view);
}

data::Table to_table(SEXP columns) {
  data::Table table;
  const SEXP names = Rf_getAttrib(columns, R_NamesSymbol);
  for (R_xlen_t i = 0; i < Rf_xlength(columns); ++i)
    table.add(to_column(utf8_text(STRING_ELT(names, i), "column names"), VECTOR_ELT(columns, i)));
  return table;
}

const data::Table& dataset_table(SEXP pointer) {
  const auto* table = static_cast<const data::Table*>(R_ExternalPtrAddr(pointer));
  if (table != nullptr) return *table;
  throw Error(ErrorKind::input, "data.dataset_gone", "The dataset is gone: it comes from another session of R.",
              "Make it from the data again: dataset(data).");
}

data::Table frame_table(SEXP frame) {
  const Rcpp::List parts(frame);
  data::Table table;
  if (parts.containsElementNamed("dataset")) {
    const data::Table& whole = dataset_table(parts["dataset"]);
    const SEXP chosen = parts["chosen"];
    for (R_xlen_t i = 0; i < Rf_xlength(chosen); ++i)
      table.add(whole.at(utf8_text(STRING_ELT(chosen, i), "column names")));
  }
  const data::Table vectors = to_table(parts["columns"]);
  for (const Column& column : vectors.columns()) table.add(column);
  if (parts.containsElementNamed("beside")) table = mark_beside(table, parts["beside"]);
  if (parts.containsElementNamed("matrix")) add_matrix(parts["matrix"], parts["names"], table);
  const auto rows = static_cast<std::int64_t>(Rcpp::as<double>(parts["rows"]));
  require_rows(table, rows);
  const SEXP absent = parts["absent"];
  for (R_xlen_t i = 0; i < Rf_xlength(absent); ++i) {
    const std::string name = utf8_text(STRING_ELT(absent, i), "column names");
    if (!table.find(name)) table.add(absent_column(name, rows));
  }
  // without any column the number of rows still counts: y ~ 1 predicts for each row
  if (table.columns().empty()) {
    data::Column none = absent_column(".rows", rows);
    none.beside = true;
    table.add(std::move(none));
  }
  return table;
}

}  // namespace deciban::glue
