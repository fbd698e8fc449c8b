#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "deciban/metrics/gains.hpp"
#include "deciban/metrics/ranking.hpp"
#include "deciban/metrics/stability.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using metrics::Ranked;

namespace {

// Over all pairs of rows.
double auc_by_pairs(const std::vector<double>& y, const std::vector<double>& s, const std::vector<double>& w) {
  double wins = 0.0, pairs = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t k = 0; k < y.size(); ++k) {
      const double weight = w[i] * y[i] * w[k] * (1.0 - y[k]);
      pairs += weight;
      wins += weight * (s[i] > s[k] ? 1.0 : s[i] == s[k] ? 0.5 : 0.0);
    }
  return wins / pairs;
}

// Mean of the Lorenz area over the orders of tied rows is that of a straight line: rows with equal scores are pooled by
// the definition itself, sum over pairs of exposure_i y_k [s_i < s_k] + half for ties.
double gini_by_pairs(const std::vector<double>& y, const std::vector<double>& s, const std::vector<double>& e) {
  double area = 0.0, all_y = 0.0, all_e = 0.0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    all_y += y[i];
    all_e += e[i];
    for (std::size_t k = 0; k < y.size(); ++k) area += e[i] * y[k] * (s[k] < s[i] ? 1.0 : s[k] == s[i] ? 0.5 : 0.0);
  }
  return 1.0 - 2.0 * area / (all_y * all_e);
}

}  // namespace

TEST(Ranking, EqualsSumsOverPairs) {
  fit_case::Random random(8);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> y, s, w, e, claims, rates;
    for (int i = 0; i < 40; ++i) {
      y.push_back(trial % 2 ? random.below(2) : 0.25 * random.below(5));
      s.push_back(random.below(8));
      w.push_back(0.5 * random.below(4));
      e.push_back(0.25 * (1 + random.below(4)));
      claims.push_back(random.below(3));
      rates.push_back(claims.back() / e.back());
    }
    y[0] = 0, y[1] = 1, w[0] = w[1] = 1, claims[0] = 1, rates[0] = 1 / e[0];
    EXPECT_NEAR(metrics::auc({y, s, w, {}}), auc_by_pairs(y, s, w), 1e-12);
    EXPECT_NEAR(metrics::gini({claims, s, {}, e}, false), gini_by_pairs(claims, s, e), 1e-12);
    EXPECT_NEAR(metrics::gini({claims, s, {}, e}, true), gini_by_pairs(claims, s, e) / gini_by_pairs(claims, rates, e),
                1e-12);
  }
}

TEST(Ranking, OfABinaryResponseTiesItsMeasuresTogether) {
  fit_case::Random random(9);
  std::vector<double> y, s;
  double events = 0.0;
  for (int i = 0; i < 500; ++i) {
    y.push_back(random.below(3) == 0);
    s.push_back(random.below(50) + 10.0 * y.back());
    events += y.back();
  }
  const double auc = metrics::auc({y, s, {}, {}});
  EXPECT_NEAR(metrics::gini({y, s, {}, {}}, true), 2.0 * auc - 1.0, 1e-12);
  EXPECT_NEAR(metrics::gini({y, s, {}, {}}, false), (1.0 - events / 500.0) * (2.0 * auc - 1.0), 1e-12);
}

TEST(Ranking, MeasuresTheDistanceOfDistributions) {
  const auto found = metrics::ks({{0, 0, 1, 1}, {0.1, 0.4, 0.35, 0.8}, {}, {}});
  EXPECT_DOUBLE_EQ(found.ks, 0.5);
  EXPECT_DOUBLE_EQ(found.score, 0.1);
  EXPECT_DOUBLE_EQ(metrics::ks({{0, 1}, {3, 3}, {}, {}}).ks, 0.0);
}

TEST(Gains, AddUpAndDoNotPartEqualScores) {
  fit_case::Random random(10);
  std::vector<double> y, s, w;
  for (int i = 0; i < 997; ++i) {
    y.push_back(random.below(4) == 0);
    s.push_back(random.below(30));
    w.push_back(0.5 + random.below(3));
  }
  for (const bool high_first : {true, false}) {
    const auto table = metrics::gains_table({y, s, w, {}}, 10, high_first);
    const auto column = [&](const char* name) {
      for (const auto& entry : table.columns)
        if (entry.name == name) return entry.numbers;
      return std::vector<double>();
    };
    const auto low = column("score_min"), high = column("score_max"), share = column("cum_event_share");
    EXPECT_NEAR(share.back(), 1.0, 1e-12);
    EXPECT_NEAR(column("cum_lift").back(), 1.0, 1e-12);
    for (std::size_t i = 1; i < low.size(); ++i) EXPECT_TRUE(high_first ? high[i] < low[i - 1] : low[i] > high[i - 1]);
    double largest = 0.0;
    for (const double distance : column("ks")) largest = std::max(largest, distance);
    EXPECT_LE(largest, metrics::ks({y, s, w, {}}).ks + 1e-12);
  }
}

TEST(Metrics, NameWhatIsWrong) {
  using fit_case::code_of;
  EXPECT_EQ(code_of([] { metrics::auc({{0, 1}, {1.0}, {}, {}}); }), "data.length_mismatch");
  EXPECT_EQ(code_of([] { metrics::auc({{0, 2}, {1, 2}, {}, {}}); }), "metric.value");
  EXPECT_EQ(code_of([] { metrics::auc({{0, 1}, {1, fit_case::kNaN}, {}, {}}); }), "metric.value");
  EXPECT_EQ(code_of([] { metrics::auc({{0, 0}, {1, 2}, {}, {}}); }), "metric.one_class");
  EXPECT_EQ(code_of([] { metrics::auc({{0, 1}, {1, 2}, {0, 0}, {}}); }), "metric.no_rows");
  EXPECT_EQ(code_of([] { metrics::gini({{0, 0}, {1, 2}, {}, {}}, true); }), "metric.one_class");
  EXPECT_EQ(code_of([] { metrics::gains_table({{0, 1}, {1, 2}, {}, {}}, 0, true); }), "metric.bins");
  EXPECT_EQ(code_of([] { metrics::stability({1, 2}, {0, 0}, {}, {}, 0.05); }), "metric.no_rows");
  EXPECT_EQ(code_of([] { metrics::stability({1, 2}, {1, 0}, {}, {}, 1.0); }), "input.alpha");
}

TEST(Stability, IsTheSymmetricDivergence) {
  const auto moved = metrics::stability({60, 40}, {50, 50}, {}, {}, 0.05);
  EXPECT_NEAR(moved.psi, -0.1 * std::log(0.5 / 0.6) + 0.1 * std::log(0.5 / 0.4), 1e-14);
  EXPECT_LE(moved.lower, moved.psi);
  EXPECT_GE(moved.upper, moved.psi);
  EXPECT_TRUE(std::isinf(metrics::stability({60, 40, 0}, {50, 49, 1}, {}, {}, 0.05).psi));
  EXPECT_TRUE(std::isfinite(metrics::stability({60, 40, 0}, {50, 49, 1}, {}, {}, 0.05).unbiased));
}
