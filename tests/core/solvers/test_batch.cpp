// Fits that share passes: those that newton() makes one by one, and the same bits whatever they share a pass with.
#include "deciban/base/config.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/solvers/batch.hpp"
#include "engine/random_problem.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using random_problem::Model;

namespace {

// One fit without each column in turn, from the solution of the whole.
std::vector<solvers::NewtonOptions> without_each(const solvers::NewtonOptions& base, const solvers::Solution& whole) {
  std::vector<solvers::NewtonOptions> problems;
  for (std::size_t j = 1; j < whole.beta.size(); ++j) {
    solvers::NewtonOptions options = base;
    options.start = whole.beta;
    options.start[j] = 0.0;
    options.fixed.assign(whole.beta.size(), 0);
    options.fixed[j] = 1;
    problems.push_back(options);
  }
  return problems;
}

TEST(NewtonTogether, FindsWhatNewtonFinds) {
  Random random(21);
  int checked = 0;
  for (const Model& model : random_problem::all_models()) {
    const auto problem = random_problem::make(model, 300, random);
    const engine::CodedObjective objective(problem.training, problem.training.design, model.family, model.link,
                                           threads(1));
    solvers::NewtonOptions options;
    options.known_dispersion = model.family.has_known_dispersion();
    options.canonical = families::is_canonical(model.family, model.link);
    solvers::Solution whole;
    try {
      whole = solvers::newton(objective, options, threads(1));
    } catch (const Error&) {
      continue;
    }
    if (whole.status != solvers::Status::converged) continue;
    std::vector<solvers::Solution> together;
    const auto problems = without_each(options, whole);
    try {
      together = solvers::newton_together(objective, problems, threads(1));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "fit.no_start");
      continue;
    }
    for (std::size_t k = 0; k < problems.size(); ++k) {
      const solvers::Solution alone = solvers::newton_together(objective, {problems[k]}, threads(2))[0];
      EXPECT_TRUE(same_bits(alone.beta, together[k].beta)) << model.name;
      EXPECT_TRUE(same_bits(alone.at.deviance, together[k].at.deviance)) << model.name;
      const solvers::Solution one = solvers::newton(objective, problems[k], threads(1));
      EXPECT_EQ(one.keep, together[k].keep) << model.name;
      if (one.status != solvers::Status::converged || together[k].status != solvers::Status::converged) continue;
      EXPECT_EQ(one.rank, together[k].rank) << model.name;
      EXPECT_LE(difference(together[k].at.deviance, one.at.deviance), 1e-10) << model.name;
      ++checked;
    }
  }
  EXPECT_GT(checked, 60);
}

// A column that depends on others is left out, also where only the smaller model has that dependence no more.
TEST(NewtonTogether, DecidesRankForEachModel) {
  Random random(4);
  Columns data;
  Doubles y, x, twice;
  for (int i = 0; i < 200; ++i) {
    x.push_back(random.normal());
    twice.push_back(2.0 * x.back());
    y.push_back(random.poisson(std::exp(0.3 * x.back())));
  }
  data.add("y", y).add("x", x).add("twice", twice);
  const auto model = fit(args({{"formula", "y ~ x + twice"}, {"family", "poisson"}}), data.table);
  EXPECT_EQ(model.statistics.rank, 2);
  design::TrainingData training;
  training.design.rows = 200;
  training.design.n_columns = 3;
  training.y = y;
  training.rows_given = 200;
  for (const auto& [column, values] : {std::pair<int, Doubles>{1, x}, {2, twice}}) {
    design::Block block;
    block.parts.emplace_back();
    block.parts[0].values = values;
    block.parts[0].stride = 200;
    block.columns = {column};
    training.design.blocks.push_back(block);
  }
  const engine::CodedObjective objective(training, training.design, model.family, model.link, threads(1));
  solvers::NewtonOptions options;
  options.start = objective.own_coefficients(model.coefficients);
  options.start[1] = 0.0;
  options.fixed = {0, 1, 0};
  const solvers::Solution found = solvers::newton_together(objective, {options}, threads(1))[0];
  EXPECT_EQ(found.rank, 2);
  EXPECT_NEAR(found.at.deviance, model.statistics.deviance, 1e-10);
  EXPECT_NEAR(found.beta[2], model.coefficients[1] / 2.0, 1e-9);
}

}  // namespace
