#include "deciban/math/tweedie.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"
#include "tables.hpp"

namespace deciban {
namespace math {

namespace {

constexpr double kHalfLogTwoPi = 0.91893853320467274178;
constexpr double kLogTwoPi = 1.83787706640934548356;
constexpr double kTwoPi = 6.28318530717958647693;

constexpr int kOrder = 12;               // of the expansion
constexpr double kExpansionFrom = 16.0;  // n
constexpr double kSmooth = 2.2;          // m (p - 1)
constexpr int kLargestTable = 4096;
constexpr int kTerms = 8;           // formed together
constexpr double kNegligible = 42;  // terms below e^-42 of the largest one are left out
constexpr double kSmallest = 1e-290;

/// lgamma(x) - (x - 1/2) log x + x - log(2 pi) / 2.
double stirling_error(double x) {
  if (x < 8.0) return lgamma(x) - (x - 0.5) * log(x) + x - kHalfLogTwoPi;
  const double inverse = 1.0 / x, z = inverse * inverse;
  double sum = 0.0;
  for (int k = 7; k >= 0; --k) sum = tables::kStirling[k] + z * sum;
  return inverse * sum;
}

/// (2k + 1)!! b_(2k+1) for k = 0, ..., order, where u = b_1 x + b_2 x^2 + ... solves x^2 / 2 = w(u): the terms of
/// Laplace's expansion. From g = w'(u), g u' = x and (1 + a u) g' = u' - x, the derivatives being those to x.
std::vector<double> laplace_coefficients(double a, int order) {
  std::vector<double> b(2 * order + 2), g(2 * order + 2);
  b[1] = g[1] = 1.0;
  for (int n = 2; n <= 2 * order + 1; ++n) {
    double first = 0.0, second = 0.0;
    for (int i = 1; i < n; ++i) first += b[i] * (n - i) * g[n - i];
    for (int i = 2; i < n; ++i) second += g[i] * (n - i + 1) * b[n - i + 1];
    const double unit = n == 2 ? 0.5 : 0.0;
    b[n] = (unit + a / n * first - second) / (n + 1.0);
    g[n] = b[n] - unit - a / n * first;
  }
  std::vector<double> out;
  double factorial = 1.0;
  for (int k = 0; k <= order; ++k) {
    factorial *= 2.0 * k + 1.0;
    out.push_back(factorial * b[2 * k + 1]);
  }
  return out;
}

}  // namespace

struct TweedieSeries::Sums {
  double reference;                               // exponent of the largest term, about
  double total = 0.0, first = 0.0, second = 0.0;  // of terms, of terms times (j - m), times (j - m)^2
};

TweedieSeries::TweedieSeries(double var_power)
    : p_(var_power), alpha_((2.0 - var_power) / (var_power - 1.0)), block_(&block_functions()) {
  coefficients_ = laplace_coefficients(p_ - 1.0, kOrder);
  if (p_ >= 2.0) return;
  const double largest = std::max(kExpansionFrom / (2.0 - p_), kSmooth / (p_ - 1.0));
  const double reach = kNegligible * (p_ - 1.0);
  const double needed = largest + reach / 3.0 + std::sqrt(reach * reach / 9.0 + 2.0 * reach * largest) + kTerms;
  const int n = static_cast<int>(std::min<double>(needed, kLargestTable));
  corrections_.push_back(0.0);
  for (int j = 1; j < n; ++j) corrections_.push_back(stirling_error(j) + stirling_error(alpha_ * j));
}

double TweedieSeries::correction(double j) const {
  if (j < static_cast<double>(corrections_.size())) return corrections_[static_cast<std::size_t>(j)];
  return stirling_error(j) + stirling_error(alpha_ * j);
}

// Adds the terms first, first + step, ... that are at least 1; returns the last one relative to the reference.
double TweedieSeries::add_terms(Sums& sums, double m, double first, double step) const {
  double j[kTerms] = {}, distance[kTerms] = {}, term[kTerms] = {};
  const int n = step > 0.0 ? kTerms : static_cast<int>(std::min<double>(kTerms, std::floor((first - 1.0) / -step) + 1));
  for (int i = 0; i < n; ++i) j[i] = first + step * i;
  for (int i = 0; i < n; ++i) distance[i] = j[i] - m;
  for (int i = 0; i < n; ++i) term[i] = distance[i] / m;
  block_->log1p(term, term, n);
  for (int i = 0; i < n; ++i) term[i] = (distance[i] - j[i] * term[i]) / (p_ - 1.0) - correction(j[i]) - sums.reference;
  block_->exp(term, term, n);
  for (int i = 0; i < n; ++i) {
    sums.total += term[i];
    sums.first += term[i] * distance[i];
    sums.second += term[i] * distance[i] * distance[i];
  }
  return n < kTerms ? 0.0 : term[n - 1];
}

// The largest h with (1 + alpha) m (1 - cos x) >= 42 at x = 2 pi / (h (1 + alpha)); the cosine is replaced by its
// bound.
double TweedieSeries::stride(double m) const {
  double h = std::floor(kTwoPi * (p_ - 1.0) * std::sqrt(m / (2.0 * kNegligible * (p_ - 1.0))));
  for (; h > 1.0; h -= 1.0) {
    const double x = kTwoPi * (p_ - 1.0) / h, square = x * x;
    if (m / (p_ - 1.0) * 0.5 * square * (1.0 - square / 12.0) >= kNegligible) return h;
  }
  return 1.0;
}

TweedieSeries::Value TweedieSeries::sum(double m) const {
  constexpr double kLowest = 5.7e-19;  // e^-42
  const auto exponent = [&](double j) { return (j - m - j * log1p((j - m) / m)) / (p_ - 1.0) - correction(j); };
  double peak = std::max(1.0, std::floor(m));
  Sums sums{exponent(peak)};
  const double next = exponent(peak + 1.0);
  if (next > sums.reference) {
    sums.reference = next;
    peak += 1.0;
  }
  const double h = stride(m);
  for (double j = peak; add_terms(sums, m, j, h) > kLowest;) j += kTerms * h;
  for (double j = peak - h; j >= 1.0 && add_terms(sums, m, j, -h) > kLowest;) j -= kTerms * h;
  const double mean = sums.first / sums.total, spread = sums.second / sums.total - mean * mean;
  return {0.5 * log(alpha_) - kLogTwoPi + sums.reference + log(sums.total * h), mean / (p_ - 1.0),
          (spread / (p_ - 1.0) - m) / (p_ - 1.0)};
}

TweedieSeries::Value TweedieSeries::expansion(double n) const {
  const double x = -1.0 / n;
  double value = 0.0, first = 0.0, second = 0.0;  // P - 1, x P', x^2 P'' + x P'
  for (int k = kOrder; k >= 1; --k) {
    value = (value + coefficients_[k]) * x;
    first = (first + k * coefficients_[k]) * x;
    second = (second + k * k * coefficients_[k]) * x;
  }
  const double slope = first / (1.0 + value);
  return {0.5 * (log(n) - kLogTwoPi) + log1p(value), 0.5 - slope, second / (1.0 + value) - slope * slope};
}

TweedieSeries::Value TweedieSeries::gamma(double n) const {
  const double slope = n * (log(n) - digamma(n));
  return {0.5 * (log(n) - kLogTwoPi) - stirling_error(n), slope, slope + n * (1.0 - n * trigamma(n))};
}

TweedieSeries::Value TweedieSeries::at(double n) const {
  const double m = n / (2.0 - p_);
  if (n >= kExpansionFrom && m * (p_ - 1.0) >= kSmooth) return expansion(n);
  if (p_ >= 2.0) return gamma(n);
  if (m > kSmallest) return sum(m);
  // one summand
  return {0.5 * log(alpha_) - kLogTwoPi + (log(n) - log(2.0 - p_) + 1.0) / (p_ - 1.0) - correction(1.0),
          1.0 / (p_ - 1.0), 0.0};
}

}  // namespace math
}  // namespace deciban
