#include "formula_errors.hpp"

#include "deciban/base/text.hpp"
#include "deciban/design/registry.hpp"
#include "deciban/formula/parser.hpp"

namespace deciban::design {

Error formula_error(const char* code, const formula::Node& node, const std::string& message, const std::string& hint) {
  return Error(ErrorKind::formula, code, message, hint,
               Document::object({{"position", node.position}, {"term", formula::to_text(node)}}));
}

Error unknown_function(const formula::Node& call) {
  const std::string close = closest_match(call.text, function_names());
  const std::string known =
      close.empty() ? "Functions are " + join_some(function_names(), 40) : "Did you mean `" + close + "()`?";
  return Error(ErrorKind::formula, "formula.unknown_function",
               "`" + call.text + "()` is not a function that formulas know.",
               known + (close.empty() ? "; compute" : " Compute") + " anything else as a column of the data first.",
               Document::object({{"position", call.position}, {"function", call.text}}));
}

Error wrong_arguments(const formula::Node& call, const std::string& what, const std::string& hint) {
  return formula_error("formula.arguments", call, "`" + formula::to_text(call) + "`: " + what, hint);
}

}  // namespace deciban::design
