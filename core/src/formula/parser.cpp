#include "deciban/formula/parser.hpp"

#include <algorithm>
#include <utility>

#include "lexer.hpp"
#include "operators.hpp"

namespace deciban::formula {
namespace {

constexpr int kDeepestNesting = 200;  // brackets, prefix operators and powers inside each other
constexpr int kTallestTree = 5000;    // a + b + c ... leans to the left: walks of the tree recurse once per operator

// A node and the height of the tree below it.
struct Tree {
  std::shared_ptr<Node> node;
  int height = 1;
};

class Parser {
 public:
  explicit Parser(const std::string& source) : source_(source), tokens_(tokenize(source)) {}

  Tree whole() {
    if (peek().kind == Token::Kind::end)
      fail(peek().position, "The formula is empty.", "Write one such as `y ~ x1 + x2`.");
    if (is_symbol("~")) depth_ = -1;  // canonical text has it always, so it may cost nothing
    Tree tree = expression(kTilde);
    const Token& rest = peek();
    if (rest.kind == Token::Kind::end) return tree;
    if (is_symbol(")") || is_symbol("]"))
      fail(rest.position, "There is no opening bracket for this " + rest.text + ".");
    if (is_symbol("="))
      fail(rest.position, "There is a = outside of a function call.", "Use ~ after the response, == to compare.");
    if (is_symbol(",")) fail(rest.position, "There is a comma outside of a function call.", "Join terms with +.");
    if (is_symbol("(")) fail(rest.position, "Only a function name can be called.");
    if (rest.kind == Token::Kind::symbol) fail(rest.position, "The operator " + rest.text + " is not allowed here.");
    fail(rest.position, "An operator is missing before " + shown(rest) + ".",
         "Join terms with +; a name with spaces needs backticks: `my column`.");
  }

  // Positions of ~ outside of all brackets.
  std::vector<int> tildes() const {
    std::vector<int> out;
    int depth = 0;
    for (const Token& token : tokens_) {
      if (token.kind != Token::Kind::symbol) continue;
      if (token.text == "(" || token.text == "[") ++depth;
      if (token.text == ")" || token.text == "]") --depth;
      if (token.text == "~" && depth == 0) out.push_back(token.position);
    }
    return out;
  }

 private:
  [[noreturn]] void fail(int position, const std::string& message, const std::string& hint = "") const {
    raise_at(source_, position, "formula.syntax", message, hint);
  }

  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool is_symbol(const char* text, std::size_t ahead = 0) const {
    return peek(ahead).kind == Token::Kind::symbol && peek(ahead).text == text;
  }

  static std::string shown(const Token& token) {
    switch (token.kind) {
      case Token::Kind::end:
        return "the end";
      case Token::Kind::text:
        return "\"" + token.text + "\"";
      default:
        return "`" + token.text + "`";
    }
  }

  void expect(const char* symbol, int opened) {
    if (is_symbol(symbol)) {
      take();
      return;
    }
    if (peek().kind == Token::Kind::end)
      fail(opened, std::string("There is no closing ") + symbol + " for this bracket.");
    fail(peek().position, std::string("Expected ") + symbol + " or an operator, found " + shown(peek()) + ".");
  }

  Tree make(Node::Kind kind, std::string text, int position, std::vector<Tree> operands = {}) const {
    Tree out;
    out.node = std::make_shared<Node>();
    out.node->kind = kind;
    out.node->text = std::move(text);
    out.node->position = position;
    for (Tree& operand : operands) append(out, "", std::move(operand));
    return out;
  }

  void append(Tree& parent, std::string name, Tree child) const {
    parent.height = std::max(parent.height, child.height + 1);
    const int leading_tilde = depth_ == 0 ? 1 : 0;
    if (parent.height > kTallestTree + leading_tilde) {
      raise_at(source_, child.node->position, "formula.too_deep",
               "The formula joins more than " + std::to_string(kTallestTree) + " terms.", "Use `.` for all columns.");
    }
    parent.node->arguments.push_back({std::move(name), std::move(child.node)});
  }

