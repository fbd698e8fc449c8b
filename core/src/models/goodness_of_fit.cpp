// Goodness of fit, overdispersion, and the choice of the link.
#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "deciban/base/text.hpp"
#include "deciban/inference/score_test.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/solvers/batch.hpp"
#include "submodels.hpp"
#include "test_queries.hpp"

namespace deciban::models {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Sums over rows of what the tests of overdispersion need. Counts are w y with mean w mu: a poisson rate with its
// exposure as weight is the count itself.
class CountSums final : public engine::RowVisitor {
 public:
  CountSums(const design::TrainingData& training, bool binomial, int power)
      : training_(training), binomial_(binomial), power_(power) {}
  std::unique_ptr<engine::RowVisitor> fresh() const override {
    return std::make_unique<CountSums>(training_, binomial_, power_);
  }

  void visit(const engine::RowBlock& rows) override {
    for (int i = 0; i < rows.count; ++i) {
      if (!(rows.weight[i] > 0.0)) continue;
      const std::size_t row = static_cast<std::size_t>(rows.begin + i);
      const double f = training_.frequencies.empty() ? 1.0 : training_.frequencies[row];
      const double w = training_.weights.empty() ? 1.0 : training_.weights[row];
      if (binomial_) {
        add_binomial(f, w, w * rows.y[i], rows.mu[i], rows.complement[i]);
      } else {
        add_count(f, w * rows.y[i], w * rows.mu[i]);
      }
    }
  }

  void merge(engine::RowVisitor& other) override {
    const auto& later = static_cast<const CountSums&>(other);
    n += later.n;
    excess += later.excess;
    scale += later.scale;
    relative += later.relative;
    gg += later.gg;
    ga += later.ga;
    aa += later.aa;
  }

  double n = 0.0;
  double excess = 0.0, scale = 0.0;     // numerator of Dean's P_B, and what stands under its root
  double relative = 0.0;                // numerator of P_C
  double gg = 0.0, ga = 0.0, aa = 0.0;  // regression of Cameron and Trivedi: regressor^2, product, response^2

 private:
  void add_count(double f, double y, double mu) {
    const double square = (y - mu) * (y - mu) - y, response = square / mu;
    const double regressor = power_ == 1 ? 1.0 : mu;
    n += f;
    excess += f * square;
    scale += f * 2.0 * mu * mu;
    relative += f * response;
    gg += f * regressor * regressor;
    ga += f * regressor * response;
    aa += f * response * response;
  }

  void add_binomial(double f, double m, double y, double p, double q) {
    const double residual = y - m * p;
    n += f;
    excess += f * (residual * residual + p * residual - y * q) / (p * q);
    scale += f * 2.0 * m * (m - 1.0);
  }

  const design::TrainingData& training_;
  bool binomial_;
  int power_;
};

bool is_counts(const GlmModel& model) { return model.family.id == families::FamilyId::poisson; }

}  // namespace

Answer goodness_of_fit(const Query& query) {
  const Arguments arguments(query.arguments, {});
  const FitStatistics& s = query.model.statistics;
  const bool known = query.model.family.has_known_dispersion();
  const auto p_value = [&](double statistic) {
    return known && s.df_residual > 0.0 ? math::chi2_sf(statistic, s.df_residual) : kNone;
  };
  Answer answer;
  answer.table.add("test", std::vector<std::string>{"deviance", "pearson"})
      .add("statistic", std::vector<double>{s.deviance, s.pearson_chi2})
      .add("df", std::vector<double>{s.df_residual, s.df_residual})
      .add("p_value", std::vector<double>{p_value(s.deviance), p_value(s.pearson_chi2)});
  answer.notes.set("reason", known ? "" : "the dispersion is estimated from the same statistic");
  return answer;
}

