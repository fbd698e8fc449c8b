#include "target_training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/large_pages.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/resampling/shuffle.hpp"
#include "running_quantile.hpp"

namespace deciban::encoding {
namespace {

constexpr std::uint64_t kOrders = math::purpose("target.ordered");

// The statistics of every depth for each fold: what the rows of that fold may know.
using FoldStatistics = std::vector<std::vector<LevelStatistics>>;  // [fold][depth]

FoldStatistics learn_folds(const TargetOptions& options, const TermRows& term, const TargetFolds& folds,
                           const std::vector<std::vector<LevelMoments>>& cells, const TargetValues& values,
                           const RunContext& context) {
  const std::size_t n_depths = term.depths.size();
  std::vector<std::vector<std::vector<LevelMoments>>> others;
  std::vector<RowsByLevel> by_level(n_depths);
  for (std::size_t d = 0; d < n_depths; ++d) {
    others.push_back(moments_of_others(cells[d], term.depths[d].coder.size(), folds, context));
    if (options.statistic == TargetStatistic::quantile)
      by_level[d] = rows_by_level(term.depths[d].codes, term.depths[d].coder.size(), context);
  }
  FoldStatistics statistics(static_cast<std::size_t>(folds.count));
  parallel::for_each(context, folds.count, [&](std::int64_t f) {
    const auto fold = static_cast<std::size_t>(f);
    std::vector<char> use;
    if (options.statistic == TargetStatistic::quantile)
      for (const std::int32_t of_row : folds.of_row) use.push_back(folds.ordered ? of_row < f : of_row != f);
    auto& depths = statistics[fold];
    depths.reserve(n_depths);
    for (std::size_t d = 0; d < n_depths; ++d) {
      std::vector<double> quantiles;
      if (!use.empty()) quantiles = level_quantiles(options.quantile, by_level[d], values, use);
      depths.push_back(learn_levels(options, others[d][fold], values.others_are_counts(folds, f), term.depths[d],
                                    d ? &depths[d - 1] : nullptr, quantiles));
    }
  });
  return statistics;
}

std::size_t fold_of(const TargetFolds& folds, std::size_t row) {
  return folds.count == 1 ? 0 : static_cast<std::size_t>(folds.of_row[row]);
}

// A row without a level at the last depth: the value of the last depth where it has one.
double value_above(const TermRows& term, const std::vector<LevelStatistics>& depths, std::size_t row) {
  for (std::size_t d = term.depths.size(); d-- > 0;) {
    const std::int32_t code = term.depths[d].codes[row];
    if (code >= 0) return depths[d].value[static_cast<std::size_t>(code)];
  }
  return depths[0].fit.collective;
}

// Prior and prior weight of the rows of one level and one fold.
struct FoldPrior {
  FoldPrior(double prior, double weight) : alone(shrink(0.0, 0.0, prior, weight)) {
    const bool pooled = weight == std::numeric_limits<double>::infinity();
    own = pooled ? 0.0 : 1.0;
    constant = pooled ? prior : weight * prior;
    more = pooled ? 1.0 : weight;
  }
  /// shrink() without its branches.
  double value(double sum, double total) const {
    return total > 0.0 ? (own * sum + constant) / (own * total + more) : alone;
  }
  double alone, own, constant, more;
};

// The rows of one level while their values are found.
struct LevelWork {
  std::vector<double> numerator, denominator, value;
  std::vector<double> observation;         // statistic quantile
  std::vector<std::int64_t> whole_weight;  // the same; empty: all 1
  std::vector<std::int32_t> fold, order;
  std::vector<FoldPrior> priors;

  double square_of(std::size_t i) const {
    const double weight = whole_weight.empty() ? 1.0 : static_cast<double>(whole_weight[i]);
    return weight * weight;
  }
  const FoldPrior& prior_of(std::size_t i) const { return priors[static_cast<std::size_t>(fold[i])]; }
};

// What ordered and loo do with the rows of a level.
class LevelSums {
 public:
  LevelSums(const TargetOptions& options, std::uint64_t term_number, const math::BlockFunctions& functions,
            LevelWork& work)
      : options_(options), term_number_(term_number), functions_(functions), work_(work) {}

  void encode(std::int32_t level) {
    const bool quantile = options_.statistic == TargetStatistic::quantile;
    if (options_.scheme == TargetScheme::ordered)
      quantile ? ordered_quantile(level) : ordered(level);
    else
      quantile ? leave_one_out_quantile() : leave_one_out();
  }

