#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/formula/ast.hpp"

namespace deciban::formula {

/// Parses a formula (`y ~ a + log(b)`, or one-sided `~ a`, or without tilde as a right-hand side only). The grammar is
/// in core/src/formula/GRAMMAR.md. Raises FormulaError `formula.syntax` with context {position, caret} and a message
/// that shows the formula with a caret line.
Formula parse_formula(const std::string& text);

/// Parses one expression without tilde, such as a column argument `log(Exposure)`. Same errors.
NodePtr parse_expression(const std::string& text);

/// An error whose context has a `position` in `source`, with the formula and a caret line added to the message and the
/// context. Any other error, and one that has its caret already, comes back as it is.
Error with_caret(const Error& error, const std::string& source);

/// Canonical text: one space around binary operators (none around `:` and `^`), double quotes, backticks where a name
/// needs them, numbers in shortest form. Parsing it gives an equal tree.
std::string to_text(const Node& node);
std::string to_text(const Formula& formula);

/// Structural equality, positions left aside.
bool equal(const Node& a, const Node& b);

/// Distinct names used as variables in order of appearance (function names excluded).
std::vector<std::string> variables(const Node& node);

}  // namespace deciban::formula
