#include "binner_tables.hpp"

#include <cmath>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/evidence/information_value.hpp"
#include "deciban/evidence/woe.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::models {
namespace {

using binning::TargetKind;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

evidence::Counts counts_of(const BinnedVariable& variable) {
  evidence::Counts counts;
  for (const auto& sums : variable.sums) {
    counts.events.push_back(sums[1]);
    counts.non_events.push_back(sums[2]);
  }
  for (const auto& squares : variable.squares) {
    counts.event_squares.push_back(squares[0]);
    counts.cross_products.push_back(squares[1]);
    counts.non_event_squares.push_back(squares[2]);
  }
  return counts;
}

std::vector<double> column_of(const BinnedVariable& variable, std::size_t k) {
  std::vector<double> out;
  for (const auto& sums : variable.sums) out.push_back(sums[k]);
  return out;
}

double total(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum;
}

void add_ends(const binning::Bins& bins, tables::ResultTable& table) {
  const auto n = static_cast<std::size_t>(bins.size());
  std::vector<double> lower(n, kNaN), upper(n, kNaN);
  for (std::size_t i = 0; bins.kind == binning::Bins::Kind::numeric && i <= bins.edges.size(); ++i) {
    lower[i] = i == 0 ? -kInf : bins.edges[i - 1];
    upper[i] = i == bins.edges.size() ? kInf : bins.edges[i];
  }
  table.add("lower", lower).add("upper", upper);
}

void add_binary(const Binner& binner, const BinnedVariable& variable, double alpha, tables::ResultTable& table) {
  const evidence::Counts counts = counts_of(variable);
  const auto rates = evidence::event_rate_intervals(counts, alpha);
  const auto limits = evidence::woe_intervals(counts, alpha);
  std::vector<double> rate_lower, rate_upper, errors, lower, upper;
  for (const double variance : evidence::woe_variance(counts)) errors.push_back(std::sqrt(variance));
  for (const auto& interval : rates) {
    rate_lower.push_back(interval.lower);
    rate_upper.push_back(interval.upper);
  }
  for (const auto& interval : limits) {
    lower.push_back(interval.lower);
    upper.push_back(interval.upper);
  }
  table.add("events", counts.events).add("non_events", counts.non_events);
  table.add("event_rate", bin_rates(binner, variable));
  table.add("event_rate_lower", rate_lower).add("event_rate_upper", rate_upper);
  table.add("woe", bin_woe(binner, variable)).add("woe_se", errors).add("woe_lower", lower).add("woe_upper", upper);
  table.add("iv", bin_information(variable));
}

void add_classes(const Binner& binner, const BinnedVariable& variable, tables::ResultTable& table) {
  const std::vector<double> weight = column_of(variable, 0);
  for (std::size_t c = 0; c < binner.classes.size(); ++c) {
    std::vector<double> rows = column_of(variable, 1 + c), rates;
    for (std::size_t i = 0; i < rows.size(); ++i) rates.push_back(weight[i] > 0.0 ? rows[i] / weight[i] : kNaN);
    table.add("n_" + binner.classes.labels[c], rows).add("rate_" + binner.classes.labels[c], rates);
  }
}

// Totals, what they are per unit, and that relative to all rows.
void add_rates(const char* total_name, const char* unit_name, const char* rate_name, const std::vector<double>& totals,
               const std::vector<double>& units, tables::ResultTable& table) {
  const double mean = total(totals) / total(units);
  std::vector<double> rates, relative;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    rates.push_back(units[i] > 0.0 ? totals[i] / units[i] : kNaN);
    relative.push_back(rates[i] / mean);
  }
  if (total_name) table.add(total_name, totals);
  table.add(unit_name, units).add(rate_name, rates).add("relativity", relative);
}

}  // namespace

std::vector<double> bin_rates(const Binner& binner, const BinnedVariable& variable) {
  std::vector<double> rates;
  for (const auto& sums : variable.sums) {
    double up = 0.0, down = sums[0];
    if (binner.target == TargetKind::multiclass) {
      for (std::size_t c = 1; c < sums.size(); ++c) up += static_cast<double>(c - 1) * sums[c];
    } else {
      up = sums[1];
      if (binner.target == TargetKind::binary) down = sums[1] + sums[2];
      if (binner.target == TargetKind::counts) down = sums[2];
    }
    rates.push_back(down > 0.0 ? up / down : kNaN);
  }
  return rates;
}

