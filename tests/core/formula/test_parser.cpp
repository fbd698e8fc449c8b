#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/formula/parser.hpp"

using namespace deciban;
using namespace deciban::formula;

namespace {

// The tree with every operator in brackets.
std::string shape(const Node& node) {
  std::string inside;
  for (const Argument& argument : node.arguments) {
    if (!inside.empty()) inside += ' ';
    if (!argument.name.empty()) inside += argument.name + "=";
    inside += shape(*argument.value);
  }
  switch (node.kind) {
    case Node::Kind::name:
      return node.text;
    case Node::Kind::number:
      return std::to_string(static_cast<int>(node.number));
    case Node::Kind::text:
      return "'" + node.text + "'";
    case Node::Kind::dot:
      return ".";
    case Node::Kind::empty:
      return "<>";
    case Node::Kind::paren:
      return "{" + inside + "}";
    case Node::Kind::call:
      return node.text + "[" + inside + "]";
    default:
      return "(" + node.text + " " + inside + ")";
  }
}

std::string shape(const std::string& text) { return shape(*parse_expression(text)); }

Error error_of(const std::string& text) {
  try {
    parse_formula(text);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::io, "no error", "");
}

}  // namespace

TEST(FormulaParser, FollowsRsPrecedence) {
  // Shapes as R 4.2's parser gives them.
  EXPECT_EQ(shape("-a^b"), "(- (^ a b))");
  EXPECT_EQ(shape("-a:b"), "(: (- a) b)");
  EXPECT_EQ(shape("a^-b^c"), "(^ a (- (^ b c)))");
  EXPECT_EQ(shape("a^b^c"), "(^ a (^ b c))");
  EXPECT_EQ(shape("a**2"), "(^ a 2)");
  EXPECT_EQ(shape("a+b*c:d%in%e"), "(+ a (* b (%in% (: c d) e)))");
  EXPECT_EQ(shape("a/b*c"), "(* (/ a b) c)");
  EXPECT_EQ(shape("a-b+c"), "(+ (- a b) c)");
  EXPECT_EQ(shape("!a==b&c|d"), "(| (& (! (== a b)) c) d)");
  EXPECT_EQ(shape("a*!b+c"), "(* a (! (+ b c)))");
  EXPECT_EQ(shape("(a+b)*c"), "(* {(+ a b)} c)");
  EXPECT_EQ(shape("2^-1:3"), "(: (^ 2 (- 1)) 3)");
  EXPECT_EQ(shape("a$b^2"), "(^ ($ a b) 2)");
}

TEST(FormulaParser, ReadsCallsListsAndElements) {
  EXPECT_EQ(shape("bs(x, df = 5)"), "bs[x df=5]");
  EXPECT_EQ(shape("f()"), "f[]");
  EXPECT_EQ(shape("f(x, , 'a' = 1, )"), "f[x <> a=1 <>]");
  EXPECT_EQ(shape("ns(x, knots=[1, 2, ])"), "ns[x knots=c[1 2]]");
  EXPECT_EQ(shape("np.log(x) + numpy.exp(y) + math.sqrt(z)"), "(+ (+ log[x] exp[y]) sqrt[z])");
  EXPECT_EQ(shape("stats::poly(x, 2, raw = True)"), "poly[x 2 raw=TRUE]");
  EXPECT_EQ(shape("TE(a) + FE(b) + C(d)"), "(+ (+ te[a] fe[b]) C[d])");
  EXPECT_EQ(shape("`TE`(a)"), "TE[a]");
  EXPECT_EQ(shape("x[1] + y[[2]]"), "(+ [[x 1] [[[y 2])");
  EXPECT_EQ(shape("I(x > 0 & y)"), "I[(& (> x 0) y)]");
  EXPECT_EQ(shape("f(~ a + b)"), "f[(~ (+ a b))]");
}

