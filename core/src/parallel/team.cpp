#include "deciban/parallel/team.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "deciban/base/error.hpp"

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif
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

// State shared by the threads of one for_each.
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

// The next place to run for a thread that is about to start or to wake: any processor but the caller's. Some kernels
// take a virtual processor that went idle for one that is taken away, and would queue the helper behind its caller.
class Placement {
 public:
#if defined(__linux__)
  Placement() {
    const int here = sched_getcpu();
    known_ = here >= 0 && sched_getaffinity(0, sizeof(allowed_), &allowed_) == 0 && CPU_COUNT(&allowed_) > 1 &&
             CPU_ISSET(here, &allowed_);
    elsewhere_ = allowed_;
    if (known_) CPU_CLR(here, &elsewhere_);
  }
  void move_away(std::thread& thread) const {
    if (known_) pthread_setaffinity_np(thread.native_handle(), sizeof(elsewhere_), &elsewhere_);
  }
  // From then on the kernel may move the calling thread as it sees fit.
  void release() const {
    if (known_) sched_setaffinity(0, sizeof(allowed_), &allowed_);
  }

 private:
  cpu_set_t allowed_{}, elsewhere_{};
  bool known_ = false;
#else
  void move_away(std::thread&) const {}
  void release() const {}
#endif
};

// How long a helper stays awake for more work, and the caller for the last helper.
constexpr std::chrono::microseconds kAwake(1000);

// Waits a moment for a condition without sleeping; true when it came true.
template <class Condition>
bool await(const Condition& condition) {
  if (condition()) return true;
  const auto end = std::chrono::steady_clock::now() + kAwake;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return condition();
}

}  // namespace

class Team::Helpers {
 public:
  ~Helpers() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
      ++call_;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
  }

  // Does the work with up to `wanted` helpers.
  void run(Work& work, const RunContext* caller, std::int64_t wanted) {
    open(work, wanted);
    work.run(caller);
    close();
  }

 private:
  void open(Work& work, std::int64_t wanted) {
    std::lock_guard<std::mutex> lock(mutex_);
    const std::int64_t started = static_cast<std::int64_t>(threads_.size());
    if (started < wanted || asleep_ > 0) {
      placement_ = Placement();
      ++moves_;
    }
    if (asleep_ > 0) {
      for (auto& thread : threads_) placement_.move_away(thread);
      wake_.notify_all();
    }
    for (std::int64_t i = started; i < wanted; ++i) {
      try {
        threads_.emplace_back([this] { help(); });
      } catch (const std::exception&) {
        break;  // no more threads to be had: those that started, or the caller alone, do the work
      }
      placement_.move_away(threads_.back());
    }
    work_ = &work;
    places_ = wanted;
    ++call_;
  }

  // No helper may begin any more; waits for those that did.
  void close() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      work_ = nullptr;
    }
    if (await([this] { return busy_ == 0; })) return;
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
  }

  void help() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (std::uint64_t seen = 0, released = 0; !ended_;) {
      seen = call_;
      if (released != moves_) placement_.release();
      released = moves_;
      if (work_ != nullptr && places_ > 0) {
        --places_;
        ++busy_;
        Work& work = *work_;
        lock.unlock();
        work.run(nullptr);
        lock.lock();
        if (--busy_ == 0) done_.notify_one();
      }
      lock.unlock();
      const bool called = await([this, seen] { return call_ != seen; });
      lock.lock();
      if (called) continue;
      ++asleep_;
      wake_.wait(lock, [this, seen] { return call_ != seen; });
      --asleep_;
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<std::thread> threads_;
  Placement placement_;
  std::atomic<std::uint64_t> call_{0};  // these two are read without the mutex, and written with it
  std::atomic<std::int64_t> busy_{0};
  Work* work_ = nullptr;
  std::uint64_t moves_ = 0;  // how often placement_ was set
  std::int64_t places_ = 0, asleep_ = 0;
  bool ended_ = false;
};

Team::Team() : helpers_(std::make_unique<Helpers>()) {}
Team::~Team() = default;

void for_each(const RunContext& context, std::int64_t items, const std::function<void(std::int64_t)>& body) {
  Work work(items, body);
  const std::int64_t helpers = inside_team ? 0 : std::min<std::int64_t>(context.n_threads, items) - 1;
  if (helpers <= 0) {
    work.run(inside_team ? nullptr : &context);  // a nested call must not poll the host from a worker thread
  } else if (context.team) {
    context.team->helpers_->run(work, &context, helpers);
  } else {
    Team().helpers_->run(work, &context, helpers);
  }
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
