#include "fitted.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>

#include "columns.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/models/fitted.hpp"
#include "deciban/models/metrics.hpp"
#include "document.hpp"
#include "host_call.hpp"
#include "results.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;

// pybind11 would look for the class behind the interface.
struct FittedState {
  models::FittedPtr fitted;
};

// (table, notes, warnings)
py::tuple answer_to_python(models::Answer&& answer) {
  return py::make_tuple(to_python(std::move(answer.table)), to_python(answer.notes),
                        to_python(deciban::to_document(answer.warnings)));
}

FittedState fit(const std::string& kind, const py::dict& arguments, const Columns& data, const Columns& vectors,
                const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return call.run([&](const RunContext& context) {
    return FittedState{models::fit(kind, document, data.table, vectors.table, context)};
  });
}

py::tuple query(const FittedState& state, const std::string& name, const py::dict& arguments, const Columns* data,
                const Columns* vectors, const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  const models::QueryData rows{data ? &data->table : nullptr, vectors ? &vectors->table : nullptr};
  HostCall call(n_threads);
  return answer_to_python(
      call.run([&](const RunContext& context) { return state.fitted->query(name, document, rows, context); }));
}

FittedState from_json(const std::string& text) {
  const py::gil_scoped_release release;
  return {export_::fitted_from_json(text)};
}

py::tuple metric(const std::string& name, const py::dict& arguments, const Columns& vectors) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(py::none{});
  return answer_to_python(
      call.run([&](const RunContext& context) { return models::metric(name, document, vectors.table, context); }));
}

py::tuple stability(const std::string& name, const py::dict& arguments, const Columns& expected, const Columns& actual,
                    const Columns& vectors, const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return answer_to_python(call.run([&](const RunContext& context) {
    return models::stability_metric(name, document, expected.table, actual.table, vectors.table, context);
  }));
}

}  // namespace

void bind_fitted(py::module_& m) {
  using py::arg;
  py::class_<FittedState>(m, "Fitted")
      .def_property_readonly("kind", [](const FittedState& state) { return state.fitted->kind(); })
      .def_property_readonly(
          "warnings",
          [](const FittedState& state) { return to_python(deciban::to_document(state.fitted->warnings())); })
      .def("query", &query, arg("name"), arg("arguments"), arg("data").none(true), arg("vectors").none(true),
           arg("n_threads"))
      .def("to_json", [](const FittedState& state) { return export_::fitted_to_json(*state.fitted); })
      .def(
          "save", [](const FittedState& state, const std::string& path) { export_::save_fitted(*state.fitted, path); },
          arg("path"), py::call_guard<py::gil_scoped_release>());
  m.def("fit_fitted", &fit, arg("kind"), arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("fitted_from_json", &from_json, arg("text"));
  m.def("metric", &metric, arg("name"), arg("arguments"), arg("vectors"));
  m.def("stability", &stability, arg("name"), arg("arguments"), arg("expected"), arg("actual"), arg("vectors"),
        arg("n_threads"));
}

}  // namespace deciban::glue
