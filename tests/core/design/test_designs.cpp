// Whole formulas: the coded design, its matrix, its engine and its document agree.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "deciban/design/model_matrix.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/models/basis.hpp"
#include "design/coded_case.hpp"
#include "design/learn_case.hpp"
#include "engine/naive_glm.hpp"

using namespace learn_case;
using coded_case::codes_of;
using design::UnseenLevel;
using fit_case::Columns;
using fit_case::Doubles;
using fit_case::kNaN;
using fit_case::Texts;
using fit_case::threads;

namespace {

constexpr const char* kFormulas[] = {
    "y ~ f * g",
    "y ~ f:g",
    "y ~ 0 + f:g + x",
    "y ~ x:f",
    "y ~ f / x - 1",
    "y ~ bs(x, df = 5) * f",
    "y ~ ns(k, df = 3):C(f, sum) + g",
    "y ~ C(f, sum) * C(g, helmert)",
    "y ~ C(f, sum):x:k",
    "y ~ (x > 0) * f + flag",
    "y ~ flag:x + factor(k > 2)",
    "y ~ cut(x, 4) * g",
    "y ~ cut(k, c(0, 2, 4, 9), right = FALSE):x",
    "y ~ poly(x, 3) + poly(k, 2, raw = TRUE):g",
    "y ~ ordered(k) + scale(x):center(k)",
    "y ~ I(x^2 / 2) + pmin(x, 1) : k + factor(k, na = TRUE)",
    "y ~ (f + g + x)^3 - f:x",
    "y ~ C(f, ref = \"c\") + C(g, base = 2) %in% f + ms(k, df = 3)",
    "y ~ sin(x) * f + sin(x):k",
    "y ~ 1",
    "y ~ 0 + x",
};

data::Table rows_of(int n, std::uint64_t seed, const std::vector<std::int64_t>& order = {}) {
  fit_case::Random random(seed);
  Doubles y, x, k, w, opaque;
  std::vector<std::int32_t> f, g;
  std::vector<std::int8_t> flag;
  for (int i = 0; i < n; ++i) {
    y.push_back(random.poisson(2.0));
    x.push_back(random.normal());
    k.push_back(1 + i % 5);
    w.push_back(0.5 + random.uniform());
    f.push_back(random.below(4));
    g.push_back(random.below(3));
    flag.push_back(static_cast<std::int8_t>(random.below(2)));
    opaque.push_back(std::sin(x.back()));
  }
  const auto pick = [&](auto& values) {
    auto copy = values;
    for (std::size_t i = 0; i < order.size(); ++i) values[i] = copy[static_cast<std::size_t>(order[i])];
  };
  pick(y), pick(x), pick(k), pick(w), pick(f), pick(g), pick(flag), pick(opaque);
  Columns c;
  c.add("y", y).add("x", x).add("k", k).add("w", w).add("sin(x)", opaque).flags("flag", flag);
  c.factor("f", f, {"a", "b", "c", "d"}).factor("g", g, {"u", "v", "w"});
  return c.table;
}

design::ModelMatrix matrix(const design::DesignSpec& spec, const design::CodedDesign& design, bool sparse = false,
                           int n_threads = 1) {
  return design::materialise(spec, design, sparse, threads(n_threads));
}

Doubles dense(const design::ModelMatrix& sparse) {
  Doubles out(static_cast<std::size_t>(sparse.rows) * sparse.names.size(), 0.0);
  for (std::size_t j = 0; j < sparse.names.size(); ++j)
    for (auto k = sparse.column_start[j]; k < sparse.column_start[j + 1]; ++k) {
      const auto at = static_cast<std::size_t>(k);
      out[j * static_cast<std::size_t>(sparse.rows) + static_cast<std::size_t>(sparse.row_index[at])] =
          sparse.values[at];
    }
  return out;
}

}  // namespace

