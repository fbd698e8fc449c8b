#include "rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"

namespace deciban::splines {
namespace {

[[noreturn]] void raise_values(const char* message) { throw Error(ErrorKind::input, "input.values", message); }

}  // namespace

void raise_formula(const char* code, std::string message, std::string hint, Document context) {
  throw Error(ErrorKind::formula, code, std::move(message), std::move(hint), std::move(context));
}

Rows::Rows(const std::vector<double>& from_values, const std::vector<std::int64_t>& from_counts) {
  if (from_values.size() != from_counts.size()) raise_values("A basis needs one count for each value.");
  values.reserve(from_values.size());
  ends.reserve(from_values.size());
  std::int64_t total = 0;
  for (std::size_t k = 0; k < from_values.size(); ++k) {
    const double value = from_values[k] + 0.0;
    if (std::isnan(value) || (k > 0 && value < from_values[k - 1]))
      raise_values("The values to learn a basis from must ascend and not be NaN.");
    if (from_counts[k] < 0) raise_values("The counts to learn a basis from must not be negative.");
    if (from_counts[k] > std::numeric_limits<std::int64_t>::max() - total)
      raise_values("The counts to learn a basis from are too large.");
    if (from_counts[k] == 0) continue;
    if (std::isinf(value))
      raise_formula("formula.infinite", "A spline or polynomial cannot be learned from infinite values.",
                    "Is it the logarithm of 0?");
    total += from_counts[k];
    if (!values.empty() && values.back() == value) {
      ends.back() = total;
    } else {
      values.push_back(value);
      ends.push_back(total);
    }
  }
}

std::pair<std::size_t, std::size_t> Rows::within(double lower, double upper) const {
  const auto begin = std::lower_bound(values.begin(), values.end(), lower);
  const auto end = std::upper_bound(begin, values.end(), upper);
  return {static_cast<std::size_t>(begin - values.begin()), static_cast<std::size_t>(end - values.begin())};
}

double Rows::quantile(double probability, std::size_t begin, std::size_t end) const {
  if (begin >= end) return std::numeric_limits<double>::quiet_NaN();
  const std::int64_t before = begin == 0 ? 0 : ends[begin - 1];
  const std::int64_t n = ends[end - 1] - before;
  // order statistic k = 1 .. n of the rows
  const auto statistic = [&](std::int64_t k) {
    const auto first = ends.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = ends.begin() + static_cast<std::ptrdiff_t>(end) - 1;
    return values[static_cast<std::size_t>(std::lower_bound(first, last, before + k) - ends.begin())];
  };
  const double index = 1.0 + static_cast<double>(n - 1) * probability;
  const std::int64_t below = std::min(static_cast<std::int64_t>(index), n);
  const double weight = index - static_cast<double>(below);
  const double low = statistic(below);
  if (weight <= 0.0) return low;
  const double high = statistic(std::min(below + 1, n));
  return high == low ? low : (1.0 - weight) * low + weight * high;
}

}  // namespace deciban::splines
