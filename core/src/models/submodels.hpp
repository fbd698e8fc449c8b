#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "arguments.hpp"
#include "deciban/inference/likelihood_ratio.hpp"
#include "deciban/solvers/newton.hpp"
#include "query_parts.hpp"

namespace deciban::models {

/// Models without some terms of a model, over the model's own design and rows: their coefficients are held at 0.
class Submodels {
 public:
  explicit Submodels(const Query& query);

  const TrainingRows& rows() const { return rows_; }
  const engine::CodedObjective& objective() const { return rows_.objective(query_.context); }
  /// Flags of the columns of some terms.
  std::vector<char> columns_of(const std::vector<int>& terms) const;
  /// One fit for each set of terms that is left out. A fit that did not converge adds a warning
  /// `anova.not_converged`.
  std::vector<solvers::Solution> without(const std::vector<std::vector<int>>& terms, Warnings& warnings) const;
  /// Rao's statistic of a model against a smaller one, both by the terms that they leave out.
  double score(const solvers::Solution& smaller, const std::vector<int>& larger_without) const;

 private:
  const Query& query_;
  TrainingRows rows_;
};

/// Terms that contain all variables of a term and others beside: a model with them should have the term.
std::vector<int> terms_containing(const design::DesignSpec& spec, int term);
/// Terms that are contained in no other: those that may be dropped (R's drop.scope).
std::vector<int> droppable_terms(const design::DesignSpec& spec);
/// Indices of terms by their labels; the variables of an interaction may stand in any order. Raises InputError
/// `input.term`.
std::vector<int> terms_named(const design::DesignSpec& spec, const std::vector<std::string>& labels);

enum class TestKind { none, chi_squared, f, score };

/// The argument `test`: "Chisq" or "LRT", "F", "Rao", "none"; null means F where the dispersion is estimated, else
/// Chisq. Raises InputError `input.test`.
TestKind test_kind(const Query& query);
/// The argument `dispersion`: null or "pearson" (chi-squared / residual degrees of freedom, 1 where it is known),
/// "deviance" (deviance / residual degrees of freedom), or a number, taken for known. Raises InputError
/// `input.dispersion`.
inference::Dispersion dispersion_for(const GlmModel& model, const Document& arguments);
/// Whether the argument is a number.
bool is_given_dispersion(const Document& arguments);
/// An F test with a known dispersion is a chi-squared test: says so.
void warn_about_f(TestKind test, const inference::Dispersion& dispersion, Warnings& warnings);
inference::TestResult deviance_test(TestKind test, double change, double df, const inference::Dispersion& dispersion);
const char* test_name(TestKind test);

/// Akaike's criterion of models larger or smaller than a model, as R's drop1.glm and add1.glm have it: the deviance
/// over a dispersion held fixed (n log(deviance / n) for gaussian) plus k per coefficient, shifted so that the model
/// itself has its own criterion; NaN for families without a likelihood.
class AicColumn {
 public:
  AicColumn(const Query& query, const inference::Dispersion& phi, double k);
  double of(double deviance, int rank) const;
  /// Minus twice the log-likelihood up to a constant.
  double likelihood(double deviance) const;

 private:
  const GlmModel& model_;
  inference::Dispersion phi_;
  double k_;
  bool given_;
  double shift_;
};

/// A list of texts among the arguments, empty when it is absent. Raises InputError `input.argument`.
std::vector<std::string> text_list(const Document& arguments, const char* name);

/// "Model: poisson, link: log" and the like, as R's tables are headed.
std::string model_heading(const GlmModel& model);

}  // namespace deciban::models