TEST(FormulaParser, ReadsNumbersNamesAndStrings) {
  const auto number = [](const char* text) { return parse_expression(text)->number; };
  EXPECT_EQ(number("1L"), 1.0);
  EXPECT_EQ(number(".5"), 0.5);
  EXPECT_EQ(number("1."), 1.0);
  EXPECT_EQ(number("1.e3"), 1000.0);
  EXPECT_EQ(number("2E-2"), 0.02);
  EXPECT_EQ(number("0x1F"), 31.0);
  EXPECT_EQ(number("0x10L"), 16.0);
  EXPECT_EQ(parse_expression("'a\"\\n\\x41\\u00e9\\u{20ac}\\''")->text, "a\"\nA\xC3\xA9\xE2\x82\xAC'");
  EXPECT_EQ(parse_expression("`my \\`col`")->text, "my `col");
  EXPECT_EQ(parse_expression("pr\xC3\xA4mie_1.x")->text, "pr\xC3\xA4mie_1.x");
  EXPECT_EQ(parse_expression("_x")->text, "_x");
  EXPECT_EQ(parse_expression(".")->kind, Node::Kind::dot);
  EXPECT_EQ(parse_expression("`.`")->kind, Node::Kind::name);
  EXPECT_EQ(parse_expression(".x")->kind, Node::Kind::name);
  EXPECT_EQ(parse_expression("a # comment\n + b")->kind, Node::Kind::binary);
}

TEST(FormulaParser, SplitsAtTheTilde) {
  const Formula two = parse_formula("log(y) ~ a + b");
  EXPECT_EQ(shape(*two.response), "log[y]");
  EXPECT_EQ(shape(*two.right), "(+ a b)");
  EXPECT_EQ(two.source, "log(y) ~ a + b");
  EXPECT_EQ(parse_formula("~a").response, nullptr);
  EXPECT_EQ(parse_formula("a - 1").response, nullptr);
  EXPECT_EQ(to_text(two), "log(y) ~ a + b");
  EXPECT_EQ(to_text(parse_formula("a-1")), "~a - 1");
}

TEST(FormulaText, IsCanonicalAndRoundTrips) {
  const std::pair<const char*, const char*> cases[] = {
      {"a+b *c", "a + b * c"},
      {"a : b^ 2", "a:b^2"},
      {"f( x,df=5 )", "f(x, df = 5)"},
      {"'say \"hi\"\\\\'", "\"say \\\"hi\\\"\\\\\""},
      {"`a b`+`if`+`in`+if", "`a b` + `if` + `in` + `if`"},
      {"`True`+True+`.`+.+_x+`1st`+`..1`", "`True` + TRUE + `.` + . + `_x` + `1st` + `..1`"},
      {"`np.log`(x)+np.log(x)", "`np.log`(x) + log(x)"},
      {"100000+1e15+0.1+.30000000000000004", "1e+05 + 1e+15 + 0.1 + 0.30000000000000004"},
      {"a * !b + c", "a * !b + c"},
      {"- - a ^ - b", "--a^-b"},
      {"((a))", "((a))"},
      {"x [ [ 1 ] ]", "x[c(1)]"},
      {"x[[1]]$y[2,]", "x[[1]]$y[2, ]"},
      {"`[`(x+1, 2)", "`[`(x + 1, 2)"},
      {"f(,)", "f(, )"},
      {"f(a=)", "f(a = )"},
      {"f('b c'=1, `TRUE`=2)", "f(`b c` = 1, TRUE = 2)"},
      {"`a\\n\\x01b`", "`a\\n\\x01b`"},
      {"`pr\xC3\xA4mie`", "pr\xC3\xA4mie"},
      {"a %in% b", "a %in% b"},
      {"a<-b", "a < -b"},
  };
  for (const auto& [source, expected] : cases) {
    const NodePtr tree = parse_expression(source);
    EXPECT_EQ(to_text(*tree), expected);
    EXPECT_TRUE(equal(*tree, *parse_expression(to_text(*tree)))) << source;
  }
}

