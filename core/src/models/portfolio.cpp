#include "deciban/models/portfolio.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::models {
namespace {

struct Level {
  const char* name;
  double share, frequency, severity;  // true coefficients on the log scale, first level 0
};
struct Factor {
  const char* name;
  std::vector<Level> levels;
};
struct Slope {
  const char* term;
  double frequency, severity;
};

constexpr double kFrequencyIntercept = -3.9, kSeverityIntercept = 6.9, kSeverityShape = 0.8;

// Shares and signs follow what is published of French motor portfolios; the numbers are round and ours.
const std::vector<Factor>& factors() {
  static const std::vector<Factor> all = {
      {"area",
       {{"A", 0.15, 0.0, 0.0},
        {"B", 0.11, 0.05, 0.01},
        {"C", 0.28, 0.08, 0.02},
        {"D", 0.22, 0.15, 0.03},
        {"E", 0.21, 0.20, 0.04},
        {"F", 0.03, 0.22, 0.08}}},
      {"vehicle_brand",
       {{"B1", 0.24, 0.0, 0.0},
        {"B2", 0.235, 0.01, 0.02},
        {"B3", 0.08, 0.06, 0.0},
        {"B4", 0.037, 0.05, 0.05},
        {"B5", 0.051, 0.08, -0.03},
        {"B6", 0.042, 0.02, 0.01},
        {"B10", 0.026, 0.03, 0.10},
        {"B11", 0.02, 0.10, 0.15},
        {"B12", 0.245, 0.17, 0.04},
        {"B13", 0.018, 0.04, 0.06},
        {"B14", 0.006, -0.12, 0.20}}},
      {"vehicle_gas", {{"Diesel", 0.49, 0.0, 0.0}, {"Regular", 0.51, 0.06, -0.05}}},
      {"region", {{"R11", 0.103, 0.0, 0.0},     {"R21", 0.0045, 0.12, 0.05},  {"R22", 0.0118, 0.06, 0.10},
                  {"R23", 0.013, -0.10, 0.02},  {"R24", 0.237, 0.08, -0.04},  {"R25", 0.016, -0.02, 0.08},
                  {"R26", 0.0155, -0.03, 0.00}, {"R31", 0.0402, 0.02, 0.06},  {"R41", 0.0192, -0.20, 0.12},
                  {"R42", 0.0032, 0.05, -0.10}, {"R43", 0.0019, -0.05, 0.15}, {"R52", 0.0571, -0.01, 0.03},
                  {"R53", 0.0621, 0.07, -0.02}, {"R54", 0.0281, 0.01, 0.05},  {"R72", 0.0462, -0.08, 0.07},
                  {"R73", 0.0253, -0.20, 0.18}, {"R74", 0.0067, 0.20, -0.05}, {"R82", 0.1251, 0.09, 0.01},
                  {"R83", 0.0078, -0.30, 0.10}, {"R91", 0.0528, -0.05, 0.09}, {"R93", 0.1169, 0.00, 0.06},
                  {"R94", 0.0066, 0.10, 0.22}}},
  };
  return all;
}

const std::vector<Slope>& slopes() {
  static const std::vector<Slope> all = {{"vehicle_power", 0.012, 0.015},
                                         {"vehicle_age", -0.035, -0.012},
                                         {"driver_age", 0.006, -0.002},
                                         {"bonus_malus", 0.022, 0.003},
                                         {"log(density)", 0.05, 0.01}};
  return all;
}

int draw_level(math::Stream& stream, const std::vector<Level>& levels) {
  double total = 0.0;
  for (const auto& level : levels) total += level.share;
  double u = stream.uniform() * total;
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    if (u < levels[k].share) return static_cast<int>(k);
    u -= levels[k].share;
  }
  return static_cast<int>(levels.size()) - 1;
}

double clamp(double value, double low, double high) { return std::min(std::max(value, low), high); }

// Columns under construction; one entry per policy.
struct Portfolio {
  std::vector<std::vector<std::int64_t>> codes;  // of each factor
  std::vector<std::int64_t> policy_id, power, vehicle_age, driver_age, bonus_malus, density, claim_count;
  std::vector<double> exposure, claim_amount;

  explicit Portfolio(std::size_t n) : codes(factors().size(), std::vector<std::int64_t>(n)) {
    for (auto* column : {&policy_id, &power, &vehicle_age, &driver_age, &bonus_malus, &density, &claim_count})
      column->resize(n);
    exposure.resize(n);
    claim_amount.resize(n);
  }
};

