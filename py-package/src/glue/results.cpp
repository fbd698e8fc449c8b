#include "results.hpp"

#include <pybind11/stl.h>

#include <cstdint>

namespace deciban::glue {
namespace {

py::object to_python(tables::Column&& column) {
  using Kind = tables::Column::Kind;
  switch (column.kind) {
    case Kind::text:
      return py::cast(column.texts);
    case Kind::number:
      return to_numpy(std::move(column.numbers));
    case Kind::integer:
      return to_numpy(std::move(column.integers));
    case Kind::boolean: {
      py::array_t<bool> flags(static_cast<py::ssize_t>(column.integers.size()));
      bool* out = flags.mutable_data();
      for (const std::int64_t value : column.integers) *out++ = value != 0;
      return std::move(flags);
    }
    case Kind::category: {
      std::vector<std::int32_t> codes(column.integers.begin(), column.integers.end());
      return py::make_tuple(to_numpy(std::move(codes)), py::cast(column.levels));
    }
  }
  return py::none();
}

// Text of a table whose columns came from Python: lists of str, and arrays of numbers.
std::string render_columns(const py::dict& columns) {
  tables::ResultTable table;
  for (const auto& [key, values] : columns) {
    const auto name = py::cast<std::string>(key);
    if (py::isinstance<py::list>(values)) {
      table.add(name, py::cast<std::vector<std::string>>(values));
    } else if (py::cast<py::array>(values).dtype().kind() == 'i') {
      table.add_integers(name, py::cast<std::vector<std::int64_t>>(values));
    } else if (py::cast<py::array>(values).dtype().kind() == 'b') {
      const auto flags = py::cast<std::vector<bool>>(values);
      table.add_flags(name, std::vector<std::int64_t>(flags.begin(), flags.end()));
    } else {
      table.add(name, py::cast<std::vector<double>>(values));
    }
  }
  return tables::render(table, {});
}

}  // namespace

py::dict to_python(tables::ResultTable&& table) {
  py::dict out;
  for (tables::Column& column : table.columns) {
    const py::str name(column.name);
    out[name] = to_python(std::move(column));
  }
  return out;
}

void bind_results(py::module_& m) { m.def("render_columns", &render_columns, py::arg("columns")); }

}  // namespace deciban::glue
