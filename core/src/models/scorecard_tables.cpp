#include "deciban/base/config.hpp"

#include <cmath>
#include <limits>

#include "binner_tables.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/metrics/stability.hpp"
#include "scorecard_parts.hpp"
#include "sql_text.hpp"

namespace deciban::models {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// Weights by bin of new rows; the last place is for levels that have no bin.
struct BinSums {
  std::vector<double> weight, squares;
};

BinSums sum_codes(const data::RowCodes& codes, std::size_t bins, const data::Numbers& weights) {
  BinSums sums{std::vector<double>(bins + 1, 0.0), std::vector<double>(bins + 1, 0.0)};
  codes.for_each([&](std::size_t row, std::int32_t code) {
    const double w = weights.empty() ? 1.0 : weights[row];
    const std::size_t bin = code >= 0 ? static_cast<std::size_t>(code) : bins;
    sums.weight[bin] += w;
    sums.squares[bin] += w * w;
  });
  return sums;
}

double mean_points(const std::vector<double>& weight, const ScorecardVariable& variable) {
  double total = 0.0, points = 0.0;
  for (std::size_t i = 0; i < weight.size(); ++i) {
    total += weight[i];
    points += weight[i] * (i < variable.points.size() ? variable.points[i] : variable.unseen_points);
  }
  return points / total;
}

/// The rows of the table of stability.
struct StabilityRows {
  std::vector<std::string> variable;
  std::vector<std::int64_t> bins;
  std::vector<double> psi, unbiased, lower, upper, chi2, p_value, shift;

  void add(const std::string& name, std::size_t n, const metrics::Stability& s, double points_shift) {
    variable.push_back(name);
    bins.push_back(static_cast<std::int64_t>(n));
    psi.push_back(s.psi);
    unbiased.push_back(s.unbiased);
    lower.push_back(s.lower);
    upper.push_back(s.upper);
    chi2.push_back(s.chi2);
    p_value.push_back(s.p_value);
    shift.push_back(points_shift);
  }
};

// Training sums of a variable against those of new rows; bins that are empty in both are left out.
metrics::Stability compare(const BinnedVariable& binned, const BinSums& now, bool weighted, double alpha,
                           std::size_t& bins) {
  std::vector<double> expected, actual, expected_squares, actual_squares;
  for (std::size_t i = 0; i < now.weight.size(); ++i) {
    const bool known = i < binned.sums.size();
    const double before = known ? binned.sums[i][0] : 0.0;
    if (before == 0.0 && now.weight[i] == 0.0) continue;
    expected.push_back(before);
    actual.push_back(now.weight[i]);
    // Sums of squares of y w and (1 - y) w add up to those of w but for the cross products, twice.
    expected_squares.push_back(!known ? 0.0
                               : binned.squares.empty()
                                   ? before
                                   : binned.squares[i][0] + 2.0 * binned.squares[i][1] + binned.squares[i][2]);
    actual_squares.push_back(now.squares[i]);
  }
  bins = expected.size();
  if (!weighted) expected_squares = actual_squares = {};
  return metrics::stability(expected, actual, expected_squares, actual_squares, alpha);
}

}  // namespace

tables::ResultTable points_table(const Scorecard& card) {
  std::vector<std::string> variables, labels;
  std::vector<std::int64_t> bins, count;
  std::vector<double> lower, upper, rate, woe, points;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    const ScorecardVariable& variable = card.variables[k];
    if (!variable.used) continue;
    const BinnedVariable& binned = card.binner.variables[k];
    const std::vector<std::string> texts = binning::bin_labels(binned.bins);
    const std::vector<double> rates = bin_rates(card.binner, binned), woes = bin_woe(card.binner, binned);
    const std::vector<double>& edges = binned.bins.edges;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const bool interval = binned.bins.kind == binning::Bins::Kind::numeric && i <= edges.size();
      variables.push_back(binned.bins.name);
      bins.push_back(static_cast<std::int64_t>(i));
      labels.push_back(texts[i]);
      lower.push_back(!interval ? kNaN : i == 0 ? -kInf : edges[i - 1]);
      upper.push_back(!interval ? kNaN : i == edges.size() ? kInf : edges[i]);
      count.push_back(binned.count[i]);
      rate.push_back(rates[i]);
      woe.push_back(woes[i]);
      points.push_back(variable.points[i]);
    }
  }
  tables::ResultTable table;
  table.add("variable", variables).add_integers("bin", bins).add("label", labels).add("lower", lower);
  table.add("upper", upper).add_integers("count", count).add("event_rate", rate).add("woe", woe).add("points", points);
  return table;
}

