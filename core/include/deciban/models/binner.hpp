#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/binning/fit.hpp"
#include "deciban/models/fitted.hpp"

namespace deciban::models {

/// One variable of a binner: its bins, and sums of the training rows in each. The rows were sorted into the bins by the
/// same function that sorts new rows.
struct BinnedVariable {
  binning::Bins bins;
  /// Of a pair of variables: the bins of both. `bins` then groups the cells of their grid, whose level number is
  /// (bin of the first) times (number of bins of the second) plus (bin of the second).
  std::vector<binning::Bins> pair;
  binning::Trend trend = binning::Trend::none;
  double gain = 0.0;                ///< of the regular bins, see binning::FittedBins
  std::vector<std::int64_t> count;  ///< rows per bin
  /// Per bin: weight; binary: events, non-events; multiclass: weight per class; counts: claims, exposure; continuous:
  /// total of w y.
  std::vector<std::vector<double>> sums;
  /// Binary with weights or shares: sums of w^2 y^2, w^2 y (1 - y), w^2 (1 - y)^2 per bin; else empty.
  std::vector<std::vector<double>> squares;
};

/// Bins of several variables, found against one response. Arguments of fit("binner", ...): those of
/// binning::options_from_document, and
///   target       "binary", "multiclass", "counts", "continuous" or "none"; null: from y (two values: binary; text:
///                multiclass; exposure given: counts; else continuous; no y: none);
///   var_power    of a continuous response: 0, 2 or between 1 and 2;
///   smoothing    of the weight of evidence that tables and transform() show (default 1);
///   pairs        a list of pairs of names: two-dimensional bins "a:b", made of the cells of the grid of their own
///                bins, which are grouped in the order of their rates by the same programme
///   per_variable an object of variable names and of arguments that replace the common ones.
/// `vectors` may hold "y", "weights", "exposure".
/// Questions:
///   transform    output "bin" (number from 0), "label", "rate" (event rate, mean, claims per exposure), "woe"
///   (binary);
///                one column per variable of the binner, in the rows of the data; a level that is in no bin gives -1,
///                a missing label, NaN
///   table        argument variable: one row per bin
///   summary      one row per variable
///   describe     notes: bins and options
///   print        notes: text
/// Raises InputError `input.no_variables`, `binner.variable`, what fit_bins raises, and `input.unknown_argument`.
struct Binner final : Fitted {
  Document options = Document::object();
  binning::TargetKind target = binning::TargetKind::none;
  double var_power = 0.0;
  double smoothing = 1.0;
  bool weighted = false;
  data::Dictionary classes;  ///< of the response, where it was text or multiclass
  std::vector<BinnedVariable> variables;
  Warnings fit_warnings;

  const char* kind() const override { return "binner"; }
  Document document() const override;
  const Warnings& warnings() const override { return fit_warnings; }
  Answer query(const std::string& name, const Document& arguments, const QueryData& rows,
               const RunContext& context) const override;
  /// Raises InputError `binner.variable` with the closest name.
  const BinnedVariable& at(const std::string& variable) const;
};

Binner fit_binner(const Document& arguments, const data::Table& data, const data::Table& vectors,
                  const RunContext& context);
/// The bin of each row; -1 or -2 where it has none.
data::RowCodes variable_codes(const BinnedVariable& variable, const data::Table& data, const RunContext& context);

Binner binner_from_document(const Document& document);

}  // namespace deciban::models
