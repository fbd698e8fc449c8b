#include "deciban/encoding/woe_encoder.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "deciban/base/text.hpp"
#include "deciban/binning/fit.hpp"
#include "deciban/data/levels.hpp"
#include "woe_associations.hpp"
#include "woe_sums.hpp"

namespace deciban::encoding {
namespace {

using binning::Bins;

void take(CellSums&& sums, WoeFeature& feature) {
  feature.rows = std::move(sums.rows);
  feature.sums = std::move(sums.sums);
  feature.squares = std::move(sums.squares);
  feature.cross = std::move(sums.cross);
}

// Levels of their own, rare ones merged. `codes` becomes the bin of each row.
void fit_levels(const data::Column& column, const WoeTarget& target, const WoeOptions& options, bool keep_codes,
                const RunContext& context, WoeFeature& feature, data::RowCodes& codes) {
  data::CodedColumn coded = data::encode_levels(column, context);
  const std::size_t levels = coded.levels.size();
  const CellSums cells = sum_cells(coded.codes, levels + 1, target, context);
  ReducedLevels reduced = reduce_levels(column.name, coded.levels, cells.rows, cells.rows[levels], options.reduction,
                                        options.unseen == WoeUnseen::other);
  std::vector<int> bin_of_level(levels + 1, -1);
  std::size_t known = 0;
  for (std::size_t i = 0; i < levels; ++i)
    if (cells.rows[i] > 0.0) bin_of_level[i] = reduced.bins.level_bins[known++];
  bin_of_level[levels] = reduced.bins.missing_bin;
  feature.bins = std::move(reduced.bins);
  feature.other_bin = reduced.other_bin;
  feature.levels = reduced.levels;
  feature.merged_levels = reduced.levels - reduced.kept;
  take(join_cells(cells, bin_of_level, static_cast<std::size_t>(feature.bins.size())), feature);
  if (!keep_codes) return;
  codes = std::move(coded.codes);
  bin_of_level.insert(bin_of_level.begin(), 2, bin_of_level.back());  // unseen and missing
  codes.recode(bin_of_level);
}

bool looks_at_target(const binning::BinningOptions& options) {
  using binning::Method;
  const bool given = options.method == Method::quantile || options.method == Method::uniform ||
                     options.method == Method::kmeans || (!options.splits.empty() && options.method != Method::optimal);
  return !given && !binning::all_splits_fixed(options);
}

void fit_bins_of(const data::Column& column, const WoeTarget& target, const binning::Target& rows,
                 const binning::BinningOptions& options, const RunContext& context, WoeFeature& feature,
                 data::RowCodes& codes, Warnings& warnings) {
  binning::FittedBins fitted = binning::fit_bins(column, rows, options, context);
  feature.bins = std::move(fitted.bins);
  feature.trend = fitted.trend;
  feature.conditional = looks_at_target(options);
  if (feature.bins.kind == Bins::Kind::categorical)
    feature.levels = static_cast<std::int64_t>(feature.bins.levels.size());
  warnings.insert(warnings.end(), fitted.warnings.begin(), fitted.warnings.end());
  codes = binning::bin_codes(feature.bins, column, context);
  const auto bins = static_cast<std::size_t>(feature.bins.size());
  std::vector<int> same(bins + 1);
  std::iota(same.begin(), same.end(), 0);
  same.back() = -1;
  take(join_cells(sum_cells(codes, bins + 1, target, context), same, bins), feature);
}

binning::Target binning_target(const WoeTarget& target) {
  binning::Target out;
  out.kind = target.kind == WoeTargetKind::multiclass ? binning::TargetKind::multiclass : binning::TargetKind::binary;
  out.classes = static_cast<int>(target.n_classes());
  if (target.kind == WoeTargetKind::fractional) {
    out.y = target.share;
  } else {
    std::vector<double> y(target.class_codes.size());
    const auto none = static_cast<std::int32_t>(target.classes.size());
    target.class_codes.for_each(
        [&](std::size_t row, std::int32_t code) { y[row] = code == none ? 0.0 : static_cast<double>(code); });
    out.y = data::Numbers(std::move(y));
  }
  if (target.sample_weight.empty() || target.freq_weights.empty()) {
    out.weights = target.sample_weight.empty() ? target.freq_weights : target.sample_weight;
  } else {
    std::vector<double> product(target.sample_weight.size());
    for (std::size_t i = 0; i < product.size(); ++i) product[i] = target.sample_weight[i] * target.freq_weights[i];
    out.weights = data::Numbers(std::move(product));
  }
  return out;
}

// How each column is taken: as levels, or through fit_bins with these options.
const binning::BinningOptions* binning_of(const data::Column& column, const WoeOptions& options) {
  const auto own = options.feature_binning.find(column.name);
  if (own != options.feature_binning.end()) return &own->second;
  const auto& levels = options.categorical;
  const bool as_levels =
      column.is_categorical() || std::find(levels.begin(), levels.end(), column.name) != levels.end();
  return as_levels ? nullptr : &options.binning;
}

void require_columns(const data::Table& X, const WoeTarget& target, const WoeOptions& options) {
  if (X.columns().empty())
    throw Error(ErrorKind::input, "woe.no_features", "There are no features.", "Hand over at least one column.");
  const auto rows = static_cast<std::int64_t>(target.kind == WoeTargetKind::fractional ? target.share.size()
                                                                                       : target.class_codes.size());
  if (X.rows() != rows)
    throw Error(ErrorKind::input, "data.length_mismatch",
                "X has " + std::to_string(X.rows()) + " rows, the target " + std::to_string(rows) + ".",
                "Give one value of the target per row of X.", Document::object({{"rows", X.rows()}, {"target", rows}}));
  for (const auto& entry : options.feature_binning) X.at(entry.first);
  for (const std::string& name : options.categorical) X.at(name);
  if (options.pairwise && target.kind == WoeTargetKind::multiclass)
    throw Error(ErrorKind::input, "woe.pairwise_multiclass",
                "dependence = \"pairwise\" is not there for more than two classes.",
                "Use dependence = \"independent\".", Document::object({{"argument", "dependence"}}));
}

void warn(WoeEncoder& encoder) {
  for (const WoeFeature& feature : encoder.features) {
    int with_rows = 0;
    for (const double rows : feature.rows) with_rows += rows > 0.0;
    if (with_rows > 1) continue;
    encoder.warnings.push_back({"woe.constant_feature", "warning",
                                "`" + feature.bins.name + "` has one level only: it is no evidence for or against.",
                                Document::object({{"feature", feature.bins.name}})});
  }
}

}  // namespace

evidence::Counts WoeFeature::counts(std::size_t c) const {
  evidence::Counts out;
  const std::size_t bins = rows.size();
  out.events = sums[c];
  out.non_events.assign(bins, 0.0);
  for (std::size_t k = 0; k < sums.size(); ++k)
    for (std::size_t i = 0; i < bins && k != c; ++i) out.non_events[i] += sums[k][i];
  if (squares.empty()) return out;
  out.event_squares = squares[c];
  out.non_event_squares.assign(bins, 0.0);
  for (std::size_t k = 0; k < sums.size(); ++k)
    for (std::size_t i = 0; i < bins && k != c; ++i) out.non_event_squares[i] += squares[k][i];
  out.cross_products = cross.empty() ? std::vector<double>(bins, 0.0) : cross;
  return out;
}

std::vector<std::string> WoeFeature::labels() const {
  std::vector<std::string> out = binning::bin_labels(bins);
  if (other_bin >= 0) out[static_cast<std::size_t>(other_bin)] = "other";
  std::set<std::string> seen;
  const auto n = out.size();
  for (std::size_t i = 0; i < n; ++i) {  // a level may be named "other" or "missing", too
    const bool own = static_cast<int>(i) != other_bin && !(bins.missing_own && i + 1 == n);
    if (own) seen.insert(out[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const bool own = static_cast<int>(i) != other_bin && !(bins.missing_own && i + 1 == n);
    while (!own && !seen.insert(out[i]).second) out[i] = "(" + out[i] + ")";
  }
  return out;
}

std::vector<std::size_t> WoeEncoder::class_list() const {
  if (n_classes() == 2) return {1};
  std::vector<std::size_t> all(n_classes());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::string WoeEncoder::class_label(std::size_t c) const {
  return kind == WoeTargetKind::fractional ? std::to_string(c) : classes.labels[c];
}

const WoeFeature& WoeEncoder::feature(const std::string& name) const {
  std::vector<std::string> names;
  for (const WoeFeature& one : features) {
    if (one.bins.name == name) return one;
    names.push_back(one.bins.name);
  }
  const std::string close = closest_match(name, names);
  throw Error(ErrorKind::input, "woe.feature", "The encoder has no feature `" + name + "`.",
              close.empty() ? "Features are " + join_some(names) + "." : "Did you mean `" + close + "`?",
              Document::object({{"feature", name}}));
}

WoeEncoder fit_woe(const data::Table& X, const WoeTarget& target, const std::string& target_name,
                   const WoeOptions& options, const RunContext& context) {
  require_columns(X, target, options);
  WoeEncoder encoder;
  encoder.options = options;
  encoder.kind = target.kind;
  encoder.target = target_name;
  encoder.classes = target.classes;
  encoder.weighted = !target.sample_weight.empty();
  const std::size_t features = X.columns().size();
  encoder.features.resize(features);
  std::vector<data::RowCodes> codes(features);
  std::vector<Warnings> warnings(features);
  binning::Target rows;
  for (const data::Column& column : X.columns())
    if (binning_of(column, options) && rows.y.empty()) rows = binning_target(target);
  for_features(context, features, [&](std::size_t at) {
    const data::Column& column = X.columns()[at];
    if (const binning::BinningOptions* own = binning_of(column, options)) {
      fit_bins_of(column, target, rows, *own, context, encoder.features[at], codes[at], warnings[at]);
    } else {
      fit_levels(column, target, options, features > 1, context, encoder.features[at], codes[at]);
    }
  });
  for (const Warnings& own : warnings) encoder.warnings.insert(encoder.warnings.end(), own.begin(), own.end());
  const auto& counted = encoder.features[0].rows;
  encoder.rows = std::accumulate(counted.begin(), counted.end(), 0.0);
  if (features > 1) associate(codes, encoder, context);
  if (options.pairwise) join_counts(codes, target, encoder, context);
  warn(encoder);
  return encoder;
}

}  // namespace deciban::encoding
