#include "koopman.hpp"

#include <cmath>
#include <limits>

#include "deciban/math/elementary.hpp"

namespace deciban::evidence {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The score statistic of P/Q = r: with P and Q at their restricted maximum likelihood, the larger root's partner of
// (E + N) r Q^2 - (r (E + n) + e + N) Q + e + n = 0.
double statistic(double r, double e, double n, double E, double N) {
  const double a = (E + N) * r, b = r * (E + n) + e + N, c = e + n;
  const double q = 2.0 * c / (b + std::sqrt(std::fmax(0.0, b * b - 4.0 * a * c))), p = r * q;
  const double of_events = e - E * p, of_non_events = n - N * q;
  double sum = 0.0;
  if (of_events != 0.0) sum += of_events * of_events / (E * p * (1.0 - p));
  if (of_non_events != 0.0) sum += of_non_events * of_non_events / (N * q * (1.0 - q));
  return sum;
}

// From a point inside (statistic below target) outwards by doubling steps, then bisection to the last bit.
double limit(double inside, double direction, double e, double n, double E, double N, double target) {
  constexpr double kFarthest = 700.0;
  double step = 1.0, outside = inside + direction;
  const auto within = [&](double at) { return statistic(math::exp(at), e, n, E, N) <= target; };
  while (within(outside)) {
    inside = outside;
    step *= 2.0;
    outside += direction * step;
    if (std::fabs(outside) > kFarthest) return direction * kInfinity;
  }
  for (;;) {
    const double middle = inside + (outside - inside) / 2.0;
    if (middle == inside || middle == outside) return middle;
    (within(middle) ? inside : outside) = middle;
  }
}

}  // namespace

Interval koopman_limits(double e, double n, double E, double N, double z) {
  if (!(e > 0.0 || n > 0.0)) return {-kInfinity, kInfinity};
  // a zero count: the statistic falls to zero towards that side; half a row gives a point inside
  const double centre = math::log((e > 0.0 ? e : 0.5) / E) - math::log((n > 0.0 ? n : 0.5) / N);
  double inside = centre;
  const double target = z * z;
  if (!(e > 0.0))
    while (statistic(math::exp(inside), e, n, E, N) > target) inside -= 1.0;
  if (!(n > 0.0))
    while (statistic(math::exp(inside), e, n, E, N) > target) inside += 1.0;
  return {e > 0.0 ? limit(inside, -1.0, e, n, E, N, target) : -kInfinity,
          n > 0.0 ? limit(inside, 1.0, e, n, E, N, target) : kInfinity};
}

}  // namespace deciban::evidence
