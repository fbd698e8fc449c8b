// A dense GLM in long double, written from the textbook: what the engine and the solver are compared with.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "deciban/design/coded_design.hpp"
#include "deciban/families/family.hpp"
#include "deciban/families/link.hpp"
#include "design/coded_case.hpp"

namespace naive {

using Real = long double;
using Reals = std::vector<Real>;
using deciban::families::LinkId;
using deciban::families::Variance;

struct Mean {
  Real mu, complement, slope;
};

inline Real normal_cdf(Real x) { return 0.5L * std::erfc(-x / std::sqrt(2.0L)); }

inline Mean inverse_link(const deciban::families::Link& link, Real eta) {
  const Real pi = 3.14159265358979323846264338327950288L;
  switch (link.id) {
    case LinkId::identity:
      return {eta, 1.0L - eta, 1.0L};
    case LinkId::log:
      return {std::exp(eta), 1.0L - std::exp(eta), std::exp(eta)};
    case LinkId::logit: {
      const Real mu = 1.0L / (1.0L + std::exp(-eta)), complement = 1.0L / (1.0L + std::exp(eta));
      return {mu, complement, mu * complement};
    }
    case LinkId::probit:
      return {normal_cdf(eta), normal_cdf(-eta), std::exp(-0.5L * eta * eta) / std::sqrt(2.0L * pi)};
    case LinkId::cloglog:
      return {-std::expm1(-std::exp(eta)), std::exp(-std::exp(eta)), std::exp(eta - std::exp(eta))};
    case LinkId::loglog:
      return {std::exp(-std::exp(-eta)), -std::expm1(-std::exp(-eta)), std::exp(-eta - std::exp(-eta))};
    case LinkId::cauchit: {
      const Real tail = std::atan2(1.0L, std::fabs(eta)) / pi;
      return {eta >= 0 ? 1.0L - tail : tail, eta >= 0 ? tail : 1.0L - tail, 1.0L / (pi * (1.0L + eta * eta))};
    }
    case LinkId::inverse:
      return {1.0L / eta, 1.0L - 1.0L / eta, -1.0L / (eta * eta)};
    default: {
      const Real a = link.id == LinkId::sqrt ? 0.5L : link.id == LinkId::inverse_squared ? -2.0L : Real(link.exponent);
      const Real mu = std::pow(eta, 1.0L / a);
      return {mu, 1.0L - mu, mu / (a * eta)};
    }
  }
}

inline Real variance(const deciban::families::Family& family, const Mean& at) {
  switch (family.variance) {
    case Variance::constant:
      return 1.0L;
    case Variance::mu:
      return at.mu;
    case Variance::mu2:
      return at.mu * at.mu;
    case Variance::mu3:
      return at.mu * at.mu * at.mu;
    case Variance::binomial:
      return at.mu * at.complement;
    case Variance::power:
      return std::pow(at.mu, Real(family.var_power));
    case Variance::negative_binomial:
      return at.mu + at.mu * at.mu / family.theta;
  }
  return 0.0L;
}

inline Real y_log(Real y, Real ratio) { return y > 0 ? y * std::log(ratio) : 0.0L; }

inline Real deviance(const deciban::families::Family& family, Real y, const Mean& at) {
  const Real mu = at.mu, theta = family.theta, p = family.variance == Variance::power ? Real(family.var_power) : 0.0L;
  switch (family.variance) {
    case Variance::constant:
      return (y - mu) * (y - mu);
    case Variance::mu:
      return 2.0L * (y_log(y, y / mu) - (y - mu));
    case Variance::mu2:
      return 2.0L * ((y - mu) / mu - std::log(y / mu));
    case Variance::mu3:
      return (y - mu) * (y - mu) / (mu * mu * y);
    case Variance::binomial:
      return 2.0L * (y_log(y, y / mu) + y_log(1.0L - y, (1.0L - y) / at.complement));
    case Variance::power:
      if (p == 1.0L) return 2.0L * (y_log(y, y / mu) - (y - mu));
      if (p == 2.0L) return 2.0L * ((y - mu) / mu - std::log(y / mu));
      return 2.0L * ((y > 0 ? std::pow(y, 2.0L - p) : 0.0L) / ((1.0L - p) * (2.0L - p)) -
                     y * std::pow(mu, 1.0L - p) / (1.0L - p) + std::pow(mu, 2.0L - p) / (2.0L - p));
    case Variance::negative_binomial:
      return 2.0L * (y > 0 ? y * std::log1p(theta * (y - mu) / (mu * (y + theta))) : 0.0L) -
             2.0L * theta * std::log((y + theta) / (mu + theta));
  }
  return 0.0L;
}

struct Sums {
  Real n = 0, sum_w = 0, deviance = 0, pearson = 0;
  Reals score, information;            // p, p x p
  Reals score_size, information_size;  // sums of absolute values: the scale of rounding errors
};

struct Problem {
  deciban::families::Family family;
  deciban::families::Link link;
  std::vector<Reals> x;  // p columns
  std::vector<double> y, weights, frequencies, offset;

