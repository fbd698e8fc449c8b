#include "deciban/splines/contrasts.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/linalg/double_double.hpp"
#include "rows.hpp"

namespace deciban::splines {
namespace {

using linalg::DoubleDouble;
using linalg::two_sum;

constexpr int kMaxPolynomialLevels = 95;
constexpr int kMaxLevels = 8192;

Contrasts empty(int levels) {
  if (levels < 2)
    raise_formula("formula.contrasts",
                  "A factor needs at least 2 levels to be coded by contrasts, not " + std::to_string(levels) + ".",
                  "Leave the factor out of the formula.", Document::object({{"levels", levels}}));
  if (levels > kMaxLevels)
    raise_formula("formula.contrasts",
                  "A matrix of contrasts of " + std::to_string(levels) +
                      " levels is too large: " + std::to_string(kMaxLevels) + " is the limit.",
                  "Use treatment contrasts, which need no matrix.", Document::object({{"levels", levels}}));
  Contrasts out;
  out.levels = levels;
  out.values.assign(static_cast<std::size_t>(levels) * (levels - 1), 0.0);
  return out;
}

double* column(Contrasts& contrasts, int j) {
  return contrasts.values.data() + static_cast<std::size_t>(j) * contrasts.levels;
}

void number_columns(Contrasts& contrasts) {
  for (int j = 1; j < contrasts.levels; ++j) contrasts.suffixes.push_back(std::to_string(j));
}

// Scores in [-1, 1], centered up to rounding: neither changes orthonormal polynomials with a positive lead.
std::vector<DoubleDouble> standard_scores(int levels, const std::vector<double>& scores) {
  std::vector<double> sorted = scores;
  for (int k = 0; k < levels && scores.empty(); ++k) sorted.push_back(k + 1);
  std::vector<DoubleDouble> out(sorted.begin(), sorted.end());
  std::sort(sorted.begin(), sorted.end());
  const DoubleDouble range = two_sum(0.5 * sorted.back(), -0.5 * sorted.front());
  const DoubleDouble middle = two_sum(0.5 * sorted.back(), 0.5 * sorted.front());
  for (DoubleDouble& score : out) score = (score - middle) / range;
  return out;
}

void check_scores(int levels, const std::vector<double>& scores) {
  if (levels > kMaxPolynomialLevels)
    raise_formula("formula.contrasts",
                  "Polynomial contrasts of " + std::to_string(levels) + " levels cannot be represented accurately: " +
                      std::to_string(kMaxPolynomialLevels) + " is the limit.",
                  "Use other contrasts, or the level's number as a numeric variable in poly().");
  if (scores.empty()) return;
  std::vector<double> sorted = scores;
  const bool usable = std::all_of(sorted.begin(), sorted.end(), [](double score) { return std::fabs(score) < 1e290; });
  if (usable) std::sort(sorted.begin(), sorted.end());
  if (!usable || scores.size() != static_cast<std::size_t>(levels) ||
      std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    raise_formula("formula.contrasts", "The scores of polynomial contrasts must be one different number per level.");
}

// Subtracts from v its components along the orthonormal vectors, twice, and divides it by its norm.
void orthonormalise(std::vector<DoubleDouble>& v, const std::vector<std::vector<DoubleDouble>>& basis) {
  for (int pass = 0; pass < 2; ++pass)
    for (const std::vector<DoubleDouble>& q : basis) {
      DoubleDouble dot;
      for (std::size_t k = 0; k < v.size(); ++k) dot = dot + q[k] * v[k];
      for (std::size_t k = 0; k < v.size(); ++k) v[k] = v[k] - dot * q[k];
    }
  DoubleDouble norm2;
  for (const DoubleDouble& value : v) norm2 = norm2 + value * value;
  const DoubleDouble norm = sqrt(norm2);
  for (DoubleDouble& value : v) value = value / norm;
}

}  // namespace

Contrasts treatment(int levels, int base, const std::vector<std::string>& names) {
  Contrasts out = empty(levels);
  if (base < 0 || base >= levels)
    raise_formula("formula.contrasts", "The base level of treatment contrasts does not exist.", "",
                  Document::object({{"base", base}, {"levels", levels}}));
  if (!names.empty() && names.size() != static_cast<std::size_t>(levels))
    raise_formula("formula.contrasts", "Treatment contrasts need one name per level.");
  for (int k = 0, j = 0; k < levels; ++k) {
    if (k == base) continue;
    column(out, j++)[k] = 1.0;
    out.suffixes.push_back(names.empty() ? std::to_string(k + 1) : names[k]);
  }
  return out;
}

Contrasts sum(int levels) {
  Contrasts out = empty(levels);
  for (int j = 0; j < levels - 1; ++j) {
    column(out, j)[j] = 1.0;
    column(out, j)[levels - 1] = -1.0;
  }
  number_columns(out);
  return out;
}

Contrasts helmert(int levels) {
  Contrasts out = empty(levels);
  for (int j = 0; j < levels - 1; ++j) {
    std::fill(column(out, j), column(out, j) + j + 1, -1.0);
    column(out, j)[j + 1] = j + 1;
  }
  number_columns(out);
  return out;
}

Contrasts polynomial(int levels, const std::vector<double>& scores) {
  check_scores(levels, scores);
  Contrasts out = empty(levels);
  const std::vector<DoubleDouble> x = standard_scores(levels, scores);
  std::vector<std::vector<DoubleDouble>> basis;
  std::vector<DoubleDouble> v(levels, DoubleDouble(1.0));
  orthonormalise(v, basis);
  for (int j = 0; j < levels - 1; ++j) {
    basis.push_back(v);
    for (int k = 0; k < levels; ++k) v[k] = v[k] * x[k];
    orthonormalise(v, basis);
    for (int k = 0; k < levels; ++k) column(out, j)[k] = v[k].value();
    const char* const kNames[] = {".L", ".Q", ".C"};
    out.suffixes.push_back(j < 3 ? kNames[j] : "^" + std::to_string(j + 1));
  }
  return out;
}

}  // namespace deciban::splines
