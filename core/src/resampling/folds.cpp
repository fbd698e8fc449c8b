#include "deciban/resampling/folds.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "deciban/base/text.hpp"
#include "deciban/data/codes.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/math/rng.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "deciban/resampling/shuffle.hpp"

namespace deciban::resampling {
namespace {

// Folds are dealt out in random order within runs of so many rows.
constexpr std::int64_t kRun = 1024;
constexpr int kMostFolds = 32767;
constexpr std::uint64_t kRuns = math::purpose("folds"), kStrata = math::purpose("folds.strata"),
                        kGroups = math::purpose("folds.groups");

constexpr std::array<const char*, 4> kSchemes = {"kfold", "stratified", "group", "time"};

const char* by_name(FoldScheme scheme) {
  return scheme == FoldScheme::stratified ? "strata" : scheme == FoldScheme::group ? "groups" : "time";
}

Error bad(const char* code, const std::string& message, const std::string& hint, Document context) {
  return Error(ErrorKind::input, code, message, hint, std::move(context));
}

// Folds of `count` rows in a run; `dealt` rows have theirs already, so that sizes stay equal over all runs.
void deal(std::int64_t dealt, int n_folds, const math::Stream& stream, const math::BlockFunctions& functions,
          std::int32_t* out, std::int64_t count) {
  auto next = static_cast<std::int32_t>(dealt % n_folds);
  for (std::int64_t i = 0; i < count; ++i) {
    out[i] = next;
    if (++next == n_folds) next = 0;
  }
  shuffle(stream, functions, out, static_cast<std::uint32_t>(count));
}

std::uint64_t index_of(int repeat, std::uint64_t run) { return (static_cast<std::uint64_t>(repeat) << 40) | run; }

// Ascending codes of strata, groups or times and how many there are.
std::vector<std::int32_t> codes_of(const FoldRequest& request, std::int32_t& count) {
  const char* name = by_name(request.scheme);
  if (!request.by)
    throw bad("folds.by_missing",
              std::string("Scheme \"") + fold_scheme_name(request.scheme) + "\" needs `" + name + "`.",
              std::string("Give one value per row as `") + name + "`.", Document::object({{"argument", name}}));
  const data::Column& column = *request.by;
  if (column.length() != request.rows)
    throw bad("data.length_mismatch",
              std::string("`") + name + "` has " + format_count(column.length()) + " values for " +
                  format_count(request.rows) + " rows.",
              "Give one value per row.",
              Document::object({{"column", name}, {"length", column.length()}, {"rows", request.rows}}));
  data::RowCodes codes;
  if (column.is_categorical()) {
    data::CodedColumn coded = data::encode_levels(column);
    count = static_cast<std::int32_t>(coded.levels.size());
    codes = std::move(coded.codes);
  } else {
    data::CodedNumbers coded;
    data::code_numbers(column, std::numeric_limits<std::int32_t>::max(), coded);
    count = static_cast<std::int32_t>(coded.values.size());
    codes = std::move(coded.codes);
  }
  std::vector<std::int32_t> out = codes.to_vector();
  const auto missing = static_cast<std::int64_t>(std::count_if(out.begin(), out.end(), [](auto c) { return c < 0; }));
  if (missing > 0)
    throw Error(
        ErrorKind::data, "folds.missing",
        std::string("`") + name + "` is missing in " + format_count(missing) + (missing == 1 ? " row." : " rows."),
        "Give every row a value.", Document::object({{"column", name}, {"count", missing}}));
  return out;
}

std::vector<std::int64_t> counts_of(const std::vector<std::int32_t>& codes, std::int32_t count) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(count), 0);
  for (const std::int32_t code : codes) ++counts[static_cast<std::size_t>(code)];
  return counts;
}

// Rows in order of their codes, and of row numbers within a code.
std::vector<std::int64_t> rows_by_code(const std::vector<std::int32_t>& codes,
                                       const std::vector<std::int64_t>& counts) {
  std::vector<std::int64_t> next(counts.size(), 0), rows(codes.size());
  std::partial_sum(counts.begin(), counts.end() - 1, next.begin() + 1);
  for (std::size_t row = 0; row < codes.size(); ++row)
    rows[static_cast<std::size_t>(next[static_cast<std::size_t>(codes[row])]++)] = static_cast<std::int64_t>(row);
  return rows;
}

