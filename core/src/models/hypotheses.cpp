// Wald tests of linear hypotheses about the coefficients.
#include "hypotheses.hpp"

#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/inference/linear_hypothesis.hpp"
#include "deciban/inference/wald.hpp"
#include "std_errors.hpp"

namespace deciban::models {
namespace {

using inference::HypothesisTest;
using inference::LinearHypothesis;
using linalg::Matrix;

Error no_hypotheses() {
  return Error(ErrorKind::input, "input.argument", "`hypotheses` must be texts, or a matrix of numbers.",
               "Write \"a = b\", or one row per hypothesis and one column per coefficient.",
               Document::object({{"argument", "hypotheses"}}));
}

std::vector<double> rhs_of(const Document& arguments) {
  const Document* rhs = arguments.find("rhs");
  if (!rhs || rhs->is_null()) return {};
  if (rhs->is_number()) return {rhs->as_double("rhs")};
  if (!rhs->is_array()) throw no_hypotheses();
  return rhs->as_doubles("rhs");
}

// Rows of equal length as columns.
Matrix transposed_rows(const Document::Array& rows) {
  const std::size_t p = rows.front().is_array() ? rows.front().items().size() : 0;
  Matrix transposed(static_cast<int>(p), static_cast<int>(rows.size()));
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (!rows[k].is_array() || rows[k].items().size() != p) throw no_hypotheses();
    for (std::size_t j = 0; j < p; ++j) {
      if (!rows[k].items()[j].is_number()) throw no_hypotheses();
      transposed(static_cast<int>(j), static_cast<int>(k)) = rows[k].items()[j].as_double();
    }
  }
  return transposed;
}

LinearHypothesis hypotheses_of(const Query& query, const std::vector<std::string>& names) {
  const Document* given = query.arguments.find("hypotheses");
  std::vector<double> rhs = rhs_of(query.arguments);
  if (given && given->is_string()) {
    Document one = Document::array();
    one.push(*given);
    LinearHypothesis parsed = inference::parse_hypotheses(one.as_strings(), names);
    return rhs.empty() ? parsed : inference::make_hypotheses(parsed.transposed, std::move(rhs), names);
  }
  if (!given || !given->is_array() || given->items().empty()) throw no_hypotheses();
  if (!given->items().front().is_string())
    return inference::make_hypotheses(transposed_rows(given->items()), std::move(rhs), names);
  for (const Document& item : given->items())
    if (!item.is_string()) throw no_hypotheses();
  LinearHypothesis parsed = inference::parse_hypotheses(given->as_strings(), names);
  return rhs.empty() ? parsed : inference::make_hypotheses(parsed.transposed, std::move(rhs), names);
}

bool wants_f(const Arguments& arguments, const GlmModel& model) {
  const std::string test = arguments.text("test", model.family.has_known_dispersion() ? "Chisq" : "F");
  if (test == "F" || test == "Chisq") return test == "F";
  throw Error(ErrorKind::input, "input.test", "`test` is \"" + test + "\".", "Use \"F\" or \"Chisq\".",
              Document::object({{"argument", "test"}, {"value", test}}));
}

std::string title(const GlmModel& model) {
  return "Wald test" + (model.covariance_kind == "model" ? std::string() : ", covariance " + model.covariance_kind);
}

std::string test_text(const GlmModel& model, const LinearHypothesis& hypothesis, const HypothesisTest& test, bool f) {
  std::string text = title(model) + "\n";
  for (const auto& line : hypothesis.texts) text += "  " + line + "\n";
  text += f ? "F = " : "Chisq = ";
  text += format_g(test.statistic, 5) + " on " + std::to_string(test.df);
  if (f) text += " and " + format_g(model.statistics.df_residual, 10);
  return text + " degrees of freedom, p-value: " + tables::format_p_value(test.p_value) + "\n";
}

}  // namespace

Answer linear_hypothesis(const Query& query) {
  const Arguments arguments(query.arguments, {"hypotheses", "rhs", "test", "level"});
  const GlmModel& model = query.model;
  const std::vector<std::string> names = model.names();
  const LinearHypothesis hypothesis = hypotheses_of(query, names);
  const bool f = wants_f(arguments, model);
  const HypothesisTest test =
      inference::wald_test(hypothesis, model.coefficients, model.covariance, names, f, model.statistics.df_residual);
  const inference::WaldTable wald =
      inference::wald(test.estimates, test.std_errors, test_df(model), arguments.number("level", 0.95));
  Answer answer;
  answer.table.add("hypothesis", hypothesis.texts)
      .add("estimate", test.estimates)
      .add("std_error", test.std_errors)
      .add("statistic", wald.statistic)
      .add("p_value", wald.p_value)
      .add("lower", wald.lower)
      .add("upper", wald.upper);
  answer.notes = Document::object({{"test", f ? "F" : "Chisq"},
                                   {"statistic", test.statistic},
                                   {"df", test.df},
                                   {"df_residual", model.statistics.df_residual},
                                   {"p_value", test.p_value},
                                   {"vcov", model.covariance_kind},
                                   {"text", test_text(model, hypothesis, test, f)}});
  return answer;
}

Answer term_tests(const Query& query) {
  const Arguments arguments(query.arguments, {"test"});
  const GlmModel& model = query.model;
  const std::vector<std::string> names = model.names();
  const bool f = wants_f(arguments, model);
  std::vector<std::string> terms;
  std::vector<std::int64_t> df;
  std::vector<double> statistic, p_value;
  for (const auto& term : model.spec.terms) {
    std::vector<int> columns;
    for (int j = term.first_column; j < term.first_column + term.n_columns; ++j)
      if (!std::isnan(model.coefficients[static_cast<std::size_t>(j)])) columns.push_back(j);
    Matrix transposed(static_cast<int>(names.size()), static_cast<int>(columns.size()));
    for (std::size_t k = 0; k < columns.size(); ++k) transposed(columns[k], static_cast<int>(k)) = 1.0;
    terms.push_back(term.label);
    df.push_back(static_cast<std::int64_t>(columns.size()));
    HypothesisTest test;
    test.statistic = test.p_value = std::nan("");
    if (!columns.empty())
      test = inference::wald_test(inference::make_hypotheses(std::move(transposed), {}, names), model.coefficients,
                                  model.covariance, names, f, model.statistics.df_residual);
    statistic.push_back(test.statistic);
    p_value.push_back(test.p_value);
  }
  Answer answer;
  answer.table.add("term", terms).add_integers("df", df).add("statistic", statistic).add("p_value", p_value);
  answer.notes = Document::object(
      {{"test", f ? "F" : "Chisq"}, {"df_residual", model.statistics.df_residual}, {"vcov", model.covariance_kind}});
  return answer;
}

}  // namespace deciban::models
