#include "deciban/inference/linear_hypothesis.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/linalg/cholesky.hpp"
#include "deciban/math/distributions.hpp"

namespace deciban::inference {
namespace {

using linalg::Matrix;

constexpr const char* kHint = "See names of the coefficients in coef_table().";

// "a - 2*b = 1"
std::string equation(const double* factors, double rhs, const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t j = 0; j < names.size(); ++j) {
    const double factor = factors[j], size = std::fabs(factor);
    if (factor == 0.0) continue;
    text += text.empty() ? (factor < 0.0 ? "-" : "") : (factor < 0.0 ? " - " : " + ");
    if (size != 1.0) text += format_g(size, 6) + "*";
    text += names[j];
  }
  return text + " = " + format_g(rhs, 6);
}

void require_rows(const Matrix& transposed, const std::vector<double>& rhs, std::size_t p) {
  const auto q = static_cast<std::size_t>(transposed.cols());
  if (q == 0)
    throw Error(ErrorKind::input, "hypothesis.empty", "There is no hypothesis.", "Write one such as \"a = b\".");
  if (static_cast<std::size_t>(transposed.rows()) != p || rhs.size() != q)
    throw Error(ErrorKind::input, "hypothesis.dimension",
                "The hypotheses have " + std::to_string(transposed.rows()) + " columns and " +
                    std::to_string(rhs.size()) + " right-hand sides for " + std::to_string(q) +
                    " rows; the model has " + std::to_string(p) + " coefficients.",
                "Give one row per hypothesis and one column per coefficient.",
                Document::object({{"columns", transposed.rows()}, {"rows", transposed.cols()}}));
  for (const auto* values : {&transposed.values(), &rhs})
    for (const double value : *values)
      if (!std::isfinite(value))
        throw Error(ErrorKind::input, "hypothesis.not_finite", "A hypothesis holds a value that is not finite.",
                    "Give numbers.");
  for (int k = 0; k < transposed.cols(); ++k)
    if (std::all_of(transposed.column(k), transposed.column(k) + p, [](double value) { return value == 0.0; }))
      throw Error(ErrorKind::input, "hypothesis.constant",
                  "Hypothesis " + std::to_string(k + 1) + " says nothing about any coefficient.", kHint,
                  Document::object({{"hypothesis", k + 1}}));
}

void require_estimated(const LinearHypothesis& hypothesis, const std::vector<double>& coefficients,
                       const std::vector<std::string>& names) {
  for (int k = 0; k < hypothesis.transposed.cols(); ++k)
    for (std::size_t j = 0; j < names.size(); ++j)
      if (hypothesis.transposed(static_cast<int>(j), k) != 0.0 && std::isnan(coefficients[j]))
        throw Error(ErrorKind::input, "hypothesis.aliased",
                    "Coefficient \"" + names[j] + "\" is not estimated: its column depends on earlier ones.",
                    "Leave it out of the hypothesis.", Document::object({{"coefficient", names[j]}}));
}

// L V L'
Matrix covariance_of(const Matrix& transposed, const linalg::Covariance& covariance) {
  const int q = transposed.cols(), p = transposed.rows();
  Matrix out(q, q);
  for (int a = 0; a < q; ++a)
    for (int b = 0; b <= a; ++b) {
      double sum = 0.0;
      for (int i = 0; i < p; ++i) {
        if (transposed(i, a) == 0.0) continue;
        double inner = 0.0;
        for (int j = 0; j < p; ++j)
          if (transposed(j, b) != 0.0) inner += covariance(i, j) * transposed(j, b);
        sum += transposed(i, a) * inner;
      }
      out(a, b) = out(b, a) = sum;
    }
  return out;
}

}  // namespace

LinearHypothesis make_hypotheses(Matrix transposed, std::vector<double> rhs, const std::vector<std::string>& names) {
  if (rhs.empty()) rhs.assign(static_cast<std::size_t>(transposed.cols()), 0.0);
  require_rows(transposed, rhs, names.size());
  LinearHypothesis out;
  for (int k = 0; k < transposed.cols(); ++k)
    out.texts.push_back(equation(transposed.column(k), rhs[static_cast<std::size_t>(k)], names));
  out.transposed = std::move(transposed);
  out.rhs = std::move(rhs);
  return out;
}

HypothesisTest wald_test(const LinearHypothesis& hypothesis, const std::vector<double>& coefficients,
                         const linalg::Covariance& covariance, const std::vector<std::string>& names, bool f,
                         double df_residual) {
  require_estimated(hypothesis, coefficients, names);
  const Matrix v = covariance_of(hypothesis.transposed, covariance);
  HypothesisTest test;
  test.df = v.cols();
  for (int k = 0; k < v.cols(); ++k) {
    double estimate = 0.0 - hypothesis.rhs[static_cast<std::size_t>(k)];
    for (std::size_t j = 0; j < coefficients.size(); ++j) {
      const double factor = hypothesis.transposed(static_cast<int>(j), k);
      if (factor != 0.0) estimate += factor * coefficients[j];
    }
    test.estimates.push_back(estimate);
    test.std_errors.push_back(std::sqrt(v(k, k)));
  }
  const linalg::AliasedCholesky factor(v, {}, 1e-7);
  bool known = true;
  for (const double error : test.std_errors) known = known && error > 0.0 && std::isfinite(error);
  if (known && factor.rank() < v.cols())
    throw Error(ErrorKind::input, "hypothesis.redundant",
                "Only " + std::to_string(factor.rank()) + " of " + std::to_string(v.cols()) +
                    " hypotheses are independent of each other under this covariance.",
                "Leave out hypotheses that follow from the others; with clusters there must be more of them than "
                "hypotheses.",
                Document::object({{"hypotheses", v.cols()}, {"rank", factor.rank()}}));
  if (known) {
    const std::vector<double> solved = factor.solve(test.estimates);
    for (std::size_t k = 0; k < solved.size(); ++k) test.statistic += solved[k] * test.estimates[k];
    if (f) test.statistic /= test.df;
  } else {
    test.statistic = std::nan("");
  }
  test.p_value = f ? math::f_sf(test.statistic, test.df, df_residual) : math::chi2_sf(test.statistic, test.df);
  return test;
}

}  // namespace deciban::inference
