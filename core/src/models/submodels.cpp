#include "submodels.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/inference/score_test.hpp"
#include "deciban/solvers/batch.hpp"

namespace deciban::models {

Submodels::Submodels(const Query& query) : query_(query), rows_(query.training_rows()) {}

std::vector<char> Submodels::columns_of(const std::vector<int>& terms) const {
  const design::DesignSpec& spec = query_.model.spec;
  std::vector<char> flags(static_cast<std::size_t>(spec.n_columns()), 0);
  for (const int term : terms) {
    const design::Term& one = spec.terms[static_cast<std::size_t>(term)];
    for (int j = 0; j < one.n_columns; ++j) flags[static_cast<std::size_t>(one.first_column + j)] = 1;
  }
  return flags;
}

std::vector<solvers::Solution> Submodels::without(const std::vector<std::vector<int>>& terms,
                                                  Warnings& warnings) const {
  const std::vector<double> beta = rows_.beta(query_.context);
  std::vector<solvers::NewtonOptions> fits;
  for (const auto& left_out : terms) {
    solvers::NewtonOptions options = rows_.newton_options();
    options.fixed = columns_of(left_out);
    options.start = beta;
    for (std::size_t j = 0; j < beta.size(); ++j)
      if (options.fixed[j]) options.start[j] = 0.0;
    fits.push_back(std::move(options));
  }
  std::vector<solvers::Solution> found = solvers::newton_together(objective(), fits, query_.context);
  std::vector<std::string> failed;
  for (std::size_t k = 0; k < found.size(); ++k)
    if (found[k].status != solvers::Status::converged)
      failed.push_back(query_.model.spec.terms[static_cast<std::size_t>(terms[k].front())].label);
  if (!failed.empty())
    warnings.push_back({"anova.not_converged", "warning",
                        "Fits without " + join_some(failed) + " did not converge; their tests may mean nothing.",
                        Document::object({{"terms", failed}})});
  return found;
}

double Submodels::score(const solvers::Solution& smaller, const std::vector<int>& larger_without) const {
  std::vector<char> columns = columns_of(larger_without);
  for (char& flag : columns) flag = !flag;
  return inference::score_statistic(objective(), smaller.at, columns, query_.model.rank_tol, query_.context).statistic;
}

namespace {

bool contains(const design::Term& larger, const design::Term& smaller) {
  return larger.variables.size() > smaller.variables.size() &&
         std::includes(larger.variables.begin(), larger.variables.end(), smaller.variables.begin(),
                       smaller.variables.end());
}

Error wrong_argument(const char* code, const char* name, const Document& value, const std::string& hint) {
  return Error(ErrorKind::input, code,
               std::string("`") + name + "` is " +
                   (value.is_string() ? "\"" + value.as_string() + "\"" : std::string("no such value")) + ".",
               hint, Document::object({{"argument", name}, {"value", value}}));
}

}  // namespace

std::vector<int> terms_containing(const design::DesignSpec& spec, int term) {
  std::vector<int> found;
  for (std::size_t k = 0; k < spec.terms.size(); ++k)
    if (contains(spec.terms[k], spec.terms[static_cast<std::size_t>(term)])) found.push_back(static_cast<int>(k));
  return found;
}

std::vector<int> droppable_terms(const design::DesignSpec& spec) {
  std::vector<int> found;
  for (int k = 0; k < static_cast<int>(spec.terms.size()); ++k)
    if (terms_containing(spec, k).empty()) found.push_back(k);
  return found;
}

std::vector<int> terms_named(const design::DesignSpec& spec, const std::vector<std::string>& labels) {
  const auto parts = [](const std::string& label) {
    std::vector<std::string> variables;
    std::string rest = label;
    int depth = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= rest.size(); ++i) {
      if (i < rest.size() && (rest[i] == '(' || rest[i] == '[')) ++depth;
      if (i < rest.size() && (rest[i] == ')' || rest[i] == ']')) --depth;
      if (i < rest.size() && (rest[i] != ':' || depth > 0)) continue;
      variables.push_back(rest.substr(begin, i - begin));
      begin = i + 1;
    }
    std::sort(variables.begin(), variables.end());
    return variables;
  };
  std::vector<int> found;
  std::vector<std::string> known;
  for (const auto& term : spec.terms) known.push_back(term.label);
  for (const auto& label : labels) {
    const auto match = std::find_if(known.begin(), known.end(),
                                    [&](const std::string& one) { return one == label || parts(one) == parts(label); });
    if (match == known.end()) {
      const std::string close = closest_match(label, known);
      throw Error(ErrorKind::input, "input.term", "The model has no term \"" + label + "\".",
                  close.empty() ? "Its terms are " + join_some(known, 8) + "." : "Did you mean \"" + close + "\"?",
                  Document::object({{"term", label}, {"terms", known}}));
    }
    found.push_back(static_cast<int>(match - known.begin()));
  }
  return found;
}

