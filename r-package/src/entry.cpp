#include "entry.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <thread>

#include "deciban/base/text.hpp"
#include "deciban/parallel/team.hpp"
#include "document.h"

namespace deciban::glue {
namespace {

constexpr const char* kVariable = "DECIBAN_NUM_THREADS";

const char* kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::input:
      return "input";
    case ErrorKind::formula:
      return "formula";
    case ErrorKind::data:
      return "data";
    case ErrorKind::numeric:
      return "numeric";
    case ErrorKind::convergence:
      return "convergence";
    case ErrorKind::not_fitted:
      return "not_fitted";
    case ErrorKind::format:
      return "format";
    case ErrorKind::io:
      return "io";
    case ErrorKind::cancelled:
      return "cancelled";
  }
  return "input";
}

SEXP record(const char* kind, const std::string& code, const std::string& message, const std::string& hint,
            const Document& context) {
  Rcpp::List out(to_r(
      Document::object({{"kind", kind}, {"code", code}, {"message", message}, {"hint", hint}, {"context", context}})));
  out.attr("class") = "deciban_failure";
  return out;
}

Error wrong_threads(const std::string& source, const std::string& found) {
  return Error(ErrorKind::input, "input.n_threads", source + " is " + found + ".",
               "The number of threads is a positive whole number.", Document::object({{"n_threads", found}}));
}

int whole_threads(double value, const std::string& source) {
  if (value >= 1.0 && value <= std::numeric_limits<int>::max() && value == std::floor(value))
    return static_cast<int>(value);
  throw wrong_threads(source, format_g(value, 15));
}

int threads_of(SEXP value, const std::string& source) {
  if (Rf_xlength(value) == 1 && TYPEOF(value) == INTSXP && INTEGER_ELT(value, 0) != NA_INTEGER)
    return whole_threads(INTEGER_ELT(value, 0), source);
  if (Rf_xlength(value) == 1 && TYPEOF(value) == REALSXP) return whole_threads(REAL_ELT(value, 0), source);
  throw wrong_threads(source, std::string("no number (") + Rf_type2char(TYPEOF(value)) + " of length " +
                                  std::to_string(static_cast<long long>(Rf_xlength(value))) + ")");
}

int threads_wanted(SEXP n_threads) {
  if (n_threads != R_NilValue) return threads_of(n_threads, "Argument `n_threads`");
  const SEXP option = Rf_GetOption1(Rf_install("deciban.threads"));
  if (option != R_NilValue) return threads_of(option, "Option `deciban.threads`");
  const char* text = std::getenv(kVariable);
  if (text != nullptr && *text != '\0') {
    const std::string source = std::string("The environment variable ") + kVariable;
    double value = 0.0;
    if (!parse_double(text, value)) throw wrong_threads(source, "\"" + std::string(text) + "\"");
    return whole_threads(value, source);
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// CRAN's rule for checks.
bool is_limited() {
  const char* limit = std::getenv("_R_CHECK_LIMIT_CORES_");
  if (limit == nullptr) return false;
  const std::string text = limit;
  return !text.empty() && text != "false" && text != "FALSE";
}

void check_interrupt(void*) { R_CheckUserInterrupt(); }

}  // namespace

SEXP failure(const Error& error) {
  return record(kind_name(error.kind()), error.code(), error.what(), error.hint(), error.context());
}

SEXP failure(const std::exception& error) {
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  const std::string message = memory ? "There is not enough memory." : std::string("Internal error: ") + error.what();
  return record("numeric", memory ? "memory.exhausted" : "internal.error", message, "", Document::object());
}

RunContext run_context(SEXP n_threads) {
  RunContext context;
  context.n_threads = threads_wanted(n_threads);
  if (is_limited()) context.n_threads = std::min(context.n_threads, 2);
  context.team = std::make_shared<parallel::Team>();
  // An interrupt would jump over C++ frames; R_ToplevelExec catches the jump.
  context.interrupted = [] { return R_ToplevelExec(check_interrupt, nullptr) == FALSE; };
  return context;
}

double number_argument(SEXP value, const char* name) {
  if (Rf_xlength(value) == 1 && TYPEOF(value) == INTSXP && INTEGER_ELT(value, 0) != NA_INTEGER)
    return INTEGER_ELT(value, 0);
  if (Rf_xlength(value) == 1 && TYPEOF(value) == REALSXP) return REAL_ELT(value, 0);
  throw Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be a number.",
              "See the help page of the function.", Document::object({{"argument", name}}));
}

std::string text_argument(SEXP value, const char* name) {
  if (TYPEOF(value) == STRSXP && Rf_xlength(value) == 1 && STRING_ELT(value, 0) != NA_STRING)
    return utf8_text(STRING_ELT(value, 0), std::string("argument `") + name + "`");
  throw Error(ErrorKind::input, "input.argument", std::string("`") + name + "` must be a text.",
              "See the help page of the function.", Document::object({{"argument", name}}));
}

}  // namespace deciban::glue
