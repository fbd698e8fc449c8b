#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "arguments.hpp"
#include "covariance.hpp"
#include "deciban/base/text.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/solvers/family_parameter.hpp"
#include "deciban/solvers/newton.hpp"
#include "fit_visitors.hpp"

namespace deciban::models {
namespace {

const std::vector<std::string> kFitArguments = {"family",    "link",     "weights",  "exposure",     "offset",
                                                "var_power", "theta",    "variance", "freq_weights", "na_action",
                                                "unseen",    "rank_tol", "max_iter", "strict",       "vcov"};

struct FitOptions {
  double rank_tol;
  int max_iter;
  bool strict;
  inference::CovarianceSpec covariance;
};

FitOptions fit_options(const Arguments& arguments) {
  FitOptions options;
  options.rank_tol = arguments.number("rank_tol", 1e-7);
  if (!(options.rank_tol > 0.0 && options.rank_tol < 1.0))
    throw Error(ErrorKind::input, "input.argument", "`rank_tol` must lie between 0 and 1.", "R's glm uses 1e-7.",
                Document::object({{"argument", "rank_tol"}}));
  options.max_iter = static_cast<int>(arguments.whole("max_iter", 100, 1));
  options.strict = arguments.flag("strict", false);
  options.covariance = inference::parse_covariance(arguments.text("vcov", "model"));
  return options;
}

families::Family read_family(const Arguments& arguments) {
  if (!arguments.has("family"))
    throw Error(ErrorKind::input, "family.required", "`family` was not given; there is no default.",
                "Say which family, such as \"poisson\" for counts or \"gamma\" for amounts.");
  const double var_power = arguments.number("var_power", 0.0), theta = arguments.number("theta", 0.0);
  return families::make_family(arguments.text("family", ""), arguments.has("var_power") ? &var_power : nullptr,
                               arguments.has("theta") ? &theta : nullptr, arguments.text("variance", ""));
}

design::LearnRequest fit_request(const Arguments& arguments, formula::Formula formula, const data::Table& data) {
  const families::Family family = read_family(arguments);
  const families::Link link = families::make_link(arguments.text("link", ""), family);
  design::LearnRequest request = learn_request(arguments, std::move(formula), data);
  request.family = family;
  request.link = link;
  return request;
}

// The deviance of intercept and offset alone, refitted; NaN when the null model has no valid mean.
double null_deviance(const design::TrainingData& training, const GlmModel& model, const solvers::NewtonOptions& options,
                     const RunContext& context) {
  design::CodedDesign null;
  null.rows = training.design.rows;
  null.intercept = training.design.intercept;
  null.n_columns = null.intercept ? 1 : 0;
  const engine::CodedObjective objective(training, null, model.family, model.link, context);
  if (!null.intercept) {
    const auto at = objective.evaluate(linalg::Matrix(0, 1), engine::Information::expected, context)[0];
    return at.invalid_rows ? std::nan("") : at.deviance;
  }
  solvers::NewtonOptions from_mean = options;
  from_mean.start_pull = 1.0;
  from_mean.start = {families::link_value(model.link, objective.centre())};  // exact for Poisson with log link
  try {
    return solvers::newton(objective, from_mean, context).at.deviance;
  } catch (const Error& error) {
    if (error.code() != "fit.no_start") throw;
    return std::nan("");
  }
}

std::vector<std::string> pick(const std::vector<std::string>& names, const std::vector<int>& indices) {
  std::vector<std::string> picked;
  for (const int i : indices) picked.push_back(names[static_cast<std::size_t>(i)]);
  return picked;
}

void warn_about_fit(const solvers::Solution& solution, const std::vector<std::string>& names, bool strict,
                    Warnings& warnings) {
  std::vector<int> aliased;
  for (std::size_t j = 0; j < names.size(); ++j)
    if (!solution.keep[j]) aliased.push_back(static_cast<int>(j));
  const auto some = [&](const std::vector<int>& indices) { return join_some(pick(names, indices), 8); };
  if (!aliased.empty())
    warnings.push_back(
        {"fit.aliased", "warning",
         std::to_string(aliased.size()) + (aliased.size() == 1 ? " coefficient is" : " coefficients are") +
             " not estimated (NA) because the columns are constant or depend on earlier ones: " + some(aliased) + ".",
         Document::object({{"coefficients", pick(names, aliased)}})});
  if (solution.status == solvers::Status::converged) return;
  const Document figures = Document::object({{"iterations", solution.n_iter},
                                             {"status", solvers::status_name(solution.status)},
                                             {"coefficients", pick(names, solution.runaway)}});
  Warning warning;
  if (solution.status == solvers::Status::separated) {
    warning = {"fit.separation", "warning",
               "The data are separated: the likelihood has no finite maximum in the direction of " +
                   some(solution.runaway) +
                   ". Their estimates and standard errors mean nothing; merge the level with "
                   "another one or leave the term out.",
               figures};
  } else {
    warning = {"fit.not_converged", "warning",
               "The fit did not converge (" + std::string(solvers::status_name(solution.status)) + " after " +
                   std::to_string(solution.n_iter) +
                   " iterations). Check the data for extreme values, or raise "
                   "max_iter.",
               figures};
  }
  if (strict) throw Error(ErrorKind::convergence, warning.code, warning.message, "", warning.context);
  warnings.push_back(std::move(warning));
}

void take_figures(const solvers::Solution& solution, GlmModel& model) {
  FitStatistics& s = model.statistics;
  s.nobs = solution.at.n;
  s.sum_weights = solution.at.sum_w;
  s.deviance = solution.at.deviance;
  s.pearson_chi2 = solution.at.pearson;
  s.dispersion = solution.dispersion;
  s.rank = solution.rank;
  s.df_residual = s.nobs - s.rank;
  s.df_null = s.nobs - (model.spec.intercept ? 1.0 : 0.0);
  s.n_iter = solution.n_iter;
  s.status = solvers::status_name(solution.status);
}

void take_estimates(const solvers::Solution& solution, const engine::CodedObjective& objective, GlmModel& model) {
  const int p = objective.size();
  const bool refined = solution.precise_beta.high.rows() > 0,
             inverse_refined = solution.precise_inverse.high.rows() > 0;
  model.coefficients = refined ? objective.precise_natural_coefficients(solution.precise_beta)
                               : objective.natural_coefficients(solution.beta);
  model.covariance = inverse_refined
                         ? linalg::Covariance(objective.precise_natural_covariance(solution.precise_inverse))
                         : objective.natural_covariance(solution.inverse);
  model.covariance.scale(solution.dispersion, solution.keep);
  if (p > kWholeCovariance) model.covariance.drop_border();
  for (int j = 0; j < p; ++j)
    if (!solution.keep[j]) model.coefficients[j] = std::nan("");
}

void warn_about_estimate(const solvers::ParameterEstimate& found, const families::Family& family, bool strict,
                         Warnings& warnings) {
  const bool theta = family.id == families::FamilyId::negative_binomial;
  if (!found.converged) {
    const std::string name = theta ? "theta" : "var_power";
    const Warning warning = {"fit.not_converged", "warning",
                             "`" + name + "` did not converge in " + std::to_string(found.n_fits) +
                                 " fits: its likelihood has no clear maximum. Give " + name + ".",
                             Document::object({{"parameter", name}, {"fits", found.n_fits}})};
    if (strict) throw Error(ErrorKind::convergence, warning.code, warning.message, "", warning.context);
    warnings.push_back(warning);
  }
  if (found.at_bound && theta)
    warnings.push_back({"fit.no_overdispersion", "warning",
                        "The counts do not vary more than those of a Poisson law, so theta is infinite: this is the "
                        "Poisson fit. Use family \"poisson\".",
                        Document::object({{"parameter", "theta"}})});
  if (found.at_bound && !theta)
    warnings.push_back({"fit.var_power_bound", "warning",
                        "The likelihood is largest at var_power = " + format_g(found.value, 6) +
                            ", an end of the range [1.01, 1.99] that is searched. " +
                            (found.value < 1.5 ? "The responses look like counts or multiples of one amount."
                                               : "Without zeros the gamma family fits better."),
                        Document::object({{"parameter", "var_power"}, {"value", found.value}})});
}

// theta or var_power that was not given.
void estimate_parameter(const design::TrainingData& training, const solvers::NewtonOptions& newton, bool strict,
                        const RunContext& context, GlmModel& model) {
  const auto objective = [&](const families::Family& family) -> std::unique_ptr<engine::RowObjective> {
    return std::make_unique<engine::CodedObjective>(training, training.design, family, model.link, context);
  };
  const solvers::ParameterProblem problem{training, model.family, model.link, newton, objective};
  const solvers::ParameterEstimate found = model.family.id == families::FamilyId::tweedie
                                               ? solvers::estimate_var_power(problem, context)
                                               : solvers::estimate_theta(problem, context);
  model.family = families::with_parameter(model.family, found.value);
  model.family_estimate = {true, found.std_error, found.lower, found.upper, found.n_fits};
  warn_about_estimate(found, model.family, strict, model.warnings);
}

GlmModel fit(const design::LearnRequest& request, const FitOptions& options, const data::Table& data,
             const data::Table& vectors, const RunContext& given) {
  const parallel::FloatingPointGuard guard;
  RunContext context = given;
  if (data.rows() < parallel::kRowsWorthThreads) context.n_threads = 1;
  GlmModel model;
  model.family = request.family;
  model.link = request.link;
  model.rank_tol = options.rank_tol;
  model.max_iter = options.max_iter;
  const design::TrainingData training = design::learn(request, data, vectors, context, model.spec, model.warnings);
  model.statistics.rows = training.rows_given;
  model.statistics.rows_dropped = training.rows_given - training.design.rows;
  model.fingerprint = design::fingerprint(training, context);

  solvers::NewtonOptions newton;
  newton.rank_tol = options.rank_tol;
  newton.max_iter = options.max_iter;
  if (model.family.to_estimate) estimate_parameter(training, newton, options.strict, context, model);
  const engine::CodedObjective objective(training, training.design, model.family, model.link, context);
  newton.known_dispersion = model.family.has_known_dispersion();
  newton.canonical = families::is_canonical(model.family, model.link);
  std::unique_ptr<FitVisitor> visitor;
  const auto start_visitor = [&](const solvers::Solution& solution) {
    take_figures(solution, model);
    if (model.family.id == families::FamilyId::tweedie && model.family.var_power > 1.0)
      model.statistics.dispersion_ml = solvers::tweedie_dispersion(training, model.family.var_power,
                                                                   solution.at.deviance, solution.dispersion, context);
    visitor = std::make_unique<FitVisitor>(training, model);
  };
  newton.last_pass = [&](const solvers::Solution& solution) {
    start_visitor(solution);
    return objective.evaluate(solution.beta, *visitor, context);
  };
  const solvers::Solution solution = solvers::newton(objective, newton, context);
  if (!solution.last_pass_made) {
    start_visitor(solution);
    objective.accumulate(solution.beta, *visitor, context);
  }
  take_figures(solution, model);
  take_estimates(solution, objective, model);
  visitor->finish(model);
  warn_about_fit(solution, model.names(), options.strict, model.warnings);
  newton.last_pass = nullptr;
  model.statistics.null_deviance = null_deviance(training, model, newton, context);
  if (options.covariance.is_model()) return model;
  set_covariance(model, options.covariance, training, objective, data, vectors, context);
  return model;
}

}  // namespace

GlmModel fit_glm(const Document& document, const data::Table& data, const data::Table& vectors,
                 const RunContext& context) {
  const Arguments arguments(document, kFitArguments, {"formula", "contrasts"});
  if (!arguments.has("formula"))
    throw Error(ErrorKind::input, "formula.required", "`formula` was not given.",
                "Write it as response ~ terms, such as \"ClaimNb ~ Area + DrivAge\".");
  const FitOptions options = fit_options(arguments);
  return fit(fit_request(arguments, formula::parse_formula(arguments.text("formula", "")), data), options, data,
             vectors, context);
}

GlmModel fit_glm_xy(const Document& document, const data::Table& X, const data::Table& vectors,
                    const RunContext& context) {
  const Arguments arguments(document, kFitArguments, {"intercept"});
  const FitOptions options = fit_options(arguments);
  const data::Column* y = vectors.find("y");
  if (!y || y->length() != X.rows())
    throw Error(
        ErrorKind::input, "data.length_mismatch",
        "`y` has " + format_count(y ? y->length() : 0) + " values, but X has " + format_count(X.rows()) + " rows.",
        "Give one response per row of X.",
        Document::object({{"argument", "y"}, {"length", y ? y->length() : std::int64_t{0}}, {"rows", X.rows()}}));
  // The response joins the columns under a name that none of them has.
  data::Column response = *y;
  while (X.find(response.name)) response.name += "_";
  data::Table data = X;
  data.add(response);

  const auto leaf = [](const std::string& name) {
    auto node = std::make_shared<formula::Node>();
    node->kind = formula::Node::Kind::name;
    node->text = name;
    return node;
  };
  const auto number = [](double value) {
    auto node = std::make_shared<formula::Node>();
    node->kind = formula::Node::Kind::number;
    node->number = value;
    return node;
  };
  formula::Formula formula;
  formula.response = leaf(response.name);
  formula.right = number(arguments.flag("intercept", false) ? 1.0 : 0.0);
  for (const auto& column : X.columns()) {
    if (column.name.empty())  // no formula can hold it, so no model file could be read back
      throw Error(ErrorKind::input, "data.column_name", "A column of X has an empty name.", "Name all columns of X.");
    auto sum = std::make_shared<formula::Node>();
    sum->kind = formula::Node::Kind::binary;
    sum->text = "+";
    sum->arguments = {{"", formula.right}, {"", leaf(column.name)}};
    formula.right = std::move(sum);
  }
  design::LearnRequest request = fit_request(arguments, std::move(formula), data);
  request.plain_names = true;
  return fit(request, options, data, vectors, context);
}

namespace {

void add_names(const std::vector<std::string>& more, std::vector<std::string>& names) {
  for (const auto& name : more)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

bool has_dot(const formula::Node& node) {
  if (node.kind == formula::Node::Kind::dot) return true;
  for (const auto& argument : node.arguments)
    if (argument.value && has_dot(*argument.value)) return true;
  return false;
}

}  // namespace

std::vector<std::string> referenced_columns(const Document& document) {
  std::vector<std::string> names;
  const auto add = [&](const formula::NodePtr& node) {
    if (node) add_names(formula::variables(*node), names);
  };
  if (const Document* text = document.find("formula"))
    if (text->is_string()) {
      const formula::Formula formula = formula::parse_formula(text->as_string());
      add(formula.response);
      add(formula.right);
      if (has_dot(*formula.right)) names.push_back(".");
    }
  for (const char* argument : {"weights", "exposure", "offset", "freq_weights"}) {
    const Document* value = document.find(argument);
    if (!value || !value->is_string()) continue;
    // may be the plain name of a column that is no expression
    if (std::find(names.begin(), names.end(), value->as_string()) == names.end()) names.push_back(value->as_string());
    try {
      add(formula::parse_expression(value->as_string()));
    } catch (const Error&) {
      // raised again, with the data at hand, by the fit
    }
  }
  if (const Document* vcov = document.find("vcov"))
    if (vcov->is_string()) add_names(inference::parse_covariance(vcov->as_string()).clusters, names);
  return names;
}

}  // namespace deciban::models
