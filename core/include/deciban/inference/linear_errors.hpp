#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/design/coded_design.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::inference {

/// Standard errors sqrt(x' V x) of the linear predictors of all rows, from the columns of a row that are not 0. Columns
/// with NaN coefficients (aliased) are left out, a missing predictor gives NaN. Raises InputError `covariance.not_kept`
/// where the model has kept the variances of a very wide factor only and the row needs more.
std::vector<double> predictor_errors(const design::CodedDesign& design, const std::vector<double>& coefficients,
                                     const linalg::Covariance& covariance, const RunContext& context);

/// Parts of the linear predictor, one column per term: sum over the term's columns of (x_j - centre_j) beta_j, and
/// their standard errors. Column-major, rows x terms.
struct TermValues {
  std::vector<double> fit, se;
};
/// @param first  first column of each term, ascending, and one past the last at the end.
/// @param centre p means that the columns are taken from; empty: none.
TermValues term_values(const design::CodedDesign& design, const std::vector<int>& first,
                       const std::vector<double>& centre, const std::vector<double>& coefficients,
                       const linalg::Covariance& covariance, const RunContext& context);

/// Means of the columns of a design over its rows, which count by `frequencies` unless that is empty.
std::vector<double> column_means(const design::CodedDesign& design, const data::Numbers& frequencies,
                                 const RunContext& context);

}  // namespace deciban::inference
