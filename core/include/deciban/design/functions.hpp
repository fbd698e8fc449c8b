#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/table.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::design {

/// The registry of formula functions without learned state: name and block function. A new one joins in functions.cpp.
/// nullptr when the name is unknown.
using ElementwiseFunction = void (*)(const double* x, double* out, int n);
ElementwiseFunction find_elementwise(const std::string& name);
/// Names of all functions that a formula may use, for messages.
std::vector<std::string> function_names();

/// Values of a numeric expression (a column name, a number, or an elementwise function of one) over rows
/// [0, data.rows()); missing is NaN. Raises FormulaError `formula.unknown_function` and `formula.unsupported` with
/// position, InputError `data.unknown_column`, DataError `data.not_numeric`.
std::vector<double> evaluate_numeric(const formula::Node& node, const data::Table& data, const RunContext& context);

}  // namespace deciban::design
