#pragma once
#include "deciban/base/config.hpp"

#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/binning/bins.hpp"
#include "deciban/data/numbers.hpp"

namespace deciban::binning {

/// How edges are found.
enum class Method { optimal, tree, quantile, uniform, kmeans, mdlp, chimerge, isotonic };
/// Shape of the rate (mean of the response) over the regular bins by their index. automatic: increasing or decreasing,
/// whichever gives more.
enum class Trend { none, increasing, decreasing, automatic, peak, valley, convex, concave };
/// What missing values and special codes become: a bin of their own, or part of the regular bin with the nearest
/// evidence (rate).
enum class Place { separate, nearest };

enum class TargetKind {
  none,        ///< no response: quantile, uniform and kmeans only
  binary,      ///< 0/1 or a share in [0, 1]; gain is the information value, 0.5 being added to both counts of a bin
               ///< that lacks events or non-events
  multiclass,  ///< class codes; gain is the mean of the one-vs-rest information values
  counts,      ///< counts with exposure; gain is the Poisson deviance explained
  continuous,  ///< gain is the deviance of `var_power` explained: 0 squared error, in (1, 2) Tweedie, 2 gamma
};

/// The response of the rows, n values each. Rows with weight 0 count for nothing.
struct Target {
  TargetKind kind = TargetKind::none;
  data::Numbers y;         ///< multiclass: whole numbers 0 .. classes - 1
  data::Numbers weights;   ///< empty: 1
  data::Numbers exposure;  ///< counts; empty: 1
  int classes = 2;
  double var_power = 0.0;
};

struct BinningOptions {
  Method method = Method::optimal;
  int min_bins = 1;
  int max_bins = 0;             ///< 0: as many as the other rules allow (quantile, uniform, kmeans: 10)
  double min_bin_size = -1.0;   ///< share of the weight of rows that are not missing or special; -1: 0.05, but 0 for
                                ///< quantile, uniform, kmeans and mdlp, and where all splits are fixed
  double min_bin_events = 0.0;  ///< weighted; binary, multiclass (each class) and counts
  double min_bin_non_events = 0.0;  ///< weighted; binary
  Trend monotonic = Trend::none;
  double min_rate_diff = 0.0;  ///< between neighbours
  double max_p_value = 1.0;    ///< of the test between neighbours; 1: no test
  int max_prebins = 100;       ///< optimal: intervals from which the bins are put together
  Closed closed = Closed::right;
  std::vector<double> splits;  ///< user's edges: optimal chooses among them, the other methods take them as they are
  std::vector<char> fixed;     ///< for each of `splits`: it must be an edge of the result; empty: none
  std::vector<std::vector<std::string>> groups;  ///< categorical: labels of the levels of each bin, taken as they are
  std::vector<SpecialCode> special_codes;        ///< `bin`: number among the bins of special codes
  Place special_place = Place::separate;
  Place missing_place = Place::separate;
};

/// Arguments with the public names of the members above to options (see the help of Binner): `monotonic` "none",
/// "increasing", "decreasing", "auto", "peak", "valley", "convex", "concave"; `special_codes` a list of numbers, each a
/// bin of its own, or an object of names and the numbers that share a bin; `special` and `missing` "separate" or
/// "nearest"; `groups` a list of lists of labels; `fixed` a flag per split, or one for all. Null and absent mean the
/// default. Raises InputError `input.unknown_argument`, `input.argument`, `binning.method`, `binning.monotonic`,
/// `binning.closed`, `binning.splits`.
BinningOptions options_from_document(const Document& document);
/// Whether the edges are given, and nothing is left to choose.
bool all_splits_fixed(const BinningOptions& options);
/// Names of these arguments.
const std::vector<std::string>& binning_arguments();

const char* trend_name(Trend trend);
Trend make_trend(const std::string& name);
const char* method_name(Method method);
Method make_method(const std::string& name);  ///< "kbins" is quantile, "faiss_kmeans" kmeans
const char* target_kind_name(TargetKind kind);
TargetKind make_target_kind(const std::string& name);  ///< InputError `binning.target`

}  // namespace deciban::binning