tables::ResultTable coefficient_table(const Scorecard& card) {
  std::vector<std::string> names = {"(Intercept)"}, reasons = {""}, trends = {""};
  std::vector<std::int64_t> used = {1};
  std::vector<double> iv = {kNaN}, coefficients = {card.intercept}, errors = {card.intercept_error}, z, p;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    const ScorecardVariable& variable = card.variables[k];
    names.push_back(card.binner.variables[k].bins.name);
    reasons.push_back(variable.reason);
    trends.push_back(binning::trend_name(card.binner.variables[k].trend));
    used.push_back(variable.used);
    double total = 0.0;
    for (const double part : bin_information(card.binner.variables[k])) total += part;
    iv.push_back(total);
    coefficients.push_back(variable.coefficient);
    errors.push_back(variable.std_error);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    z.push_back(coefficients[i] / errors[i]);
    p.push_back(math::normal_two_sided_p(z[i]));
  }
  tables::ResultTable table;
  table.add("variable", names).add_flags("used", used).add("reason", reasons).add("monotonic", trends).add("iv", iv);
  table.add("coefficient", coefficients).add("std_error", errors).add("statistic", z).add("p_value", p);
  return table;
}

tables::ResultTable stability_table(const Scorecard& card, const data::Table& data, const data::Numbers& weights,
                                    double alpha, const RunContext& context) {
  const std::vector<data::RowCodes> codes = used_codes(card, data, context);
  const std::vector<double> scores = scores_of(card, codes, data.rows());
  const bool weighted = card.binner.weighted || !weights.empty();
  StabilityRows rows;
  const data::RowCodes score_codes = binning::bin_codes(score_bins(card), data::make_column("score", scores), context);
  BinnedVariable score;
  for (const double weight : card.score_weights) score.sums.push_back({weight});
  for (const double square : card.score_squares) score.squares.push_back({square, 0.0, 0.0});
  double expected = 0.0, actual = 0.0, total = 0.0;
  std::size_t bins = 0;
  const std::size_t score_at = rows.variable.size();
  rows.add("score", 0, compare(score, sum_codes(score_codes, score.sums.size(), weights), weighted, alpha, bins), 0.0);
  rows.bins[score_at] = static_cast<std::int64_t>(bins);
  std::size_t j = 0;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    if (!card.variables[k].used) continue;
    const BinnedVariable& binned = card.binner.variables[k];
    const BinSums now = sum_codes(codes[j++], binned.sums.size(), weights);
    std::vector<double> before;
    for (const auto& sums : binned.sums) before.push_back(sums[0]);
    expected = mean_points(before, card.variables[k]);
    actual = mean_points(now.weight, card.variables[k]);
    total += actual - expected;
    const metrics::Stability moved = compare(binned, now, weighted, alpha, bins);
    rows.add(binned.bins.name, bins, moved, actual - expected);
  }
  rows.shift[score_at] = total;
  tables::ResultTable table;
  table.add("variable", rows.variable).add_integers("bins", rows.bins).add("psi", rows.psi);
  table.add("psi_unbiased", rows.unbiased).add("psi_lower", rows.lower).add("psi_upper", rows.upper);
  table.add("chi2", rows.chi2).add("p_value", rows.p_value).add("points_shift", rows.shift);
  return table;
}

std::string scorecard_text(const Scorecard& card) {
  std::string text = "Scorecard: " + format_g(card.base_score, 6) + " points at odds of " +
                     format_g(card.base_odds, 6) + ", " + format_g(card.pdo, 6) + " points double the odds\n";
  text += "Events " + format_g(card.events, 9) + ", non-events " + format_g(card.non_events, 9) + "; AUC " +
          format_fixed(card.auc, 4) + ", Gini " + format_fixed(2.0 * card.auc - 1.0, 4) + ", KS " +
          format_fixed(card.ks, 4) + "\n\n";
  return text +
         tables::render(coefficient_table(card), {{}, {}, {}, {}, {}, {}, {}, {}, {tables::Format::Style::p_value}});
}

std::string scorecard_sql(const Scorecard& card, const std::string& dialect_name, const std::string& source,
                          const std::string& output) {
  const SqlDialect dialect = make_dialect(dialect_name);
  if (output != "score" && output != "points" && output != "probability" && output != "bins")
    throw Error(ErrorKind::input, "scorecard.output", "`output` is \"" + output + "\".",
                "Use \"score\", \"points\", \"probability\" or \"bins\".",
                Document::object({{"argument", "output"}, {"value", output}}));
  std::string columns, sum;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    const ScorecardVariable& variable = card.variables[k];
    if (!variable.used) continue;
    const BinnedVariable& binned = card.binner.variables[k];
    const std::vector<double> woe = bin_woe(card.binner, binned);
    const std::string text = sql_case(binned.bins, dialect, [&](int bin) {
      if (output == "bins") return std::to_string(bin);
      const auto at = static_cast<std::size_t>(bin);
      if (output == "probability") return sql_number(bin >= 0 ? variable.coefficient * woe[at] : 0.0, dialect);
      return sql_number(bin >= 0 ? variable.points[at] : variable.unseen_points, dialect);
    });
    if (output == "score" || output == "probability")
      sum += (sum.empty() ? "\n    " : "\n  + ") + text;
    else
      columns += (columns.empty() ? "\n  " : ",\n  ") + text + " AS " + sql_name(binned.bins.name);
  }
  if (output == "probability")
    columns = "\n  1.0 / (1.0 + exp(-(" + sql_number(card.intercept, dialect) + " + (" + sum + ")))) AS probability";
  else if (output == "score")
    columns = sum + " AS score";
  return "SELECT" + columns + "\nFROM " + sql_name(source);
}

}  // namespace deciban::models