TEST(FormulaText, RoundTripsRandomTrees) {
  static constexpr const char* kPieces[] = {
      "a", "`b c`", "1.5", "'t'", ".", "f(",   "(",  ")", ",", "+", "-",       "*",    "/",  ":",   "^", "**",
      "!", "&",     "|",   "==",  "<", "%in%", "x=", "[", "]", "$", "np.log(", "TRUE", "-1", "te(", "~"};
  std::uint32_t state = 7;
  const auto random = [&](std::uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  int valid = 0;
  for (int round = 0; round < 60000; ++round) {
    std::string text;
    const std::uint32_t size = 1 + random(8);
    for (std::uint32_t i = 0; i < size; ++i) text += std::string(kPieces[random(31)]) + (random(2) ? " " : "");
    NodePtr tree;
    try {
      tree = parse_expression(text);
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), "formula.syntax") << text;
      continue;
    }
    ++valid;
    const std::string canonical = to_text(*tree);
    const NodePtr again = parse_expression(canonical);
    ASSERT_TRUE(equal(*tree, *again)) << text << " -> " << canonical;
    ASSERT_EQ(to_text(*again), canonical);
  }
  EXPECT_GT(valid, 1000);
}

TEST(FormulaText, BracketsTreesMadeByHand) {
  const auto make = [](Node::Kind kind, std::string text, std::vector<NodePtr> operands) -> NodePtr {
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->text = std::move(text);
    for (NodePtr& operand : operands) node->arguments.push_back({"", std::move(operand)});
    return node;
  };
  const NodePtr a = make(Node::Kind::name, "a", {}), b = make(Node::Kind::name, "b", {});
  const NodePtr sum = make(Node::Kind::binary, "+", {a, b});
  EXPECT_EQ(to_text(*make(Node::Kind::binary, "*", {sum, sum})), "(a + b) * (a + b)");
  EXPECT_EQ(to_text(*make(Node::Kind::unary, "-", {sum})), "-(a + b)");
  EXPECT_EQ(to_text(*make(Node::Kind::binary, "-", {sum, sum})), "a + b - (a + b)");
}

TEST(FormulaVariables, ListsNamesOnce) {
  EXPECT_EQ(variables(*parse_expression("b + log(a) * b + poly(x, 2, raw = TRUE) + d$e + `my col` + NA + .")),
            (std::vector<std::string>{"b", "a", "x", "d", "my col"}));
}

TEST(FormulaEquality, LeavesPositionsAside) {
  EXPECT_TRUE(equal(*parse_expression("a+b"), *parse_expression("  a  +  b")));
  EXPECT_FALSE(equal(*parse_expression("a+b"), *parse_expression("b+a")));
  EXPECT_FALSE(equal(*parse_expression("f(x=a)"), *parse_expression("f(a)")));
  EXPECT_FALSE(equal(*parse_expression("a"), *parse_expression("'a'")));
  EXPECT_FALSE(equal(*parse_expression("(a)"), *parse_expression("a")));
}

TEST(FormulaErrors, PointAtTheMistake) {
  const std::pair<const char*, int> cases[] = {
      {"", 0},
      {"y ~", 3},
      {"y ~ a +", 7},
      {"y ~ a b", 6},
      {"y ~ (a + b", 4},
      {"y ~ a)", 5},
      {"y ~ a ~ b", 6},
      {"y = a", 2},
      {"f(1 = 2)", 4},
      {"a, b", 1},
      {"a < b < c", 6},
      {"'abc", 0},
      {"`abc", 0},
      {"a %in b", 2},
      {"1abc", 0},
      {"a ? b", 2},
      {"f(x)(y)", 4},
      {"()", 1},
      {"* a", 0},
      {"``", 0},
      {"a; b", 1},
      {"stats::x", 7},
      {"(1, 2)", 2},
      {"a$1", 2},
      {"'\\q'", 1},
      {"a + \xFF", 4},
      {"\xC3\xA4 + 1x", 4},
      {"1e999", 0},
      {"~~a", 1},
      {"[1, 2", 0},
      {"f(a b)", 4},
      {"a \xE2\x88\x92 b", 2},
      {"x[[1]", 1},
      {"'\\u{110000000}'", 1},
      {"-~a", 1},
      {"a + ~b", 4},
      {"!~a", 1},
      {"f([,])", 2},
      {"15$a", 2},
      {"\"a\"@b", 3},
  };
  for (const auto& [text, position] : cases) {
    const Error error = error_of(text);
    EXPECT_EQ(error.code(), "formula.syntax") << text;
    EXPECT_EQ(error.kind(), ErrorKind::formula) << text;
    ASSERT_TRUE(error.context().find("position")) << text;
    EXPECT_EQ(error.context().at("position").as_int(), position) << text << "\n" << error.what();
  }
  EXPECT_EQ(error_of("y ~ \xC3\xA4 b").context().at("caret").as_string(), "y ~ \xC3\xA4 b\n      ^");
  const std::string far = "y ~ " + std::string(200, 'a') + " b + 1";
  EXPECT_EQ(error_of(far).context().at("position").as_int(), 205);
  EXPECT_LT(error_of(far).context().at("caret").as_string().size(), 200u);
  EXPECT_THROW(parse_expression("y ~ x"), Error);
  for (const char* text : {"\"a?b\"", "`?`", "a %?% b", "a #?"}) {
    std::string zero = text;
    zero[zero.find('?')] = '\0';
    EXPECT_EQ(error_of(zero).code(), "formula.syntax") << text;
  }
}

