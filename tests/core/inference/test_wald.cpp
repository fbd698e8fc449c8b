#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "deciban/inference/wald.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using inference::wald;

// R 4.2.2: 2 * pnorm(-z), 2 * pt(-t, 3), qt and qnorm.
TEST(Wald, IsRsTable) {
  const auto z = wald({0.5, -2, 10, 37}, {1, 1, 1, 1}, kInf, 0.95);
  EXPECT_EQ(z.statistic, (Doubles{0.5, -2, 10, 37}));
  expect_near(z.p_value, {0.61707507745197387, 0.045500263896358424, 1.5239706048321054e-23, 1.1451142445049154e-299},
              1e-12);
  expect_near(z.lower,
              {0.5 - 1.9599639845400545, -2 - 1.9599639845400545, 10 - 1.9599639845400545, 37 - 1.9599639845400545},
              1e-14);
  const auto t = wald({0.5, 2, -10, 40}, {1, 1, 1, 1}, 3, 0.95);
  expect_near(t.p_value, {0.65144796484815104, 0.13932596855884313, 0.0021283990584141494, 3.438068078915854e-05},
              1e-12);
  EXPECT_NEAR(wald({0}, {1}, 1, 0.95).upper[0], 12.706204736174694, 1e-11);
  EXPECT_NEAR(wald({0}, {2}, 7.5, 0.9).upper[0], 2 * 1.8757474792112874, 1e-12);
  EXPECT_NEAR(wald({1}, {2}, 7.5, 0.9).lower[0], 1 - 2 * 1.8757474792112874, 1e-12);
}

TEST(Wald, LeavesOutWhatIsNotKnown) {
  const auto aliased = wald({kNaN, 1}, {kNaN, 2}, kInf, 0.95);
  EXPECT_TRUE(std::isnan(aliased.statistic[0]) && std::isnan(aliased.p_value[0]) && std::isnan(aliased.lower[0]));
  EXPECT_EQ(aliased.statistic[1], 0.5);
  for (const double df : {0.0, -1.0, kNaN}) {
    const auto none = wald({1}, {2}, df, 0.95);
    EXPECT_TRUE(std::isnan(none.p_value[0]) && std::isnan(none.lower[0]) && std::isnan(none.upper[0])) << df;
  }
  EXPECT_TRUE(wald({}, {}, 3, 0.95).statistic.empty());
  const auto exact = wald({2, 0}, {0, 0}, 5, 0.95);
  EXPECT_EQ(exact.p_value[0], 0.0);
  EXPECT_EQ(exact.lower[0], 2.0);
  EXPECT_TRUE(std::isnan(exact.p_value[1]));
}

TEST(Wald, GrowsWithTheLevel) {
  double width = 0.0;
  for (const double level : {1e-6, 0.5, 0.8, 0.95, 0.999, 0.9999999}) {
    const auto table = wald({1}, {1}, 4, level);
    EXPECT_GT(table.upper[0] - table.lower[0], width);
    EXPECT_NEAR(table.upper[0] + table.lower[0], 2.0, 1e-12 * table.upper[0]);
    width = table.upper[0] - table.lower[0];
  }
}

TEST(Wald, RefusesLevelsOutsideTheUnitInterval) {
  for (const double level : {0.0, 1.0, -0.5, 95.0, kNaN, kInf}) {
    const auto error = error_of([&] { wald({1}, {1}, kInf, level); });
    EXPECT_EQ(error.code(), "input.level") << level;
    EXPECT_EQ(error.kind(), ErrorKind::input);
  }
}
