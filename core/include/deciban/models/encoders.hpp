#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/frequency_encoder.hpp"
#include "deciban/encoding/ordinal_encoder.hpp"
#include "deciban/encoding/target_encoder.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

/// A fitted encoder of any kind: a plain value without data.
using Encoder = std::variant<encoding::TargetEncoder, encoding::FrequencyEncoder, encoding::OrdinalEncoder>;

/// "target_encoder", "frequency_encoder" or "ordinal_encoder": the `kind` of its file.
const char* encoder_kind(const Encoder& encoder);
Document to_document(const Encoder& encoder);
/// Raises FormatError `format.kind`, `format.invalid`, `format.missing_key`.
Encoder encoder_from_document(const std::string& kind, const Document& document);

/// What a fit gives: the encoder, and for `training = true` the leakage-free values of the training rows, one column
/// per term.
struct FittedEncoder {
  std::shared_ptr<const Encoder> encoder;
  tables::ResultTable training;
  Warnings warnings;
};

/// Learns an encoder of a kind. Arguments (defaults in encoding/*.hpp):
///   all: columns (texts; all columns of the data when left out), missing, unseen;
///   target_encoder: y, weights, exposure (column arguments as in fit_glm), groups, time, folds (name of a column, or
///     true: a vector), fold_base (number of the first fold in `folds`), scheme, prior_weight (a number, "auto",
///     "auto_ml"), seed, n_folds, n_permutations, statistic, quantile, min_rows, hierarchy (object: child and parent
///     column), training;
///   frequency_encoder: weights, normalize, min_rows, training;  ordinal_encoder: order, levels (object of texts),
///     training.
/// Raises what the encoders raise, InputError `input.unknown_argument`, `input.argument`, `encoder.kind`,
/// `encoder.unused_argument` (groups, time or folds without the scheme that reads them), and what make_folds raises.
FittedEncoder fit_encoder(const std::string& kind, const Document& arguments, const data::Table& data,
                          const data::Table& vectors, const RunContext& context);

/// Names of the columns of the data that arguments of fit_encoder or credibility read; `names` are those of the data.
std::vector<std::string> encoder_references(const Document& arguments, const std::vector<std::string>& names);

/// Encodes rows by the full statistics: one column per term.
tables::ResultTable encode(const Encoder& encoder, const data::Table& data, const RunContext& context);
/// `levels`: one row per level. `terms`: one row per term (target encoders; else as levels).
tables::ResultTable encoder_table(const Encoder& encoder, const std::string& what);
/// Labels of the terms, `columns` that are read, options: an object.
Document describe(const Encoder& encoder);

/// Folds. Arguments: n, scheme, n_folds, n_repeats, seed; vectors: strata, groups or time. Columns `fold_1`, ...,
/// one per repeat: fold of each row from 0, -1: never tested. Notes: scheme, n_folds, n_repeats, seed, ordered, rows.
struct FoldAnswer {
  tables::ResultTable folds;
  tables::ResultTable sizes;  ///< `repeat`, `fold` (from 1), `train_rows`, `test_rows`
  Document notes;
  Warnings warnings;
};
FoldAnswer make_folds(const Document& arguments, const data::Table& vectors, const RunContext& context);

}  // namespace deciban::models
