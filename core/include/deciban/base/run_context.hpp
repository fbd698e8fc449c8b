#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>

namespace deciban {

/// Host behaviour, handed in with every call that may take long. The core itself never prints and never asks a host.
struct RunContext {
  /// Threads to use, the caller included. Results never depend on it.
  int n_threads = 1;
  std::uint64_t seed = 0;
  /// Polled on the calling thread only; true ends the work with Error `cancelled`.
  std::function<bool()> interrupted;
  /// Called on the calling thread only, with a fraction in [0, 1] and the name of the step.
  std::function<void(double, const char*)> progress;
};

}  // namespace deciban
