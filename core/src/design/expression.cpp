#include "deciban/design/expression.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/design/registry.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "formula_errors.hpp"

namespace deciban::design {

using formula::Node;
using parallel::kComputeRows;

namespace {

const double kMissing = std::nan("");

double as_logical(double x) { return std::isnan(x) ? x : x != 0.0; }
double logical_and(double a, double b) {
  if (a == 0.0 || b == 0.0) return 0.0;
  return std::isnan(a) || std::isnan(b) ? kMissing : 1.0;
}
double logical_or(double a, double b) {
  if (as_logical(a) == 1.0 || as_logical(b) == 1.0) return 1.0;
  return std::isnan(a) || std::isnan(b) ? kMissing : 0.0;
}
// x - floor(x / y) * y, the sign of y, as R's %%
double modulo(double x, double y) { return y == 0.0 ? kMissing : x - std::floor(x / y) * y; }
double power(double x, double y) { return y == 2.0 ? x * x : math::pow(x, y); }
bool either_missing(double a, double b) { return std::isnan(a) || std::isnan(b); }

using BinaryFunction = double (*)(double, double);
struct BinaryEntry {
  const char* symbol;
  bool logical;
  BinaryFunction function;
};
constexpr BinaryEntry kBinary[] = {
    {"+", false, [](double a, double b) { return a + b; }},
    {"-", false, [](double a, double b) { return a - b; }},
    {"*", false, [](double a, double b) { return a * b; }},
    {"/", false, [](double a, double b) { return a / b; }},
    {"^", false, power},
    {"%%", false, modulo},
    {"%/%", false, [](double a, double b) { return std::floor(a / b); }},
    {"<", true, [](double a, double b) { return either_missing(a, b) ? kMissing : double(a < b); }},
    {">", true, [](double a, double b) { return either_missing(a, b) ? kMissing : double(a > b); }},
    {"<=", true, [](double a, double b) { return either_missing(a, b) ? kMissing : double(a <= b); }},
    {">=", true, [](double a, double b) { return either_missing(a, b) ? kMissing : double(a >= b); }},
    {"==", true, [](double a, double b) { return either_missing(a, b) ? kMissing : double(a == b); }},
    {"!=", true, [](double a, double b) { return either_missing(a, b) ? kMissing : double(a != b); }},
    {"&", true, logical_and},
    {"&&", true, logical_and},
    {"|", true, logical_or},
    {"||", true, logical_or},
};
constexpr BinaryFunction kMinimum = [](double a, double b) { return either_missing(a, b) ? kMissing : a < b ? a : b; };
constexpr BinaryFunction kMaximum = [](double a, double b) { return either_missing(a, b) ? kMissing : a > b ? a : b; };

// Whether the text of a node can be as short as `longest`; every node but an empty one writes at least one character.
bool fits(const Node& node, std::size_t& longest) {
  if (node.kind == Node::Kind::empty) return true;
  if (longest == 0) return false;
  --longest;
  return std::all_of(node.arguments.begin(), node.arguments.end(),
                     [&](const formula::Argument& argument) { return fits(*argument.value, longest); });
}

const Node& without_parens(const Node& node) {
  return node.kind == Node::Kind::paren ? without_parens(*node.arguments[0].value) : node;
}

}  // namespace

// Steps over a stack of blocks, in postfix order.
struct Expression::Program {
  enum class Action { column, constant, codes, elementwise, binary, negate, logical_not, is_missing, choose };
  struct Step {
    Action action;
    const data::Column* column = nullptr;
    double constant = 0.0;
    std::shared_ptr<const data::RowCodes> codes;  // of a categorical column, for comparisons with text
    void (*elementwise)(const double*, double*, int) = nullptr;
    BinaryFunction binary = nullptr;
  };

  const data::Table& data;
  std::vector<Step> steps;
  bool logical = false;
  bool zero_has_sign = false;  // 1 / x: values at 0 and -0 may differ
  int depth = 0, deepest = 0;

  std::size_t longest_name = 0;

  explicit Program(const data::Table& table) : data(table) {
    for (const auto& column : data.columns()) longest_name = std::max(longest_name, column.name.size());
  }

  // The column that holds what the host computed for this sub-expression, or null.
  const data::Column* computed(const Node& node) const {
    if (node.kind == Node::Kind::name || node.kind == Node::Kind::number) return nullptr;
    std::size_t longest = longest_name;
    return fits(node, longest) ? data.find(formula::to_text(node)) : nullptr;
  }

