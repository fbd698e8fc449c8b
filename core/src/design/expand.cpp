#include "expand.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "deciban/base/text.hpp"
#include "deciban/formula/parser.hpp"
#include "formula_errors.hpp"

namespace deciban::design {
namespace {

using formula::Node;
using formula::NodePtr;

using TermSet = std::vector<int>;  // ascending variables of one term; empty: the intercept

constexpr std::size_t kMaxTerms = 20000;
constexpr std::size_t kMaxSteps = 10000000;  // about a second and 300 MB, however operators are nested
constexpr std::size_t kStepsOfProduct = 8;

struct TermHash {
  std::size_t operator()(const TermSet& term) const {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const int v : term) hash = (hash ^ static_cast<std::uint64_t>(v)) * 1099511628211u;
    return static_cast<std::size_t>(hash);
  }
};

// Numbers of terms without repeats, in order of appearance.
class TermList {
 public:
  bool contains(int term) const { return place_.count(term) != 0; }
  std::size_t size() const { return place_.size(); }
  void add(int term) {
    if (place_.emplace(term, terms_.size()).second) terms_.push_back(term);
  }
  void remove(int term) {
    const auto found = place_.find(term);
    if (found == place_.end()) return;
    terms_[found->second] = kRemoved;
    place_.erase(found);
  }
  std::vector<int> terms() const {
    std::vector<int> present;
    std::copy_if(terms_.begin(), terms_.end(), std::back_inserter(present), [](int t) { return t != kRemoved; });
    return present;
  }

 private:
  static constexpr int kRemoved = -1;
  std::vector<int> terms_;
  std::unordered_map<int, std::size_t> place_;
};

bool is_offset(const Node& node) { return node.kind == Node::Kind::call && node.text == "offset"; }

// + - : * / and %in%, which group from the left
bool combines_terms(const Node& node) {
  if (node.kind != Node::Kind::binary) return false;
  const std::string& op = node.text;
  return op == "+" || op == "-" || op == ":" || op == "*" || op == "/" || op == "%in%";
}

class Expander {
 public:
  Expander(const formula::Formula& formula, const data::Table& data) : formula_(formula), data_(data) {}

  ExpandedFormula run() {
    std::vector<TermSet> terms;
    for (const int term : walk(formula_.right).terms()) terms.push_back(sets_[static_cast<std::size_t>(term)]);
    std::stable_sort(terms.begin(), terms.end(),
                     [](const TermSet& a, const TermSet& b) { return a.size() < b.size(); });
    ExpandedFormula result;
    result.intercept = intercept_;
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
    refuse_response(result, new_index);
    return result;
  }

 private:
  int variable(const NodePtr& node) {
    const auto known = variable_of_text_.emplace(formula::to_text(*node), static_cast<int>(variables_.size()));
    if (!known.second) return known.first->second;
    if (is_offset(*node) && node->arguments.size() != 1)
      throw wrong_arguments(*node, "it takes one argument.", "Write offset(column).");
    variables_.push_back(node);
    return known.first->second;
  }

  int number_of(const TermSet& set) {
    const auto known = number_of_set_.emplace(set, static_cast<int>(sets_.size()));
    if (known.second) sets_.push_back(set);
    return known.first->second;
  }

  TermList single(const NodePtr& node) {
    TermList list;
    list.add(number_of({variable(node)}));
    return list;
  }

  // Counts what an expansion costs, so that no formula can take minutes or fill the memory.
  void spend(std::size_t steps, const Node& node) {
    steps_ += steps;
    if (steps_ > kMaxSteps)
      throw formula_error("formula.too_many_terms", node, "The formula takes too many products of terms to expand.",
                          "Name the terms you need.");
  }

  void add(TermList& list, int term, const Node& node) {
    spend(1, node);
    if (list.size() >= kMaxTerms && !list.contains(term))
      throw formula_error(
          "formula.too_many_terms", node,
          "The formula expands to more than " + format_count(static_cast<std::int64_t>(kMaxTerms)) + " terms.",
          "Name the terms you need.");
    list.add(term);
  }

  // Terms of a sub-expression. 0 and 1 speak of the intercept wherever they stand and are no terms, as in R. Operators
  // lean to the left and there may be thousands: a loop, so that their number needs no stack.
  TermList walk(const NodePtr& pointer) {
    std::vector<const Node*> operators;
    const NodePtr* first = &pointer;
    for (; combines_terms(**first); first = &(*first)->arguments[0].value) operators.push_back(first->get());
    TermList list = walk_operand(*first);  // left before right: variables are numbered as they appear
    for (auto node = operators.rbegin(); node != operators.rend(); ++node) combine(list, **node);
    return list;
  }

