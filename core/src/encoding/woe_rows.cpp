#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "deciban/base/text.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/encoding/woe_values.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/math/distributions.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "woe_scores.hpp"
#include "woe_sums.hpp"

namespace deciban::encoding {
namespace {

using Table = std::vector<double>;  // by code + 2: unseen, missing, bins
constexpr std::size_t kShift = 2;

Table shifted(const std::vector<double>& by_bin, double unseen) {
  Table out = {unseen, unseen};
  out.insert(out.end(), by_bin.begin(), by_bin.end());
  return out;
}

// Calls body(begin, count) for compute blocks of all rows.
template <class Body>
void for_rows(std::int64_t rows, const RunContext& context, Body&& body) {
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    parallel::for_compute_blocks(parallel::block_range(rows, block), body);
  });
}

template <class Body>
void for_cells(const data::RowCodes& codes, std::int64_t begin, int count, Body&& body) {
  std::int32_t piece[parallel::kComputeRows];
  codes.read(begin, count, piece);
  for (int i = 0; i < count; ++i) body(i, static_cast<std::size_t>(piece[i] + static_cast<std::int32_t>(kShift)));
}

[[noreturn]] void refuse(const WoeFeature& feature, const data::Column& column) {
  std::vector<std::string> unseen;
  std::int64_t n_unseen = 0;
  if (feature.bins.kind == binning::Bins::Kind::categorical)
    data::recode_levels(column, feature.bins.levels, unseen, n_unseen);
  const std::string which = unseen.empty() ? "missing values" : "levels " + join_some(unseen);
  throw Error(ErrorKind::data, "woe.unseen", "`" + column.name + "` has " + which + " that the fit did not see.",
              "Use unseen = \"neutral\" (no evidence) or \"other\", or correct the data.",
              Document::object({{"column", column.name}, {"levels", unseen}, {"rows", n_unseen}}));
}

}  // namespace

std::vector<data::RowCodes> woe_codes(const WoeEncoder& encoder, const data::Table& X, const RunContext& context) {
  std::vector<const data::Column*> columns;
  for (const WoeFeature& feature : encoder.features) columns.push_back(&X.at(feature.bins.name));
  std::vector<data::RowCodes> out(columns.size());
  for_features(context, columns.size(), [&](std::size_t at) {
    const WoeFeature& feature = encoder.features[at];
    out[at] = binning::bin_codes(feature.bins, *columns[at], context);
    const bool all_seen = std::find(feature.rows.begin(), feature.rows.end(), 0.0) == feature.rows.end();
    const bool may_be_unseen = feature.bins.kind == binning::Bins::Kind::categorical || feature.bins.missing_bin < 0;
    if (!all_seen) {
      std::vector<std::int32_t> new_code = {data::kUnseenCode, data::kMissingCode};
      for (std::size_t bin = 0; bin < feature.rows.size(); ++bin)
        new_code.push_back(feature.rows[bin] > 0.0 ? static_cast<std::int32_t>(bin) : data::kUnseenCode);
      out[at].recode(new_code);
    }
    if (encoder.options.unseen != WoeUnseen::error || (all_seen && !may_be_unseen)) return;
    std::int64_t unseen = 0;
    out[at].for_each([&](std::size_t, std::int32_t code) { unseen += code < 0; });
    if (unseen > 0) refuse(feature, *columns[at]);
  });
  return out;
}

std::vector<double> look_up(const data::RowCodes& codes, const std::vector<double>& by_bin, double unseen,
                            const RunContext& context) {
  const Table table = shifted(by_bin, unseen);
  std::vector<double> out(codes.size());
  for_rows(static_cast<std::int64_t>(codes.size()), context, [&](std::int64_t begin, int count) {
    double* to = out.data() + begin;
    for_cells(codes, begin, count, [&](int i, std::size_t cell) { to[i] = table[cell]; });
  });
  return out;
}

std::vector<std::vector<double>> woe_probabilities(const WoeEncoder& encoder, const std::vector<data::RowCodes>& codes,
                                                   const RunContext& context) {
  const auto rows = static_cast<std::int64_t>(codes[0].size());
  const ClassScores scores = class_scores(encoder);
  std::vector<std::vector<double>> out(scores.classes, std::vector<double>(codes[0].size()));
  std::vector<std::vector<Table>> tables;  // by score, feature
  for (std::size_t s = 0; s < scores.by_bin.size(); ++s) {
    tables.emplace_back();
    for (const auto& by_bin : scores.by_bin[s]) tables.back().push_back(shifted(by_bin, 0.0));
  }
  for_rows(rows, context, [&](std::int64_t begin, int count) {
    std::vector<std::vector<double>> sums(tables.size(), std::vector<double>(static_cast<std::size_t>(count)));
    for (std::size_t s = 0; s < tables.size(); ++s) {
      double* sum = sums[s].data();
      std::fill(sum, sum + count, scores.prior[s]);
      for (std::size_t f = 0; f < codes.size(); ++f) {
        const Table& table = tables[s][f];
        for_cells(codes[f], begin, count, [&](int i, std::size_t cell) { sum[i] += table[cell]; });
      }
    }
    scores.to_probabilities(sums, count, begin, out);
  });
  return out;
}

ProbabilityLimits woe_limits(const WoeEncoder& encoder, const std::vector<data::RowCodes>& codes, std::size_t c,
                             double alpha, bool pairwise, const RunContext& context) {
  ProbabilityLimits out;
  std::vector<std::vector<double>> all = woe_probabilities(encoder, codes, context);
  out.probability = std::move(all[c]);
  out.lower.assign(out.probability.size(), 0.0);
  out.upper = out.lower;
  const double z = math::normal_quantile(1.0 - alpha / 2.0);
  const RowOdds odds(encoder, c, pairwise);
  for_rows(static_cast<std::int64_t>(out.probability.size()), context, [&](std::int64_t begin, int count) {
    std::vector<std::vector<std::int32_t>> cells(codes.size(),
                                                 std::vector<std::int32_t>(static_cast<std::size_t>(count)));
    for (std::size_t f = 0; f < codes.size(); ++f) codes[f].read(begin, count, cells[f].data());
    std::vector<std::int32_t> row(codes.size());
    for (int i = 0; i < count; ++i) {
      for (std::size_t f = 0; f < codes.size(); ++f) row[f] = cells[f][static_cast<std::size_t>(i)];
      const auto at = static_cast<std::size_t>(begin + i);
      const RowOdds::Odds one = odds.of(row);
      const double half = z * std::sqrt(std::max(0.0, one.variance)), p = out.probability[at];
      out.lower[at] = std::min(p, math::logistic(one.value - half));
      out.upper[at] = std::max(p, math::logistic(one.value + half));
    }
  });
  return out;
}

std::vector<double> log_odds_errors(const WoeEncoder& encoder, const std::vector<data::RowCodes>& codes, std::size_t c,
                                    bool pairwise) {
  const RowOdds odds(encoder, c, pairwise);
  std::vector<double> out(codes[0].size());
  std::vector<std::int32_t> row(codes.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t f = 0; f < codes.size(); ++f) row[f] = codes[f][i];
    out[i] = std::sqrt(std::max(0.0, odds.of(row).variance));
  }
  return out;
}

}  // namespace deciban::encoding
