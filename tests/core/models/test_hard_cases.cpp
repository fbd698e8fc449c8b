// Data that lose digits elsewhere: nearly dependent columns, extreme units, too few rows.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "deciban/math/isa.hpp"
#include "fixtures/case_data.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;

namespace {

constexpr int kRows = 400;

// x with a second column at a distance of `apart`, that distance as a column of its own, and responses.
struct Near {
  Doubles x, near, apart, normal, counts;
  explicit Near(double distance, int rows = kRows) {
    Random random(7);
    for (int i = 0; i < rows; ++i) {
      const double a = 1.0 + random.uniform();
      x.push_back(a);
      near.push_back(a + distance * random.normal());
      apart.push_back(near.back() - a);  // exact: they are within a factor of two
      normal.push_back(2.0 + 3.0 * a + random.normal());
      counts.push_back(random.poisson(std::exp(0.3 * a)));
    }
  }
  data::Table table() const {
    return Columns()
        .add("x", x)
        .add("near", near)
        .add("apart", apart)
        .add("normal", normal)
        .add("counts", counts)
        .table;
  }
};

double error_of(const models::GlmModel& model, int j) { return std::sqrt(model.covariance(j, j)); }

class IsaVariable {
 public:
  explicit IsaVariable(math::Isa isa) {
    if (const char* old = std::getenv("DECIBAN_ISA")) old_ = old;
    setenv("DECIBAN_ISA", math::isa_name(isa), 1);
  }
  ~IsaVariable() { old_.empty() ? unsetenv("DECIBAN_ISA") : setenv("DECIBAN_ISA", old_.c_str(), 1); }

 private:
  std::string old_;
};

}  // namespace

// b x + c near = (b + c) x + c apart, and the second form is well conditioned.
TEST(HardCases, NearlyEqualColumnsAreKeptAtASmallTolerance) {
  const Near near(1e-9);
  for (const std::string family : {"gaussian", "poisson"}) {
    const std::string y = family == "gaussian" ? "normal" : "counts";
    const auto hard =
        fit(args({{"formula", y + " ~ x + near"}, {"family", family}, {"rank_tol", 1e-12}}), near.table());
    const auto easy =
        fit(args({{"formula", y + " ~ x + apart"}, {"family", family}, {"rank_tol", 1e-12}}), near.table());
    EXPECT_EQ(hard.statistics.rank, 3) << family;
    EXPECT_EQ(hard.statistics.status, "converged") << family;
    const double c = easy.coefficients[2];
    const double digits = family == "gaussian" ? 1e-13 : 1e-11;
    expect_near(hard.coefficients, {easy.coefficients[0], easy.coefficients[1] - c, c}, digits, 0.0, family);
    EXPECT_NEAR(error_of(hard, 0) / error_of(easy, 0), 1.0, 1e-9) << family;
    EXPECT_NEAR(error_of(hard, 2) / error_of(easy, 2), 1.0, 1e-9) << family;
    EXPECT_NEAR(hard.statistics.deviance / easy.statistics.deviance, 1.0, 1e-12) << family;
  }
}

TEST(HardCases, NearlyEqualColumnsAreAliasedByDefault) {
  const Near near(1e-9);
  const auto model = fit(args({{"formula", "normal ~ x + near"}, {"family", "gaussian"}}), near.table());
  EXPECT_EQ(model.statistics.rank, 2);
  EXPECT_TRUE(std::isnan(model.coefficients[2]));
  EXPECT_TRUE(has_warning(model, "fit.aliased"));
}

// The third column is 1e4 times a difference of the first two, plus something of its own: a Gram matrix cannot tell
// whether anything is left. R 4.2.2, lm with its tol = 1e-7, keeps it at 1e-6 and leaves it out at 1e-9.
TEST(HardCases, DistancesThatAGramMatrixCannotResolve) {
  for (const bool kept : {true, false}) {
    Random random(3);
    Doubles a, b, c, y;
    for (int i = 0; i < kRows; ++i) {
      const double x = random.normal(), u = random.normal(), w = random.normal();
      a.push_back(x);
      b.push_back(x + 1e-4 * u);
      c.push_back(1e4 * (b.back() - x) + (kept ? 1e-6 : 1e-9) * w);
      y.push_back(x + u + 1e-3 * random.normal());
    }
    const data::Table table = Columns().add("a", a).add("b", b).add("c", c).add("y", y).table;
    const auto model = fit(args({{"formula", "y ~ a + b + c"}, {"family", "gaussian"}}), table);
    EXPECT_EQ(model.statistics.rank, kept ? 4 : 3);
    EXPECT_EQ(std::isnan(model.coefficients[3]), !kept);
    EXPECT_EQ(model.statistics.status, "converged");
  }
}

