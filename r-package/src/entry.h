#pragma once
#include <Rcpp.h>

#include <exception>
#include <string>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"

namespace deciban::glue {

/// The record that checked() of R turns into a condition: a list of class "deciban_failure".
SEXP failure(const Error& error);
SEXP failure(const std::exception& error);

/// Runs the body of an entry point. No C++ exception but Rcpp's own unwinding leaves it.
template <class Body>
SEXP guarded(Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const Error& error) {
    return failure(error);
  } catch (const std::exception& error) {
    return failure(error);
  }
}

/// Threads (argument, option deciban.threads, DECIBAN_NUM_THREADS, processors; at most 2 under R CMD check) and R's
/// interrupts. Raises InputError `input.n_threads`.
RunContext run_context(SEXP n_threads);

/// Single values of the arguments of a call. Raise InputError `input.argument`.
double number_argument(SEXP value, const char* name);
std::string text_argument(SEXP value, const char* name);

}  // namespace deciban::glue
