#include "deciban/models/glm_tables.hpp"

#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/inference/wald.hpp"
#include "deciban/math/elementary.hpp"
#include "level_totals.hpp"
#include "std_errors.hpp"

namespace deciban::models {
namespace {

// Rows of the relativities table under construction.
struct RelativityRows {
  std::vector<std::string> term, level;
  std::vector<std::int64_t> rows, base;
  std::vector<double> exposure, claims, observed, relativity, lower, upper;

  void add(const std::string& term_label, const std::string& level_label, const LevelTotals& totals, bool is_base) {
    term.push_back(term_label);
    level.push_back(level_label);
    rows.push_back(totals.rows);
    exposure.push_back(totals.exposure);
    claims.push_back(totals.observed);
    observed.push_back(totals.observed / totals.exposure);
    base.push_back(is_base);
  }
  void set(double estimate, double low, double high) {
    relativity.push_back(math::exp(estimate));
    lower.push_back(math::exp(low));
    upper.push_back(math::exp(high));
  }
};

// One numeric column: exp(coefficient) is the relativity per unit.
bool is_plain_number(const design::DesignSpec& spec, const design::Term& term) {
  if (term.variables.size() != 1) return false;
  const design::Variable& variable = spec.variables[static_cast<std::size_t>(term.variables[0])];
  return variable.kind == design::Variable::Kind::numeric && !variable.basis;
}

}  // namespace

std::size_t first_total(const GlmModel& model, const design::Variable& factor) {
  std::size_t next = 0;
  for (const auto& variable : model.spec.variables) {
    if (&variable == &factor) break;
    if (variable.kind == design::Variable::Kind::factor) next += variable.levels.size();
  }
  return next;
}

void require_multiplicative(const GlmModel& model) {
  if (families::is_multiplicative(model.link)) return;
  throw Error(
      ErrorKind::input, "relativities.link",
      "Relativities are factors on the mean, which the " + families::link_name(model.link) + " link does not have.",
      "Fit with link = \"log\", or read coef_table().", Document::object({{"link", families::link_name(model.link)}}));
}

linalg::Matrix covariance_matrix(const GlmModel& model) {
  const int p = model.covariance.cols();
  if (p > kWholeCovariance)
    throw Error(ErrorKind::input, "covariance.too_large",
                "The covariance of " + format_count(p) + " coefficients has more than " +
                    format_count(kWholeCovariance) + " rows.",
                "coef_table() has the standard errors of all coefficients.",
                Document::object({{"coefficients", p}, {"limit", kWholeCovariance}}));
  return model.covariance.dense();
}

std::vector<double> std_errors(const GlmModel& model) {
  std::vector<double> errors;
  for (int j = 0; j < model.covariance.cols(); ++j) errors.push_back(std::sqrt(model.covariance.variance(j)));
  return errors;
}

double test_df(const GlmModel& model) {
  return model.family.has_known_dispersion() ? HUGE_VAL : model.statistics.df_residual;
}

tables::ResultTable coef_table(const GlmModel& model, double level, const Limits* limits) {
  const std::vector<double> errors = std_errors(model);
  const inference::WaldTable wald = inference::wald(model.coefficients, errors, test_df(model), level);
  tables::ResultTable table;
  table.add("term", model.names())
      .add("estimate", model.coefficients)
      .add("std_error", errors)
      .add("statistic", wald.statistic)
      .add("p_value", wald.p_value)
      .add("lower", limits ? limits->lower : wald.lower)
      .add("upper", limits ? limits->upper : wald.upper);
  return table;
}

tables::ResultTable relativities(const GlmModel& model, double level, const Limits* limits) {
  require_multiplicative(model);
  const inference::WaldTable wald = inference::wald(model.coefficients, std_errors(model), test_df(model), level);
  const std::vector<double>&lower = limits ? limits->lower : wald.lower, &upper = limits ? limits->upper : wald.upper;
  RelativityRows rows;
  for (const auto& term : model.spec.terms) {
    const design::Variable* factor = model.spec.level_variable(term);
    if (factor) {
      std::size_t totals = first_total(model, *factor);
      for (int k = 0; k < factor->n_levels(); ++k) {
        const int column = model.spec.column_of_level(term, k);
        rows.add(term.label, factor->levels.labels[k], model.level_totals[totals++], column < 0);
        if (column < 0) {
          rows.set(0.0, 0.0, 0.0);
        } else {
          rows.set(model.coefficients[column], lower[column], upper[column]);
        }
      }
    } else if (is_plain_number(model.spec, term)) {
      rows.add(term.label, "", model.level_totals.back(), false);
      rows.set(model.coefficients[term.first_column], lower[term.first_column], upper[term.first_column]);
    }
  }
  tables::ResultTable table;
  table.add("term", rows.term)
      .add("level", rows.level)
      .add_integers("rows", rows.rows)
      .add("exposure", rows.exposure)
      .add("claims", rows.claims)
      .add("observed", rows.observed)
      .add("relativity", rows.relativity)
      .add("lower", rows.lower)
      .add("upper", rows.upper)
      .add_flags("base", rows.base);
  return table;
}

tables::ResultTable actual_expected(const GlmModel& model) {
  std::vector<std::string> term, level;
  std::vector<std::int64_t> rows;
  std::vector<double> exposure, observed, fitted, ratio;
  for (const auto& totals : model.level_totals) {
    term.push_back(totals.term);
    level.push_back(totals.level);
    rows.push_back(totals.rows);
    exposure.push_back(totals.exposure);
    observed.push_back(totals.observed);
    fitted.push_back(totals.fitted);
    ratio.push_back(totals.observed / totals.fitted);
  }
  tables::ResultTable table;
  table.add("term", term)
      .add("level", level)
      .add_integers("rows", rows)
      .add("exposure", exposure)
      .add("observed", observed)
      .add("fitted", fitted)
      .add("ratio", ratio);
  return table;
}

}  // namespace deciban::models