  TermList walk_operand(const NodePtr& pointer) {
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
        if (node.text == "-") {
          TermList none;
          remove(none, node.arguments[0].value);
          return none;
        }
        return single(pointer);
      case Node::Kind::binary:
        return node.text == "^" ? power(node) : single(pointer);  // comparisons and logic: a logical variable
      case Node::Kind::name:
      case Node::Kind::call:
        return single(pointer);
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
    if (formula_.response && response_names_.empty()) {
      const auto names = formula::variables(*formula_.response);
      response_names_.insert(names.begin(), names.end());
    }
    for (const auto& column : data_.columns()) {
      if (column.beside || response_names_.count(column.name)) continue;
      auto name = std::make_shared<Node>();
      name->kind = Node::Kind::name;
      name->text = column.name;
      name->position = node.position;
      add(list, number_of({variable(name)}), node);
    }
    return list;
  }

  // list <- list operator right
  void combine(TermList& list, const Node& node) {
    const NodePtr& right = node.arguments[1].value;
    if (node.text == "-") return remove(list, right);
    const TermList other = walk(right);
    if (node.text == "+") return unite(list, other, node);
    if (node.text == "*") {
      const TermList products = cross(list.terms(), other.terms(), node);
      unite(list, other, node);
      return unite(list, products, node);
    }
    if (node.text != "/") {
      list = cross(list.terms(), other.terms(), node);
      return;
    }
    // a / b is a + b within every combination of a's variables
    std::set<int> all;
    for (const int term : list.terms()) {
      const TermSet& set = sets_[static_cast<std::size_t>(term)];
      spend(set.size() + 1, node);
      all.insert(set.begin(), set.end());
    }
    unite(list, cross({number_of(TermSet(all.begin(), all.end()))}, other.terms(), node), node);
  }

  TermList power(const Node& node) {
    const Node& exponent = *node.arguments[1].value;
    if (exponent.kind != Node::Kind::number || !(exponent.number >= 1.0) ||
        exponent.number != std::floor(exponent.number))
      throw formula_error("formula.unsupported", node, "The power of a term must be a whole number of at least 1.",
                          "Write (a + b)^2 for all pairs, or I(x^2) for arithmetic.");
    TermList result = walk(node.arguments[0].value);
    const std::vector<int> base = result.terms();
    std::vector<int> latest = base;  // products of earlier terms are in the result already
    for (double k = 1.0; k < exponent.number && !latest.empty(); ++k) {
      std::vector<int> next;
      for (const int term : cross(latest, base, node).terms())
        if (!result.contains(term)) next.push_back(term);
      for (const int term : next) add(result, term, node);
      latest = std::move(next);
    }
    return result;
  }

  void unite(TermList& list, const TermList& other, const Node& node) {
    for (const int term : other.terms()) add(list, term, node);
  }

  TermList cross(const std::vector<int>& a, const std::vector<int>& b, const Node& node) {
    TermList list;
    TermSet both;
    for (const int left : a)
      for (const int right : b) {
        const TermSet &x = sets_[static_cast<std::size_t>(left)], &y = sets_[static_cast<std::size_t>(right)];
        spend(kStepsOfProduct + x.size() + y.size(), node);
        both.clear();
        std::set_union(x.begin(), x.end(), y.begin(), y.end(), std::back_inserter(both));
        add(list, number_of(both), node);
      }
    return list;
  }

  void remove(TermList& from, const NodePtr& what) {
    const Node& inner = what->kind == Node::Kind::paren ? *what->arguments[0].value : *what;
    if (inner.kind == Node::Kind::number && (inner.number == 0.0 || inner.number == 1.0)) {
      intercept_ = inner.number == 0.0;
      return;
    }
    if (is_offset(inner))
      throw formula_error("formula.unsupported", inner, "An offset cannot be removed.", "Leave it out of the formula.");
    const bool before = intercept_;
    for (const int term : walk(what).terms()) from.remove(term);
    intercept_ = before;
  }

  void refuse_response(const ExpandedFormula& result, const std::vector<int>& new_index) const {
    if (!formula_.response) return;
    const std::string text = formula::to_text(*formula_.response);
    const auto found = variable_of_text_.find(text);
    const int response = found == variable_of_text_.end() ? -1 : new_index[static_cast<std::size_t>(found->second)];
    for (const auto& term : result.terms)
      if (std::binary_search(term.begin(), term.end(), response))
        throw formula_error("formula.response_on_right", *result.variables[static_cast<std::size_t>(response)],
                            "The response `" + text + "` also stands on the right-hand side.",
                            "Remove it there: it would explain itself.");
  }

  const formula::Formula& formula_;
  const data::Table& data_;
  std::unordered_set<std::string> response_names_;
  std::vector<NodePtr> variables_;
  std::unordered_map<std::string, int> variable_of_text_;
  std::vector<TermSet> sets_;  // every term met, by number
  std::unordered_map<TermSet, int, TermHash> number_of_set_;
  std::size_t steps_ = 0;
  bool intercept_ = true;
};

}  // namespace

ExpandedFormula expand(const formula::Formula& formula, const data::Table& data) {
  return Expander(formula, data).run();
}

}  // namespace deciban::design
