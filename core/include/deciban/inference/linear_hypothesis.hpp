#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/linalg/arrow.hpp"
#include "deciban/linalg/matrix.hpp"

namespace deciban::inference {

/// Linear hypotheses L b = r about p coefficients b.
struct LinearHypothesis {
  linalg::Matrix transposed;       ///< p x q: one hypothesis per column
  std::vector<double> rhs;         ///< q
  std::vector<std::string> texts;  ///< q, as "a - b = 0"
};

/// Reads hypotheses over the names of coefficients: "a", "a = b", "2*x + y = 1", "(a + b) / 2 = c - 3"; several in one
/// text with commas between them. Without "=" the expression is 0. Names are those of the coefficients, with or without
/// backticks; the longest name that fits is meant. Raises InputError `hypothesis.syntax` (with a caret line),
/// `hypothesis.unknown_name`, `hypothesis.not_linear`, `hypothesis.constant` (no coefficient is left in it),
/// `hypothesis.empty`.
LinearHypothesis parse_hypotheses(const std::vector<std::string>& texts, const std::vector<std::string>& names);

/// The same from a matrix (p x q) and right-hand sides (q; empty: 0). Raises InputError `hypothesis.dimension`,
/// `hypothesis.constant` (a row of zeros), `hypothesis.not_finite`.
LinearHypothesis make_hypotheses(linalg::Matrix transposed, std::vector<double> rhs,
                                 const std::vector<std::string>& names);

/// Wald test of all hypotheses together, and the parts that it is made of.
struct HypothesisTest {
  double statistic = 0.0;  ///< (L b - r)' (L V L')^-1 (L b - r), for F divided by q
  double p_value = 0.0;
  int df = 0;                      ///< q
  std::vector<double> estimates;   ///< L b - r
  std::vector<double> std_errors;  ///< of each
};

/// @param f            F test with (q, df_residual) degrees of freedom, else chi-squared with q.
/// Raises InputError `hypothesis.aliased` (a coefficient that is not estimated), `hypothesis.redundant` (hypotheses
/// that follow from, or contradict, each other), `covariance.not_kept`.
HypothesisTest wald_test(const LinearHypothesis& hypothesis, const std::vector<double>& coefficients,
                         const linalg::Covariance& covariance, const std::vector<std::string>& names, bool f,
                         double df_residual);

}  // namespace deciban::inference
