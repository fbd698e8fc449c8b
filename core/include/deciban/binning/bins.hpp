#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"
#include "deciban/data/row_codes.hpp"

namespace deciban::binning {

/// Which end of an interval belongs to it: right is (a, b], left is [a, b).
enum class Closed { right, left };

/// A value that is no measurement, such as -999 for "not asked".
struct SpecialCode {
  double value = 0.0;
  std::string label;  ///< for display; empty: the value
  int bin = 0;        ///< where it belongs: a bin of its own, a regular one, or one shared with other codes
};

/// The bins of one variable, a plain value. They are the only key of a row: fit, tables, new rows and exports all go
/// through `bin_codes` (or the same edges and closure), so that they cannot disagree.
///
/// Bins are numbered: the regular ones first (intervals in ascending order, or groups of levels), then those of special
/// codes, then the one of missing values. A numeric variable with m edges has m + 1 intervals; the outer two reach to
/// -Inf and +Inf, which they contain, so every number has a bin. -0 equals 0, subnormal numbers are numbers.
struct Bins {
  enum class Kind { numeric, categorical };
  std::string name;  ///< of the variable
  Kind kind = Kind::numeric;

  std::vector<double> edges;  ///< numeric: finite, strictly ascending
  Closed closed = Closed::right;
  std::vector<SpecialCode> specials;  ///< numeric

  data::Dictionary levels;      ///< categorical: the levels that were seen
  std::vector<int> level_bins;  ///< categorical: regular bin of each level
  int n_groups = 0;             ///< categorical: number of regular bins
  int unseen_bin = -1;          ///< categorical: bin of a level that was not seen, -1: data::kUnseenCode

  int n_specials = 0;    ///< bins that hold special codes only
  int missing_bin = -1;  ///< bin of missing values, -1: data::kMissingCode
  /// Whether the last bin holds missing values only (else they were merged into `missing_bin`, or have none).
  bool missing_own = false;

  int n_regular() const { return kind == Kind::numeric ? static_cast<int>(edges.size()) + 1 : n_groups; }
  int size() const { return n_regular() + n_specials + (missing_own ? 1 : 0); }
  /// Bin of a number; NaN is missing. Numeric bins only.
  int bin_of(double value) const;
};

/// The bin of each row: 0 .. size() - 1, data::kMissingCode or data::kUnseenCode. Raises DataError `data.not_numeric`
/// for text in a numeric variable. A categorical variable matches levels as data::recode_levels does.
data::RowCodes bin_codes(const Bins& bins, const data::Column& column, const RunContext& context);

/// One text per bin, for display only: "(-Inf, 3]", "(3, 7.5]", "(7.5, Inf)", "{A, B}", "special: -999", "missing".
/// Edges have as many significant digits (at least 6) as they need to differ.
std::vector<std::string> bin_labels(const Bins& bins);

Document to_document(const Bins& bins);
/// Raises FormatError `format.invalid` or `format.missing_key` for bins that are not possible.
Bins bins_from_document(const Document& document);

const char* closed_name(Closed closed);
/// "right" or "left"; InputError `binning.closed`.
Closed make_closed(const std::string& name);

}  // namespace deciban::binning
