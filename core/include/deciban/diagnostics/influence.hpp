#pragma once
#include "deciban/base/config.hpp"

#include <memory>
#include <vector>

#include "deciban/engine/objective.hpp"
#include "deciban/families/family.hpp"
#include "deciban/inference/covariance.hpp"

namespace deciban::diagnostics {

/// What single rows do to a fit, one value per row, as R's methods for `glm` define it. With leverage h, deviance
/// residual d, Pearson residual r, dispersion phi, deviance D, n rows and rank k:
///   hat                 h
///   sigma               sqrt((D - d^2 / (1 - h)) / (n - k - 1)), the dispersion's root without the row
///   standard_deviance   d / sqrt(phi (1 - h)); standard_pearson likewise
///   student             sign(d) sqrt(d^2 + h r^2 / (1 - h)), over sigma unless the family is binomial or poisson
///   cooks               (r / (1 - h))^2 h / (phi k)
///   dffits              d sqrt(h) / (sigma (1 - h))
///   covratio            1 / ((1 - h) ((n - k - 1 + e^2) / (n - k))^k) with e = d / (sigma sqrt(1 - h))
/// Rows with leverage 1 have NaN where 1 - h divides. A row with frequency f is one of f equal rows; rows of weight 0
/// have leverage 0 and no influence. Source: Pregibon (1981), Ann. Stat. 9, 705-724; Williams (1987), Appl. Stat. 36,
/// 181-191.
struct Influence {
  std::vector<double> hat, sigma, standard_deviance, standard_pearson, student, cooks, dffits, covratio;
};

/// What of it is wanted beside `hat`.
struct InfluenceScales {
  double dispersion, deviance;
  bool divide_student;  ///< by sigma
};

Influence influence(const inference::FittedRows& fit, const families::Family& family, const InfluenceScales& scales,
                    const RunContext& context);

/// Change of each coefficient when a row is left out, in one step: inverse x_i sqrt(a_i) d_i / (1 - h_i) with the
/// information a_i of the row, which for h = 1 is 0. As R's `dfbeta` for `glm`, with deviance residuals; rows x p,
/// column by column, those of the columns as they were given. Divided by sigma_i times the root of the inverse
/// information's diagonal: `dfbetas`. Columns that are aliased are 0. Raises InputError `influence.wide_factor` for an
/// information with an arrow.
std::vector<std::vector<double>> dfbeta(const inference::FittedRows& fit, const families::Family& family,
                                        const InfluenceScales& scales, bool scaled, const RunContext& context);

}  // namespace deciban::diagnostics
