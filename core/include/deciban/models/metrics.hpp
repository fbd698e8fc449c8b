#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/models/queries.hpp"

namespace deciban::models {

/// Measures of scores by name, as the packages call them. `vectors` holds "y", "score", and where given "weights" and
/// "exposure":
///   auc, ks, gini (argument normalized)   notes: the value, and score for ks
///   gains_table (arguments bins, order "high" or "low")
/// `expected` and `actual` are two samples with the same columns, `vectors` may hold "expected_weights" and
/// "actual_weights":
///   psi  of one column, csi of several; arguments of binning::options_from_document (default: quantile, 10 bins, found
///        in the expected sample), alpha; psi gives one row per bin (label, expected, actual, expected_share,
///        actual_share, contribution) and notes psi, psi_unbiased, psi_lower, psi_upper, chi2, p_value; csi one row per
///        column with these figures.
/// Raises InputError `input.query`, `input.unknown_argument`, and what metrics/ and binning/ raise.
Answer metric(const std::string& name, const Document& arguments, const data::Table& vectors,
              const RunContext& context);
Answer stability_metric(const std::string& name, const Document& arguments, const data::Table& expected,
                        const data::Table& actual, const data::Table& vectors, const RunContext& context);

}  // namespace deciban::models