TEST(Designs, EngineAgreesWithTheMatrixWrittenOut) {
  const auto data = rows_of(700, 3);
  for (const char* formula : kFormulas) {
    design::LearnRequest request = learn_case::request(formula, "poisson");
    request.weights = source("w");
    const Learned learned = learn(request, data);
    const auto& design = learned.training.design;
    const auto X = matrix(learned.spec, design);
    const std::size_t p = X.names.size(), n = static_cast<std::size_t>(X.rows);
    ASSERT_EQ(X.values.size(), p * n) << formula;
    ASSERT_EQ(static_cast<int>(p), design.n_columns) << formula;
    const engine::CodedObjective objective(learned.training, design, request.family, request.link, threads(1));
    fit_case::Random random(9);
    std::vector<double> beta;
    for (std::size_t j = 0; j < p; ++j) beta.push_back(0.1 * random.normal());
    const auto natural = objective.natural_coefficients(beta);
    naive::Problem problem{
        request.family, request.link, {}, learned.training.y.to_vector(), learned.training.weights.to_vector(), {}, {}};
    for (std::size_t j = 0; j < p; ++j) {
      std::vector<double> unit(p, 0.0);
      unit[j] = 1.0;
      const double anchor = design.intercept && j ? objective.natural_coefficients(unit)[0] : 0.0;
      problem.x.emplace_back();
      for (std::size_t i = 0; i < n; ++i) problem.x.back().push_back(naive::Real(X.values[j * n + i]) + anchor);
    }
    const auto expected = problem.evaluate(naive::Reals(beta.begin(), beta.end()));
    linalg::Matrix betas(static_cast<int>(p), 1);
    for (std::size_t j = 0; j < p; ++j) betas(static_cast<int>(j), 0) = beta[j];
    const auto got = objective.evaluate(betas, engine::Information::expected, threads(2))[0];
    EXPECT_LE(fit_case::difference(got.deviance, static_cast<double>(expected.deviance)), 2e-12) << formula;
    for (std::size_t j = 0; j < p; ++j) {
      EXPECT_NEAR(got.score[j], static_cast<double>(expected.score[j]),
                  1e-14 + 2e-12 * static_cast<double>(expected.score_size[j]))
          << formula << " " << X.names[j];
      for (std::size_t k = 0; k < p; ++k)
        EXPECT_NEAR(got.information(static_cast<int>(j), static_cast<int>(k)),
                    static_cast<double>(expected.information[j * p + k]),
                    1e-14 + 2e-12 * static_cast<double>(expected.information_size[j * p + k]))
            << formula << " " << X.names[j] << ", " << X.names[k];
    }
    const auto eta = engine::linear_predictor(design, natural, {}, threads(2));
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0.0, size = 1.0;
      for (std::size_t j = 0; j < p; ++j) sum += natural[j] * X.values[j * n + i];
      for (std::size_t j = 0; j < p; ++j) size += std::fabs(natural[j] * X.values[j * n + i]);
      ASSERT_NEAR(eta[i], sum, 1e-14 * size) << formula << " row " << i;
    }
  }
}

TEST(Designs, SparseAndDenseAreEqual) {
  const auto data = rows_of(1100, 4);
  for (const char* formula : kFormulas) {
    const Learned learned = learn(formula, data);
    const auto full = matrix(learned.spec, learned.training.design, false, 3);
    const auto sparse = matrix(learned.spec, learned.training.design, true);
    EXPECT_EQ(sparse.names, full.names);
    EXPECT_EQ(sparse.assign, full.assign);
    EXPECT_EQ(full.assign.size(), full.names.size());
    EXPECT_EQ(dense(sparse), full.values) << formula;
    for (std::size_t j = 0; j < sparse.names.size(); ++j)
      EXPECT_TRUE(std::is_sorted(sparse.row_index.begin() + sparse.column_start[j],
                                 sparse.row_index.begin() + sparse.column_start[j + 1]));
    EXPECT_TRUE(std::find(sparse.values.begin(), sparse.values.end(), 0.0) == sparse.values.end());
  }
}

