// Questions to a scorecard, and its rows.
#include "deciban/models/scorecard.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "arguments.hpp"
#include "binner_tables.hpp"
#include "deciban/base/error.hpp"
#include "deciban/data/read.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/parallel/team.hpp"
#include "scorecard_parts.hpp"

namespace deciban::models {
namespace {

const data::Table& rows_of(const QueryData& rows) {
  if (rows.data) return *rows.data;
  throw Error(ErrorKind::data, "model.no_data", "There are no rows to score.", "Hand data in.");
}

std::vector<std::size_t> used_variables(const Scorecard& card) {
  std::vector<std::size_t> used;
  for (std::size_t k = 0; k < card.variables.size(); ++k)
    if (card.variables[k].used) used.push_back(k);
  return used;
}

double points_of(const ScorecardVariable& variable, std::int32_t code) {
  return code >= 0 ? variable.points[static_cast<std::size_t>(code)] : variable.unseen_points;
}

// A column of points per used variable.
void add_points(const Scorecard& card, const std::vector<data::RowCodes>& codes, tables::ResultTable& table) {
  const std::vector<std::size_t> used = used_variables(card);
  for (std::size_t j = 0; j < used.size(); ++j) {
    std::vector<double> points(codes[j].size());
    codes[j].for_each(
        [&](std::size_t row, std::int32_t code) { points[row] = points_of(card.variables[used[j]], code); });
    table.add(card.binner.variables[used[j]].bins.name, std::move(points));
  }
}

// The names of the variables that lose most, in the order of the loss; equal losses in the order of the variables.
void add_reasons(const Scorecard& card, const std::vector<data::RowCodes>& codes, std::int64_t rows, std::size_t n,
                 tables::ResultTable& table) {
  const std::vector<std::size_t> used = used_variables(card);
  n = std::min(n, used.size());
  std::vector<double> best;
  for (const std::size_t k : used)
    best.push_back(*std::max_element(card.variables[k].points.begin(), card.variables[k].points.end()));
  std::vector<std::vector<std::string>> reasons(n, std::vector<std::string>(static_cast<std::size_t>(rows)));
  std::vector<std::size_t> order(used.size());
  std::vector<double> lost(used.size());
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    for (std::size_t j = 0; j < used.size(); ++j) lost[j] = best[j] - points_of(card.variables[used[j]], codes[j][row]);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return lost[a] > lost[b]; });
    for (std::size_t i = 0; i < n; ++i)
      if (lost[order[i]] > 0.0) reasons[i][row] = card.binner.variables[used[order[i]]].bins.name;
  }
  for (std::size_t i = 0; i < n; ++i) table.add("reason_" + std::to_string(i + 1), std::move(reasons[i]));
}

Answer predict(const Scorecard& card, const Document& document, const QueryData& query, const RunContext& context) {
  const Arguments arguments(document, {"output", "n"});
  const std::string output = arguments.text("output", "score");
  const data::Table& data = rows_of(query);
  const std::vector<data::RowCodes> codes = used_codes(card, data, context);
  Answer answer;
  if (output == "score") {
    answer.table.add("score", scores_of(card, codes, data.rows()));
  } else if (output == "link" || output == "probability") {
    std::vector<double> values = links_of(card, codes, data.rows());
    if (output == "probability")
      for (double& value : values) value = math::logistic(value);
    answer.table.add(output, std::move(values));
  } else if (output == "points") {
    add_points(card, codes, answer.table);
  } else if (output == "reasons") {
    add_reasons(card, codes, data.rows(), static_cast<std::size_t>(arguments.whole("n", 3, 1)), answer.table);
  } else {
    throw Error(ErrorKind::input, "scorecard.output", "`output` is \"" + output + "\".",
                "Use \"score\", \"probability\", \"link\", \"points\" or \"reasons\".",
                Document::object({{"argument", "output"}, {"value", output}}));
  }
  return answer;
}

Answer stability(const Scorecard& card, const Document& document, const QueryData& query, const RunContext& context) {
  const Arguments arguments(document, {"alpha"});
  data::Numbers weights;
  const data::Column* column = query.vectors ? query.vectors->find("weights") : nullptr;
  if (column) {
    std::vector<double> values(static_cast<std::size_t>(column->length()));
    data::read_doubles(*column, 0, column->length(), values.data());
    weights = data::Numbers(std::move(values));
  }
  Answer answer;
  answer.table = stability_table(card, rows_of(query), weights, arguments.number("alpha", 0.05), context);
  return answer;
}

Answer sql(const Scorecard& card, const Document& document) {
  const Arguments arguments(document, {"dialect", "table", "output"});
  Answer answer;
  answer.notes.set("text", scorecard_sql(card, arguments.text("dialect", "duckdb"), arguments.text("table", "data"),
                                         arguments.text("output", "score")));
  return answer;
}

}  // namespace

std::vector<data::RowCodes> used_codes(const Scorecard& card, const data::Table& data, const RunContext& context) {
  std::vector<data::RowCodes> codes;
  for (const std::size_t k : used_variables(card)) {
    const binning::Bins& bins = card.binner.variables[k].bins;
    codes.push_back(binning::bin_codes(bins, data.at(bins.name), context));
  }
  return codes;
}

std::vector<double> scores_of(const Scorecard& card, const std::vector<data::RowCodes>& codes, std::int64_t rows) {
  const std::vector<std::size_t> used = used_variables(card);
  std::vector<double> scores(static_cast<std::size_t>(rows), 0.0);
  for (std::size_t j = 0; j < used.size(); ++j)
    codes[j].for_each(
        [&](std::size_t row, std::int32_t code) { scores[row] += points_of(card.variables[used[j]], code); });
  return scores;
}

std::vector<double> links_of(const Scorecard& card, const std::vector<data::RowCodes>& codes, std::int64_t rows) {
  const std::vector<std::size_t> used = used_variables(card);
  std::vector<double> links(static_cast<std::size_t>(rows), card.intercept);
  for (std::size_t j = 0; j < used.size(); ++j) {
    const std::vector<double> woe = bin_woe(card.binner, card.binner.variables[used[j]]);
    const double coefficient = card.variables[used[j]].coefficient;
    codes[j].for_each([&](std::size_t row, std::int32_t code) {
      if (code >= 0) links[row] += coefficient * woe[static_cast<std::size_t>(code)];
    });
  }
  return links;
}

binning::Bins score_bins(const Scorecard& card) {
  binning::Bins bins;
  bins.name = "score";
  bins.edges = card.score_edges;
  return bins;
}

Answer Scorecard::query(const std::string& name, const Document& arguments, const QueryData& rows,
                        const RunContext& context) const {
  const parallel::FloatingPointGuard guard;
  Answer answer;
  if (name == "predict") return predict(*this, arguments, rows, context);
  if (name == "stability") return stability(*this, arguments, rows, context);
  if (name == "sql") return sql(*this, arguments);
  if (name == "points") {
    answer.table = points_table(*this);
  } else if (name == "coefficients") {
    answer.table = coefficient_table(*this);
  } else if (name == "describe") {
    answer.notes = document();
  } else if (name == "print") {
    answer.notes.set("text", scorecard_text(*this));
  } else {
    return binner.query(name, arguments, rows, context);
  }
  return answer;
}

}  // namespace deciban::models
