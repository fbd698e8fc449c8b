#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

struct CrossFit {
  /// `repeat`, `fold` (from 1), `train_rows`, `test_rows`, `weight` (of the test rows that are predicted), `deviance`
  /// (their deviance), `train_deviance`.
  tables::ResultTable table;
  tables::ResultTable predictions;  ///< `prediction_1`, ... one per repeat: out-of-fold means, NaN where there is none
  Document notes;                   ///< `deviance` and `weight`: totals by repeat
  Warnings warnings;                ///< of the fits, each code once
};

/// Fits the model once per fold on its training rows alone, encoders, knots and levels included, and predicts its test
/// rows. Arguments: those of fit_glm.
/// @param folds  columns of numbers, one per repeat: fold of each row, counted from `fold_base`; missing: never tested.
/// @param settings  fold_base (0), ordered (false: a fold is trained on all others; true: on earlier ones and on rows
///                  that are never tested).
/// Raises what fit_glm and predict raise (DataError `data.unseen_level` for a level that the training rows of a fold
/// have not), InputError `cross_fit.folds` (no folds, or not one per row), `data.length_mismatch`.
CrossFit cross_fit(const Document& arguments, const data::Table& data, const data::Table& vectors,
                   const data::Table& folds, const Document& settings, const RunContext& context);

}  // namespace deciban::models
