// Intervals and tests on 1,000 random tables against the reference implementation (fixtures/generate/evidence.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "deciban/evidence/information_value.hpp"
#include "deciban/evidence/log_odds.hpp"
#include "deciban/evidence/woe.hpp"
#include "deciban/export/json.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace {

using namespace deciban;
using evidence::Counts;

Document tables() {
  std::ifstream in(std::string(DECIBAN_FIXTURES) + "/evidence/tables.json", std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return export_::read_json(text.str());
}

// Relative to values of 1 and more: both sides are sums of logarithms of that size.
void expect_close(double found, double expected, const char* what, std::size_t table) {
  if (std::isinf(expected)) {
    EXPECT_EQ(found, expected) << what << " of table " << table;
  } else {
    EXPECT_NEAR(found, expected, 1e-10 * std::fmax(1.0, std::fabs(expected))) << what << " of table " << table;
  }
}

void expect_limits(const std::vector<evidence::Interval>& found, const Document& expected, const char* lower,
                   const char* upper, std::size_t table) {
  const auto lowers = expected.at(lower).as_doubles(), uppers = expected.at(upper).as_doubles();
  ASSERT_EQ(found.size(), lowers.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    expect_close(found[i].lower, lowers[i], lower, table);
    expect_close(found[i].upper, uppers[i], upper, table);
  }
}

TEST(Evidence, EqualsTheReferenceOnRandomTables) {
  const Document fixture = tables();
  const auto& cases = fixture.at("tables").items();
  ASSERT_EQ(cases.size(), 1000u);
  for (std::size_t t = 0; t < cases.size(); ++t) {
    const Document& one = cases[t];
    Counts counts;
    counts.events = one.at("events").as_doubles();
    counts.non_events = one.at("non_events").as_doubles();
    const double alpha = one.at("alpha").as_double();
    expect_limits(evidence::woe_intervals(counts, alpha), one, "woe_lower", "woe_upper", t);
    expect_limits(evidence::woe_intervals(counts, alpha, evidence::WoeMethod::score), one, "score_lower", "score_upper",
                  t);
    expect_limits(evidence::event_rate_intervals(counts, alpha), one, "rate_lower", "rate_upper", t);
    expect_close(evidence::unbiased_information_value(counts), one.at("iv_unbiased").as_double(), "iv_unbiased", t);
    const auto iv = evidence::information_value_interval(counts, alpha);
    expect_close(iv.lower, one.at("iv_lower").as_double(), "iv_lower", t);
    expect_close(iv.upper, one.at("iv_upper").as_double(), "iv_upper", t);
    const auto test = evidence::association_test(counts);
    expect_close(test.chi2, one.at("chi2").as_double(), "chi2", t);
    expect_close(test.p_value, one.at("p_value").as_double(), "p_value", t);
    const auto levels = evidence::level_evidence(counts);
    evidence::LogOdds odds(evidence::totals(counts));
    for (const Document& level : one.at("levels").items()) odds.add(levels[static_cast<std::size_t>(level.as_int())]);
    const double half = math::normal_quantile(1.0 - alpha / 2.0) * std::sqrt(odds.variance());
    expect_close(odds.value() - half, one.at("log_odds_lower").as_double(), "log_odds_lower", t);
    expect_close(odds.value() + half, one.at("log_odds_upper").as_double(), "log_odds_upper", t);
  }
}

}  // namespace