  // Operators of at least the given strength, left to right; prefix operators reach as far right as their own strength.
  Tree expression(int least) {
    if (++depth_ > kDeepestNesting) {
      raise_at(source_, peek().position, "formula.too_deep",
               "The formula nests more than " + std::to_string(kDeepestNesting) + " levels deep.", "Simplify it.");
    }
    Tree left = operand();
    for (;;) {
      const Token& token = peek();
      const Precedence precedence = token.kind == Token::Kind::symbol ? binary_precedence(token.text) : Precedence{};
      if (precedence.strength == 0 || precedence.strength < least) break;
      const std::string symbol = take().text;
      Tree right = expression(precedence.strength + (precedence.side == Side::right ? 0 : 1));
      const int position = left.node->position;
      left = make(Node::Kind::binary, symbol, position, {std::move(left), std::move(right)});
      if (precedence.side == Side::none && peek().kind == Token::Kind::symbol &&
          binary_precedence(peek().text).strength == precedence.strength) {
        fail(peek().position, "Comparisons cannot be chained.", "Write a < b & b < c.");
      }
    }
    --depth_;
    return left;
  }

  Tree operand() {
    const Token& token = peek();
    if (token.kind == Token::Kind::symbol) {
      if (const int strength = unary_strength(token.text)) {
        take();
        return make(Node::Kind::unary, token.text, token.position,
                    {expression(token.text == "~" ? strength + 1 : strength)});
      }
    }
    return postfix(primary());
  }

  Tree primary() {
    const Token& token = take();
    switch (token.kind) {
      case Token::Kind::number: {
        Tree out = make(Node::Kind::number, "", token.position);
        out.node->number = token.number;
        return out;
      }
      case Token::Kind::text:
        return make(Node::Kind::text, token.text, token.position);
      case Token::Kind::name:
      case Token::Kind::quoted_name:
        return name(token, token.position);
      case Token::Kind::symbol:
        return bracket(token);
      case Token::Kind::end:
        break;
    }
    fail(token.position, "The formula ends where a term is expected.");
  }

  Tree name(const Token& token, int position) {
    const bool quoted = token.kind == Token::Kind::quoted_name;
    if (is_symbol("::") || is_symbol(":::")) {
      take();
      const Token& function = take();
      const bool is_name = function.kind == Token::Kind::name || function.kind == Token::Kind::quoted_name;
      if (!is_name || !is_symbol("(")) {
        fail(function.position, "A package prefix can only stand before a function call.");
      }
      return name(function, position);
    }
    if (is_symbol("(")) {
      Tree out = make(Node::Kind::call, quoted ? token.text : canonical_function(token.text), position);
      arguments(out, ")");
      return out;
    }
    if (quoted) return make(Node::Kind::name, token.text, position);
    if (token.text == ".") return make(Node::Kind::dot, ".", position);
    return make(Node::Kind::name, canonical_name(token.text), position);
  }

  Tree bracket(const Token& token) {
    if (token.text == "(") {
      if (is_symbol(")")) fail(peek().position, "There is nothing between these brackets.");
      Tree inner = expression(kTilde);
      if (is_symbol(","))
        fail(peek().position, "There is a comma outside of a function call.", "For several values write c(1, 2).");
      expect(")", token.position);
      return make(Node::Kind::paren, "", token.position, {std::move(inner)});
    }
    if (token.text == "[") {
      --at_;
      Tree out = make(Node::Kind::call, "c", token.position);
      arguments(out, "]");
      return out;
    }
    if (token.text == ")" || token.text == "]" || token.text == ",") {
      fail(token.position, "A term is missing before " + shown(token) + ".");
    }
    fail(token.position, "A term is missing before the operator " + token.text + ".");
  }

