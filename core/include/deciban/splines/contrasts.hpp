#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

namespace deciban::splines {

/// Coding of a factor with K levels by K - 1 columns.
struct Contrasts {
  int levels = 0;
  std::vector<double> values;         // K x (K - 1), column-major
  std::vector<std::string> suffixes;  // K - 1, what R appends to the name of the factor

  friend bool operator==(const Contrasts& a, const Contrasts& b) {
    return a.levels == b.levels && a.values == b.values && a.suffixes == b.suffixes;
  }
  friend bool operator!=(const Contrasts& a, const Contrasts& b) { return !(a == b); }
};

// All raise FormulaError `formula.contrasts` for fewer than 2 levels.

/// Indicators of all levels but one, as R's contr.treatment.
/// @param base   0-based index of the level without a column; `formula.contrasts` when there is none.
/// @param names  K level names for the suffixes; empty: "1".."K".
Contrasts treatment(int levels, int base = 0, const std::vector<std::string>& names = {});
/// Deviations from the mean of all levels, as R's contr.sum: the last level is -1 in all columns. Suffixes "1".."K-1".
Contrasts sum(int levels);
/// Each level against the mean of the levels before it, as R's contr.helmert (not normalised). Suffixes "1".."K-1".
Contrasts helmert(int levels);
/// Orthonormal polynomials of degree 1..K-1 in the scores, positive leading coefficients, as R's contr.poly; suffixes
/// ".L", ".Q", ".C", "^4", .... Computed in double-double by orthogonalised Krylov vectors (Brubeck, Nakatsukasa and
/// Trefethen, 2021, SIAM Review 63), so that all columns are accurate to the last digits.
/// @param scores  K different finite numbers in the order of the levels; empty: 1..K.
/// Raises `formula.contrasts` also for more than 95 levels, as R, and for scores that do not fit.
Contrasts polynomial(int levels, const std::vector<double>& scores = {});

}  // namespace deciban::splines
