#include "deciban/inference/wald.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::inference {

WaldTable wald(const std::vector<double>& estimates, const std::vector<double>& std_errors, double df, double level) {
  if (!(level > 0.0 && level < 1.0))
    throw Error(ErrorKind::input, "input.level", "`level` is " + format_g(level, 6) + ", outside (0, 1).",
                "Give a confidence level such as 0.95.", Document::object({{"argument", "level"}, {"value", level}}));
  const bool normal = std::isinf(df);
  const double upper_tail = 0.5 + 0.5 * level;
  const double quantile = normal ? math::normal_quantile(upper_tail) : math::student_quantile(upper_tail, df);
  WaldTable table;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    const double statistic = estimates[i] / std_errors[i], margin = quantile * std_errors[i];
    table.statistic.push_back(statistic);
    table.p_value.push_back(normal ? math::normal_two_sided_p(statistic) : math::student_two_sided_p(statistic, df));
    table.lower.push_back(estimates[i] - margin);
    table.upper.push_back(estimates[i] + margin);
  }
  return table;
}

}  // namespace deciban::inference
