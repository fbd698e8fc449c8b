#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "arguments.hpp"
#include "deciban/models/queries.hpp"
#include "training_rows.hpp"

namespace deciban::models {

/// A question on its way to the function that answers it.
struct Query {
  const GlmModel& model;
  const Document& arguments;
  const QueryData& data;
  const std::vector<const GlmModel*>& more;
  const RunContext& context;

  /// The rows of the fit. Raises DataError `model.no_data`, `model.data_changed`.
  TrainingRows training_rows() const;
};

}  // namespace deciban::models