void simulate_risk(math::Stream& stream, std::size_t i, Portfolio& p) {
  p.policy_id[i] = static_cast<std::int64_t>(i) + 1;
  for (std::size_t f = 0; f < p.codes.size(); ++f) p.codes[f][i] = draw_level(stream, factors()[f].levels);
  p.power[i] = static_cast<std::int64_t>(clamp(4.0 + std::floor(2.2 * math::draw_exponential(stream)), 4.0, 15.0));
  p.vehicle_age[i] = static_cast<std::int64_t>(clamp(std::floor(7.0 * math::draw_exponential(stream)), 0.0, 40.0));
  p.driver_age[i] = static_cast<std::int64_t>(clamp(std::floor(45.5 + 14.0 * math::draw_normal(stream)), 18.0, 95.0));
  const double seniority = static_cast<double>(p.driver_age[i] - 18);
  const double malus = 12.0 * math::draw_exponential(stream) * (1.0 + 8.0 / (1.0 + seniority));
  p.bonus_malus[i] = static_cast<std::int64_t>(clamp(50.0 + std::floor(malus), 50.0, 150.0));
  const double centre = 3.2 + 0.95 * static_cast<double>(p.codes[0][i]);  // area: rural to urban
  p.density[i] = static_cast<std::int64_t>(
      clamp(std::nearbyint(math::exp(centre + 0.5 * math::draw_normal(stream))), 1.0, 27000.0));
  const double u = stream.uniform();
  p.exposure[i] = u < 0.25 ? 1.0 : std::nearbyint(1.0 + 364.0 * stream.uniform()) / 365.0;
}

void simulate_claims(math::Stream& stream, std::size_t i, Portfolio& p) {
  double frequency = kFrequencyIntercept, severity = kSeverityIntercept;
  for (std::size_t f = 0; f < p.codes.size(); ++f) {
    const Level& level = factors()[f].levels[static_cast<std::size_t>(p.codes[f][i])];
    frequency += level.frequency;
    severity += level.severity;
  }
  const double values[] = {static_cast<double>(p.power[i]), static_cast<double>(p.vehicle_age[i]),
                           static_cast<double>(p.driver_age[i]), static_cast<double>(p.bonus_malus[i]),
                           math::log(static_cast<double>(p.density[i]))};
  for (std::size_t s = 0; s < slopes().size(); ++s) {
    frequency += slopes()[s].frequency * values[s];
    severity += slopes()[s].severity * values[s];
  }
  const double count = math::draw_poisson(stream, p.exposure[i] * math::exp(frequency));
  p.claim_count[i] = static_cast<std::int64_t>(count);
  if (count == 0.0) return;
  // The sum of `count` gamma claims of one mean is gamma with `count` times the shape.
  const double amount = math::draw_gamma(stream, count * kSeverityShape) * math::exp(severity) / kSeverityShape;
  p.claim_amount[i] = std::max(std::nearbyint(100.0 * amount), 1.0) / 100.0;
}

}  // namespace

tables::ResultTable simulate_portfolio(std::int64_t n, std::uint64_t seed, const RunContext& context) {
  if (n < 0 || n > 2147483647)
    throw Error(ErrorKind::input, "input.rows", "`n` is " + format_count(n) + ".",
                "Give a number of policies between 0 and 2,147,483,647.",
                Document::object({{"argument", "n"}, {"value", n}}));
  const parallel::FloatingPointGuard guard;
  Portfolio p(static_cast<std::size_t>(n));
  parallel::for_each(context, parallel::block_count(n), [&](std::int64_t block) {
    const auto range = parallel::block_range(n, block);
    for (std::int64_t i = range.begin; i < range.end; ++i) {
      math::Stream stream(seed, math::purpose("portfolio"), static_cast<std::uint64_t>(i));
      simulate_risk(stream, static_cast<std::size_t>(i), p);
      simulate_claims(stream, static_cast<std::size_t>(i), p);
    }
  });
  tables::ResultTable table;
  table.add_integers("policy_id", std::move(p.policy_id));
  for (std::size_t f = 0; f < p.codes.size(); ++f) {
    std::vector<std::string> levels;
    for (const auto& level : factors()[f].levels) levels.push_back(level.name);
    table.add_categories(factors()[f].name, std::move(p.codes[f]), std::move(levels));
  }
  table.add_integers("vehicle_power", std::move(p.power))
      .add_integers("vehicle_age", std::move(p.vehicle_age))
      .add_integers("driver_age", std::move(p.driver_age))
      .add_integers("bonus_malus", std::move(p.bonus_malus))
      .add_integers("density", std::move(p.density))
      .add("exposure", std::move(p.exposure))
      .add_integers("claim_count", std::move(p.claim_count))
      .add("claim_amount", std::move(p.claim_amount));
  return table;
}

tables::ResultTable portfolio_truth() {
  std::vector<std::string> model, term, level;
  std::vector<double> coefficient;
  const auto add = [&](const char* m, const char* t, const char* l, double value) {
    model.push_back(m);
    term.push_back(t);
    level.push_back(l);
    coefficient.push_back(value);
  };
  for (const bool frequency : {true, false}) {
    const char* name = frequency ? "frequency" : "severity";
    add(name, "(Intercept)", "", frequency ? kFrequencyIntercept : kSeverityIntercept);
    for (const auto& factor : factors())
      for (const auto& l : factor.levels) add(name, factor.name, l.name, frequency ? l.frequency : l.severity);
    for (const auto& slope : slopes()) add(name, slope.term, "", frequency ? slope.frequency : slope.severity);
  }
  tables::ResultTable table;
  table.add("model", model).add("term", term).add("level", level).add("coefficient", coefficient);
  return table;
}

}  // namespace deciban::models
