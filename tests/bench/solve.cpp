// deciban_bench FOLDER: the solve on coded data of a problem that problems.py wrote, without a package around it.
//
// Reads a number of threads per line of the standard input and answers each with one line of JSON: seconds to learn the
// coded design, to construct the objective, for Newton's method and for one pass, and the deviance. A peer's rounds can
// so be taken in turn with ours. The deviance is computed once more, row by row with the C library, and must agree.
#include "deciban/base/config.hpp"

#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "deciban/data/table.hpp"
#include "deciban/design/learn.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/solvers/newton.hpp"

namespace {

using namespace deciban;
using Clock = std::chrono::steady_clock;

constexpr int kPasses = 3;

/// Seconds since the last call.
double lap(Clock::time_point& start) {
  const Clock::time_point now = Clock::now();
  const double seconds = std::chrono::duration<double>(now - start).count();
  start = now;
  return seconds;
}

nlohmann::json read_json(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  return nlohmann::json::parse(file);
}

template <class T>
std::vector<T> read_values(const std::string& path, std::size_t rows) {
  std::vector<T> values(rows);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(rows * sizeof(T)))) {
    throw std::runtime_error(path + " is too short");
  }
  return values;
}

data::Table read_table(const std::string& folder) {
  const nlohmann::json meta = read_json(folder + "/meta.json");
  const std::size_t rows = meta["rows"];
  data::Table table;
  for (const auto& [name, entry] : meta["columns"].items()) {
    const std::string path = folder + "/" + entry["file"].get<std::string>();
    if (entry["type"] == "factor") {
      data::Dictionary levels;
      levels.labels = entry["levels"].get<std::vector<std::string>>();
      levels.declared = true;
      table.add(data::make_column(name, read_values<std::int32_t>(path, rows), levels));
    } else {
      table.add(data::make_column(name, read_values<double>(path, rows)));
    }
  }
  return table;
}

design::LearnRequest request_of(const std::string& folder) {
  const nlohmann::json plan = read_json(folder + "/plan.json");
  design::LearnRequest request;
  request.family = families::make_family("poisson", nullptr, nullptr, "");
  request.link = families::make_link("", request.family);
  request.formula = formula::parse_formula(plan["formula"].get<std::string>());
  request.weights.kind = design::ColumnSource::Kind::expression;
  request.weights.expression = formula::parse_expression(plan["weights"].get<std::string>());
  return request;
}

double plain_deviance(const design::TrainingData& training, const std::vector<double>& coefficients,
                      const RunContext& context) {
  const std::vector<double> eta = engine::linear_predictor(training.design, coefficients, training.offset, context);
  double sum = 0.0;
  for (std::size_t i = 0; i < eta.size(); ++i) {
    const double y = training.y[i];
    const double mu = std::exp(eta[i]);
    sum += training.weights[i] * ((y > 0.0 ? y * std::log(y / mu) : 0.0) - (y - mu));
  }
  return 2.0 * sum;
}

nlohmann::json measure(const design::LearnRequest& request, const data::Table& table, int threads, bool check) {
  RunContext context;
  context.n_threads = threads;
  context.team = std::make_shared<parallel::Team>();
  nlohmann::json out = {{"threads", threads}};
  Clock::time_point start = Clock::now();
  design::DesignSpec spec;
  Warnings warnings;
  const design::TrainingData training = design::learn(request, table, data::Table(), context, spec, warnings);
  out["learn"] = lap(start);
  const engine::CodedObjective objective(training, training.design, request.family, request.link, context);
  out["construct"] = lap(start);
  solvers::NewtonOptions options;
  options.known_dispersion = options.canonical = true;
  const solvers::Solution solution = solvers::newton(objective, options, context);
  out["newton"] = lap(start);
  linalg::Matrix beta(objective.size(), 1);
  for (int j = 0; j < objective.size(); ++j) beta(j, 0) = solution.beta[static_cast<std::size_t>(j)];
  lap(start);
  for (int k = 0; k < kPasses; ++k) objective.evaluate(beta, engine::Information::expected, context);
  out["pass"] = lap(start) / kPasses;
  out["iterations"] = solution.n_iter;
  out["deviance"] = solution.at.deviance;
  out["status"] = solvers::status_name(solution.status);
  if (check) {
    const double plain = plain_deviance(training, objective.natural_coefficients(solution.beta), context);
    if (!(std::fabs(plain / solution.at.deviance - 1.0) < 1e-10)) throw std::runtime_error("the deviance is wrong");
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: deciban_bench FOLDER, numbers of threads on the standard input\n";
    return 2;
  }
  try {
    const data::Table table = read_table(argv[1]);
    const design::LearnRequest request = request_of(argv[1]);
    bool first = true;
    for (int threads; std::cin >> threads; first = false) {
      std::cout << measure(request, table, threads, first).dump() << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "deciban_bench: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
