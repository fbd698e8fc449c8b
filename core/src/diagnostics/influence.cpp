#include "deciban/diagnostics/influence.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/inference/leverage.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::diagnostics {
namespace {

using engine::RowBlock;
using inference::FittedRows;
using inference::kFullLeverage;
using inference::Leverage;

constexpr int kBlock = 512;

// Deviance and Pearson residuals and leverages of a block.
struct Parts {
  double deviance[kBlock], pearson[kBlock], h[kBlock];
};

void compute(const RowBlock& rows, const FittedRows& fit, const families::Family& family, Leverage& leverage,
             Parts& out) {
  double residual[kBlock], variance[kBlock], unit[kBlock];
  families::residual_block(family, rows.y, rows.mu, rows.complement, residual, rows.count);
  families::variance_block(family, rows.mu, rows.complement, variance, rows.count);
  families::unit_deviance_block(family, rows.y, rows.mu, rows.complement, unit, rows.count);
  leverage.block(rows, out.h);
  for (int i = 0; i < rows.count; ++i) {
    const double f = fit.training.frequencies.empty() ? 1.0 : fit.training.frequencies[rows.begin + i];
    const bool counts = rows.weight[i] > 0.0;
    const double w = counts ? rows.weight[i] / f : 0.0;
    const double size = counts ? std::sqrt(std::max(0.0, w * unit[i])) : 0.0;
    out.deviance[i] = residual[i] < 0.0 ? -size : size;
    out.pearson[i] = counts ? residual[i] * std::sqrt(w / variance[i]) : 0.0;
    if (out.h[i] > kFullLeverage) out.h[i] = 1.0;
  }
}

// x^k for a whole k >= 0.
double power(double x, int k) {
  double out = 1.0;
  for (; k > 0; k >>= 1) {
    if (k & 1) out *= x;
    x *= x;
  }
  return out;
}

// 0 / 0 and x / 0 alike.
double over(double a, double b) { return b == 0.0 ? std::nan("") : a / b; }

double sigma_without(const FittedRows& fit, const InfluenceScales& scales, double d, double h) {
  const double rest = h < 1.0 ? scales.deviance - d * d / (1.0 - h) : scales.deviance;
  return std::sqrt(rest / (fit.n - fit.rank - 1.0));
}

class InfluenceVisitor final : public engine::RowVisitor {
 public:
  InfluenceVisitor(const FittedRows& fit, const families::Family& family, const InfluenceScales& scales, Influence& out)
      : fit_(fit),
        family_(family),
        scales_(scales),
        out_(out),
        leverage_(fit.training, fit.objective.shifts(), fit.inverse) {}
  std::unique_ptr<engine::RowVisitor> fresh() const override {
    return std::make_unique<InfluenceVisitor>(fit_, family_, scales_, out_);
  }
  void merge(engine::RowVisitor&) override {}

  void visit(const RowBlock& rows) override {
    Parts parts;
    compute(rows, fit_, family_, leverage_, parts);
    for (int i = 0; i < rows.count; ++i) {
      const auto row = static_cast<std::size_t>(rows.begin + i);
      const double d = parts.deviance[i], r = parts.pearson[i], h = parts.h[i], rest = 1.0 - h;
      const double sigma = sigma_without(fit_, scales_, d, h);
      out_.hat[row] = h;
      out_.sigma[row] = sigma;
      out_.standard_deviance[row] = over(d, std::sqrt(scales_.dispersion * rest));
      out_.standard_pearson[row] = over(r, std::sqrt(scales_.dispersion * rest));
      const double student = std::sqrt(d * d + over(h * r * r, rest));
      out_.student[row] = (d < 0.0 ? -student : d > 0.0 ? student : 0.0 * student);
      if (scales_.divide_student) out_.student[row] = over(out_.student[row], sigma);
      const double share = over(r, rest);
      out_.cooks[row] = share * share * h / (scales_.dispersion * fit_.rank);
      out_.dffits[row] = over(d * std::sqrt(h), sigma * rest);
      const double e = over(d, sigma * std::sqrt(rest)),
                   base = (fit_.n - fit_.rank - 1.0 + e * e) / (fit_.n - fit_.rank);
      out_.covratio[row] = over(1.0, rest * power(base, fit_.rank));
    }
  }