TestKind test_kind(const Query& query) {
  const Document* value = query.arguments.find("test");
  if (!value || value->is_null())
    return query.model.family.has_known_dispersion() ? TestKind::chi_squared : TestKind::f;
  const std::string name = value->is_string() ? value->as_string() : "";
  const std::pair<const char*, TestKind> kinds[] = {{"Chisq", TestKind::chi_squared},
                                                    {"LRT", TestKind::chi_squared},
                                                    {"F", TestKind::f},
                                                    {"Rao", TestKind::score},
                                                    {"none", TestKind::none}};
  for (const auto& kind : kinds)
    if (name == kind.first) return kind.second;
  throw wrong_argument("input.test", "test", *value, "Use \"Chisq\" (or \"LRT\"), \"F\", \"Rao\" or \"none\".");
}

const char* test_name(TestKind test) {
  switch (test) {
    case TestKind::none:
      return "none";
    case TestKind::chi_squared:
      return "Chisq";
    case TestKind::f:
      return "F";
    case TestKind::score:
      return "Rao";
  }
  return "";
}

bool is_given_dispersion(const Document& arguments) {
  const Document* value = arguments.find("dispersion");
  return value && value->is_number();
}

inference::Dispersion dispersion_for(const GlmModel& model, const Document& arguments) {
  const Document* value = arguments.find("dispersion");
  const FitStatistics& s = model.statistics;
  if (!value || value->is_null() || (value->is_string() && value->as_string() == "pearson"))
    return model.family.has_known_dispersion() ? inference::Dispersion{1.0, HUGE_VAL}
                                               : inference::Dispersion{s.dispersion, s.df_residual};
  if (value->is_string() && value->as_string() == "deviance") return {s.deviance / s.df_residual, s.df_residual};
  if (value->is_number() && value->as_double() > 0.0 && std::isfinite(value->as_double()))
    return {value->as_double(), HUGE_VAL};
  throw wrong_argument("input.dispersion", "dispersion", *value,
                       "Use \"pearson\", \"deviance\" or a positive number that is known.");
}

void warn_about_f(TestKind test, const inference::Dispersion& dispersion, Warnings& warnings) {
  if (test != TestKind::f || !std::isinf(dispersion.df)) return;
  warnings.push_back({"anova.f_known_dispersion", "warning",
                      "An F test is for an estimated dispersion; with a known one it is a chi-squared test. Use test = "
                      "\"Chisq\".",
                      Document::object()});
}

inference::TestResult deviance_test(TestKind test, double change, double df, const inference::Dispersion& dispersion) {
  return test == TestKind::f ? inference::f_test(change, df, dispersion)
                             : inference::chi_squared_test(change, df, dispersion.value);
}

std::vector<std::string> text_list(const Document& arguments, const char* name) {
  const Document* value = arguments.find(name);
  if (!value || value->is_null()) return {};
  if (value->is_string()) return {value->as_string()};
  if (value->is_array()) {
    std::vector<std::string> texts;
    for (const Document& item : value->items()) {
      if (!item.is_string()) break;
      texts.push_back(item.as_string());
    }
    if (texts.size() == value->items().size()) return texts;
  }
  throw Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be a list of texts.",
              "See the help page of the function.", Document::object({{"argument", name}}));
}

std::string model_heading(const GlmModel& model) {
  return "Model: " + families::family_label(model.family) + ", link: " + families::link_name(model.link) +
         "\n\nResponse: " + formula::to_text(*model.spec.formula.response);
}

}  // namespace deciban::models
