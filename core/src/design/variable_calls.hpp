#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "deciban/design/spec.hpp"
#include "deciban/formula/ast.hpp"
#include "variables.hpp"

namespace deciban::design {

/// Arguments of a call by R's rule: named ones first (unique prefixes do not count), then positional ones in order.
class CallArguments {
 public:
  /// Raises FormulaError `formula.arguments` for unknown names, repeats and too many arguments.
  CallArguments(const formula::Node& call, const std::vector<std::string>& names);
  const formula::Node* find(const std::string& name) const;
  /// The node that a variable's input comes from; `formula.arguments` when it is absent.
  formula::NodePtr input(const std::string& name) const;
  double number(const std::string& name, double otherwise) const;
  int whole(const std::string& name, int otherwise) const;
  bool flag(const std::string& name, bool otherwise) const;
  std::vector<double> numbers(const std::string& name) const;

 private:
  const formula::Node& call_;
  std::vector<std::pair<std::string, formula::NodePtr>> values_;
};

/// Learns the basis of a call of bs, ns, ms, poly, scale or center from distinct values and their row counts.
splines::Basis learn_basis(const formula::Node& call, const std::vector<double>& values,
                           const std::vector<std::int64_t>& counts);
/// Checks the arguments of such a call and gives its input expression.
formula::NodePtr basis_input(const formula::Node& call);

/// Fills what a call of factor, as.factor, ordered, C, cut or bin says about a variable.
void declare_factor_call(const formula::Node& call, Variable& variable, VariableWish& wish);

/// cut(): breaks for a number of intervals over a range, and R's labels "(a,b]" of intervals.
std::vector<double> even_breaks(double low, double high, int intervals);
std::vector<std::string> interval_labels(const std::vector<double>& breaks, bool right, bool include_lowest,
                                         int digits);
/// Interval of x among the breaks, or data::kMissingCode when it lies in none.
std::int32_t interval_of(double x, const Variable& variable);

}  // namespace deciban::design
