#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/data/table.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::design {

/// The right-hand side as R's terms() sees it: variables in order of appearance, terms as sets of variables ordered by
/// their number and then by appearance, offset() calls apart.
struct ExpandedFormula {
  bool intercept = true;
  std::vector<formula::NodePtr> variables;
  std::vector<std::vector<int>> terms;  ///< ascending indices into `variables`
  std::vector<formula::NodePtr> offsets;
};

/// Expands + - : * / ^ %in% ( ) 0 1 and `.` (all columns of `data` that the response does not use), Wilkinson and
/// Rogers (1973) as R's help page "formula" documents them. Raises FormulaError `formula.unsupported`,
/// `formula.arguments`, `formula.response_on_right`, `formula.too_many_terms`.
ExpandedFormula expand(const formula::Formula& formula, const data::Table& data);

}  // namespace deciban::design
