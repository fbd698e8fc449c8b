// Analysis of deviance within one model: sequential, types II and III, drop1, importance of terms.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/math/elementary.hpp"
#include "submodels.hpp"
#include "test_queries.hpp"

namespace deciban::models {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<int> range(int first, int end) {
  std::vector<int> all;
  for (int k = first; k < end; ++k) all.push_back(k);
  return all;
}

int term_count(const GlmModel& model) { return static_cast<int>(model.spec.terms.size()); }

void add_notes(const Query& query, TestKind test, const inference::Dispersion& dispersion, const std::string& title,
               Answer& answer) {
  answer.notes.set("heading", title + "\n\n" + model_heading(query.model) + "\n");
  answer.notes.set("test", test_name(test));
  answer.notes.set("dispersion", dispersion.value);
}

// Columns of a table under construction; every line is pushed whole.
struct Lines {
  std::vector<std::string> term;
  std::vector<double> df, deviance, df_residual, residual_deviance, rao, statistic, p_value;

  void add(const std::string& label, double degrees, double explained, double score, TestKind test,
           const inference::Dispersion& phi) {
    const inference::TestResult result = deviance_test(test, test == TestKind::score ? score : explained, degrees, phi);
    term.push_back(label);
    df.push_back(degrees);
    deviance.push_back(explained);
    rao.push_back(score);
    statistic.push_back(test == TestKind::none ? kNone : result.statistic);
    p_value.push_back(test == TestKind::none ? kNone : result.p_value);
  }
};

// Terms from the first on, as the formula has them.
Answer sequential(const Query& query, TestKind test, const inference::Dispersion& phi) {
  const GlmModel& model = query.model;
  const FitStatistics& s = model.statistics;
  const int count = term_count(model);
  Answer answer;
  std::vector<std::vector<int>> left_out;  // the fit without the terms from the k-th on, from the null model on
  for (int k = test == TestKind::score ? 0 : 1; k < count; ++k) left_out.push_back(range(k, count));
  std::vector<solvers::Solution> fits;
  Lines lines;
  lines.add("NULL", kNone, kNone, kNone, TestKind::none, phi);
  lines.df_residual.push_back(s.df_null);
  lines.residual_deviance.push_back(s.null_deviance);
  if (!left_out.empty()) {
    const Submodels submodels(query);
    fits = submodels.without(left_out, answer.warnings);
    const std::size_t shift = count - fits.size();
    for (int k = 1; k <= count; ++k) {
      const std::size_t fit = static_cast<std::size_t>(k) - shift;
      const double left = k < count ? s.nobs - fits[fit].rank : s.df_residual;
      const double deviance = k < count ? fits[fit].at.deviance : s.deviance;
      const double score = test == TestKind::score ? submodels.score(fits[fit - 1], range(k, count)) : kNone;
      lines.add(model.spec.terms[static_cast<std::size_t>(k - 1)].label, lines.df_residual.back() - left,
                std::max(0.0, lines.residual_deviance.back() - deviance), score, test, phi);
      lines.df_residual.push_back(left);
      lines.residual_deviance.push_back(deviance);
    }
  } else if (count == 1) {
    lines.add(model.spec.terms[0].label, s.df_null - s.df_residual, std::max(0.0, s.null_deviance - s.deviance), kNone,
              test, phi);
    lines.df_residual.push_back(s.df_residual);
    lines.residual_deviance.push_back(s.deviance);
  }
  answer.table.add("term", lines.term)
      .add("df", lines.df)
      .add("deviance", lines.deviance)
      .add("df_residual", lines.df_residual)
      .add("residual_deviance", lines.residual_deviance);
  if (test == TestKind::score) answer.table.add("rao", lines.rao);
  answer.table.add("statistic", lines.statistic).add("p_value", lines.p_value);
  add_notes(query, test, phi, "Analysis of Deviance Table", answer);
  answer.notes.set("heading",
                   answer.notes.at("heading").as_string() + "\nTerms added sequentially (first to last)\n\n");
  return answer;
}

std::vector<int> joined(std::vector<int> a, int b) {
  a.push_back(b);
  return a;
}

// Each term after all others (type III), or after all that do not contain it (type II).
Answer each_term(const Query& query, bool third, TestKind test, const inference::Dispersion& phi) {
  const GlmModel& model = query.model;
  const int count = term_count(model);
  Answer answer;
  Lines lines;
  if (count > 0) {
    const Submodels submodels(query);
    std::vector<std::vector<int>> left_out;
    std::vector<std::size_t> larger(static_cast<std::size_t>(count), static_cast<std::size_t>(-1));
    for (int k = 0; k < count; ++k)
      left_out.push_back(joined(third ? std::vector<int>{} : terms_containing(model.spec, k), k));
    for (int k = 0; k < count && !third; ++k) {
      const std::vector<int> above = terms_containing(model.spec, k);
      if (above.empty()) continue;
      larger[static_cast<std::size_t>(k)] = left_out.size();
      left_out.push_back(above);
    }
    const std::vector<solvers::Solution> fits = submodels.without(left_out, answer.warnings);
    for (int k = 0; k < count; ++k) {
      const std::size_t i = static_cast<std::size_t>(k), with = larger[i];
      const bool whole = with == static_cast<std::size_t>(-1);
      const double deviance = whole ? model.statistics.deviance : fits[with].at.deviance;
      const int rank = whole ? model.statistics.rank : fits[with].rank;
      const double score = test == TestKind::score
                               ? submodels.score(fits[i], third ? std::vector<int>{} : terms_containing(model.spec, k))
                               : kNone;
      lines.add(model.spec.terms[i].label, rank - fits[i].rank, std::max(0.0, fits[i].at.deviance - deviance), score,
                test, phi);
    }
  }
  answer.table.add("term", lines.term).add("df", lines.df).add("deviance", lines.deviance);
  if (test == TestKind::score) answer.table.add("rao", lines.rao);
  answer.table.add("statistic", lines.statistic).add("p_value", lines.p_value);
  add_notes(query, test, phi, std::string("Analysis of Deviance Table (Type ") + (third ? "III" : "II") + " tests)",
            answer);
  return answer;
}

// "I", or 1 for it.
std::string type_of(const Document& arguments) {
  const Document* value = arguments.find("type");
  if (!value || value->is_null()) return "I";
  if (value->is_string()) return value->as_string();
  const char* names[] = {"I", "II", "III"};
  for (int k = 0; k < 3; ++k)
    if (value->is_number() && value->as_double() == k + 1.0) return names[k];
  return "";
}

}  // namespace

