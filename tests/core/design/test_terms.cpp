#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "deciban/design/expression.hpp"
#include "deciban/design/registry.hpp"
#include "design/coded_case.hpp"
#include "design/expand.hpp"
#include "design/learn_case.hpp"

using namespace learn_case;
using coded_case::codes_of;
using coded_case::values_of;
using fit_case::Columns;
using fit_case::Doubles;
using fit_case::kNaN;
using fit_case::Texts;

namespace {

data::Table portfolio() {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4, 5, 6});
  c.factor("f", {1, 0, 2, 0, 1, 2}, {"a", "b", "c"});
  c.factor("g", {0, 1, 0, 1, 0, 1}, {"u", "v"});
  c.add("n", Doubles{1, 2, 3, 5, 8, 13});
  c.add(fit_case::stored<std::int32_t>("z", data::Type::int32, {3, 1, 2, 3, 1, 2}));
  c.flags("flag", {1, 0, 1, 1, 0, 0});
  c.add(fit_case::stored<std::int32_t>("day", data::Type::int32, {19723, 19724, 19725, 19726, 19728, 19731},
                                       data::Meaning::date));
  c.add("odd name", Doubles{2, 1, 4, 3, 6, 5});
  c.factor("odd f", {0, 1, 0, 1, 1, 0}, {"p", "q"});
  return c.table;
}

Texts names_of(const std::string& formula) { return learn(formula, portfolio()).spec.column_names(); }

}  // namespace

// R 4.2.2: colnames(model.matrix(formula, d)).
TEST(Terms, NameColumnsAsR) {
  const std::pair<const char*, Texts> cases[] = {
      {"y~f+n", {"(Intercept)", "fb", "fc", "n"}},
      {"y~f+g-1", {"fa", "fb", "fc", "gv"}},
      {"y~n+f-1", {"n", "fa", "fb", "fc"}},
      {"y~0+n+g+f", {"n", "gu", "gv", "fb", "fc"}},
      {"y~f+f+n+n", {"(Intercept)", "fb", "fc", "n"}},
      {"y~f+n-f", {"(Intercept)", "n"}},
      {"y~-1+f", {"fa", "fb", "fc"}},
      {"y~n-1+1", {"(Intercept)", "n"}},
      {"y~1", {"(Intercept)"}},
      {"y~0", {}},
      {"y~f+log(n)+factor(z)", {"(Intercept)", "fb", "fc", "log(n)", "factor(z)2", "factor(z)3"}},
      {"y~`odd name`+`odd f`", {"(Intercept)", "`odd name`", "`odd f`q"}},
      {"y~flag+n", {"(Intercept)", "flagTRUE", "n"}},
      {"y~flag-1", {"flagFALSE", "flagTRUE"}},
      {"y~day", {"(Intercept)", "day"}},
      {"y~(f+n)", {"(Intercept)", "fb", "fc", "n"}},
      {"y~f+(n+g)-n", {"(Intercept)", "fb", "fc", "gv"}},
      {"y~offset(n)+f", {"(Intercept)", "fb", "fc"}},
      {"y~f-1+0", {"fa", "fb", "fc"}},
      {"y~+f+n", {"(Intercept)", "fb", "fc", "n"}},
      {"y~-n+f", {"(Intercept)", "fb", "fc"}},
      {"y~f-(n-g)", {"(Intercept)", "fb", "fc"}},
      {"y~factor(z)-1", {"factor(z)1", "factor(z)2", "factor(z)3"}},
      {"y~log(log(n+3))", {"(Intercept)", "log(log(n + 3))"}},
      {"y~factor(flag)", {"(Intercept)", "factor(flag)TRUE"}},
      {"y~sqrt(abs(n))", {"(Intercept)", "sqrt(abs(n))"}},
      {"y~log( n )", {"(Intercept)", "log(n)"}},
      {"y~(n)+(f)", {"(Intercept)", "n", "fb", "fc"}},
      {"y~factor((z))", {"(Intercept)", "factor((z))2", "factor((z))3"}},
      {"y~factor(`odd name`)",
       {"(Intercept)", "factor(`odd name`)2", "factor(`odd name`)3", "factor(`odd name`)4", "factor(`odd name`)5",
        "factor(`odd name`)6"}},
  };
  for (const auto& [formula, expected] : cases) {
    EXPECT_EQ(names_of(formula), expected) << formula;
  }
}

