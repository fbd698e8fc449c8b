// Random coded designs with responses that suit a family.
#pragma once
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/naive_glm.hpp"
#include "models/fit_case.hpp"

namespace random_problem {

using fit_case::Random;

struct Model {
  deciban::families::Family family;
  deciban::families::Link link;
  std::string name;
};

inline Model model_of(const std::string& family, double parameter, const std::string& link,
                      const std::string& variance = "") {
  Model model;
  model.family = deciban::families::make_family(family, family == "tweedie" ? &parameter : nullptr,
                                                family == "negative_binomial" ? &parameter : nullptr, variance);
  model.link = deciban::families::make_link(link, model.family);
  model.name = deciban::families::family_label(model.family) + " " + link;
  return model;
}

// Every family with every link that it may have.
inline std::vector<Model> all_models() {
  std::vector<Model> models;
  const std::vector<std::string> positive = {"log", "identity", "inverse", "sqrt", "1/mu^2", "power(0.7)"};
  const std::vector<std::string> probability = {"logit", "probit", "cloglog", "loglog", "cauchit", "log", "identity"};
  for (const auto& link : positive) {
    models.push_back(model_of("gaussian", 0, link));
    models.push_back(model_of("poisson", 0, link));
    models.push_back(model_of("gamma", 0, link));
    models.push_back(model_of("inverse_gaussian", 0, link));
    models.push_back(model_of("tweedie", 1.5, link));
    models.push_back(model_of("negative_binomial", 1.3, link));
  }
  for (const auto& link : probability) {
    models.push_back(model_of("binomial", 0, link));
    models.push_back(model_of("quasi", 0, link, "mu(1-mu)"));
  }
  models.push_back(model_of("tweedie", 1.0, "log"));
  models.push_back(model_of("tweedie", 2.0, "log"));
  models.push_back(model_of("tweedie", 1.95, "log"));
  models.push_back(model_of("quasipoisson", 0, "log"));
  models.push_back(model_of("quasibinomial", 0, "logit"));
  models.push_back(model_of("quasi", 0, "log", "mu^3"));
  models.push_back(model_of("quasi", 0, "log", "mu"));
  return models;
}

// A predictor that gives a valid mean.
inline double valid_eta(const Model& model, Random& random, double spread) {
  using deciban::families::LinkId;
  const double z = spread * random.normal();
  if (model.family.is_probability()) {
    if (model.link.id == LinkId::log) return -std::exp(0.5 * z);
    if (model.link.id == LinkId::identity) return 0.02 + 0.96 * random.uniform();
    return z;
  }
  return model.link.id == LinkId::log ? z : std::exp(0.3 * z);
}

inline double response(const Model& model, double mu, Random& random) {
  using deciban::families::Variance;
  switch (model.family.variance) {
    case Variance::constant:
      return mu + random.normal();
    case Variance::binomial:
      return random.below(3) ? double(random.uniform() < mu) : random.uniform();
    case Variance::mu2:
    case Variance::mu3:
      return mu * std::exp(0.7 * random.normal());
    case Variance::power:
      if (model.family.var_power == 2.0) return mu * std::exp(random.normal());
      return random.below(3) ? mu * std::exp(random.normal()) : 0.0;
    default:
      return mu < 20.0 ? random.poisson(mu) : std::floor(mu * std::exp(0.1 * random.normal()));
  }
}

struct Case {
  deciban::design::TrainingData training;
  std::vector<double> beta;  // natural coefficients that give valid means
};

inline std::vector<std::int32_t> random_codes(std::int64_t n, int cells, Random& random) {
  std::vector<std::int32_t> codes;
  for (std::int64_t i = 0; i < n; ++i) codes.push_back(static_cast<int>(cells * std::pow(random.uniform(), 1.5)));
  return codes;
}

// Any block that a formula may give: cells or none, no values, dense or coded ones of some width, or products of them.
inline deciban::design::Block interaction(std::int64_t n, Random& random, int& next) {
  deciban::design::Block block;
  const int parts = random.below(3);
  if (parts == 0 || random.below(2)) {
    block.cells = 2 + random.below(8);
    block.codes = coded_case::make_codes(random_codes(n, block.cells, random), block.cells);
  }
  for (int p = 0; p < parts; ++p) {
    const int width = 1 + random.below(3);
    const bool coded = random.below(2);
    std::vector<double> values(static_cast<std::size_t>(coded ? 5 : n) * static_cast<std::size_t>(width));
    for (auto& value : values) value = random.normal();
    block.parts.push_back(coded ? coded_case::coded_part(values, width, random_codes(n, 5, random))
                                : coded_case::dense_part(values, width));
    block.width *= width;
  }
  for (int cell = 0; cell < block.cells; ++cell) {
    const bool base = block.codes && random.below(4) == 0;
    for (int j = 0; j < block.width; ++j) block.columns.push_back(base ? -1 : next++);
  }
  return block;
}

// Factors (also with empty levels and levels of one row), numeric columns, zero weights, frequencies, offsets that make
// every mean valid at `beta`. `rich`: also interactions, bases and coded numbers.
inline Case make(const Model& model, std::int64_t n, Random& random, double spread = 2.0, bool rich = false) {
  Case out;
  auto& training = out.training;
  auto& design = training.design;
  design.rows = training.rows_given = n;
  design.intercept = random.below(4) != 0;
  int next = design.intercept ? 1 : 0;
  bool full = !design.intercept;
  const int blocks = 1 + random.below(4);
  for (int b = 0; b < blocks; ++b) {
    if (rich && random.below(2)) {
      design.blocks.push_back(interaction(n, random, next));
    } else if (random.below(2)) {
      const int levels = 2 + random.below(5);
      std::vector<std::int32_t> codes;
      for (std::int64_t i = 0; i < n; ++i)  // squared: skewed levels, the last ones often without rows
        codes.push_back(static_cast<int>(levels * std::pow(random.uniform(), 2.0)));
      codes[static_cast<std::size_t>(n - 1)] = levels - 1;  // a level with one row
      std::vector<int> columns;
      for (int k = 0; k < levels; ++k) columns.push_back(full || k ? next++ : -1);
      full = false;
      design.blocks.push_back(coded_case::factor_block(codes, levels, columns));
    } else {
      const double shift = random.below(2) ? 100.0 * random.normal() : 0.0, scale = std::exp(random.normal());
      std::vector<double> values;
      for (std::int64_t i = 0; i < n; ++i) values.push_back(shift + scale * random.normal());
      design.blocks.push_back(coded_case::dense_block(values, next++));
    }
  }
  design.n_columns = next;
  for (int j = 0; j < next; ++j) out.beta.push_back(0.3 * random.normal());
  if (random.below(2))
    for (std::int64_t i = 0; i < n; ++i)
      training.weights.edit().push_back(random.below(8) ? 3.0 * random.uniform() : 0.0);
  if (random.below(3) == 0)
    for (std::int64_t i = 0; i < n; ++i) training.frequencies.edit().push_back(random.below(4));
  const auto x = naive::expand(design);
  for (std::int64_t i = 0; i < n; ++i) {
    const double eta = valid_eta(model, random, spread);
    naive::Real linear = 0.0L;
    for (int j = 0; j < next; ++j) linear += x[j][i] * out.beta[j];
    training.offset.edit().push_back(static_cast<double>(eta - linear));
    training.y.edit().push_back(response(model, static_cast<double>(naive::inverse_link(model.link, eta).mu), random));
  }
  return out;
}

// The kind of data that a model is made for: no offset, moderate effects around a mean that suits the link.
inline Case make_plain(const Model& model, std::int64_t n, Random& random) {
  Case out = make(model, n, random);
  auto& training = out.training;
  auto& design = training.design;
  training.offset.edit().clear();
  training.y.edit().clear();
  const bool shares = model.family.is_probability() && (model.link.id == deciban::families::LinkId::identity ||
                                                        model.link.id == deciban::families::LinkId::log);
  const double centre = model.link.id == deciban::families::LinkId::log ? (shares ? -1.5 : 0.5)
                        : model.family.is_probability()                 ? (shares ? 0.4 : 0.0)
                                                                        : 2.0;
  if (!design.intercept) {
    design.intercept = true;
    for (auto& block : design.blocks)
      for (auto& column : block.columns) column += column >= 0;
    ++design.n_columns;
    out.beta.insert(out.beta.begin(), 0.0);
  }
  const auto x = naive::expand(design);
  for (std::size_t j = 1; j < x.size(); ++j) {
    naive::Real mean = 0.0L, square = 0.0L;
    for (const auto value : x[j]) mean += value / n;
    for (const auto value : x[j]) square += (value - mean) * (value - mean) / n;
    out.beta[j] = square > 0 ? 0.1 * random.normal() / static_cast<double>(std::sqrt(square)) : 0.0;
  }
  naive::Real shift = 0.0L;
  for (std::size_t j = 1; j < x.size(); ++j)
    for (const auto value : x[j]) shift += out.beta[j] * value / n;
  out.beta[0] = centre - static_cast<double>(shift);
  for (std::int64_t i = 0; i < n; ++i) {
    naive::Real eta = 0.0L;
    for (std::size_t j = 0; j < x.size(); ++j) eta += out.beta[j] * x[j][i];
    training.y.edit().push_back(response(model, static_cast<double>(naive::inverse_link(model.link, eta).mu), random));
    if (model.family.variance == deciban::families::Variance::constant &&
        model.link.id != deciban::families::LinkId::identity)
      training.y.edit().back() = std::max(training.y.edit().back(), 0.05);
  }
  return out;
}

inline naive::Problem naive_problem(const Model& model, const deciban::design::TrainingData& training,
                                    const std::vector<double>& anchors = {}) {
  return {model.family,
          model.link,
          naive::expand(training.design, anchors),
          training.y.to_vector(),
          training.weights.to_vector(),
          training.frequencies.to_vector(),
          training.offset.to_vector()};
}

}  // namespace random_problem
