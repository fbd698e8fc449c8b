#pragma once
#include "deciban/base/config.hpp"

#include <limits>
#include <string>
#include <vector>

#include "deciban/models/binner.hpp"

namespace deciban::models {

/// A variable of a scorecard in the order of its binner.
struct ScorecardVariable {
  bool used = false;
  std::string reason;  ///< why it is not used: "constant", "iv" (below min_iv), "sign" (coefficient below 0), else ""
  double coefficient = std::numeric_limits<double>::quiet_NaN();  ///< of the WOE; of the step at which it was dropped
  double std_error = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> points;  ///< per bin; empty when not used
  double unseen_points = 0.0;  ///< of a level that no bin has: its WOE is 0
};

/// A logistic regression on WOE columns, as points. WOE is positive for more events, so every coefficient should be
/// positive. Arguments of fit("scorecard", ...), those of fit("binner", ...) with a binary response, and
///   base_score 600, base_odds 50 (non-events per event at that score), pdo 20 (points that double these odds)
///   digits     decimals of the points (default 0; null: not rounded)
///   wrong_sign "drop" (one variable per step, the one with the most negative z), "warn" (default), "keep"
///   min_iv     variables below are left out (default 0)
/// score = base_score + factor (ln(odds) - ln(base_odds)), factor = pdo / ln 2, odds = (1 - p)/p. Each variable carries
/// an equal part of the constant, so that the score is the sum of its points.
/// Questions: those of a binner, and
///   predict   output "score" (sum of the points as shown), "probability" (from the coefficients, not rounded),
///             "link" (log odds of an event), "points" (a column per variable), "reasons" (argument n: the variables
///             that lose most points against their best bin, from the greatest loss on; text columns reason_1, ...)
///   points    one row per variable and bin: variable, bin, label, lower, upper, count, event_rate, woe, points
///   coefficients  variable, used, reason, iv, coefficient, std_error, statistic, p_value; the intercept first
///   stability rows are new: psi of the score and of each variable with its interval, and points_shift, the change of
///   its
///             mean points
///   sql       notes text: a query with the score; arguments dialect "duckdb" or "sqlite", table, output "score",
///             "points", "probability" or "bins"
/// Raises InputError `scorecard.no_variables` (none is left), `scorecard.target`, `scorecard.base_odds`,
/// `scorecard.pdo`, `scorecard.dialect`, and what binners and fit_glm_xy raise. Warning `scorecard.wrong_sign`.
struct Scorecard final : Fitted {
  Binner binner;
  std::vector<ScorecardVariable> variables;
  double intercept = 0.0, intercept_error = 0.0;
  double base_score = 600.0, base_odds = 50.0, pdo = 20.0;
  int digits = 0;  ///< -1: not rounded
  Document options = Document::object();
  double events = 0.0, non_events = 0.0, auc = 0.0, ks = 0.0;
  std::vector<double> score_edges;    ///< of about ten equal groups of the training scores
  std::vector<double> score_weights;  ///< of the training rows in them
  std::vector<double> score_squares;  ///< of their weights; empty when they are counts
  Warnings fit_warnings;

  const char* kind() const override { return "scorecard"; }
  Document document() const override;
  const Warnings& warnings() const override { return fit_warnings; }
  Answer query(const std::string& name, const Document& arguments, const QueryData& rows,
               const RunContext& context) const override;
};

Scorecard fit_scorecard(const Document& arguments, const data::Table& data, const data::Table& vectors,
                        const RunContext& context);
Scorecard scorecard_from_document(const Document& document);

}  // namespace deciban::models
