#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/parallel/ordered_reduce.hpp"

using namespace deciban;
using namespace deciban::parallel;

namespace {

// A sum that shows in which order it was made: neither its text nor its rounding survives another order.
struct Sum {
  double value;
  std::string shape;
  void merge(const Sum& later) {
    value += later.value;
    shape = "(" + shape + later.shape + ")";
  }
};

Sum leaf(std::int64_t item) { return {1.0 / (1.0 + 7.3 * static_cast<double>(item)), std::to_string(item) + ","}; }

RunContext threads(int n) {
  RunContext context;
  context.n_threads = n;
  return context;
}

// What a stream does that learns its number of blocks at the end: a binary counter of partial sums.
std::optional<Sum> stream_sum(std::int64_t items) {
  std::vector<std::optional<Sum>> counter;
  for (std::int64_t item = 0; item < items; ++item) {
    Sum carry = leaf(item);
    std::size_t level = 0;
    for (;; ++level) {
      if (level == counter.size()) counter.emplace_back();
      if (!counter[level]) break;
      Sum left = *counter[level];
      left.merge(carry);
      carry = left;
      counter[level].reset();
    }
    counter[level] = carry;
  }
  std::optional<Sum> total;
  for (const auto& part : counter) {
    if (!part) continue;
    Sum left = *part;
    if (total) left.merge(*total);
    total = left;
  }
  return total;
}

}  // namespace

TEST(OrderedReduce, IsABinaryCounterForAnyNumberOfThreads) {
  for (const std::int64_t items : {0, 1, 2, 3, 4, 5, 7, 8, 9, 21, 64, 100, 257}) {
    const auto expected = stream_sum(items);
    for (int n_threads = 1; n_threads <= 5; ++n_threads) {
      const auto got = ordered_reduce<Sum>(threads(n_threads), items,
                                           [](std::int64_t item) { return std::make_unique<Sum>(leaf(item)); });
      ASSERT_EQ(got != nullptr, expected.has_value()) << items;
      if (!got) continue;
      EXPECT_EQ(got->shape, expected->shape) << items << " items, " << n_threads << " threads";
      EXPECT_EQ(got->value, expected->value);
    }
  }
}

TEST(OrderedReduce, MergesNeighboursOnlyAndInOrder) {
  const auto got =
      ordered_reduce<Sum>(threads(3), 11, [](std::int64_t item) { return std::make_unique<Sum>(leaf(item)); });
  EXPECT_EQ(got->shape, "((((0,1,)(2,3,))((4,5,)(6,7,)))((8,9,)10,))");
}

TEST(OrderedReduce, TakesPartialsInAnyOrder) {
  std::vector<std::int64_t> order(37);
  std::iota(order.begin(), order.end(), 0);
  const auto expected = stream_sum(37);
  std::uint32_t state = 1;
  for (int round = 0; round < 50; ++round) {
    for (std::size_t i = order.size() - 1; i > 0; --i) {
      state = state * 1664525u + 1013904223u;
      std::swap(order[i], order[(state >> 8) % (i + 1)]);
    }
    BinaryCarry<Sum> carry;
    for (const std::int64_t item : order) carry.add(item, std::make_unique<Sum>(leaf(item)));
    const auto total = carry.finish();
    ASSERT_EQ(total->shape, expected->shape);
    EXPECT_EQ(carry.finish(), nullptr) << "finish leaves it empty";
  }
}

TEST(OrderedReduce, PassesFailuresOn) {
  const auto make = [](std::int64_t item) -> std::unique_ptr<Sum> {
    if (item == 5) throw std::runtime_error("five");
    return std::make_unique<Sum>(leaf(item));
  };
  for (int n_threads = 1; n_threads <= 3; ++n_threads)
    EXPECT_THROW(ordered_reduce<Sum>(threads(n_threads), 20, make), std::runtime_error);
}

TEST(OrderedReduce, StopsWhenInterrupted) {
  RunContext context = threads(2);
  context.interrupted = [] { return true; };
  try {
    // so many that they end only because the caller asks
    ordered_reduce<Sum>(context, std::int64_t{1} << 40, [](std::int64_t) { return std::make_unique<Sum>(leaf(1)); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "cancelled");
  }
}
