#include "host_call.hpp"

#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <thread>

#include "deciban/parallel/team.hpp"
#include "document.hpp"
#include "errors.hpp"

namespace deciban::glue {
namespace {

constexpr const char* kVariable = "DECIBAN_NUM_THREADS";
constexpr std::chrono::milliseconds kPollInterval(50);

int checked(std::int64_t threads, const std::string& source) {
  if (threads >= 1 && threads <= std::numeric_limits<int>::max()) return static_cast<int>(threads);
  throw Error(ErrorKind::input, "input.n_threads", source + " is " + std::to_string(threads) + ".",
              "The number of threads is a positive whole number.", Document::object({{"n_threads", threads}}));
}

int resolve_threads(const py::object& n_threads) {
  if (!n_threads.is_none()) return checked(to_integer(n_threads, "n_threads"), "Argument `n_threads`");
  const char* text = std::getenv(kVariable);
  if (text != nullptr && *text != '\0') {
    char* end = nullptr;
    const long threads = std::strtol(text, &end, 10);
    if (*end == '\0') return checked(threads, std::string("The environment variable ") + kVariable);
    throw Error(ErrorKind::input, "input.n_threads",
                std::string("The environment variable ") + kVariable + " is \"" + text + "\".",
                "The number of threads is a positive whole number.", Document::object({{"n_threads", text}}));
  }
  const unsigned processors = std::thread::hardware_concurrency();
  return processors == 0 ? 1 : static_cast<int>(processors);
}

}  // namespace

HostCall::HostCall(const py::object& n_threads) {
  context_.n_threads = resolve_threads(n_threads);
  context_.team = std::make_shared<parallel::Team>();
  next_poll_ = std::chrono::steady_clock::now() + kPollInterval;
  context_.interrupted = [this] { return interrupted(); };
}

bool HostCall::interrupted() {
  // Other Python threads may hold the GIL for milliseconds each time, so it is not asked for at every block of rows.
  const auto now = std::chrono::steady_clock::now();
  if (now < next_poll_) return false;
  next_poll_ = now + kPollInterval;
  const py::gil_scoped_acquire acquire;
  if (PyErr_CheckSignals() == 0) return false;
  host_error_ = std::make_exception_ptr(py::error_already_set());
  return true;
}

}  // namespace deciban::glue