 private:
  // Mean over random orders of the running estimate before the row (Prokhorenkova et al. 2018, CatBoost, eq. 5).
  void ordered(std::int32_t level) {
    const double* numerator = work_.numerator.data();
    const double* denominator = work_.denominator.data();
    const std::int32_t* fold = work_.fold.data();
    double* value = work_.value.data();
    for (int p = 0; p < options_.n_permutations; ++p) {
      double sum = 0.0, weight = 0.0;
      visit_order(level, p, [&](std::int32_t i) {
        value[i] += work_.priors[static_cast<std::size_t>(fold[i])].value(sum, weight);
        sum += numerator[i];
        weight += denominator[i];
      });
    }
    for (double& mean : work_.value) mean /= options_.n_permutations;
  }

  // Rows before and rows after: never the whole less the row.
  void leave_one_out() {
    const std::size_t size = work_.numerator.size();
    before_.resize(size);
    double sum = 0.0, weight = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      before_[i] = {sum, weight};
      sum += work_.numerator[i];
      weight += work_.denominator[i];
    }
    sum = weight = 0.0;
    for (std::size_t i = size; i-- > 0;) {
      work_.value[i] = work_.prior_of(i).value(before_[i].first + sum, before_[i].second + weight);
      sum += work_.numerator[i];
      weight += work_.denominator[i];
    }
  }

  void leave_one_out_quantile() {
    const std::size_t size = work_.observation.size();
    before_.resize(size);
    double squares = 0.0, weight = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      before_[i] = {squares, weight};
      squares += work_.square_of(i);
      weight += work_.denominator[i];
    }
    RunningQuantile quantile(work_.observation, work_.whole_weight);
    quantile.add_all();
    squares = weight = 0.0;
    for (std::size_t i = size; i-- > 0;) {
      quantile.remove(i);
      work_.value[i] = shrunk(quantile, i, before_[i].first + squares, before_[i].second + weight);
      quantile.add(i);
      squares += work_.square_of(i);
      weight += work_.denominator[i];
    }
  }

  void ordered_quantile(std::int32_t level) {
    RunningQuantile quantile(work_.observation, work_.whole_weight);
    for (int p = 0; p < options_.n_permutations; ++p) {
      double squares = 0.0, weight = 0.0;
      visit_order(level, p, [&](std::int32_t at) {
        const auto i = static_cast<std::size_t>(at);
        work_.value[i] += shrunk(quantile, i, squares, weight);
        quantile.add(i);
        squares += work_.square_of(i);
        weight += work_.denominator[i];
      });
      for (std::size_t i = 0; i < work_.order.size(); ++i) quantile.remove(i);
    }
    for (double& value : work_.value) value /= options_.n_permutations;
  }

  double shrunk(const RunningQuantile& quantile, std::size_t i, double squares, double weight) const {
    const double own = weight > 0.0 ? weight * quantile.value(options_.quantile, squares) : 0.0;
    return work_.prior_of(i).value(own, weight);
  }

  template <class Visit>
  void visit_order(std::int32_t level, int permutation, Visit&& visit) {
    work_.order.resize(work_.value.size());
    std::iota(work_.order.begin(), work_.order.end(), 0);
    const std::uint64_t index =
        ((static_cast<std::uint64_t>(permutation) << 20 | term_number_) << 32) | static_cast<std::uint32_t>(level);
    resampling::visit_shuffled(math::Stream(options_.seed, kOrders, index), functions_, work_.order.data(),
                               static_cast<std::uint32_t>(work_.order.size()), visit);
  }

  const TargetOptions& options_;
  std::uint64_t term_number_;
  const math::BlockFunctions& functions_;
  LevelWork& work_;
  std::vector<std::pair<double, double>> before_;  // sum and weight of earlier rows
};

void gather_observations(const TargetValues& values, const std::int32_t* rows, LevelWork& work) {
  const std::size_t size = work.value.size();
  work.observation.resize(size);
  work.whole_weight.resize(values.whole_weights().empty() ? 0 : size);
  for (std::size_t i = 0; i < size; ++i) {
    const auto row = static_cast<std::size_t>(rows[i]);
    work.observation[i] = values.observation(row);
    if (!work.whole_weight.empty()) work.whole_weight[i] = values.whole_weights()[row];
  }
}

