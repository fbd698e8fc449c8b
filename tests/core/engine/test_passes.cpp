// Several models in one pass, and passes that are shared out and merged.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "deciban/base/bytes.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/stream/accumulator.hpp"
#include "engine/random_problem.hpp"

using namespace deciban;
using engine::CodedObjective;
using engine::Evaluation;
using engine::Information;
using engine::Pass;
using engine::PassModel;
using fit_case::code_of;
using fit_case::Doubles;
using fit_case::threads;
using random_problem::Model;

namespace {

bool same_bits(const Evaluation& a, const Evaluation& b) {
  return fit_case::same_bits({a.n, a.sum_w, a.deviance, a.pearson}, {b.n, b.sum_w, b.deviance, b.pearson}) &&
         fit_case::same_bits(a.score, b.score) && fit_case::same_bits(a.information.values(), b.information.values()) &&
         a.invalid_rows == b.invalid_rows;
}

linalg::Matrix columns(const std::vector<Doubles>& betas) {
  linalg::Matrix out(static_cast<int>(betas[0].size()), static_cast<int>(betas.size()));
  for (std::size_t k = 0; k < betas.size(); ++k)
    std::copy(betas[k].begin(), betas[k].end(), out.column(static_cast<int>(k)));
  return out;
}

Doubles nearby(const Doubles& beta, fit_case::Random& random) {
  Doubles out = beta;
  for (auto& value : out) value += 0.05 * random.normal();
  return out;
}

struct Setting {
  Model model;
  random_problem::Case problem;
  std::unique_ptr<CodedObjective> objective;

  Setting(const std::string& family, const std::string& link, std::int64_t rows, fit_case::Random& random)
      : model(random_problem::model_of(family, 1.4, link)),
        problem(random_problem::make(model, rows, random, 1.0, true)) {
    objective = std::make_unique<CodedObjective>(problem.training, problem.training.design, model.family, model.link,
                                                 threads(2));
  }
};

}  // namespace

TEST(Passes, OfSeveralModelsHaveTheBitsOfEachAlone) {
  fit_case::Random random(31);
  for (const char* family : {"poisson", "gamma", "tweedie", "binomial"}) {
    const Setting at(family, std::string(family) == "binomial" ? "logit" : "log", 40000, random);
    std::vector<Doubles> betas;
    for (int k = 0; k < 11; ++k) betas.push_back(nearby(at.problem.beta, random));
    for (const Information kind : {Information::expected, Information::observed}) {
      const auto together = at.objective->evaluate(columns(betas), kind, threads(2));
      ASSERT_EQ(together.size(), betas.size());
      for (std::size_t k = 0; k < betas.size(); ++k)
        EXPECT_TRUE(same_bits(together[k], at.objective->evaluate(columns({betas[k]}), kind, threads(1))[0]))
            << family << k;
    }
  }
}

TEST(Passes, OfOtherWeightsAreThoseOfAnotherObjective) {
  fit_case::Random random(32);
  const Setting at("poisson", "log", 70000, random);
  const auto rows = static_cast<std::size_t>(at.problem.training.design.rows);
  // a fold that leaves rows out, a bootstrap, and a fold that has nothing of the first block
  std::vector<Doubles> weights(3, Doubles(rows));
  for (std::size_t i = 0; i < rows; ++i) {
    weights[0][i] = i % 5 ? 1.0 : 0.0;
    weights[1][i] = random.poisson(1.0);
    weights[2][i] = i < 32768 ? 0.0 : 1.0;
  }
  std::vector<PassModel> models(1, PassModel{at.problem.beta.data(), nullptr, nullptr});
  for (const auto& w : weights) models.push_back({at.problem.beta.data(), nullptr, w.data()});
  const auto got = at.objective->evaluate(models, Information::expected, threads(2));
  EXPECT_TRUE(
      same_bits(got[0], at.objective->evaluate(columns({at.problem.beta}), Information::expected, threads(1))[0]));
  for (std::size_t k = 0; k < weights.size(); ++k) {
    design::TrainingData training = at.problem.training;
    Doubles own = weights[k];
    for (std::size_t i = 0; i < rows && !training.weights.empty(); ++i) own[i] = training.weights[i] * own[i];
    const bool frequencies = !training.frequencies.empty();
    training.weights = std::move(own);
    const CodedObjective other(training, training.design, at.model.family, at.model.link, threads(1));
    const Evaluation expected = other.evaluate(columns({at.problem.beta}), Information::expected, threads(1))[0];
    if (frequencies) {  // products of three numbers in another order
      EXPECT_NEAR(got[k + 1].deviance, expected.deviance, 1e-9 * expected.deviance);
    } else {
      EXPECT_TRUE(same_bits(got[k + 1], expected)) << k;
    }
    EXPECT_EQ(got[k + 1].n, expected.n) << k;
  }
}

