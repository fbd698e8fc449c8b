// The questions that a fitted model answers.
#include "deciban/models/queries.hpp"

#include "deciban/models/design_view.hpp"
#include "deciban/parallel/team.hpp"
#include "query_parts.hpp"

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
    {"explain_plan", plan},
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
