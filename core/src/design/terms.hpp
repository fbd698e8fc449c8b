#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/data/table.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::design {

/// The right-hand side as a list: terms in order without repeats, offset() calls, and whether there is an intercept.
struct TermList {
  bool intercept = true;
  std::vector<Term> terms;
  std::vector<formula::NodePtr> offsets;
};

/// Expands the additive part of R's formula language: + - 0 1 ( ), offset(). A term is a factor when it is factor(x),
/// C(x) or the name of a categorical column. Raises FormulaError `formula.unsupported`, `formula.arguments`,
/// `formula.response_missing`, `formula.response_on_right`.
TermList expand_terms(const formula::Formula& formula, const data::Table& data);

/// A column name, or factor() or C() of one.
bool is_factor_expression(const formula::Node& node);
/// The column that a factor term reads: its expression must be one of those.
const formula::Node& factor_column(const Term& term);

}  // namespace deciban::design
