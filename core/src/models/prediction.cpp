// Predictions with standard errors, intervals and terms, and predictive PIT residuals.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/inference/linear_errors.hpp"
#include "deciban/inference/predictive.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "prediction_queries.hpp"
#include "prediction_rows.hpp"
#include "std_errors.hpp"

namespace deciban::models {
namespace {

using parallel::kComputeRows;

std::vector<std::string> with(std::vector<std::string> names, const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

// The inverse link over all rows, with its slope.
struct Means {
  std::vector<double> mu, complement, slope;
};
Means means_of(const families::Link& link, const std::vector<double>& eta, const RunContext& context) {
  const std::int64_t rows = static_cast<std::int64_t>(eta.size());
  Means means{std::vector<double>(eta.size()), std::vector<double>(eta.size()), std::vector<double>(eta.size())};
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    parallel::for_compute_blocks(parallel::block_range(rows, block), [&](std::int64_t begin, int n) {
      families::inverse_link_block(
          link, eta.data() + begin,
          {means.mu.data() + begin, means.complement.data() + begin, means.slope.data() + begin, nullptr}, n);
    });
  });
  return means;
}

// Means of limits on the link scale, in ascending order. Beyond the end of the link's domain the mean is at the end of
// its own: 0 for square roots and positive powers, infinite for inverse links; means of families that are positive or
// probabilities do not leave their range.
void limits_of_mean(const GlmModel& model, std::vector<double>& lower, std::vector<double>& upper,
                    const RunContext& context) {
  using families::LinkId;
  const LinkId id = model.link.id;
  const bool falls =
      id == LinkId::inverse || id == LinkId::inverse_squared || (id == LinkId::power && model.link.exponent < 0.0);
  const bool half_line = id == LinkId::inverse_squared || id == LinkId::sqrt || id == LinkId::power ||
                         (id == LinkId::inverse && model.family.needs_positive_mean());
  const double end = falls ? HUGE_VAL : 0.0;
  for (std::vector<double>* side : {&lower, &upper}) {
    const std::vector<double> eta = *side;
    *side = means_of(model.link, eta, context).mu;
    for (std::size_t i = 0; i < eta.size(); ++i) {
      double& mu = (*side)[i];
      if (half_line && eta[i] <= 0.0) mu = end;
      if (model.family.needs_positive_mean() && mu < 0.0) mu = 0.0;
      if (model.family.is_probability()) mu = std::min(std::max(mu, 0.0), 1.0);
      if (std::isnan(eta[i])) mu = eta[i];
    }
  }
  if (falls) std::swap(lower, upper);
}

void add_confidence(const GlmModel& model, bool response, double level, const std::vector<double>& eta,
                    const std::vector<double>& errors, const PredictionRows& rows, const RunContext& context,
                    Answer& answer) {
  const double df = test_df(model), tail = 0.5 + 0.5 * level;
  const double quantile = std::isinf(df) ? math::normal_quantile(tail) : math::student_quantile(tail, df);
  std::vector<double> lower(eta.size()), upper(eta.size());
  for (std::size_t i = 0; i < eta.size(); ++i) {
    lower[i] = eta[i] - quantile * errors[i];
    upper[i] = eta[i] + quantile * errors[i];
  }
  if (response) limits_of_mean(model, lower, upper, context);
  answer.table.add("lower", spread(rows, std::move(lower))).add("upper", spread(rows, std::move(upper)));
}

// Rows are cheap here beside quantiles: one item of work holds few of them.
constexpr std::int64_t kRowsPerItem = 256;

template <class Body>
void each_law(const inference::PredictiveLaw& law, std::int64_t rows, const RunContext& context, Body&& body) {
  parallel::for_each(context, (rows + kRowsPerItem - 1) / kRowsPerItem, [&](std::int64_t item) {
    inference::PredictiveLaw::At at(law);
    for (std::int64_t i = item * kRowsPerItem; i < std::min(rows, (item + 1) * kRowsPerItem); ++i)
      body(at, static_cast<std::size_t>(i));
  });
}

void add_prediction(const GlmModel& model, double level, const std::vector<double>& eta,
                    const std::vector<double>& errors, const PredictionRows& rows, const RunContext& context,
                    Answer& answer) {
  const inference::PredictiveLaw law(model.family, model.link, parameter_law(model));
  check_law_weights(law.law(), rows.weights);
  std::vector<double> lower(eta.size(), std::nan("")), upper(eta.size(), std::nan(""));
  each_law(law, static_cast<std::int64_t>(eta.size()), context, [&](inference::PredictiveLaw::At& at, std::size_t i) {
    if (!at.set({eta[i], errors[i], rows.weight(i)})) return;
    lower[i] = at.quantile(0.5 - 0.5 * level);
    upper[i] = at.quantile(0.5 + 0.5 * level);
  });
  answer.table.add("prediction_lower", spread(rows, std::move(lower)))
      .add("prediction_upper", spread(rows, std::move(upper)));
}

std::vector<double> eta_of(const GlmModel& model, const PredictionRows& rows, const RunContext& context) {
  return engine::linear_predictor(rows.design(), model.coefficients, rows.offset, context);
}

void add_scale(const GlmModel& model, Answer& answer) {
  answer.notes.set("residual_scale", std::sqrt(model.statistics.dispersion));
  answer.notes.set("df", model.statistics.df_residual);
}

}  // namespace

