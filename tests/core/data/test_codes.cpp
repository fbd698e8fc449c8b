#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "deciban/data/codes.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using fit_case::kNaN;

TEST(CodeNumbers, SortsDistinctNumbersAndCountsThem) {
  data::CodedNumbers out;
  ASSERT_TRUE(data::code_numbers({3, -1, kNaN, 3, 0.0, -0.0, 2.5}, 10, out));
  EXPECT_EQ(out.values, (std::vector<double>{-1, 0, 2.5, 3}));
  EXPECT_EQ(out.counts, (std::vector<std::int64_t>{1, 2, 1, 2}));
  EXPECT_EQ(out.codes, (std::vector<std::int32_t>{3, 0, -1, 3, 1, 1, 2}));
  EXPECT_FALSE(data::code_numbers({1, 2, 3}, 2, out));
}

TEST(CodeNumbers, FindsAllNumbersOfALargeDictionary) {
  fit_case::Random random(4);
  for (const int distinct : {50, 5000, 65536}) {
    std::vector<double> numbers;
    for (int i = 0; i < 400000; ++i) numbers.push_back(0.1 * random.below(distinct));
    data::CodedNumbers out;
    ASSERT_TRUE(data::code_numbers(numbers, 65536, out)) << distinct;
    for (std::size_t i = 0; i < numbers.size(); i += 997)
      EXPECT_EQ(out.values[static_cast<std::size_t>(out.codes[i])], numbers[i]);
  }
}

TEST(CodeNumbers, GivesUpOnContinuousNumbersUnlessEveryOneIsWanted) {
  fit_case::Random random(9);
  std::vector<double> numbers;
  for (int i = 0; i < 100000; ++i) numbers.push_back(i % 10 ? random.normal() : kNaN);
  data::CodedNumbers out;
  EXPECT_FALSE(data::code_numbers(numbers, 65536, out));
  ASSERT_TRUE(data::code_numbers(numbers, std::numeric_limits<std::int32_t>::max(), out));
  EXPECT_EQ(out.values.size(), 90000u);
}
