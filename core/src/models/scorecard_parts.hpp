// What fitting and asking a scorecard share. Internal to models.
#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/data/row_codes.hpp"
#include "deciban/models/scorecard.hpp"

namespace deciban::models {

/// Sets points from coefficients, base score, base odds and points to double the odds.
void set_points(Scorecard& card);
/// The bins of the rows, one per used variable.
std::vector<data::RowCodes> used_codes(const Scorecard& card, const data::Table& data, const RunContext& context);
/// Sum of the points of each row, from the first variable to the last.
std::vector<double> scores_of(const Scorecard& card, const std::vector<data::RowCodes>& codes, std::int64_t rows);
/// Log odds of an event.
std::vector<double> links_of(const Scorecard& card, const std::vector<data::RowCodes>& codes, std::int64_t rows);
/// The groups of scores in a form that the binning area sorts by.
binning::Bins score_bins(const Scorecard& card);

tables::ResultTable points_table(const Scorecard& card);
tables::ResultTable coefficient_table(const Scorecard& card);
tables::ResultTable stability_table(const Scorecard& card, const data::Table& data, const data::Numbers& weights,
                                    double alpha, const RunContext& context);
std::string scorecard_text(const Scorecard& card);
/// A query in a dialect of SQL. `output` is "score", "points", "probability" or "bins".
std::string scorecard_sql(const Scorecard& card, const std::string& dialect, const std::string& table,
                          const std::string& output);

}  // namespace deciban::models
