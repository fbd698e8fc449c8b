#include "design.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "columns.hpp"
#include "deciban/design/spec.hpp"
#include "deciban/export/json.hpp"
#include "deciban/models/basis.hpp"
#include "deciban/models/design_view.hpp"
#include "document.hpp"
#include "host_call.hpp"
#include "results.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;
using design::DesignSpec;
using splines::Basis;

py::dict model_matrix(const py::dict& arguments, const Columns& data, const Columns& vectors,
                      const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return to_python(call.run(
      [&](const RunContext& context) { return models::model_matrix(document, data.table, vectors.table, context); }));
}

std::shared_ptr<DesignSpec> learn_design(const py::dict& arguments, const Columns& data, const Columns& vectors,
                                         const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return call.run([&](const RunContext& context) {
    return std::make_shared<DesignSpec>(models::learn_design(document, data.table, vectors.table, context));
  });
}

py::dict explain_plan(const py::dict& arguments, const Columns& data, const Columns& vectors,
                      const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return to_python(call.run(
      [&](const RunContext& context) { return models::explain_plan(document, data.table, vectors.table, context); }));
}

std::int64_t design_bytes(const py::dict& arguments, const Columns& data, const Columns& vectors,
                          const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return call.run(
      [&](const RunContext& context) { return models::design_bytes(document, data.table, vectors.table, context); });
}

py::dict design_matrix(const DesignSpec& spec, const py::dict& arguments, const Columns& data,
                       const py::object& n_threads) {
  const Document document = to_document(arguments, "arguments");
  HostCall call(n_threads);
  return to_python(
      call.run([&](const RunContext& context) { return models::model_matrix(spec, document, data.table, context); }));
}

std::shared_ptr<DesignSpec> design_from_json(const std::string& text) {
  return std::make_shared<DesignSpec>(design::spec_from_document(export_::read_json(text)));
}

std::vector<std::string> opaque_terms(const py::dict& arguments) {
  return models::opaque_terms(to_document(arguments, "arguments"));
}

std::shared_ptr<Basis> learn_basis(const py::dict& arguments, const Columns& x) {
  const Document document = to_document(arguments, "arguments");
  const py::gil_scoped_release release;
  return std::make_shared<Basis>(models::learn_basis(document, x.table.columns().at(0)));
}

py::array evaluate_basis(const Basis& basis, const Columns& x, const py::object& n_threads) {
  HostCall call(n_threads);
  return to_numpy(call.run(
      [&](const RunContext& context) { return models::evaluate_basis(basis, x.table.columns().at(0), context); }));
}

std::shared_ptr<Basis> basis_from_json(const std::string& text) {
  return std::make_shared<Basis>(splines::basis_from_document(export_::read_json(text)));
}

}  // namespace

py::dict to_python(design::ModelMatrix&& matrix) {
  py::dict out;
  out["names"] = py::cast(matrix.names);
  out["assign"] = py::cast(matrix.assign);
  out["term_labels"] = py::cast(matrix.terms);
  out["rows"] = matrix.rows;
  out["kept"] = to_numpy(std::move(matrix.kept));
  out["values"] = to_numpy(std::move(matrix.values));
  if (matrix.sparse) {
    out["row_index"] = to_numpy(std::move(matrix.row_index));
    out["column_start"] = to_numpy(std::move(matrix.column_start));
  }
  return out;
}

void bind_design(py::module_& m) {
  using py::arg;
  py::class_<DesignSpec, std::shared_ptr<DesignSpec>>(m, "Design")
      .def("info", [](const DesignSpec& spec) { return to_python(models::design_info(spec)); })
      .def("model_matrix", &design_matrix, arg("arguments"), arg("data"), arg("n_threads"))
      .def("to_json", [](const DesignSpec& spec) { return export_::write_json(design::to_document(spec)); });
  py::class_<Basis, std::shared_ptr<Basis>>(m, "Basis")
      .def_property_readonly("names", &Basis::suffixes)
      .def("describe", [](const Basis& basis) { return to_python(splines::to_document(basis)); })
      .def("evaluate", &evaluate_basis, arg("x"), arg("n_threads"))
      .def("to_json", [](const Basis& basis) { return export_::write_json(splines::to_document(basis)); });
  m.def("model_matrix", &model_matrix, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("learn_design", &learn_design, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("explain_plan", &explain_plan, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("design_bytes", &design_bytes, arg("arguments"), arg("data"), arg("vectors"), arg("n_threads"));
  m.def("design_from_json", &design_from_json, arg("text"));
  m.def("opaque_terms", &opaque_terms, arg("arguments"));
  m.def("learn_basis", &learn_basis, arg("arguments"), arg("x"));
  m.def("basis_from_json", &basis_from_json, arg("text"));
}

}  // namespace deciban::glue
