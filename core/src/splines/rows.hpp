#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "deciban/base/document.hpp"

namespace deciban::splines {

[[noreturn]] void raise_formula(const char* code, std::string message, std::string hint = "",
                                Document context = Document::object());

/// Strictly ascending finite values with positive counts, made from repeats and zero counts; -0 becomes 0.
struct Rows {
  Rows(const std::vector<double>& from_values, const std::vector<std::int64_t>& from_counts);

  std::size_t distinct() const { return values.size(); }
  std::int64_t total() const { return ends.empty() ? 0 : ends.back(); }
  double count(std::size_t k) const { return static_cast<double>(ends[k] - (k == 0 ? 0 : ends[k - 1])); }
  /// First and one past the last index of the values in [lower, upper].
  std::pair<std::size_t, std::size_t> within(double lower, double upper) const;
  /// Type-7 quantile over the rows of the values [begin, end); NaN when there are none.
  double quantile(double probability, std::size_t begin, std::size_t end) const;

  std::vector<double> values;
  std::vector<std::int64_t> ends;  // cumulated counts
};

}  // namespace deciban::splines
