// What print and summary show, the same text in every host.
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/inference/wald.hpp"
#include "deciban/models/glm_tables.hpp"
#include "std_errors.hpp"

namespace deciban::models {
namespace {

using Style = tables::Format::Style;

std::string source_text(const char* name, const design::ColumnSource& source) {
  if (!source.given()) return "";
  const bool vector = source.kind == design::ColumnSource::Kind::vector;
  return std::string(", ") + name + " = " + (vector ? "<vector>" : formula::to_text(*source.expression));
}

std::string number(double value, int digits = 6) {
  if (std::isnan(value)) return "NA";
  if (std::isinf(value)) return value > 0 ? "Inf" : "-Inf";
  if (std::fabs(value) < 1e5) return format_g(value, digits);
  if (std::fabs(value) < 1e15 && value == std::floor(value)) return format_fixed(value, 0);
  return std::fabs(value) < 1e15 ? format_fixed(value, 1) : format_g(value, digits);
}

std::string family_text(const GlmModel& model) {
  if (!model.family_estimate.estimated) return families::family_label(model.family);
  const bool tweedie = model.family.id == families::FamilyId::tweedie;
  return families::family_name(model.family) +
         (tweedie ? "(var_power = " + number(model.family.var_power) : "(theta = " + number(model.family.theta)) +
         ", estimated)";
}

std::string heading(const GlmModel& model) {
  const auto& spec = model.spec;
  return "Generalized linear model: " + family_text(model) + " family, " + families::link_name(model.link) + " link\n" +
         formula::to_text(spec.formula) + source_text("exposure", spec.exposure) +
         source_text("weights", spec.weights) + source_text("offset", spec.offset) +
         source_text("freq_weights", spec.freq_weights) + "\n";
}

std::string fit_lines(const GlmModel& model) {
  const FitStatistics& s = model.statistics;
  std::string text = "Rows: " + format_count(s.rows) + " given, " + format_count(s.rows_dropped) +
                     " dropped for missing values, " + number(s.nobs, 10) + " observations used\n";
  text += "Null deviance:     " + number(s.null_deviance) + " on " + number(s.df_null, 10) + " degrees of freedom\n";
  text += "Residual deviance: " + number(s.deviance) + " on " + number(s.df_residual, 10) + " degrees of freedom\n";
  if (s.log_likelihood_reason.empty()) {
    text += "Log-likelihood: " + number(s.log_likelihood) + " (df = " + std::to_string(s.log_likelihood_df) +
            "), AIC: " + number(s.aic) + ", BIC: " + number(s.bic) + "\n";
  } else {
    text += "Log-likelihood, AIC, BIC: NA (" + s.log_likelihood_reason + ")\n";
  }
  text += (s.status == "converged" ? "Converged after " : "Not converged (" + s.status + ") after ") +
          std::to_string(s.n_iter) + (s.n_iter == 1 ? " iteration\n" : " iterations\n");
  return text;
}

// theta or var_power that was estimated, and the dispersion behind Tweedie's likelihood.
std::string family_lines(const GlmModel& model) {
  const FamilyEstimate& estimate = model.family_estimate;
  std::string text;
  if (!std::isnan(model.statistics.dispersion_ml))
    text += "Dispersion in the log-likelihood: " + number(model.statistics.dispersion_ml) + " (maximum likelihood)\n";
  if (!estimate.estimated) return text;
  if (model.family.id == families::FamilyId::tweedie)
    return text + "var_power: " + number(model.family.var_power) + " (maximum likelihood, 95% interval " +
           number(estimate.lower) + " to " + number(estimate.upper) + ")\n";
  return text + "theta: " + number(model.family.theta) + " (maximum likelihood, std. error " +
         number(estimate.std_error) + "), 2 x log-likelihood: " + number(2.0 * model.statistics.log_likelihood) + "\n";
}

std::string covariance_line(const GlmModel& model) {
  const std::string& kind = model.covariance_kind;
  if (kind == "model") return "";
  const bool clustered = kind.find('~') != std::string::npos;
  return "Standard errors: " + kind + (clustered ? " (sums over clusters)\n" : " (heteroscedasticity-consistent)\n");
}

std::string warning_lines(const GlmModel& model) {
  std::string text;
  for (const auto& warning : model.warnings) text += "Warning [" + warning.code + "]: " + warning.message + "\n";
  return text;
}

}  // namespace

namespace {

// Coefficients that a text shows: all, or the first of very many.
constexpr std::size_t kManyCoefficients = 1000, kShownCoefficients = 100;

std::size_t shown(const GlmModel& model) {
  return model.coefficients.size() > kManyCoefficients ? kShownCoefficients : model.coefficients.size();
}

template <class T>
std::vector<T> first(std::vector<T> all, std::size_t count) {
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(count), all.end());
  return all;
}

std::string rest_line(const GlmModel& model) {
  const std::size_t rest = model.coefficients.size() - shown(model);
  if (rest == 0) return "";
  return "... and " + format_count(static_cast<std::int64_t>(rest)) + " more coefficients: coef_table() has all\n";
}

}  // namespace

