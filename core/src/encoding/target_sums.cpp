#include "target_sums.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "deciban/base/error.hpp"
#include "deciban/base/large_pages.hpp"
#include "deciban/base/text.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::encoding {
namespace {

// Squares about the first observation of the cell: no division per row, and no cancellation of a far mean.
LevelMoments moments_about(double rows, double weight, double sum, double anchor, double square) {
  if (!(weight > 0.0)) return {};
  const double shifted = sum - anchor * weight;
  return {rows, weight, sum, std::max(0.0, square - shifted * (shifted / weight))};
}

struct PlainCell {
  double rows = 0.0, sum = 0.0, anchor = 0.0, square = 0.0;

  void add(const TargetValues& values, std::size_t row) {
    const double value = values.y()[row];
    if (rows == 0.0) anchor = value;
    const double distance = value - anchor;
    rows += 1.0;
    sum += value;
    square += distance * distance;
  }
  LevelMoments moments() const { return moments_about(rows, rows, sum, anchor, square); }
};

struct WeightedCell {
  double rows = 0.0, weight = 0.0, sum = 0.0, anchor = 0.0, square = 0.0;

  void add(const TargetValues& values, std::size_t row) {
    const double numerator = values.numerator(row), denominator = values.denominator(row);
    if (!(denominator > 0.0)) return;
    if (rows == 0.0) anchor = numerator / denominator;
    const double distance = numerator - anchor * denominator;
    rows += 1.0;
    weight += denominator;
    sum += numerator;
    square += distance * (distance / denominator);
  }
  LevelMoments moments() const { return moments_about(rows, weight, sum, anchor, square); }
};

Error bad_rows(const char* code, const char* name, const char* what, std::int64_t count, double value,
               const char* hint) {
  return Error(ErrorKind::data, code,
               std::string("`") + name + "` is " + what + " in " + format_count(count) +
                   (count == 1 ? " row" : " rows") + " (such as " + format_g(value, 6) + ").",
               hint, Document::object({{"column", name}, {"count", count}, {"value", value}}));
}

// Counts the rows that `wrong` says and raises an error with the first of their values.
template <class Wrong>
void refuse(const data::Numbers& values, const char* code, const char* name, const char* what, const char* hint,
            Wrong&& wrong) {
  std::int64_t count = 0;
  double first = 0.0;
  for (const double value : values)
    if (wrong(value) && count++ == 0) first = value;
  if (count > 0) throw bad_rows(code, name, what, count, first, hint);
}

void check_length(const data::Numbers& values, const char* name, std::int64_t n) {
  const auto length = static_cast<std::int64_t>(values.size());
  if (values.empty() || length == n) return;
  throw Error(ErrorKind::input, "data.length_mismatch",
              std::string("`") + name + "` has " + format_count(length) + " values for " + format_count(n) + " rows.",
              "Give one value per row.", Document::object({{"column", name}, {"length", length}, {"rows", n}}));
}

bool infinite(double x) { return x - x != 0.0; }

bool is_count(double y) {
  constexpr double kWhole = 0x1p52;  // doubles from here on are whole
  return y >= 0.0 && (y >= kWhole || y == static_cast<double>(static_cast<std::int64_t>(y)));
}

// What a pass over the target finds: most often nothing to complain about.
struct TargetFacts {
  bool finite = true, unit = true, counts = true, constant = true;
};

TargetFacts facts_of(const data::Numbers& y, const RunContext& context) {
  const auto rows = static_cast<std::int64_t>(y.size());
  std::vector<TargetFacts> blocks(static_cast<std::size_t>(parallel::block_count(rows)));
  const double first = y[0];
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    TargetFacts facts;
    for (auto row = static_cast<std::size_t>(range.begin); row < static_cast<std::size_t>(range.end); ++row) {
      const double value = y[row];
      facts.finite &= value - value == 0.0;
      facts.unit &= value >= 0.0 && value <= 1.0;
      facts.counts &= is_count(value);
      facts.constant &= value == first;
    }
    blocks[static_cast<std::size_t>(block)] = facts;
  });
  TargetFacts all;
  for (const TargetFacts& facts : blocks) {
    all.finite &= facts.finite;
    all.unit &= facts.unit;
    all.counts &= facts.counts;
    all.constant &= facts.constant;
  }
  return all;
}

void check_target(const TargetOptions& options, const TargetRows& rows, const TargetFacts& facts) {
  if (!facts.finite) {
    refuse(rows.y, "encoder.target_missing", "y", "missing", "Leave these rows out.", [](double y) { return y != y; });
    refuse(rows.y, "encoder.target_not_finite", "y", "infinite", "Correct these rows.", infinite);
  }
  if (options.statistic == TargetStatistic::log_odds && !facts.unit)
    refuse(rows.y, "encoder.target_range", "y", "outside [0, 1]", "Log odds take a target of 0 and 1.",
           [](double y) { return y < 0.0 || y > 1.0; });
  if (options.prior_weight == PriorWeight::automatic_ml && !facts.counts)
    refuse(rows.y, "encoder.counts", "y", "not a count", "prior_weight = \"auto_ml\" is for counts; use \"auto\".",
           [](double y) { return !is_count(y); });
  refuse(rows.weights, "encoder.weights", "weights", "negative, missing or infinite", "Correct these rows.",
         [](double w) { return !(w >= 0.0) || infinite(w); });
  refuse(rows.exposure, "encoder.exposure", "exposure", "not a positive number",
         "Leave rows without exposure out, or correct them.", [](double e) { return !(e > 0.0) || infinite(e); });
}

}  // namespace