  std::size_t rows() const { return y.size(); }
  double weight(std::size_t i) const {
    return (weights.empty() ? 1.0 : weights[i]) * (frequencies.empty() ? 1.0 : frequencies[i]);
  }
  Real eta(const Reals& beta, std::size_t i) const {
    Real sum = offset.empty() ? 0.0L : Real(offset[i]);
    for (std::size_t j = 0; j < beta.size(); ++j) sum += beta[j] * x[j][i];
    return sum;
  }

  Sums evaluate(const Reals& beta) const {
    const std::size_t p = x.size();
    Sums sums;
    sums.score.assign(p, 0.0L);
    sums.score_size.assign(p, 0.0L);
    sums.information.assign(p * p, 0.0L);
    sums.information_size.assign(p * p, 0.0L);
    for (std::size_t i = 0; i < rows(); ++i) {
      const Real w = weight(i);
      if (!(w > 0)) continue;
      const Mean at = inverse_link(link, eta(beta, i));
      const Real v = variance(family, at);
      const Real residual =
          at.complement < 0.5L && family.is_probability() ? at.complement - (1.0L - y[i]) : y[i] - at.mu;
      const Real s = w * residual * at.slope / v, h = w * at.slope * at.slope / v;
      sums.n += frequencies.empty() ? 1.0L : frequencies[i];
      sums.sum_w += w;
      sums.deviance += w * deviance(family, y[i], at);
      sums.pearson += w * residual * residual / v;
      for (std::size_t j = 0; j < p; ++j) {
        sums.score[j] += s * x[j][i];
        sums.score_size[j] += std::fabs(w * (std::fabs(Real(y[i])) + std::fabs(at.mu)) * at.slope / v * x[j][i]);
        for (std::size_t k = 0; k < p; ++k) {
          sums.information[j * p + k] += h * x[j][i] * x[k][i];
          sums.information_size[j * p + k] += std::fabs(h * x[j][i] * x[k][i]);
        }
      }
    }
    return sums;
  }

  // Minus the derivative of the score, by central differences.
  Reals observed_information(const Reals& beta) const {
    const std::size_t p = x.size();
    Reals out(p * p);
    for (std::size_t j = 0; j < p; ++j) {
      const Real h = 1e-8L;
      Reals above = beta, below = beta;
      above[j] += h;
      below[j] -= h;
      const Sums up = evaluate(above), down = evaluate(below);
      for (std::size_t k = 0; k < p; ++k) out[k * p + j] = -(up.score[k] - down.score[k]) / (2.0L * h);
    }
    return out;
  }
};

// Gauss without pivoting beyond the largest entry; for well-posed systems only.
inline Reals solve(Reals a, Reals b) {
  const std::size_t p = b.size();
  for (std::size_t k = 0; k < p; ++k) {
    std::size_t best = k;
    for (std::size_t i = k + 1; i < p; ++i)
      if (std::fabs(a[i * p + k]) > std::fabs(a[best * p + k])) best = i;
    for (std::size_t j = 0; j < p; ++j) std::swap(a[k * p + j], a[best * p + j]);
    std::swap(b[k], b[best]);
    for (std::size_t i = k + 1; i < p; ++i) {
      const Real factor = a[i * p + k] / a[k * p + k];
      for (std::size_t j = k; j < p; ++j) a[i * p + j] -= factor * a[k * p + j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = p; k-- > 0;) {
    for (std::size_t j = k + 1; j < p; ++j) b[k] -= a[k * p + j] * b[j];
    b[k] /= a[k * p + k];
  }
  return b;
}

// Newton's method in long double from coefficients near the solution. (Fisher scoring may leave the solution of a
// non-canonical link that it has been given.) Aliased columns must be left out before.
inline Reals fit(const Problem& problem, Reals beta, int steps = 6) {
  for (int step = 0; step < steps; ++step) {
    const Reals change = solve(problem.observed_information(beta), problem.evaluate(beta).score);
    Real size = 0, largest = 0;
    for (std::size_t j = 0; j < beta.size(); ++j) {
      beta[j] += change[j];
      size = std::max(size, std::fabs(change[j]));
      largest = std::max(largest, std::fabs(beta[j]));
    }
    if (size <= 1e-17L * largest) break;
  }
  return beta;
}

// The columns of a coded design, shifted by `anchors` (one per column).
inline std::vector<Reals> expand(const deciban::design::CodedDesign& design, const std::vector<double>& anchors = {}) {
  const std::size_t rows = static_cast<std::size_t>(design.rows);
  std::vector<Reals> x(static_cast<std::size_t>(design.n_columns), Reals(rows, 0.0L));
  if (design.intercept) x[0].assign(rows, 1.0L);
  for (const auto& block : design.blocks)
    for (int j = 0; j < block.width; ++j) {
      const auto values = coded_case::values_of(block, design.rows, j);
      for (std::size_t i = 0; i < rows; ++i) {
        const int cell = block.codes ? block.codes->at(static_cast<std::int64_t>(i)) : 0;
        const int column = block.columns[static_cast<std::size_t>(cell * block.width + j)];
        if (column < 0) continue;
        const Real value = values.empty() ? 1.0L : Real(values[i]);
        x[static_cast<std::size_t>(column)][i] =
            value - (anchors.empty() ? 0.0 : anchors[static_cast<std::size_t>(column)]);
      }
    }
  return x;
}

}  // namespace naive
