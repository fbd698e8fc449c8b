#include "variable_calls.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bin_terms.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/design/expression.hpp"
#include "deciban/design/registry.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/splines/learn.hpp"
#include "formula_errors.hpp"

namespace deciban::design {
namespace {

using formula::Node;
using formula::NodePtr;

const std::vector<std::string>& basis_arguments(const std::string& function) {
  static const std::vector<std::string> spline = {"x", "df", "knots", "degree", "intercept", "Boundary.knots"};
  static const std::vector<std::string> natural = {"x", "df", "knots", "intercept", "Boundary.knots"};
  static const std::vector<std::string> poly = {"x", "degree", "raw"};
  static const std::vector<std::string> scale = {"x", "center", "scale"};
  static const std::vector<std::string> center = {"x"};
  if (function == "ns") return natural;
  if (function == "poly") return poly;
  if (function == "scale") return scale;
  if (function == "center") return center;
  return spline;
}

// scale(x, center = TRUE | FALSE | number)
std::optional<double> scale_argument(const CallArguments& arguments, const char* name, double off) {
  const Node* node = arguments.find(name);
  if (!node) return std::nullopt;
  if (node->kind == Node::Kind::name) return constant_flag(*node, name) ? std::nullopt : std::optional<double>(off);
  return constant_number(*node, name);
}

splines::SplineOptions spline_options(const Node& call, const CallArguments& arguments) {
  splines::SplineOptions options;
  options.df = arguments.whole("df", 0);
  if (arguments.find("df") && options.df < 1)
    throw formula_error("formula.df", call, "`" + formula::to_text(call) + "`: `df` must be at least 1.",
                        "Give the number of columns, such as df = 5.");
  options.knots = arguments.numbers("knots");
  std::sort(options.knots.begin(), options.knots.end());
  options.degree = arguments.whole("degree", 3);
  options.intercept = arguments.flag("intercept", false);
  options.boundary = arguments.numbers("Boundary.knots");
  return options;
}

}  // namespace

CallArguments::CallArguments(const Node& call, const std::vector<std::string>& names) : call_(call) {
  for (const auto& argument : call.arguments) {
    if (argument.name.empty()) continue;
    std::string name =
        argument.name == "boundary" || argument.name == "Boundary_knots" ? "Boundary.knots" : argument.name;
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw wrong_arguments(call, "`" + argument.name + "` is not an argument of " + call.text + "().",
                            "Its arguments are " + join_some(names, 20) + ".");
    if (find(name)) throw wrong_arguments(call, "`" + name + "` is given twice.", "Give it once.");
    values_.emplace_back(name, argument.value);
  }
  auto next = names.begin();
  for (const auto& argument : call.arguments) {
    if (!argument.name.empty()) continue;
    while (next != names.end() && find(*next)) ++next;
    if (next == names.end())
      throw wrong_arguments(call, "it has too many arguments.", "Its arguments are " + join_some(names, 20) + ".");
    values_.emplace_back(*next, argument.value);
  }
}

const Node* CallArguments::find(const std::string& name) const {
  for (const auto& value : values_)
    if (value.first == name && value.second->kind != Node::Kind::empty &&
        !(value.second->kind == Node::Kind::name && value.second->text == "NULL"))
      return value.second.get();
  return nullptr;
}

NodePtr CallArguments::input(const std::string& name) const {
  for (const auto& value : values_)
    if (value.first == name && value.second->kind != Node::Kind::empty) return value.second;
  throw wrong_arguments(call_, "it needs a column.", "Write " + call_.text + "(column, ...).");
}

double CallArguments::number(const std::string& name, double otherwise) const {
  const Node* node = find(name);
  return node ? constant_number(*node, name.c_str()) : otherwise;
}

int CallArguments::whole(const std::string& name, int otherwise) const {
  const double value = number(name, otherwise);
  const std::string code = name == "df" || name == "degree" ? "formula." + name : "formula.arguments";
  if (!(std::fabs(value) < 1e9) || value != std::floor(value))
    throw formula_error(code.c_str(), call_,
                        "`" + formula::to_text(call_) + "`: `" + name + "` must be a whole number.",
                        "Write " + name + " = 5, for example.");
  return static_cast<int>(value);
}

bool CallArguments::flag(const std::string& name, bool otherwise) const {
  const Node* node = find(name);
  return node ? constant_flag(*node, name.c_str()) : otherwise;
}

std::vector<double> CallArguments::numbers(const std::string& name) const {
  const Node* node = find(name);
  return node ? constant_numbers(*node, name.c_str()) : std::vector<double>();
}

NodePtr basis_input(const Node& call) { return CallArguments(call, basis_arguments(call.text)).input("x"); }

splines::Basis learn_basis(const Node& call, const std::vector<double>& values,
                           const std::vector<std::int64_t>& counts) {
  const CallArguments arguments(call, basis_arguments(call.text));
  try {
    if (call.text == "bs") return splines::bs(values, counts, spline_options(call, arguments));
    if (call.text == "ns") return splines::ns(values, counts, spline_options(call, arguments));
    if (call.text == "ms") return splines::ispline(values, counts, spline_options(call, arguments));
    if (call.text == "poly")
      return splines::poly(values, counts, arguments.whole("degree", 1), arguments.flag("raw", false));
    if (call.text == "center") return splines::scale(values, counts, std::nullopt, 1.0);
    return splines::scale(values, counts, scale_argument(arguments, "center", 0.0),
                          scale_argument(arguments, "scale", 1.0));
  } catch (const Error& error) {
    if (error.context().find("position")) throw;  // says already which call it is about
    Document context = error.context();
    context.set("position", call.position);
    context.set("term", formula::to_text(call));
    throw Error(error.kind(), error.code(), "`" + formula::to_text(call) + "`: " + error.message(), error.hint(),
                context);
  }
}

namespace {

void declare_cut(const Node& call, Variable& variable, VariableWish& wish) {
  const CallArguments arguments(call,
                                {"x", "breaks", "labels", "include.lowest", "right", "dig.lab", "ordered_result"});
  variable.input = arguments.input("x");
  wish.is_cut = true;
  wish.label_digits = arguments.whole("dig.lab", 3);
  variable.right = arguments.flag("right", true);
  variable.include_lowest = arguments.flag("include.lowest", false);
  variable.levels.ordered = arguments.flag("ordered_result", false);
  variable.breaks = arguments.numbers("breaks");
  std::sort(variable.breaks.begin(), variable.breaks.end());
  if (variable.breaks.empty()) throw wrong_arguments(call, "`breaks` is missing.", "Write cut(x, c(0, 25, 60, 100)).");
  if (variable.breaks.size() == 1) {
    wish.intervals = arguments.whole("breaks", 0);
    variable.breaks.clear();
    if (wish.intervals < 2 || wish.intervals > 100000)
      throw wrong_arguments(call, "`breaks` must be at least two points, or a number of intervals from 2.",
                            "Write cut(x, 5) or cut(x, c(0, 25, 60, 100)).");
  } else if (std::adjacent_find(variable.breaks.begin(), variable.breaks.end()) != variable.breaks.end()) {
    throw wrong_arguments(call, "`breaks` are not unique.", "Leave repeated breaks out.");
  }
  if (const Node* labels = arguments.find("labels"))
    if (labels->kind != Node::Kind::name) variable.levels.labels = constant_texts(*labels, "labels");
  if (!variable.levels.labels.empty() && !variable.breaks.empty() &&
      variable.levels.labels.size() + 1 != variable.breaks.size())
    throw wrong_arguments(call, "`labels` and intervals differ in number.", "Give one label per interval.");
}

bool is_factor_call(const Node& node) {
  const FunctionEntry* entry = node.kind == Node::Kind::call ? find_function(node.text) : nullptr;
  return entry && entry->kind == FunctionEntry::Kind::factor;
}

// The input of factor(...) or C(...), which may be such a call itself: C(factor(k), sum).
void declare_input(const NodePtr& input, Variable& variable, VariableWish& wish) {
  variable.input = input;
  if (is_factor_call(*input)) declare_factor_call(*input, variable, wish);
}

void declare_contrast(const Node& call, Variable& variable, VariableWish& wish) {
  const CallArguments arguments(call, {"object", "contr", "ref", "base"});
  declare_input(arguments.input("object"), variable, wish);
  if (const Node* contrast = arguments.find("contr")) {
    if (contrast->kind == Node::Kind::call)
      throw wrong_arguments(call, "`" + formula::to_text(*contrast) + "` is no name of contrasts.",
                            "Write C(x, ref = \"D\") for a base level, or C(x, sum), C(x, helmert), C(x, poly).");
    std::string name = contrast->kind == Node::Kind::name ? contrast->text : constant_texts(*contrast, "contr").at(0);
    wish.base_last = name == "contr.SAS" || name == "SAS";
    try {
      variable.contrast = wish.base_last ? Contrast::treatment : make_contrast(name);
    } catch (const Error& error) {
      throw wrong_arguments(call, error.message(), error.hint());
    }
    wish.contrast_given = true;
    // R names the columns by level when the contrast is given by its short name
    variable.numbered = variable.contrast == Contrast::treatment && name.compare(0, 6, "contr.") == 0;
  }
  for (const char* name : {"ref", "base"}) {
    const Node* base = arguments.find(name);
    if (!base) continue;
    wish.contrast_given = true;
    if (base->kind == Node::Kind::text) {
      wish.base_label = base->text;
      wish.base_largest = std::string(name) == "base" && base->text == "largest";
    } else {
      variable.base = arguments.whole(name, 1) - 1;  // R counts levels from 1
      variable.numbered = true;
    }
  }
}

}  // namespace

void declare_factor_call(const Node& call, Variable& variable, VariableWish& wish) {
  variable.kind = Variable::Kind::factor;
  if (call.text == "bin") return declare_bins(call, variable);
  if (call.text == "cut") return declare_cut(call, variable, wish);
  if (call.text == "C") return declare_contrast(call, variable, wish);
  const CallArguments arguments(call, {"x", "levels", "labels", "ordered", "na"});
  declare_input(arguments.input("x"), variable, wish);
  variable.missing_level = arguments.flag("na", variable.missing_level);
  variable.levels.ordered = call.text == "ordered" || arguments.flag("ordered", variable.levels.ordered);
  if (const Node* labels = arguments.find("labels")) wish.labels = constant_texts(*labels, "labels");
  const Node* levels = arguments.find("levels");
  if (!levels) return;
  variable.fixed_levels = variable.levels.declared = true;
  const bool texts =
      levels->kind == Node::Kind::text || (levels->kind == Node::Kind::call && !levels->arguments.empty() &&
                                           levels->arguments[0].value->kind == Node::Kind::text);
  if (texts) {
    variable.levels.labels = constant_texts(*levels, "levels");
    return;
  }
  variable.levels.meaning = data::Meaning::number;
  variable.levels.numbers = constant_numbers(*levels, "levels");
  for (const double number : variable.levels.numbers)
    variable.levels.labels.push_back(data::level_label(data::Meaning::number, number));
}

std::vector<double> even_breaks(double low, double high, int intervals) {
  // R's cut: equal steps over the range, the outer ones moved out by 0.1 % of it; around a constant by 0.1 % of the
  // value
  double width = high - low;
  const bool constant = width == 0.0;
  if (constant) width = std::fabs(low);
  const double outer = width / 1000.0;
  const double first = constant ? low - outer : low, last = constant ? high + outer : high;
  std::vector<double> breaks;
  for (int k = 0; k <= intervals; ++k)
    breaks.push_back(k == intervals ? last : first + k * ((last - first) / intervals));
  if (!constant) {
    breaks.front() = low - outer;
    breaks.back() = high + outer;
  }
  return breaks;
}

std::vector<std::string> interval_labels(const std::vector<double>& breaks, bool right, bool include_lowest,
                                         int digits) {
  std::vector<std::string> texts;
  for (; digits <= 17; ++digits) {  // as few digits as keep the breaks apart
    texts.clear();
    for (const double b : breaks) texts.push_back(std::isinf(b) ? (b > 0.0 ? " Inf" : "-Inf") : format_g(b, digits));
    if (std::adjacent_find(texts.begin(), texts.end()) == texts.end()) break;
  }
  std::vector<std::string> labels;
  for (std::size_t k = 0; k + 1 < texts.size(); ++k) {
    const bool closed_low = !right || (include_lowest && k == 0);
    const bool closed_high = right || (include_lowest && k + 2 == texts.size());
    labels.push_back((closed_low ? "[" : "(") + texts[k] + "," + texts[k + 1] + (closed_high ? "]" : ")"));
  }
  return labels;
}

std::int32_t interval_of(double x, const Variable& variable) {
  const auto& breaks = variable.breaks;
  if (std::isnan(x)) return data::kMissingCode;
  if (variable.include_lowest && variable.right && x == breaks.front()) return 0;
  if (variable.include_lowest && !variable.right && x == breaks.back())
    return static_cast<std::int32_t>(breaks.size()) - 2;
  const auto above = variable.right ? std::lower_bound(breaks.begin(), breaks.end(), x)
                                    : std::upper_bound(breaks.begin(), breaks.end(), x);
  if (above == breaks.begin() || above == breaks.end()) return data::kMissingCode;
  return static_cast<std::int32_t>(above - breaks.begin()) - 1;
}

}  // namespace deciban::design
