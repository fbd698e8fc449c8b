// Entry points around binners, scorecards and measures of scores. R keeps a fitted thing as the text of its file.
#include <Rcpp.h>

#include <string>

#include "columns.h"
#include "deciban/export/model_file.hpp"
#include "deciban/models/fitted.hpp"
#include "deciban/models/metrics.hpp"
#include "document.h"
#include "entry.h"
#include "results.h"

namespace {

using deciban::glue::guarded;
namespace glue = deciban::glue;
namespace models = deciban::models;
namespace export_ = deciban::export_;

SEXP answered(const models::Answer& answer) {
  const Rcpp::RObject table(glue::to_r(answer.table)), notes(glue::to_r(answer.notes)),
      warnings(glue::to_r(deciban::to_document(answer.warnings)));
  return Rcpp::List::create(Rcpp::Named("table") = table, Rcpp::Named("notes") = notes,
                            Rcpp::Named("warnings") = warnings);
}

}  // namespace

// [[Rcpp::export(rng = false)]]
SEXP core_fit_fitted(SEXP kind, SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    const models::FittedPtr fitted =
        models::fit(glue::text_argument(kind, "kind"), glue::to_document(arguments, "arguments"),
                    glue::frame_table(frame), glue::to_table(vectors), glue::run_context(n_threads));
    const Rcpp::RObject document(glue::to_r(export_::fitted_to_json(*fitted))),
        warnings(glue::to_r(deciban::to_document(fitted->warnings())));
    return Rcpp::List::create(Rcpp::Named("document") = document, Rcpp::Named("warnings") = warnings);
  });
}

// `frame` may be NULL.
// [[Rcpp::export(rng = false)]]
SEXP core_query_fitted(SEXP document, SEXP name, SEXP arguments, SEXP frame, SEXP n_threads) {
  return guarded([&] {
    const models::FittedPtr fitted = export_::fitted_from_json(glue::text_argument(document, "document"));
    const deciban::data::Table data = Rf_isNull(frame) ? deciban::data::Table() : glue::frame_table(frame);
    const models::QueryData rows{Rf_isNull(frame) ? nullptr : &data, nullptr};
    return answered(fitted->query(glue::text_argument(name, "name"), glue::to_document(arguments, "arguments"), rows,
                                  glue::run_context(n_threads)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_save_fitted(SEXP document, SEXP path) {
  return guarded([&] {
    export_::save_fitted(*export_::fitted_from_json(glue::text_argument(document, "document")),
                         glue::text_argument(path, "path"));
    return R_NilValue;
  });
}

// The text of a file as this version writes it.
// [[Rcpp::export(rng = false)]]
SEXP core_fitted_from_json(SEXP text) {
  return guarded([&] {
    return glue::to_r(export_::fitted_to_json(*export_::fitted_from_json(glue::text_argument(text, "text"))));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_metric(SEXP name, SEXP arguments, SEXP vectors) {
  return guarded([&] {
    return answered(models::metric(glue::text_argument(name, "name"), glue::to_document(arguments, "arguments"),
                                   glue::to_table(vectors), glue::run_context(R_NilValue)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_stability(SEXP name, SEXP arguments, SEXP expected, SEXP actual, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    return answered(models::stability_metric(
        glue::text_argument(name, "name"), glue::to_document(arguments, "arguments"), glue::frame_table(expected),
        glue::frame_table(actual), glue::to_table(vectors), glue::run_context(n_threads)));
  });
}
