#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/credibility.hpp"
#include "deciban/encoding/level_codes.hpp"
#include "deciban/resampling/folds.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::encoding {

/// How training rows are encoded without their own target.
enum class TargetScheme {
  ordered,  ///< mean over random orders of the running estimate from earlier rows of the level (CatBoost)
  kfold,    ///< from the rows of the other folds
  group,    ///< the same; folds keep groups together
  time,     ///< from the rows of earlier periods
  loo,      ///< from all other rows of the level
  full,     ///< from all rows, the own one included: for new data
};
enum class TargetStatistic { mean, rate, quantile, log_odds };
enum class PriorWeight { fixed, automatic, automatic_ml };
/// What rows with a missing value get: a level of their own, the prior, or NaN.
enum class MissingLevel { level, prior, missing };
enum class UnseenLevelRule { prior, missing, error };

struct TargetOptions {
  TargetScheme scheme = TargetScheme::ordered;
  PriorWeight prior_weight = PriorWeight::automatic;
  double fixed_weight = 1.0;  ///< PriorWeight::fixed: at least 0, in units of weight (of exposure where given)
  std::uint64_t seed = 0;
  int n_folds = 5;         ///< of kfold, group and time; prior and weight of ordered and loo come from as many folds
  int n_permutations = 4;  ///< of ordered
  TargetStatistic statistic = TargetStatistic::mean;
  double quantile = 0.5;
  MissingLevel missing = MissingLevel::level;
  UnseenLevelRule unseen = UnseenLevelRule::prior;
  std::int64_t min_rows = 0;  ///< levels with fewer training rows are one level together
};

/// What the encodings are learned from: one value per row. Empty: weights 1, no exposure.
struct TargetRows {
  data::Numbers y;         ///< with exposure: totals (claims), not rates
  data::Numbers weights;   ///< non-negative
  data::Numbers exposure;  ///< positive
  /// Folds of kfold, group and time: from 0, kNeverTested for a first period. Empty: random (kfold only).
  std::vector<std::int32_t> folds;
};

/// Levels of one depth of a term and what they learned from all training rows.
struct EncodedLevels {
  LevelCoder coder;
  std::vector<std::int32_t> parent;  ///< level of the depth above; empty at the top
  std::vector<LevelMoments> moments;
  std::vector<double> value;  ///< encoded value, on the scale of the statistic
  std::vector<double> std_error;
  Credibility credibility;
  std::vector<double> prior_weight;  ///< by level, where it differs between them (auto_ml below a parent); else empty
};

/// A term: a column, a joint of columns "a:b", or a hierarchy "a/b" (joint levels of a and b that shrink to those of
/// a).
struct EncodedTerm {
  std::string label;
  std::vector<EncodedLevels> depths;  ///< from the top; one without a hierarchy
  double prior_value = 0.0;           ///< of levels that were not seen
};

/// A fitted encoder: a plain value without data.
struct TargetEncoder {
  TargetOptions options;
  std::vector<std::pair<std::string, std::string>> parents;  ///< as given: child column -> parent column
  bool with_exposure = false;
  std::vector<EncodedTerm> terms;
  Warnings warnings;
};

TargetScheme make_target_scheme(const std::string& name);  ///< InputError `encoder.scheme`
const char* target_scheme_name(TargetScheme scheme);
TargetStatistic make_target_statistic(const std::string& name);  ///< InputError `encoder.statistic`
const char* target_statistic_name(TargetStatistic statistic);
PriorWeight make_prior_weight(const std::string& name);     ///< "auto", "auto_ml"; InputError `encoder.prior_weight`
MissingLevel make_missing_level(const std::string& name);   ///< "level", "prior", "nan"; InputError `encoder.missing`
UnseenLevelRule make_unseen_rule(const std::string& name);  ///< "prior", "nan", "error"; InputError `encoder.unseen`

/// The columns that "a:b" or "a/b" names, in order.
std::vector<std::string> term_columns(const std::string& label);

/// TargetRows::folds of schemes group and time, from the group or time of each row; empty for other schemes. Raises as
/// resampling::make_folds, also for kfold.
std::vector<std::int32_t> scheme_folds(const TargetOptions& options, const data::Column* by, std::int64_t rows,
                                       const RunContext& context);

/// Learns the full statistics of each term.
/// @param parents  child column -> parent column: the levels of the child shrink to those of the parent.
/// @param training null, or receives one value per row and term (column-major) that does not depend on the row's own
///                 target: not in one bit, also where prior weights are automatic.
/// Raises DataError `encoder.target_missing`, `encoder.target_not_finite`, `encoder.target_range` (log_odds outside
/// [0, 1]), `encoder.counts` (auto_ml with targets that are no counts), `encoder.weights`, `encoder.exposure`,
/// `encoder.no_weight`, `data.empty`, `encoder.hierarchy` (a level of the child in two levels of its parent);
/// InputError `encoder.prior_weight`, `encoder.n_permutations`, `encoder.n_folds`, `encoder.exposure_missing` (rate),
/// `encoder.quantile` (not in [0, 1], or with auto_ml), `encoder.columns`, `data.unknown_column`.
/// Warnings: `encoder.constant_target`, `encoder.pooled` (note).
TargetEncoder fit_target_encoder(const TargetOptions& options, const std::vector<std::string>& terms,
                                 const std::vector<std::pair<std::string, std::string>>& parents,
                                 const data::Table& data, TargetRows rows, const RunContext& context,
                                 std::vector<double>* training);

/// Encodes rows by the full statistics: rows x terms, column-major. Raises DataError `encoder.unseen_level` when the
/// encoder refuses unseen levels, InputError `data.unknown_column`.
std::vector<double> encode(const TargetEncoder& encoder, const data::Table& data, const RunContext& context);

/// One row per level: `term`, `level`, `parent`, `rows`, `weight`, `mean`, `credibility`, `value`, `std_error`.
tables::ResultTable encoded_levels(const TargetEncoder& encoder);
/// One row per term and depth: `term`, `levels`, `collective`, `within`, `between`, `between_raw`, `prior_weight`,
/// `note`.
tables::ResultTable encoded_terms(const TargetEncoder& encoder);

Document to_document(const TargetEncoder& encoder);
TargetEncoder target_encoder_from_document(const Document& document);

}  // namespace deciban::encoding
