#pragma once
#include "deciban/base/config.hpp"

#include <map>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/binning/bins.hpp"
#include "deciban/binning/options.hpp"
#include "deciban/data/table.hpp"
#include "deciban/encoding/level_reduction.hpp"
#include "deciban/encoding/woe_target.hpp"
#include "deciban/evidence/woe.hpp"

namespace deciban::encoding {

/// Whose numbers are reproduced: sign, zero cells, closure of bins and multiclass probabilities as in these packages.
enum class WoeCompat { none, fastwoe, scorecard, optbinning };
/// What a level that the fit did not see gets: WOE 0 with the variance between levels, an error, or "other".
enum class WoeUnseen { neutral, error, other };

struct WoeOptions {
  double smoothing = 1.0;  ///< pseudo-rows a of the encoded value; a row is worth the mean weight
  bool smoothing_auto = false;
  double alpha = 0.05;
  evidence::WoeMethod method = evidence::WoeMethod::automatic;
  bool positive_events = true;  ///< positive WOE means more events; else the sign of every WOE is turned
  LevelReduction reduction;
  WoeUnseen unseen = WoeUnseen::neutral;
  bool pairwise = false;  ///< joint counts of all pairs of features are kept for the variance of probabilities
  WoeCompat compat = WoeCompat::none;
  std::vector<std::string> categorical;                            ///< columns of numbers whose values are levels
  binning::BinningOptions binning;                                 ///< of numeric columns
  std::map<std::string, binning::BinningOptions> feature_binning;  ///< of single columns, also categorical ones
};

/// One feature: its bins and the sums of its rows. What encoded values, intervals and tables say comes from these.
struct WoeFeature {
  binning::Bins bins;
  bool conditional = false;  ///< the bins were chosen with the target: intervals and tests are conditional on them
  binning::Trend trend = binning::Trend::none;  ///< shape that the event rates were held to; never `automatic`
  int other_bin = -1;
  std::int64_t levels = 0, merged_levels = 0;  ///< of categorical columns, before and by the reduction
  std::vector<double> rows;                    ///< of each bin (sum of frequency weights)
  std::vector<std::vector<double>> sums;       ///< by class and bin: weighted rows; fractional: w (1 - y), w y
  std::vector<std::vector<double>> squares;    ///< the same with w^2, (1 - y)^2, y^2; empty for plain counts
  std::vector<double> cross;                   ///< fractional: w^2 y (1 - y)

  /// The evidence for class c against the others.
  evidence::Counts counts(std::size_t c) const;
  /// One text per bin: levels as given, intervals, "other", "missing"; distinct.
  std::vector<std::string> labels() const;
};

/// How two features depend on each other.
struct Association {
  std::size_t first = 0, second = 0;
  double v = 0.0, corrected = 0.0;  ///< Cramer's V, NaN where it was not asked (too many levels)
  bool duplicate = false;           ///< every bin of one is a bin of the other
};

/// Joint effective events and non-events of two features, column-major by the bins of the first.
struct JointCounts {
  std::size_t first = 0, second = 0;
  std::vector<double> events, non_events;
};

/// Fitted weights of evidence: a plain value without any data.
struct WoeEncoder {
  WoeOptions options;
  WoeTargetKind kind = WoeTargetKind::binary;
  std::string target;        ///< name of the target
  data::Dictionary classes;  ///< fractional: empty
  double rows = 0.0;         ///< sum of frequency weights of rows with positive weight
  bool weighted = false;
  std::vector<WoeFeature> features;
  std::vector<Association> associations;
  std::int64_t association_rows = 0;  ///< rows that they come from
  std::vector<JointCounts> joints;
  Warnings warnings;
  Document extra = Document::object();  ///< keys of a file that this version does not know

  std::size_t n_classes() const { return kind == WoeTargetKind::fractional ? 2 : classes.size(); }
  /// Classes with evidence of their own: the event for two classes, all for more.
  std::vector<std::size_t> class_list() const;
  std::string class_label(std::size_t c) const;
  const WoeFeature& feature(const std::string& name) const;  ///< InputError `woe.feature`
};

/// Learns all columns of X. Raises what read_woe_target and binning::fit_bins raise, InputError `woe.no_features`,
/// `woe.pairwise_too_large`.
WoeEncoder fit_woe(const data::Table& X, const WoeTarget& target, const std::string& target_name,
                   const WoeOptions& options, const RunContext& context);

Document to_document(const WoeEncoder& encoder);
/// Raises FormatError `format.invalid`, `format.missing_key`.
WoeEncoder woe_from_document(const Document& document);
Document to_document(const WoeOptions& options);
WoeOptions woe_options_from_document(const Document& document);

}  // namespace deciban::encoding
