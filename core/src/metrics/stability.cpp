#include "deciban/metrics/stability.hpp"

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/evidence/information_value.hpp"

namespace deciban::metrics {

Stability stability(const std::vector<double>& expected, const std::vector<double>& actual,
                    const std::vector<double>& expected_squares, const std::vector<double>& actual_squares,
                    double alpha) {
  if (!(alpha > 0.0 && alpha < 1.0))
    throw Error(ErrorKind::input, "input.alpha", "`alpha` is " + format_exact(alpha) + ".", "It lies between 0 and 1.",
                Document::object({{"argument", "alpha"}, {"value", alpha}}));
  evidence::Counts counts;
  counts.events = actual;
  counts.non_events = expected;
  if (!expected_squares.empty()) {
    counts.event_squares = actual_squares;
    counts.non_event_squares = expected_squares;
    counts.cross_products.assign(actual.size(), 0.0);  // a row is in one sample only
  }
  if (!evidence::totals(counts).both())
    throw Error(ErrorKind::data, "metric.no_rows", "One of the two samples has no rows with a positive weight.",
                "Both are needed to compare them.");
  Stability out;
  out.psi = evidence::information_value(counts);
  out.unbiased = evidence::unbiased_information_value(counts);
  const evidence::Interval interval = evidence::information_value_interval(counts, alpha);
  out.lower = interval.lower;
  out.upper = interval.upper;
  const evidence::AssociationTest test = evidence::association_test(counts);
  out.chi2 = test.chi2;
  out.p_value = test.p_value;
  return out;
}

}  // namespace deciban::metrics
