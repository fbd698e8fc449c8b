#include "target_levels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/elementary.hpp"
#include "running_quantile.hpp"

namespace deciban::encoding {
namespace {

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == mark)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (auto& part : parts) {
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
  }
  return parts;
}

// The columns of each depth: "a/b:c" has a, then a with b and c.
std::vector<std::vector<std::string>> depths_of(const std::string& label,
                                                const std::vector<std::pair<std::string, std::string>>& parents,
                                                const data::Table& data) {
  if (data.find(label)) {
    std::vector<std::vector<std::string>> depths{{label}};
    for (std::size_t guard = 0; guard <= parents.size(); ++guard) {
      const auto found = std::find_if(parents.begin(), parents.end(),
                                      [&](const auto& pair) { return pair.first == depths.front().front(); });
      if (found == parents.end()) return depths;
      depths.insert(depths.begin(), std::vector<std::string>{found->second});
    }
    throw Error(ErrorKind::input, "encoder.hierarchy", "The hierarchy of `" + label + "` goes in a circle.",
                "A column cannot be its own ancestor.", Document::object({{"column", label}}));
  }
  std::vector<std::vector<std::string>> depths;
  std::vector<std::string> columns;
  for (const std::string& part : split(label, '/')) {
    for (std::string& name : split(part, ':')) {
      data.at(name);  // raises
      if (std::find(columns.begin(), columns.end(), name) != columns.end())
        throw Error(ErrorKind::input, "encoder.columns", "`" + label + "` names `" + name + "` twice.",
                    "Name each column once.", Document::object({{"column", name}}));
      columns.push_back(std::move(name));
    }
    depths.push_back(columns);
  }
  return depths;
}

// The parent of each level; rows of a rare level, which has several, have no level at this depth.
void find_parents(const std::string& label, const DepthRows& above, DepthRows& depth) {
  depth.parent.assign(static_cast<std::size_t>(depth.coder.size()), -1);
  const std::int32_t rare = depth.coder.has_rare() ? depth.coder.size() - 1 : -1;
  for (std::size_t row = 0; row < depth.codes.size(); ++row) {
    std::int32_t& code = depth.codes[row];
    if (code >= 0 && code == rare) code = kRareValue;
    if (code >= 0 && above.codes[row] < 0) code = above.codes[row];
    if (code < 0) continue;
    std::int32_t& parent = depth.parent[static_cast<std::size_t>(code)];
    if (parent < 0) parent = above.codes[row];
    if (parent == above.codes[row]) continue;
    const std::string level = depth.coder.label(code), first = above.coder.label(parent),
                      second = above.coder.label(above.codes[row]);
    throw Error(
        ErrorKind::data, "encoder.hierarchy",
        "`" + label + "`: the level \"" + level + "\" lies in \"" + first + "\" and in \"" + second +
            "\", so that the hierarchy is no tree.",
        "Correct the data, or encode \"parent/child\", whose levels are pairs.",
        Document::object({{"column", label}, {"level", level}, {"parents", std::vector<std::string>{first, second}}}));
  }
}

LevelStatistics without_weight(std::size_t n_levels) {
  LevelStatistics out;
  out.fit.collective = out.fit.within = out.fit.between = out.fit.between_raw = std::nan("");
  out.fit.prior_weight = std::numeric_limits<double>::infinity();
  out.value.assign(n_levels, std::nan(""));
  return out;
}

// Counts against what the parent expects: the prior weight then is in expected counts.
std::vector<LevelMoments> against_parent(std::vector<LevelMoments> moments, const std::vector<double>& prior) {
  for (std::size_t l = 0; l < moments.size(); ++l) moments[l].weight *= prior[l];
  return moments;
}

void fit_credibility(const TargetOptions& options, const std::vector<LevelMoments>& moments, bool counts,
                     const DepthRows& depth, LevelStatistics& out) {
  const std::vector<std::int32_t>* parent = depth.parent.empty() ? nullptr : &depth.parent;
  if (options.prior_weight == PriorWeight::automatic_ml) {
    if (!parent) {
      out.fit = gamma_poisson(moments);
      return;
    }
    const std::vector<LevelMoments> relative = against_parent(moments, out.prior);
    bool any = false;
    for (const auto& level : relative) any = any || level.weight > 0.0;
    out.fit = any ? gamma_poisson(relative) : without_weight(0).fit;
    for (const double prior : out.prior)
      out.prior_weight.push_back(prior > 0.0 ? out.fit.prior_weight / prior : std::numeric_limits<double>::infinity());
    return;
  }
  out.fit = buhlmann_straub(moments, counts, parent);
  if (options.prior_weight == PriorWeight::automatic) return;
  double sum = 0.0, weight = 0.0;
  for (const auto& level : moments)
    if (level.weight > 0.0) sum += level.sum, weight += level.weight;
  out.fit.collective = sum / weight;
  out.fit.prior_weight = options.fixed_weight;
  out.fit.note.clear();
}

}  // namespace

