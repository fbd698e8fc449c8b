#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "arguments.hpp"
#include "binner_tables.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/metrics/ranking.hpp"
#include "deciban/models/glm.hpp"
#include "response_target.hpp"
#include "scorecard_parts.hpp"

namespace deciban::models {
namespace {

const std::vector<std::string> kOwnArguments = {"base_score", "base_odds", "pdo", "digits", "wrong_sign", "min_iv"};

bool is_own(const std::string& name) {
  return std::find(kOwnArguments.begin(), kOwnArguments.end(), name) != kOwnArguments.end();
}

[[noreturn]] void wrong_number(const char* name, double value, const char* requirement) {
  throw Error(ErrorKind::input, std::string("scorecard.") + name,
              std::string("`") + name + "` is " + format_exact(value) + ".", requirement,
              Document::object({{"argument", name}, {"value", value}}));
}

void read_scale(const Arguments& arguments, Scorecard& card) {
  card.base_score = arguments.number("base_score", 600.0);
  card.base_odds = arguments.number("base_odds", 50.0);
  card.pdo = arguments.number("pdo", 20.0);
  if (!std::isfinite(card.base_score)) wrong_number("base_score", card.base_score, "It must be finite.");
  if (!(card.base_odds > 0.0 && std::isfinite(card.base_odds)))
    wrong_number("base_odds", card.base_odds, "It is the number of non-events per event, above 0.");
  if (!(card.pdo > 0.0 && std::isfinite(card.pdo))) wrong_number("pdo", card.pdo, "It must be above 0.");
}

// The variables that may enter: more than one value of WOE, and evidence enough.
void choose_variables(Scorecard& card, double min_iv) {
  card.variables.resize(card.binner.variables.size());
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    const BinnedVariable& binned = card.binner.variables[k];
    double iv = 0.0;
    int filled = 0;
    for (const double part : bin_information(binned)) iv += part;
    for (const auto& sums : binned.sums) filled += sums[0] > 0.0;
    if (filled < 2 || !(iv > 0.0))
      card.variables[k].reason = "constant";
    else if (iv < min_iv)
      card.variables[k].reason = "iv";
    card.variables[k].used = card.variables[k].reason.empty();
  }
}

struct Columns {
  data::Table woe;
  std::vector<std::size_t> variables;  ///< of the columns
};

Columns woe_columns(const Scorecard& card, const std::vector<data::RowCodes>& codes) {
  Columns out;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    if (!card.variables[k].used) continue;
    const std::vector<double> by_bin = bin_woe(card.binner, card.binner.variables[k]);
    std::vector<double> values(codes[k].size());
    codes[k].for_each([&](std::size_t row, std::int32_t code) {
      values[row] = code >= 0 ? by_bin[static_cast<std::size_t>(code)] : 0.0;
    });
    out.woe.add(data::make_column(card.binner.variables[k].bins.name, std::move(values)));
    out.variables.push_back(k);
  }
  return out;
}

// Fits the used variables and sets their coefficients.
void fit_once(const std::vector<data::RowCodes>& codes, const binning::Target& target, const RunContext& context,
              Scorecard& card) {
  const Columns columns = woe_columns(card, codes);
  if (columns.variables.empty())
    throw Error(ErrorKind::input, "scorecard.no_variables", "No variable is left for the scorecard.",
                "See which were left out, and why; relax `min_iv`, the binning, or `wrong_sign`.");
  data::Table vectors;
  vectors.add(data::make_column("y", target.y.to_vector()));
  Document arguments = Document::object({{"family", "binomial"}, {"intercept", true}});
  if (!target.weights.empty()) {
    vectors.add(data::make_column("weights", target.weights.to_vector()));
    arguments.set("weights", true);
  }
  const GlmModel model = fit_glm_xy(arguments, columns.woe, vectors, context);
  const linalg::Matrix covariance = covariance_matrix(model);
  card.intercept = model.coefficients[0];
  card.intercept_error = std::sqrt(covariance(0, 0));
  card.fit_warnings = model.warnings;
  for (std::size_t j = 0; j < columns.variables.size(); ++j) {
    ScorecardVariable& variable = card.variables[columns.variables[j]];
    const int column = static_cast<int>(j) + 1;
    variable.coefficient = model.coefficients[j + 1];
    variable.std_error = std::sqrt(covariance(column, column));
    if (!std::isnan(variable.coefficient)) continue;
    variable.used = false;  // a combination of others: it says nothing of its own
    variable.reason = "aliased";
  }
}

// The used variable with the most negative z; -1 when none is below 0.
int worst_sign(const Scorecard& card) {
  int worst = -1;
  double lowest = 0.0;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    const ScorecardVariable& variable = card.variables[k];
    const double z = variable.coefficient / variable.std_error;
    if (!variable.used || !(z < lowest)) continue;
    lowest = z;
    worst = static_cast<int>(k);
  }
  return worst;
}

