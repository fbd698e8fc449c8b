#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "deciban/evidence/information_value.hpp"
#include "deciban/evidence/log_odds.hpp"
#include "deciban/evidence/woe.hpp"
#include "deciban/math/rng.hpp"

namespace {

using namespace deciban;
using evidence::Counts;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Row {
  int level;
  double w, y;
};

std::vector<Row> rows(std::uint64_t seed, bool fractional, int k = 4, int n = 400) {
  math::Stream stream(seed, math::purpose("woe rows"), 0);
  std::vector<Row> out;
  for (int i = 0; i < n; ++i) {
    const int level = static_cast<int>(stream.uniform() * k);
    const double p = 0.1 + 0.15 * level, u = stream.uniform();
    out.push_back({level, std::exp(0.8 * math::draw_normal(stream)), fractional ? p * u : (u < p ? 1.0 : 0.0)});
  }
  return out;
}

Counts sums(const std::vector<Row>& rows, int k) {
  const std::vector<double> zero(static_cast<std::size_t>(k), 0.0);
  Counts c{zero, zero, zero, zero, zero};
  for (const Row& r : rows) {
    const auto i = static_cast<std::size_t>(r.level);
    c.events[i] += r.w * r.y;
    c.non_events[i] += r.w * (1 - r.y);
    c.event_squares[i] += r.w * r.w * r.y * r.y;
    c.cross_products[i] += r.w * r.w * r.y * (1 - r.y);
    c.non_event_squares[i] += r.w * r.w * (1 - r.y) * (1 - r.y);
  }
  return c;
}

TEST(Evidence, VarianceIsTheSumOverRows) {
  for (const bool fractional : {false, true}) {
    const auto data = rows(1, fractional);
    const Counts c = sums(data, 4);
    const auto t = evidence::totals(c);
    const auto variance = evidence::woe_variance(c);
    for (std::size_t i = 0; i < 4; ++i) {
      double expected = 0.0;
      for (const Row& r : data) {
        const double own =
            r.level == static_cast<int>(i) ? r.w * r.y / c.events[i] - r.w * (1 - r.y) / c.non_events[i] : 0.0;
        const double all = r.w * r.y / t.events - r.w * (1 - r.y) / t.non_events;
        expected += (own - all) * (own - all);
      }
      EXPECT_NEAR(variance[i], expected, 1e-12 * expected);
    }
  }
}

TEST(Evidence, WeightsOfOneAreCounts) {
  auto data = rows(2, false);
  for (Row& r : data) r.w = 3.0;  // the scale of weights says nothing
  const Counts weighted = sums(data, 4);
  Counts plain;
  for (std::size_t i = 0; i < 4; ++i) {
    plain.events.push_back(weighted.events[i] / 3.0);
    plain.non_events.push_back(weighted.non_events[i] / 3.0);
  }
  const auto a = evidence::woe_intervals(weighted, 0.05), b = evidence::woe_intervals(plain, 0.05);
  const auto c = evidence::event_rate_intervals(weighted, 0.05), d = evidence::event_rate_intervals(plain, 0.05);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(a[i].lower, b[i].lower, 1e-12);
    EXPECT_NEAR(a[i].upper, b[i].upper, 1e-12);
    EXPECT_NEAR(c[i].lower, d[i].lower, 1e-12);
    EXPECT_NEAR(c[i].upper, d[i].upper, 1e-12);
  }
  EXPECT_NEAR(evidence::unbiased_information_value(weighted), evidence::unbiased_information_value(plain), 1e-12);
  EXPECT_NEAR(evidence::association_test(weighted).p_value, evidence::association_test(plain).p_value, 1e-12);
  EXPECT_NEAR(evidence::between_levels(weighted).smoothing / 3.0, evidence::between_levels(plain).smoothing, 1e-9);
}

TEST(Evidence, SmoothingTendsToThePortfolio) {
  const Counts c{{0, 5, 45}, {3, 0, 97}, {}, {}, {}};
  const auto raw = evidence::smoothed_woe(c, 0.0), one = evidence::smoothed_woe(c, 1.0);
  EXPECT_EQ(raw[0], -kInfinity);
  EXPECT_EQ(raw[1], kInfinity);
  EXPECT_LT(one[0], 0.0);
  EXPECT_GT(one[1], 0.0);
  EXPECT_LT(std::fabs(evidence::smoothed_woe(c, 1e6)[1]), 1e-3);
  EXPECT_EQ(evidence::smoothed_woe(c, kInfinity)[1], 0.0);
  const Counts empty{{0, 5, 5}, {0, 5, 10}, {}, {}, {}};
  EXPECT_EQ(evidence::smoothed_woe(empty, 1.0)[0], 0.0);
}

