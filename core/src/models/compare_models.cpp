// Analysis of deviance of several nested models.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/linalg/arrow.hpp"
#include "submodels.hpp"
#include "test_queries.hpp"

namespace deciban::models {
namespace {

using Rows = std::unique_ptr<TrainingRows>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Error other_rows(std::size_t first, std::size_t second, const std::string& what) {
  return Error(ErrorKind::input, "anova.other_rows",
               "Models " + std::to_string(first + 1) + " and " + std::to_string(second + 1) + " are not fits of the " +
                   "same rows: they differ in " + what + ".",
               "Fit both to the same data, without rows that are missing for one of them only.",
               Document::object({{"models", std::vector<double>{first + 1.0, second + 1.0}}, {"differ_in", what}}));
}

bool same_numbers(const data::Numbers& a, const data::Numbers& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

void require_same_rows(const std::vector<const GlmModel*>& models, const std::vector<Rows>& rows) {
  for (std::size_t k = 1; k < models.size(); ++k) {
    const design::TrainingData &a = rows[k - 1]->training(), &b = rows[k]->training();
    if (a.rows_given != b.rows_given || a.design.rows != b.design.rows || a.kept != b.kept)
      throw other_rows(
          k - 1, k,
          "the rows that were used (" + format_count(a.design.rows) + " and " + format_count(b.design.rows) + ")");
    if (!same_numbers(a.y, b.y)) throw other_rows(k - 1, k, "the response");
    if (!same_numbers(a.weights, b.weights) || !same_numbers(a.frequencies, b.frequencies))
      throw other_rows(k - 1, k, "the weights");
    if (!same_numbers(a.offset, b.offset)) throw other_rows(k - 1, k, "exposure or offset");
  }
}

// The data are those of the largest model: when they are not, they have changed, else other models had others.
std::vector<Rows> rows_of(const Query& query, const std::vector<const GlmModel*>& models) {
  if (!query.data.data || !query.data.vectors) query.training_rows();  // raises
  std::size_t largest = 0;
  for (std::size_t k = 1; k < models.size(); ++k)
    if (models[k]->statistics.rank > models[largest]->statistics.rank) largest = k;
  std::vector<Rows> rows(models.size());
  const auto read = [&](std::size_t k) {
    rows[k] = std::make_unique<TrainingRows>(*models[k], *query.data.data, *query.data.vectors, query.context);
  };
  read(largest);
  for (std::size_t k = 0; k < models.size(); ++k) {
    if (rows[k]) continue;
    try {
      read(k);
    } catch (const Error& error) {
      if (error.code() != "model.data_changed") throw;
      throw other_rows(std::min(k, largest), std::max(k, largest), "their data");
    }
  }
  return rows;
}

void require_same_family(const std::vector<const GlmModel*>& models) {
  for (std::size_t k = 1; k < models.size(); ++k) {
    const GlmModel &a = *models[k - 1], &b = *models[k];
    const bool same = a.family.id == b.family.id && a.family.variance == b.family.variance &&
                      families::to_document(a.link) == families::to_document(b.link);
    if (same) continue;
    const std::string text = families::family_label(a.family) + " with " + families::link_name(a.link) + " link and " +
                             families::family_label(b.family) + " with " + families::link_name(b.link) + " link";
    throw Error(ErrorKind::input, "anova.other_family", "The models have different families or links: " + text + ".",
                "A likelihood-ratio test is for models of one family; compare others by AIC or on new data.",
                Document::object({{"models", std::vector<double>{double(k), k + 1.0}}}));
  }
}

// A design with the columns of both, those of the second behind.
design::CodedDesign side_by_side(const design::CodedDesign& first, const design::CodedDesign& second) {
  design::CodedDesign both = first;
  for (design::Block block : second.blocks) {
    for (int& column : block.columns)
      if (column >= 0) column += first.n_columns;
    both.blocks.push_back(std::move(block));
  }
  both.n_columns = first.n_columns + second.n_columns;
  if (second.intercept) {  // its column 0 is a block of ones
    design::Block ones;
    ones.parts.emplace_back();
    ones.parts[0].values = data::Numbers(std::vector<double>(static_cast<std::size_t>(first.rows), 1.0));
    ones.parts[0].stride = first.rows;
    ones.columns = {first.n_columns};
    both.blocks.push_back(std::move(ones));
  }
  return both;
}

// Whether the columns of the smaller design are combinations of those of the larger one, by R's rule of rank.
bool spans(const TrainingRows& larger, const TrainingRows& smaller, const RunContext& context) {
  const GlmModel& model = larger.model();
  const std::vector<std::string> names = model.names();
  bool subset = true;
  for (const auto& name : smaller.model().names())
    subset = subset && std::find(names.begin(), names.end(), name) != names.end();
  if (subset) return true;
  const design::CodedDesign both = side_by_side(larger.training().design, smaller.training().design);
  const engine::CodedObjective objective(larger.training(), both, model.family, model.link, context);
  std::vector<double> natural = model.coefficients;
  natural.resize(static_cast<std::size_t>(both.n_columns), 0.0);
  const std::vector<double> beta = objective.own_coefficients(natural);
  const auto at = objective.evaluate(std::vector<engine::PassModel>{{beta.data(), nullptr, nullptr}},
                                     engine::Information::expected, context)[0];
  const linalg::ArrowCholesky factor(at.information, objective.column_norms(at.information), model.rank_tol, context);
  for (std::size_t j = names.size(); j < factor.keep().size(); ++j)
    if (factor.keep()[j]) return false;
  return true;
}

void require_nested(const std::vector<const GlmModel*>& models, const std::vector<Rows>& rows,
                    const RunContext& context) {
  for (std::size_t k = 1; k < models.size(); ++k) {
    const bool grows = models[k]->statistics.rank >= models[k - 1]->statistics.rank;
    const std::size_t larger = grows ? k : k - 1, smaller = grows ? k - 1 : k;
    if (spans(*rows[larger], *rows[smaller], context)) continue;
    throw Error(ErrorKind::input, "anova.not_nested",
                "Model " + std::to_string(smaller + 1) + " is not nested in model " + std::to_string(larger + 1) +
                    ": it has columns that are no combination of those of the larger one.",
                "A likelihood-ratio test needs nested models; compare others by AIC or on new data.",
                Document::object({{"models", std::vector<double>{smaller + 1.0, larger + 1.0}}}));
  }
}

// The deviances of two members of a family cannot be compared.
bool by_likelihood(const std::vector<const GlmModel*>& models) {
  for (const GlmModel* model : models)
    if (model->family_estimate.estimated || model->family.theta != models[0]->family.theta ||
        model->family.var_power != models[0]->family.var_power)
      return true;
  return false;
}

Answer likelihood_table(const Query& query, const std::vector<const GlmModel*>& models, TestKind test) {
  if (test == TestKind::f)
    throw Error(ErrorKind::input, "input.test", "Models with estimated or different theta or var_power have no F test.",
                "Use test = \"Chisq\".", Document::object({{"argument", "test"}, {"value", "F"}}));
  const bool theta = query.model.family.id == families::FamilyId::negative_binomial;
  std::vector<std::string> formulas;
  std::vector<double> parameter, df_residual, twice, df, change, statistic, p_value;
  for (std::size_t k = 0; k < models.size(); ++k) {
    const FitStatistics& s = models[k]->statistics;
    formulas.push_back(formula::to_text(models[k]->spec.formula));
    parameter.push_back(theta ? models[k]->family.theta : models[k]->family.var_power);
    df_residual.push_back(s.df_residual);
    twice.push_back(2.0 * s.log_likelihood);
    const FitStatistics* before = k > 0 ? &models[k - 1]->statistics : nullptr;
    df.push_back(before ? s.log_likelihood_df - before->log_likelihood_df : kNone);
    change.push_back(before ? twice[k] - twice[k - 1] : kNone);
    const double sign = df.back() < 0.0 ? -1.0 : 1.0;
    const auto result = inference::chi_squared_test(sign * change.back(), sign * df.back(), 1.0);
    statistic.push_back(test == TestKind::none ? kNone : result.statistic);
    p_value.push_back(test == TestKind::none ? kNone : result.p_value);
  }
  Answer answer;
  answer.table.add("model", formulas)
      .add(theta ? "theta" : "var_power", parameter)
      .add("df_residual", df_residual)
      .add("two_log_likelihood", twice)
      .add("df", df)
      .add("change", change)
      .add("statistic", statistic)
      .add("p_value", p_value);
  return answer;
}

Answer deviance_table(const Query& query, const std::vector<const GlmModel*>& models, TestKind test) {
  const GlmModel* largest = models[0];
  for (const GlmModel* model : models)
    if (model->statistics.df_residual < largest->statistics.df_residual) largest = model;
  const inference::Dispersion phi = dispersion_for(*largest, query.arguments);
  std::vector<std::string> formulas;
  std::vector<double> df_residual, residual, df, change, statistic, p_value;
  for (std::size_t k = 0; k < models.size(); ++k) {
    const FitStatistics& s = models[k]->statistics;
    formulas.push_back(formula::to_text(models[k]->spec.formula));
    df_residual.push_back(s.df_residual);
    residual.push_back(s.deviance);
    df.push_back(k > 0 ? df_residual[k - 1] - s.df_residual : kNone);
    change.push_back(k > 0 ? residual[k - 1] - s.deviance : kNone);
    const double sign = df.back() < 0.0 ? -1.0 : 1.0;  // from the larger to the smaller one
    const auto result = deviance_test(test, sign * change.back(), sign * df.back(), phi);
    statistic.push_back(test == TestKind::none ? kNone : result.statistic);
    p_value.push_back(test == TestKind::none ? kNone : result.p_value);
  }
  Answer answer;
  answer.table.add("model", formulas)
      .add("df_residual", df_residual)
      .add("residual_deviance", residual)
      .add("df", df)
      .add("deviance", change)
      .add("statistic", statistic)
      .add("p_value", p_value);
  answer.notes.set("dispersion", phi.value);
  warn_about_f(test, phi, answer.warnings);
  return answer;
}

}  // namespace

Answer compare_models(const Query& query) {
  const Arguments arguments(query.arguments, {"test", "dispersion"});
  std::vector<const GlmModel*> models = {&query.model};
  models.insert(models.end(), query.more.begin(), query.more.end());
  if (models.size() < 2)
    throw Error(ErrorKind::input, "anova.one_model", "There is one model only.", "Give the models to compare with.");
  TestKind test = test_kind(query);
  if (test == TestKind::score)
    throw Error(ErrorKind::input, "input.test", "`test` is \"Rao\", which takes one model.",
                "Use anova(model, test = \"Rao\"), or \"Chisq\" or \"F\" for several models.",
                Document::object({{"argument", "test"}, {"value", "Rao"}}));
  require_same_family(models);
  const std::vector<Rows> rows = rows_of(query, models);
  require_same_rows(models, rows);
  require_nested(models, rows, query.context);
  const bool likelihood = by_likelihood(models);
  const Document* asked = query.arguments.find("test");
  if (likelihood && (!asked || asked->is_null())) test = TestKind::chi_squared;
  Answer answer = likelihood ? likelihood_table(query, models, test) : deviance_table(query, models, test);
  std::string heading = "Analysis of Deviance Table\n\n";
  const std::vector<std::string>& texts = answer.table.columns[0].texts;
  for (std::size_t k = 0; k < texts.size(); ++k) heading += "Model " + std::to_string(k + 1) + ": " + texts[k] + "\n";
  answer.notes.set("heading", heading);
  answer.notes.set("test", test_name(test));
  return answer;
}

}  // namespace deciban::models