TEST(FormulaErrors, LimitsDepthAndLength) {
  EXPECT_EQ(error_of(std::string(300, '(') + "a" + std::string(300, ')')).code(), "formula.too_deep");
  EXPECT_EQ(error_of(std::string(300000, '-') + "a").code(), "formula.too_deep");
  EXPECT_EQ(error_of(std::string(1000001, 'a')).code(), "formula.too_long");
  std::string chain = "y ~ x", power = "a";
  for (int i = 0; i < 4000; ++i) chain += " + x";
  const Formula formula = parse_formula(chain);
  EXPECT_EQ(to_text(formula), chain);
  EXPECT_EQ(variables(*formula.right).size(), 1u);
  for (int i = 0; i < 4000; ++i) chain += " + x";
  EXPECT_EQ(error_of(chain).code(), "formula.too_deep");
  for (int i = 0; i < 400; ++i) power += "^a";
  EXPECT_EQ(error_of(power).code(), "formula.too_deep");
  EXPECT_EQ(to_text(*parse_expression(std::string(150, '(') + "a" + std::string(150, ')'))).size(), 301u);
}

TEST(FormulaErrors, LimitsHoldForCanonicalTextToo) {
  const auto survives = [](const std::string& text) {
    const Formula formula = parse_formula(text);
    return equal(*formula.right, *parse_formula(to_text(formula)).right);
  };
  EXPECT_TRUE(survives(std::string(199, '(') + "a" + std::string(199, ')'))) << "the ~ that is added is no level";
  EXPECT_EQ(error_of(std::string(200, '(') + "a" + std::string(200, ')')).code(), "formula.too_deep");
  std::string sum = "a";
  for (int i = 1; i < 5000; ++i) sum += "+a";
  EXPECT_TRUE(survives(sum));
  EXPECT_TRUE(survives("~" + sum));
  EXPECT_EQ(error_of(sum + "+a").code(), "formula.too_deep");
  EXPECT_EQ(error_of("~" + sum + "+a").code(), "formula.too_deep");
  std::string call = "f(_";  // each `_` is written between backticks
  while (call.size() < 500000) call += ",_";
  EXPECT_EQ(error_of(call + ")").code(), "formula.too_long");
  EXPECT_THROW(parse_expression(call + ")"), Error);
  call.resize(100001);
  EXPECT_TRUE(survives(call + ")"));
}

TEST(FormulaErrors, AnswersToLongInputs) {
  const std::size_t longest = 999990;
  for (const char c : {'(', '-', 'a', '9', '"', '`', '%', '#', '.', '\\', '[', '~'}) {
    const std::string code = error_of(std::string(longest, c)).code();
    EXPECT_TRUE(code == "no error" || code == "formula.syntax" || code == "formula.too_deep") << c << ": " << code;
  }
  std::string elements = "x";
  while (elements.size() < longest - 3) elements += "[1]";
  EXPECT_EQ(error_of(elements).code(), "formula.too_deep");
  EXPECT_EQ(error_of("y ~ 0x" + std::string(900000, 'F')).code(), "formula.syntax");
}
