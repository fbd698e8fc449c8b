#include "deciban/models/portfolio.hpp"

#include <pybind11/pybind11.h>

#include <cstdint>

#include "deciban/base/error.hpp"
#include "document.hpp"
#include "host_call.hpp"
#include "model.hpp"
#include "results.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;

py::dict simulate(const py::object& n, const py::object& seed, const py::object& n_threads) {
  const std::int64_t rows = to_integer(n, "n");
  const std::int64_t key = to_integer(seed, "seed");
  if (key < 0) {
    throw Error(ErrorKind::input, "input.seed", "Argument `seed` is " + std::to_string(key) + ".",
                "A seed is a whole number of at least 0.", Document::object({{"seed", key}}));
  }
  HostCall call(n_threads);
  return to_python(call.run([&](const RunContext& context) {
    return models::simulate_portfolio(rows, static_cast<std::uint64_t>(key), context);
  }));
}

}  // namespace

void bind_portfolio(py::module_& m) {
  m.def("simulate_portfolio", &simulate, py::arg("n"), py::arg("seed"), py::arg("n_threads"));
  m.def("portfolio_truth", [] { return to_python(models::portfolio_truth()); });
}

}  // namespace deciban::glue
