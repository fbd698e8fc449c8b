#include "deciban/parallel/team.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "deciban/base/error.hpp"

#if defined(__SSE2__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace deciban::parallel {
namespace {

thread_local bool inside_team = false;

struct InsideTeam {
  InsideTeam() : before(inside_team) { inside_team = true; }
  ~InsideTeam() { inside_team = before; }
  bool before;
};

// State shared by the threads of one call.
struct Work {
  std::int64_t items;
  const std::function<void(std::int64_t)>& body;
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr failure;

  Work(std::int64_t items, const std::function<void(std::int64_t)>& body) : items(items), body(body) {}

  void fail() {
    std::lock_guard<std::mutex> lock(mutex);
    if (!failure) failure = std::current_exception();
    stop = true;
  }

  void run(const RunContext* caller) {
    const InsideTeam mark;
    const FloatingPointGuard guard;
    try {
      while (!stop) {
        const std::int64_t item = next++;
        if (item >= items) return;
        if (caller && caller->interrupted && caller->interrupted())
          throw Error(ErrorKind::cancelled, "cancelled", "The work was interrupted.");
        body(item);
      }
    } catch (...) {
      fail();
    }
  }
};

}  // namespace

void for_each(const RunContext& context, std::int64_t items, const std::function<void(std::int64_t)>& body) {
  Work work(items, body);
  // A nested call must not poll the host from a worker thread.
  const RunContext* caller = inside_team ? nullptr : &context;
  const std::int64_t helpers = inside_team ? 0 : std::min<std::int64_t>(context.n_threads, items) - 1;
  std::vector<std::thread> threads;
  for (std::int64_t i = 0; i < helpers; ++i) {
    try {
      threads.emplace_back([&work] { work.run(nullptr); });
    } catch (const std::exception&) {
      break;  // no more threads to be had: those that started, or the caller alone, do the work
    }
  }
  work.run(caller);
  for (auto& thread : threads) thread.join();
  if (work.failure) std::rethrow_exception(work.failure);
}

#if defined(__SSE2__) || defined(_M_X64)
FloatingPointGuard::FloatingPointGuard() : saved_(_mm_getcsr()) { _mm_setcsr(0x1f80); }
FloatingPointGuard::~FloatingPointGuard() { _mm_setcsr(static_cast<unsigned>(saved_)); }
#elif defined(__aarch64__) && defined(__GNUC__)
FloatingPointGuard::FloatingPointGuard() {
  unsigned long fpcr;
  __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
  saved_ = fpcr;
  __asm__ volatile("msr fpcr, %0" : : "r"(0ul));
}
FloatingPointGuard::~FloatingPointGuard() { __asm__ volatile("msr fpcr, %0" : : "r"(saved_)); }
#else
FloatingPointGuard::FloatingPointGuard() = default;
FloatingPointGuard::~FloatingPointGuard() = default;
#endif

}  // namespace deciban::parallel
