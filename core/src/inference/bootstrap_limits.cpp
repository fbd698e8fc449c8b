#include "deciban/base/config.hpp"

#include "deciban/inference/bootstrap.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/inference/leverage.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::inference {
namespace {

// Third moments of (X inverse) by coefficient, in the objective's parametrisation but for the intercept.
class ThirdMoments final : public engine::RowVisitor {
 public:
  ThirdMoments(const FittedRows& fit, const families::Family& family, const families::Link& link)
      : fit_(fit),
        family_(family),
        link_(link),
        leverage_(fit.training, fit.objective.shifts(), fit.inverse),
        sums_(static_cast<std::size_t>(fit.objective.size()), 0.0),
        product_(sums_.size()) {}

  std::unique_ptr<engine::RowVisitor> fresh() const override {
    return std::make_unique<ThirdMoments>(fit_, family_, link_);
  }

  void visit(const engine::RowBlock& rows) override {
    double mu[512], complement[512], slope[512], variance[512], derivative[512], h[512];
    families::inverse_link_block(link_, rows.eta, {mu, complement, slope, nullptr}, rows.count);
    families::variance_block(family_, mu, complement, variance, rows.count);
    families::variance_derivative_block(family_, mu, derivative, rows.count);
    leverage_.block(rows, h);
    const std::vector<double>& shifts = fit_.objective.shifts();
    for (int i = 0; i < rows.count; ++i) {
      if (!(rows.information[i] > 0.0)) continue;
      leverage_.solve(i, product_.data());
      for (std::size_t j = 0; j < shifts.size(); ++j)
        if (shifts[j] != 0.0) product_[0] -= shifts[j] * product_[j];
      const double third = rows.information[i] * derivative[i] * slope[i] / variance[i];
      for (std::size_t j = 0; j < sums_.size(); ++j) sums_[j] += third * product_[j] * product_[j] * product_[j];
    }
  }

  void merge(engine::RowVisitor& later) override {
    const auto& other = static_cast<const ThirdMoments&>(later);
    for (std::size_t j = 0; j < sums_.size(); ++j) sums_[j] += other.sums_[j];
  }

  const std::vector<double>& sums() const { return sums_; }

 private:
  const FittedRows& fit_;
  const families::Family& family_;
  const families::Link& link_;
  Leverage leverage_;
  std::vector<double> sums_, product_;
};

}  // namespace

std::vector<double> accelerations(const FittedRows& fit, const families::Family& family, const families::Link& link,
                                  double phi, const RunContext& context) {
  if (fit.inverse.arrow())
    throw Error(ErrorKind::input, "bootstrap.wide_factor",
                "Accelerations are not available with a factor of so many levels.", "Use interval = \"percentile\".");
  ThirdMoments moments(fit, family, link);
  fit.objective.accumulate(fit.beta, moments, context);
  const linalg::Covariance natural = fit.objective.natural_covariance(fit.inverse);
  std::vector<double> result(moments.sums().size(), 0.0);
  for (std::size_t j = 0; j < result.size(); ++j) {
    const double variance = natural.variance(static_cast<int>(j));
    if (variance > 0.0) result[j] = std::sqrt(phi) * moments.sums()[j] / (6.0 * variance * std::sqrt(variance));
  }
  return result;
}

double bootstrap_quantile(std::vector<double> values, double p) {
  values.erase(std::remove_if(values.begin(), values.end(), [](double value) { return std::isnan(value); }),
               values.end());
  if (values.empty() || std::isnan(p)) return std::nan("");
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  const double position = std::min(std::max((n + 1.0) * p, 1.0), n), whole = std::floor(position);
  const double low = values[static_cast<std::size_t>(whole) - 1];
  const double high = values[std::min(values.size() - 1, static_cast<std::size_t>(whole))];
  const double share = position - whole;
  return share == 0.0 || low == high ? low : low + share * (high - low);
}

Limits percentile_limits(const std::vector<double>& replicates, double level) {
  return {bootstrap_quantile(replicates, 0.5 - 0.5 * level), bootstrap_quantile(replicates, 0.5 + 0.5 * level)};
}

Limits bca_limits(const std::vector<double>& replicates, double estimate, double acceleration, double level) {
  double below = 0.0, count = 0.0;
  for (const double value : replicates) {
    if (std::isnan(value)) continue;
    count += 1.0;
    below += value < estimate ? 1.0 : value == estimate ? 0.5 : 0.0;
  }
  const double bias = math::normal_quantile(below / count);
  const auto corrected = [&](double p) {
    const double z = bias + math::normal_quantile(p);
    return math::normal_cdf(bias + z / (1.0 - acceleration * z));
  };
  return {bootstrap_quantile(replicates, corrected(0.5 - 0.5 * level)),
          bootstrap_quantile(replicates, corrected(0.5 + 0.5 * level))};
}

Limits studentised_limits(const std::vector<double>& replicates, const std::vector<double>& errors, double estimate,
                          double error, double level) {
  std::vector<double> t(replicates.size());
  for (std::size_t b = 0; b < t.size(); ++b) t[b] = (replicates[b] - estimate) / errors[b];
  return {estimate - bootstrap_quantile(t, 0.5 + 0.5 * level) * error,
          estimate - bootstrap_quantile(t, 0.5 - 0.5 * level) * error};
}

}  // namespace deciban::inference
