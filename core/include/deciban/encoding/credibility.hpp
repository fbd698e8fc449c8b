#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/tables/table.hpp"

namespace deciban::encoding {

/// Sums over the observations X of one level with weights w. Observations of weight 0 do not count.
struct LevelMoments {
  double rows = 0.0;
  double weight = 0.0;  ///< sum of w
  double sum = 0.0;     ///< sum of w X
  double square = 0.0;  ///< sum of w (X - mean)^2

  double mean() const { return sum / weight; }
  /// The moments of both together (Chan, Golub and LeVeque 1979).
  void merge(const LevelMoments& other);
};

/// What levels share, and how much one level may say for itself: with weight w its credibility is
/// Z = w / (w + prior_weight).
struct Credibility {
  double collective = 0.0;    ///< premium of a level without data
  double within = 0.0;        ///< s2: expected variance within levels, per unit of weight; NaN where it is not known
  double between = 0.0;       ///< a: variance between levels, at least 0; NaN where it is not known
  double between_raw = 0.0;   ///< its unbiased estimate, which may be negative
  double prior_weight = 0.0;  ///< s2 / a; infinite: levels are pooled
  std::int64_t levels = 0;    ///< levels with weight
  std::string note;           ///< why levels are pooled, or how s2 was found when not from repeats; else empty

  bool pooled() const;
  /// Z of a level of this weight, 0 when pooled.
  double credibility(double weight) const;
  /// Z X + (1 - Z) prior for a level with sum w X; the prior itself for a level without weight.
  double premium(double sum, double weight, double prior) const;
  double premium(double sum, double weight) const { return premium(sum, weight, collective); }
};

/// Non-parametric estimators of Buhlmann and Straub; with equal weights those of Buhlmann.
///   s2 = sum w (X - X_i)^2 / sum (n_i - 1),  a = (sum w_i (X_i - X)^2 - (K - 1) s2) / (W - sum w_i^2 / W),
///   collective = sum Z_i X_i / sum Z_i; the weighted mean when a <= 0.
/// Without repeats in any level s2 is the collective mean when `counts` (as Poisson counts have it), else levels are
/// pooled. Levels whose own observations are all equal do not make s2 zero unless all levels are such. Raises DataError
/// `encoder.no_weight` when no level has weight.
/// Source: Buhlmann and Straub (1970); Buhlmann and Gisler (2005), A Course in Credibility Theory, ch. 4. R's
/// actuar::cm(method = "Buhlmann-Gisler") gives the same.
///
/// @param parent  null, or the parent of each level: a is then the variance of levels around the means of their
/// parents,
///   a = (sum w_i (X_i - X_p)^2 - sum (K_p - 1) s2) / sum (W_p - sum w_i^2 / W_p)  (Jewell's hierarchical model).
Credibility buhlmann_straub(const std::vector<LevelMoments>& levels, bool counts,
                            const std::vector<std::int32_t>* parent = nullptr);

/// Gamma-Poisson maximum likelihood: counts sum_i ~ Poisson(weight_i theta_i), theta ~ Gamma with mean `collective` and
/// rate `prior_weight`. Sums must be non-negative. Pooled when the likelihood is largest without variance between
/// levels. Raises as buhlmann_straub.
Credibility gamma_poisson(const std::vector<LevelMoments>& levels);

Document to_document(const Credibility& fit);
/// Raises FormatError `format.invalid`, `format.missing_key`.
Credibility credibility_from_document(const Document& document);

/// s2 where it is known, else the variance of all observations.
double known_within(const Credibility& fit, const std::vector<LevelMoments>& levels);

/// Variance of the collective: a / sum Z, or s2 / W where levels are pooled, or where the prior weight was given and
/// the collective is the mean of all observations (`given`). `within` is s2.
double collective_variance(const Credibility& fit, const std::vector<LevelMoments>& levels, double within, bool given);

/// Observations of levels: one value per row. Empty weights: 1.
struct CredibilityRows {
  data::Numbers y, weights;
};

struct CredibilityFit {
  Credibility credibility;
  std::vector<std::string> labels;
  std::vector<LevelMoments> moments;
};

/// Buhlmann-Straub, or gamma-Poisson for counts y over weights: the rates are sum y / sum weights then. Missing levels
/// are a level "(missing)"; levels without weight are kept, their premium is the collective.
/// Raises DataError `data.empty`, `credibility.missing` (y or weights), `credibility.weights`, `credibility.counts`,
/// `encoder.no_weight`; InputError `data.length_mismatch`.
CredibilityFit fit_credibility(const data::Column& level, const CredibilityRows& rows, bool gamma_poisson);

/// The table of R's actuar::cm: `level`, `rows`, `weight`, `mean` (individual), `credibility` (Z), `premium`,
/// `std_error` (square root of a (1 - Z) + (1 - Z)^2 Var(collective), the mean squared error of the premium; Buhlmann
/// and Gisler 2005, theorem 4.6).
tables::ResultTable credibility_table(const Credibility& fit, const std::vector<std::string>& labels,
                                      const std::vector<LevelMoments>& levels);

}  // namespace deciban::encoding
