#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/formula/ast.hpp"
#include "variables.hpp"

namespace deciban::design {

/// Whether a call is te(...), fe(...) or woe(...), or one elementwise function of it.
bool is_encoder_call(const formula::Node& call);
/// Reads such a call. Raises FormulaError `formula.arguments`.
void declare_encoder(const formula::Node& call, Variable& variable);

/// Placeholder of its rows, present everywhere: what they hold is known once incomplete rows are gone.
RawVariable encoder_placeholder(const data::Table& data);
/// Learns an encoder from the rows that are used and gives their values: those of te() do not depend on the row's own
/// response. @param training  rows that are used. Raises as encoders do, FormulaError `formula.encoder_response` for
/// te() and woe() without a response, woe() with one outside of [0, 1], DataError `encoder.alone` when no other row can
/// speak for a row.
RawVariable learn_encoder(Variable& variable, const TrainingData& training, const data::Table& data,
                          const RunContext& context);
/// Values of new rows.
RawVariable read_encoder(const Variable& variable, const data::Table& data, const RunContext& context);

}  // namespace deciban::design
