#include "row_checks.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban::design {
namespace {

// Counts the values that are not `good` and raises an error about them.
template <class Good>
void require(const data::Numbers& values, const data::Numbers& weights, const RowLabels& rows, const std::string& label,
             ErrorKind kind, const char* code, const std::string& requirement, const std::string& hint, Good good) {
  std::int64_t count = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (good(values[i]) || (!weights.empty() && weights[i] == 0.0)) continue;
    if (count++ == 0) first = i;
  }
  if (count == 0) return;
  throw Error(kind, code,
              "`" + label + "` must be " + requirement + ", but " + format_count(count) +
                  (count == 1 ? " row is not" : " rows are not") + " (first: " + format_g(values[first], 6) +
                  " in row " + format_count(rows(first)) + ").",
              hint,
              Document::object({{"column", label}, {"count", count}, {"row", rows(first)}, {"value", values[first]}}));
}

bool is_finite(double value) { return std::isfinite(value); }

}  // namespace

void check_weights(const std::string& label, const data::Numbers& weights, const RowLabels& rows) {
  require(weights, {}, rows, label, ErrorKind::input, "weights.not_finite", "finite numbers",
          "Fill missing weights, or give weight 0 to rows that should not count.", is_finite);
  require(weights, {}, rows, label, ErrorKind::input, "weights.negative", "0 or more",
          "Give weight 0 to rows that should not count.", [](double w) { return w >= 0.0; });
}

void check_frequencies(const std::string& label, const data::Numbers& frequencies, const RowLabels& rows) {
  require(frequencies, {}, rows, label, ErrorKind::input, "freq_weights.invalid", "whole numbers, 0 or more",
          "They say how many times each row occurred; use `weights` for precision weights.",
          [](double f) { return f >= 0.0 && std::isfinite(f) && f == std::floor(f); });
}

void check_any_weight(const data::Numbers& weights, const data::Numbers& frequencies) {
  if (weights.empty() && frequencies.empty()) return;
  for (std::size_t i = 0; i < std::max(weights.size(), frequencies.size()); ++i)
    if ((weights.empty() || weights[i] > 0.0) && (frequencies.empty() || frequencies[i] > 0.0)) return;
  throw Error(ErrorKind::input, "weights.all_zero", "All weights are 0: no row carries information.",
              "Check the column that was given as weights.");
}

void check_exposure(const std::string& label, const data::Numbers& exposure, const data::Numbers& weights,
                    const RowLabels& rows) {
  require(exposure, weights, rows, label, ErrorKind::input, "exposure.not_positive", "finite and greater than 0",
          "Remove rows without time at risk, or correct them.", [](double e) { return e > 0.0 && std::isfinite(e); });
}

void check_response(const std::string& label, const families::Family& family, const data::Numbers& y,
                    const data::Numbers& weights, const RowLabels& rows) {
  require(y, weights, rows, label, ErrorKind::data, "response.domain",
          std::string(families::response_requirement(family)) + " for the " + families::family_name(family) + " family",
          "Check the response, or choose a family that allows these values.",
          [&](double value) { return families::valid_response(family, value); });
}

void check_counts(const std::string& label, const data::Numbers& counts) {
  require(counts, {}, RowLabels{{}}, label, ErrorKind::data, "response.domain", "finite counts, 0 or more",
          "Give the numbers of successes and of failures.", [](double c) { return c >= 0.0 && std::isfinite(c); });
}

void check_finite(const std::string& label, const data::Numbers& values, const RowLabels& rows) {
  require(values, {}, rows, label, ErrorKind::data, "data.non_finite", "finite",
          "The log of 0 is infinite; cap or shift the column, or drop these rows.", is_finite);
}

}  // namespace deciban::design
