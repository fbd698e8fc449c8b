#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/design/model_matrix.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::models {

/// The design of a formula written out. Arguments: formula (rows without its response, if
/// any, are dropped), contrasts, na_action, unseen, sparse; weights or exposure for C(x, base = "largest").
design::ModelMatrix model_matrix(const Document& arguments, const data::Table& data, const data::Table& vectors,
                                 const RunContext& context);
/// The design of a fitted model on new rows; rows with missing values hold NaN.
design::ModelMatrix model_matrix(const GlmModel& model, const Document& arguments, const data::Table& data,
                                 const RunContext& context);

/// The same for a design that was learned without a fit.
design::ModelMatrix model_matrix(const design::DesignSpec& spec, const Document& arguments, const data::Table& data,
                                 const RunContext& context);

/// A formula's design learned without fitting.
design::DesignSpec learn_design(const Document& arguments, const data::Table& data, const data::Table& vectors,
                                const RunContext& context);

/// Bytes that a formula's design takes once it is learned.
std::int64_t design_bytes(const Document& arguments, const data::Table& data, const data::Table& vectors,
                          const RunContext& context);

/// Columns `term, variables, columns, first_column, kind, details`: what each term became.
tables::ResultTable design_info(const design::DesignSpec& spec);

/// How a fit would sum a formula's design (engine/plan_report.hpp), without a fit. Columns `part, name, stored, enters,
/// covers, cells, bytes, bytes_per_row, work_per_row, reason`: terms, then the sums that a pass over the rows makes,
/// then their total. Arguments as those of model_matrix().
tables::ResultTable explain_plan(const Document& arguments, const data::Table& data, const data::Table& vectors,
                                 const RunContext& context);
/// The same for the design of a fitted model on rows of data.
tables::ResultTable explain_plan(const GlmModel& model, const data::Table& data, const RunContext& context);

/// Parts of a formula that the core cannot evaluate, as canonical text: the host computes them and hands them in as
/// columns of that name.
std::vector<std::string> opaque_terms(const Document& arguments);

}  // namespace deciban::models
