#include "dataset.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "columns.hpp"
#include "deciban/data/dataset.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "host_call.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;

const char* meaning_name(data::Meaning meaning) {
  switch (meaning) {
    case data::Meaning::number:
      return "number";
    case data::Meaning::boolean:
      return "boolean";
    case data::Meaning::text:
      return "text";
    case data::Meaning::date:
      return "date";
    case data::Meaning::datetime:
      return "datetime";
  }
  return "";
}

// Values of a column and what they mean: numbers (NaN: missing), or for text its levels and codes (-1: missing).
py::tuple values(const Columns& columns, const std::string& name) {
  const data::Column& column = columns.table.at(name);
  const data::Meaning meaning = column.meaning();
  if (meaning == data::Meaning::text) {
    const data::CodedColumn coded = data::encode_levels(column);
    py::array_t<std::int32_t> codes(static_cast<py::ssize_t>(coded.codes.size()));
    coded.codes.read(0, column.length(), codes.mutable_data());
    return py::make_tuple(meaning_name(meaning), codes, coded.levels.labels);
  }
  py::array_t<double> numbers(static_cast<py::ssize_t>(column.length()));
  data::read_doubles(column, 0, column.length(), numbers.mutable_data());
  return py::make_tuple(meaning_name(meaning), numbers, py::none());
}

void append(data::DatasetBuilder& builder, const Columns& piece, const py::object& n_threads, std::int64_t chunks) {
  HostCall call(n_threads);
  call.run([&](const RunContext& context) { builder.append(piece.table, context, chunks); });
}

}  // namespace

void bind_dataset(py::module_& m) {
  using py::arg;
  py::class_<data::DatasetBuilder>(m, "DatasetBuilder")
      .def(py::init<bool>(), arg("spool") = false)
      .def_property_readonly("rows", &data::DatasetBuilder::rows)
      .def_property_readonly("nbytes", &data::DatasetBuilder::bytes)
      .def("append", &append, arg("piece"), arg("n_threads") = py::none(), arg("chunks") = 1)
      .def("finish", [](data::DatasetBuilder& builder) { return Columns{builder.finish()}; });
  m.def("column_values", &values, arg("columns"), arg("name"));
}

}  // namespace deciban::glue