Answer anova(const Query& query) {
  const Arguments arguments(query.arguments, {"test", "dispersion"}, {"type"});
  const TestKind test = test_kind(query);
  const inference::Dispersion phi = dispersion_for(query.model, query.arguments);
  const std::string type = type_of(query.arguments);
  Answer answer;
  if (type == "I") {
    answer = sequential(query, test, phi);
  } else if (type == "II" || type == "III") {
    answer = each_term(query, type == "III", test, phi);
  } else {
    throw Error(
        ErrorKind::input, "input.type", "`type` is " + (type.empty() ? "no such value" : "\"" + type + "\"") + ".",
        "Use \"I\", \"II\" or \"III\" (or 1, 2, 3).", Document::object({{"argument", "type"}, {"value", type}}));
  }
  warn_about_f(test, phi, answer.warnings);
  return answer;
}

AicColumn::AicColumn(const Query& query, const inference::Dispersion& phi, double k)
    : model_(query.model), phi_(phi), k_(k), given_(is_given_dispersion(query.arguments)) {
  shift_ = model_.statistics.aic + (k - 2.0) * model_.statistics.rank -
           (likelihood(model_.statistics.deviance) + k * model_.statistics.rank);
}

double AicColumn::likelihood(double deviance) const {
  if (model_.family.id != families::FamilyId::gaussian) return deviance / phi_.value;
  const double n = model_.statistics.nobs;
  return given_ ? deviance / phi_.value - n : n * math::log(deviance / n);
}