// Levels of one factor make up those of another one, and with some of them missing from the data.
TEST(HardCases, NestedDummiesAreAliased) {
  Random random(5);
  std::vector<std::int32_t> region, country;
  Doubles y, w, age;
  for (int i = 0; i < 20000; ++i) {
    region.push_back(random.below(12));
    country.push_back(region.back() / 4);
    age.push_back(18.0 + random.below(60));
    w.push_back(0.01 + random.uniform());
    y.push_back(random.poisson(std::exp(0.1 * region.back() - 1.0)));
  }
  Columns columns;
  columns.factor("region", region, {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"});
  columns.factor("country", country, {"A", "B", "C"}).add("y", y).add("w", w).add("age", age);
  for (const std::string family : {"poisson", "gaussian"}) {
    const auto model =
        fit(args({{"formula", "y ~ region + age + country + I(2 * age + 1)"}, {"family", family}, {"weights", "w"}}),
            columns.table);
    EXPECT_EQ(model.statistics.rank, 13) << family;
    for (const std::size_t j : {13, 14, 15}) EXPECT_TRUE(std::isnan(model.coefficients[j])) << family << j;
  }
}

TEST(HardCases, ColumnsInExtremeUnits) {
  const Near near(1.0);
  Doubles small, large;
  for (const double value : near.x) small.push_back(value * 1e-150);
  for (const double value : near.near) large.push_back(value * 1e150);
  data::Table table = near.table();
  table.add(data::make_column("small", small));
  table.add(data::make_column("large", large));
  for (const double tolerance : {1e-7, 1e-10})
    for (const std::string family : {"gaussian", "poisson"}) {
      const std::string y = family == "gaussian" ? "normal" : "counts";
      const auto plain =
          fit(args({{"formula", y + " ~ x + near"}, {"family", family}, {"rank_tol", tolerance}}), table);
      const auto scaled =
          fit(args({{"formula", y + " ~ small + large"}, {"family", family}, {"rank_tol", tolerance}}), table);
      EXPECT_EQ(scaled.statistics.status, "converged") << family;
      expect_near(scaled.coefficients,
                  {plain.coefficients[0], plain.coefficients[1] * 1e150, plain.coefficients[2] * 1e-150}, 1e-11, 0.0,
                  family);
      EXPECT_NEAR(error_of(scaled, 1) * 1e-150 / error_of(plain, 1), 1.0, 1e-10) << family;
      EXPECT_NEAR(error_of(scaled, 2) * 1e150 / error_of(plain, 2), 1.0, 1e-10) << family;
    }
}

TEST(HardCases, CountsInBillionsAndFarOffsets) {
  Random random(11);
  Doubles x, y, far, up, down;
  for (int i = 0; i < kRows; ++i) {
    x.push_back(random.uniform());
    y.push_back(random.poisson(20.0 * std::exp(x.back())));
    far.push_back(1e9 * y.back());
    up.push_back(30.0);
    down.push_back(-30.0);
  }
  const data::Table table = Columns().add("x", x).add("y", y).add("far", far).add("up", up).add("down", down).table;
  const Document plain = args({{"formula", "y ~ x"}, {"family", "poisson"}});
  const auto model = fit(plain, table);
  const auto billions = fit(with(plain, "formula", "far ~ x"), table);
  expect_near(billions.coefficients, {model.coefficients[0] + std::log(1e9), model.coefficients[1]}, 1e-12);
  EXPECT_NEAR(error_of(billions, 1) * std::sqrt(1e9) / error_of(model, 1), 1.0, 1e-9);
  for (const double sign : {1.0, -1.0}) {
    const auto shifted = fit(with(plain, "offset", sign > 0.0 ? "up" : "down"), table);
    expect_near(shifted.coefficients, {model.coefficients[0] - sign * 30.0, model.coefficients[1]}, 1e-12);
  }
}

TEST(HardCases, FewerRowsThanColumns) {
  Random random(13);
  Columns columns;
  std::string formula = "y ~ 1";
  for (int j = 0; j < 9; ++j) {
    Doubles x;
    for (int i = 0; i < 5; ++i) x.push_back(random.normal());
    columns.add("x" + std::to_string(j), x);
    formula += " + x" + std::to_string(j);
  }
  columns.add("y", Doubles{1, 4, 2, 7, 3});
  for (const double tolerance : {1e-7, 1e-10})
    for (const std::string family : {"gaussian", "poisson"}) {
      const auto model = fit(args({{"formula", formula}, {"family", family}, {"rank_tol", tolerance}}), columns.table);
      EXPECT_EQ(model.statistics.rank, 5) << family;
      EXPECT_EQ(model.statistics.status, "converged") << family;
      for (std::size_t j = 0; j < 10; ++j) EXPECT_EQ(std::isnan(model.coefficients[j]), j >= 5) << family << j;
      EXPECT_NEAR(model.statistics.deviance, 0.0, 1e-15) << family;
    }
}

TEST(HardCases, NoRowsAndNoColumns) {
  const Document arguments = args({{"formula", "y ~ x"}, {"family", "gaussian"}});
  EXPECT_EQ(code_of([&] { fit(arguments, Columns().add("x", Doubles{}).add("y", Doubles{}).table); }), "data.empty");
  const data::Table table = Columns().add("x", Doubles{1, 2, 3}).add("y", Doubles{1, 2, 4}).table;
  for (const double tolerance : {1e-7, 1e-10}) {
    const auto nothing = fit(args({{"formula", "y ~ 0"}, {"family", "gaussian"}, {"rank_tol", tolerance}}), table);
    EXPECT_EQ(nothing.statistics.rank, 0);
    EXPECT_DOUBLE_EQ(nothing.statistics.deviance, 21.0);
    EXPECT_EQ(nothing.statistics.status, "converged");
  }
}

TEST(HardCases, TheQrPathHasTheSameBitsEverywhere) {
  const Near near(1e-8, 100000);  // several blocks of 32,768 rows, the last one not full
  for (const std::string family : {"gaussian", "poisson"}) {
    const Document arguments = args({{"formula", family == "gaussian" ? "normal ~ x + near" : "counts ~ x + near"},
                                     {"family", family},
                                     {"rank_tol", 1e-11}});
    const auto one = fit(arguments, near.table(), 1), three = fit(arguments, near.table(), 3);
    EXPECT_EQ(one.statistics.rank, 3);
    const auto easy =
        fit(with(arguments, "formula", family == "gaussian" ? "normal ~ x + apart" : "counts ~ x + apart"),
            near.table(), 1);
    for (const int j : {0, 2}) {
      EXPECT_NEAR(one.coefficients[j] / easy.coefficients[j], 1.0, 1e-10) << family << j;
      EXPECT_NEAR(error_of(one, j) / error_of(easy, j), 1.0, 1e-7) << family << j;
    }
    EXPECT_TRUE(same_bits(one.coefficients, three.coefficients)) << family;
    EXPECT_TRUE(same_bits(one.covariance.values(), three.covariance.values())) << family;
    for (const math::Isa isa : math::available_isas()) {
      const IsaVariable variable(isa);
      const auto other = fit(arguments, near.table(), 2);
      EXPECT_TRUE(same_bits(one.coefficients, other.coefficients)) << family << math::isa_name(isa);
      EXPECT_TRUE(same_bits(one.covariance.values(), other.covariance.values())) << family << math::isa_name(isa);
    }
  }
}

// The shared cases that need no file, fitted by QR.
TEST(HardCases, TheQrPathAgreesOnTheFixtures) {
  int compared = 0;
  for (const std::string& name : fixtures::case_names("glm")) {
    const fixtures::Json content = fixtures::read_json_file(fixtures::folder() + "/glm/" + name + ".json");
    if (content.at("data").contains("prepared") || content.at("arguments").contains("rank_tol")) continue;
    const data::Table table = fixtures::read_table(content.at("data"));
    data::Table vectors;
    const Document arguments = fixtures::read_arguments(content.at("arguments"), table, vectors);
    const auto gram = models::fit_glm(arguments, table, vectors, threads(1));
    const auto qr = models::fit_glm(with(arguments, "rank_tol", 9e-9), table, vectors, threads(1));
    EXPECT_EQ(qr.statistics.status, gram.statistics.status) << name;
    ASSERT_EQ(qr.statistics.rank, gram.statistics.rank) << name;
    for (std::size_t j = 0; j < gram.coefficients.size(); ++j) {
      if (std::isnan(gram.coefficients[j])) continue;
      const double size = std::max(std::fabs(gram.coefficients[j]), error_of(gram, static_cast<int>(j)));
      EXPECT_LE(std::fabs(qr.coefficients[j] - gram.coefficients[j]), 2e-9 * size) << name << " " << j;
      EXPECT_NEAR(error_of(qr, static_cast<int>(j)), error_of(gram, static_cast<int>(j)),
                  1e-8 * error_of(gram, static_cast<int>(j)))
          << name << " " << j;
    }
    ++compared;
  }
  EXPECT_GE(compared, 100);
}
