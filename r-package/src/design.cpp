// Entry points around designs: written-out matrices, bases, introspection, opaque terms.
#include <Rcpp.h>

#include <cstdint>
#include <string>
#include <vector>

#include "columns.h"
#include "deciban/design/spec.hpp"
#include "deciban/export/json.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/models/basis.hpp"
#include "deciban/models/design_view.hpp"
#include "document.h"
#include "entry.h"
#include "results.h"

namespace {

using deciban::Document;
using deciban::design::ModelMatrix;
using deciban::glue::guarded;
namespace glue = deciban::glue;
namespace models = deciban::models;
namespace export_ = deciban::export_;

// Missing values are NaN in a design, as they were made; R knows them as NA.
void copy_values(const std::vector<double>& values, Rcpp::NumericVector out) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = values[i];
    out[static_cast<R_xlen_t>(i)] = value == value ? value : NA_REAL;
  }
}

SEXP whole_numbers(const std::vector<int>& values) { return Rcpp::IntegerVector(values.begin(), values.end()); }

void require_memory(const ModelMatrix& matrix) {
  if (matrix.values.size() <= 2147483647u && matrix.rows <= 2147483647) return;
  if (!matrix.sparse && matrix.rows <= 2147483647) return;  // R's dense matrices may be long
  throw deciban::Error(deciban::ErrorKind::input, "data.too_many_rows", "The matrix is too large for R.",
                       "Use fewer rows or columns.");
}

// values, dim, names, assign, terms, rows (1-based; NULL: all), and i, p when it is sparse.
SEXP matrix_to_r(const ModelMatrix& matrix) {
  require_memory(matrix);
  Rcpp::NumericVector values(Rcpp::no_init(static_cast<R_xlen_t>(matrix.values.size())));
  copy_values(matrix.values, values);
  Rcpp::RObject rows, index, start;
  if (!matrix.kept.empty()) {
    Rcpp::IntegerVector kept(Rcpp::no_init(static_cast<R_xlen_t>(matrix.kept.size())));
    for (std::size_t i = 0; i < matrix.kept.size(); ++i)
      kept[static_cast<R_xlen_t>(i)] = static_cast<int>(matrix.kept[i]) + 1;
    rows = kept;
  }
  if (matrix.sparse) {
    index = Rcpp::IntegerVector(matrix.row_index.begin(), matrix.row_index.end());
    start = Rcpp::IntegerVector(matrix.column_start.begin(), matrix.column_start.end());
  }
  const Rcpp::RObject names(glue::to_r(matrix.names)), terms(glue::to_r(matrix.terms)),
      assign(whole_numbers(matrix.assign));
  const Rcpp::IntegerVector dim =
      Rcpp::IntegerVector::create(static_cast<int>(matrix.rows), static_cast<int>(matrix.names.size()));
  return Rcpp::List::create(Rcpp::Named("values") = values, Rcpp::Named("dim") = dim, Rcpp::Named("names") = names,
                            Rcpp::Named("assign") = assign, Rcpp::Named("terms") = terms, Rcpp::Named("rows") = rows,
                            Rcpp::Named("i") = index, Rcpp::Named("p") = start);
}

deciban::models::GlmModel model_of(SEXP document) {
  return export_::model_from_json(glue::text_argument(document, "document"));
}

SEXP basis_columns(const deciban::splines::Basis& basis, const deciban::data::Column& x, SEXP n_threads) {
  const std::vector<double> values = models::evaluate_basis(basis, x, glue::run_context(n_threads));
  Rcpp::NumericVector out(Rcpp::no_init(static_cast<R_xlen_t>(values.size())));
  copy_values(values, out);
  out.attr("dim") = Rcpp::IntegerVector::create(static_cast<int>(x.length()), basis.columns());
  return out;
}

}  // namespace

// [[Rcpp::export(rng = false)]]
SEXP core_opaque_terms(SEXP arguments) {
  return guarded([&] { return glue::to_r(models::opaque_terms(glue::to_document(arguments, "arguments"))); });
}

// Canonical text of each expression, "" for text that the formula language cannot read.
// [[Rcpp::export(rng = false)]]
SEXP core_canonical_text(SEXP texts) {
  return guarded([&] {
    std::vector<std::string> canonical;
    for (R_xlen_t i = 0; i < Rf_xlength(texts); ++i) {
      try {
        const auto node = deciban::formula::parse_expression(glue::utf8_text(STRING_ELT(texts, i), "formula"));
        canonical.push_back(deciban::formula::to_text(*node));
      } catch (const deciban::Error&) {
        canonical.push_back("");
      }
    }
    return glue::to_r(canonical);
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_model_matrix(SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    return matrix_to_r(models::model_matrix(glue::to_document(arguments, "arguments"), glue::frame_table(frame),
                                            glue::to_table(vectors), glue::run_context(n_threads)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_model_matrix_of(SEXP document, SEXP arguments, SEXP frame, SEXP n_threads) {
  return guarded([&] {
    return matrix_to_r(models::model_matrix(model_of(document), glue::to_document(arguments, "arguments"),
                                            glue::frame_table(frame), glue::run_context(n_threads)));
  });
}

// A design learned from `frame`, written and read as a model file holds it, on the rows of `new_frame`.
// [[Rcpp::export(rng = false)]]
SEXP core_model_matrix_new(SEXP arguments, SEXP frame, SEXP new_arguments, SEXP new_frame, SEXP n_threads) {
  return guarded([&] {
    const auto context = glue::run_context(n_threads);
    const auto spec =
        models::learn_design(glue::to_document(arguments, "arguments"), glue::frame_table(frame), {}, context);
    const std::string text = export_::write_json(deciban::design::to_document(spec));
    return matrix_to_r(models::model_matrix(deciban::design::spec_from_document(export_::read_json(text)),
                                            glue::to_document(new_arguments, "arguments"), glue::frame_table(new_frame),
                                            context));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_design_info(SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    return glue::to_r(
        models::design_info(models::learn_design(glue::to_document(arguments, "arguments"), glue::frame_table(frame),
                                                 glue::to_table(vectors), glue::run_context(n_threads))));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_design_info_of(SEXP document) {
  return guarded([&] { return glue::to_r(models::design_info(model_of(document).spec)); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_explain_plan(SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    return glue::to_r(models::explain_plan(glue::to_document(arguments, "arguments"), glue::frame_table(frame),
                                           glue::to_table(vectors), glue::run_context(n_threads)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_render_columns(SEXP columns) {
  return guarded([&] { return glue::to_r(glue::render_columns(Rcpp::List(columns))); });
}

// values, names (suffixes) and state (text of the basis).
// [[Rcpp::export(rng = false)]]
SEXP core_basis(SEXP arguments, SEXP x, SEXP n_threads) {
  return guarded([&] {
    const deciban::data::Column column = glue::to_column("x", x);
    const auto basis = models::learn_basis(glue::to_document(arguments, "arguments"), column);
    const Rcpp::RObject values(basis_columns(basis, column, n_threads)), names(glue::to_r(basis.suffixes())),
        state(glue::to_r(export_::write_json(deciban::splines::to_document(basis))));
    return SEXP(
        Rcpp::List::create(Rcpp::Named("values") = values, Rcpp::Named("names") = names, Rcpp::Named("state") = state));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_basis_values(SEXP state, SEXP x, SEXP n_threads) {
  return guarded([&] {
    const auto basis = deciban::splines::basis_from_document(export_::read_json(glue::text_argument(state, "state")));
    return basis_columns(basis, glue::to_column("x", x), n_threads);
  });
}
