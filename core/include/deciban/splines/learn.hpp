#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "deciban/splines/basis.hpp"

namespace deciban::splines {

// All functions learn from values in ascending order without NaN (repeats are allowed) and counts, the number of rows
// of each value (>= 0; values with count 0 are ignored). The result has the same bits however equal values are split
// over entries. Raises InputError `input.values` for values out of order, NaN, or counts that do not fit, and
// FormulaError `formula.infinite` for infinite values.

struct SplineOptions {
  /// Number of columns; inner knots are then put at quantiles. 0: take `knots`. Ignored when knots are given, as in R.
  int df = 0;
  /// Inner knots, ascending, within the boundary.
  std::vector<double> knots;
  int degree = 3;
  bool intercept = false;
  /// Empty: the range of the values. Else two values, in any order.
  std::vector<double> boundary;
};

/// B-splines as R's splines::bs(x, df, knots, degree, intercept, Boundary.knots). df - degree - intercept inner knots
/// at equally spaced quantiles (type 7 of Hyndman and Fan, 1996) of the rows inside the boundary; knots that coincide
/// with each other or a boundary are kept.
/// Raises FormulaError by code: `formula.df` (df below degree + intercept or above 100000; context {df, minimum}),
/// `formula.knots` (not finite, not ascending, outside the boundary, or no finite basis), `formula.degree` (below 1 or
/// above kMaxDegree), `formula.constant` (fewer than two distinct values to place the boundary or quantile knots),
/// `formula.boundary` (not two different finite values, or too few rows inside them for quantile knots).
Basis bs(const std::vector<double>& values, const std::vector<std::int64_t>& counts, const SplineOptions& options);

/// Natural cubic splines as R's splines::ns(x, df, knots, intercept, Boundary.knots); df - 1 - intercept inner knots.
/// `options.degree` must be 3. The columns are B-splines times the orthogonal complement (by Householder reflections)
/// of their second derivatives at the boundary. Unlike R it also takes knots that coincide with the upper boundary.
/// Errors as bs; the smallest df is 1 + intercept, and more than kMaxNaturalKnots inner knots are `formula.knots`.
Basis ns(const std::vector<double>& values, const std::vector<std::int64_t>& counts, const SplineOptions& options);

/// Monotone I-splines (Ramsay, 1988) of order `degree`: the columns are piecewise polynomials of that degree and rise
/// from 0 to 1, so that nonnegative coefficients give an increasing function. Arguments, number of columns, knots,
/// errors and, together with a constant, the span are those of bs.
Basis ispline(const std::vector<double>& values, const std::vector<std::int64_t>& counts, const SplineOptions& options);

/// Polynomials of degree 1..degree, as R's poly(x, degree, raw = ): orthonormal over the rows with R's signs and coefs
/// (three-term recurrence of Forsythe, 1957, in double-double), or with `raw` the powers of x, rounded once.
/// Raises FormulaError `formula.degree` for a degree below 1, above kMaxDegree, not below the number of distinct values
/// (not for raw), or whose norms leave the range of doubles.
Basis poly(const std::vector<double>& values, const std::vector<std::int64_t>& counts, int degree, bool raw = false);

/// (x - center) / scale. A missing center is the mean over the rows, a missing scale is sqrt(sum (x - center)^2 /
/// max(1, n - 1)), as R's scale(x, center, scale); center 0 or scale 1 leave that step out.
/// Raises FormulaError `formula.constant` when a scale must be learned and is 0, or there are no values to learn from;
/// InputError `input.scale` for a scale that is 0 or not finite, or a center that is not finite.
Basis scale(const std::vector<double>& values, const std::vector<std::int64_t>& counts,
            std::optional<double> center = std::nullopt, std::optional<double> scale = std::nullopt);

/// Quantile of type 7 (R's default) over the rows; NaN without rows. `probability` in [0, 1].
double quantile(const std::vector<double>& values, const std::vector<std::int64_t>& counts, double probability);

}  // namespace deciban::splines