TEST(Terms, FillTheColumns) {
  const Learned learned = learn("y ~ n + f + log(n) + flag + day - 1", portfolio());
  const auto& design = learned.training.design;
  const auto& blocks = design.blocks;
  ASSERT_EQ(blocks.size(), 5u);
  EXPECT_FALSE(learned.training.design.intercept);
  EXPECT_EQ(learned.training.design.n_columns, 7);
  EXPECT_EQ(values_of(design, 0), (Doubles{1, 2, 3, 5, 8, 13}));
  EXPECT_EQ(blocks[0].columns, (std::vector<int>{0}));
  EXPECT_EQ(codes_of(blocks[1]), (std::vector<std::int32_t>{1, 0, 2, 0, 1, 2}));
  EXPECT_EQ(blocks[1].columns, (std::vector<int>{1, 2, 3})) << "the first factor without an intercept is full";
  EXPECT_NEAR(values_of(design, 2)[2], std::log(3.0), 3e-16);
  EXPECT_EQ(blocks[3].columns, (std::vector<int>{-1, 5}));
  EXPECT_EQ(codes_of(blocks[3]), (std::vector<std::int32_t>{1, 0, 1, 1, 0, 0}));
  EXPECT_EQ(values_of(design, 4)[0], 19723.0) << "a date is a number of days, as in R";
  EXPECT_TRUE(learned.training.kept.empty());
  EXPECT_TRUE(learned.warnings.empty());
}

TEST(Terms, RefuseByCodeAndPosition) {
  struct Case {
    const char *formula, *code;
    int position;
  };
  const Case cases[] = {
      {"y ~ n^n", "formula.unsupported", 4},
      {"y ~ n^1.5", "formula.unsupported", 4},
      {"y ~ 2", "formula.unsupported", 4},
      {"y ~ n + s(n)", "formula.smooth_unavailable", 8},
      {"y ~ woe(f)", "formula.encoder_response", 4},
      {"y ~ I()", "formula.arguments", 4},
      {"y ~ log(bs(n))", "formula.unsupported", 8},
      {"y ~ lgo(n)", "formula.unknown_function", 4},
      {"y ~ log(lgo(n))", "formula.unknown_function", 8},
      {"y ~ log(n, 2, 3)", "formula.arguments", 4},
      {"y ~ log()", "formula.arguments", 4},
      {"y ~ factor(z, levels = z)", "formula.arguments", 23},
      {"y ~ C(f, Treatment(\"a\"))", "formula.arguments", 4},
      {"y ~ factor()", "formula.arguments", 4},
      {"y ~ offset()", "formula.arguments", 4},
      {"y ~ offset(n, n)", "formula.arguments", 4},
      {"y ~ f - offset(n)", "formula.unsupported", 8},
      {"y ~ \"f\"", "formula.unsupported", 4},
      {"y ~ y + n", "formula.response_on_right", 4},
      {"~ f", "formula.response_missing", 0},
      {"log(y) ~ log(y)", "formula.response_on_right", 9},
  };
  for (const Case& c : cases) {
    const Error error = error_of(request(c.formula), portfolio());
    EXPECT_EQ(error.code(), c.code) << c.formula << ": " << error.what();
    EXPECT_EQ(error.kind(), ErrorKind::formula) << c.formula;
    const Document* position = error.context().find("position");
    ASSERT_TRUE(position) << c.formula;
    EXPECT_EQ(position->as_int(), c.position) << c.formula;
    if (error.code() == "formula.response_missing") continue;
    const std::string caret = c.formula + ("\n" + std::string(static_cast<std::size_t>(c.position), ' ')) + "^";
    EXPECT_EQ(error.context().at("caret").as_string(), caret);
    EXPECT_NE(error.message().find("\n" + caret), std::string::npos) << error.what();
  }
  EXPECT_NE(error_of(request("y ~ lgo(n)"), portfolio()).hint().find("`log()`"), std::string::npos);
}

TEST(Terms, FindColumnsOrSayWhichOneIsMeant) {
  for (const char* formula : {"y ~ nn", "y ~ log(nn)", "y ~ factor(nn)", "nn ~ n", "y ~ offset(nn)", "log(nn) ~ n"}) {
    const Error error = error_of(request(formula), portfolio());
    EXPECT_EQ(error.code(), "data.unknown_column") << formula;
    EXPECT_EQ(error.kind(), ErrorKind::input) << formula;
  }
  const Error text = error_of(request("y ~ log(f)"), portfolio());
  EXPECT_EQ(text.code(), "data.not_numeric");
  EXPECT_EQ(error_of(request("y ~ offset(g)"), portfolio()).code(), "data.not_numeric");
}

TEST(Terms, LongSumsDoNotOverflow) {
  Columns c;
  c.add("y", Doubles{1, 2, 3});
  auto formula = std::make_shared<formula::Node>();
  formula->kind = formula::Node::Kind::number;
  formula->number = 1.0;
  formula::NodePtr right = formula;
  for (int k = 0; k < 3000; ++k) {
    const std::string name = "x" + std::to_string(k);
    c.add(name, Doubles{1, 2, double(k)});
    auto leaf = std::make_shared<formula::Node>(), sum = std::make_shared<formula::Node>();
    leaf->kind = formula::Node::Kind::name;
    leaf->text = name;
    sum->kind = formula::Node::Kind::binary;
    sum->text = "+";
    sum->arguments = {{"", right}, {"", leaf}};
    right = sum;
  }
  design::LearnRequest wide = request("y ~ 1");
  wide.formula.right = right;
  EXPECT_EQ(learn(wide, c.table).spec.n_columns(), 3001);
}

