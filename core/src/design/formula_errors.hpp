#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/base/error.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::design {

/// A FormulaError that points at a node.
Error formula_error(const char* code, const formula::Node& node, const std::string& message, const std::string& hint);
/// `formula.unknown_function` with the closest name.
Error unknown_function(const formula::Node& call);
/// `formula.arguments`.
Error wrong_arguments(const formula::Node& call, const std::string& what, const std::string& hint);

}  // namespace deciban::design
