#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

using namespace deciban;
using namespace deciban::parallel;

namespace {

// With a team that lasts, as the packages make one for each call.
RunContext threads(int n) {
  RunContext context;
  context.n_threads = n;
  context.team = std::make_shared<Team>();
  return context;
}

// So many that the work ends only when something stops it.
constexpr std::int64_t kEndless = std::int64_t{1} << 60;

}  // namespace

TEST(Team, TakesEveryItemOnce) {
  RunContext lasting = threads(1), passing;
  for (RunContext* context : {&lasting, &passing})
    for (int n_threads = -1; n_threads <= 5; ++n_threads)
      for (const std::int64_t items : {0, 1, 2, 3, 7, 1000}) {
        context->n_threads = n_threads;
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(items));
        for_each(*context, items, [&](std::int64_t item) { ++seen[static_cast<std::size_t>(item)]; });
        for (const auto& count : seen) ASSERT_EQ(count.load(), 1) << n_threads << " threads, " << items << " items";
      }
}

TEST(Team, KeepsItsThreadsFromCallToCall) {
  const RunContext context = threads(3);
  std::mutex mutex;
  std::set<std::thread::id> ids;
  for (int call = 0; call < 200; ++call) {
    // Asleep or awake, the helpers take part in the next call.
    if (call % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::atomic<int> arrived{0};
    for_each(context, 3, [&](std::int64_t) {
      {
        const std::lock_guard<std::mutex> lock(mutex);
        ids.insert(std::this_thread::get_id());
      }
      ++arrived;
      for (int wait = 0; arrived < 3 && wait < 20000; ++wait)
        std::this_thread::sleep_for(std::chrono::microseconds(500));
    });
    ASSERT_EQ(arrived.load(), 3);
  }
  EXPECT_EQ(ids.size(), 3u);
}

TEST(Team, TakesAsManyThreadsAsEachCallAsksFor) {
  RunContext context = threads(1);
  for (const int n_threads : {2, 5, 3, 1, 4}) {
    context.n_threads = n_threads;
    std::mutex mutex;
    std::set<std::thread::id> ids;
    std::atomic<int> arrived{0};
    for_each(context, 1000, [&](std::int64_t) {
      {
        const std::lock_guard<std::mutex> lock(mutex);
        ids.insert(std::this_thread::get_id());
      }
      ++arrived;
      for (int wait = 0; arrived < n_threads && wait < 20000; ++wait)
        std::this_thread::sleep_for(std::chrono::microseconds(500));
    });
    EXPECT_EQ(ids.size(), static_cast<std::size_t>(n_threads));
  }
}

TEST(Team, WorksAfterAFailure) {
  const RunContext context = threads(3);
  for (int round = 0; round < 20; ++round) {
    EXPECT_THROW(for_each(context, kEndless, [](std::int64_t) { throw std::runtime_error("plain"); }),
                 std::runtime_error);
    std::atomic<int> calls{0};
    for_each(context, 50, [&](std::int64_t) { ++calls; });
    EXPECT_EQ(calls.load(), 50);
  }
}

TEST(Team, IgnoresNegativeNumbersOfItems) {
  int calls = 0;
  for_each(threads(3), -5, [&](std::int64_t) { ++calls; });
  EXPECT_EQ(calls, 0);
}

TEST(Team, WorksOnSeveralThreadsAndTheCaller) {
  std::atomic<int> arrived{0};
  std::atomic<bool> caller_took_part{false};
  const auto caller = std::this_thread::get_id();
  for_each(threads(3), 3, [&](std::int64_t) {
    if (std::this_thread::get_id() == caller) caller_took_part = true;
    ++arrived;
    // Items meet here: only a team of three gets past.
    for (int wait = 0; arrived < 3 && wait < 20000; ++wait) std::this_thread::sleep_for(std::chrono::microseconds(500));
  });
  EXPECT_EQ(arrived.load(), 3);
  EXPECT_TRUE(caller_took_part.load());
}

TEST(Team, RunsNestedCallsOnTheSameThread) {
  std::atomic<int> foreign{0}, inner{0};
  for_each(threads(4), 8, [&](std::int64_t) {
    const auto self = std::this_thread::get_id();
    for_each(threads(4), 5, [&](std::int64_t) {
      ++inner;
      foreign += std::this_thread::get_id() != self;
    });
  });
  EXPECT_EQ(inner.load(), 40);
  EXPECT_EQ(foreign.load(), 0);
  // Afterwards the caller has a team again.
  std::atomic<int> arrived{0};
  for_each(threads(2), 2, [&](std::int64_t) {
    ++arrived;
    for (int wait = 0; arrived < 2 && wait < 20000; ++wait) std::this_thread::sleep_for(std::chrono::microseconds(500));
  });
  EXPECT_EQ(arrived.load(), 2);
}

TEST(Team, RethrowsWhatTheBodyThrows) {
  for (int n_threads = 1; n_threads <= 5; ++n_threads) {
    try {
      for_each(threads(n_threads), kEndless, [&](std::int64_t item) {
        if (item == 7) throw Error(ErrorKind::data, "test.code", "seven");
      });
      FAIL() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "test.code");
    }
  }
  EXPECT_THROW(for_each(threads(2), 3, [](std::int64_t) { throw std::runtime_error("plain"); }), std::runtime_error);
  EXPECT_THROW(for_each(threads(2), 3, [](std::int64_t) { throw 42; }), int);
  int calls = 0;  // a failure leaves nothing behind
  for_each(threads(1), 3, [&](std::int64_t) { ++calls; });
  EXPECT_EQ(calls, 3);
}

