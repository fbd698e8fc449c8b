#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/level_reduction.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::encoding {

/// Merges rare levels of categorical columns, by itself: what the encoder does inside, as columns of text levels.
struct WoePreprocessor {
  LevelReduction rules;
  std::string other = "other", missing = "missing";  ///< names of these levels; put in brackets where a level has them
  bool unseen_error = false;                         ///< levels that were not seen are an error, else they are "other"
  std::vector<ReducedLevels> columns;

  /// Levels of column `at` in order of its bins.
  std::vector<std::string> labels(std::size_t at) const;
  /// Columns `feature, levels, kept, merged, rows, merged_rows, merged_share, missing_rows`.
  tables::ResultTable summary() const;
  /// Columns `feature, level, merged`: what became of every level that was seen.
  tables::ResultTable mapping() const;
};

/// Learns the categorical columns of X and those named in `also`. @param freq_weights  null: 1
/// Raises InputError `woe.no_categorical`, `data.unknown_column`.
WoePreprocessor fit_preprocessor(const data::Table& X, const data::Column* freq_weights, const LevelReduction& rules,
                                 const std::vector<std::string>& also, const RunContext& context);
/// The learned columns of X as categories. Raises DataError `woe.unseen`.
tables::ResultTable preprocess(const WoePreprocessor& preprocessor, const data::Table& X, const RunContext& context);

Document to_document(const WoePreprocessor& preprocessor);
WoePreprocessor preprocessor_from_document(const Document& document);

}  // namespace deciban::encoding
