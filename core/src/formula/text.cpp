// Canonical text, equality and variables of a tree.
#include "deciban/base/config.hpp"

#include "deciban/base/text.hpp"

#include <unordered_set>

#include "deciban/data/levels.hpp"
#include "deciban/formula/parser.hpp"
#include "lexer.hpp"
#include "operators.hpp"

namespace deciban::formula {
namespace {

void write_quoted(const std::string& text, char quote, std::string& out) {
  static constexpr const char* kHex = "0123456789abcdef";
  out += quote;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 32 || byte == 127) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += quote;
}

void write_name(const std::string& name, std::string& out) {
  if (is_constant(name) || (is_plain_name(name) && !is_reserved(name) && canonical_name(name) == name)) {
    out += name;
  } else {
    write_quoted(name, '`', out);
  }
}

void write_function(const std::string& name, std::string& out) {
  if (is_plain_name(name) && !is_reserved(name) && canonical_function(name) == name) {
    out += name;
  } else {
    write_quoted(name, '`', out);
  }
}

// 15 digits as R writes them, more only where they are needed to read the number back.
std::string number_text(double number) {
  const std::string text = data::level_label(data::Meaning::number, number);
  double back = 0.0;
  return parse_double(text, back) && back == number ? text : format_exact(number);
}

// Binding strength of a node as an operand; anything that is not an operator binds tightest.
int strength_of(const Node& node) {
  if (node.kind == Node::Kind::binary) return binary_precedence(node.text).strength;
  if (node.kind == Node::Kind::unary) return unary_strength(node.text);
  return kMember + 1;
}

void write(const Node& node, std::string& out);

void write_operand(const Node& node, bool brackets, std::string& out) {
  if (brackets) out += '(';
  write(node, out);
  if (brackets) out += ')';
}

// Brackets are written only for trees made by hand: parsed ones have `paren` nodes wherever they are needed.
void write_binary(const Node& node, std::string& out) {
  const Precedence precedence = binary_precedence(node.text);
  const Node& left = *node.arguments[0].value;
  const Node& right = *node.arguments[1].value;
  const int left_strength = strength_of(left), right_strength = strength_of(right);
  write_operand(
      left,
      left_strength < precedence.strength || (left_strength == precedence.strength && precedence.side != Side::left),
      out);
  // R's deparse puts no spaces around these
  const bool tight =
      node.text == ":" || node.text == "/" || node.text == "%%" || node.text == "%/%" || precedence.strength > kSign;
  out += tight ? node.text : " " + node.text + " ";
  // A prefix operator on the right needs none: it cannot be read in another way.
  write_operand(
      right,
      right.kind == Node::Kind::binary && (right_strength < precedence.strength ||
                                           (right_strength == precedence.strength && precedence.side != Side::right)),
      out);
}

void write_arguments(const Node& node, std::size_t first, std::string& out) {
  for (std::size_t i = first; i < node.arguments.size(); ++i) {
    const Argument& argument = node.arguments[i];
    if (i > first) out += ", ";
    if (!argument.name.empty()) {
      write_name(argument.name, out);
      out += " = ";
    }
    write(*argument.value, out);
  }
}

// x[1] and x[[1]], unless the call has another shape.
bool is_element(const Node& node) {
  if (node.text != "[" && node.text != "[[") return false;
  if (node.arguments.empty() || !node.arguments[0].name.empty()) return false;
  const Node& base = *node.arguments[0].value;
  switch (base.kind) {
    case Node::Kind::name:
    case Node::Kind::dot:
    case Node::Kind::paren:
    case Node::Kind::call:
      return true;
    case Node::Kind::binary:
      return strength_of(base) == kMember;
    default:
      return false;
  }
}

void write_call(const Node& node, std::string& out) {
  if (is_element(node)) {
    write(*node.arguments[0].value, out);
    out += node.text;
    write_arguments(node, 1, out);
    out += node.text == "[" ? "]" : "]]";
    return;
  }
  write_function(node.text, out);
  out += '(';
  write_arguments(node, 0, out);
  out += ')';
}

void write(const Node& node, std::string& out) {
  switch (node.kind) {
    case Node::Kind::name:
      write_name(node.text, out);
      break;
    case Node::Kind::number:
      out += number_text(node.number);
      break;
    case Node::Kind::text:
      write_quoted(node.text, '"', out);
      break;
    case Node::Kind::call:
      write_call(node, out);
      break;
    case Node::Kind::unary: {
      const Node& operand = *node.arguments[0].value;
      out += node.text;
      write_operand(operand, operand.kind == Node::Kind::binary && strength_of(operand) < strength_of(node), out);
      break;
    }
    case Node::Kind::binary:
      write_binary(node, out);
      break;
    case Node::Kind::dot:
      out += '.';
      break;
    case Node::Kind::paren:
      write_operand(*node.arguments[0].value, true, out);
      break;
    case Node::Kind::empty:
      break;
  }
}

void collect(const Node& node, std::unordered_set<std::string>& seen, std::vector<std::string>& out) {
  if (node.kind == Node::Kind::name) {
    if (!is_constant(node.text) && seen.insert(node.text).second) out.push_back(node.text);
    return;
  }
  // The name after $ is a member, not a variable.
  const bool member = node.kind == Node::Kind::binary && strength_of(node) == kMember;
  const std::size_t count = member ? 1 : node.arguments.size();
  for (std::size_t i = 0; i < count; ++i) collect(*node.arguments[i].value, seen, out);
}

}  // namespace

std::string to_text(const Node& node) {
  std::string out;
  write(node, out);
  return out;
}

std::string to_text(const Formula& formula) {
  std::string out;
  if (formula.response) {
    write(*formula.response, out);
    out += " ~ ";
  } else {
    out += '~';
  }
  write(*formula.right, out);
  return out;
}

bool equal(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.text != b.text || a.number != b.number || a.arguments.size() != b.arguments.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    if (a.arguments[i].name != b.arguments[i].name) return false;
    if (!equal(*a.arguments[i].value, *b.arguments[i].value)) return false;
  }
  return true;
}

std::vector<std::string> variables(const Node& node) {
  std::unordered_set<std::string> seen;
  std::vector<std::string> out;
  collect(node, seen, out);
  return out;
}

}  // namespace deciban::formula
