// deciban_instructions: one pass over a fixed tariff of 65,536 rows, for instructions.py to count under callgrind.
//
// DECIBAN_ISA must name the instruction set: valgrind does not know AVX-512. Data come from the core's own random
// numbers, which have the same bits everywhere; one thread, so that the count does not depend on timing.
#include "deciban/base/config.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "deciban/data/table.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/math/rng.hpp"

using namespace deciban;

// callgrind counts from entering this function to leaving it
extern "C" __attribute__((noinline, visibility("default"))) double deciban_counted_pass(
    const engine::CodedObjective& objective, const linalg::Matrix& beta, const RunContext& context) {
  return objective.evaluate(beta, engine::Information::expected, context)[0].deviance;
}

namespace {

constexpr std::int64_t kRows = 65536;
constexpr int kLevels[] = {22, 12, 11, 6, 7, 5, 9, 6, 2};
constexpr int kNumbers = 4;

data::Table make_table(std::string& terms) {
  math::Stream stream(1, math::purpose("instructions"), 0);
  data::Table table;
  const auto add = [&](const std::string& name, data::Column column) {
    terms += (terms.empty() ? "" : " + ") + name;
    table.add(std::move(column));
  };
  for (int count : kLevels) {
    const std::string name = "c" + std::to_string(table.columns().size());
    data::Dictionary levels;
    levels.declared = true;
    for (int j = 0; j < count; ++j) levels.labels.push_back(std::to_string(j));
    std::vector<std::int32_t> codes(kRows);
    for (auto& code : codes)
      code = static_cast<std::int32_t>(math::draw_index(stream, static_cast<std::uint64_t>(count)));
    add(name, data::make_column(name, codes, levels));
  }
  for (int k = 0; k < kNumbers; ++k) {
    std::vector<double> values(kRows);
    for (double& value : values) value = math::draw_normal(stream);
    add("x" + std::to_string(k), data::make_column("x" + std::to_string(k), values));
  }
  std::vector<double> y(kRows), w(kRows);
  for (double& value : y) value = math::draw_poisson(stream, 0.1);
  for (double& value : w) value = stream.uniform();
  table.add(data::make_column("y", y));
  table.add(data::make_column("w", w));
  return table;
}

}  // namespace

int main() {
  const char* isa = std::getenv("DECIBAN_ISA");
  if (isa == nullptr || (std::strcmp(isa, "baseline") != 0 && std::strcmp(isa, "avx2") != 0)) {
    std::fputs("deciban_instructions: set DECIBAN_ISA to baseline or avx2\n", stderr);
    return 2;
  }
  std::string terms;
  const data::Table table = make_table(terms);
  design::LearnRequest request;
  request.family = families::make_family("poisson", nullptr, nullptr, "");
  request.link = families::make_link("", request.family);
  request.formula = formula::parse_formula("y ~ " + terms);
  request.weights.kind = design::ColumnSource::Kind::expression;
  request.weights.expression = formula::parse_expression("w");
  const RunContext context;
  design::DesignSpec spec;
  Warnings warnings;
  const design::TrainingData training = design::learn(request, table, data::Table(), context, spec, warnings);
  const engine::CodedObjective objective(training, training.design, request.family, request.link, context);
  linalg::Matrix beta(objective.size(), 1);
  for (int j = 0; j < objective.size(); ++j) beta(j, 0) = j == 0 ? -2.3 : 0.01;
  std::printf("%.17g\n", deciban_counted_pass(objective, beta, context));
  return 0;
}
