#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/column.hpp"

namespace deciban::resampling {

/// Fold of a row that no fold tests: the first period of rolling origins.
inline constexpr std::int32_t kNeverTested = -1;

/// How rows are shared out.
enum class FoldScheme {
  kfold,       ///< at random; sizes differ by at most one row, also within every run of 1,024 rows by one
  stratified,  ///< the same within each stratum
  group,       ///< all rows of a group in one fold: groups in random order, each into the fold with the fewest rows
  time,        ///< rolling origin: fold k is tested on period k + 1 and trained on all periods before
};

/// Folds of rows: a plain value. Rows of fold k are its test rows; its training rows are all others, or, where
/// `ordered`, those of earlier folds and those that are never tested.
struct Folds {
  FoldScheme scheme = FoldScheme::kfold;
  int n_folds = 5;
  int n_repeats = 1;
  std::uint64_t seed = 0;
  bool ordered = false;
  std::int64_t rows = 0;
  std::vector<std::int32_t> fold;  ///< rows x n_repeats: fold 0..n_folds-1 of each row, or kNeverTested
  Warnings warnings;

  const std::int32_t* repeat(int r) const { return fold.data() + static_cast<std::size_t>(r) * rows; }
};

struct FoldRequest {
  FoldScheme scheme = FoldScheme::kfold;
  int n_folds = 5;
  int n_repeats = 1;
  std::uint64_t seed = 0;
  std::int64_t rows = 0;
  const data::Column* by = nullptr;  ///< strata, groups or times: one value per row; null for kfold
};

FoldScheme make_fold_scheme(const std::string& name);  ///< InputError `folds.scheme`
const char* fold_scheme_name(FoldScheme scheme);

/// Makes folds. They depend on (seed, row numbers, `by`) only. Periods of `time` hold whole values of time and about
/// equal numbers of rows. Raises InputError `folds.n_folds` (below 2, above 32,767), `folds.n_repeats` (below 1; above
/// 1 for time), `folds.too_few_rows`, `folds.too_few_groups`, `folds.too_few_times`, `folds.by_missing` (`by` is null),
/// `data.length_mismatch`; DataError `folds.missing` (a missing stratum, group or time). Warning `folds.small_stratum`.
Folds make_folds(const FoldRequest& request, const RunContext& context);

/// Raises what make_folds does where `by` is not looked at.
void check_request(const FoldRequest& request);

/// The folds of scheme kfold alone, into `out` (rows values).
void random_folds(std::int64_t rows, int n_folds, std::uint64_t seed, int repeat, std::int32_t* out,
                  const RunContext& context);

/// Rows that fold `fold` of a repeat is trained on (`train`) or tested on, ascending.
std::vector<std::int64_t> rows_of_fold(const Folds& folds, int repeat, int fold, bool train);

}  // namespace deciban::resampling