// Levels with about kReduceRows rows together.
std::vector<std::int32_t> level_ranges(const RowsByLevel& by_level) {
  std::vector<std::int32_t> begins{0};
  const auto n_levels = static_cast<std::int32_t>(by_level.start.size()) - 1;
  for (std::int32_t level = 0; level < n_levels; ++level)
    if (by_level.start[static_cast<std::size_t>(level) + 1] - by_level.start[static_cast<std::size_t>(begins.back())] >=
        parallel::kReduceRows)
      begins.push_back(level + 1);
  if (begins.back() != n_levels) begins.push_back(n_levels);
  return begins;
}

void encode_by_level(const TargetOptions& options, const TermRows& term, const TargetFolds& folds,
                     const FoldStatistics& statistics, const TargetValues& values, std::uint64_t term_number,
                     double* out, const RunContext& context) {
  const DepthRows& last = term.depths.back();
  const std::size_t depth = term.depths.size() - 1;
  const RowsByLevel by_level = rows_by_level(last.codes, last.coder.size(), context);
  const math::BlockFunctions& functions = math::block_functions();
  const std::vector<std::int32_t> ranges = level_ranges(by_level);
  parallel::for_each(context, static_cast<std::int64_t>(ranges.size()) - 1, [&](std::int64_t r) {
    LevelWork work;
    LevelSums sums(options, term_number, functions, work);
    for (std::int32_t level = ranges[static_cast<std::size_t>(r)]; level < ranges[static_cast<std::size_t>(r) + 1];
         ++level) {
      const auto l = static_cast<std::size_t>(level);
      const std::int32_t* rows = by_level.rows.data() + by_level.start[l];
      const auto size = static_cast<std::size_t>(by_level.start[l + 1] - by_level.start[l]);
      work.numerator.resize(size);
      work.denominator.resize(size);
      work.fold.resize(size);
      work.value.assign(size, 0.0);
      work.priors.clear();
      for (const auto& fold : statistics) work.priors.emplace_back(fold[depth].prior_of(l), fold[depth].weight_of(l));
      double total = 0.0;
      for (std::size_t i = 0; i < size; ++i) {
        const auto row = static_cast<std::size_t>(rows[i]);
        work.fold[i] = folds.of_row[row];
        work.numerator[i] = values.numerator(row);
        work.denominator[i] = values.denominator(row);
        total += work.denominator[i];
      }
      if (options.statistic == TargetStatistic::quantile) gather_observations(values, rows, work);
      sums.encode(level);
      for (std::size_t i = 0; i < size; ++i) out[rows[i]] = on_scale(options.statistic, work.value[i], total);
    }
  });
}

void encode_by_fold(const TargetOptions& options, const TermRows& term, const TargetFolds& folds,
                    const FoldStatistics& statistics, const std::vector<LevelMoments>& cells, double* out,
                    const RunContext& context) {
  const DepthRows& last = term.depths.back();
  const auto rows = static_cast<std::int64_t>(last.codes.size());
  const std::size_t depth = term.depths.size() - 1, n_folds = statistics.size();
  std::vector<std::vector<double>> table(n_folds);
  parallel::for_each(context, static_cast<std::int64_t>(n_folds), [&](std::int64_t f) {
    auto& column = table[static_cast<std::size_t>(f)];
    column = statistics[static_cast<std::size_t>(f)][depth].value;
    if (options.statistic != TargetStatistic::log_odds) return;
    for (std::size_t l = 0; l < column.size(); ++l) {
      double weight = 0.0;
      for (std::size_t g = 0; g < n_folds; ++g) weight += cells[l * n_folds + g].weight;
      column[l] = on_scale(options.statistic, column[l], weight);
    }
  });
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (std::int64_t at = range.begin; at < range.end; ++at) {
      const auto row = static_cast<std::size_t>(at);
      if (last.codes[row] >= 0) out[row] = table[fold_of(folds, row)][static_cast<std::size_t>(last.codes[row])];
    }
  });
}

