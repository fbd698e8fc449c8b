// Entry points around a fitted model. R keeps a model as the text of its model file (`document`).
#include <Rcpp.h>

#include <cstdint>
#include <string>
#include <vector>

#include "columns.h"
#include "deciban/design/expression.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/models/glm_tables.hpp"
#include "deciban/models/queries.hpp"
#include "document.h"
#include "entry.h"
#include "results.h"

namespace {

using deciban::Document;
using deciban::glue::guarded;
using deciban::models::GlmModel;
namespace glue = deciban::glue;
namespace models = deciban::models;
namespace export_ = deciban::export_;

GlmModel model_of(SEXP document) { return export_::model_from_json(glue::text_argument(document, "document")); }

// What new_model() of R starts from.
SEXP described(const GlmModel& model) {
  const Rcpp::RObject document(glue::to_r(export_::model_to_json(model)));
  const Rcpp::RObject statistics(glue::to_r(models::describe(model)));
  return Rcpp::List::create(Rcpp::Named("document") = document, Rcpp::Named("statistics") = statistics);
}

using Fit = GlmModel (*)(const Document&, const deciban::data::Table&, const deciban::data::Table&,
                         const deciban::RunContext&);

SEXP fit_with(Fit fit, SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    return described(fit(glue::to_document(arguments, "arguments"), glue::frame_table(frame), glue::to_table(vectors),
                         glue::run_context(n_threads)));
  });
}

}  // namespace

// [[Rcpp::export(rng = false)]]
SEXP core_fit_glm(SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return fit_with(models::fit_glm, arguments, frame, vectors, n_threads);
}

// [[Rcpp::export(rng = false)]]
SEXP core_fit_glm_xy(SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return fit_with(models::fit_glm_xy, arguments, frame, vectors, n_threads);
}

// [[Rcpp::export(rng = false)]]
SEXP core_referenced_columns(SEXP arguments) {
  return guarded([&] { return glue::to_r(models::referenced_columns(glue::to_document(arguments, "arguments"))); });
}

// Whether the core itself can evaluate an expression over columns of these names.
// [[Rcpp::export(rng = false)]]
SEXP core_can_evaluate(SEXP text, SEXP names) {
  return guarded([&] {
    const Rcpp::List frame = Rcpp::List::create(
        Rcpp::Named("columns") = Rcpp::List(), Rcpp::Named("absent") = Rcpp::RObject(names), Rcpp::Named("rows") = 0.0);
    try {
      const auto node = deciban::formula::parse_expression(glue::text_argument(text, "text"));
      deciban::design::evaluate_numeric(*node, glue::frame_table(frame), deciban::RunContext());
    } catch (const deciban::Error&) {
      return Rf_ScalarLogical(0);
    }
    return Rf_ScalarLogical(1);
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_required_columns(SEXP document, bool with_response) {
  return guarded([&] { return glue::to_r(models::required_columns(model_of(document), with_response)); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_predict(SEXP document, SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    return glue::to_r(models::predict(model_of(document), glue::to_document(arguments, "arguments"),
                                      glue::frame_table(frame), glue::to_table(vectors), glue::run_context(n_threads)));
  });
}

// A list: values, and the 1-based rows that they belong to (NULL when it is all of them).
// [[Rcpp::export(rng = false)]]
SEXP core_row_values(SEXP document, SEXP what, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    const deciban::data::Table table = glue::frame_table(frame);
    std::vector<std::int64_t> kept;
    const std::vector<double> values = models::row_values(model_of(document), glue::text_argument(what, "type"), table,
                                                          glue::to_table(vectors), glue::run_context(n_threads), kept);
    Rcpp::RObject rows;
    if (static_cast<std::int64_t>(kept.size()) != table.rows()) {
      rows = glue::row_numbers(kept);
    }
    const Rcpp::RObject numbers(glue::to_r(values));
    return SEXP(Rcpp::List::create(Rcpp::Named("values") = numbers, Rcpp::Named("rows") = rows));
  });
}

// A list: table, notes, warnings, the 1-based rows behind the table (NULL where there are none) and another model (NULL
// unless the answer is one). `frame` may be NULL.
// [[Rcpp::export(rng = false)]]
SEXP core_query(SEXP document, SEXP name, SEXP arguments, SEXP frame, SEXP vectors, SEXP more, SEXP n_threads) {
  return guarded([&] {
    const GlmModel model = model_of(document);
    deciban::data::Table table, beside;
    models::QueryData data;
    if (frame != R_NilValue) {
      table = glue::frame_table(frame);
      beside = glue::to_table(vectors);
      data = {&table, &beside};
    }
    std::vector<GlmModel> others;
    const Rcpp::List documents(more);
    for (R_xlen_t i = 0; i < documents.size(); ++i) others.push_back(model_of(documents[i]));
    std::vector<const GlmModel*> borrowed;
    for (const GlmModel& other : others) borrowed.push_back(&other);
    const models::Answer answer =
        models::query(model, glue::text_argument(name, "name"), glue::to_document(arguments, "arguments"), data,
                      borrowed, glue::run_context(n_threads));
    const Rcpp::RObject columns(glue::to_r(answer.table)), notes(glue::to_r(answer.notes));
    const Rcpp::RObject warnings(glue::to_r(deciban::to_document(answer.warnings)));
    const Rcpp::RObject rows(answer.rows.empty() ? R_NilValue : glue::row_numbers(answer.rows));
    const Rcpp::RObject other(answer.model ? described(*answer.model) : R_NilValue);
    return SEXP(Rcpp::List::create(Rcpp::Named("table") = columns, Rcpp::Named("notes") = notes,
                                   Rcpp::Named("warnings") = warnings, Rcpp::Named("rows") = rows,
                                   Rcpp::Named("model") = other));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_covariance(SEXP document) {
  return guarded([&] {
    const deciban::linalg::Matrix covariance = models::covariance_matrix(model_of(document));
    const int p = covariance.cols();
    Rcpp::NumericMatrix out(p, p);
    for (int j = 0; j < p; ++j)
      for (int i = 0; i < p; ++i) {
        const double value = covariance(i, j);
        out(i, j) = value == value ? value : NA_REAL;
      }
    return SEXP(out);
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_coef_table(SEXP document, SEXP level) {
  return guarded(
      [&] { return glue::to_r(models::coef_table(model_of(document), glue::number_argument(level, "level"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_relativities(SEXP document, SEXP level) {
  return guarded(
      [&] { return glue::to_r(models::relativities(model_of(document), glue::number_argument(level, "level"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_actual_expected(SEXP document) {
  return guarded([&] { return glue::to_r(models::actual_expected(model_of(document))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_summary_text(SEXP document, SEXP level) {
  return guarded(
      [&] { return glue::to_r(models::summary_text(model_of(document), glue::number_argument(level, "level"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_print_text(SEXP document) {
  return guarded([&] { return glue::to_r(models::print_text(model_of(document))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_model_from_json(SEXP text) {
  return guarded([&] { return described(export_::model_from_json(glue::text_argument(text, "text"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_load_model(SEXP path) {
  return guarded([&] { return described(export_::load_model(glue::text_argument(path, "path"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_save_model(SEXP document, SEXP path) {
  return guarded([&] {
    export_::save_model(model_of(document), glue::text_argument(path, "path"));
    return R_NilValue;
  });
}
