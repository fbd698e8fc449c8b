#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

/// What a question to a fitted model gives. A matrix is a table of its columns.
struct Answer {
  tables::ResultTable table;
  Document notes = Document::object();  ///< figures that are no column, such as degrees of freedom, titles, labels
  std::vector<std::int64_t> rows;       ///< 0-based rows of the data behind the rows of the table; empty otherwise
  Warnings warnings;
  std::shared_ptr<GlmModel> model;  ///< where the answer is another model (another covariance); else null
};

/// The data of a question: those of the fit again, or new rows. Null where the caller has none.
struct QueryData {
  const data::Table* data = nullptr;
  const data::Table* vectors = nullptr;
};

/// Answers a question to a fitted model by its name: the one way from the hosts to inference, diagnostics and tables.
/// The names, their arguments and what they raise are listed where they are registered (queries.cpp).
/// @param more  other models of the question, such as those that anova compares.
/// Raises InputError `input.query` for a name that is not known, `input.unknown_argument`, `input.argument`; DataError
/// `model.no_data` when rows are needed and none are given, `model.data_changed` when they are not those of the fit.
Answer query(const GlmModel& model, const std::string& name, const Document& arguments, const QueryData& rows,
             const std::vector<const GlmModel*>& more, const RunContext& context);

}  // namespace deciban::models
