// Robust covariances of fitted models.
#include "covariance.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/base/text.hpp"
#include "deciban/data/codes.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/solvers/inverse_information.hpp"

namespace deciban::models {
namespace {

using inference::Clusters;
using inference::CovarianceSpec;

// Any codes that tell the values of a column apart.
data::RowCodes codes_of(const data::Column& column) {
  if (column.is_categorical()) return data::encode_levels(column).codes;
  data::CodedNumbers coded;
  data::code_numbers(column, 2147483647, coded);
  return std::move(coded.codes);
}

Error missing_cluster(const std::string& name, std::int64_t count) {
  return Error(ErrorKind::data, "vcov.cluster_missing",
               "Column `" + name + "` of the clusters is missing in " + format_count(count) + " rows of the fit.",
               "Give these rows a cluster, or fit on the others.",
               Document::object({{"column", name}, {"count", count}}));
}

// Clusters of the rows that count, numbered by appearance, so that nothing depends on how the column is stored.
Clusters clusters_of(const data::Column& column, const design::TrainingData& training) {
  if (column.length() != training.rows_given)
    throw Error(ErrorKind::input, "data.length_mismatch",
                "Column `" + column.name + "` has " + format_count(column.length()) + " values, but the data have " +
                    format_count(training.rows_given) + " rows.",
                "Give one cluster per row.",
                Document::object({{"argument", "vcov"}, {"length", column.length()}, {"rows", training.rows_given}}));
  data::RowCodes codes = codes_of(column);
  if (!training.kept.empty()) codes.keep(training.kept);
  std::vector<std::int32_t> all = codes.to_vector(), number;
  std::int64_t missing = 0;
  Clusters clusters;
  for (std::size_t row = 0; row < all.size(); ++row) {
    const bool counts = (training.weights.empty() || training.weights[row] > 0.0) &&
                        (training.frequencies.empty() || training.frequencies[row] > 0.0);
    if (!counts) {
      all[row] = data::kMissingCode;
    } else if (all[row] < 0) {
      ++missing;
    } else {
      const auto code = static_cast<std::size_t>(all[row]);
      if (code >= number.size()) number.resize(code + 1, data::kMissingCode);
      if (number[code] < 0) number[code] = clusters.count++;
      all[row] = number[code];
    }
  }
  if (missing > 0) throw missing_cluster(column.name, missing);
  if (clusters.count == 1)
    throw Error(ErrorKind::data, "vcov.one_cluster", "All rows have the same value of `" + column.name + "`.",
                "A covariance by clusters needs two of them at least, and is good from some 30 on.",
                Document::object({{"column", column.name}}));
  clusters.codes = data::RowCodes(all);
  return clusters;
}

// Clusters given as vectors come first, unless they have the name of another vector.
const data::Column& cluster_column(const std::string& name, const data::Table& data, const data::Table& vectors) {
  const data::Column* column = vectors.find(name);
  for (const char* other : {"y", "weights", "exposure", "offset", "freq_weights"})
    if (name == other && data.find(name)) column = nullptr;
  return column ? *column : data.at(name);  // raises
}

std::vector<char> estimated(const GlmModel& model) {
  std::vector<char> keep;
  for (const double coefficient : model.coefficients) keep.push_back(!std::isnan(coefficient));
  return keep;
}

void warn_about(const GlmModel& model, const CovarianceSpec& spec, const inference::SandwichNotes& notes,
                Warnings& warnings) {
  if (notes.full_leverage > 0)
    warnings.push_back({"vcov.full_leverage", "warning",
                        format_count(notes.full_leverage) +
                            " rows determine a coefficient of their own (leverage 1) and are left out of the " +
                            spec.text() + " covariance, which is too small for these coefficients.",
                        Document::object({{"rows", notes.full_leverage}})});
  std::vector<std::string> negative;
  const std::vector<std::string> names = model.names();
  for (std::size_t j = 0; j < names.size(); ++j)
    if (model.covariance.variance(static_cast<int>(j)) < 0.0) negative.push_back(names[j]);
  if (!negative.empty())
    warnings.push_back({"vcov.not_positive", "warning",
                        "Clusters by several columns leave " + join_some(negative, 8) +
                            " with a negative variance: there are too few clusters.",
                        Document::object({{"coefficients", negative}})});
}

}  // namespace

Warnings set_covariance(GlmModel& model, const CovarianceSpec& spec, const design::TrainingData& training,
                        const engine::CodedObjective& objective, const data::Table& data, const data::Table& vectors,
                        const RunContext& context) {
  const std::vector<double> beta = objective.own_coefficients(model.coefficients);
  const std::vector<char> keep = estimated(model);
  const engine::Evaluation at =
      objective.evaluate({{beta.data(), nullptr, nullptr}}, engine::Information::expected, context)[0];
  const linalg::Covariance inverse = solvers::inverse_information(objective, at, beta, keep, model.rank_tol, context);
  const inference::FittedRows fit{training, objective, beta, inverse, model.statistics.nobs, model.statistics.rank};
  inference::SandwichNotes notes;
  linalg::Covariance covariance;
  if (spec.is_model()) {
    covariance = inverse;
  } else if (spec.clusters.empty()) {
    covariance = inference::hc_covariance(fit, spec.kind, context, notes);
  } else {
    std::vector<Clusters> clusters;
    for (const auto& name : spec.clusters)
      clusters.push_back(clusters_of(cluster_column(name, data, vectors), training));
    covariance = inference::cluster_covariance(fit, spec, clusters, context);
  }
  model.covariance = objective.natural_covariance(covariance);
  model.covariance.scale(spec.is_model() ? model.statistics.dispersion : 1.0, keep);
  if (objective.size() > kWholeCovariance) model.covariance.drop_border();
  model.covariance_kind = spec.text();
  Warnings warnings;
  warn_about(model, spec, notes, warnings);
  const auto of_covariance = [](const Warning& warning) { return warning.code.rfind("vcov.", 0) == 0; };
  model.warnings.erase(std::remove_if(model.warnings.begin(), model.warnings.end(), of_covariance),
                       model.warnings.end());
  model.warnings.insert(model.warnings.end(), warnings.begin(), warnings.end());
  return warnings;
}

Answer with_vcov(const Query& query) {
  const Arguments arguments(query.arguments, {"vcov"});
  const CovarianceSpec spec = inference::parse_covariance(arguments.text("vcov", "model"));
  Answer answer;
  answer.model = std::make_shared<GlmModel>(query.model);
  if (spec.is_model() && query.model.covariance_kind == "model") return answer;
  const TrainingRows rows = query.training_rows();
  answer.warnings = set_covariance(*answer.model, spec, rows.training(), rows.objective(query.context),
                                   *query.data.data, *query.data.vectors, query.context);
  return answer;
}

}  // namespace deciban::models
