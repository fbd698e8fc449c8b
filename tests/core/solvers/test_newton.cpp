#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "deciban/engine/coded_objective.hpp"
#include "deciban/solvers/newton.hpp"
#include "engine/random_problem.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using naive::Real;
using naive::Reals;
using random_problem::Model;

namespace {

struct Fitted {
  solvers::Solution solution;
  std::vector<double> anchors;
};

Fitted solve(const Model& model, const design::TrainingData& training, solvers::NewtonOptions options = {}) {
  const engine::CodedObjective objective(training, training.design, model.family, model.link, threads(1));
  options.known_dispersion = model.family.has_known_dispersion();
  options.canonical = families::is_canonical(model.family, model.link);
  Fitted out;
  out.solution = solvers::newton(objective, options, threads(1));
  out.anchors.assign(static_cast<std::size_t>(training.design.n_columns), 0.0);
  for (std::size_t j = 1; j < out.anchors.size() && training.design.intercept; ++j) {
    std::vector<double> unit(out.anchors.size(), 0.0);
    unit[j] = 1.0;
    out.anchors[j] = 0.0 - objective.natural_coefficients(unit)[0];
  }
  return out;
}

// The kept columns as a dense problem, and where it ends Newton's method in long double goes from the solution.
struct Reference {
  Reals beta;
  std::vector<double> got, errors;
};

Reference refine(const Model& model, const design::TrainingData& training, const Fitted& fitted) {
  naive::Problem problem = random_problem::naive_problem(model, training, fitted.anchors);
  std::vector<Reals> kept;
  Reference out;
  for (std::size_t j = 0; j < fitted.solution.keep.size(); ++j) {
    if (!fitted.solution.keep[j]) continue;
    kept.push_back(problem.x[j]);
    out.got.push_back(fitted.solution.beta[j]);
    const int k = static_cast<int>(j);
    out.errors.push_back(std::sqrt(fitted.solution.inverse(k, k) * fitted.solution.dispersion));
  }
  problem.x = kept;
  out.beta = naive::fit(problem, Reals(out.got.begin(), out.got.end()), 3);
  return out;
}

void expect_solution(const Model& model, const design::TrainingData& training, const Fitted& fitted,
                     const std::string& what) {
  const Reference reference = refine(model, training, fitted);
  for (std::size_t j = 0; j < reference.got.size(); ++j) {
    const double scale =
        std::max(std::fabs(reference.got[j]), std::isfinite(reference.errors[j]) ? reference.errors[j] : 0.0);
    EXPECT_LE(std::fabs(reference.got[j] - static_cast<double>(reference.beta[j])), 1e-9 * scale)
        << what << " coefficient " << j << ": " << reference.got[j] << " +- " << reference.errors[j];
  }
}

// Links whose means may end at the edge of the domain, where there is no score equation to solve.
bool may_end_at_the_edge(const Model& model) {
  using families::LinkId;
  const LinkId link = model.link.id;
  if (model.family.is_probability()) return link == LinkId::log || link == LinkId::identity;
  return model.family.variance != families::Variance::constant && (link == LinkId::identity || link == LinkId::power);
}

Doubles uniform_column(std::size_t n, Random& random, double low, double high) {
  Doubles out(n);
  for (auto& value : out) value = low + (high - low) * random.uniform();
  return out;
}

}  // namespace

TEST(Newton, FindsTheMaximumForEveryFamilyAndLink) {
  Random random(1);
  int converged = 0, all = 0;
  for (int round = 0; round < 8; ++round)
    for (const Model& model : random_problem::all_models()) {
      const auto problem = random_problem::make_plain(model, 60 + random.below(400), random);
      const std::string what = model.name + ", round " + std::to_string(round);
      const Fitted fitted = solve(model, problem.training);
      ++all;
      const auto status = fitted.solution.status;
      if (status != solvers::Status::converged) {
        EXPECT_TRUE(may_end_at_the_edge(model) ||
                    (status == solvers::Status::separated && model.family.is_probability()))
            << what << ": " << solvers::status_name(status);
        continue;
      }
      ++converged;
      expect_solution(model, problem.training, fitted, what);
    }
  EXPECT_GT(converged, all * 9 / 10);
}

