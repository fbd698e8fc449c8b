#pragma once
#include "deciban/base/config.hpp"

#include <vector>

namespace deciban {
namespace math {

struct BlockFunctions;

/// The density of Tweedie's laws with 1 < p < 2 (compound Poisson sums of gamma variables), and of the gamma law as
/// their limit p = 2, at its own mean.
///
/// A Tweedie density is f(y; mu, phi) = f(y; y, phi) exp(-d(y, mu) / (2 phi)) with the unit deviance d (Jorgensen 1997,
/// (4.1)), and y f(y; y, phi) is a function of p and of n = y^(2-p) / phi alone. In this form nothing large cancels.
///
/// With m = n / (2 - p) the mean number of summands at mu = y and alpha = (2 - p) / (p - 1) the shape of a summand,
///   y f(y; y, phi) = sqrt(alpha) / (2 pi) sum_j exp(-(m - j + j log(j / m)) / (p - 1) - e(j) - e(alpha j)),  j >= 1,
/// which is the series of Dunn and Smyth (2005), Statistics and Computing 15, 267-280, (2.4), with Stirling's errors
/// e(x) = lgamma(x) - (x - 1/2) log x + x - log(2 pi) / 2 in place of the factorials, so that every term is formed to
/// nearly full precision. Terms are added from the largest one to both sides. Where the terms change slowly, every h-th
/// one is enough: what the others would change is below 1e-17 by the saddle point bound |W(z exp(2 pi i / h))| / W(z).
///
/// Where there are many terms the inversion integral of Dunn and Smyth (2008), Statistics and Computing 18, 73-86, (6),
///   y f(y; y, phi) = n / (2 pi) int exp(n w(i t)) dt,  w(u) = u + ((1 + (p-1) u)^(-alpha) - 1) / (2 - p),
/// is taken by its expansion at the saddle point u = 0 to order n^-12. It is used for n >= 16 and m >= 2.2 / (p - 1),
/// where what it leaves out (other saddle points, later orders) is below 1e-15.
class TweedieSeries {
 public:
  /// @param var_power  p in (1, 2].
  explicit TweedieSeries(double var_power);

  /// log(y f(y; y, phi)) and its first two derivatives with respect to log n.
  struct Value {
    double value, slope, bend;
  };
  /// @param n  y^(2-p) / phi > 0 (phi / w with a prior weight w).
  Value at(double n) const;

 private:
  struct Sums;
  double correction(double j) const;
  double add_terms(Sums& sums, double m, double first, double step) const;
  Value sum(double m) const;
  Value expansion(double n) const;
  Value gamma(double n) const;
  double stride(double m) const;

  double p_, alpha_;
  const BlockFunctions* block_;
  std::vector<double> corrections_;   // e(j) + e(alpha j) for j = 0, 1, ..., the first ones
  std::vector<double> coefficients_;  // of the expansion, by powers of -1 / n
};

}  // namespace math
}  // namespace deciban
