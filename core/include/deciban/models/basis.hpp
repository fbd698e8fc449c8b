#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/splines/basis.hpp"

namespace deciban::models {

/// Learns a basis from a column, as the formula functions do. Arguments: kind ("bs", "ns", "ms", "poly", "scale"), df,
/// knots, degree, intercept, boundary (two numbers), raw; those of the kind only (InputError `input.unknown_argument`).
/// Missing values are left out. Raises FormulaError `formula.df`, `formula.degree`, `formula.knots`, ... as formulas
/// do.
splines::Basis learn_basis(const Document& arguments, const data::Column& x);

/// Columns of a basis at the values of a column: n x columns(), column-major; missing gives NaN.
std::vector<double> evaluate_basis(const splines::Basis& basis, const data::Column& x, const RunContext& context);

}  // namespace deciban::models
