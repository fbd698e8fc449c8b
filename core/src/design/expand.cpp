#include "expand.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"
#include "formula_errors.hpp"

namespace deciban::design {
namespace {

using formula::Node;
using formula::NodePtr;

using TermSet = std::vector<int>;       // ascending variables of one term; empty: the intercept
using TermList = std::vector<TermSet>;  // without repeats, in order of appearance

constexpr std::size_t kMaxTerms = 20000;

TermSet product(const TermSet& a, const TermSet& b) {
  TermSet both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

class Expander {
 public:
  Expander(const formula::Formula& formula, const data::Table& data) : formula_(formula), data_(data) {
    if (formula.response) response_names_ = formula::variables(*formula.response);
  }

  ExpandedFormula run() {
    TermList terms = walk(formula_.right);
    ExpandedFormula result;
    result.intercept = intercept_;
    std::stable_sort(terms.begin(), terms.end(),
                     [](const TermSet& a, const TermSet& b) { return a.size() < b.size(); });
    std::vector<int> new_index(variables_.size(), -1);
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      if (is_offset(*variables_[v])) {
        result.offsets.push_back(variables_[v]->arguments[0].value);
        continue;
      }
      new_index[v] = static_cast<int>(result.variables.size());
      result.variables.push_back(variables_[v]);
    }
    for (const auto& term : terms) {
      TermSet kept;
      for (const int v : term) kept.push_back(new_index[static_cast<std::size_t>(v)]);
      // a term that an offset takes part in is no term, as in R
      if (!kept.empty() && std::find(kept.begin(), kept.end(), -1) == kept.end()) result.terms.push_back(kept);
    }
    refuse_response(result);
    return result;
  }

 private:
  static bool is_offset(const Node& node) { return node.kind == Node::Kind::call && node.text == "offset"; }

  int variable(const NodePtr& node) {
    for (std::size_t v = 0; v < variables_.size(); ++v)
      if (formula::equal(*variables_[v], *node)) return static_cast<int>(v);
    if (is_offset(*node) && node->arguments.size() != 1)
      throw wrong_arguments(*node, "it takes one argument.", "Write offset(column).");
    variables_.push_back(node);
    return static_cast<int>(variables_.size()) - 1;
  }

  void add(TermList& list, TermSet term, const Node& node) {
    if (std::find(list.begin(), list.end(), term) != list.end()) return;
    if (list.size() >= kMaxTerms)
      throw formula_error(
          "formula.too_many_terms", node,
          "The formula expands to more than " + format_count(static_cast<std::int64_t>(kMaxTerms)) + " terms.",
          "Name the terms you need.");
    list.push_back(std::move(term));
  }

  // Terms of a sub-expression. 0 and 1 speak of the intercept wherever they stand and are no terms, as in R.
  TermList walk(const NodePtr& pointer) {
    const Node& node = *pointer;
    switch (node.kind) {
      case Node::Kind::paren:
        return walk(node.arguments[0].value);
      case Node::Kind::number:
        return walk_number(node);
      case Node::Kind::dot:
        return walk_dot(node);
      case Node::Kind::unary:
        if (node.text == "+") return walk(node.arguments[0].value);
        if (node.text == "-") return remove({}, node.arguments[0].value);
        return {{variable(pointer)}};
      case Node::Kind::binary:
        return node.text == "+" || node.text == "-" ? walk_sum(pointer) : walk_binary(pointer);
      case Node::Kind::name:
      case Node::Kind::call:
        return {{variable(pointer)}};
      default:
        throw formula_error("formula.unsupported", node, "`" + formula::to_text(node) + "` is no term.",
                            "Terms are columns and functions of them.");
    }
  }

  TermList walk_number(const Node& node) {
    if (node.number != 0.0 && node.number != 1.0)
      throw formula_error("formula.unsupported", node, "The number " + formula::to_text(node) + " is no term.",
                          "1 keeps the intercept, 0 or -1 removes it; nothing else is a number in a formula.");
    intercept_ = node.number == 1.0;
    return {};
  }

  TermList walk_dot(const Node& node) {
    TermList list;
    for (const auto& column : data_.columns()) {
      if (column.beside) continue;
      if (std::find(response_names_.begin(), response_names_.end(), column.name) != response_names_.end()) continue;
      auto name = std::make_shared<Node>();
      name->kind = Node::Kind::name;
      name->text = column.name;
      name->position = node.position;
      add(list, {variable(name)}, node);
    }
    return list;
  }

  // A sum leans to the left and may have thousands of terms: a loop, so that its length needs no stack.
  TermList walk_sum(const NodePtr& pointer) {
    const auto is_sum = [](const Node& node) {
      return node.kind == Node::Kind::binary && (node.text == "+" || node.text == "-");
    };
    std::vector<const Node*> sums;
    const NodePtr* first = &pointer;
    for (; is_sum(**first); first = &(*first)->arguments[0].value) sums.push_back(first->get());
    TermList list = walk(*first);
    for (auto sum = sums.rbegin(); sum != sums.rend(); ++sum) {
      const NodePtr& right = (*sum)->arguments[1].value;
      list = (*sum)->text == "+" ? unite(std::move(list), walk(right), **sum) : remove(std::move(list), right);
    }
    return list;
  }

  TermList walk_binary(const NodePtr& pointer) {
    const Node& node = *pointer;
    const NodePtr &left = node.arguments[0].value, &right = node.arguments[1].value;
    const bool combines = node.text == ":" || node.text == "%in%" || node.text == "*" || node.text == "/";
    if (node.text == "^") return power(pointer);
    if (!combines) return {{variable(pointer)}};  // comparisons and logic: a logical variable
    const TermList a = walk(left);                // left before right: variables are numbered as they appear
    const TermList b = walk(right);
    if (node.text == "*") return unite(unite(a, b, node), cross(a, b, node), node);
    if (node.text == "/") {
      // a / b is a + b within every combination of a's variables
      TermSet all;
      for (const auto& term : a) all = product(all, term);
      return unite(a, cross({all}, b, node), node);
    }
    return cross(a, b, node);
  }

  TermList power(const NodePtr& pointer) {
    const Node& node = *pointer;
    const Node& exponent = *node.arguments[1].value;
    if (exponent.kind != Node::Kind::number || !(exponent.number >= 1.0) ||
        exponent.number != std::floor(exponent.number))
      throw formula_error("formula.unsupported", node, "The power of a term must be a whole number of at least 1.",
                          "Write (a + b)^2 for all pairs, or I(x^2) for arithmetic.");
    const TermList base = walk(node.arguments[0].value);
    TermList result = base;
    // more factors than terms bring nothing new
    for (double k = 1.0; k < std::min(exponent.number, static_cast<double>(base.size())); ++k)
      result = unite(result, cross(result, base, node), node);
    return result;
  }

  TermList unite(TermList a, const TermList& b, const Node& node) {
    for (const auto& term : b) add(a, term, node);
    return a;
  }

  TermList cross(const TermList& a, const TermList& b, const Node& node) {
    TermList list;
    for (const auto& left : a)
      for (const auto& right : b) add(list, product(left, right), node);
    return list;
  }

  TermList remove(TermList from, const NodePtr& what) {
    const Node& inner = what->kind == Node::Kind::paren ? *what->arguments[0].value : *what;
    if (inner.kind == Node::Kind::number && (inner.number == 0.0 || inner.number == 1.0)) {
      intercept_ = inner.number == 0.0;
      return from;
    }
    if (is_offset(inner))
      throw formula_error("formula.unsupported", inner, "An offset cannot be removed.", "Leave it out of the formula.");
    const bool before = intercept_;
    for (const auto& term : walk(what)) from.erase(std::remove(from.begin(), from.end(), term), from.end());
    intercept_ = before;
    return from;
  }

  void refuse_response(const ExpandedFormula& result) const {
    if (!formula_.response) return;
    for (const auto& term : result.terms)
      for (const int v : term)
        if (formula::equal(*result.variables[static_cast<std::size_t>(v)], *formula_.response))
          throw formula_error(
              "formula.response_on_right", *result.variables[static_cast<std::size_t>(v)],
              "The response `" + formula::to_text(*formula_.response) + "` also stands on the right-hand side.",
              "Remove it there: it would explain itself.");
  }

  const formula::Formula& formula_;
  const data::Table& data_;
  std::vector<std::string> response_names_;
  std::vector<NodePtr> variables_;
  bool intercept_ = true;
};

}  // namespace

ExpandedFormula expand(const formula::Formula& formula, const data::Table& data) {
  return Expander(formula, data).run();
}

}  // namespace deciban::design