TEST(Designs, TravelThroughDocuments) {
  const auto data = rows_of(300, 5), fresh = rows_of(7, 6);
  for (const char* formula : kFormulas) {
    const Learned learned = learn(formula, data);
    const Document document = design::to_document(learned.spec);
    const auto again = design::spec_from_document(document);
    EXPECT_EQ(design::to_document(again), document) << formula;
    EXPECT_EQ(design::required_columns(again, true), design::required_columns(learned.spec, true)) << formula;
    for (const auto& rows : {data, fresh}) {
      const auto a = matrix(learned.spec, design::code_new_rows(learned.spec, UnseenLevel::error, rows, {}));
      const auto b = matrix(again, design::code_new_rows(again, UnseenLevel::error, rows, {}));
      EXPECT_EQ(a.names, b.names) << formula;
      EXPECT_TRUE(fit_case::same_bits(a.values, b.values)) << formula;
    }
    const auto a = matrix(learned.spec, learned.training.design);
    const auto b = matrix(again, design::code_new_rows(again, UnseenLevel::error, data, {}));
    EXPECT_TRUE(fit_case::same_bits(a.values, b.values)) << formula << ": training rows as new rows";
    const auto recoded = design::recode_training(again, learn_case::request("y ~ 1").family, data, {}, {});
    EXPECT_EQ(design::fingerprint(recoded, {}), design::fingerprint(learned.training, {})) << formula;
  }
}

TEST(Designs, PermutingRowsPermutesRows) {
  const int n = 240;
  std::vector<std::int64_t> order;
  for (int i = 0; i < n; ++i) order.push_back((i * 91 + 17) % n);
  for (const char* formula : kFormulas) {
    const Learned a = learn(formula, rows_of(n, 7)), b = learn(formula, rows_of(n, 7, order));
    const auto x = matrix(a.spec, a.training.design), z = matrix(b.spec, b.training.design);
    ASSERT_EQ(x.names, z.names) << formula;
    for (std::size_t j = 0; j < x.names.size(); ++j)
      for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
        ASSERT_NEAR(z.values[j * n + i], x.values[j * n + static_cast<std::size_t>(order[i])], 1e-12)
            << formula << " " << x.names[j];
  }
}

// Columns that depend on earlier ones, by orthogonalising the matrix written out, twice, in long double.
std::vector<bool> dependent_columns(const design::ModelMatrix& X) {
  const std::size_t n = static_cast<std::size_t>(X.rows);
  std::vector<std::vector<long double>> kept;
  std::vector<bool> out;
  const auto product = [&](const std::vector<long double>& a, const std::vector<long double>& b) {
    long double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
    return sum;
  };
  for (std::size_t j = 0; j < X.names.size(); ++j) {
    std::vector<long double> rest(X.values.begin() + j * n, X.values.begin() + (j + 1) * n);
    const long double norm = std::sqrt(product(rest, rest));
    for (int pass = 0; pass < 2; ++pass)
      for (const auto& unit : kept) {
        const long double share = product(unit, rest);
        for (std::size_t i = 0; i < n; ++i) rest[i] -= share * unit[i];
      }
    const long double left = std::sqrt(product(rest, rest));
    out.push_back(!(left > 1e-9L * norm));
    if (out.back()) continue;
    for (auto& value : rest) value /= left;
    kept.push_back(std::move(rest));
  }
  return out;
}

TEST(Designs, ColumnsAreKeptOrAliased) {
  bool some_aliased = false;
  for (const int n : {300, 37})  // few rows leave cells of interactions empty
    for (const char* formula : kFormulas) {
      const auto data = rows_of(n, 12);
      const Learned learned = learn(formula, data);
      const auto X = matrix(learned.spec, learned.training.design);
      const auto model = fit_case::fit(fit_case::args({{"formula", formula}, {"family", "gaussian"}}), data);
      ASSERT_EQ(model.names(), X.names) << formula;
      int next = learned.spec.intercept ? 1 : 0;
      for (std::size_t term = 0; term < learned.spec.terms.size(); ++term) {
        const auto& own = learned.spec.terms[term];
        EXPECT_EQ(own.first_column, next) << formula << " " << own.label;
        EXPECT_EQ(std::count(X.assign.begin(), X.assign.end(), static_cast<int>(term) + 1), own.n_columns) << formula;
        next += own.n_columns;
      }
      EXPECT_EQ(next, static_cast<int>(X.names.size())) << formula;
      const auto dependent = dependent_columns(X);
      int rank = 0;
      for (std::size_t j = 0; j < X.names.size(); ++j) {
        EXPECT_EQ(std::isnan(model.coefficients[j]), dependent[j]) << formula << ", " << n << " rows: " << X.names[j];
        rank += !dependent[j];
      }
      EXPECT_EQ(model.statistics.rank, rank) << formula;
      some_aliased = some_aliased || rank < static_cast<int>(X.names.size());
    }
  EXPECT_TRUE(some_aliased);
}