  void push(Step step, int change) {
    steps.push_back(std::move(step));
    depth += change;
    deepest = std::max(deepest, depth);
  }

  // Returns whether the result is logical.
  bool compile(const Node& node) {
    if (const data::Column* column = computed(node)) return compile_column(*column, node);
    switch (node.kind) {
      case Node::Kind::number:
        return push({Action::constant, nullptr, node.number, nullptr, nullptr, nullptr}, 1), false;
      case Node::Kind::name:
        return compile_name(node);
      case Node::Kind::paren:
        return compile(*node.arguments[0].value);
      case Node::Kind::unary:
        return compile_unary(node);
      case Node::Kind::binary:
        return compile_binary(node);
      case Node::Kind::call:
        return compile_call(node);
      default:
        throw formula_error("formula.unsupported", node, "`" + formula::to_text(node) + "` has no numeric value.",
                            "Use columns, numbers and arithmetic here.");
    }
  }

  bool compile_column(const data::Column& column, const Node& node) {
    const data::Meaning meaning = column.meaning();
    if (meaning == data::Meaning::text)
      throw Error(ErrorKind::data, "data.not_numeric",
                  "`" + column.name + "` holds text and cannot be used as a number.",
                  "Compare it with a text, as in " + column.name + " == \"A\", or use it as a factor.",
                  Document::object({{"column", column.name}, {"position", node.position}}));
    push({Action::column, &column, 0.0, nullptr, nullptr, nullptr}, 1);
    return meaning == data::Meaning::boolean;
  }

  bool compile_name(const Node& node) {
    const std::pair<const char*, double> constants[] = {
        {"TRUE", 1.0},    {"FALSE", 0.0},    {"pi", 3.14159265358979323846},
        {"NA", kMissing}, {"Inf", HUGE_VAL}, {"NaN", kMissing}};
    if (!data.find(node.text))
      for (const auto& constant : constants)
        if (node.text == constant.first) {
          push({Action::constant, nullptr, constant.second, nullptr, nullptr, nullptr}, 1);
          return node.text == "TRUE" || node.text == "FALSE";
        }
    return compile_column(data.at(node.text), node);
  }

  bool compile_unary(const Node& node) {
    compile(*node.arguments[0].value);
    if (node.text == "+") return false;
    if (node.text == "-") return push({Action::negate, nullptr, 0.0, nullptr, nullptr, nullptr}, 0), false;
    if (node.text == "!") return push({Action::logical_not, nullptr, 0.0, nullptr, nullptr, nullptr}, 0), true;
    throw formula_error("formula.unsupported", node, "`" + formula::to_text(node) + "` has no numeric value.",
                        "Use columns, numbers and arithmetic here.");
  }

  bool compile_binary(const Node& node) {
    const Node& left = without_parens(*node.arguments[0].value);
    const Node& right = without_parens(*node.arguments[1].value);
    if (node.text == "==" || node.text == "!=") {
      if (right.kind == Node::Kind::text) return compile_text_comparison(left, right, node);
      if (left.kind == Node::Kind::text) return compile_text_comparison(right, left, node);
    }
    for (const auto& entry : kBinary) {
      if (node.text != entry.symbol) continue;
      compile(left);
      compile(right);
      const bool divides = node.text == "/" || node.text == "^" || node.text == "%%" || node.text == "%/%";
      zero_has_sign = zero_has_sign || (divides && right.kind != Node::Kind::number);
      push({Action::binary, nullptr, 0.0, nullptr, nullptr, entry.function}, -1);
      return entry.logical;
    }
    throw formula_error("formula.unsupported", node, "`" + node.text + "` is not arithmetic.",
                        "Use + - * / ^ %% %/%, comparisons and & | ! here.");
  }

  bool compile_text_comparison(const Node& column, const Node& text, const Node& whole) {
    if (column.kind != Node::Kind::name)
      throw formula_error("formula.unsupported", whole, "Text can be compared with a column only.",
                          "Write column == \"text\".");
    const data::CodedColumn coded = data::encode_levels(data.at(column.text));
    std::int32_t wanted = -3;  // a text that is no level equals no row
    for (std::size_t k = 0; k < coded.levels.size(); ++k)
      if (coded.levels.labels[k] == text.text) wanted = static_cast<std::int32_t>(k);
    auto codes = std::make_shared<data::RowCodes>(coded.codes);
    const bool equal = whole.text == "==";
    codes->replace(
        [&](std::int32_t code) { return code < 0 ? code : static_cast<std::int32_t>((code == wanted) == equal); });
    push({Action::codes, nullptr, 0.0, std::move(codes), nullptr, nullptr}, 1);
    return true;
  }