  // Arguments between brackets, the opening one included.
  void arguments(Tree& call, const char* close) {
    const int opened = take().position;
    if (is_symbol(close)) {
      take();
      return;
    }
    for (;;) {
      std::string label;
      const Token& token = peek();
      if (is_symbol("=", 1) && (token.kind == Token::Kind::name || token.kind == Token::Kind::quoted_name ||
                                token.kind == Token::Kind::text)) {
        label = token.text;
        take();
        take();
      }
      const bool empty = is_symbol(",") || is_symbol(close);
      // A Python list may end with a comma.
      if (empty && close[0] == ']' && call.node->text == "c" && is_symbol(close)) {
        if (call.node->arguments.size() == 1 && call.node->arguments[0].value->kind == Node::Kind::empty)
          fail(opened, "There is a comma but no value in this list.", "Write [1, 2] or c(1, 2).");
        break;
      }
      append(call, std::move(label), empty ? make(Node::Kind::empty, "", peek().position) : expression(kTilde));
      if (!is_symbol(",")) break;
      take();
    }
    if (is_symbol("="))
      fail(peek().position, "The left side of = must be the name of an argument.", "Use == to compare.");
    expect(close, opened);
  }

  // Members and elements: data$column, x[1], x[[1]].
  Tree postfix(Tree base) {
    const Node::Kind kind = base.node->kind;
    if (kind == Node::Kind::number || kind == Node::Kind::text) {
      if (is_symbol("$") || is_symbol("@"))
        fail(peek().position, "Only columns have members, numbers and texts have none.", "Write data$column.");
      return base;
    }
    for (;;) {
      const int position = base.node->position;
      if (is_symbol("$") || is_symbol("@")) {
        const std::string symbol = take().text;
        const Token& member = take();
        if (member.kind != Token::Kind::name && member.kind != Token::Kind::quoted_name &&
            member.kind != Token::Kind::text) {
          fail(member.position, "A name is expected after " + symbol + ".");
        }
        const auto member_kind = member.kind == Token::Kind::text ? Node::Kind::text : Node::Kind::name;
        Tree right = make(member_kind, member.text, member.position);
        base = make(Node::Kind::binary, symbol, position, {std::move(base), std::move(right)});
      } else if (is_symbol("[")) {
        const bool twice = is_symbol("[", 1) && peek(1).position == peek().position + 1;
        const int opened = peek().position;
        if (twice) take();
        base = make(Node::Kind::call, twice ? "[[" : "[", position, {std::move(base)});
        arguments(base, "]");
        if (twice) expect("]", opened);
      } else {
        return base;
      }
    }
  }

  const std::string& source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

namespace {

// Canonical text is stored and read again, so it must keep to the limit too. It is at most five times as long.
template <class Tree>
void check_canonical(const std::string& source, const Tree& tree) {
  if (source.size() > kLongest / 5) check_length(source, to_text(tree).size());
}

}  // namespace

Formula parse_formula(const std::string& text) {
  Parser parser(text);
  const Tree tree = parser.whole();
  const std::vector<int> tildes = parser.tildes();
  if (tildes.size() > 1) {
    raise_at(text, tildes[1], "formula.syntax", "The formula has more than one ~.", "Put the response before one ~.");
  }
  if (tildes.size() == 1 && tree.node->text != "~") {
    raise_at(text, tildes[0], "formula.syntax", "This ~ belongs to an operator before it.",
             "Put the response, or nothing, before the ~.");
  }
  Formula out;
  out.source = text;
  if (tildes.empty()) {
    out.right = tree.node;
  } else if (tree.node->kind == Node::Kind::unary) {
    out.right = tree.node->arguments[0].value;
  } else {
    out.response = tree.node->arguments[0].value;
    out.right = tree.node->arguments[1].value;
  }
  check_canonical(text, out);
  return out;
}

NodePtr parse_expression(const std::string& text) {
  Parser parser(text);
  const Tree tree = parser.whole();
  const std::vector<int> tildes = parser.tildes();
  if (!tildes.empty()) {
    raise_at(text, tildes[0], "formula.syntax", "A ~ is not allowed in an expression.", "Only a formula has a ~.");
  }
  check_canonical(text, *tree.node);
  return tree.node;
}

}  // namespace deciban::formula
