#include "columns.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "array_column.hpp"
#include "arrow_source.hpp"
#include "deciban/base/error.hpp"
#include "object_column.hpp"

namespace deciban::glue {
namespace {

namespace py = pybind11;

ArrayMeaning meaning_of(const std::string& meaning, std::int64_t unit) {
  if (meaning == "date") return {data::Meaning::date, unit, true};
  if (meaning == "datetime") return {data::Meaning::datetime, unit, true};
  return {};
}

data::Column plain_column(const std::string& name, const py::array& values, const py::object& mask,
                          const std::string& meaning, std::int64_t unit) {
  if (values.dtype().kind() == 'O') return object_column(name, values);
  return array_column(name, values, mask, meaning_of(meaning, unit));
}

void add_array(Columns& columns, const std::string& name, const py::array& values, const py::object& mask,
               const std::string& meaning, std::int64_t unit) {
  columns.table.add(plain_column(name, values, mask, meaning, unit));
}

void add_codes(Columns& columns, const std::string& name, const py::array& codes, const py::array& categories,
               const std::string& meaning, std::int64_t unit, bool ordered) {
  const data::Column levels = categories.dtype().kind() == 'O'
                                  ? object_column(name, categories, true)
                                  : plain_column(name, categories, py::none(), meaning, unit);
  columns.table.add(codes_column(name, codes, levels, ordered));
}

// A column whose values do not matter; nothing happens when there is one of that name.
void add_absent(Columns& columns, const std::string& name, std::int64_t rows) {
  if (columns.table.find(name) != nullptr) return;
  data::Column column;
  column.name = name;
  column.chunks.emplace_back();
  column.chunks.back().length = rows;
  columns.table.add(std::move(column));
}

// Columns of a matrix are strided views, whatever its memory order.
void add_matrix(Columns& columns, const py::array& matrix, const std::vector<std::string>& names) {
  const auto width = static_cast<std::size_t>(matrix.ndim() == 2 ? matrix.shape(1) : 0);
  if (matrix.ndim() != 2 || width != names.size()) {
    throw Error(ErrorKind::input, "data.dimension",
                "The matrix has " + std::to_string(matrix.ndim()) + " dimensions and " + std::to_string(width) +
                    " columns where " + std::to_string(names.size()) + " columns are needed.",
                "",
                Document::object({{"columns", static_cast<std::int64_t>(width)},
                                  {"needed", static_cast<std::int64_t>(names.size())}}));
  }
  for (std::size_t j = 0; j < width; ++j) {
    const char* first = static_cast<const char*>(matrix.data()) + static_cast<py::ssize_t>(j) * matrix.strides(1);
    const py::array column(matrix.dtype(), {matrix.shape(0)}, {matrix.strides(0)}, first, matrix);
    columns.table.add(plain_column(names[j], column, py::none(), "number", 1));
  }
}

void add_frame(Columns& columns, const py::object& frame, const std::vector<std::string>& wanted,
               const std::vector<std::string>& declared) {
  std::vector<std::string> absent;
  for (data::Column& column : columns_of_frame(frame, wanted, absent)) {
    for (const std::string& name : declared) {
      if (name == column.name) data::mark_declared(column, false);
    }
    columns.table.add(std::move(column));
  }
  for (const std::string& name : absent) add_absent(columns, name, columns.table.rows());
}

void add_arrow(Columns& columns, const std::string& name, const py::object& values) {
  columns.table.add(column_of_arrow(name, values));
}

// A column of a dataset, whose rows it shares.
void add_shared(Columns& columns, const std::string& name, const Columns& other) {
  columns.table.add(other.table.at(name));
}

// A column that is no part of the caller's data: "." does not mean it.
void mark_beside(Columns& columns, const std::string& name) {
  std::vector<data::Column> all = columns.table.columns();
  for (data::Column& column : all) column.beside = column.beside || column.name == name;
  columns.table = data::Table(std::move(all));
}

}  // namespace

void bind_columns(py::module_& m) {
  using py::arg;
  py::class_<Columns>(m, "Columns")
      .def(py::init<>())
      .def_property_readonly("rows", [](const Columns& columns) { return columns.table.rows(); })
      .def_property_readonly("names", [](const Columns& columns) { return columns.table.names(); })
      .def("add_array", &add_array, arg("name"), arg("values"), arg("mask") = py::none(), arg("meaning") = "number",
           arg("unit") = 1)
      .def("add_codes", &add_codes, arg("name"), arg("codes"), arg("categories"), arg("meaning") = "number",
           arg("unit") = 1, arg("ordered") = false)
      .def("add_matrix", &add_matrix, arg("matrix"), arg("names"))
      .def("add_frame", &add_frame, arg("frame"), arg("wanted"), arg("declared"))
      .def("add_arrow", &add_arrow, arg("name"), arg("values"))
      .def("add_absent", &add_absent, arg("name"), arg("rows"))
      .def("add_shared", &add_shared, arg("name"), arg("other"))
      .def("mark_beside", &mark_beside, arg("name"));
}

}  // namespace deciban::glue