// The first period has no rows before it: its rows get the mean (quantile) of the period's other hash folds.
void encode_first_period(const TargetOptions& options, const TargetFolds& folds, const TargetValues& values,
                         double* out, const RunContext& context) {
  const std::int64_t n = values.rows();
  std::vector<std::int32_t> hash = row_vector<std::int32_t>(static_cast<std::size_t>(n));
  const int n_hash = std::max(2, options.n_folds);
  resampling::random_folds(n, n_hash, options.seed, 0, hash.data(), context);
  std::vector<double> prior;
  for (std::int32_t own = 0; own < n_hash; ++own) {
    double sum = 0.0, weight = 0.0;
    std::vector<double> others;
    std::vector<std::int64_t> weights;
    for (std::size_t row = 0; row < hash.size(); ++row) {
      if (folds.of_row[row] != 0 || hash[row] == own) continue;
      sum += values.numerator(row);
      weight += values.denominator(row);
      if (options.statistic != TargetStatistic::quantile) continue;
      others.push_back(values.observation(row));
      if (!values.whole_weights().empty()) weights.push_back(values.whole_weights()[row]);
    }
    RunningQuantile quantile(others, weights);
    quantile.add_all();
    prior.push_back(options.statistic == TargetStatistic::quantile
                        ? quantile.value(options.quantile, sum_of_squares(weights, others.size()))
                        : on_scale(options.statistic, sum / weight, weight));
  }
  for (std::size_t row = 0; row < hash.size(); ++row)
    if (folds.of_row[row] == 0) out[row] = prior[static_cast<std::size_t>(hash[row])];
}

}  // namespace

TargetFolds training_folds(const TargetOptions& options, std::vector<std::int32_t> given, std::int64_t n,
                           const RunContext& context) {
  TargetFolds folds;
  if (options.scheme == TargetScheme::full) return folds;
  folds.count = options.n_folds;
  folds.of_row = std::move(given);
  if (!folds.of_row.empty()) {
    if (static_cast<std::int64_t>(folds.of_row.size()) != n)
      throw Error(ErrorKind::input, "data.length_mismatch",
                  "`folds` has " + format_count(static_cast<std::int64_t>(folds.of_row.size())) + " values for " +
                      format_count(n) + " rows.",
                  "Give one fold per row.", Document::object({{"column", "folds"}, {"rows", n}}));
    folds.ordered = options.scheme == TargetScheme::time;
    if (folds.ordered)
      for (auto& fold : folds.of_row) ++fold;  // the first period is period 0
    for (const std::int32_t fold : folds.of_row) {
      if (fold < 0)
        throw Error(ErrorKind::input, "encoder.folds", "Some rows have no fold.",
                    "Folds in which rows are never tested are for scheme \"time\".");
      folds.count = std::max(folds.count, fold + 1);
    }
    return folds;
  }
  folds.of_row = row_vector<std::int32_t>(static_cast<std::size_t>(n));
  resampling::random_folds(n, folds.count, options.seed, 0, folds.of_row.data(), context);
  return folds;
}

void encode_training_rows(const TargetOptions& options, const TermRows& term, const TargetFolds& folds,
                          const std::vector<std::vector<LevelMoments>>& cells, const TargetValues& values,
                          std::uint64_t term_number, double* out, const RunContext& context) {
  FoldStatistics statistics;
  if (options.scheme == TargetScheme::full) {  // one fold, and all of it
    statistics.resize(1);
    for (std::size_t d = 0; d < term.depths.size(); ++d) {
      std::vector<double> quantiles;
      if (options.statistic == TargetStatistic::quantile)
        quantiles = level_quantiles(
            options.quantile, rows_by_level(term.depths[d].codes, term.depths[d].coder.size(), context), values, {});
      statistics[0].push_back(learn_levels(options, cells[d], values.are_counts(), term.depths[d],
                                           d ? &statistics[0][d - 1] : nullptr, quantiles));
    }
  } else {
    statistics = learn_folds(options, term, folds, cells, values, context);
  }
  if (options.scheme == TargetScheme::ordered || options.scheme == TargetScheme::loo)
    encode_by_level(options, term, folds, statistics, values, term_number, out, context);
  else
    encode_by_fold(options, term, folds, statistics, cells.back(), out, context);
  const auto& codes = term.depths.back().codes;
  if (folds.ordered) encode_first_period(options, folds, values, out, context);
  const auto rows = static_cast<std::int64_t>(codes.size());
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (auto row = static_cast<std::size_t>(range.begin); row < static_cast<std::size_t>(range.end); ++row) {
      if (codes[row] >= 0) continue;
      const bool nothing = codes[row] == kMissingValue && options.missing == MissingLevel::missing;
      if (nothing)
        out[row] = std::nan("");
      else if (!folds.ordered || folds.of_row[row] > 0)
        out[row] = on_scale(options.statistic, value_above(term, statistics[fold_of(folds, row)], row), 0.0);
    }
  });
}

}  // namespace deciban::encoding
