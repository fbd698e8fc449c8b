#include "deciban/encoding/credibility.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace deciban::encoding {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Totals {
  double weight = 0.0, sum = 0.0, square = 0.0, repeats = 0.0;
  std::int64_t levels = 0;
};

Totals totals_of(const std::vector<LevelMoments>& levels) {
  Totals totals;
  for (const LevelMoments& level : levels) {
    if (!(level.weight > 0.0)) continue;
    ++totals.levels;
    totals.weight += level.weight;
    totals.sum += level.sum;
    totals.square += level.square;
    totals.repeats += level.rows - 1.0;
  }
  if (totals.levels > 0) return totals;
  throw Error(ErrorKind::data, "encoder.no_weight", "No level has a row with positive weight.",
              "Check weights and exposure.");
}

Credibility pool(Credibility fit, const char* note) {
  fit.between = 0.0;
  fit.prior_weight = kInfinity;
  fit.note = note;
  return fit;
}

// The levels of one parent: around its mean sum w_i (X_i - X_p)^2, and what it takes to turn that into a variance.
struct Spread {
  double square = 0.0, scale = 0.0, degrees = 0.0;
};

Spread spread_within(const std::vector<LevelMoments>& levels, const std::vector<std::int32_t>* parent) {
  std::size_t n_parents = 1;
  if (parent)
    for (const std::int32_t p : *parent) n_parents = std::max(n_parents, static_cast<std::size_t>(p) + 1);
  const auto parent_of = [&](std::size_t l) { return parent ? static_cast<std::size_t>((*parent)[l]) : 0; };
  std::vector<double> weight(n_parents, 0.0), squares(n_parents, 0.0), sum(n_parents, 0.0);
  Spread spread;
  for (std::size_t l = 0; l < levels.size(); ++l) {
    if (!(levels[l].weight > 0.0)) continue;
    const std::size_t p = parent_of(l);
    if (weight[p] > 0.0) spread.degrees += 1.0;
    weight[p] += levels[l].weight;
    squares[p] += levels[l].weight * levels[l].weight;
    sum[p] += levels[l].sum;
  }
  for (std::size_t p = 0; p < n_parents; ++p)
    if (weight[p] > 0.0) spread.scale += weight[p] - squares[p] / weight[p];
  for (std::size_t l = 0; l < levels.size(); ++l) {
    if (!(levels[l].weight > 0.0)) continue;
    const std::size_t p = parent_of(l);
    const double deviation = levels[l].mean() - sum[p] / weight[p];
    spread.square += levels[l].weight * deviation * deviation;
  }
  return spread;
}

double credibility_weighted_mean(const std::vector<LevelMoments>& levels, const Credibility& fit) {
  double sum = 0.0, total = 0.0;
  for (const LevelMoments& level : levels) {
    if (!(level.weight > 0.0)) continue;
    const double z = fit.credibility(level.weight);
    sum += z * level.mean();
    total += z;
  }
  return sum / total;
}

}  // namespace

void LevelMoments::merge(const LevelMoments& other) {
  if (!(other.weight > 0.0)) return;
  if (!(weight > 0.0)) {
    *this = other;
    return;
  }
  const double distance = other.mean() - mean();
  square += other.square + distance * distance * (weight * (other.weight / (weight + other.weight)));
  rows += other.rows;
  weight += other.weight;
  sum += other.sum;
}

bool Credibility::pooled() const { return prior_weight == kInfinity; }

double Credibility::credibility(double weight) const {
  if (!(weight > 0.0)) return 0.0;
  return pooled() ? 0.0 : weight / (weight + prior_weight);
}

double Credibility::premium(double sum, double weight, double prior) const {
  if (pooled() || !(weight + prior_weight > 0.0)) return prior;
  return (sum + prior_weight * prior) / (weight + prior_weight);
}

Credibility buhlmann_straub(const std::vector<LevelMoments>& levels, bool counts,
                            const std::vector<std::int32_t>* parent) {
  const Totals totals = totals_of(levels);
  Credibility fit;
  fit.levels = totals.levels;
  fit.collective = totals.sum / totals.weight;
  fit.within = totals.repeats > 0.0 ? totals.square / totals.repeats : std::nan("");
  fit.between_raw = std::nan("");
  const Spread spread = spread_within(levels, parent);
  if (!(spread.degrees > 0.0)) return pool(fit, parent ? "no parent has two levels" : "there is only one level");
  if (!(totals.repeats > 0.0)) {
    if (!counts) return pool(fit, "no level has two rows, so that there is no variance within levels to estimate");
    fit.within = fit.collective;
    fit.note = "no level has two rows: the variance within levels is that of Poisson counts, the collective mean";
  }
  fit.between_raw = (spread.square - spread.degrees * fit.within) / spread.scale;
  if (!(fit.between_raw > 0.0)) return pool(fit, "the estimated variance between levels is not positive");
  fit.between = fit.between_raw;
  fit.prior_weight = fit.within / fit.between;
  fit.collective = credibility_weighted_mean(levels, fit);
  return fit;
}

Document to_document(const Credibility& fit) {
  return Document::object({{"collective", fit.collective},
                           {"within", fit.within},
                           {"between", fit.between},
                           {"between_raw", fit.between_raw},
                           {"prior_weight", fit.prior_weight},
                           {"levels", fit.levels},
                           {"note", fit.note}});
}

Credibility credibility_from_document(const Document& document) {
  Credibility fit;
  fit.collective = document.at("collective").as_double("collective");
  fit.within = document.at("within").as_double("within");
  fit.between = document.at("between").as_double("between");
  fit.between_raw = document.at("between_raw").as_double("between_raw");
  fit.prior_weight = document.at("prior_weight").as_double("prior_weight");
  fit.levels = document.at("levels").as_int("levels");
  fit.note = document.at("note").as_string("note");
  return fit;
}

double known_within(const Credibility& fit, const std::vector<LevelMoments>& levels) {
  if (fit.within == fit.within) return fit.within;
  LevelMoments all;
  for (const LevelMoments& level : levels) all.merge(level);
  return all.rows > 1.0 ? all.square / (all.rows - 1.0) : std::nan("");
}

double collective_variance(const Credibility& fit, const std::vector<LevelMoments>& levels, double within, bool given) {
  if (given || fit.pooled()) return within / totals_of(levels).weight;
  double total = 0.0;
  for (const LevelMoments& level : levels) total += fit.credibility(level.weight);
  return within / fit.prior_weight / total;
}

tables::ResultTable credibility_table(const Credibility& fit, const std::vector<std::string>& labels,
                                      const std::vector<LevelMoments>& levels) {
  std::vector<std::int64_t> rows;
  std::vector<double> weight, mean, credibility, premium, std_error;
  const double of_collective = collective_variance(fit, levels, known_within(fit, levels), false);
  for (const LevelMoments& level : levels) {
    const bool any = level.weight > 0.0;
    rows.push_back(static_cast<std::int64_t>(level.rows));
    weight.push_back(level.weight);
    mean.push_back(any ? level.mean() : std::nan(""));
    credibility.push_back(fit.credibility(level.weight));
    premium.push_back(fit.premium(level.sum, level.weight));
    const double rest = 1.0 - credibility.back();
    std_error.push_back(std::sqrt(fit.between * rest + rest * rest * of_collective));
  }
  tables::ResultTable table;
  table.add("level", labels).add_integers("rows", rows).add("weight", weight).add("mean", mean);
  return table.add("credibility", credibility).add("premium", premium).add("std_error", std_error);
}

}  // namespace deciban::encoding
