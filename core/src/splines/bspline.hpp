#pragma once
#include "deciban/base/config.hpp"

#include <vector>

namespace deciban::splines {

/// The B-splines of a degree over inner knots in [lower, upper], both boundary knots repeated degree + 1 times.
/// B-spline j, counted from 0, lives on [t_j, t_{j + degree + 1}].
class BSplines {
 public:
  /// `knots` ascending in [lower, upper], lower < upper, degree >= 1.
  BSplines(int degree, double lower, double upper, const std::vector<double>& knots);

  int order() const { return order_; }
  int count() const { return static_cast<int>(t_.size()) - order_; }
  /// Whether more than `degree` inner knots coincide with the upper boundary. As in R's splineDesign the boundary is
  /// then a point of its own, where B-spline count() - order(), all of whose knots lie there, is 1 and the others are
  /// 0.
  bool upper_is_own_point() const { return t_[static_cast<std::size_t>(count() - order_)] == t_.back(); }
  /// Index i of the interval t_i <= x < t_{i+1} of positive length; the first and the last one reach to infinity and
  /// the last one includes the upper boundary. NaN: the first.
  int interval(double x) const;
  /// Values at x of the `order` polynomials that the B-splines i - order + 1 .. i of that order (<= order()) are on
  /// interval i. De Boor (1978), ch. X, (4). Beyond the boundary all terms of a sum have one sign, so that the
  /// continued polynomials are accurate there too.
  void values(double x, int i, int order, double* out) const;
  /// Derivative `m` (< order()) at x of the order() B-splines i - degree .. i on interval i. De Boor, ch. X, (16).
  void derivatives(double x, int i, int m, double* out) const;

 private:
  int order_;
  int first_, last_;       // outermost intervals of positive length
  std::vector<double> t_;  // all knots
};

/// The map from cubic B-splines (without the first one unless `intercept`) to natural splines: an orthonormal basis of
/// the complement of their second derivatives at both boundaries, by Householder reflections with the usual signs
/// (Golub and Van Loan, 5.1).
struct NaturalMap {
  NaturalMap(const BSplines& splines, double lower, double upper, bool intercept);
  /// A row of weights over the 4 B-splines that live on interval i -> columns of natural splines.
  void apply(const double* local, int i, double* out) const;

  int columns;
  std::vector<double> weights;  // splines.count() x columns, row-major; the row of a dropped B-spline is 0
  bool usable = true;           // false when the two constraints are not independent or not finite
};

}  // namespace deciban::splines
