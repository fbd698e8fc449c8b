#include "deciban/encoding/target_encoder.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include "deciban/base/large_pages.hpp"
#include "deciban/base/text.hpp"
#include "deciban/parallel/team.hpp"
#include "encoder_checks.hpp"
#include "target_training.hpp"

namespace deciban::encoding {
namespace {

constexpr int kMostPermutations = 4096;

Error wrong(const char* code, const std::string& message, const std::string& hint, Document context) {
  return Error(ErrorKind::input, code, message, hint, std::move(context));
}

void check_options(const TargetOptions& options, const TargetRows& rows) {
  if (options.prior_weight == PriorWeight::fixed &&
      !(options.fixed_weight >= 0.0 && options.fixed_weight < std::numeric_limits<double>::infinity()))
    throw wrong("encoder.prior_weight", "`prior_weight` is " + format_g(options.fixed_weight, 6) + ".",
                "Give a number of at least 0, \"auto\" or \"auto_ml\".",
                Document::object({{"prior_weight", options.fixed_weight}}));
  if (options.n_permutations < 1 || options.n_permutations > kMostPermutations)
    throw wrong("encoder.n_permutations", "`n_permutations` is " + std::to_string(options.n_permutations) + ".",
                "Give a whole number from 1 to " + std::to_string(kMostPermutations) + ".",
                Document::object({{"n_permutations", options.n_permutations}}));
  if (options.n_folds < 2 || options.n_folds > 1024)
    throw wrong("encoder.n_folds", "`n_folds` is " + std::to_string(options.n_folds) + ".",
                "Give a whole number from 2 to 1024.", Document::object({{"n_folds", options.n_folds}}));
  if (options.statistic == TargetStatistic::rate && rows.exposure.empty())
    throw wrong("encoder.exposure_missing", "Statistic \"rate\" needs `exposure`.",
                "Give the exposure of each row, or use statistic \"mean\".", Document::object({}));
  if (options.statistic != TargetStatistic::quantile) return;
  if (options.prior_weight == PriorWeight::automatic_ml)
    throw wrong("encoder.quantile", "Statistic \"quantile\" has no prior weight \"auto_ml\".",
                "Use \"auto\" or a number.", Document::object({}));
  if (!(options.quantile >= 0.0 && options.quantile <= 1.0))
    throw wrong("encoder.quantile", "`quantile` is " + format_g(options.quantile, 6) + ".",
                "Give a number from 0 to 1.", Document::object({{"quantile", options.quantile}}));
}

// Mean squared error of a level's mean shrunk to a prior: s2 / (w + m) + (1 - Z)^2 Var(prior).
double squared_error(double within, double weight, double prior_weight, double prior_variance) {
  if (prior_weight == std::numeric_limits<double>::infinity() || !(weight + prior_weight > 0.0)) return prior_variance;
  const double rest = prior_weight / (weight + prior_weight);
  return within / (weight + prior_weight) + rest * rest * prior_variance;
}

// Squared errors of the levels of a depth, on the scale of means. gamma-Poisson: the variance within a level is its
// mean; quantiles bring theirs.
std::vector<double> squared_errors(const TargetOptions& options, const LevelStatistics& levels,
                                   const EncodedLevels& encoded, const std::vector<double>& of_parents,
                                   double quantile_variance) {
  const bool ml = options.prior_weight == PriorWeight::automatic_ml;
  const double shared =
      options.statistic == TargetStatistic::quantile ? quantile_variance : known_within(levels.fit, encoded.moments);
  const double of_collective =
      collective_variance(levels.fit, encoded.moments, shared, options.prior_weight == PriorWeight::fixed);
  std::vector<double> errors;
  for (std::size_t l = 0; l < encoded.moments.size(); ++l) {
    const double within = ml ? levels.value[l] : shared;
    const std::int32_t parent = encoded.parent.empty() ? -1 : encoded.parent[l];
    const double prior = parent < 0 ? of_collective : of_parents[static_cast<std::size_t>(parent)];
    errors.push_back(squared_error(within, encoded.moments[l].weight, levels.weight_of(l), prior));
  }
  return errors;
}

// Standard error on the scale of the statistic; log odds by the delta method.
double std_error_of(const TargetOptions& options, double squared, double mean) {
  const double error = std::sqrt(squared);
  return options.statistic == TargetStatistic::log_odds ? error / (mean * (1.0 - mean)) : error;
}

// The full statistics of a term.
EncodedTerm learn_term(const TargetOptions& options, TermRows& term, const TargetFolds& folds,
                       const std::vector<std::vector<LevelMoments>>& cells, const TargetValues& values,
                       const RunContext& context) {
  EncodedTerm out;
  out.label = term.label;
  std::vector<LevelStatistics> depths;
  depths.reserve(term.depths.size());
  std::vector<double> errors;  // of the depth above, then of this one
  for (std::size_t d = 0; d < term.depths.size(); ++d) {
    DepthRows& depth = term.depths[d];
    std::vector<double> quantiles;
    double variance = 0.0;
    if (options.statistic == TargetStatistic::quantile)
      quantiles = level_quantiles(options.quantile, rows_by_level(depth.codes, depth.coder.size(), context), values, {},
                                  &variance);
    EncodedLevels levels;
    levels.moments = moments_of_all(cells[d], depth.coder.size(), folds.count, context);
    depths.push_back(
        learn_levels(options, levels.moments, values.are_counts(), depth, d ? &depths[d - 1] : nullptr, quantiles));
    levels.parent = depth.parent;
    errors = squared_errors(options, depths[d], levels, errors, variance);
    for (std::size_t l = 0; l < levels.moments.size(); ++l) {
      levels.value.push_back(on_scale(options.statistic, depths[d].value[l], levels.moments[l].weight));
      levels.std_error.push_back(std_error_of(options, errors[l], depths[d].value[l]));
    }
    levels.credibility = depths[d].fit;
    levels.prior_weight = depths[d].prior_weight;
    levels.coder = std::move(depth.coder);
    out.depths.push_back(std::move(levels));
  }
  out.prior_value = on_scale(options.statistic, depths[0].fit.collective, 0.0);
  return out;
}

void warn(const TargetValues& values, TargetEncoder& encoder) {
  if (values.constant())
    encoder.warnings.push_back(
        {"encoder.constant_target", "warning",
         "The target is " + format_g(values.y()[0], 6) + " in every row: all levels are encoded alike."});
  for (const auto& term : encoder.terms)
    for (const auto& depth : term.depths)
      if (depth.credibility.pooled())
        encoder.warnings.push_back(
            {"encoder.pooled", "note",
             "`" + term.label + "`: levels are pooled, because " + depth.credibility.note + ".",
             Document::object({{"term", term.label}, {"between_raw", depth.credibility.between_raw}})});
}

// The value of a row without a level at the last depth.
double value_without_level(const EncodedTerm& term, const std::vector<std::vector<std::int32_t>>& codes,
                           std::size_t row) {
  for (std::size_t d = codes.size(); d-- > 0;)
    if (codes[d][row] >= 0) return term.depths[d].value[static_cast<std::size_t>(codes[d][row])];
  return term.prior_value;
}

void encode_term(const TargetOptions& options, const EncodedTerm& term, const data::Table& data, double* out,
                 const RunContext& context) {
  std::vector<std::vector<std::int32_t>> codes;
  std::vector<std::string> unseen;
  std::int64_t n_unseen = 0;
  for (const auto& depth : term.depths) {
    unseen.clear();
    codes.push_back(depth.coder.code(data, unseen, n_unseen, context));
    const bool rare = codes.size() > 1 && depth.coder.has_rare();
    if (rare)
      for (auto& code : codes.back()) code = code == depth.coder.size() - 1 ? kRareValue : code;
  }
  if (n_unseen > 0 && options.unseen == UnseenLevelRule::error)
    throw unseen_level(term.label, n_unseen, unseen, "Correct them, or learn the encoder with unseen = \"prior\".");
  const std::vector<std::int32_t>& last = codes.back();
  const EncodedLevels& levels = term.depths.back();
  for (std::size_t row = 0; row < last.size(); ++row) {
    if (last[row] >= 0)
      out[row] = levels.value[static_cast<std::size_t>(last[row])];
    else if ((last[row] == kMissingValue && options.missing == MissingLevel::missing) ||
             (last[row] == kUnseenValue && options.unseen == UnseenLevelRule::missing))
      out[row] = std::nan("");
    else
      out[row] = value_without_level(term, codes, row);
  }
}

}  // namespace

std::vector<std::int32_t> scheme_folds(const TargetOptions& options, const data::Column* by, std::int64_t rows,
                                       const RunContext& context) {
  resampling::FoldRequest request;
  switch (options.scheme) {
    case TargetScheme::kfold:
      request.scheme = resampling::FoldScheme::kfold;
      break;
    case TargetScheme::group:
      request.scheme = resampling::FoldScheme::group;
      break;
    case TargetScheme::time:
      request.scheme = resampling::FoldScheme::time;
      break;
    default:
      return {};
  }
  request.n_folds = options.n_folds;
  request.seed = options.seed;
  request.rows = rows;
  request.by = by;
  if (options.scheme != TargetScheme::kfold) return resampling::make_folds(request, context).fold;
  resampling::check_request(request);
  return {};
}

TargetEncoder fit_target_encoder(const TargetOptions& options, const std::vector<std::string>& terms,
                                 const std::vector<std::pair<std::string, std::string>>& parents,
                                 const data::Table& data, TargetRows rows, const RunContext& context,
                                 std::vector<double>* training) {
  check_options(options, rows);
  if (terms.empty())
    throw wrong("encoder.columns", "There is no column to encode.", "Name the columns.", Document::object({}));
  const std::int64_t n = data.rows();
  const TargetValues values(options, rows, n, context);
  const TargetFolds folds = training ? training_folds(options, std::move(rows.folds), n, context) : TargetFolds();
  TargetEncoder encoder;
  encoder.options = options;
  encoder.parents = parents;
  encoder.with_exposure = !rows.exposure.empty();
  if (training) *training = row_vector<double>(static_cast<std::size_t>(n) * terms.size(), std::nan(""));
  for (std::size_t t = 0; t < terms.size(); ++t) {
    TermRows term = code_term(options, terms[t], parents, data, context);
    std::vector<std::vector<LevelMoments>> cells;
    for (const auto& depth : term.depths)
      cells.push_back(cell_moments(depth.codes, depth.coder.size(), folds, values, context));
    if (training)
      encode_training_rows(options, term, folds, cells, values, t, training->data() + t * static_cast<std::size_t>(n),
                           context);
    encoder.terms.push_back(learn_term(options, term, folds, cells, values, context));
  }
  warn(values, encoder);
  return encoder;
}

std::vector<double> encode(const TargetEncoder& encoder, const data::Table& data, const RunContext& context) {
  const auto rows = static_cast<std::size_t>(data.rows());
  std::vector<double> out(rows * encoder.terms.size());
  parallel::for_each(context, static_cast<std::int64_t>(encoder.terms.size()), [&](std::int64_t t) {
    encode_term(encoder.options, encoder.terms[static_cast<std::size_t>(t)], data,
                out.data() + static_cast<std::size_t>(t) * rows, context);
  });
  return out;
}

}  // namespace deciban::encoding
