#pragma once
#include "deciban/base/config.hpp"

#include <map>
#include <string>

#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"

namespace deciban::design {

/// What to learn a design from.
struct LearnRequest {
  formula::Formula formula;
  ColumnSource weights, exposure, offset, freq_weights;
  NaAction na_action = NaAction::omit;
  UnseenLevel unseen = UnseenLevel::error;
  std::map<std::string, Contrast> contrasts;  ///< by variable; R's defaults for others
  families::Family family;
  families::Link link;
  bool needs_response = true;  ///< false: right-hand side only, as for model_matrix
  bool plain_names = false;    ///< coefficients are named as the columns are, without R's backticks around odd names
};

/// Reads the formula, learns levels from the rows that are complete in all used columns and codes those rows.
/// Raises FormulaError (`formula.*`), InputError and DataError by code: `data.unknown_column`, `data.empty`,
/// `data.all_missing`, `data.missing` (na_action "fail"), `data.non_finite`, `data.too_many_rows`, `response.domain`,
/// `response.not_numeric`, `weights.not_finite`, `weights.negative`, `weights.all_zero`, `exposure.not_positive`,
/// `exposure.link`, `freq_weights.invalid`. Warnings: `factor.one_level`, `offset.raw_exposure`.
TrainingData learn(const LearnRequest& request, const data::Table& data, const data::Table& vectors,
                   const RunContext& context, DesignSpec& spec, Warnings& warnings);

/// Codes the training rows again for a spec that is already learned (same rules for missing rows).
TrainingData recode_training(const DesignSpec& spec, const families::Family& family, const data::Table& data,
                             const data::Table& vectors, const RunContext& context);

/// Right-hand side of new rows; missing predictors stay missing. Raises DataError `data.unseen_level` (column, levels
/// and row count) when the policy is "error", InputError `data.unknown_column`,
/// `predict.opaque_missing`.
CodedDesign code_new_rows(const DesignSpec& spec, UnseenLevel unseen, const data::Table& data,
                          const RunContext& context);

/// Offset on the link scale of new rows: offset() terms, `offset` and log(`exposure`) together; NaN where missing.
/// Sources override those of the spec. Raises InputError `predict.exposure_missing`, `predict.offset_missing` when the
/// fit had a vector and none is given now.
std::vector<double> offset_of_new_rows(const DesignSpec& spec, const ColumnSource& exposure, const ColumnSource& offset,
                                       const families::Link& link, const data::Table& data, const data::Table& vectors);

/// Prior weights of new rows, NaN where missing; empty when the fit had none and none are given. Raises InputError
/// `predict.weights_missing` when the fit had a vector, or trials in its response, and none are given now.
std::vector<double> weights_of_new_rows(const DesignSpec& spec, const ColumnSource& weights, const data::Table& data,
                                        const data::Table& vectors);

/// A 64-bit fingerprint of everything that enters the fit (FNV-1a over blocks of rows, combined in row order).
std::uint64_t fingerprint(const TrainingData& training, const RunContext& context);

/// Names of the columns of the data that a spec reads; `with_response` also those needed for refitting.
std::vector<std::string> required_columns(const DesignSpec& spec, bool with_response);

}  // namespace deciban::design
