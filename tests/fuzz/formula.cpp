#include "deciban/formula/parser.hpp"

#include <string>

#include "deciban/base/error.hpp"
#include "deciban/data/table.hpp"
#include "design/expand.hpp"
#include "fuzz/errors.hpp"
#include "fuzz/properties.hpp"

using namespace deciban;
using namespace deciban::formula;

namespace {

data::Table columns() {
  data::Table table;
  for (const char* name : {"y", "a", "b", "c", "d", "x", "odd name", "log(x)", "pr\xC3\xA4mie"})
    table.add(data::make_column(name, std::vector<double>{1.0}));
  return table;
}

bool same(const NodePtr& a, const NodePtr& b) { return !a == !b && (!a || equal(*a, *b)); }
bool same(const Formula& a, const Formula& b) { return same(a.response, b.response) && same(a.right, b.right); }

std::string syntax_trouble(const Error& error) {
  const std::string& code = error.code();
  if (code != "formula.syntax" && code != "formula.too_long" && code != "formula.too_deep")
    return "the parser refuses with code " + code;
  if (!error.context().find("position") || !error.context().find("caret")) return "no position in the context";
  return fuzz::error_trouble(error, {ErrorKind::formula});
}

std::string text_of(const Formula& formula) { return to_text(formula); }
std::string text_of(const NodePtr& node) { return to_text(*node); }

// The canonical text of `tree`, read by `parse`, gives the tree and the text again.
template <class Tree, class Parse>
std::string round_trip_trouble(const Tree& tree, Parse&& parse) {
  const std::string canonical = text_of(tree);
  try {
    const Tree again = parse(canonical);
    if (!same(tree, again)) return "another tree from the canonical text " + canonical;
    if (text_of(again) != canonical) return "canonical text " + canonical + " becomes " + text_of(again);
  } catch (const Error& error) {
    return "canonical text " + canonical + " is refused: " + error.what();
  }
  return "";
}

std::string expansion_trouble(const Formula& formula) {
  static const data::Table table = columns();
  try {
    const design::ExpandedFormula expanded = design::expand(formula, table);
    for (const auto& term : expanded.terms)
      for (const int variable : term)
        if (variable < 0 || static_cast<std::size_t>(variable) >= expanded.variables.size())
          return "a term names variable " + std::to_string(variable);
  } catch (const Error& error) {
    if (!error.context().find("position")) return "no position in the context of " + error.code();
    return fuzz::error_trouble(error, {ErrorKind::formula});
  }
  return "";
}

template <class Parse, class Check>
std::string trouble(const std::string& bytes, Parse&& parse, Check&& check) {
  try {
    const auto tree = parse(bytes);
    const std::string text = round_trip_trouble(tree, parse);
    return text.empty() ? check(tree) : text;
  } catch (const Error& error) {
    return syntax_trouble(error);
  }
}

}  // namespace

std::string fuzz::formula(const std::string& bytes) {
  const std::string whole = trouble(bytes, parse_formula, expansion_trouble);
  if (!whole.empty()) return whole;
  return trouble(bytes, parse_expression, [](const NodePtr& tree) {
    for (const auto& name : variables(*tree))
      if (name.empty()) return std::string("a variable without a name");
    return std::string();
  });
}