TEST(Designs, FactorsOfLogicalsKeepTheLevelsOfTheRowsUsed) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4, 5, 6}).add("x", Doubles{1, 2, kNaN, 4, 5, kNaN}).flags("flag", {1, 1, 0, 1, 1, 0});
  const auto names = [&](const char* formula) { return learn(formula, c.table).spec.column_names(); };
  const std::string factor = "factor(x > 3, na = TRUE)";
  EXPECT_EQ(names("y ~ factor(x > 3, na = TRUE) + x"), (Texts{"(Intercept)", factor + "TRUE", "x"}));
  EXPECT_EQ(names("y ~ factor(x > 3, na = TRUE)"), (Texts{"(Intercept)", factor + "TRUE", factor + "NA"}));
  EXPECT_EQ(names("y ~ flag + x"), (Texts{"(Intercept)", "flagTRUE", "x"}));
  EXPECT_EQ(names("y ~ factor(flag) + x"), (Texts{"(Intercept)", "x"}));
  const Learned learned = learn("y ~ factor(flag) + x", c.table);
  EXPECT_TRUE(learned.warns("factor.one_level"));
  const Error error = fit_case::error_of([&] { design::code_new_rows(learned.spec, UnseenLevel::error, c.table, {}); });
  EXPECT_EQ(error.code(), "data.unseen_level");
  EXPECT_EQ(error.context().at("levels").as_strings(), (Texts{"FALSE"}));
}

TEST(Designs, UnseenLevelsInInteractions) {
  const Learned learned = learn("y ~ f * g + C(f, sum):x", rows_of(200, 8));
  Columns c;
  c.add("f", Texts{"b", "new", "b"}).add("g", Texts{"v", "v", "u"}).add("x", Doubles{1, 2, kNaN});
  const Error error = fit_case::error_of([&] { design::code_new_rows(learned.spec, UnseenLevel::error, c.table, {}); });
  EXPECT_EQ(error.code(), "data.unseen_level");
  EXPECT_EQ(error.context().at("levels").as_strings(), (Texts{"new"}));
  const auto at = [&](const design::ModelMatrix& m, const char* name, std::size_t row) {
    const auto j = std::find(m.names.begin(), m.names.end(), name) - m.names.begin();
    return m.values.at(static_cast<std::size_t>(j * m.rows) + row);
  };
  const auto missing = matrix(learned.spec, design::code_new_rows(learned.spec, UnseenLevel::missing, c.table, {}));
  EXPECT_EQ(at(missing, "fb:gv", 0), 1.0);
  EXPECT_TRUE(std::isnan(at(missing, "fb:gv", 1)));
  EXPECT_TRUE(std::isnan(at(missing, "fb", 1)));
  EXPECT_EQ(at(missing, "gv", 1), 1.0) << "the other factor is known";
  EXPECT_EQ(at(missing, "fb", 2), 1.0);
  const auto reference = matrix(learned.spec, design::code_new_rows(learned.spec, UnseenLevel::reference, c.table, {}));
  EXPECT_EQ(at(reference, "fb:gv", 1), 0.0);
  EXPECT_EQ(at(reference, "fb", 1), 0.0);
  EXPECT_EQ(at(reference, "gv", 1), 1.0);
  const auto design = design::code_new_rows(learned.spec, UnseenLevel::missing, c.table, {});
  const auto eta = engine::linear_predictor(design, Doubles(static_cast<std::size_t>(design.n_columns), 1.0), {}, {});
  EXPECT_FALSE(std::isnan(eta[0]));
  EXPECT_TRUE(std::isnan(eta[1]));
  EXPECT_TRUE(std::isnan(eta[2]));
}