std::vector<double> bin_woe(const Binner& binner, const BinnedVariable& variable) {
  return evidence::smoothed_woe(counts_of(variable), binner.smoothing);
}

std::vector<double> bin_information(const BinnedVariable& variable) {
  const double all_events = total(column_of(variable, 1)), all_non_events = total(column_of(variable, 2));
  std::vector<double> out;
  for (const auto& sums : variable.sums) {
    constexpr double kPure = 0.5;
    const bool pure = sums[1] <= 0.0 || sums[2] <= 0.0;
    const double e = pure ? sums[1] + kPure : sums[1], n = pure ? sums[2] + kPure : sums[2];
    out.push_back((sums[1] / all_events - sums[2] / all_non_events) *
                  math::log((e / all_events) / (n / all_non_events)));
  }
  return out;
}

tables::ResultTable binning_table(const Binner& binner, const BinnedVariable& variable, double alpha) {
  if (!(alpha > 0.0 && alpha < 1.0))
    throw Error(ErrorKind::input, "input.alpha", "`alpha` is " + format_exact(alpha) + ".", "It lies between 0 and 1.",
                Document::object({{"argument", "alpha"}, {"value", alpha}}));
  tables::ResultTable table;
  std::vector<std::int64_t> numbers;
  std::vector<double> share;
  const std::vector<double> weight = column_of(variable, 0);
  const double all = total(weight);
  for (std::size_t i = 0; i < weight.size(); ++i) {
    numbers.push_back(static_cast<std::int64_t>(i));
    share.push_back(all > 0.0 ? weight[i] / all : kNaN);
  }
  table.add_integers("bin", numbers).add("label", binning::bin_labels(variable.bins));
  add_ends(variable.bins, table);
  table.add_integers("count", variable.count).add("share", share);
  switch (binner.target) {
    case TargetKind::binary:
      add_binary(binner, variable, alpha, table);
      break;
    case TargetKind::multiclass:
      add_classes(binner, variable, table);
      break;
    case TargetKind::counts:
      add_rates("claims", "exposure", "rate", column_of(variable, 1), column_of(variable, 2), table);
      break;
    case TargetKind::continuous:
      add_rates(nullptr, "weight", "mean", column_of(variable, 1), weight, table);
      break;
    default:
      break;
  }
  return table;
}

tables::ResultTable binner_summary(const Binner& binner) {
  tables::ResultTable table;
  std::vector<std::string> names, kinds, trends;
  std::vector<std::int64_t> bins;
  std::vector<double> gains, iv, unbiased, p_values;
  for (const BinnedVariable& variable : binner.variables) {
    names.push_back(variable.bins.name);
    kinds.push_back(variable.bins.kind == binning::Bins::Kind::numeric ? "numeric" : "categorical");
    trends.push_back(binning::trend_name(variable.trend));
    bins.push_back(variable.bins.n_regular());
    gains.push_back(variable.gain);
    if (binner.target != TargetKind::binary) continue;
    const evidence::Counts counts = counts_of(variable);
    iv.push_back(total(bin_information(variable)));
    unbiased.push_back(evidence::unbiased_information_value(counts));
    p_values.push_back(evidence::association_test(counts).p_value);
  }
  table.add("variable", names).add("kind", kinds).add_integers("bins", bins).add("monotonic", trends);
  if (binner.target == TargetKind::binary)
    table.add("iv", iv).add("iv_unbiased", unbiased).add("p_value", p_values);
  else if (binner.target != TargetKind::none)
    table.add("gain", gains);
  return table;
}

std::string binner_text(const Binner& binner) {
  std::string text = "Bins of " + format_count(static_cast<std::int64_t>(binner.variables.size())) +
                     (binner.variables.size() == 1 ? " variable" : " variables");
  if (binner.target != TargetKind::none)
    text += std::string(", ") + binning::target_kind_name(binner.target) + " response";
  return text + "\n\n" + tables::render(binner_summary(binner), {});
}

}  // namespace deciban::models
