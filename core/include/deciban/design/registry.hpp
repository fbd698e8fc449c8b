#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

namespace deciban::design {

/// What a function of the formula language is. A new function joins in the one table of registry.cpp.
struct FunctionEntry {
  enum class Kind {
    elementwise,  ///< one argument, one value per row, nothing learned
    expression,   ///< several arguments, nothing learned (pmin, ifelse, I): compiled by Expression
    basis,        ///< learns a splines::Basis from its first argument
    factor,       ///< makes a factor of its first argument
    offset,
    smooth,   ///< parsed and carried, fitted in a later version: `formula.smooth_unavailable`
    encoder,  ///< learns from the response or the rows that are used
  };
  const char* name;
  Kind kind;
  void (*block)(const double* x, double* out, int n);  ///< elementwise only
};

/// nullptr when the name is unknown.
const FunctionEntry* find_function(const std::string& name);
/// Names of all functions that a formula may use, for messages.
std::vector<std::string> function_names();

}  // namespace deciban::design
