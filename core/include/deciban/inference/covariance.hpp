#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/row_codes.hpp"
#include "deciban/engine/coded_objective.hpp"
#include "deciban/linalg/arrow.hpp"

namespace deciban::inference {

/// Which covariance of the coefficients. HC0 to HC3 hold when the variance function is wrong (MacKinnon and White
/// 1985), those by clusters also when rows of one cluster are correlated (Liang and Zeger 1986; several columns:
/// Cameron, Gelbach and Miller 2011).
struct CovarianceSpec {
  enum class Kind { model, hc0, hc1, hc2, hc3 };
  Kind kind = Kind::model;            ///< with clusters: hc0 or hc1
  std::vector<std::string> clusters;  ///< names of columns; empty: rows are independent
  bool adjust_clusters = true;        ///< times G / (G - 1) for G clusters

  bool is_model() const { return kind == Kind::model; }
  /// "model", "HC1", "~ policy_id", "HC1 ~ policy_id + year", "CR0 ~ policy_id": what parse_covariance() reads.
  std::string text() const;
};

/// "model", "HC0" to "HC3"; or a formula whose right-hand side is a sum of columns and whose left-hand side, if any, is
/// HC0 (what stands without it), HC1, or CR0 (no adjustment for few clusters). CR1 and CR1S are other names of the
/// first two (Pustejovsky and Tipton 2018; Stata). Raises InputError `vcov.unknown`, `vcov.formula`.
CovarianceSpec parse_covariance(const std::string& text);

/// A fit at its coefficients, as far as covariances need it.
struct FittedRows {
  const design::TrainingData& training;
  const engine::CodedObjective& objective;
  const std::vector<double>& beta;    ///< of the objective; 0 where aliased
  const linalg::Covariance& inverse;  ///< inverse information at beta
  double n;                           ///< rows of positive weight, counted by their frequencies
  int rank;
};

/// How often the rows of a covariance have leverage 1, which HC2 and HC3 have no correction for: they are left out.
struct SandwichNotes {
  std::int64_t full_leverage = 0;
};

/// HC0 to HC3 as `vcovHC` of R's sandwich for a glm, rows of weight 0 left out, in the objective's parametrisation:
/// inverse * X' diag(e^2) X * inverse with e the row's score, for HC1 times n / (n - rank), HC2 e^2 / (1 - h), HC3
/// e^2 / (1 - h)^2 with leverage h. A row with frequency f counts as f rows. Source: Zeileis (2004), J. Stat. Softw. 11
/// (10); Zeileis (2006), J. Stat. Softw. 16 (9).
linalg::Covariance hc_covariance(const FittedRows& fit, CovarianceSpec::Kind kind, const RunContext& context,
                                 SandwichNotes& notes);

/// Clusters of the rows of positive weight, in order of appearance; other rows are kMissingCode.
struct Clusters {
  data::RowCodes codes;
  std::int32_t count = 0;
};

/// As `vcovCL` of R's sandwich for a glm: sums of scores over clusters in place of scores of rows, times G / (G - 1)
/// for G clusters unless the spec says otherwise (`cadjust`), for HC1 also (n - 1) / (n - rank). Several columns: sums
/// over all their combinations with alternating signs, each with its own G. Rows of weight 0 are left out. Source:
/// Zeileis, Koell and Graham (2020), J. Stat. Softw. 95 (1). Raises InputError `vcov.wide_factor` for designs with a
/// factor of 1,024 columns or more, whose information is an arrow.
linalg::Covariance cluster_covariance(const FittedRows& fit, const CovarianceSpec& spec,
                                      const std::vector<Clusters>& clusters, const RunContext& context);

}  // namespace deciban::inference