TargetValues::TargetValues(const TargetOptions& options, const TargetRows& rows, std::int64_t n,
                           const RunContext& context)
    : y_(rows.y), exposure_(rows.exposure) {
  if (n == 0) throw Error(ErrorKind::data, "data.empty", "The data have no rows.", "An encoder learns from rows.");
  if (rows.y.empty())
    throw Error(ErrorKind::input, "data.length_mismatch", "`y` has no values.", "Give one value per row.");
  check_length(rows.y, "y", n);
  check_length(rows.weights, "weights", n);
  check_length(rows.exposure, "exposure", n);
  const TargetFacts facts = facts_of(rows.y, context);
  check_target(options, rows, facts);
  are_counts_ = facts.counts;
  constant_ = facts.constant;
  if (rows.weights.empty() && rows.exposure.empty()) return;
  denominator_.assign(static_cast<std::size_t>(n), 1.0);
  if (!rows.weights.empty()) numerator_ = y_.to_vector();
  for (std::size_t i = 0; i < denominator_.size(); ++i) {
    if (!rows.exposure.empty()) denominator_[i] = rows.exposure[i];
    if (rows.weights.empty()) continue;
    denominator_[i] *= rows.weights[i];
    numerator_[i] *= rows.weights[i];
  }
  const bool any = std::any_of(denominator_.begin(), denominator_.end(), [](double weight) { return weight > 0.0; });
  if (!any)
    throw Error(ErrorKind::data, "encoder.no_weight", "No row has a positive weight: all are zero.",
                "Check `weights`.");
  if (options.statistic == TargetStatistic::quantile) make_whole_weights();
}

void TargetValues::make_whole_weights() {
  const double largest = *std::max_element(denominator_.begin(), denominator_.end());
  whole_weights_.reserve(denominator_.size());
  for (const double weight : denominator_) {
    const auto whole = static_cast<std::int64_t>(std::nearbyint(weight / largest * 0x1p30));
    whole_weights_.push_back(weight > 0.0 ? std::max<std::int64_t>(1, whole) : 0);
  }
}

bool TargetValues::others_are_counts(const TargetFolds& folds, std::int64_t fold) const {
  if (are_counts_) return true;
  for (std::size_t row = 0; row < y_.size(); ++row) {
    const bool used = folds.ordered ? folds.of_row[row] < fold : folds.of_row[row] != fold;
    if (used && !is_count(y_[row])) return false;
  }
  return true;
}

namespace {

// Parts of the rows that are worked on alone: as many as rows and cells call for, whatever the threads.
std::int64_t parts_of(std::int64_t rows, std::int64_t n_cells) {
  constexpr std::int64_t kRowsPerCell = 8, kMostParts = 8;
  return std::max<std::int64_t>(1, std::min(kMostParts, rows / (kRowsPerCell * std::max<std::int64_t>(n_cells, 1024))));
}

template <class Cell>
std::vector<LevelMoments> sum_cells(const std::vector<std::int32_t>& codes, std::int64_t n_cells,
                                    const TargetFolds& folds, const TargetValues& values, const RunContext& context) {
  const std::int64_t rows = values.rows();
  const std::int64_t parts = parts_of(rows, n_cells);
  std::vector<std::vector<Cell>> sums(static_cast<std::size_t>(parts));
  const auto n_folds = static_cast<std::size_t>(folds.count);
  parallel::for_each(context, parts, [&](std::int64_t part) {
    auto& cells = sums[static_cast<std::size_t>(part)];
    cells.resize(static_cast<std::size_t>(n_cells));
    const auto begin = static_cast<std::size_t>(part * rows / parts);
    const auto end = static_cast<std::size_t>((part + 1) * rows / parts);
    for (std::size_t row = begin; row < end; ++row) {
      if (codes[row] < 0) continue;
      const std::size_t fold = n_folds == 1 ? 0 : static_cast<std::size_t>(folds.of_row[row]);
      cells[static_cast<std::size_t>(codes[row]) * n_folds + fold].add(values, row);
    }
  });
  std::vector<LevelMoments> moments(static_cast<std::size_t>(n_cells));
  parallel::for_each(context, parallel::block_count(n_cells), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(n_cells, block);
    for (auto c = static_cast<std::size_t>(range.begin); c < static_cast<std::size_t>(range.end); ++c) {
      moments[c] = sums[0][c].moments();
      for (std::size_t part = 1; part < sums.size(); ++part) moments[c].merge(sums[part][c].moments());
    }
  });
  return moments;
}

}  // namespace

