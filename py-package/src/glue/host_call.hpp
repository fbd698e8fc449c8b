#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include <chrono>
#include <exception>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// One call into the core from Python: releases the GIL, answers the core's questions about interrupts, and lets
/// KeyboardInterrupt (or what a signal handler raises) come out as itself.
class HostCall {
 public:
  /// @param n_threads None, or a positive integer; None reads DECIBAN_NUM_THREADS, else takes all processors.
  /// Raises InputError `input.n_threads`.
  explicit HostCall(const py::object& n_threads);
  HostCall(const HostCall&) = delete;
  HostCall& operator=(const HostCall&) = delete;

  template <class Body>
  auto run(Body&& body) {
    try {
      const py::gil_scoped_release release;
      return std::forward<Body>(body)(std::as_const(context_));
    } catch (const Error&) {
      if (host_error_) std::rethrow_exception(host_error_);
      throw;
    }
  }

 private:
  bool interrupted();

  RunContext context_;
  std::exception_ptr host_error_;
  std::chrono::steady_clock::time_point next_poll_;
};

}  // namespace deciban::glue
