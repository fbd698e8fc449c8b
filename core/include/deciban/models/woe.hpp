#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <utility>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/woe_encoder.hpp"
#include "deciban/encoding/woe_preprocessor.hpp"
#include "deciban/models/fitted.hpp"
#include "deciban/models/queries.hpp"

namespace deciban::models {

/// The two as fitted things: kinds "woe_encoder" and "woe_preprocessor".
class WoeModel : public Fitted {
 public:
  explicit WoeModel(encoding::WoeEncoder encoder) : encoder_(std::move(encoder)) {}
  const encoding::WoeEncoder& encoder() const { return encoder_; }
  const char* kind() const override { return "woe_encoder"; }
  Document document() const override { return encoding::to_document(encoder_); }
  const Warnings& warnings() const override { return encoder_.warnings; }
  Answer query(const std::string& name, const Document& arguments, const QueryData& rows,
               const RunContext& context) const override;

 private:
  encoding::WoeEncoder encoder_;
};

class WoePreprocessorModel : public Fitted {
 public:
  explicit WoePreprocessorModel(encoding::WoePreprocessor preprocessor) : preprocessor_(std::move(preprocessor)) {}
  const encoding::WoePreprocessor& preprocessor() const { return preprocessor_; }
  const char* kind() const override { return "woe_preprocessor"; }
  Document document() const override { return encoding::to_document(preprocessor_); }
  const Warnings& warnings() const override { return none_; }
  Answer query(const std::string& name, const Document& arguments, const QueryData& rows,
               const RunContext& context) const override;

 private:
  encoding::WoePreprocessor preprocessor_;
  Warnings none_;
};

WoeModel fit_woe_model(const Document& arguments, const data::Table& X, const data::Table& vectors,
                       const RunContext& context);
WoeModel woe_model_from_document(const Document& document);
WoePreprocessorModel fit_woe_preprocessor_model(const Document& arguments, const data::Table& X,
                                                const data::Table& vectors, const RunContext& context);
WoePreprocessorModel woe_preprocessor_from_document(const Document& document);

/// Fits weights of evidence for all columns of X. `vectors` holds "y" and, where they are given, "sample_weight" and
/// "freq_weights". Arguments are those of the public WoeEncoder: smoothing (a number of rows or "auto"), alpha, method,
/// sign, min_count, min_share, max_levels, top_p, unseen, dependence, compat, categorical (names), binning (options of
/// binning::options_from_document), per_variable (object of such options, or of splits, by feature), target (name).
/// Raises InputError `input.argument`, `input.unknown_argument`, `woe.alpha`, `woe.smoothing` and what
/// encoding::fit_woe and read_woe_target raise.
encoding::WoeEncoder fit_woe(const Document& arguments, const data::Table& X, const data::Table& vectors,
                             const RunContext& context);

/// Answers a question by its name. Without rows (X may be null): mapping (feature, class), feature_stats,
/// feature_summary, iv_analysis (alpha, class), diagnostics (threshold), describe, text. With rows: transform (output,
/// finite, alpha), predict_proba (warn), predict_ci (alpha, class, dependence, warn), predict, explain (alpha, class).
/// Raises InputError `input.query`, `woe.feature`, `woe.class`, `woe.output`, `woe.alpha` and what woe_codes raises.
Answer woe_query(const encoding::WoeEncoder& encoder, const std::string& name, const Document& arguments,
                 const data::Table* X, const RunContext& context);

/// Arguments min_count, min_share, max_levels, top_p, other, missing, unseen ("other" or "error"), categorical.
encoding::WoePreprocessor fit_woe_preprocessor(const Document& arguments, const data::Table& X,
                                               const data::Table& vectors, const RunContext& context);
/// transform (with rows), summary, mapping, describe.
Answer woe_preprocessor_query(const encoding::WoePreprocessor& preprocessor, const std::string& name,
                              const Document& arguments, const data::Table* X, const RunContext& context);

}  // namespace deciban::models