  bool compile_call(const Node& node) {
    const FunctionEntry* entry = find_function(node.text);
    if (!entry) throw unknown_function(node);
    const auto argument = [&](std::size_t i) -> const Node& { return *node.arguments[i].value; };
    const auto need = [&](std::size_t count, const char* hint) {
      if (node.arguments.size() != count)
        throw wrong_arguments(
            node, "`" + node.text + "()` takes " + std::to_string(count) + (count == 1 ? " argument." : " arguments."),
            hint);
    };
    if (entry->kind == FunctionEntry::Kind::elementwise) {
      if (node.text == "log" && node.arguments.size() == 2) return compile_log_base(node);
      need(1, "Write one column or expression between the brackets.");
      compile(argument(0));
      push({Action::elementwise, nullptr, 0.0, nullptr, entry->block, nullptr}, 0);
      return false;
    }
    if (node.text == "I") return need(1, "Write I(expression)."), compile(argument(0));
    if (node.text == "is.na") {
      need(1, "Write is.na(column).");
      compile(argument(0));
      return push({Action::is_missing, nullptr, 0.0, nullptr, nullptr, nullptr}, 0), true;
    }
    if (node.text == "ifelse") {
      need(3, "Write ifelse(test, yes, no).");
      for (std::size_t i = 0; i < 3; ++i) compile(argument(i));
      return push({Action::choose, nullptr, 0.0, nullptr, nullptr, nullptr}, -2), false;
    }
    if (node.text == "pmin" || node.text == "pmax") {
      if (node.arguments.empty()) throw wrong_arguments(node, "it needs arguments.", "Write pmin(column, 100).");
      compile(argument(0));
      for (std::size_t i = 1; i < node.arguments.size(); ++i) {
        compile(argument(i));
        push({Action::binary, nullptr, 0.0, nullptr, nullptr, node.text == "pmin" ? kMinimum : kMaximum}, -1);
      }
      return false;
    }
    if (node.text == "clip") {
      need(3, "Write clip(column, lower, upper).");
      compile(argument(0));
      compile(argument(1));
      push({Action::binary, nullptr, 0.0, nullptr, nullptr, kMaximum}, -1);
      compile(argument(2));
      push({Action::binary, nullptr, 0.0, nullptr, nullptr, kMinimum}, -1);
      return false;
    }
    throw formula_error("formula.unsupported", node,
                        "`" + formula::to_text(node) + "` cannot stand inside arithmetic: it makes several columns.",
                        "Use it as a term of its own.");
  }

  bool compile_log_base(const Node& node) {
    compile(*node.arguments[0].value);
    push({Action::elementwise, nullptr, 0.0, nullptr, find_function("log")->block, nullptr}, 0);
    compile(*node.arguments[1].value);
    push({Action::elementwise, nullptr, 0.0, nullptr, find_function("log")->block, nullptr}, 0);
    zero_has_sign = true;
    push({Action::binary, nullptr, 0.0, nullptr, nullptr, kBinary[3].function}, -1);
    return false;
  }

