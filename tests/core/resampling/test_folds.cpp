#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "deciban/resampling/folds.hpp"
#include "deciban/resampling/shuffle.hpp"

namespace deciban::resampling {
namespace {

RunContext threads(int n) {
  RunContext context;
  context.n_threads = n;
  return context;
}

Folds folds_of(FoldScheme scheme, std::int64_t rows, int n_folds, const data::Column* by, std::uint64_t seed = 0,
               int repeats = 1, int n_threads = 1) {
  FoldRequest request;
  request.scheme = scheme;
  request.n_folds = n_folds;
  request.n_repeats = repeats;
  request.seed = seed;
  request.rows = rows;
  request.by = by;
  return make_folds(request, threads(n_threads));
}

std::vector<std::int64_t> sizes(const Folds& folds, int repeat = 0) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(folds.n_folds), 0);
  for (std::int64_t row = 0; row < folds.rows; ++row)
    if (folds.repeat(repeat)[row] >= 0) ++out[static_cast<std::size_t>(folds.repeat(repeat)[row])];
  return out;
}

std::int64_t range(const std::vector<std::int64_t>& values) {
  return *std::max_element(values.begin(), values.end()) - *std::min_element(values.begin(), values.end());
}

std::string code_of(const FoldRequest& request) {
  try {
    make_folds(request, {});
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

TEST(Folds, AreBalancedOverTheWholeAndOverRuns) {
  for (const std::int64_t rows : {7, 1024, 1025, 5000, 70001}) {
    const Folds folds = folds_of(FoldScheme::kfold, rows, 7, nullptr, 3);
    EXPECT_LE(range(sizes(folds)), 1) << rows;
    if (rows < 2048) continue;
    std::vector<std::int64_t> run(7, 0);
    for (std::int64_t row = 1024; row < 2048; ++row)
      ++run[static_cast<std::size_t>(folds.fold[static_cast<std::size_t>(row)])];
    EXPECT_LE(range(run), 1);
  }
}

TEST(Folds, DependOnSeedAndRepeatButNotOnThreads) {
  const Folds one = folds_of(FoldScheme::kfold, 100000, 5, nullptr, 1, 2, 1);
  EXPECT_EQ(one.fold, folds_of(FoldScheme::kfold, 100000, 5, nullptr, 1, 2, 3).fold);
  EXPECT_NE(one.fold, folds_of(FoldScheme::kfold, 100000, 5, nullptr, 2, 2, 1).fold);
  EXPECT_FALSE(std::equal(one.repeat(0), one.repeat(0) + 100000, one.repeat(1)));
  // a repeat of more is a repeat of fewer
  EXPECT_TRUE(
      std::equal(one.repeat(0), one.repeat(0) + 100000, folds_of(FoldScheme::kfold, 100000, 5, nullptr, 1).repeat(0)));
}

TEST(Folds, PutEachRowAnywhereEquallyOften) {
  // 600 seeds: the count of a row in a fold is binomial(600, 1/3), standard deviation 11.5
  std::vector<std::vector<int>> counts(20, std::vector<int>(3, 0));
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Folds folds = folds_of(FoldScheme::kfold, 20, 3, nullptr, seed);
    for (std::size_t row = 0; row < 20; ++row) ++counts[row][static_cast<std::size_t>(folds.fold[row])];
  }
  for (const auto& row : counts)
    for (const int count : row) EXPECT_NEAR(count, 200, 5 * 11.5);
}

TEST(Shuffle, GivesAllOrdersEquallyOften) {
  std::map<std::vector<int>, int> counts;
  for (std::uint64_t index = 0; index < 6000; ++index) {
    std::vector<int> items{0, 1, 2};
    shuffle(math::Stream(9, math::purpose("test"), index), math::block_functions(), items.data(), 3);
    ++counts[items];
  }
  ASSERT_EQ(counts.size(), 6u);
  for (const auto& entry : counts) EXPECT_NEAR(entry.second, 1000, 5 * 29);  // standard deviation 28.9
}

TEST(Folds, StratifiedSharesOutEachStratumAndTheWhole) {
  std::vector<double> strata;
  for (int i = 0; i < 5003; ++i) strata.push_back(i % 50 == 0 ? 2.0 : i % 7 == 0 ? 1.0 : 0.0);
  const data::Column by = data::make_column("y", strata);
  const Folds folds = folds_of(FoldScheme::stratified, 5003, 4, &by);
  EXPECT_LE(range(sizes(folds)), 1);
  for (const double stratum : {0.0, 1.0, 2.0}) {
    std::vector<std::int64_t> own(4, 0);
    for (std::size_t row = 0; row < strata.size(); ++row)
      if (strata[row] == stratum) ++own[static_cast<std::size_t>(folds.fold[row])];
    EXPECT_LE(range(own), 1) << stratum;
  }
}

TEST(Folds, SmallStrataAreWarnedOf) {
  const data::Column by = data::make_column("y", std::vector<double>{0, 0, 0, 0, 0, 1});
  const Folds folds = folds_of(FoldScheme::stratified, 6, 3, &by);
  ASSERT_EQ(folds.warnings.size(), 1u);
  EXPECT_EQ(folds.warnings[0].code, "folds.small_stratum");
}

TEST(Folds, GroupsStayTogether) {
  std::vector<std::string> groups;
  for (int i = 0; i < 3000; ++i) groups.push_back("g" + std::to_string(i * i % 211));
  const data::Column by = data::make_column("group", groups);
  const Folds folds = folds_of(FoldScheme::group, 3000, 5, &by, 4);
  std::map<std::string, std::set<int>> seen;
  for (std::size_t row = 0; row < groups.size(); ++row) seen[groups[row]].insert(folds.fold[row]);
  for (const auto& entry : seen) EXPECT_EQ(entry.second.size(), 1u);
  EXPECT_LE(range(sizes(folds)), 60);  // the largest group has 57 rows
  EXPECT_NE(folds.fold, folds_of(FoldScheme::group, 3000, 5, &by, 5).fold);
}

TEST(Folds, TimeRollsForward) {
  std::vector<double> time;
  for (int i = 0; i < 1000; ++i) time.push_back(2000 + (i * 37) % 12);
  const data::Column by = data::make_column("year", time);
  const Folds folds = folds_of(FoldScheme::time, 1000, 3, &by);
  EXPECT_TRUE(folds.ordered);
  for (int k = 0; k < 3; ++k) {
    const auto train = rows_of_fold(folds, 0, k, true), test = rows_of_fold(folds, 0, k, false);
    ASSERT_FALSE(test.empty());
    double latest = 0.0, earliest = 1e9;
    for (const auto row : train) latest = std::max(latest, time[static_cast<std::size_t>(row)]);
    for (const auto row : test) earliest = std::min(earliest, time[static_cast<std::size_t>(row)]);
    EXPECT_LT(latest, earliest);
    EXPECT_NEAR(static_cast<double>(test.size()), 250.0, 84.0);  // whole years
  }
}

TEST(Folds, RefuseWhatCannotBeShared) {
  FoldRequest request;
  request.rows = 10;
  request.n_folds = 1;
  EXPECT_EQ(code_of(request), "folds.n_folds");
  request.n_folds = 11;
  EXPECT_EQ(code_of(request), "folds.too_few_rows");
  request.n_folds = 3;
  request.n_repeats = 0;
  EXPECT_EQ(code_of(request), "folds.n_repeats");
  request.n_repeats = 1;
  request.scheme = FoldScheme::group;
  EXPECT_EQ(code_of(request), "folds.by_missing");
  const data::Column two = data::make_column("g", std::vector<double>{1, 1, 1, 1, 1, 2, 2, 2, 2, 2});
  request.by = &two;
  EXPECT_EQ(code_of(request), "folds.too_few_groups");
  request.scheme = FoldScheme::time;
  EXPECT_EQ(code_of(request), "folds.too_few_times");
  const data::Column gap = data::make_column("g", std::vector<double>{1, NAN, 1, 1, 1, 2, 2, 2, 3, 4});
  request.by = &gap;
  EXPECT_EQ(code_of(request), "folds.missing");
  request.rows = 9;
  EXPECT_EQ(code_of(request), "data.length_mismatch");
  EXPECT_THROW(make_fold_scheme("loo"), Error);
}

}  // namespace
}  // namespace deciban::resampling
