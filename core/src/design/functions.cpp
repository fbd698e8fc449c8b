#include "deciban/design/functions.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/data/read.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::design {
namespace {

using formula::Node;

void sqrt_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::sqrt(x[i]);
}
void abs_block(const double* x, double* out, int n) {
  for (int i = 0; i < n; ++i) out[i] = std::fabs(x[i]);
}

struct Entry {
  const char* name;
  ElementwiseFunction function;
};
constexpr Entry kElementwise[] = {
    {"log", math::log_block}, {"log1p", math::log1p_block}, {"exp", math::exp_block},
    {"sqrt", sqrt_block},     {"abs", abs_block},
};

// The chain of functions applied to one column: log(abs(x)) is {abs, log} over x.
struct Chain {
  const Node* leaf = nullptr;
  std::vector<ElementwiseFunction> functions;  // innermost first
};

Error unsupported(const Node& node) {
  return Error(ErrorKind::formula, "formula.unsupported",
               "`" + formula::to_text(node) + "` cannot be evaluated: arithmetic inside a term is not available yet.",
               "Compute it as a column of the data first.",
               Document::object({{"position", node.position}, {"term", formula::to_text(node)}}));
}

Chain resolve(const Node& node) {
  switch (node.kind) {
    case Node::Kind::name:
    case Node::Kind::number: {
      Chain chain;
      chain.leaf = &node;
      return chain;
    }
    case Node::Kind::paren:
      return resolve(*node.arguments[0].value);
    case Node::Kind::call: {
      const ElementwiseFunction function = find_elementwise(node.text);
      if (!function) {
        const std::string close = closest_match(node.text, function_names());
        throw Error(ErrorKind::formula, "formula.unknown_function",
                    "`" + node.text + "()` is not a function that formulas know.",
                    (close.empty() ? "" : "Did you mean `" + close + "()`? ") + std::string("Functions are ") +
                        join_some(function_names(), 20) + "; compute anything else as a column of the data first.",
                    Document::object({{"position", node.position}, {"function", node.text}}));
      }
      if (node.arguments.size() != 1 || !node.arguments[0].value || node.arguments[0].value->kind == Node::Kind::empty)
        throw Error(ErrorKind::formula, "formula.arguments", "`" + node.text + "()` takes one argument.",
                    "Write " + node.text + "(column).",
                    Document::object({{"position", node.position}, {"function", node.text}}));
      Chain chain = resolve(*node.arguments[0].value);
      chain.functions.push_back(function);
      return chain;
    }
    default:
      throw unsupported(node);
  }
}

}  // namespace

ElementwiseFunction find_elementwise(const std::string& name) {
  for (const auto& entry : kElementwise)
    if (name == entry.name) return entry.function;
  return nullptr;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names = {"factor", "C", "offset"};
  for (const auto& entry : kElementwise) names.push_back(entry.name);
  return names;
}

std::vector<double> evaluate_numeric(const Node& node, const data::Table& data, const RunContext& context) {
  const Chain chain = resolve(node);
  const data::Column* column = chain.leaf->kind == Node::Kind::name ? &data.at(chain.leaf->text) : nullptr;
  std::vector<double> values(static_cast<std::size_t>(data.rows()));
  parallel::for_each(context, parallel::block_count(data.rows()), [&](std::int64_t block) {
    const auto range = parallel::block_range(data.rows(), block);
    if (column) {
      data::read_doubles(*column, range.begin, range.end - range.begin, values.data() + range.begin);
    } else {
      for (std::int64_t i = range.begin; i < range.end; ++i) values[i] = chain.leaf->number;
    }
    parallel::for_compute_blocks(range, [&](std::int64_t begin, int count) {
      for (const auto function : chain.functions) function(values.data() + begin, values.data() + begin, count);
    });
  });
  return values;
}

}  // namespace deciban::design
