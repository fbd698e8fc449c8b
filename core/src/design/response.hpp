#pragma once
#include "deciban/base/config.hpp"

#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/families/family.hpp"

namespace deciban::design {

/// The response over all rows; missing is NaN.
struct Response {
  data::Numbers y;
  data::Numbers trials;     ///< cbind(successes, failures): their sum, which multiplies the weights; else empty
  data::Dictionary levels;  ///< of a two-level response
};

/// Reads a number, an expression, a two-level factor or logical (first level failure, second success, as in R) or
/// cbind(successes, failures). @param known  levels of the fit, empty while learning.
/// Raises DataError `response.not_numeric`, `response.domain` (negative counts), FormulaError `formula.arguments`.
Response read_response(const formula::Node& node, const families::Family& family, const data::Table& data,
                       const data::Dictionary& known, const RunContext& context);

/// For designs that are not fitted: a value per row that is NaN where the response is missing, whatever its kind.
std::vector<double> response_presence(const formula::Node& node, const data::Table& data, const RunContext& context);

}  // namespace deciban::design
