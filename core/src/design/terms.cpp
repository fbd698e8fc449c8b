#include "terms.hpp"

#include <algorithm>

#include "deciban/base/error.hpp"
#include "deciban/formula/parser.hpp"

namespace deciban::design {
namespace {

using formula::Node;
using formula::NodePtr;

Error formula_error(const char* code, const Node& node, const std::string& message, const std::string& hint) {
  return Error(ErrorKind::formula, code, message, hint,
               Document::object({{"position", node.position}, {"term", formula::to_text(node)}}));
}

const Node& without_parens(const Node& node) {
  return node.kind == Node::Kind::paren ? without_parens(*node.arguments[0].value) : node;
}

bool is_factor_call(const Node& node) {
  return node.kind == Node::Kind::call && (node.text == "factor" || node.text == "C");
}

Term make_term(const NodePtr& node, const data::Table& data) {
  Term term;
  term.label = formula::to_text(*node);
  term.expression = node;
  if (node->kind == Node::Kind::name) {
    if (data.at(node->text).is_categorical()) term.kind = Term::Kind::factor;
  } else if (is_factor_call(*node)) {
    if (!is_factor_expression(*node))
      throw formula_error("formula.arguments", *node, "`" + term.label + "` must hold the name of one column.",
                          "Write " + node->text + "(column); its further arguments are not available yet.");
    term.kind = Term::Kind::factor;
  }
  return term;
}

// Sets of terms in order of appearance, as R's terms() builds them: a - (b - c) takes away what b - c leaves.
class Expansion {
 public:
  using Terms = std::vector<NodePtr>;

  Terms expand(const NodePtr& pointer, bool add) {
    const Node& node = *pointer;
    const bool sign = node.text == "+" || node.text == "-", plus = node.text == "+";
    switch (node.kind) {
      case Node::Kind::paren:
        return expand(node.arguments[0].value, add);
      case Node::Kind::unary: {
        if (!sign) break;
        Terms terms = expand(node.arguments[0].value, plus == add);
        return plus ? terms : Terms();
      }
      case Node::Kind::binary: {
        if (!sign) break;
        Terms left = expand(node.arguments[0].value, add);
        for (auto& term : expand(node.arguments[1].value, plus == add)) {
          const auto found = std::find_if(left.begin(), left.end(),
                                          [&](const NodePtr& other) { return formula::equal(*other, *term); });
          if (plus && found == left.end()) left.push_back(std::move(term));
          if (!plus && found != left.end()) left.erase(found);
        }
        return left;
      }
      case Node::Kind::number:
        if (node.number != 0.0 && node.number != 1.0) break;
        intercept = (node.number == 1.0) == add;
        return {};
      case Node::Kind::call:
        if (node.text != "offset") return {pointer};
        take_offset(node, add);
        return {};
      case Node::Kind::name:
        return {pointer};
      default:
        break;
    }
    throw formula_error("formula.unsupported", node,
                        "`" + formula::to_text(node) + "` is not available in formulas yet.",
                        "Terms are joined by + and -; make interactions and arithmetic columns of the data first.");
  }

  bool intercept = true;
  std::vector<NodePtr> offsets;

 private:
  void take_offset(const Node& node, bool add) {
    if (node.arguments.size() != 1)
      throw formula_error("formula.arguments", node, "`offset()` takes one argument.", "Write offset(column).");
    if (!add)
      throw formula_error("formula.unsupported", node, "`" + formula::to_text(node) + "` cannot be removed.",
                          "Leave the offset out of the formula.");
    offsets.push_back(node.arguments[0].value);
  }
};

}  // namespace

TermList expand_terms(const formula::Formula& formula, const data::Table& data) {
  if (!formula.response)
    throw Error(ErrorKind::formula, "formula.response_missing", "The formula has no response.",
                "Write it as response ~ terms, such as ClaimNb ~ Area + DrivAge.", Document::object({{"position", 0}}));
  Expansion expansion;
  TermList list;
  for (const auto& node : expansion.expand(formula.right, true)) list.terms.push_back(make_term(node, data));
  list.intercept = expansion.intercept;
  list.offsets = std::move(expansion.offsets);
  for (const auto& term : list.terms)
    if (formula::equal(*term.expression, *formula.response))
      throw formula_error("formula.response_on_right", *term.expression,
                          "The response `" + term.label + "` also stands on the right-hand side.",
                          "Remove it there: it would explain itself.");
  return list;
}

bool is_factor_expression(const formula::Node& node) {
  if (node.kind == Node::Kind::name) return true;
  return is_factor_call(node) && node.arguments.size() == 1 &&
         without_parens(*node.arguments[0].value).kind == Node::Kind::name;
}

const formula::Node& factor_column(const Term& term) {
  const Node& node = *term.expression;
  return node.kind == Node::Kind::name ? node : without_parens(*node.arguments[0].value);
}

}  // namespace deciban::design
