#include "deciban/base/config.hpp"

#include "deciban/math/quadrature.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/elementary.hpp"

namespace deciban {
namespace math {

namespace {

/// The orthonormal Hermite polynomial of a degree at x, and the one before it.
struct Hermite {
  double value, previous;
};
Hermite hermite(int degree, double x) {
  double value = 1.0, previous = 0.0;
  for (int k = 0; k < degree; ++k) {
    const double next = (x * value - std::sqrt(static_cast<double>(k)) * previous) / std::sqrt(k + 1.0);
    previous = value;
    value = next;
  }
  return {value, previous};
}

/// The root between `low` and `high`, where the polynomial changes its sign.
double root_between(int degree, double low, double high) {
  const bool rises = hermite(degree, high).value > 0.0;
  for (int i = 0; i < 80; ++i) {
    const double middle = 0.5 * (low + high);
    ((hermite(degree, middle).value > 0.0) == rises ? high : low) = middle;
  }
  double x = 0.5 * (low + high);
  const Hermite at = hermite(degree, x);  // its derivative is sqrt(degree) times the one before
  if (at.previous != 0.0) x -= at.value / (std::sqrt(static_cast<double>(degree)) * at.previous);
  return x;
}

NormalNodes trapezoid(double step) {
  constexpr double kEnd = 6.5;
  NormalNodes nodes;
  const int half = static_cast<int>(std::ceil(kEnd / step));
  double total = 0.0;
  for (int k = -half; k <= half; ++k) {
    nodes.at.push_back(k * step);
    nodes.weight.push_back(normal_pdf(k * step));
    total += nodes.weight.back();
  }
  for (double& weight : nodes.weight) weight /= total;
  return nodes;
}

}  // namespace

NormalNodes gauss_hermite(int order) {
  const int degree = std::min(std::max(order, 1), 64);
  // The roots of one degree separate those of the next.
  std::vector<double> roots;
  const double end = 2.0 * std::sqrt(degree + 1.0);
  for (int k = 1; k <= degree; ++k) {
    std::vector<double> ends = {-end}, next;
    ends.insert(ends.end(), roots.begin(), roots.end());
    ends.push_back(end);
    for (int i = 0; i < k; ++i) next.push_back(root_between(k, ends[i], ends[i + 1]));
    for (int i = 0; i < k / 2; ++i) next[k - 1 - i] = -next[i];
    if (k % 2 == 1) next[k / 2] = 0.0;
    roots = std::move(next);
  }
  NormalNodes nodes{roots, {}};
  double total = 0.0;
  for (const double x : roots) {
    const double before = hermite(degree, x).previous;
    nodes.weight.push_back(1.0 / (degree * before * before));
    total += nodes.weight.back();
  }
  for (double& weight : nodes.weight) weight /= total;
  return nodes;
}

NormalNodes normal_nodes(double spread) {
  constexpr double kMostSpread = 50.0;
  static const NormalNodes rules[] = {gauss_hermite(5), gauss_hermite(7), gauss_hermite(11), gauss_hermite(21)};
  if (!(spread > 0.0)) return {{0.0}, {1.0}};
  if (spread <= 0.07) return rules[0];
  if (spread <= 0.2) return rules[1];
  if (spread <= 0.4) return rules[2];
  if (spread <= 1.0) return rules[3];
  const double used = std::min(spread, kMostSpread);
  return trapezoid(0.75 / std::sqrt(1.0 + used * used));
}

}  // namespace math
}  // namespace deciban