void name_wrong_signs(Scorecard& card, bool dropped) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    const ScorecardVariable& variable = card.variables[k];
    if (dropped ? variable.reason == "sign" : variable.used && variable.coefficient < 0.0)
      names.push_back(card.binner.variables[k].bins.name);
  }
  if (names.empty()) return;
  card.fit_warnings.push_back(
      {"scorecard.wrong_sign", "warning",
       (dropped ? "Left out, for a negative coefficient: " : "The coefficient is negative, against the evidence, of ") +
           join_some(names) + ".",
       Document::object({{"variables", names}, {"dropped", dropped}})});
}

void keep_training_figures(const std::vector<data::RowCodes>& codes, const binning::Target& target, Scorecard& card) {
  std::vector<data::RowCodes> used;
  for (std::size_t k = 0; k < codes.size(); ++k)
    if (card.variables[k].used) used.push_back(codes[k]);
  const auto rows = static_cast<std::int64_t>(target.y.size());
  std::vector<double> scores = scores_of(card, used, rows), risk = links_of(card, used, rows);
  metrics::Ranked ranked{target.y, data::Numbers(std::move(risk)), target.weights, {}};
  card.auc = metrics::auc(ranked);
  card.ks = metrics::ks(ranked).ks;
  binning::BinningOptions options;
  options.method = binning::Method::quantile;
  binning::Target no_target;
  no_target.weights = target.weights;
  const binning::Bins bins = binning::fit_bins(data::make_column("score", scores), no_target, options, {}).bins;
  card.score_edges = bins.edges;
  card.score_weights.assign(bins.edges.size() + 1, 0.0);
  if (!target.weights.empty()) card.score_squares = card.score_weights;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    const double w = target.weights.empty() ? 1.0 : target.weights[row];
    const auto bin = static_cast<std::size_t>(bins.bin_of(scores[row]));
    card.events += w * target.y[row];
    card.non_events += w * (1.0 - target.y[row]);
    card.score_weights[bin] += w;
    if (!card.score_squares.empty()) card.score_squares[bin] += w * w;
  }
}

}  // namespace

void set_points(Scorecard& card) {
  constexpr double kLog2 = 0.69314718055994530942;
  const double factor = card.pdo / kLog2;
  const auto used = std::count_if(card.variables.begin(), card.variables.end(),
                                  [](const ScorecardVariable& variable) { return variable.used; });
  const double scale = card.digits < 0 ? 0.0 : math::pow(10.0, card.digits);
  const auto rounded = [&](double points) { return scale > 0.0 ? std::nearbyint(points * scale) / scale : points; };
  const double constant =
      (card.base_score - factor * (math::log(card.base_odds) + card.intercept)) / static_cast<double>(used);
  for (std::size_t k = 0; k < card.variables.size(); ++k) {
    ScorecardVariable& variable = card.variables[k];
    variable.points.clear();
    if (!variable.used) continue;
    for (const double woe : bin_woe(card.binner, card.binner.variables[k]))
      variable.points.push_back(rounded(constant - factor * variable.coefficient * woe));
    variable.unseen_points = rounded(constant);
  }
}

Scorecard fit_scorecard(const Document& document, const data::Table& data, const data::Table& vectors,
                        const RunContext& context) {
  std::vector<std::string> known = kOwnArguments;
  for (const char* name : {"target", "var_power", "smoothing", "per_variable"}) known.push_back(name);
  const Arguments arguments(document, known, binning::binning_arguments());
  Scorecard card;
  card.options = by_name(document);
  read_scale(arguments, card);
  const Document* digits = document.find("digits");
  const bool unrounded = digits && digits->type() == Document::Type::boolean && !digits->as_bool();
  card.digits = unrounded ? -1 : static_cast<int>(arguments.whole("digits", 0, 0));
  const std::string sign = arguments.text("wrong_sign", "warn");
  if (sign != "warn" && sign != "drop" && sign != "keep")
    throw Error(ErrorKind::input, "scorecard.wrong_sign", "`wrong_sign` is \"" + sign + "\".",
                "Use \"warn\", \"drop\" or \"keep\".", Document::object({{"argument", "wrong_sign"}, {"value", sign}}));
  Document for_binner = Document::object();
  for (const auto& member : document.members("arguments"))
    if (!is_own(member.first)) for_binner.set(member.first, member.second);
  for_binner.set("target", "binary");
  card.binner = fit_binner(for_binner, data, vectors, context);
  choose_variables(card, arguments.number("min_iv", 0.0));
  const ReadTarget read = read_target(vectors, "binary", 0.0);
  std::vector<data::RowCodes> codes;
  for (std::size_t k = 0; k < card.variables.size(); ++k)
    codes.push_back(binning::bin_codes(card.binner.variables[k].bins, data.columns()[k], context));
  fit_once(codes, read.target, context, card);
  for (int worst = worst_sign(card); sign == "drop" && worst >= 0; worst = worst_sign(card)) {
    card.variables[static_cast<std::size_t>(worst)].used = false;
    card.variables[static_cast<std::size_t>(worst)].reason = "sign";
    fit_once(codes, read.target, context, card);
  }
  set_points(card);
  keep_training_figures(codes, read.target, card);
  if (sign != "keep") name_wrong_signs(card, sign == "drop");
  card.fit_warnings.insert(card.fit_warnings.begin(), card.binner.fit_warnings.begin(), card.binner.fit_warnings.end());
  return card;
}

}  // namespace deciban::models
