// Collinearity: inflation of variances by term, and coefficients that are not estimable.
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/inference/collinearity.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/models/glm.hpp"
#include "rating_queries.hpp"

namespace deciban::models {
namespace {

// Term of each coefficient, -1 for the intercept.
std::vector<int> term_of_column(const GlmModel& model) {
  std::vector<int> terms(model.coefficients.size(), -1);
  for (std::size_t t = 0; t < model.spec.terms.size(); ++t) {
    const design::Term& term = model.spec.terms[t];
    for (int j = 0; j < term.n_columns; ++j)
      terms[static_cast<std::size_t>(term.first_column + j)] = static_cast<int>(t);
  }
  return terms;
}

}  // namespace

Answer vif(const Query& query) {
  const GlmModel& model = query.model;
  const Arguments arguments(query.arguments, {});
  const linalg::Matrix covariance = covariance_matrix(model);
  const std::vector<int> terms = term_of_column(model);
  std::vector<int> kept, kept_terms;
  for (std::size_t j = 0; j < terms.size(); ++j) {
    if (terms[j] < 0 || std::isnan(model.coefficients[j])) continue;
    kept.push_back(static_cast<int>(j));
    kept_terms.push_back(terms[j]);
  }
  linalg::Matrix part(static_cast<int>(kept.size()), static_cast<int>(kept.size()));
  for (int j = 0; j < part.cols(); ++j)
    for (int i = 0; i < part.rows(); ++i)
      part(i, j) = covariance(kept[static_cast<std::size_t>(i)], kept[static_cast<std::size_t>(j)]);
  const int count = static_cast<int>(model.spec.terms.size());
  const std::vector<double> gvif = inference::generalised_vif(part, kept_terms, count);

  std::vector<std::string> labels;
  std::vector<std::int64_t> df(static_cast<std::size_t>(count), 0);
  std::vector<double> scaled;
  for (const int t : kept_terms) ++df[static_cast<std::size_t>(t)];
  for (int t = 0; t < count; ++t) {
    labels.push_back(model.spec.terms[static_cast<std::size_t>(t)].label);
    scaled.push_back(
        math::pow(gvif[static_cast<std::size_t>(t)], 0.5 / static_cast<double>(df[static_cast<std::size_t>(t)])));
  }
  Answer answer;
  answer.table.add("term", labels).add_integers("df", df).add("gvif", gvif).add("gvif_scaled", scaled);
  if (!model.spec.intercept)
    answer.warnings.push_back(
        {"vif.no_intercept", "warning",
         "The model has no intercept: inflation is then relative to columns that are not centred.",
         Document::object()});
  return answer;
}

Answer aliased(const Query& query) {
  const GlmModel& model = query.model;
  const Arguments arguments(query.arguments, {});
  const std::vector<std::string> names = model.names();
  const std::vector<int> terms = term_of_column(model);
  std::vector<std::string> coefficient, label;
  std::vector<std::int64_t> whole, left(model.spec.terms.size() + 1, 0);  // estimated coefficients by term
  for (std::size_t j = 0; j < names.size(); ++j)
    left[static_cast<std::size_t>(terms[j] + 1)] += !std::isnan(model.coefficients[j]);
  for (std::size_t j = 0; j < names.size(); ++j) {
    if (!std::isnan(model.coefficients[j])) continue;
    coefficient.push_back(names[j]);
    label.push_back(terms[j] < 0 ? "(Intercept)" : model.spec.terms[static_cast<std::size_t>(terms[j])].label);
    whole.push_back(left[static_cast<std::size_t>(terms[j] + 1)] == 0);
  }
  Answer answer;
  answer.table.add("coefficient", coefficient).add("term", label).add_flags("whole_term", whole);
  return answer;
}

}  // namespace deciban::models
