#include "encoding.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "columns.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/models/cross_fit.hpp"
#include "deciban/models/encoders.hpp"
#include "document.hpp"
#include "host_call.hpp"
#include "results.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;

// pybind11 would turn the variant itself into one of its kinds.
struct EncoderState {
  std::shared_ptr<const models::Encoder> encoder;
};

// (encoder, encoded training rows or an empty dict, warnings)
py::tuple fit_encoder(const std::string& kind, const py::dict& arguments, const Columns& data, const Columns& vectors,
                      const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  models::FittedEncoder fitted = call.run([&](const RunContext& context) {
    return models::fit_encoder(kind, document, data.table, vectors.table, context);
  });
  return py::make_tuple(EncoderState{fitted.encoder}, to_python(std::move(fitted.training)),
                        to_python(deciban::to_document(fitted.warnings)));
}

py::dict encode(const EncoderState& state, const Columns& data, const py::object& n_threads) {
  HostCall call(n_threads);
  return to_python(
      call.run([&](const RunContext& context) { return models::encode(*state.encoder, data.table, context); }));
}

EncoderState from_json(const std::string& text) {
  const py::gil_scoped_release release;
  return {std::make_shared<const models::Encoder>(export_::encoder_from_json(text))};
}

// (folds by repeat, sizes, notes, warnings)
py::tuple make_folds(const py::dict& arguments, const Columns& vectors, const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  models::FoldAnswer answer =
      call.run([&](const RunContext& context) { return models::make_folds(document, vectors.table, context); });
  return py::make_tuple(to_python(std::move(answer.folds)), to_python(std::move(answer.sizes)), to_python(answer.notes),
                        to_python(deciban::to_document(answer.warnings)));
}

// (table, predictions, notes, warnings)
py::tuple cross_fit(const py::dict& arguments, const Columns& data, const Columns& vectors, const Columns& folds,
                    const py::dict& settings, const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments"), how = to_document(settings, "settings");
  HostCall call(n_threads);
  models::CrossFit fit = call.run([&](const RunContext& context) {
    return models::cross_fit(document, data.table, vectors.table, folds.table, how, context);
  });
  return py::make_tuple(to_python(std::move(fit.table)), to_python(std::move(fit.predictions)), to_python(fit.notes),
                        to_python(deciban::to_document(fit.warnings)));
}

std::vector<std::string> references(const py::dict& arguments, const std::vector<std::string>& names) {
  return models::encoder_references(to_document(arguments, "arguments"), names);
}

}  // namespace

void bind_encoding(py::module_& m) {
  using py::arg;
  py::class_<EncoderState>(m, "Encoder")
      .def("encode", &encode, arg("data"), arg("n_threads"))
      .def("describe", [](const EncoderState& state) { return to_python(models::describe(*state.encoder)); })
      .def(
          "table",
          [](const EncoderState& state, const std::string& what) {
            return to_python(models::encoder_table(*state.encoder, what));
          },
          arg("what"))
      .def("to_json", [](const EncoderState& state) { return export_::encoder_to_json(*state.encoder); })
      .def(
          "save",
          [](const EncoderState& state, const std::string& path) { export_::save_encoder(*state.encoder, path); },
          arg("path"), py::call_guard<py::gil_scoped_release>());
  m.def("fit_encoder", &fit_encoder, arg("kind"), arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("encoder_from_json", &from_json, arg("text"));
  m.def("encoder_references", &references, arg("arguments"), arg("names"));
  m.def("file_kind", &export_::file_kind, arg("text"));
  m.def("read_model_file", &export_::read_model_file, arg("path"));
  m.def("make_folds", &make_folds, arg("arguments"), arg("vectors"), arg("n_threads"));
  m.def("cross_fit", &cross_fit, arg("arguments"), arg("data"), arg("vectors"), arg("folds"), arg("settings"),
        arg("n_threads"));
}

}  // namespace deciban::glue
