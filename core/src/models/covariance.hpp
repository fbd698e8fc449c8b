#pragma once
#include "deciban/base/config.hpp"

#include "deciban/inference/covariance.hpp"
#include "query_parts.hpp"

namespace deciban::models {

/// Gives a model another covariance, its `covariance_kind` and its warnings, which are returned as well.
/// @param training, objective  those of the model's fit.
/// @param data, vectors        where the columns of clusters are looked up, vectors first.
/// Raises InputError `data.unknown_column`, `vcov.one_cluster`, `vcov.wide_factor`; DataError `vcov.cluster_missing`.
/// Warnings: `vcov.full_leverage`, `vcov.not_positive`.
Warnings set_covariance(GlmModel& model, const inference::CovarianceSpec& spec, const design::TrainingData& training,
                        const engine::CodedObjective& objective, const data::Table& data, const data::Table& vectors,
                        const RunContext& context);

/// Question `with_vcov`: the model with another covariance. Argument `vcov`.
Answer with_vcov(const Query& query);

}  // namespace deciban::models
