// Arguments of calls that are numbers, texts or flags.
#include "deciban/base/config.hpp"

#include <cmath>

#include "deciban/design/expression.hpp"
#include "formula_errors.hpp"

namespace deciban::design {
namespace {

using formula::Node;

constexpr double kLongestRange = 100000.0;

Error wrong(const Node& node, const char* argument, const char* what) {
  return wrong_arguments(node, std::string("`") + argument + "` must be " + what + ".",
                         "Values inside a formula are written out, they are not looked up.");
}

}  // namespace

double constant_number(const Node& node, const char* argument) {
  switch (node.kind) {
    case Node::Kind::number:
      return node.number;
    case Node::Kind::paren:
      return constant_number(*node.arguments[0].value, argument);
    case Node::Kind::unary:
      if (node.text == "-") return -constant_number(*node.arguments[0].value, argument);
      if (node.text == "+") return constant_number(*node.arguments[0].value, argument);
      break;
    case Node::Kind::binary: {
      const std::string& op = node.text;
      if (op != "+" && op != "-" && op != "*" && op != "/") break;
      const double a = constant_number(*node.arguments[0].value, argument);
      const double b = constant_number(*node.arguments[1].value, argument);
      const double result = op == "+" ? a + b : op == "-" ? a - b : op == "*" ? a * b : a / b;
      if (std::isnan(result)) break;  // 0 / 0: no knot, break or level
      return result;
    }
    case Node::Kind::name:
      if (node.text == "Inf") return HUGE_VAL;
      break;
    default:
      break;
  }
  throw wrong(node, argument, "a number");
}

std::vector<double> constant_numbers(const Node& node, const char* argument) {
  std::vector<double> numbers;
  if (node.kind == Node::Kind::call && node.text == "c") {
    for (const auto& item : node.arguments) numbers.push_back(constant_number(*item.value, argument));
    return numbers;
  }
  if (node.kind == Node::Kind::binary && node.text == ":") {
    const double from = constant_number(*node.arguments[0].value, argument);
    const double to = constant_number(*node.arguments[1].value, argument);
    if (!(std::fabs(to - from) < kLongestRange)) throw wrong(node, argument, "a short range");
    // counted, since a step of 1 is lost on large numbers
    for (double k = 0.0; k <= std::fabs(to - from); ++k) numbers.push_back(from <= to ? from + k : from - k);
    return numbers;
  }
  return {constant_number(node, argument)};
}

std::vector<std::string> constant_texts(const Node& node, const char* argument) {
  if (node.kind == Node::Kind::text) return {node.text};
  std::vector<std::string> texts;
  if (node.kind == Node::Kind::call && node.text == "c")
    for (const auto& item : node.arguments) {
      if (item.value->kind != Node::Kind::text) throw wrong(*item.value, argument, "text");
      texts.push_back(item.value->text);
    }
  if (texts.empty()) throw wrong(node, argument, "text");
  return texts;
}

bool constant_flag(const Node& node, const char* argument) {
  if (node.kind == Node::Kind::name && (node.text == "TRUE" || node.text == "T")) return true;
  if (node.kind == Node::Kind::name && (node.text == "FALSE" || node.text == "F")) return false;
  throw wrong(node, argument, "TRUE or FALSE");
}

}  // namespace deciban::design
