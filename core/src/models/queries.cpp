// The questions that a fitted model answers.
#include "deciban/models/queries.hpp"

#include "covariance.hpp"
#include "deciban/models/design_view.hpp"
#include "deciban/parallel/team.hpp"
#include "hypotheses.hpp"
#include "influence.hpp"
#include "prediction_queries.hpp"
#include "query_parts.hpp"
#include "rating_queries.hpp"
#include "test_queries.hpp"

namespace deciban::models {
namespace {

struct Entry {
  const char* name;
  Answer (*answer)(const Query& query);
};

// How a fit would sum the rows: `part, name, stored, ...` as explain_plan() of design_view.hpp.
Answer plan(const Query& query) {
  Answer answer;
  if (!query.data.data) query.training_rows();  // raises
  answer.table = explain_plan(query.model, *query.data.data, query.context);
  return answer;
}

constexpr Entry kEntries[] = {
    {"aliased", aliased},
    {"explain_plan", plan},
    {"rating_table", rating_table},
    {"training_columns", training_columns},
    {"vif", vif},
    {"with_coefficients", with_coefficients},
    {"anova", anova},
    {"compare_models", compare_models},
    {"drop1", drop1},
    {"add1", add1},
    {"term_importance", term_importance},
    {"profile_intervals", profile_intervals},
    {"profile", profile},
    {"profile_coef_table", profile_coef_table},
    {"profile_relativities", profile_relativities},
    {"goodness_of_fit", goodness_of_fit},
    {"overdispersion_test", overdispersion_test},
    {"link_test", link_test},
    {"prediction", answer_prediction},
    {"prediction_columns", answer_prediction_columns},
    {"prediction_terms", answer_prediction_terms},
    {"column_means", answer_column_means},
    {"pit", answer_pit},
    {"simulate", answer_simulate},
    {"bootstrap", answer_bootstrap},
    {"with_vcov", with_vcov},                  // the model with another covariance
    {"linear_hypothesis", linear_hypothesis},  // Wald test of hypotheses about coefficients
    {"term_tests", term_tests},                // the same of each term
    {"influence", influence},                  // leverage, Cook's distance, standardised residuals of rows
    {"dfbeta", dfbeta},                        // change of coefficients by row
    {"quantile_residuals", quantile_residuals},
};

}  // namespace

TrainingRows Query::training_rows() const {
  if (!data.data || !data.vectors)
    throw Error(ErrorKind::data, "model.no_data", "The rows of the fit are needed, and the model has no data.",
                "Hand the training data in.");
  return TrainingRows(model, *data.data, *data.vectors, context);
}

Answer query(const GlmModel& model, const std::string& name, const Document& arguments, const QueryData& rows,
             const std::vector<const GlmModel*>& more, const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  for (const Entry& entry : kEntries)
    if (name == entry.name) return entry.answer({model, arguments, rows, more, context});
  throw Error(ErrorKind::input, "input.query", "Models do not answer \"" + name + "\".",
              "Use the functions of the package.", Document::object({{"query", name}}));
}

}  // namespace deciban::models