TEST(Designs, MissingMayBeALevel) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4, 5}).add("z", Doubles{1, kNaN, 2, 1, kNaN});
  const Learned plain = learn("y ~ factor(z, na = TRUE)", c.table);
  EXPECT_EQ(plain.training.design.rows, 5);
  EXPECT_EQ(plain.spec.column_names(), (Texts{"(Intercept)", "factor(z, na = TRUE)2", "factor(z, na = TRUE)NA"}));
  EXPECT_EQ(codes_of(plain.training.design.blocks[0]), (std::vector<std::int32_t>{0, 2, 1, 0, 2}));
  const Learned named = learn("y ~ factor(z, labels = c(\"one\", \"two\"), na = TRUE)", c.table);
  EXPECT_EQ(named.spec.variables[0].levels.labels, (Texts{"one", "two", "NA"}));
  const auto again = design::spec_from_document(design::to_document(named.spec));
  EXPECT_EQ(codes_of(design::code_new_rows(again, UnseenLevel::error, c.table, {}).blocks[0]),
            (std::vector<std::int32_t>{0, 2, 1, 0, 2}));
}

TEST(Designs, LevelsThatWereNotSeenMakeOneLevelFactorsMissingToo) {
  Columns c, fresh;
  c.add("y", Doubles{1, 2}).add("f", Texts{"a", "a"});
  fresh.add("f", Texts{"a", "b"});
  const Learned learned = learn("y ~ f", c.table);
  const auto design = design::code_new_rows(learned.spec, UnseenLevel::missing, fresh.table, {});
  const auto eta = engine::linear_predictor(design, {2.0}, {}, {});
  EXPECT_EQ(eta[0], 2.0);
  EXPECT_TRUE(std::isnan(eta[1]));
}

TEST(Designs, CountsOfSuccessesAndFailures) {
  Columns c;
  c.add("s", Doubles{1, 0, 3, kNaN}).add("t", Doubles{3, 0, 1, 2}).add("x", Doubles{1, 2, 3, 4});
  c.add("w", Doubles{2, 1, 1, 1});
  design::LearnRequest request = learn_case::request("cbind(s, t) ~ x", "binomial");
  request.weights = source("w");
  const Learned learned = learn(request, c.table);
  EXPECT_EQ(learned.training.y, (Doubles{0.25, 0.0, 0.75}));
  EXPECT_EQ(learned.training.weights, (Doubles{8, 0, 4}));
  EXPECT_EQ(design::required_columns(learned.spec, true), (Texts{"x", "s", "t", "w"}));
  EXPECT_EQ(code_of(learn_case::request("cbind(s, t) ~ x", "poisson"), c.table), "formula.arguments");
  EXPECT_EQ(code_of(learn_case::request("cbind(s, t, x) ~ x", "binomial"), c.table), "formula.arguments");
  EXPECT_EQ(code_of(learn_case::request("cbind(s, t - 2) ~ x", "binomial"), c.table), "response.domain");
}

TEST(Designs, ContrastsByName) {
  design::LearnRequest request = learn_case::request("y ~ f * g");
  request.contrasts = {{"f", design::Contrast::sum}, {"g", design::Contrast::helmert}};
  const Learned named = learn(request, rows_of(100, 9));
  const Learned called = learn("y ~ C(f, sum) * C(g, helmert)", rows_of(100, 9));
  EXPECT_EQ(matrix(named.spec, named.training.design).values, matrix(called.spec, called.training.design).values);
  EXPECT_EQ(named.spec.column_names()[1], "f1");
  request.contrasts = {{"nothing", design::Contrast::sum}};
  EXPECT_EQ(code_of(request, rows_of(20, 9)), "input.contrasts");
  request = learn_case::request("y ~ x");
  request.contrasts = {{"x", design::Contrast::sum}};
  EXPECT_EQ(code_of(request, rows_of(20, 9)), "input.contrasts");
}

