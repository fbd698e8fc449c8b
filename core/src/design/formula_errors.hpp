#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/base/error.hpp"
#include "deciban/formula/parser.hpp"

namespace deciban::design {

/// A FormulaError that points at a node.
Error formula_error(const char* code, const formula::Node& node, const std::string& message, const std::string& hint);
/// `formula.unknown_function` with the closest name.
Error unknown_function(const formula::Node& call);
/// `formula.arguments`.
Error wrong_arguments(const formula::Node& call, const std::string& what, const std::string& hint);

/// What `body` gives. Its errors that point at a node show the formula with a caret line.
template <class Body>
auto pointing_into(const formula::Formula& formula, Body&& body) {
  try {
    return body();
  } catch (const Error& error) {
    throw formula::with_caret(error, formula.source);
  }
}

}  // namespace deciban::design
