#include "fit_visitors.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/math/elementary.hpp"

namespace deciban::models {
namespace {

using families::FamilyId;

constexpr int kBlock = 512;
constexpr std::size_t kJointCells = 2048;  // of a group of factors: 64 kB of sums

// R's dispersion in family$aic: deviance / n for gaussian, deviance / sum of weights for gamma and inverse Gaussian.
// For tweedie, which R leaves out, the one that maximises the likelihood.
double likelihood_dispersion(const GlmModel& model) {
  const FitStatistics& s = model.statistics;
  switch (model.family.id) {
    case FamilyId::gaussian:
      return s.deviance / s.nobs;
    case FamilyId::gamma:
    case FamilyId::inverse_gaussian:
      return s.deviance / s.sum_weights;
    case FamilyId::tweedie:
      return s.dispersion_ml;
    default:
      return 1.0;
  }
}

bool counts_dispersion(const GlmModel& model) {
  const FamilyId id = model.family.id;
  return id == FamilyId::gaussian || id == FamilyId::gamma || id == FamilyId::inverse_gaussian ||
         id == FamilyId::tweedie;
}

}  // namespace

FitVisitor::FitVisitor(const design::TrainingData& training, const GlmModel& model)
    : training_(training), model_(model), likelihood_(model.family, likelihood_dispersion(model)) {
  std::string reason;
  has_likelihood_ = families::has_log_likelihood(model.family, reason);
  group_factors();
}

// Each factor joins the first group with room.
void FitVisitor::group_factors() {
  const auto& factors = training_.design.factors;
  for (std::size_t f = 0; f < factors.size(); ++f) {
    const auto levels = static_cast<std::size_t>(factors[f].codes->cells());
    auto group = std::find_if(groups_.begin(), groups_.end(),
                              [&](const Group& some) { return some.cells * levels <= kJointCells; });
    if (group == groups_.end()) group = groups_.emplace(groups_.end());
    group->factors.push_back(f);
    group->cells *= levels;
  }
  for (Group& group : groups_) group.sums.resize(group.cells);
}

std::unique_ptr<engine::RowVisitor> FitVisitor::fresh() const {
  return std::make_unique<FitVisitor>(training_, model_);
}

void FitVisitor::Sums::add(const Sums& more) {
  rows += more.rows;
  exposure += more.exposure;
  observed += more.observed;
  fitted += more.fitted;
}

void FitVisitor::visit(const engine::RowBlock& rows) {
  Sums shares[kBlock];
  for (int i = 0; i < rows.count; ++i) {
    const double w = rows.weight[i];
    shares[i].rows = 1.0;
    if (!(w > 0.0)) continue;  // exposure or response may be anything there
    shares[i].exposure = w * rows.exposure[i];
    shares[i].observed = w * rows.y[i];
    shares[i].fitted = w * rows.mu[i];
  }
  std::int32_t codes[kBlock], cells[kBlock];
  for (Group& group : groups_) {
    std::fill_n(cells, rows.count, 0);
    std::int32_t stride = 1;
    for (const std::size_t f : group.factors) {
      const data::Codes& of_factor = *training_.design.factors[f].codes;
      of_factor.read(rows.begin, rows.count, codes);
      for (int i = 0; i < rows.count; ++i) cells[i] += stride * codes[i];
      stride *= of_factor.cells();
    }
    for (int i = 0; i < rows.count; ++i) group.sums[static_cast<std::size_t>(cells[i])].add(shares[i]);
  }
  for (int i = 0; i < rows.count; ++i) total_.add(shares[i]);
  if (has_likelihood_) add_log_likelihood(rows);
}

void FitVisitor::count_fractions(const engine::RowBlock& rows) {
  if (model_.family.id != FamilyId::poisson) return;
  constexpr double kAllWhole = 0x1p52;  // doubles from here on
  for (int i = 0; i < rows.count; ++i) {
    const double y = rows.y[i];
    if (!(rows.weight[i] > 0.0) || !(y < kAllWhole)) continue;
    fractional_counts_ += y != static_cast<double>(static_cast<std::int64_t>(y));
  }
}

void FitVisitor::add_log_likelihood(const engine::RowBlock& rows) {
  count_fractions(rows);
  if (fractional_counts_ > 0) return;  // there will be none
  double y[kBlock] = {}, mu[kBlock] = {}, complement[kBlock] = {}, w[kBlock] = {}, f[kBlock], value[kBlock];
  int n = 0;
  for (int i = 0; i < rows.count; ++i) {
    if (!(rows.weight[i] > 0.0)) continue;
    const std::size_t row = static_cast<std::size_t>(rows.begin + i);
    y[n] = rows.y[i];
    mu[n] = rows.mu[i];
    complement[n] = rows.complement[i];
    w[n] = training_.weights.empty() ? 1.0 : training_.weights[row];
    f[n++] = training_.frequencies.empty() ? 1.0 : training_.frequencies[row];
  }
  likelihood_.block(y, mu, complement, w, value, n);
  for (int i = 0; i < n; ++i) log_likelihood_ += f[i] * value[i];
}

void FitVisitor::merge(engine::RowVisitor& other) {
  const auto& later = static_cast<const FitVisitor&>(other);
  total_.add(later.total_);
  for (std::size_t g = 0; g < groups_.size(); ++g)
    for (std::size_t k = 0; k < groups_[g].cells; ++k) groups_[g].sums[k].add(later.groups_[g].sums[k]);
  log_likelihood_ += later.log_likelihood_;
  fractional_counts_ += later.fractional_counts_;
}

std::vector<FitVisitor::Sums> FitVisitor::level_sums(std::size_t factor) const {
  const auto& factors = training_.design.factors;
  std::vector<Sums> levels(static_cast<std::size_t>(factors[factor].codes->cells()));
  for (const Group& group : groups_) {
    std::size_t stride = 1;
    for (const std::size_t f : group.factors) {
      if (f == factor)
        for (std::size_t cell = 0; cell < group.cells; ++cell)
          levels[cell / stride % levels.size()].add(group.sums[cell]);
      stride *= static_cast<std::size_t>(factors[f].codes->cells());
    }
  }
  return levels;
}

void FitVisitor::finish(GlmModel& model) const {
  for (std::size_t b = 0; b < training_.design.factors.size(); ++b) {
    const auto& variable = model.spec.variables[static_cast<std::size_t>(training_.design.factors[b].variable)];
    const std::vector<Sums> levels = level_sums(b);
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const Sums& s = levels[k];
      model.level_totals.push_back({variable.label, variable.levels.labels[k], static_cast<std::int64_t>(s.rows),
                                    s.exposure, s.observed, s.fitted});
    }
  }
  model.level_totals.push_back(
      {"(Total)", "", static_cast<std::int64_t>(total_.rows), total_.exposure, total_.observed, total_.fitted});

  FitStatistics& s = model.statistics;
  families::has_log_likelihood(model.family, s.log_likelihood_reason);
  if (fractional_counts_ > 0)
    s.log_likelihood_reason = "the response has " + std::to_string(fractional_counts_) + " values that are not counts";
  const bool scale_counts = counts_dispersion(model);
  if (model.family.id == FamilyId::tweedie && s.log_likelihood_reason.empty() && std::isnan(s.dispersion_ml))
    s.log_likelihood_reason = "no response is positive, so the dispersion is unknown";
  s.log_likelihood_df = s.rank + scale_counts + model.family_estimate.estimated;
  s.log_likelihood = s.log_likelihood_reason.empty() ? log_likelihood_ : std::nan("");
  if (scale_counts && s.deviance == 0.0 && s.log_likelihood_reason.empty())
    s.log_likelihood = HUGE_VAL;  // an exact fit, as R
  s.aic = -2.0 * s.log_likelihood + 2.0 * s.log_likelihood_df;
  s.bic = -2.0 * s.log_likelihood + math::log(s.nobs) * s.log_likelihood_df;
}

}  // namespace deciban::models
