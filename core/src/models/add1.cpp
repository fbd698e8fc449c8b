// Tests of terms that a model does not have.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/base/text.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/inference/score_test.hpp"
#include "deciban/solvers/batch.hpp"
#include "submodels.hpp"
#include "test_queries.hpp"

namespace deciban::models {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

formula::NodePtr sum_of(formula::NodePtr a, formula::NodePtr b) {
  auto sum = std::make_shared<formula::Node>();
  sum->kind = formula::Node::Kind::binary;
  sum->text = "+";
  sum->arguments = {{"", std::move(a)}, {"", std::move(b)}};
  return sum;
}

// What the model was learned from, with more terms.
design::LearnRequest larger_request(const GlmModel& model, const std::vector<std::string>& scope) {
  const design::DesignSpec& spec = model.spec;
  design::LearnRequest request;
  request.formula = spec.formula;
  for (const auto& text : scope)
    request.formula.right = sum_of(request.formula.right, formula::parse_formula(text).right);
  request.weights = spec.weights;
  request.exposure = spec.exposure;
  request.offset = spec.offset;
  request.freq_weights = spec.freq_weights;
  request.unseen = spec.unseen;
  request.family = model.family;
  request.link = model.link;
  for (const auto& variable : spec.variables) {
    if (variable.kind != design::Variable::Kind::factor || !variable.expression ||
        variable.expression->kind != formula::Node::Kind::name)
      continue;
    const auto usual = variable.levels.ordered ? design::Contrast::poly : design::Contrast::treatment;
    if (variable.contrast != usual) request.contrasts[variable.label] = variable.contrast;
  }
  return request;
}

// The model inside a design that has more terms, over the same rows.
class LargerDesign {
 public:
  LargerDesign(const Query& query, const std::vector<std::string>& scope) : query_(query) {
    const TrainingRows rows = query.training_rows();
    Warnings warnings;
    training_ = design::learn(larger_request(query.model, scope), *query.data.data, *query.data.vectors, query.context,
                              spec_, warnings);
    require_same_rows(rows.training());
    options_ = rows.newton_options();
    find_columns();
    objective_ = std::make_unique<engine::CodedObjective>(training_, training_.design, query.model.family,
                                                          query.model.link, query.context);
    std::vector<double> natural(static_cast<std::size_t>(spec_.n_columns()), 0.0);
    for (std::size_t j = 0; j < own_.size(); ++j)
      natural[static_cast<std::size_t>(own_[j])] = query.model.coefficients[j];
    beta_ = objective_->own_coefficients(natural);
  }

  const design::DesignSpec& spec() const { return spec_; }
  const engine::CodedObjective& objective() const { return *objective_; }
  const std::vector<double>& beta() const { return beta_; }
  const std::vector<int>& candidates() const { return candidates_; }

  /// Flags of the columns of the model and of one candidate.
  std::vector<char> with(int candidate) const {
    std::vector<char> flags(static_cast<std::size_t>(spec_.n_columns()), 0);
    for (const int column : own_) flags[static_cast<std::size_t>(column)] = 1;
    const design::Term& term = spec_.terms[static_cast<std::size_t>(candidate)];
    for (int j = 0; j < term.n_columns; ++j) flags[static_cast<std::size_t>(term.first_column + j)] = 1;
    return flags;
  }

  solvers::NewtonOptions options_for(int candidate) const {
    solvers::NewtonOptions options = options_;
    options.start = beta_;
    options.fixed = with(candidate);
    for (char& flag : options.fixed) flag = !flag;
    return options;
  }

 private:
  void require_same_rows(const design::TrainingData& own) const {
    if (own.kept == training_.kept && own.design.rows == training_.design.rows) return;
    const std::int64_t lost = own.design.rows - training_.design.rows;
    throw Error(ErrorKind::data, "add1.other_rows",
                "The terms to try are missing in " + format_count(lost) + " of the " + format_count(own.design.rows) +
                    " rows that the model was fitted on.",
                "Fit the model to the complete rows, or fill the missing values in, then try the terms.",
                Document::object({{"rows", own.design.rows}, {"missing", lost}}));
  }

  void find_columns() {
    const std::vector<std::string> names = spec_.column_names();
    std::vector<std::string> labels;
    for (const auto& term : query_.model.spec.terms) labels.push_back(term.label);
    for (std::size_t k = 0; k < spec_.terms.size(); ++k)
      if (std::find(labels.begin(), labels.end(), spec_.terms[k].label) == labels.end())
        candidates_.push_back(static_cast<int>(k));
    if (candidates_.empty())
      throw Error(ErrorKind::input, "add1.no_terms", "`scope` has no terms that are not in the model.",
                  "Give terms such as \"log(x)\" or \"a:b\".");
    for (const auto& name : query_.model.names()) {
      const auto at = std::find(names.begin(), names.end(), name);
      if (at == names.end())
        throw Error(ErrorKind::input, "add1.coding",
                    "With the terms of `scope` the model's own column " + name + " would be coded in another way.",
                    "Fit both models, with main effects before their interactions, and compare them by anova().",
                    Document::object({{"coefficient", name}}));
      own_.push_back(static_cast<int>(at - names.begin()));
    }
  }