// Columns `fit, se_fit`, with `confidence` also `lower, upper` and with `prediction` also `prediction_lower,
// prediction_upper`. Arguments: type ("response" or "link"), confidence, prediction, level, and those of the rows.
Answer answer_prediction(const Query& query) {
  const Arguments arguments(query.arguments, with({"type", "confidence", "prediction", "level"}, kRowArguments));
  const std::string type = arguments.text("type", "response");
  const bool response = type == "response", prediction = arguments.flag("prediction", false);
  if (!response && type != "link")
    throw Error(ErrorKind::input, "input.type", "`type` is \"" + type + "\".",
                "Use \"response\", \"link\" or, in R, \"terms\".",
                Document::object({{"argument", "type"}, {"value", type}}));
  if (prediction && !response)
    throw Error(ErrorKind::input, "input.interval", "A prediction interval holds responses, and `type` is \"link\".",
                "Use type = \"response\".", Document::object({{"argument", "interval"}, {"value", "prediction"}}));
  const double level = confidence_level(arguments);
  if (prediction) families::ResponseLaw(query.model.family);  // raises before the rows are read
  const PredictionRows rows = prediction_rows(query, arguments, prediction);
  std::vector<double> eta = eta_of(query.model, rows, query.context);
  std::vector<double> errors =
      inference::predictor_errors(rows.design(), query.model.coefficients, query.model.covariance, query.context);
  Answer answer;
  std::vector<double> fit = eta, se = errors;
  if (response) {
    Means means = means_of(query.model.link, eta, query.context);
    for (std::size_t i = 0; i < se.size(); ++i) se[i] *= std::fabs(means.slope[i]);
    fit = std::move(means.mu);
  }
  answer.table.add("fit", spread(rows, std::move(fit))).add("se_fit", spread(rows, std::move(se)));
  if (arguments.flag("confidence", false))
    add_confidence(query.model, response, level, eta, errors, rows, query.context, answer);
  if (prediction) add_prediction(query.model, level, eta, errors, rows, query.context, answer);
  label_rows(rows, answer);
  add_scale(query.model, answer);
  return answer;
}

// Column `column`: what the data of a prediction interval must hold beside the columns of the right-hand side.
Answer answer_prediction_columns(const Query& query) {
  std::vector<std::string> names;
  const design::ColumnSource& weights = query.model.spec.weights;
  if (weights.kind == design::ColumnSource::Kind::expression) design::collect_columns(*weights.expression, names);
  Answer answer;
  answer.table.add("column", names);
  return answer;
}

// Column `mean`: of each column of the design over the rows of the fit; none without an intercept, where terms are not
// centred.
Answer answer_column_means(const Query& query) {
  Answer answer;
  std::vector<double> means;
  if (query.model.spec.intercept) {
    const TrainingRows rows = query.training_rows();
    means = inference::column_means(rows.training().design, rows.training().frequencies, query.context);
  }
  answer.table.add("mean", means);
  return answer;
}