TEST(Newton, FindsTheMaximumWithOffsets) {
  Random random(2);
  for (const Model& model : random_problem::all_models()) {
    if (model.link.id != families::LinkId::log && model.link.id != families::LinkId::logit) continue;
    if (model.family.is_probability() && model.link.id == families::LinkId::log) continue;
    for (int round = 0; round < 4; ++round) {
      const auto problem = random_problem::make(model, 100 + random.below(200), random, 2.0);
      const Fitted fitted = solve(model, problem.training);
      const std::string what = model.name + ", round " + std::to_string(round);
      if (fitted.solution.status == solvers::Status::separated) continue;
      ASSERT_EQ(fitted.solution.status, solvers::Status::converged) << what;
      expect_solution(model, problem.training, fitted, what);
    }
  }
}

TEST(Newton, HoldsFixedColumns) {
  // A fixed column is an offset; one fixed at 0 is left out. Log and logit: every predictor is valid.
  Random random(5);
  int checked = 0;
  for (const Model& model : random_problem::all_models()) {
    if (model.link.id != families::LinkId::log && model.link.id != families::LinkId::logit) continue;
    if (model.family.is_probability() && model.link.id == families::LinkId::log) continue;
    for (const bool at_zero : {false, true}) {
      const auto problem = random_problem::make(model, 200 + random.below(300), random);
      const Fitted whole = solve(model, problem.training);
      const auto p = whole.solution.beta.size();
      if (whole.solution.status != solvers::Status::converged || p < 3) continue;
      solvers::NewtonOptions options;
      options.fixed.assign(p, 0);
      std::vector<double> held(p, 0.0);
      for (std::size_t j = 1; j < p; j += 1 + static_cast<std::size_t>(random.below(2))) {
        options.fixed[j] = 1;
        held[j] = at_zero ? 0.0 : whole.solution.beta[j] + 0.1 * random.normal();
      }
      if (!at_zero) {
        options.start = whole.solution.beta;
        for (std::size_t j = 0; j < p; ++j)
          if (options.fixed[j]) options.start[j] = held[j];
      }
      const Fitted fitted = solve(model, problem.training, options);
      if (fitted.solution.status != solvers::Status::converged) continue;
      naive::Problem dense = random_problem::naive_problem(model, problem.training, fitted.anchors);
      dense.offset.resize(dense.rows(), 0.0);
      naive::Problem rest = dense;
      rest.x.clear();
      Reals start;
      std::vector<std::size_t> free;
      for (std::size_t j = 0; j < p; ++j) {
        if (options.fixed[j]) {
          EXPECT_EQ(fitted.solution.keep[j], 0);
          EXPECT_EQ(fitted.solution.beta[j], held[j]);
          for (std::size_t i = 0; i < dense.rows(); ++i)
            rest.offset[i] = static_cast<double>(Real(rest.offset[i]) + Real(held[j]) * dense.x[j][i]);
        } else if (fitted.solution.keep[j]) {
          rest.x.push_back(dense.x[j]);
          start.push_back(fitted.solution.beta[j]);
          free.push_back(j);
        }
      }
      EXPECT_EQ(fitted.solution.rank, static_cast<int>(free.size()));
      const Reals found = naive::fit(rest, start, 3);
      for (std::size_t k = 0; k < free.size(); ++k) {
        const int j = static_cast<int>(free[k]);
        const double error = std::sqrt(fitted.solution.inverse(j, j) * fitted.solution.dispersion);
        // the offset above is rounded to a double
        EXPECT_NEAR(fitted.solution.beta[free[k]], static_cast<double>(found[k]),
                    1e-8 * std::max(std::fabs(static_cast<double>(found[k])), error))
            << model.name << (at_zero ? " at zero" : "");
      }
      ++checked;
    }
  }
  EXPECT_GT(checked, 10);
}

