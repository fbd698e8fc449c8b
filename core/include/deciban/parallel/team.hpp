#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>

#include "deciban/base/run_context.hpp"

namespace deciban::parallel {

/// The helpers of one public call: they start with the first for_each that wants them, stay awake for a moment after
/// each (a fit has dozens, and to wake a processor takes longer than many of them), then sleep, and are joined when the
/// last RunContext that holds the team ends. No thread outlives a call, so a host may fork between two.
class Team {
 public:
  Team();
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

 private:
  class Helpers;
  friend void for_each(const RunContext&, std::int64_t, const std::function<void(std::int64_t)>&);
  std::unique_ptr<Helpers> helpers_;
};

/// Calls `body(item)` once for each item in [0, items), on up to `context.n_threads` threads: the caller and helpers of
/// `context.team`, or of a team for this call alone. Items are taken in ascending order but finish in any order, so
/// `body` must not let the order reach a result (see ordered_reduce). A call from inside `body` runs serially. The
/// interrupt poll runs on the calling thread only; an Error thrown by `body` or the poll ends the work and is rethrown.
/// Every thread works in the default floating-point environment (round to nearest, subnormals kept).
void for_each(const RunContext& context, std::int64_t items, const std::function<void(std::int64_t)>& body);

/// Sets the default floating-point environment for its lifetime: another library may have switched on flush-to-zero.
class FloatingPointGuard {
 public:
  FloatingPointGuard();
  ~FloatingPointGuard();
  FloatingPointGuard(const FloatingPointGuard&) = delete;
  FloatingPointGuard& operator=(const FloatingPointGuard&) = delete;

 private:
  unsigned long saved_ = 0;
};

}  // namespace deciban::parallel