  // Rows from `begin` on; `values` stand for those of the only column when it is given.
  void run(std::int64_t begin, int n, const double* values, double* out) const {
    std::vector<double> stack(static_cast<std::size_t>(deepest) * kComputeRows);
    double* top = stack.data() - kComputeRows;  // the block on top of the stack
    std::int32_t codes[kComputeRows];
    for (const auto& step : steps) {
      double* below = top - kComputeRows;
      switch (step.action) {
        case Action::column:
          top += kComputeRows;
          if (values)
            std::copy(values, values + n, top);
          else
            data::read_doubles(*step.column, begin, n, top);
          break;
        case Action::constant:
          top += kComputeRows;
          for (int i = 0; i < n; ++i) top[i] = step.constant;
          break;
        case Action::codes:
          top += kComputeRows;
          step.codes->read(begin, n, codes);
          for (int i = 0; i < n; ++i) top[i] = codes[i] < 0 ? kMissing : codes[i];
          break;
        case Action::elementwise:
          step.elementwise(top, top, n);
          break;
        case Action::binary:
          for (int i = 0; i < n; ++i) below[i] = step.binary(below[i], top[i]);
          top = below;
          break;
        case Action::negate:
          for (int i = 0; i < n; ++i) top[i] = -top[i];
          break;
        case Action::logical_not:
          for (int i = 0; i < n; ++i) top[i] = std::isnan(top[i]) ? top[i] : top[i] == 0.0;
          break;
        case Action::is_missing:
          for (int i = 0; i < n; ++i) top[i] = std::isnan(top[i]);
          break;
        case Action::choose: {
          double* test = below - kComputeRows;
          for (int i = 0; i < n; ++i) test[i] = std::isnan(test[i]) ? test[i] : test[i] != 0.0 ? below[i] : top[i];
          top = test;
          break;
        }
      }
    }
    for (int i = 0; i < n; ++i) out[i] = top[i];
  }
};

Expression::Expression(const Node& node, const data::Table& data) : program_(std::make_unique<Program>(data)) {
  program_->logical = program_->compile(node);
}
Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;

bool Expression::is_logical() const { return program_->logical; }

void Expression::evaluate(std::int64_t begin, int count, double* out) const {
  program_->run(begin, count, nullptr, out);
}

const data::Column* Expression::only_column() const {
  const data::Column* only = nullptr;
  if (program_->zero_has_sign) return nullptr;
  for (const auto& step : program_->steps) {
    if (step.codes || (step.column && only && step.column != only)) return nullptr;
    if (step.column) only = step.column;
  }
  return only;
}

void Expression::evaluate_values(const double* values, int count, double* out) const {
  program_->run(0, count, values, out);
}

namespace {

bool is_opaque(const Node& node) {
  return node.kind == Node::Kind::call && node.text != "c" && node.text != "cbind" && !find_function(node.text);
}

// Texts in order of appearance, each once.
class Distinct {
 public:
  explicit Distinct(std::vector<std::string>& texts) : texts_(texts), known_(texts.begin(), texts.end()) {}
  void add(const std::string& text) {
    if (known_.insert(text).second) texts_.push_back(text);
  }

 private:
  std::vector<std::string>& texts_;
  std::unordered_set<std::string> known_;
};

void add_opaque(const Node& node, Distinct& texts) {
  if (is_opaque(node)) return texts.add(formula::to_text(node));
  for (const auto& argument : node.arguments) add_opaque(*argument.value, texts);
}

void add_columns(const Node& node, Distinct& names) {
  if (is_opaque(node)) return names.add(formula::to_text(node));
  if (node.kind == Node::Kind::name) {
    for (const auto& name : formula::variables(node)) names.add(name);  // none for a constant
    return;
  }
  const bool member = node.kind == Node::Kind::binary && (node.text == "$" || node.text == "@");
  for (std::size_t i = 0; i < (member ? 1 : node.arguments.size()); ++i) add_columns(*node.arguments[i].value, names);
}

}  // namespace

void collect_opaque(const Node& node, std::vector<std::string>& texts) {
  Distinct distinct(texts);
  add_opaque(node, distinct);
}

void collect_columns(const Node& node, std::vector<std::string>& names) {
  Distinct distinct(names);
  add_columns(node, distinct);
}

std::vector<double> evaluate_numeric(const Node& node, const data::Table& data, const RunContext& context) {
  std::vector<double> values(static_cast<std::size_t>(data.rows()));
  const Expression expression(node, data);
  const bool plain = node.kind == Node::Kind::name && data.find(node.text);
  parallel::for_each(context, parallel::block_count(data.rows()), [&](std::int64_t block) {
    const auto range = parallel::block_range(data.rows(), block);
    if (plain)
      return data::read_doubles(data.at(node.text), range.begin, range.end - range.begin, &values[range.begin]);
    parallel::for_compute_blocks(
        range, [&](std::int64_t begin, int count) { expression.evaluate(begin, count, values.data() + begin); });
  });
  return values;
}

data::Numbers numeric_values(const Node& node, const data::Table& data, const RunContext& context) {
  data::Numbers values;
  const data::Column* column = node.kind == Node::Kind::name ? data.find(node.text) : nullptr;
  if (column && data::Numbers::in_place(*column, values)) return values;
  return evaluate_numeric(node, data, context);
}

}  // namespace deciban::design