TEST(Passes, OfOtherFamiliesAreThoseOfAnotherObjective) {
  fit_case::Random random(33);
  const Setting at("tweedie", "log", 40000, random);
  std::vector<families::Family> family;
  for (double power = 1.1; power < 1.95; power += 0.2)
    family.push_back(families::make_family("tweedie", &power, nullptr, ""));
  std::vector<PassModel> models;
  for (const auto& one : family) models.push_back({at.problem.beta.data(), &one, nullptr});
  const auto got = at.objective->evaluate(models, Information::expected, threads(2));
  for (std::size_t k = 0; k < family.size(); ++k) {
    const CodedObjective other(at.problem.training, at.problem.training.design, family[k], at.model.link, threads(1));
    EXPECT_TRUE(same_bits(got[k], other.evaluate(columns({at.problem.beta}), Information::expected, threads(1))[0]))
        << k;
  }
}

TEST(Passes, AreSharedOutAndMerged) {
  fit_case::Random random(34);
  const Setting at("poisson", "log", 32768 * 11 + 777, random);
  const auto betas = columns({at.problem.beta, nearby(at.problem.beta, random)});
  const auto expected = at.objective->evaluate(betas, Information::expected, threads(2));
  const std::int64_t blocks = at.objective->blocks();
  ASSERT_EQ(blocks, 12);
  for (int trial = 0; trial < 20; ++trial) {
    std::vector<std::int64_t> cuts = {0, blocks};
    for (int k = 0; k < 3; ++k) cuts.push_back(random.below(static_cast<int>(blocks) + 1));
    std::sort(cuts.begin(), cuts.end());
    std::vector<Pass> parts;
    for (std::size_t k = 0; k + 1 < cuts.size(); ++k)
      parts.push_back(at.objective->pass(betas, Information::expected, {cuts[k], cuts[k + 1], cuts[k]}, threads(2)));
    // any order, by way of bytes or not
    Pass total = at.objective->read_pass(parts.back().to_bytes());
    parts.pop_back();
    while (!parts.empty()) {
      const auto next = static_cast<std::size_t>(random.below(static_cast<int>(parts.size())));
      total.merge(trial % 2 ? std::move(parts[next]) : at.objective->read_pass(parts[next].to_bytes()));
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(next));
    }
    const auto got = at.objective->finish(std::move(total));
    for (std::size_t k = 0; k < got.size(); ++k) EXPECT_TRUE(same_bits(got[k], expected[k])) << trial;
  }
}

TEST(Passes, RefuseWhatDoesNotBelongTogether) {
  fit_case::Random random(35);
  const Setting at("poisson", "log", 70000, random);
  const auto beta = columns({at.problem.beta}), other = columns({nearby(at.problem.beta, random)});
  const auto pass = [&](const linalg::Matrix& betas, std::int64_t first, std::int64_t last) {
    return at.objective->pass(betas, Information::expected, {first, last, first}, threads(1));
  };
  EXPECT_EQ(code_of([&] { pass(beta, 0, 1).merge(pass(other, 1, 2)); }), "stream.other_pass");
  EXPECT_EQ(code_of([&] { pass(beta, 0, 2).merge(pass(beta, 0, 2)); }), "stream.block_twice");
  std::string bytes = pass(beta, 0, 2).to_bytes();
  const auto code = [&](const std::string& text) { return code_of([&] { at.objective->read_pass(text); }); };
  EXPECT_EQ(code(bytes), "no error");
  EXPECT_EQ(code(""), "stream.invalid");
  EXPECT_EQ(code("some other file"), "stream.invalid");
  EXPECT_EQ(code(bytes.substr(0, bytes.size() - 9)), "stream.invalid");
  EXPECT_EQ(code(bytes + bytes), "stream.invalid");
  bytes[bytes.size() / 2] ^= 1;
  EXPECT_EQ(code(bytes), "stream.invalid");
  const Setting small("poisson", "log", 500, random);
  EXPECT_EQ(code_of([&] { small.objective->read_pass(pass(beta, 0, 2).to_bytes()); }), "stream.invalid");
}