TEST(Evidence, IntervalsContainRawValues) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Counts c = sums(rows(seed, false, 6, 60), 6);
    for (const auto method : {evidence::WoeMethod::automatic, evidence::WoeMethod::score}) {
      const auto raw = evidence::raw_woe(c);
      const auto limits = evidence::woe_intervals(c, 0.05, method);
      for (std::size_t i = 0; i < c.size(); ++i) {
        if (c.events[i] + c.non_events[i] == 0.0) continue;
        EXPECT_LE(limits[i].lower, raw[i]);
        EXPECT_GE(limits[i].upper, raw[i]);
        const auto finite = evidence::finite_ends(limits[i], c.events[i], c.non_events[i], evidence::totals(c), 0.05);
        EXPECT_TRUE(std::isfinite(finite.lower) && std::isfinite(finite.upper));
      }
    }
    const double estimate = evidence::unbiased_information_value(c);
    const auto iv = evidence::information_value_interval(c, 0.05);
    EXPECT_LE(iv.lower, std::fmax(0.0, estimate));
    EXPECT_LE(std::fmax(0.0, estimate), iv.upper);
    EXPECT_GT(iv.upper, 0.0);
  }
}

TEST(Evidence, NoIntervalWithoutContrast) {
  const Counts one{{10}, {20}, {}, {}, {}}, none{{0, 0}, {5, 6}, {}, {}, {}};
  EXPECT_NE(evidence::no_interval_reason(one), "");
  EXPECT_NE(evidence::no_interval_reason(none), "");
  EXPECT_TRUE(std::isnan(evidence::woe_intervals(one, 0.05)[0].lower));
  EXPECT_TRUE(std::isnan(evidence::information_value_interval(one, 0.05).lower));
  EXPECT_TRUE(std::isnan(evidence::association_test(none).p_value));
}

// Large tables, where the textbook form of the variance of X2 loses all its digits.
TEST(Evidence, TestOfMillionsOfRows) {
  const Counts c{{250000, 250500, 249700}, {250000, 250100, 250300}, {}, {}, {}};
  // chi-squared limit with 2 degrees of freedom: exp(-x/2)
  const auto test = evidence::association_test(c);
  EXPECT_NEAR(test.p_value, std::exp(-test.chi2 / 2.0), 1e-5);
}

TEST(Evidence, CramersVOfKnownTables) {
  const std::vector<double> same = {10, 0, 0, 0, 20, 0, 0, 0, 30};
  EXPECT_NEAR(evidence::cramers_v(same, 3, 3).v, 1.0, 1e-12);
  const std::vector<double> independent = {10, 20, 30, 60};
  EXPECT_NEAR(evidence::cramers_v(independent, 2, 2).v, 0.0, 1e-12);
  EXPECT_EQ(evidence::cramers_v(independent, 2, 2).corrected, 0.0);
  // R: x <- margin.table(HairEyeColor, 1:2); sqrt(chisq.test(x)$statistic / sum(x) / 3)
  const std::vector<double> hair_eye = {68, 119, 26, 7, 20, 84, 17, 94, 15, 54, 14, 10, 5, 29, 14, 16};
  EXPECT_NEAR(evidence::cramers_v(hair_eye, 4, 4).v, 0.279044623342658, 1e-12);
}

TEST(Evidence, BetweenLevelsRecoversABetaBinomial) {
  math::Stream stream(3, math::purpose("beta-binomial"), 0);
  Counts c;
  for (int i = 0; i < 4000; ++i) {  // Beta(2, 6): correlation 1/9
    const double a = math::draw_gamma(stream, 2.0), b = math::draw_gamma(stream, 6.0);
    c.events.push_back(math::draw_binomial(stream, 40, a / (a + b)));
    c.non_events.push_back(40 - c.events.back());
  }
  // standard error of a moment estimate from 4,000 levels is about 0.003
  EXPECT_NEAR(evidence::between_levels(c).correlation, 1.0 / 9.0, 0.012);
  EXPECT_NEAR(evidence::between_levels(c).smoothing, 8.0, 1.0);
  const Counts equal{{10, 20}, {30, 60}, {}, {}, {}};
  EXPECT_EQ(evidence::between_levels(equal).smoothing, kInfinity);
}

}  // namespace