TEST(Team, PassesFailuresOfNestedCallsOn) {
  EXPECT_THROW(for_each(threads(3), 4,
                        [&](std::int64_t) {
                          for_each(threads(3), 4, [](std::int64_t item) {
                            if (item == 2) throw std::runtime_error("inner");
                          });
                        }),
               std::runtime_error);
}

TEST(Team, PollsTheInterruptOnTheCallingThreadOnly) {
  const auto caller = std::this_thread::get_id();
  for (int n_threads = 1; n_threads <= 4; ++n_threads) {
    int polls = 0;
    bool foreign = false;
    RunContext context = threads(n_threads);
    context.interrupted = [&] {
      foreign = foreign || std::this_thread::get_id() != caller;
      return ++polls >= 3;
    };
    try {
      for_each(context, kEndless, [&](std::int64_t) {
        for_each(context, 2, [](std::int64_t) {});  // must not poll from a worker
      });
      FAIL() << "not interrupted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "cancelled");
      EXPECT_EQ(error.kind(), ErrorKind::cancelled);
    }
    EXPECT_FALSE(foreign);
  }
}

TEST(Team, StopsWhenThePollItselfThrows) {
  RunContext context = threads(3);
  context.interrupted = []() -> bool { throw std::runtime_error("host"); };
  EXPECT_THROW(for_each(context, kEndless, [](std::int64_t) {}), std::runtime_error);
}

TEST(BlockGrid, CoversRowsInOrder) {
  for (const std::int64_t rows : {0, 1, 511, 512, 513, 32767, 32768, 32769, 65537}) {
    std::int64_t next = 0;
    for (std::int64_t block = 0; block < block_count(rows); ++block) {
      const RowRange range = block_range(rows, block);
      EXPECT_EQ(range.begin, next);
      EXPECT_LE(range.end - range.begin, kReduceRows);
      for_compute_blocks(range, [&](std::int64_t begin, int count) {
        EXPECT_EQ(begin, next);
        EXPECT_TRUE(count > 0 && count <= kComputeRows);
        next += count;
      });
      EXPECT_EQ(next, range.end);
    }
    EXPECT_EQ(next, rows);
  }
}

#if defined(__SSE2__)
TEST(FloatingPoint, GuardSetsTheDefaultAndRestoresWhatWasThere) {
  const unsigned before = _mm_getcsr();
  const unsigned odd = before | 0x8040u | 0x2000u;  // flush-to-zero, denormals-are-zero, round down
  _mm_setcsr(odd);
  const volatile double tiny = std::numeric_limits<double>::min();
  const double flushed = tiny / 4.0;
  double kept = 0.0, one_third = 0.0;
  {
    const FloatingPointGuard guard;
    kept = tiny / 4.0;
    const volatile double one = 1.0, three = 3.0;
    one_third = one / three;
    const FloatingPointGuard nested;
  }
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT_EQ(flushed, 0.0);
  EXPECT_EQ(kept, std::numeric_limits<double>::min() / 4.0);
  EXPECT_EQ(one_third, 1.0 / 3.0);
  EXPECT_EQ(after & 0xffc0u, odd & 0xffc0u);
}

TEST(FloatingPoint, EveryThreadOfATeamKeepsSubnormals) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040u);
  std::atomic<int> flushed{0};
  for_each(threads(4), 64, [&](std::int64_t) {
    const volatile double tiny = std::numeric_limits<double>::min();
    flushed += tiny / 4.0 == 0.0;
  });
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT_EQ(flushed.load(), 0);
  EXPECT_EQ(after & 0x8040u, 0x8040u);
}
#endif
