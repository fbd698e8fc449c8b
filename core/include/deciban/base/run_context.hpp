#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace deciban {
namespace parallel {
class Team;
}

/// Host behaviour, handed in with every call that may take long. The core itself never prints and never asks a host.
struct RunContext {
  /// Threads to use, the caller included. Results never depend on it.
  int n_threads = 1;
  /// The threads of this call, kept from one piece of parallel work to the next; without it each piece makes its own.
  std::shared_ptr<parallel::Team> team;
  std::uint64_t seed = 0;
  /// Polled on the calling thread only; true ends the work with Error `cancelled`.
  std::function<bool()> interrupted;
};

}  // namespace deciban