double AicColumn::of(double deviance, int rank) const { return likelihood(deviance) + k_ * rank + shift_; }

Answer drop1(const Query& query) {
  const Arguments arguments(query.arguments, {"test", "dispersion", "k"}, {"scope"});
  const GlmModel& model = query.model;
  const TestKind test = test_kind(query);
  const inference::Dispersion phi = dispersion_for(model, query.arguments);
  // R's AIC column and scaled deviance have Pearson's dispersion also where the F test has another one
  const inference::Dispersion scale =
      is_given_dispersion(query.arguments) ? phi : dispersion_for(model, Document::object());
  const AicColumn aic(query, scale, arguments.number("k", 2.0));
  const std::vector<std::string> scope = text_list(query.arguments, "scope");
  const std::vector<int> terms = scope.empty() ? droppable_terms(model.spec) : terms_named(model.spec, scope);
  Answer answer;
  Lines lines;
  std::vector<double> deviance = {model.statistics.deviance},
                      criterion = {aic.of(model.statistics.deviance, model.statistics.rank)};
  lines.add("<none>", kNone, kNone, kNone, TestKind::none, phi);
  if (!terms.empty()) {
    const Submodels submodels(query);
    std::vector<std::vector<int>> left_out;
    for (const int term : terms) left_out.push_back({term});
    const std::vector<solvers::Solution> fits = submodels.without(left_out, answer.warnings);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const double rise = std::max(0.0, fits[i].at.deviance - model.statistics.deviance);
      const double score = test == TestKind::score ? submodels.score(fits[i], {}) : kNone;
      const double change = test == TestKind::chi_squared
                                ? scale.value * std::max(0.0, aic.likelihood(fits[i].at.deviance) -
                                                                  aic.likelihood(model.statistics.deviance))
                                : rise;
      lines.add(model.spec.terms[static_cast<std::size_t>(terms[i])].label, model.statistics.rank - fits[i].rank,
                change, score, test, test == TestKind::chi_squared ? scale : phi);
      deviance.push_back(fits[i].at.deviance);
      criterion.push_back(aic.of(fits[i].at.deviance, fits[i].rank));
    }
  }
  answer.table.add("term", lines.term)
      .add("df", lines.df)
      .add("deviance", deviance)
      .add("aic", criterion)
      .add("statistic", lines.statistic)
      .add("p_value", lines.p_value);
  add_notes(query, test, phi, "Single term deletions", answer);
  warn_about_f(test, phi, answer.warnings);
  return answer;
}

Answer term_importance(const Query& query) {
  const Arguments arguments(query.arguments, {});
  const GlmModel& model = query.model;
  const int count = term_count(model);
  const double explained = model.statistics.null_deviance - model.statistics.deviance;
  Answer answer;
  std::vector<std::string> term, also;
  std::vector<double> df, deviance, share;
  if (count > 0) {
    const Submodels submodels(query);
    std::vector<std::vector<int>> left_out;
    for (int k = 0; k < count; ++k) {
      left_out.push_back({k});
      for (const int above : terms_containing(model.spec, k)) left_out.back().push_back(above);
    }
    const std::vector<solvers::Solution> fits = submodels.without(left_out, answer.warnings);
    for (std::size_t k = 0; k < fits.size(); ++k) {
      term.push_back(model.spec.terms[k].label);
      df.push_back(model.statistics.rank - fits[k].rank);
      deviance.push_back(std::max(0.0, fits[k].at.deviance - model.statistics.deviance));
      share.push_back(deviance.back() / explained);
      std::vector<std::string> others;
      for (std::size_t i = 1; i < left_out[k].size(); ++i)
        others.push_back(model.spec.terms[static_cast<std::size_t>(left_out[k][i])].label);
      also.push_back(join_some(others, others.size()));
    }
  }
  answer.table.add("term", term).add("df", df).add("deviance", deviance).add("share", share).add("also_dropped", also);
  return answer;
}

}  // namespace deciban::models