TEST(Designs, OpaqueColumnsAreAskedFor) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4}).add("x", Doubles{1, 2, 3, 4});
  EXPECT_EQ(code_of(request("y ~ sin(x)"), c.table), "formula.unknown_function");
  const Learned learned = learn("y ~ log(2 + sin(x)) + sin(x)", rows_of(50, 2));
  EXPECT_EQ(design::required_columns(learned.spec, false), (Texts{"sin(x)"}));
  EXPECT_TRUE(learned.spec.variables[1].opaque);
  const Learned alone = learn("y ~ sin(x)", rows_of(50, 2));
  const auto again = design::spec_from_document(design::to_document(alone.spec));
  const Error error = fit_case::error_of([&] { design::code_new_rows(again, UnseenLevel::error, c.table, {}); });
  EXPECT_EQ(error.code(), "predict.opaque_missing");
  EXPECT_EQ(error.context().at("term").as_string(), "sin(x)");
}

TEST(Designs, TakeFewBytes) {
  const int n = 10000;
  Doubles age(n), load(n);
  Texts area(n), fuel(n);
  for (int i = 0; i < n; ++i) {
    age[i] = 18 + i % 70;
    load[i] = i * 0.37;
    area[i] = std::string(1, static_cast<char>('A' + i % 6));
    fuel[i] = i % 4 ? "d" : "r";
  }
  Columns c;
  c.add("age", age).add("load", load).add("area", area).add("fuel", fuel);
  const auto bytes_per_row = [&](const std::string& formula) {
    design::LearnRequest wanted = request(formula);
    wanted.needs_response = false;
    const Learned learned = learn(wanted, c.table);
    return static_cast<double>(design::bytes_of(learned.training.design)) / n;
  };
  EXPECT_LT(bytes_per_row("~ bs(age, df = 6) * fuel"), 2.5) << "a byte of codes each, shared by the interaction";
  EXPECT_LT(bytes_per_row("~ area * fuel"), 3.5) << "a byte for the cells of the interaction";
  EXPECT_LT(bytes_per_row("~ bs(load, df = 4) * area"), 34.0) << "the values of a continuous column once";
}

TEST(Basis, ServesColumnsDirectly) {
  Columns c;
  c.add("y", Doubles{1, 2, 3, 4, 5, 6, 7, 8}).add("x", Doubles{1, 2, 4, 8, 9, 11, 12, 15});
  const data::Column& x = c.table.at("x");
  const std::pair<const char*, Document> cases[] = {
      {"y ~ bs(x, df = 5)", fit_case::args({{"kind", "bs"}, {"df", 5}})},
      {"y ~ ns(x, df = 3)", fit_case::args({{"kind", "ns"}, {"df", 3}})},
      {"y ~ ms(x, df = 4)", fit_case::args({{"kind", "ms"}, {"df", 4}})},
      {"y ~ bs(x, knots = c(3, 9), degree = 2)",
       fit_case::args({{"kind", "bs"}, {"knots", Doubles{3, 9}}, {"degree", 2}})},
      {"y ~ poly(x, 3)", fit_case::args({{"kind", "poly"}, {"degree", 3}})},
      {"y ~ poly(x, 2, raw = TRUE)", fit_case::args({{"kind", "poly"}, {"degree", 2}, {"raw", true}})},
      {"y ~ scale(x)", fit_case::args({{"kind", "scale"}})},
  };
  for (const auto& [formula, arguments] : cases) {
    const Learned learned = learn(formula, c.table);
    const auto basis = models::learn_basis(arguments, x);
    EXPECT_EQ(basis, *learned.spec.variables[0].basis) << formula;
    const auto X = matrix(learned.spec, learned.training.design);
    EXPECT_TRUE(fit_case::same_bits(models::evaluate_basis(basis, x, threads(2)),
                                    Doubles(X.values.begin() + 8, X.values.end())))
        << formula;
  }
  const auto code = [&](const Document& arguments) {
    return fit_case::code_of([&] { models::learn_basis(arguments, x); });
  };
  EXPECT_EQ(code(fit_case::args({{"kind", "fourier"}})), "input.kind");
  EXPECT_EQ(code(fit_case::args({{"kind", "poly"}, {"df", 3}})), "input.unknown_argument");
  EXPECT_EQ(code(fit_case::args({{"kind", "bs"}, {"raw", true}})), "input.unknown_argument");
}
