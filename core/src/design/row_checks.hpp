#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/data/numbers.hpp"
#include "deciban/families/family.hpp"

namespace deciban::design {

/// Row numbers for messages: position in the kept rows -> 1-based row of the caller's data.
struct RowLabels {
  const std::vector<std::int64_t>& kept;
  std::int64_t operator()(std::size_t i) const { return 1 + (kept.empty() ? static_cast<std::int64_t>(i) : kept[i]); }
};

/// Each raises an InputError or DataError that names the column, the number of rows, the first of them and its value.
/// Rows of zero weight are not looked at by check_exposure and check_response: they keep no information.
void check_weights(const std::string& label, const data::Numbers& weights, const RowLabels& rows);
void check_frequencies(const std::string& label, const data::Numbers& frequencies, const RowLabels& rows);
void check_any_weight(const data::Numbers& weights, const data::Numbers& frequencies);
void check_exposure(const std::string& label, const data::Numbers& exposure, const data::Numbers& weights,
                    const RowLabels& rows);
void check_response(const std::string& label, const families::Family& family, const data::Numbers& y,
                    const data::Numbers& weights, const RowLabels& rows);
void check_counts(const std::string& label, const data::Numbers& counts);
void check_finite(const std::string& label, const data::Numbers& values, const RowLabels& rows);

}  // namespace deciban::design
