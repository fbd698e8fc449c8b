#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"

namespace deciban::splines {

inline constexpr int kMaxDegree = 1000;
inline constexpr std::size_t kMaxNaturalKnots = 1000;  ///< ns: its map is a dense matrix of this size squared

enum class BasisKind {
  bspline,         // bs: B-splines
  natural,         // ns: cubic B-splines whose second derivative is 0 at the boundary
  ispline,         // ms: I-splines, increasing from 0 to 1
  polynomial,      // poly: orthogonal polynomials
  raw_polynomial,  // x, x^2, ...
  linear           // (x - center) / scale
};

/// A set of functions of one variable with everything learned: evaluated on new values it gives the same columns. A
/// plain value; `learn.hpp` makes it from data. Fields that a kind does not use keep their defaults.
struct Basis {
  BasisKind kind = BasisKind::linear;
  /// Degree of the piecewise polynomials (ns: 3; ms: of the I-splines, which are integrals of M-splines of degree one
  /// less), or the highest power.
  int degree = 1;
  /// bs, ns: keep the first B-spline, so that the columns span the constant; ms: a first column of ones.
  bool intercept = false;
  /// Inner knots, ascending, within [lower, upper]; repeated knots lower the smoothness there.
  std::vector<double> knots;
  /// Boundary knots; for polynomials and `linear` the range of the training values (infinite when unknown).
  double lower = 0.0, upper = 0.0;
  /// polynomial: R's attr(poly(x, d), "coefs"). alpha has d entries; norm2 has d + 2 entries, the first is 1, the
  /// second the number of rows. alpha_low (empty, or d entries) is what is left of alpha beyond a double, so that data
  /// far from 0 keep their digits.
  std::vector<double> alpha, alpha_low, norm2;
  double center = 0.0, scale = 1.0;

  /// Number of columns.
  int columns() const;
  /// What R appends to the name of the term: "1", "2", ..., or "" for a basis of one column.
  std::vector<std::string> suffixes() const;
  /// Evaluates all columns. A value gives the same bits whatever is evaluated with it.
  /// @param x    n values. A NaN is copied into its row (R's NA stays NA); an infinite value gives a NaN row for bs, ns
  ///             and poly.
  /// @param out  n x columns(), column-major, written in full.
  /// Outside the boundary bs continues the polynomials of the first and last interval (in R a Taylor expansion of the
  /// same polynomials, see ?bs), ns continues linearly, and ms stays at 0 and 1. At an inner knot the right-hand side
  /// counts, at the upper boundary the left-hand side. B-splines whose knots all coincide are 0, but when more than
  /// `degree` inner knots of bs coincide with the upper boundary, the values there and beyond have one of these to
  /// themselves, as in R. Sources: de Boor (1978) ch. X, equations (4) and (16); Ramsay (1988), Statistical Science 3,
  /// 425-441; Forsythe (1957), J. SIAM 5, 74-88.
  void evaluate(const double* x, std::int64_t n, double* out) const;
  /// Whether the columns are known beyond a double: powers of x are.
  bool has_low_parts() const;
  /// The same columns as unevaluated sums: `out` as `evaluate` gives it, `low` what is left of the exact column (0
  /// where nothing is known). Both n x columns().
  void evaluate_pairs(const double* x, std::int64_t n, double* out, double* low) const;
  /// Whether x lies beyond [lower, upper]; false for NaN.
  bool outside(double x) const { return x < lower || x > upper; }

  friend bool operator==(const Basis& a, const Basis& b);
  friend bool operator!=(const Basis& a, const Basis& b) { return !(a == b); }
};

/// {kind, degree, ...} with the fields that the kind uses; kind is "bs", "ns", "ms", "poly", "raw" or "linear".
Document to_document(const Basis& basis);
/// Raises FormatError `format.invalid` or `format.missing_key` for a document that describes no usable basis.
Basis basis_from_document(const Document& document);

}  // namespace deciban::splines
