// Profile-likelihood intervals and profiles of a fitted model.
#include "deciban/inference/profile.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/models/glm_tables.hpp"
#include "submodels.hpp"
#include "test_queries.hpp"

namespace deciban::models {
namespace {

// The objective in which a coefficient is a parameter: the intercept is one only where no column is shifted.
class Profiler {
 public:
  explicit Profiler(const Query& query) : query_(query), rows_(query.training_rows()) {}

  /// Calls body(objective, start, columns) for the columns that an objective serves.
  template <class Body>
  void run(const std::vector<int>& columns, Body&& body) {
    std::vector<int> slopes;
    bool intercept = false;
    for (const int column : columns) {
      if (std::isnan(query_.model.coefficients[static_cast<std::size_t>(column)])) continue;
      if (column == 0 && query_.model.spec.intercept) {
        intercept = true;
      } else {
        slopes.push_back(column);
      }
    }
    if (intercept) {
      engine::ObjectiveOptions options;
      options.shift = false;
      const design::TrainingData& training = rows_.training();
      const engine::CodedObjective plain(training, training.design, query_.model.family, query_.model.link,
                                         query_.context, options);
      body(plain, start(plain), std::vector<int>{0});
    }
    if (!slopes.empty()) body(rows_.objective(query_.context), start(rows_.objective(query_.context)), slopes);
  }

 private:
  inference::ProfileStart start(const engine::CodedObjective& objective) const {
    inference::ProfileStart from;
    from.beta = objective.own_coefficients(query_.model.coefficients);
    for (const double coefficient : query_.model.coefficients) from.keep.push_back(!std::isnan(coefficient));
    from.dispersion = query_.model.statistics.dispersion;
    from.options = rows_.newton_options();
    return from;
  }

  const Query& query_;
  TrainingRows rows_;
};

std::vector<int> chosen_columns(const Query& query) {
  const std::vector<std::string> names = query.model.names(), wanted = text_list(query.arguments, "parm");
  std::vector<int> columns;
  const Document* given = query.arguments.find("parm");
  if (!given || given->is_null()) {
    for (std::size_t j = 0; j < names.size(); ++j) columns.push_back(static_cast<int>(j));
    return columns;
  }
  for (const auto& name : wanted) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
      const std::string close = closest_match(name, names);
      throw Error(ErrorKind::input, "input.parm", "There is no coefficient " + name + ".",
                  close.empty() ? "See the names of the coefficients." : "Did you mean \"" + close + "\"?",
                  Document::object({{"parm", name}}));
    }
    columns.push_back(static_cast<int>(at - names.begin()));
  }
  return columns;
}

void warn_about_ends(const std::vector<std::string>& open, const std::vector<std::string>& failed, Warnings& warnings) {
  if (!open.empty())
    warnings.push_back({"profile.open", "warning",
                        "The profile likelihood does not close: the deviance stays below the limit, however far the "
                        "coefficient goes. The limit is infinite for " +
                            join_some(open, 8) + ".",
                        Document::object({{"coefficients", open}})});
  if (!failed.empty())
    warnings.push_back({"profile.failed", "warning",
                        "The profile likelihood has no limit that could be found (NA) for " + join_some(failed, 8) +
                            ": the fit is not at a maximum, or its means end there.",
                        Document::object({{"coefficients", failed}})});
}

Limits limits_of(const Query& query, const std::vector<int>& columns, double level, Warnings& warnings) {
  const std::size_t p = query.model.coefficients.size();
  Limits limits{std::vector<double>(p, std::nan("")), std::vector<double>(p, std::nan(""))};
  std::vector<inference::ProfileInterval> found(p);
  Profiler profiler(query);
  profiler.run(columns, [&](const engine::CodedObjective& objective, const inference::ProfileStart& start,
                            const std::vector<int>& some) {
    for (const auto& interval : inference::profile_intervals(objective, start, some, level, query.context)) {
      const std::size_t j = static_cast<std::size_t>(interval.column);
      limits.lower[j] = interval.lower;
      limits.upper[j] = interval.upper;
      found[j] = interval;
    }
  });
  std::vector<std::string> open, failed;
  const std::vector<std::string> names = query.model.names();
  for (const int column : columns) {
    const std::size_t j = static_cast<std::size_t>(column);
    if (std::isnan(query.model.coefficients[j])) continue;
    if (found[j].open_below || found[j].open_above) {
      open.push_back(names[j]);
    } else if (std::isnan(limits.lower[j]) || std::isnan(limits.upper[j])) {
      failed.push_back(names[j]);
    }
  }
  warn_about_ends(open, failed, warnings);
  return limits;
}