namespace {

// x1 + x2 + ..., joined by an operator.
std::string joined(int from, int to, const std::string& symbol) {
  std::string text = "x" + std::to_string(from);
  for (int k = from + 1; k < to; ++k) text += symbol + "x" + std::to_string(k);
  return text;
}

std::string expansion_code(const std::string& right) {
  const auto formula = formula::parse_formula("y ~ " + right);
  return fit_case::code_of([&] { design::expand(formula, portfolio()); });
}

std::size_t n_terms(const std::string& right) {
  return design::expand(formula::parse_formula("y ~ " + right), portfolio()).terms.size();
}

}  // namespace

// Each of these would take minutes, gigabytes or the whole stack if terms were compared one by one or walked in depth.
TEST(Terms, ExpansionsStayCheap) {
  const std::string twelve = "(" + joined(0, 12, "*") + ")";
  EXPECT_EQ(n_terms("(" + joined(0, 12, "+") + ")^50"), 4095u);
  EXPECT_EQ(n_terms("(" + joined(0, 12, "+") + ")^1e300"), 4095u);
  EXPECT_EQ(n_terms("(" + joined(0, 190, "+") + ")^2"), 190u + 190u * 189u / 2u);
  EXPECT_EQ(n_terms(joined(0, 4000, ":")), 1u);
  EXPECT_EQ(n_terms(joined(0, 4900, "+")), 4900u);
  EXPECT_EQ(n_terms(joined(0, 4900, "+") + " - (" + joined(1, 4900, "+") + ")"), 1u);
  std::string dots = ".";
  for (int k = 0; k < 4000; ++k) dots += "+.";
  EXPECT_EQ(n_terms(dots), 8u);
  for (const auto& text : {"(" + joined(0, 40, "+") + ")^50", "(" + joined(0, 60, "+") + ")^3", joined(0, 400, "*"),
                           twelve + ":" + twelve + ":" + twelve, joined(0, 4900, "/"),
                           "(" + joined(0, 150, "+") + "):(" + joined(200, 330, "+") + "):" + joined(400, 4000, ":")})
    EXPECT_EQ(expansion_code(text), "formula.too_many_terms") << text.substr(0, 60);
}

TEST(Terms, ArithmeticMayBeLong) {
  std::string sum = "n", wide = "pmin(n";
  for (int k = 1; k < 4900; ++k) sum += " + n * n";
  for (int k = 1; k < 100; ++k) wide += ", n";
  std::string both = "f(" + wide + ")) + 1";
  for (int k = 1; k < 1500; ++k) both += " + " + wide + ")";
  EXPECT_EQ(design::evaluate_numeric(*formula::parse_expression(sum), portfolio(), {})[0], 4900.0);
  std::vector<std::string> names;
  design::collect_columns(*formula::parse_expression(both), names);
  EXPECT_EQ(names, (Texts{"f(" + wide + "))", "n"}));
}

TEST(FormulaFunctions, ConstantsAreWrittenOut) {
  const auto numbers = [](const char* text) {
    return design::constant_numbers(*formula::parse_expression(text), "knots");
  };
  EXPECT_EQ(numbers("1:3"), (Doubles{1, 2, 3}));
  EXPECT_EQ(numbers("2.5:-1"), (Doubles{2.5, 1.5, 0.5, -0.5}));
  EXPECT_EQ(numbers("1e17:1e17"), (Doubles{1e17})) << "where adding 1 changes nothing";
  for (const char* text : {"1:1e9", "c(1, 0/0)", "Inf - Inf", "-Inf:0", "0 * -Inf"})
    EXPECT_EQ(fit_case::code_of([&] { numbers(text); }), "formula.arguments") << text;
}

TEST(FormulaFunctions, AreListedAndFound) {
  for (const char* name : {"log", "log1p", "exp", "sqrt", "abs"})
    EXPECT_EQ(design::find_function(name)->kind, design::FunctionEntry::Kind::elementwise) << name;
  EXPECT_EQ(design::find_function("factor")->kind, design::FunctionEntry::Kind::factor);
  EXPECT_EQ(design::find_function(""), nullptr);
  const auto values = design::evaluate_numeric(*formula::parse_expression("sqrt(abs(exp(log1p(n))))"), portfolio(), {});
  const Doubles expected = {std::sqrt(2.0), std::sqrt(3.0), 2.0, std::sqrt(6.0), 3.0, std::sqrt(14.0)};
  fit_case::expect_near(values, expected, 2e-15);
  EXPECT_EQ(design::evaluate_numeric(*formula::parse_expression("2.5"), portfolio(), {}), Doubles(6, 2.5));
  EXPECT_EQ(design::evaluate_numeric(*formula::parse_expression("((flag))"), portfolio(), {}),
            (Doubles{1, 0, 1, 1, 0, 0}));
}
