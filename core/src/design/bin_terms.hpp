#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/formula/ast.hpp"
#include "variables.hpp"

namespace deciban::design {

/// Reads a call bin(x, ...). Raises FormulaError `formula.arguments`.
void declare_bins(const formula::Node& call, Variable& variable);

/// Finds the bins from the rows that are used, by the response of the family (probabilities: binary; counts: with the
/// exposure; others: their deviance), and gives the codes of these rows. Missing values have a bin of their own.
/// @param training  rows that are used. @param family null: there is no response. Raises as binning::fit_bins does,
/// FormulaError `formula.encoder_response` when the method needs a response and there is none.
RawVariable learn_bins(Variable& variable, const TrainingData& training, const families::Family* family,
                       const data::Column& column, const RunContext& context);
/// Levels of the rows of a column; one whose bin had no training rows is data::kUnseenCode.
/// @param unseen, n_unseen  as read_variable
RawVariable read_bins(const Variable& variable, const data::Column& column, const RunContext& context,
                      std::vector<std::string>& unseen, std::int64_t& n_unseen);

}  // namespace deciban::design