std::string print_text(const GlmModel& model) {
  const std::size_t count = shown(model);
  tables::ResultTable table;
  table.add("", first(model.names(), count))
      .add("Estimate", first(model.coefficients, count))
      .add("Std. Error", first(std_errors(model), count));
  const tables::Format digits{Style::significant, 4};
  return heading(model) + "\n" + tables::render(table, {{}, digits, digits}) + rest_line(model) + "\n" +
         fit_lines(model) + warning_lines(model);
}

std::string summary_text(const GlmModel& model, double level) {
  const bool normal = model.family.has_known_dispersion();
  const std::size_t count = shown(model);
  const std::vector<double> errors = first(std_errors(model), count), estimates = first(model.coefficients, count);
  const inference::WaldTable wald = inference::wald(estimates, errors, test_df(model), level);
  std::vector<std::string> stars;
  for (const double p : wald.p_value) stars.push_back(tables::significance_code(p));
  const std::string percent = format_g(100.0 * level, 6) + "%";
  tables::ResultTable table;
  table.add("", first(model.names(), count))
      .add("Estimate", estimates)
      .add("Std. Error", errors)
      .add(normal ? "z value" : "t value", wald.statistic)
      .add(normal ? "Pr(>|z|)" : "Pr(>|t|)", wald.p_value)
      .add("", stars)
      .add("lower " + percent, wald.lower)
      .add("upper " + percent, wald.upper);
  const tables::Format digits{Style::significant, 4};
  std::string text = heading(model) + "\n";
  text += tables::render(table, {{}, digits, digits, {Style::fixed, 3}, {Style::p_value, 3}, {}, digits, digits});
  text += rest_line(model);
  text += "---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n\n";
  text += "Dispersion: " + number(model.statistics.dispersion) +
          (normal ? " (known)\n" : " (Pearson chi-squared / residual degrees of freedom)\n");
  text += covariance_line(model) + family_lines(model);
  return text + fit_lines(model) + warning_lines(model);
}

namespace {

// Keys that the family has use for only.
void describe_family(const GlmModel& model, Document& figures) {
  const FamilyEstimate& estimate = model.family_estimate;
  if (model.family.id == families::FamilyId::tweedie) {
    figures.set("var_power", model.family.var_power);
    figures.set("dispersion_ml", model.statistics.dispersion_ml);
    if (estimate.estimated) {
      figures.set("var_power_std_error", estimate.std_error);
      figures.set("var_power_lower", estimate.lower);
      figures.set("var_power_upper", estimate.upper);
    }
  }
  if (model.family.id == families::FamilyId::negative_binomial) {
    figures.set("theta", model.family.theta);
    if (estimate.estimated) figures.set("theta_std_error", estimate.std_error);
  }
  figures.set("parameter_estimated", estimate.estimated);
  if (estimate.estimated) figures.set("n_fits", estimate.n_fits);
}

}  // namespace

Document describe(const GlmModel& model) {
  const FitStatistics& s = model.statistics;
  Document warnings = to_document(model.warnings);
  Document figures = Document::object({{"formula", formula::to_text(model.spec.formula)},
                                       {"response", formula::to_text(*model.spec.formula.response)},
                                       {"family", families::family_name(model.family)},
                                       {"family_parameters", families::to_document(model.family)},
                                       {"link", families::link_name(model.link)},
                                       {"names", model.names()},
                                       {"coefficients", model.coefficients},
                                       {"std_errors", std_errors(model)},
                                       {"vcov", model.covariance_kind},
                                       {"nobs", s.nobs},
                                       {"rows", s.rows},
                                       {"rows_dropped", s.rows_dropped},
                                       {"rank", s.rank},
                                       {"df_model", static_cast<std::int64_t>(s.rank - (model.spec.intercept ? 1 : 0))},
                                       {"df_residual", s.df_residual},
                                       {"df_null", s.df_null},
                                       {"sum_weights", s.sum_weights},
                                       {"deviance", s.deviance},
                                       {"null_deviance", s.null_deviance},
                                       {"pearson_chi2", s.pearson_chi2},
                                       {"dispersion", s.dispersion},
                                       {"statistic", model.family.has_known_dispersion() ? "z" : "t"},
                                       {"log_likelihood", s.log_likelihood},
                                       {"log_likelihood_df", s.log_likelihood_df},
                                       {"log_likelihood_reason", s.log_likelihood_reason},
                                       {"aic", s.aic},
                                       {"bic", s.bic},
                                       {"n_iter", s.n_iter},
                                       {"status", s.status},
                                       {"converged", s.status == "converged"},
                                       {"na_action", design::na_action_name(model.spec.na_action)},
                                       {"warnings", std::move(warnings)}});
  describe_family(model, figures);
  return figures;
}

}  // namespace deciban::models