std::vector<std::string> term_columns(const std::string& label) {
  std::vector<std::string> columns;
  for (const std::string& part : split(label, '/'))
    for (std::string& name : split(part, ':')) columns.push_back(std::move(name));
  return columns;
}

TermRows code_term(const TargetOptions& options, const std::string& label,
                   const std::vector<std::pair<std::string, std::string>>& parents, const data::Table& data,
                   const RunContext& context) {
  TermRows term;
  term.label = label;
  for (const auto& columns : depths_of(label, parents, data)) {
    DepthRows depth;
    depth.coder = LevelCoder::learn(columns, data, options.missing == MissingLevel::level, options.min_rows,
                                    depth.codes, context);
    if (!term.depths.empty()) find_parents(label, term.depths.back(), depth);
    term.depths.push_back(std::move(depth));
  }
  return term;
}

LevelStatistics learn_levels(const TargetOptions& options, const std::vector<LevelMoments>& moments, bool counts,
                             const DepthRows& depth, const LevelStatistics* above,
                             const std::vector<double>& quantiles) {
  bool any = false;
  for (const auto& level : moments) any = any || level.weight > 0.0;
  if (!any) return without_weight(moments.size());
  LevelStatistics out;
  if (above)
    for (const std::int32_t parent : depth.parent)
      out.prior.push_back(parent < 0 ? above->fit.collective : above->value[static_cast<std::size_t>(parent)]);
  fit_credibility(options, moments, counts, depth, out);
  if (!quantiles.empty()) out.fit.collective = quantiles.back();
  for (std::size_t l = 0; l < moments.size(); ++l) {
    const bool own = moments[l].weight > 0.0;
    const double sum = quantiles.empty() || !own ? moments[l].sum : moments[l].weight * quantiles[l];
    out.value.push_back(shrink(sum, moments[l].weight, out.prior_of(l), out.weight_of(l)));
  }
  return out;
}

namespace {

// The quantile of some rows; their sampling variance times the weight, and that weight, for a level of enough rows.
struct RowsQuantile {
  double value = std::nan(""), variance = 0.0, weight = 0.0;
};

RowsQuantile quantile_of(double probability, const TargetValues& values, const std::vector<std::size_t>& rows,
                         bool with_variance) {
  std::vector<double> observations;
  std::vector<std::int64_t> weights;
  for (const std::size_t row : rows) {
    observations.push_back(values.observation(row));
    if (!values.whole_weights().empty()) weights.push_back(values.whole_weights()[row]);
  }
  RunningQuantile quantile(observations, weights);
  quantile.add_all();
  const double squares = sum_of_squares(weights, rows.size());
  RowsQuantile out;
  out.value = quantile.value(probability, squares);
  if (!with_variance || !(quantile.weight() > 0.0)) return out;
  for (const std::size_t row : rows) out.weight += values.denominator(row);
  const double error = quantile.std_error(probability, squares);
  out.variance = out.weight * error * error;
  return out;
}

}  // namespace

std::vector<double> level_quantiles(double probability, const RowsByLevel& by_level, const TargetValues& values,
                                    const std::vector<char>& use, double* variance) {
  constexpr std::size_t kEnoughRows = 10;  // of a level, to say how its quantile varies
  std::vector<double> out;
  std::vector<std::size_t> rows, all;
  double sum = 0.0, weight = 0.0;
  for (std::size_t l = 0; l + 1 < by_level.start.size(); ++l) {
    rows.clear();
    for (std::int64_t i = by_level.start[l]; i < by_level.start[l + 1]; ++i) {
      const auto row = static_cast<std::size_t>(by_level.rows[static_cast<std::size_t>(i)]);
      if (use.empty() || use[row]) rows.push_back(row);
    }
    all.insert(all.end(), rows.begin(), rows.end());
    const RowsQuantile level = quantile_of(probability, values, rows, variance && rows.size() >= kEnoughRows);
    out.push_back(level.value);
    sum += level.weight * level.variance;
    weight += level.weight;
  }
  const RowsQuantile total = quantile_of(probability, values, all, variance && !(weight > 0.0));
  out.push_back(total.value);
  if (variance) *variance = weight > 0.0 ? sum / weight : total.variance;
  return out;
}

double on_scale(TargetStatistic statistic, double mean, double weight) {
  if (statistic != TargetStatistic::log_odds || mean != mean) return mean;
  const double edge = 0.5 / (weight + 1.0);
  const double p = mean <= 0.0 ? edge : mean >= 1.0 ? 1.0 - edge : mean;
  return math::log(p) - math::log1p(-p);
}

}  // namespace deciban::encoding