void stratified(const FoldRequest& request, const std::vector<std::int32_t>& codes, std::int32_t n_strata, int repeat,
                std::int32_t* out) {
  const std::vector<std::int64_t> counts = counts_of(codes, n_strata);
  const std::vector<std::int64_t> rows = rows_by_code(codes, counts);
  const math::BlockFunctions& functions = math::block_functions();
  std::int32_t dealt[kRun];
  std::int64_t at = 0;
  std::uint64_t run = 0;
  for (const std::int64_t size : counts) {
    for (std::int64_t begin = 0; begin < size; begin += kRun, ++run) {
      const std::int64_t count = std::min(kRun, size - begin);
      deal(at, request.n_folds, math::Stream(request.seed, kStrata, index_of(repeat, run)), functions, dealt, count);
      for (std::int64_t i = 0; i < count; ++i) out[rows[static_cast<std::size_t>(at + i)]] = dealt[i];
      at += count;
    }
  }
}

void grouped(const FoldRequest& request, const std::vector<std::int32_t>& codes, std::int32_t n_groups, int repeat,
             std::int32_t* out) {
  const std::vector<std::int64_t> counts = counts_of(codes, n_groups);
  std::vector<std::int32_t> order, fold_of(counts.size(), 0);
  for (std::int32_t g = 0; g < n_groups; ++g)
    if (counts[static_cast<std::size_t>(g)] > 0) order.push_back(g);
  if (static_cast<int>(order.size()) < request.n_folds)
    throw bad(
        "folds.too_few_groups",
        "There are " + std::to_string(order.size()) + " groups for " + std::to_string(request.n_folds) + " folds.",
        "Use at most as many folds as groups.",
        Document::object({{"groups", static_cast<std::int64_t>(order.size())}, {"n_folds", request.n_folds}}));
  shuffle(math::Stream(request.seed, kGroups, index_of(repeat, 0)), math::block_functions(), order.data(),
          static_cast<std::uint32_t>(order.size()));
  std::vector<std::int64_t> filled(static_cast<std::size_t>(request.n_folds), 0);
  for (const std::int32_t group : order) {
    const auto fold = std::min_element(filled.begin(), filled.end()) - filled.begin();
    fold_of[static_cast<std::size_t>(group)] = static_cast<std::int32_t>(fold);
    filled[static_cast<std::size_t>(fold)] += counts[static_cast<std::size_t>(group)];
  }
  for (std::size_t row = 0; row < codes.size(); ++row) out[row] = fold_of[static_cast<std::size_t>(codes[row])];
}

// Period of each value of time: whole values, about equal numbers of rows, none empty.
void rolling(const FoldRequest& request, const std::vector<std::int32_t>& codes, std::int32_t n_codes,
             std::int32_t* out) {
  const std::vector<std::int64_t> counts = counts_of(codes, n_codes);
  const auto values = static_cast<std::int64_t>(std::count_if(counts.begin(), counts.end(), [](auto c) { return c; }));
  const std::int64_t periods = request.n_folds + 1;
  if (values < periods)
    throw bad("folds.too_few_times",
              "`time` has " + std::to_string(values) + " different values for " + std::to_string(periods) +
                  " periods (" + std::to_string(request.n_folds) + " folds and the first period).",
              "Use fewer folds, or times that are finer.",
              Document::object({{"times", values}, {"n_folds", request.n_folds}}));
  std::vector<std::int32_t> fold_of(counts.size(), 0);
  std::int64_t period = 0, so_far = 0, left = values;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] == 0) continue;
    fold_of[code] = static_cast<std::int32_t>(period) + kNeverTested;
    so_far += counts[code];
    --left;
    const std::int64_t periods_left = periods - 1 - period;
    if (periods_left > 0 && (so_far * periods >= (period + 1) * request.rows || left == periods_left)) ++period;
  }
  for (std::size_t row = 0; row < codes.size(); ++row) out[row] = fold_of[static_cast<std::size_t>(codes[row])];
}

void warn_small_strata(const FoldRequest& request, const std::vector<std::int32_t>& codes, std::int32_t count,
                       Warnings& warnings) {
  std::int64_t small = 0;
  for (const std::int64_t size : counts_of(codes, count)) small += size > 0 && size < request.n_folds;
  if (small == 0) return;
  warnings.push_back({"folds.small_stratum", "warning",
                      format_count(small) + (small == 1 ? " stratum has" : " strata have") + " fewer rows than the " +
                          std::to_string(request.n_folds) + " folds.",
                      Document::object({{"count", small}, {"n_folds", request.n_folds}})});
}

}  // namespace

