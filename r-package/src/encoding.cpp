// Entry points for encoders, folds and credibility. R keeps an encoder as the text of its file (`document`).
#include <Rcpp.h>

#include <cstdint>
#include <string>
#include <vector>

#include "columns.h"
#include "deciban/export/model_file.hpp"
#include "deciban/models/cross_fit.hpp"
#include "deciban/models/encoders.hpp"
#include "document.h"
#include "entry.h"
#include "results.h"

namespace {

using deciban::glue::guarded;
namespace glue = deciban::glue;
namespace models = deciban::models;
namespace export_ = deciban::export_;

models::Encoder encoder_of(SEXP document) {
  return export_::encoder_from_json(glue::text_argument(document, "document"));
}

SEXP described(const models::Encoder& encoder, const deciban::tables::ResultTable& training,
               const deciban::Warnings& warnings) {
  const Rcpp::RObject document(glue::to_r(export_::encoder_to_json(encoder)));
  const Rcpp::RObject about(glue::to_r(models::describe(encoder)));
  const Rcpp::RObject values(training.columns.empty() ? R_NilValue : glue::to_r(training));
  const Rcpp::RObject notes(glue::to_r(deciban::to_document(warnings)));
  return Rcpp::List::create(Rcpp::Named("document") = document, Rcpp::Named("about") = about,
                            Rcpp::Named("training") = values, Rcpp::Named("warnings") = notes);
}

}  // namespace

// [[Rcpp::export(rng = false)]]
SEXP core_fit_encoder(SEXP kind, SEXP arguments, SEXP frame, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    const models::FittedEncoder fitted =
        models::fit_encoder(glue::text_argument(kind, "kind"), glue::to_document(arguments, "arguments"),
                            glue::frame_table(frame), glue::to_table(vectors), glue::run_context(n_threads));
    return described(*fitted.encoder, fitted.training, fitted.warnings);
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_encoder_from_json(SEXP text) {
  return guarded([&] { return described(encoder_of(text), {}, {}); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_encode(SEXP document, SEXP frame, SEXP n_threads) {
  return guarded([&] {
    return glue::to_r(models::encode(encoder_of(document), glue::frame_table(frame), glue::run_context(n_threads)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_encoder_table(SEXP document, SEXP what) {
  return guarded(
      [&] { return glue::to_r(models::encoder_table(encoder_of(document), glue::text_argument(what, "what"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_encoder_references(SEXP arguments, SEXP names) {
  return guarded([&] {
    return glue::to_r(models::encoder_references(glue::to_document(arguments, "arguments"),
                                                 Rcpp::as<std::vector<std::string>>(names)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_save_encoder(SEXP document, SEXP path) {
  return guarded([&] {
    export_::save_encoder(encoder_of(document), glue::text_argument(path, "path"));
    return R_NilValue;
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_file_kind(SEXP text) {
  return guarded([&] { return glue::to_r(export_::file_kind(glue::text_argument(text, "text"))); });
}

// [[Rcpp::export(rng = false)]]
SEXP core_read_model_file(SEXP path) {
  return guarded([&] { return glue::to_r(export_::read_model_file(glue::text_argument(path, "path"))); });
}

// A list: folds (a data frame with a column per repeat; folds from 1, NA: never tested), sizes, notes, warnings.
// [[Rcpp::export(rng = false)]]
SEXP core_make_folds(SEXP arguments, SEXP vectors, SEXP n_threads) {
  return guarded([&] {
    const models::FoldAnswer answer = models::make_folds(glue::to_document(arguments, "arguments"),
                                                         glue::to_table(vectors), glue::run_context(n_threads));
    const auto rows = static_cast<int>(answer.folds.rows());
    Rcpp::IntegerMatrix folds(rows, static_cast<int>(answer.folds.columns.size()));
    for (int r = 0; r < folds.ncol(); ++r) {
      const auto& column = answer.folds.columns[static_cast<std::size_t>(r)].integers;
      for (int i = 0; i < rows; ++i) {
        const std::int64_t fold = column[static_cast<std::size_t>(i)];
        folds(i, r) = fold < 0 ? NA_INTEGER : static_cast<int>(fold) + 1;
      }
    }
    const Rcpp::RObject sizes(glue::to_r(answer.sizes)), notes(glue::to_r(answer.notes));
    const Rcpp::RObject warnings(glue::to_r(deciban::to_document(answer.warnings)));
    return SEXP(Rcpp::List::create(Rcpp::Named("folds") = folds, Rcpp::Named("sizes") = sizes,
                                   Rcpp::Named("notes") = notes, Rcpp::Named("warnings") = warnings));
  });
}

// A list: table, predictions, notes, warnings. Folds are counted from 1 in R; NA is never tested.
// [[Rcpp::export(rng = false)]]
SEXP core_cross_fit(SEXP arguments, SEXP frame, SEXP vectors, SEXP folds, SEXP settings, SEXP n_threads) {
  return guarded([&] {
    const models::CrossFit fit =
        models::cross_fit(glue::to_document(arguments, "arguments"), glue::frame_table(frame), glue::to_table(vectors),
                          glue::to_table(folds), glue::to_document(settings, "settings"), glue::run_context(n_threads));
    const Rcpp::RObject table(glue::to_r(fit.table)), predictions(glue::to_r(fit.predictions));
    const Rcpp::RObject notes(glue::to_r(fit.notes)), warnings(glue::to_r(deciban::to_document(fit.warnings)));
    return SEXP(Rcpp::List::create(Rcpp::Named("table") = table, Rcpp::Named("predictions") = predictions,
                                   Rcpp::Named("notes") = notes, Rcpp::Named("warnings") = warnings));
  });
}