 private:
  const FittedRows& fit_;
  const families::Family& family_;
  const InfluenceScales& scales_;
  Influence& out_;
  Leverage leverage_;
};

class BetaVisitor final : public engine::RowVisitor {
 public:
  BetaVisitor(const FittedRows& fit, const families::Family& family, const InfluenceScales& scales,
              const std::vector<double>& roots, std::vector<std::vector<double>>& out)
      : fit_(fit),
        family_(family),
        scales_(scales),
        roots_(roots),
        out_(out),
        leverage_(fit.training, fit.objective.shifts(), fit.inverse),
        product_(out.size()) {}
  std::unique_ptr<engine::RowVisitor> fresh() const override {
    return std::make_unique<BetaVisitor>(fit_, family_, scales_, roots_, out_);
  }
  void merge(engine::RowVisitor&) override {}

  void visit(const RowBlock& rows) override {
    Parts parts;
    compute(rows, fit_, family_, leverage_, parts);
    for (int i = 0; i < rows.count; ++i) {
      const double f = fit_.training.frequencies.empty() ? 1.0 : fit_.training.frequencies[rows.begin + i];
      const double h = parts.h[i], d = parts.deviance[i];
      const double step =
          h < 1.0 && rows.information[i] > 0.0 ? std::sqrt(rows.information[i] / f) * d / (1.0 - h) : 0.0;
      leverage_.solve(i, product_.data());
      const std::vector<double> natural = fit_.objective.natural_coefficients(product_);
      const double sigma = roots_.empty() ? 1.0 : sigma_without(fit_, scales_, d, h);
      for (std::size_t j = 0; j < natural.size(); ++j) {
        double value = natural[j] * step;
        if (!roots_.empty()) value = roots_[j] > 0.0 ? value / (sigma * roots_[j]) : 0.0;
        out_[j][static_cast<std::size_t>(rows.begin + i)] = value;
      }
    }
  }

 private:
  const FittedRows& fit_;
  const families::Family& family_;
  const InfluenceScales& scales_;
  const std::vector<double>& roots_;
  std::vector<std::vector<double>>& out_;
  Leverage leverage_;
  std::vector<double> product_;
};

}  // namespace

Influence influence(const FittedRows& fit, const families::Family& family, const InfluenceScales& scales,
                    const RunContext& context) {
  Influence out;
  for (auto* values : {&out.hat, &out.sigma, &out.standard_deviance, &out.standard_pearson, &out.student, &out.cooks,
                       &out.dffits, &out.covratio})
    values->resize(static_cast<std::size_t>(fit.training.design.rows));
  InfluenceVisitor visitor(fit, family, scales, out);
  fit.objective.accumulate(fit.beta, visitor, context);
  return out;
}

std::vector<std::vector<double>> dfbeta(const FittedRows& fit, const families::Family& family,
                                        const InfluenceScales& scales, bool scaled, const RunContext& context) {
  if (fit.inverse.arrow())
    throw Error(
        ErrorKind::input, "influence.wide_factor",
        "Changes of all coefficients by row are not to be had for a model with a factor of 1,024 columns or more.",
        "Use cooks_distance or hat values.", Document::object({{"coefficients", fit.inverse.cols()}}));
  std::vector<double> roots;
  if (scaled) {
    const linalg::Covariance natural = fit.objective.natural_covariance(fit.inverse);
    for (int j = 0; j < natural.cols(); ++j) roots.push_back(std::sqrt(natural.variance(j)));
  }
  std::vector<std::vector<double>> out(static_cast<std::size_t>(fit.objective.size()),
                                       std::vector<double>(static_cast<std::size_t>(fit.training.design.rows)));
  BetaVisitor visitor(fit, family, scales, roots, out);
  fit.objective.accumulate(fit.beta, visitor, context);
  return out;
}

}  // namespace deciban::diagnostics