void check_request(const FoldRequest& request) {
  if (request.n_folds < 2 || request.n_folds > kMostFolds)
    throw bad("folds.n_folds", "`n_folds` is " + std::to_string(request.n_folds) + ".",
              "Give a whole number from 2 to " + std::to_string(kMostFolds) + ".",
              Document::object({{"n_folds", request.n_folds}}));
  if (request.n_repeats < 1 || (request.n_repeats > 1 && request.scheme == FoldScheme::time))
    throw bad("folds.n_repeats", "`n_repeats` is " + std::to_string(request.n_repeats) + ".",
              request.n_repeats < 1 ? "Give a whole number from 1." : "Folds by time are not random: leave it out.",
              Document::object({{"n_repeats", request.n_repeats}}));
  if (request.rows < request.n_folds)
    throw bad("folds.too_few_rows",
              "There are " + std::to_string(request.rows) + " rows for " + std::to_string(request.n_folds) + " folds.",
              "Use at most as many folds as rows.",
              Document::object({{"rows", request.rows}, {"n_folds", request.n_folds}}));
}

FoldScheme make_fold_scheme(const std::string& name) {
  for (std::size_t i = 0; i < kSchemes.size(); ++i)
    if (name == kSchemes[i]) return static_cast<FoldScheme>(i);
  throw bad("folds.scheme", "There is no scheme \"" + name + "\".",
            "Choose \"kfold\", \"stratified\", \"group\" or \"time\".", Document::object({{"scheme", name}}));
}

const char* fold_scheme_name(FoldScheme scheme) { return kSchemes[static_cast<std::size_t>(scheme)]; }

void random_folds(std::int64_t rows, int n_folds, std::uint64_t seed, int repeat, std::int32_t* out,
                  const RunContext& context) {
  const math::BlockFunctions& functions = math::block_functions();
  parallel::for_each(context, parallel::block_count(rows), [&](std::int64_t block) {
    const parallel::RowRange range = parallel::block_range(rows, block);
    for (std::int64_t begin = range.begin; begin < range.end; begin += kRun)
      deal(begin, n_folds, math::Stream(seed, kRuns, index_of(repeat, static_cast<std::uint64_t>(begin / kRun))),
           functions, out + begin, std::min(kRun, range.end - begin));
  });
}

Folds make_folds(const FoldRequest& request, const RunContext& context) {
  check_request(request);
  Folds folds;
  folds.scheme = request.scheme;
  folds.n_folds = request.n_folds;
  folds.n_repeats = request.n_repeats;
  folds.seed = request.seed;
  folds.rows = request.rows;
  folds.ordered = request.scheme == FoldScheme::time;
  folds.fold.resize(static_cast<std::size_t>(request.rows) * static_cast<std::size_t>(request.n_repeats));
  std::vector<std::int32_t> codes;
  std::int32_t count = 0;
  if (request.scheme != FoldScheme::kfold) codes = codes_of(request, count);
  for (int repeat = 0; repeat < request.n_repeats; ++repeat) {
    std::int32_t* out = folds.fold.data() + static_cast<std::size_t>(repeat) * static_cast<std::size_t>(request.rows);
    if (request.scheme == FoldScheme::kfold)
      random_folds(request.rows, request.n_folds, request.seed, repeat, out, context);
    else if (request.scheme == FoldScheme::stratified)
      stratified(request, codes, count, repeat, out);
    else if (request.scheme == FoldScheme::group)
      grouped(request, codes, count, repeat, out);
    else
      rolling(request, codes, count, out);
  }
  if (request.scheme == FoldScheme::stratified) warn_small_strata(request, codes, count, folds.warnings);
  return folds;
}

std::vector<std::int64_t> rows_of_fold(const Folds& folds, int repeat, int fold, bool train) {
  const std::int32_t* of_row = folds.repeat(repeat);
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < folds.rows; ++row) {
    const bool tested = of_row[row] == fold;
    const bool trained = folds.ordered ? of_row[row] < fold : !tested;
    if (train ? trained : tested) rows.push_back(row);
  }
  return rows;
}

}  // namespace deciban::resampling
