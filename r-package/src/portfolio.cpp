#include "deciban/models/portfolio.hpp"

#include <Rcpp.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "deciban/base/text.hpp"
#include "entry.h"
#include "results.h"

namespace glue = deciban::glue;

namespace {

// A whole number that a double holds exactly.
std::int64_t whole(SEXP value, const char* name, const char* code, double lowest) {
  const double number = glue::number_argument(value, name);
  if (number >= lowest && number <= 0x1p53 && number == std::floor(number)) return static_cast<std::int64_t>(number);
  throw deciban::Error(
      deciban::ErrorKind::input, code, std::string("`") + name + "` is " + deciban::format_g(number, 15) + ".",
      "Give a whole number of at least 0.", deciban::Document::object({{"argument", name}, {"value", number}}));
}

}  // namespace

// [[Rcpp::export(rng = false)]]
SEXP core_simulate_portfolio(SEXP n, SEXP seed, SEXP n_threads) {
  return glue::guarded([&] {
    const std::int64_t rows = whole(n, "n", "input.rows", 0.0);
    const std::int64_t key = whole(seed, "seed", "input.seed", 0.0);
    return glue::to_r(
        deciban::models::simulate_portfolio(rows, static_cast<std::uint64_t>(key), glue::run_context(n_threads)));
  });
}

// [[Rcpp::export(rng = false)]]
SEXP core_portfolio_truth() {
  return glue::guarded([] { return glue::to_r(deciban::models::portfolio_truth()); });
}

// Threads that a call would use.
// [[Rcpp::export(rng = false)]]
SEXP core_threads(SEXP n_threads) {
  return glue::guarded([&] { return Rf_ScalarInteger(glue::run_context(n_threads).n_threads); });
}