Answer overdispersion_test(const Query& query) {
  const Arguments arguments(query.arguments, {"power"});
  const GlmModel& model = query.model;
  const bool binomial = model.family.id == families::FamilyId::binomial;
  if (!is_counts(model) && !binomial)
    throw Error(ErrorKind::input, "overdispersion.family",
                "Tests of overdispersion are for poisson and binomial models, not for " +
                    families::family_label(model.family) + ".",
                "Other families estimate the dispersion, or have it as theta.",
                Document::object({{"family", families::family_name(model.family)}}));
  const int power = static_cast<int>(arguments.whole("power", 2, 1));
  if (power > 2)
    throw Error(ErrorKind::input, "input.argument", "`power` must be 1 or 2.",
                "2: variance mu + alpha mu^2; 1: variance (1 + alpha) mu.", Document::object({{"argument", "power"}}));
  const TrainingRows rows = query.training_rows();
  CountSums sums(rows.training(), binomial, power);
  rows.objective(query.context).accumulate(rows.beta(query.context), sums, query.context);
  std::vector<std::string> test;
  std::vector<double> statistic, p_value, estimate;
  const auto add = [&](const char* name, double value, double found) {
    test.push_back(name);
    statistic.push_back(value);
    p_value.push_back(std::isnan(value) ? kNone : math::normal_sf(value));
    estimate.push_back(found);
  };
  if (!binomial) {
    const double alpha = sums.ga / sums.gg, left = sums.aa - alpha * sums.ga;
    add("cameron_trivedi", alpha / std::sqrt(left / (sums.n - 1.0) / sums.gg), alpha);
    add("dean_quadratic", sums.excess / std::sqrt(sums.scale), kNone);
    add("dean_linear", sums.relative / std::sqrt(2.0 * sums.n), kNone);
  } else {
    add("dean_beta_binomial", sums.scale > 0.0 ? sums.excess / std::sqrt(sums.scale) : kNone, kNone);
  }
  Answer answer;
  answer.table.add("test", test).add("statistic", statistic).add("p_value", p_value).add("estimate", estimate);
  answer.notes.set("alternative", "greater");
  return answer;
}

namespace {

// The model's design with the square of its predictor as one more column.
class LinkDesign {
 public:
  LinkDesign(const Query& query, const TrainingRows& rows) : design_(rows.training().design) {
    const GlmModel& model = query.model;
    std::vector<double> squares =
        engine::linear_predictor(design_, model.coefficients, rows.training().offset, query.context);
    for (double& value : squares) value *= value;
    design::Block block;
    block.parts.emplace_back();
    block.parts[0].values = data::Numbers(std::move(squares));
    block.parts[0].stride = design_.rows;
    block.columns = {design_.n_columns};
    design_.blocks.push_back(std::move(block));
    ++design_.n_columns;
    objective_ =
        std::make_unique<engine::CodedObjective>(rows.training(), design_, model.family, model.link, query.context);
    std::vector<double> natural = model.coefficients;
    natural.push_back(0.0);
    beta_ = objective_->own_coefficients(natural);
  }

  const engine::CodedObjective& objective() const { return *objective_; }
  const std::vector<double>& beta() const { return beta_; }

 private:
  design::CodedDesign design_;
  std::unique_ptr<engine::CodedObjective> objective_;
  std::vector<double> beta_;
};

}  // namespace

Answer link_test(const Query& query) {
  const Arguments arguments(query.arguments, {});
  const GlmModel& model = query.model;
  const TrainingRows rows = query.training_rows();
  const LinkDesign larger(query, rows);
  const inference::Dispersion phi = dispersion_for(model, Document::object());
  const auto at = larger.objective().evaluate(std::vector<engine::PassModel>{{larger.beta().data(), nullptr, nullptr}},
                                              engine::Information::expected, query.context)[0];
  const std::vector<char> all(larger.beta().size(), 1);
  const auto score = inference::score_statistic(larger.objective(), at, all, model.rank_tol, query.context);
  const double df = score.rank - model.statistics.rank;
  std::vector<std::string> test = {"score", "likelihood_ratio", "wald"};
  std::vector<double> statistic(3, kNone), p_value(3, kNone);
  const auto set = [&](std::size_t k, const inference::TestResult& result) {
    statistic[k] = result.statistic;
    p_value[k] = result.p_value;
  };
  double estimate = kNone, std_error = kNone;
  set(0, inference::chi_squared_test(std::max(0.0, score.statistic), df, phi.value));
  if (df > 0.0) {
    solvers::NewtonOptions options = rows.newton_options();
    options.start = larger.beta();
    const solvers::Solution fit = solvers::newton(larger.objective(), options, query.context);
    const int column = larger.objective().size() - 1;
    estimate = larger.objective().natural_coefficients(fit.beta)[static_cast<std::size_t>(column)];
    std_error = std::sqrt(fit.dispersion * fit.inverse.variance(column));
    const bool known = model.family.has_known_dispersion();
    const TestKind kind = known ? TestKind::chi_squared : TestKind::f;
    const inference::Dispersion own{fit.dispersion, known ? HUGE_VAL : fit.at.n - fit.rank};
    const double z = estimate / std_error;
    set(1, deviance_test(kind, std::max(0.0, model.statistics.deviance - fit.at.deviance), df, own));
    set(2, deviance_test(kind, z * z, df, {1.0, own.df}));
  }
  Answer answer;
  answer.table.add("test", test)
      .add("statistic", statistic)
      .add("df", std::vector<double>(3, df))
      .add("p_value", p_value);
  answer.notes.set("estimate", estimate);
  answer.notes.set("std_error", std_error);
  return answer;
}

}  // namespace deciban::models