TEST(Newton, TakesFewStepsOnHeavyTails) {
  // Inverse Gaussian with log link: R's Fisher scoring crawls (59 iterations on such data), observed information does
  // not.
  Random random(3);
  for (int round = 0; round < 5; ++round) {
    Doubles y, x = uniform_column(2000, random, -1, 1);
    Texts f;
    for (std::size_t i = 0; i < x.size(); ++i) {
      f.push_back(std::string(1, static_cast<char>('a' + random.below(6))));
      y.push_back(std::exp(7.0 + 0.5 * x[i] + 2.2 * random.normal()));
    }
    Columns c;
    c.add("y", y).add("x", x).add("f", f);
    const auto model = fit(args({{"formula", "y ~ x + f"}, {"family", "inverse_gaussian"}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged");
    EXPECT_LE(model.statistics.n_iter, 20);
    // the score equations: sum (y - mu) / mu^2 x = 0
    Real score[3] = {0, 0, 0}, size[3] = {0, 0, 0};
    const Doubles mu = models::predict(model, args({}), c.table, {}, threads(1));
    for (std::size_t i = 0; i < y.size(); ++i) {
      const Real s = (Real(y[i]) - mu[i]) / (Real(mu[i]) * mu[i]);
      const Real row[3] = {1.0L, x[i], f[i] == "c" ? 1.0L : 0.0L};
      for (int j = 0; j < 3; ++j) {
        score[j] += s * row[j];
        size[j] += std::fabs(s * row[j]);
      }
    }
    for (int j = 0; j < 3; ++j) EXPECT_LE(std::fabs(score[j]), 1e-11L * size[j]) << j;
  }
}

// clotting (McCullagh and Nelder 1989, p. 300): links whose means must stay positive from the start. R 4.2.2,
// glm(lot1 ~ log(u), family = inverse.gaussian, control(epsilon = 1e-14)); Gamma; and gaussian(inverse).
TEST(Newton, StartsWithInverseLinks) {
  Columns c;
  c.add("y", Doubles{118, 58, 42, 35, 27, 25, 21, 19, 18}).add("u", Doubles{5, 10, 15, 20, 30, 40, 60, 80, 100});
  const auto coefficients = [&](const char* family, const char* link) {
    const auto model = fit(args({{"formula", "y ~ log(u)"}, {"family", family}, {"link", link}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged") << family;
    return model.coefficients;
  };
  expect_near(coefficients("inverse_gaussian", "1/mu^2"), {-0.0011079770459676312, 0.0007219138969506075}, 1e-9);
  expect_near(coefficients("gamma", "inverse"), {-0.016554381726200273, 0.015343114910324664}, 1e-9);
  // A steep hyperbola: starting from the data, the least-squares line passes below zero.
  Columns steep;
  steep.add("y", Doubles{1000, 90, 12, 3, 1.4, 0.9, 0.6, 0.52, 0.4, 0.31})
      .add("x", Doubles{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  for (const char* link : {"inverse", "1/mu^2", "sqrt", "log", "identity"})
    for (const char* family : {"gamma", "inverse_gaussian", "poisson"}) {
      const auto error = error_of([&] {
        fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", link}}), steep.table);
      });
      EXPECT_EQ(error.code(), "no error") << family << " " << link << ": " << error.what();
    }
}

TEST(Newton, SolvesExactFits) {
  Random random(4);
  for (const std::size_t n : {3u, 10u, 100u, 5000u}) {
    Doubles x(n), z(n), y(n);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = 1000.0 * random.normal();
      z[i] = random.uniform();
      y[i] = 0.1 + 0.3 * x[i] - 1e5 * z[i];
    }
    Columns c;
    c.add("y", y).add("x", x).add("z", z);
    const auto model = fit(args({{"formula", "y ~ x + z"}, {"family", "gaussian"}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged") << n;
    expect_near(model.coefficients, {0.1, 0.3, -1e5}, 1e-9, 0, "gaussian");
    EXPECT_LE(model.statistics.deviance, 1e-18 * static_cast<double>(n) * 1e10);
  }
  for (const char* family : {"poisson", "gamma", "inverse_gaussian", "gaussian", "quasipoisson"}) {
    Columns c;
    c.add("y", Doubles{1, 5, 1, 5, 1}).add("x", Doubles{0, 1, 0, 1, 0});
    const auto model = fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", "log"}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged") << family;
    expect_near(model.coefficients, {0.0, std::log(5.0)}, 1e-12, 1e-12, family);
    EXPECT_NEAR(model.statistics.deviance, 0.0, 1e-20) << family;
  }
}

TEST(Newton, SolvesSaturatedModels) {
  // As many coefficients as rows: phi is undefined, and no standard error may end the search too early.
  for (const char* family : {"gaussian", "poisson", "gamma", "inverse_gaussian", "quasipoisson", "tweedie"}) {
    for (const char* link : {"log", "identity", "inverse"}) {
      Columns c;
      c.add("y", Doubles{3.0, 0.7, 41.0}).add("f", Texts{"a", "b", "c"});
      Document arguments = args({{"formula", "y ~ f"}, {"family", family}, {"link", link}});
      if (std::string(family) == "tweedie") arguments.set("var_power", 1.5);
      const auto model = fit(arguments, c.table);
      EXPECT_EQ(model.statistics.status, "converged") << family << " " << link;
      const Doubles mu = models::predict(model, args({}), c.table, {}, threads(1));
      expect_near(mu, {3.0, 0.7, 41.0}, 1e-10, 0, std::string(family) + " " + link);
      EXPECT_EQ(model.statistics.df_residual, 0.0);
      EXPECT_EQ(std::isnan(model.statistics.dispersion), std::string(family) != "poisson") << family;
    }
  }
}

TEST(Newton, FitsOneRow) {
  for (const char* family : {"gaussian", "poisson", "gamma"}) {
    Columns c;
    c.add("y", Doubles{3}).add("x", Doubles{7});
    const auto model = fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", "log"}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged");
    EXPECT_NEAR(model.coefficients[0], std::log(3.0), 1e-12);
    EXPECT_TRUE(std::isnan(model.coefficients[1]));
    EXPECT_TRUE(has_warning(model, "fit.aliased"));
  }
}

TEST(Newton, FitsNothingButAnOffset) {
  Columns c;
  c.add("y", Doubles{1, 2, 0, 4}).add("o", Doubles{0.1, 0.2, 0.3, 1});
  const auto model = fit(args({{"formula", "y ~ 0 + offset(o)"}, {"family", "poisson"}}), c.table);
  EXPECT_EQ(model.statistics.status, "converged");
  EXPECT_TRUE(model.coefficients.empty());
  EXPECT_EQ(model.statistics.rank, 0);
  EXPECT_EQ(model.statistics.df_residual, 4.0);
  EXPECT_EQ(model.statistics.null_deviance, model.statistics.deviance);
  double deviance = 0.0;
  for (int i = 0; i < 4; ++i) {
    const double y = Doubles{1, 2, 0, 4}[i], mu = std::exp(Doubles{0.1, 0.2, 0.3, 1}[i]);
    deviance += 2.0 * ((y > 0 ? y * std::log(y / mu) : 0.0) - (y - mu));
  }
  EXPECT_NEAR(model.statistics.deviance, deviance, 1e-14);
  const auto plain = fit(args({{"formula", "y ~ 0"}, {"family", "gaussian"}}), c.table);
  EXPECT_EQ(plain.statistics.deviance, 21.0);
  EXPECT_EQ(models::predict(plain, args({}), c.table, {}, threads(1)), (Doubles{0, 0, 0, 0}));
}

TEST(Newton, FitsHugeCounts) {
  Random random(5);
  Doubles y, x = uniform_column(1000, random, -2, 2);
  for (const double value : x) y.push_back(std::floor(1e9 * std::exp(0.1 * value) * (1.0 + 1e-5 * random.normal())));
  Columns c;
  c.add("y", y).add("x", x);
  const naive::Problem problem{families::make_family("poisson", nullptr, nullptr, ""),
                               {families::LinkId::log, 1.0},
                               {Reals(1000, 1.0L), Reals(x.begin(), x.end())},
                               y,
                               {},
                               {},
                               {}};
  const auto model = fit(args({{"formula", "y ~ x"}, {"family", "poisson"}}), c.table);
  EXPECT_EQ(model.statistics.status, "converged");
  EXPECT_LE(model.statistics.n_iter, 8);
  const Reals exact = naive::fit(problem, {model.coefficients[0], model.coefficients[1]});
  for (int j = 0; j < 2; ++j) EXPECT_LE(difference(model.coefficients[j], static_cast<double>(exact[j])), 1e-12);
  EXPECT_LE(difference(model.statistics.deviance, static_cast<double>(problem.evaluate(exact).deviance)), 1e-10)
      << "in spite of counts of 1e9: " << model.statistics.deviance;
}

TEST(Newton, DoesNotCareAboutUnitsOfColumns) {
  Random random(6);
  const std::size_t n = 3000;
  Doubles y, tiny, huge, year, money;
  for (std::size_t i = 0; i < n; ++i) {
    const double a = random.normal(), b = random.normal(), t = 2015 + random.below(10);
    tiny.push_back(1e-8 * a);
    huge.push_back(1e8 * (5.0 + b));
    year.push_back(t);
    money.push_back(1e6 + 100.0 * random.normal());
    y.push_back(random.poisson(std::exp(0.3 * a - 0.2 * b + 0.05 * (t - 2020))));
  }
  Columns c;
  c.add("y", y).add("tiny", tiny).add("huge", huge).add("year", year).add("money", money);
  const auto model = fit(args({{"formula", "y ~ tiny + huge + year + money"}, {"family", "poisson"}}), c.table);
  EXPECT_EQ(model.statistics.status, "converged");
  EXPECT_LE(model.statistics.n_iter, 8);
  EXPECT_FALSE(has_warning(model, "fit.aliased"));
  const naive::Problem problem{model.family,
                               model.link,
                               {Reals(n, 1.0L), Reals(tiny.begin(), tiny.end()), Reals(huge.begin(), huge.end()),
                                Reals(year.begin(), year.end()), Reals(money.begin(), money.end())},
                               y,
                               {},
                               {},
                               {}};
  const Reals exact = naive::fit(problem, Reals(model.coefficients.begin(), model.coefficients.end()));
  for (int j = 0; j < 5; ++j) {
    const double error = std::sqrt(model.covariance(j, j));
    EXPECT_LE(std::fabs(model.coefficients[j] - static_cast<double>(exact[j])), 1e-9 * error) << j;
  }
}

TEST(Newton, ResolvesNearlyCollinearColumnsAboveTheTolerance) {
  Random random(7);
  const std::size_t n = 500;
  for (const double distance : {1e-3, 1e-5, 3e-7}) {
    Doubles y, a, b;
    for (std::size_t i = 0; i < n; ++i) {
      a.push_back(random.normal());
      b.push_back(a[i] + distance * random.normal());
      y.push_back(random.poisson(std::exp(0.2 + 0.3 * a[i])));
    }
    Columns c;
    c.add("y", y).add("a", a).add("b", b);
    const auto model = fit(args({{"formula", "y ~ a + b"}, {"family", "poisson"}}), c.table);
    EXPECT_EQ(model.statistics.status, "converged") << distance;
    ASSERT_FALSE(std::isnan(model.coefficients[2])) << distance;
    const naive::Problem problem{
        model.family, model.link, {Reals(n, 1.0L), Reals(a.begin(), a.end()), Reals(b.begin(), b.end())}, y, {},
        {},           {}};
    const Reals exact = naive::fit(problem, Reals(model.coefficients.begin(), model.coefficients.end()));
    for (int j = 0; j < 3; ++j) {
      const double error = std::sqrt(model.covariance(j, j));
      EXPECT_LE(std::fabs(model.coefficients[j] - static_cast<double>(exact[j])), 1e-8 * error) << distance << " " << j;
    }
  }
  Doubles y, a, b;
  for (std::size_t i = 0; i < n; ++i) {
    a.push_back(random.normal());
    b.push_back(a[i] + 1e-8 * random.normal());
    y.push_back(random.poisson(1.0));
  }
  Columns c;
  c.add("y", y).add("a", a).add("b", b);
  const auto model = fit(args({{"formula", "y ~ a + b"}, {"family", "poisson"}}), c.table);
  EXPECT_TRUE(std::isnan(model.coefficients[2])) << "below the tolerance of 1e-7, as in R";
  EXPECT_EQ(warning_of(model, "fit.aliased").context.at("coefficients").as_strings(), (Texts{"b"}));
}

TEST(Newton, AliasesAsR) {
  Random random(8);
  const std::size_t n = 300;
  Doubles y, x, twice, constant(n, 3.0), zero(n, 0.0);
  Texts f, g;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(random.normal());
    twice.push_back(2.0 * x[i] - 5.0);
    f.push_back(i % 3 ? (i % 3 == 1 ? "b" : "c") : "a");
    g.push_back(i % 3 ? "bc" : "a");
    y.push_back(random.poisson(1.0));
  }
  Columns c;
  c.add("y", y).add("x", x).add("twice", twice).add("constant", constant).add("zero", zero).add("f", f).add("g", g);
  const auto model =
      fit(args({{"formula", "y ~ constant + x + twice + f + g + zero"}, {"family", "poisson"}}), c.table);
  EXPECT_EQ(warning_of(model, "fit.aliased").context.at("coefficients").as_strings(),
            (Texts{"constant", "twice", "gbc", "zero"}));
  const auto smaller = fit(args({{"formula", "y ~ x + f"}, {"family", "poisson"}}), c.table);
  EXPECT_LE(difference(model.statistics.deviance, smaller.statistics.deviance), 1e-13);
  EXPECT_EQ(model.statistics.rank, 4);
  EXPECT_EQ(model.statistics.df_residual, static_cast<double>(n) - 4.0);
  const auto without = fit(args({{"formula", "y ~ constant + zero + f - 1"}, {"family", "poisson"}}), c.table);
  // columns: constant, zero, fa, fb, fc: the last level follows from the others
  EXPECT_EQ(warning_of(without, "fit.aliased").context.at("coefficients").as_strings(), (Texts{"zero", "fc"}));
}

TEST(Newton, ReportsWhenStepsRunOut) {
  Random random(9);
  Doubles y, x = uniform_column(200, random, -2, 2);
  for (const double value : x) y.push_back(random.poisson(std::exp(1.0 + value)));
  Columns c;
  c.add("y", y).add("x", x);
  const Document arguments = args({{"formula", "y ~ x"}, {"family", "poisson"}, {"max_iter", 2}});
  const auto model = fit(arguments, c.table);
  EXPECT_EQ(model.statistics.status, "max_iter");
  EXPECT_EQ(model.statistics.n_iter, 2);
  ASSERT_TRUE(has_warning(model, "fit.not_converged"));
  EXPECT_EQ(warning_of(model, "fit.not_converged").context.at("status").as_string(), "max_iter");
  const auto error = error_of([&] { fit(with(arguments, "strict", true), c.table); });
  EXPECT_EQ(error.code(), "fit.not_converged");
  EXPECT_EQ(error.kind(), ErrorKind::convergence);
  EXPECT_EQ(code_of([&] { fit(with(with(arguments, "strict", true), "max_iter", 50), c.table); }), "no error");
}

TEST(Newton, SaysWhenTheMaximumIsAtTheEdge) {
  // Counts that are zero on the right: the least-squares line and the likelihood want negative means there.
  Columns c;
  c.add("y", Doubles{9, 8, 6, 7, 4, 2, 0, 0, 0, 0, 0, 0}).add("x", Doubles{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  for (const char* family : {"poisson", "quasipoisson"}) {
    const auto model = fit(args({{"formula", "y ~ x"}, {"family", family}, {"link", "identity"}}), c.table);
    EXPECT_NE(model.statistics.status, "converged") << family;
    EXPECT_TRUE(has_warning(model, "fit.not_converged"));
    for (const double mu : models::predict(model, args({}), c.table, {}, threads(1))) EXPECT_GT(mu, 0.0);
  }
  // Away from the edge, the same link converges.
  Columns inside;
  inside.add("y", Doubles{9, 8, 6, 7, 4, 2, 3, 1, 2, 0, 1, 1}).add("x", Doubles{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  EXPECT_EQ(
      fit(args({{"formula", "y ~ x"}, {"family", "poisson"}, {"link", "identity"}}), inside.table).statistics.status,
      "converged");
}

TEST(Newton, RaisesWithoutAValidStart) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4}).add("x", Doubles{1, -1, 2, -2});
  const auto error = error_of([&] {
    fit(args({{"formula", "y ~ x - 1"}, {"family", "gamma"}, {"link", "identity"}}), c.table);
  });
  EXPECT_EQ(error.code(), "fit.no_start");
  EXPECT_EQ(error.kind(), ErrorKind::numeric);
}

TEST(Newton, StartsOnASampleOfManyRows) {
  fit_case::Random random(91);
  const std::int64_t n = 270000;
  for (const char* family : {"poisson", "gamma", "binomial"}) {
    const auto model = random_problem::model_of(family, 0, "");
    design::TrainingData training;
    training.design.rows = training.rows_given = n;
    std::vector<std::int32_t> codes;
    std::vector<double> x;
    for (std::int64_t i = 0; i < n; ++i) {
      codes.push_back(i < 40 ? 3 : random.below(3));  // a level of few rows, which the sample may miss
      x.push_back(random.normal());
      const double eta = -1.0 + 0.3 * codes.back() + 0.2 * x.back();
      training.y.edit().push_back(
          random_problem::response(model, static_cast<double>(naive::inverse_link(model.link, eta).mu), random));
    }
    training.design.blocks = {coded_case::factor_block(codes, 4, {-1, 1, 2, 3}), coded_case::dense_block(x, 4)};
    training.design.n_columns = 5;
    const engine::CodedObjective objective(training, training.design, model.family, model.link, threads(2));
    ASSERT_NE(objective.sample(), nullptr);
    solvers::NewtonOptions options;
    options.known_dispersion = model.family.has_known_dispersion();
    options.canonical = families::is_canonical(model.family, model.link);
    const solvers::Solution sampled = solvers::newton(objective, options, threads(2));
    options.start.assign(5, 0.0);
    options.start[0] = 0.1;
    const solvers::Solution plain = solvers::newton(objective, options, threads(1));
    EXPECT_EQ(sampled.status, solvers::Status::converged) << family;
    EXPECT_LT(sampled.n_iter, plain.n_iter) << family;
    for (std::size_t j = 0; j < 5; ++j) {
      const int k = static_cast<int>(j);
      EXPECT_LE(std::fabs(sampled.beta[j] - plain.beta[j]), 2e-9 * std::sqrt(plain.inverse(k, k)))
          << family << " " << j;
    }
    EXPECT_LE(fit_case::difference(sampled.at.deviance, plain.at.deviance), 1e-13) << family;
  }
}

TEST(Newton, GivesTheSameBitsForAnyNumberOfThreads) {
  Random random(10);
  const std::size_t n = 70000;
  Doubles y, x = uniform_column(n, random, -1, 1);
  std::vector<std::int32_t> codes;
  for (std::size_t i = 0; i < n; ++i) {
    codes.push_back(random.below(5));
    y.push_back(random.poisson(std::exp(0.4 * x[i] - 1.0)));
  }
  Columns c;
  c.add("y", y).add("x", x).factor("f", codes, {"a", "b", "c", "d", "e"});
  const Document arguments = args({{"formula", "y ~ x + f"}, {"family", "poisson"}});
  const auto one = fit(arguments, c.table, 1);
  for (int t = 2; t <= 4; ++t) {
    const auto other = fit(arguments, c.table, t);
    EXPECT_TRUE(same_bits(one.coefficients, other.coefficients)) << t;
    EXPECT_TRUE(same_bits(one.covariance.values(), other.covariance.values())) << t;
    EXPECT_TRUE(same_bits(one.statistics.log_likelihood, other.statistics.log_likelihood));
    EXPECT_EQ(models::to_document(one), models::to_document(other));
  }
}
