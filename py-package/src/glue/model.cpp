#include "model.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "columns.hpp"
#include "deciban/export/model_file.hpp"
#include "deciban/models/design_view.hpp"
#include "deciban/models/glm.hpp"
#include "deciban/models/glm_tables.hpp"
#include "deciban/models/queries.hpp"
#include "design.hpp"
#include "document.hpp"
#include "host_call.hpp"
#include "results.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;
using models::GlmModel;
using ModelPtr = std::shared_ptr<GlmModel>;
using FitFunction = GlmModel (*)(const Document&, const data::Table&, const data::Table&, const RunContext&);

ModelPtr share(GlmModel&& model) { return std::make_shared<GlmModel>(std::move(model)); }

template <FitFunction fit>
ModelPtr fit_model(const py::dict& arguments, const Columns& data, const Columns& vectors,
                   const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return call.run([&](const RunContext& context) { return share(fit(document, data.table, vectors.table, context)); });
}

py::array predict(const GlmModel& model, const py::dict& arguments, const Columns& data, const Columns& vectors,
                  const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return to_numpy(call.run(
      [&](const RunContext& context) { return models::predict(model, document, data.table, vectors.table, context); }));
}

py::dict model_matrix(const GlmModel& model, const py::dict& arguments, const Columns& data,
                      const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return to_python(
      call.run([&](const RunContext& context) { return models::model_matrix(model, document, data.table, context); }));
}

py::tuple row_values(const GlmModel& model, const std::string& what, const Columns& data, const Columns& vectors,
                     const py::object& n_threads) {
  HostCall call(n_threads);
  std::vector<std::int64_t> kept;
  std::vector<double> values = call.run([&](const RunContext& context) {
    return models::row_values(model, what, data.table, vectors.table, context, kept);
  });
  return py::make_tuple(to_numpy(std::move(values)), to_numpy(std::move(kept)));
}

// (table, notes, warnings, rows, another model or None). `data` and `vectors` may be None.
py::tuple query(const GlmModel& model, const std::string& name, const py::dict& arguments, const Columns* data,
                const Columns* vectors, const std::vector<ModelPtr>& more, const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  models::QueryData rows;
  if (data && vectors) rows = {&data->table, &vectors->table};
  std::vector<const GlmModel*> others;
  for (const ModelPtr& other : more) others.push_back(other.get());
  HostCall call(n_threads);
  models::Answer answer =
      call.run([&](const RunContext& context) { return models::query(model, name, document, rows, others, context); });
  return py::make_tuple(to_python(std::move(answer.table)), to_python(answer.notes),
                        to_python(deciban::to_document(answer.warnings)), to_numpy(std::move(answer.rows)),
                        answer.model);
}

py::array covariance(const GlmModel& model) {
  const linalg::Matrix matrix = models::covariance_matrix(model);
  const auto p = static_cast<py::ssize_t>(matrix.cols());
  py::array_t<double> out({p, p});
  auto cells = out.mutable_unchecked<2>();
  for (py::ssize_t i = 0; i < p; ++i) {
    for (py::ssize_t j = 0; j < p; ++j) cells(i, j) = matrix(static_cast<int>(i), static_cast<int>(j));
  }
  return std::move(out);
}

ModelPtr load(const std::string& path) {
  const py::gil_scoped_release release;
  return share(export_::load_model(path));
}

ModelPtr from_json(const std::string& text) {
  const py::gil_scoped_release release;
  return share(export_::model_from_json(text));
}

std::vector<std::string> referenced_columns(const py::dict& arguments) {
  return models::referenced_columns(to_document(arguments, "arguments"));
}

}  // namespace

void bind_model(py::module_& m) {
  using py::arg;
  py::class_<GlmModel, ModelPtr>(m, "Model")
      .def_property_readonly("names", &GlmModel::names)
      .def_property_readonly("coefficients",
                             [](const GlmModel& model) { return to_numpy(std::vector<double>(model.coefficients)); })
      .def_property_readonly("covariance", &covariance)
      .def_property_readonly("warnings",
                             [](const GlmModel& model) { return to_python(deciban::to_document(model.warnings)); })
      .def("describe", [](const GlmModel& model) { return to_python(models::describe(model)); })
      .def(
          "coef_table", [](const GlmModel& model, double level) { return to_python(models::coef_table(model, level)); },
          arg("level"))
      .def(
          "relativities",
          [](const GlmModel& model, double level) { return to_python(models::relativities(model, level)); },
          arg("level"))
      .def("actual_expected", [](const GlmModel& model) { return to_python(models::actual_expected(model)); })
      .def("summary_text", &models::summary_text, arg("level"))
      .def("print_text", &models::print_text)
      .def("required_columns", &models::required_columns, arg("with_response"))
      .def("predict", &predict, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"))
      .def("model_matrix", &model_matrix, arg("arguments"), arg("data"), arg("n_threads"))
      .def("design_info", [](const GlmModel& model) { return to_python(models::design_info(model.spec)); })
      .def("query", &query, arg("name"), arg("arguments"), arg("data").none(true), arg("vectors").none(true),
           arg("more"), arg("n_threads"))
      .def("row_values", &row_values, arg("what"), arg("data"), arg("vectors"), arg("n_threads"))
      .def("to_json", &export_::model_to_json)
      .def("save", &export_::save_model, arg("path"), py::call_guard<py::gil_scoped_release>());
  m.def("fit_glm", &fit_model<models::fit_glm>, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("fit_glm_xy", &fit_model<models::fit_glm_xy>, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("referenced_columns", &referenced_columns, arg("arguments"));
  m.def("model_from_json", &from_json, arg("text"));
  m.def("load_model", &load, arg("path"));
}

}  // namespace deciban::glue
