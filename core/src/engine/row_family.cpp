#include "row_family.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/blocks.hpp"
#include "kernels.hpp"

namespace deciban::engine {

using parallel::kComputeRows;

void RowFamily::at_predictor(Information kind, RowWork& rows) const {
  const bool observed = kind == Information::observed;
  const double power = power_under_log();
  if ((!observed || power == power) && fused(rows)) {
    // With V = mu^p and a log link the observed weights are the expected ones plus (p - 1) times the score.
    for (int i = 0; i < rows.n && observed; ++i) rows.information[i] += (power - 1.0) * rows.score[i];
    return;
  }
  general(rows);
  if (observed) observe(rows);
}

// p where V = mu^p and the link is log, else NaN.
double RowFamily::power_under_log() const {
  if (link_.id != families::LinkId::log) return std::nan("");
  switch (family_.variance) {
    case families::Variance::mu:
      return 1.0;
    case families::Variance::mu2:
      return 2.0;
    case families::Variance::power:
      return family_.var_power;
    default:
      return std::nan("");
  }
}

// The usual families and links have loops of their own; false for others.
bool RowFamily::fused(RowWork& rows) const {
  using families::LinkId;
  using families::Variance;
  const Kernels& loops = kernels(math::active_isa());
  const FamilyRows arrays{rows.eta,   rows.y,           rows.weight,  rows.n,        rows.mu,          rows.complement,
                          rows.score, rows.information, rows.pearson, rows.deviance, family_.var_power};
  const Variance variance = family_.variance;
  const double p = family_.var_power;
  const bool counts = variance == Variance::mu || (variance == Variance::power && p == 1.0);
  if (link_.id == LinkId::log && counts) {
    rows.invalid += loops.poisson_log(arrays);
    inner_deviance(rows, HUGE_VAL);
  } else if (link_.id == LinkId::log && variance == Variance::power && p > 1.0 && p < 2.0) {
    rows.invalid += loops.tweedie_log(arrays);
    inner_deviance(rows, HUGE_VAL);
  } else if (link_.id == LinkId::log && (variance == Variance::mu2 || (variance == Variance::power && p == 2.0))) {
    rows.invalid += loops.gamma_log(arrays);
  } else if (link_.id == LinkId::logit && variance == Variance::binomial) {
    rows.invalid += loops.binomial_logit(arrays);
    inner_deviance(rows, 1.0);
  } else if (link_.id == LinkId::inverse && variance == Variance::mu2) {
    rows.invalid += loops.gamma_inverse(arrays);
  } else if (link_.id == LinkId::identity && variance == Variance::constant) {
    rows.invalid += loops.gaussian_identity(arrays);
  } else {
    return false;
  }
  return true;
}

// Unit deviances of responses above 0 and below `top`: few rows of claims, or the shares among 0 and 1.
void RowFamily::inner_deviance(RowWork& rows, double top) const {
  int at[kComputeRows], events = 0;
  for (int i = 0; i < rows.n; ++i) {
    at[events] = i;
    events += rows.y[i] > 0.0 && rows.y[i] < top && rows.weight[i] > 0.0;
  }
  if (events == 0) return;
  double y[kComputeRows], mu[kComputeRows], complement[kComputeRows], deviance[kComputeRows];
  for (int k = 0; k < events; ++k) {
    y[k] = rows.y[at[k]];
    mu[k] = rows.mu[at[k]];
    complement[k] = rows.complement[at[k]];
  }
  families::unit_deviance_block(family_, y, mu, complement, deviance, events);
  for (int k = 0; k < events; ++k) rows.deviance[at[k]] = deviance[k];
}

// From the predictor to deviance, score and information of each row.
void RowFamily::general(RowWork& rows) const {
  const int n = rows.n;
  families::inverse_link_block(link_, rows.eta, {rows.mu, rows.complement, rows.slope, rows.curvature}, n);
  const bool positive = family_.needs_positive_mean(), probability = family_.is_probability();
  for (int i = 0; i < n; ++i) {
    const bool inside = std::isfinite(rows.eta[i]) && std::isfinite(rows.mu[i]) && (!positive || rows.mu[i] > 0.0) &&
                        (!probability || (rows.mu[i] > 0.0 && rows.complement[i] > 0.0));
    if (inside && rows.weight[i] > 0.0) continue;
    // Rows without weight, and rows that make this point invalid: harmless values keep NaN out of the sums.
    rows.invalid += !inside && rows.weight[i] > 0.0;
    if (!inside) rows.drop(i);
    if (!inside) rows.mu[i] = rows.complement[i] = 0.5;
    if (!inside) rows.slope[i] = rows.curvature[i] = 1.0;
  }
  families::variance_block(family_, rows.mu, rows.complement, rows.variance, n);
  families::unit_deviance_block(family_, rows.y, rows.mu, rows.complement, rows.deviance, n);
  families::residual_block(family_, rows.y, rows.mu, rows.complement, rows.residual, n);
  for (int i = 0; i < n; ++i) {
    const double residual = rows.residual[i], ratio = rows.slope[i] / rows.variance[i];
    const bool counts = rows.weight[i] > 0.0;
    rows.score[i] = counts ? rows.weight[i] * residual * ratio : 0.0;
    rows.information[i] = counts ? rows.weight[i] * rows.slope[i] * ratio : 0.0;
    rows.pearson[i] = counts ? rows.weight[i] * residual * residual / rows.variance[i] : 0.0;
    if (!counts) rows.deviance[i] = 0.0;
  }
}

// Replaces the expected weights by w [mu'^2 / V - (y - mu) (mu'' / V - mu'^2 V' / V^2)].
void RowFamily::observe(RowWork& rows) const {
  double derivative[kComputeRows];
  families::variance_derivative_block(family_, rows.mu, derivative, rows.n);
  for (int i = 0; i < rows.n; ++i) {
    if (!(rows.weight[i] > 0.0)) continue;
    const double v = rows.variance[i], bend = rows.slope[i] * rows.slope[i] * derivative[i] / v;
    rows.information[i] -= rows.weight[i] * rows.residual[i] * (rows.curvature[i] - bend) / v;
  }
}

void RowFamily::at_start(double centre, double pull, RowWork& rows) const {
  const bool rate = link_.id == families::LinkId::log && rows.offset;
  double unit[kComputeRows];
  std::fill(unit, unit + rows.n, 1.0);
  if (rate) math::exp_block(rows.offset, unit, rows.n);
  for (int i = 0; i < rows.n; ++i) {
    const double mean = families::starting_mean(family_, rows.y[i], centre * unit[i], pull);
    rows.eta[i] = families::link_value(link_, mean);
    if (std::isfinite(rows.eta[i])) continue;
    // Gaussian responses outside the link's domain start from the portfolio's mean.
    rows.eta[i] = families::link_value(link_, centre * unit[i]);
    if (!std::isfinite(rows.eta[i])) rows.eta[i] = families::link_value(link_, unit[i]);
  }
  general(rows);
  for (int i = 0; i < rows.n; ++i) {
    const double distance = rows.eta[i] - (rows.offset ? rows.offset[i] : 0.0);
    if (pull == 1.0) rows.score[i] = 0.0;
    rows.score[i] += rows.information[i] > 0.0 ? rows.information[i] * distance : 0.0;
  }
}

}  // namespace deciban::engine