std::vector<LevelMoments> cell_moments(const std::vector<std::int32_t>& codes, std::int32_t n_levels,
                                       const TargetFolds& folds, const TargetValues& values,
                                       const RunContext& context) {
  const std::int64_t n_cells = static_cast<std::int64_t>(n_levels) * folds.count;
  return values.plain() ? sum_cells<PlainCell>(codes, n_cells, folds, values, context)
                        : sum_cells<WeightedCell>(codes, n_cells, folds, values, context);
}

std::vector<std::vector<LevelMoments>> moments_of_others(const std::vector<LevelMoments>& cells, std::int32_t n_levels,
                                                         const TargetFolds& folds, const RunContext& context) {
  const auto n_folds = static_cast<std::size_t>(folds.count), size = static_cast<std::size_t>(n_levels);
  std::vector<double> means(cells.size(), 0.0);
  parallel::for_each(context, parallel::block_count(static_cast<std::int64_t>(cells.size())), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(static_cast<std::int64_t>(cells.size()), block);
    for (auto c = static_cast<std::size_t>(range.begin); c < static_cast<std::size_t>(range.end); ++c)
      if (cells[c].weight > 0.0) means[c] = cells[c].mean();
  });
  std::vector<std::vector<LevelMoments>> out(n_folds);
  parallel::for_each(context, folds.count, [&](std::int64_t f) {
    const auto own = static_cast<std::size_t>(f);
    const std::size_t end = folds.ordered ? own : n_folds;
    std::vector<LevelMoments>& moments = out[own];
    moments.resize(size);
    for (std::size_t level = 0; level < size; ++level) {
      const std::size_t first = level * n_folds;
      LevelMoments& sums = moments[level];
      for (std::size_t fold = 0; fold < end; ++fold) {
        if (fold == own) continue;
        sums.rows += cells[first + fold].rows;
        sums.weight += cells[first + fold].weight;
        sums.sum += cells[first + fold].sum;
      }
      if (!(sums.weight > 0.0)) continue;
      const double mean = sums.mean();
      for (std::size_t fold = 0; fold < end; ++fold) {
        if (fold == own) continue;
        const double distance = means[first + fold] - mean;
        sums.square += cells[first + fold].square + cells[first + fold].weight * distance * distance;
      }
    }
  });
  return out;
}

std::vector<LevelMoments> moments_of_all(const std::vector<LevelMoments>& cells, std::int32_t n_levels, int n_folds,
                                         const RunContext& context) {
  constexpr std::int64_t kLevels = 2048;  // that are worth a thread
  std::vector<LevelMoments> moments(static_cast<std::size_t>(n_levels));
  parallel::for_each(context, (n_levels + kLevels - 1) / kLevels, [&](std::int64_t part) {
    const auto end = static_cast<std::size_t>(std::min<std::int64_t>(n_levels, (part + 1) * kLevels));
    for (auto level = static_cast<std::size_t>(part * kLevels); level < end; ++level)
      for (int fold = 0; fold < n_folds; ++fold)
        moments[level].merge(cells[level * static_cast<std::size_t>(n_folds) + static_cast<std::size_t>(fold)]);
  });
  return moments;
}

RowsByLevel rows_by_level(const std::vector<std::int32_t>& codes, std::int32_t n_levels, const RunContext& context) {
  const auto rows = static_cast<std::int64_t>(codes.size());
  const auto size = static_cast<std::size_t>(n_levels);
  // parts of the rows are counted and then placed on their own, side by side within a level
  const std::int64_t parts = parts_of(rows, n_levels);
  std::vector<std::vector<std::int64_t>> next(static_cast<std::size_t>(parts));
  const auto for_part = [&](std::int64_t part, auto&& body) {
    const auto begin = static_cast<std::size_t>(part * rows / parts);
    const auto end = static_cast<std::size_t>((part + 1) * rows / parts);
    for (std::size_t row = begin; row < end; ++row)
      if (codes[row] >= 0) body(row, next[static_cast<std::size_t>(part)][static_cast<std::size_t>(codes[row])]);
  };
  parallel::for_each(context, parts, [&](std::int64_t part) {
    next[static_cast<std::size_t>(part)].assign(size, 0);
    for_part(part, [](std::size_t, std::int64_t& count) { ++count; });
  });
  RowsByLevel out;
  out.start.assign(size + 1, 0);
  std::int64_t at = 0;
  for (std::size_t l = 0; l < size; ++l) {
    out.start[l] = at;
    for (auto& counts : next) {
      const std::int64_t count = counts[l];
      counts[l] = at;
      at += count;
    }
  }
  out.start[size] = at;
  out.rows = row_vector<std::int32_t>(static_cast<std::size_t>(at));
  parallel::for_each(context, parts, [&](std::int64_t part) {
    for_part(part, [&](std::size_t row, std::int64_t& place) {
      out.rows[static_cast<std::size_t>(place++)] = static_cast<std::int32_t>(row);
    });
  });
  return out;
}

}  // namespace deciban::encoding