double level_of(const Arguments& arguments) {
  const double level = arguments.number("level", 0.95);
  if (level > 0.0 && level < 1.0) return level;
  throw Error(ErrorKind::input, "input.level", "`level` is " + format_g(level, 6) + ", outside (0, 1).",
              "Give a confidence level such as 0.95.", Document::object({{"argument", "level"}, {"value", level}}));
}

std::vector<int> all_columns(const GlmModel& model) {
  std::vector<int> columns;
  for (std::size_t j = 0; j < model.coefficients.size(); ++j) columns.push_back(static_cast<int>(j));
  return columns;
}

}  // namespace

Answer profile_intervals(const Query& query) {
  const Arguments arguments(query.arguments, {"level"}, {"parm"});
  const double level = level_of(arguments);
  const std::vector<int> columns = chosen_columns(query);
  Answer answer;
  const Limits limits = limits_of(query, columns, level, answer.warnings);
  const std::vector<std::string> names = query.model.names();
  std::vector<std::string> term;
  std::vector<double> estimate, lower, upper;
  for (const int column : columns) {
    const std::size_t j = static_cast<std::size_t>(column);
    term.push_back(names[j]);
    estimate.push_back(query.model.coefficients[j]);
    lower.push_back(limits.lower[j]);
    upper.push_back(limits.upper[j]);
  }
  answer.table.add("term", term).add("estimate", estimate).add("lower", lower).add("upper", upper);
  return answer;
}

Answer profile_coef_table(const Query& query) {
  const Arguments arguments(query.arguments, {"level"});
  const double level = level_of(arguments);
  Answer answer;
  const Limits limits = limits_of(query, all_columns(query.model), level, answer.warnings);
  answer.table = coef_table(query.model, level, &limits);
  return answer;
}

Answer profile_relativities(const Query& query) {
  const Arguments arguments(query.arguments, {"level"});
  const double level = level_of(arguments);
  relativities(query.model, level);  // raises
  Answer answer;
  const Limits limits = limits_of(query, all_columns(query.model), level, answer.warnings);
  answer.table = relativities(query.model, level, &limits);
  return answer;
}

Answer profile(const Query& query) {
  const Arguments arguments(query.arguments, {"level", "steps"}, {"parm"});
  const std::vector<int> columns = chosen_columns(query);
  const int steps = static_cast<int>(arguments.whole("steps", 10, 1));
  const double reach = math::normal_quantile(0.5 + 0.5 * (arguments.has("level") ? level_of(arguments) : 0.99));
  Answer answer;
  const std::vector<std::string> names = query.model.names();
  std::vector<std::vector<inference::ProfilePoint>> found(names.size());
  Profiler profiler(query);
  profiler.run(columns, [&](const engine::CodedObjective& objective, const inference::ProfileStart& start,
                            const std::vector<int>& some) {
    for (auto& point : inference::profile_points(objective, start, some, steps, reach, query.context))
      found[static_cast<std::size_t>(point.column)].push_back(std::move(point));
  });
  std::vector<std::string> term;
  std::vector<double> value, tau, deviance;
  for (const int column : columns) {
    for (const auto& point : found[static_cast<std::size_t>(column)]) {
      term.push_back(names[static_cast<std::size_t>(column)]);
      value.push_back(point.value);
      tau.push_back(point.tau);
      deviance.push_back(point.deviance);
    }
  }
  answer.table.add("term", term).add("value", value).add("tau", tau).add("deviance", deviance);
  return answer;
}

}  // namespace deciban::models