  const Query& query_;
  design::DesignSpec spec_;
  design::TrainingData training_;
  solvers::NewtonOptions options_;
  std::vector<int> own_, candidates_;  // columns of the model in the larger design; terms beyond the model's
  std::unique_ptr<engine::CodedObjective> objective_;
  std::vector<double> beta_;
};

struct Lines {
  std::vector<std::string> term;
  std::vector<double> df, deviance, aic, statistic, p_value;
  void add(const std::string& label, double degrees, double left, double criterion,
           const inference::TestResult& result) {
    term.push_back(label);
    df.push_back(degrees);
    deviance.push_back(left);
    aic.push_back(criterion);
    statistic.push_back(result.statistic);
    p_value.push_back(result.p_value);
  }
};

// Score tests of all candidates from the sums at the model's own coefficients: one pass over the rows.
void add_scores(const Query& query, const LargerDesign& larger, const inference::Dispersion& phi, Lines& lines) {
  const auto at = larger.objective().evaluate(std::vector<engine::PassModel>{{larger.beta().data(), nullptr, nullptr}},
                                              engine::Information::expected, query.context)[0];
  for (const int candidate : larger.candidates()) {
    const inference::ScoreStatistic found =
        inference::score_statistic(larger.objective(), at, larger.with(candidate), query.model.rank_tol, query.context);
    const double df = found.rank - query.model.statistics.rank;
    lines.add(larger.spec().terms[static_cast<std::size_t>(candidate)].label, df, kNone, kNone,
              inference::chi_squared_test(std::max(0.0, found.statistic), df, phi.value));
  }
}

// The dispersion of an F test is that of the larger model.
inference::Dispersion dispersion_of(const solvers::Solution& fit, const Query& query) {
  if (is_given_dispersion(query.arguments) || query.model.family.has_known_dispersion())
    return dispersion_for(query.model, query.arguments);
  const Document* kind = query.arguments.find("dispersion");
  const double df = fit.at.n - fit.rank;
  const bool deviance = kind && kind->is_string() && kind->as_string() == "deviance";
  return {(deviance ? fit.at.deviance : fit.at.pearson) / df, df};
}

void add_fits(const Query& query, const LargerDesign& larger, TestKind test, const AicColumn& aic, Lines& lines) {
  std::vector<solvers::NewtonOptions> fits;
  for (const int candidate : larger.candidates()) fits.push_back(larger.options_for(candidate));
  const auto found = solvers::newton_together(larger.objective(), fits, query.context);
  const FitStatistics& s = query.model.statistics;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const double df = found[k].rank - s.rank, deviance = found[k].at.deviance;
    inference::TestResult result{kNone, kNone};
    if (test == TestKind::f)
      result = inference::f_test(std::max(0.0, s.deviance - deviance), df, dispersion_of(found[k], query));
    if (test == TestKind::chi_squared)
      result =
          inference::chi_squared_test(std::max(0.0, aic.likelihood(s.deviance) - aic.likelihood(deviance)), df, 1.0);
    lines.add(larger.spec().terms[static_cast<std::size_t>(larger.candidates()[k])].label, df, deviance,
              aic.of(deviance, found[k].rank), result);
  }
}

}  // namespace

Answer add1(const Query& query) {
  const Arguments arguments(query.arguments, {"test", "dispersion", "k"}, {"scope"});
  const Document* asked = query.arguments.find("test");
  const TestKind test = !asked || asked->is_null() ? TestKind::score : test_kind(query);
  const inference::Dispersion phi = dispersion_for(query.model, query.arguments);
  const AicColumn aic(query,
                      is_given_dispersion(query.arguments) ? phi : dispersion_for(query.model, Document::object()),
                      arguments.number("k", 2.0));
  const std::vector<std::string> scope = text_list(query.arguments, "scope");
  if (scope.empty())
    throw Error(ErrorKind::input, "add1.no_terms", "`scope` was not given.",
                "Give the terms to try, such as \"log(x)\" or \"a:b\".");
  const LargerDesign larger(query, scope);
  Answer answer;
  Lines lines;
  const FitStatistics& s = query.model.statistics;
  lines.add("<none>", kNone, s.deviance, aic.of(s.deviance, s.rank), {kNone, kNone});
  if (test == TestKind::score) {
    add_scores(query, larger, phi, lines);
  } else {
    add_fits(query, larger, test, aic, lines);
  }
  answer.table.add("term", lines.term)
      .add("df", lines.df)
      .add("deviance", lines.deviance)
      .add("aic", lines.aic)
      .add("statistic", lines.statistic)
      .add("p_value", lines.p_value);
  answer.notes.set("heading", "Single term additions\n\n" + model_heading(query.model) + "\n");
  answer.notes.set("test", test_name(test));
  answer.notes.set("dispersion", phi.value);
  warn_about_f(test, phi, answer.warnings);
  return answer;
}

}  // namespace deciban::models