// Columns: the part of each term, then its standard error as "<term> se". Arguments: means (p, or none), and those of
// the rows. Note `constant`: the part of the predictor that is the same in all rows.
Answer answer_prediction_terms(const Query& query) {
  const Arguments arguments(query.arguments, with({"means"}, kRowArguments));
  const GlmModel& model = query.model;
  const Document* given = query.arguments.find("means");
  std::vector<double> means;
  if (given && !given->is_null())
    means = given->is_number() ? std::vector<double>{given->as_double()} : given->as_doubles("means");
  if (!means.empty() && means.size() != model.coefficients.size())
    throw Error(ErrorKind::input, "input.argument", "`means` must have one number per coefficient.", "",
                Document::object({{"argument", "means"}}));
  const PredictionRows rows = prediction_rows(query, arguments, false);
  std::vector<int> first;
  for (const auto& term : model.spec.terms) first.push_back(term.first_column);
  first.push_back(model.spec.n_columns());
  const inference::TermValues values =
      inference::term_values(rows.design(), first, means, model.coefficients, model.covariance, query.context);
  double constant = 0.0;
  for (std::size_t j = 0; j < means.size(); ++j)
    if (!std::isnan(model.coefficients[j])) constant += means[j] * model.coefficients[j];
  Answer answer;
  const std::size_t n = static_cast<std::size_t>(rows.design().rows);
  const auto part = [&](const std::vector<double>& all, std::size_t t) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(t * n);
    return spread(rows, std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(n)));
  };
  for (std::size_t t = 0; t < model.spec.terms.size(); ++t)
    answer.table.add(model.spec.terms[t].label, part(values.fit, t));
  for (std::size_t t = 0; t < model.spec.terms.size(); ++t)
    answer.table.add(model.spec.terms[t].label + " se", part(values.se, t));
  label_rows(rows, answer);
  answer.notes.set("constant", constant);
  add_scale(model, answer);
  return answer;
}

// Column `pit`: P(Y < y) + u P(Y = y) of the predictive law of each row, u uniform by `seed` and row. The rows hold
// responses: those of the fit, or others with `training` false.
Answer answer_pit(const Query& query) {
  const Arguments arguments(query.arguments, {"training", "seed"});
  const GlmModel& model = query.model;
  const std::uint64_t seed = random_seed(arguments);
  const inference::PredictiveLaw law(model.family, model.link, parameter_law(model));
  if (!query.data.data || !query.data.vectors) query.training_rows();  // raises
  PredictionRows rows;
  design::TrainingData others;
  if (arguments.flag("training", false)) {
    rows = prediction_rows(query, Arguments(Document::object({{"training", true}}), kRowArguments), true);
  } else {
    others = design::recode_training(model.spec, model.family, *query.data.data, *query.data.vectors, query.context);
    rows.own = others.design;
    rows.offset = others.offset;
    rows.weights = others.weights;
  }
  check_law_weights(law.law(), rows.weights);
  const design::TrainingData& training = rows.fitted ? rows.fitted->training() : others;
  const std::vector<double> eta = eta_of(model, rows, query.context);
  const std::vector<double> errors =
      inference::predictor_errors(rows.design(), model.coefficients, model.covariance, query.context);
  std::vector<double> pit(eta.size(), std::nan(""));
  each_law(law, static_cast<std::int64_t>(eta.size()), query.context,
           [&](inference::PredictiveLaw::At& at, std::size_t i) {
             if (!at.set({eta[i], errors[i], rows.weight(i)})) return;
             const double upper = at.cdf(training.y[i]), lower = at.below(training.y[i]);
             const std::uint64_t row = training.kept.empty() ? i : static_cast<std::uint64_t>(training.kept[i]);
             math::Stream stream(seed, math::purpose("pit"), row);
             pit[i] = law.law().continuous() ? upper : lower + stream.uniform() * (upper - lower);
           });
  Answer answer;
  answer.table.add("pit", spread(rows, std::move(pit)));
  answer.rows = rows.fitted ? rows.fitted->labelled_rows() : training.kept;
  if (answer.rows.empty())
    for (std::int64_t i = 0; i < training.design.rows; ++i) answer.rows.push_back(i);
  return answer;
}

}  // namespace deciban::models
