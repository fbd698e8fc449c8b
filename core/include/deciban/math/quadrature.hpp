#pragma once
#include "deciban/base/config.hpp"

#include <vector>

namespace deciban {
namespace math {

/// Points and weights of a rule for expectations over the standard normal law; the weights sum to 1.
struct NormalNodes {
  std::vector<double> at, weight;
};

/// The rule of Gauss and Hermite with `order` points (1 to 64): exact for polynomials of degree 2 order - 1. Golub and
/// Welsch (1969), Mathematics of Computation 23, 221-230; roots by Newton's method on the orthonormal recurrence.
NormalNodes gauss_hermite(int order);

/// A rule for E f(Z) where f changes over a length of 1 / spread: Gauss-Hermite for spread <= 1, else the trapezoidal
/// rule, whose error falls exponentially with the number of points (Trefethen and Weideman 2014, SIAM Review 56,
/// 385-458). About nine digits for the smooth f of this package up to spread 50, where the points stop to get denser.
NormalNodes normal_nodes(double spread);

}  // namespace math
}  // namespace deciban
