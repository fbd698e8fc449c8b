#include "errors.hpp"

#include <exception>
#include <limits>

#include "deciban/base/text.hpp"
#include "document.hpp"

namespace deciban::glue {
namespace {

void set_python_error(const Error& error) {
  try {
    const py::object make = py::module_::import("deciban._errors").attr("make_error");
    const py::object made = make(error_class(error.kind()), error.code(), to_text(error.message()),
                                 to_text(error.hint()), to_python(error.context()));
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
  } catch (py::error_already_set& failed) {
    failed.restore();
  }
}

}  // namespace

void register_errors() {
  py::register_local_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const Error& error) {
      set_python_error(error);
    }
  });
}

void raise_argument_type(const std::string& argument, const std::string& expected, py::handle value) {
  const std::string type = type_name(value);
  throw Error(ErrorKind::input, "input.argument_type",
              "Argument `" + argument + "` takes " + expected + ", not an object of type " + type + ".", "",
              Document::object({{"argument", argument}, {"type", type}}));
}

void raise_unsupported(const std::string& column, const std::string& type, const std::string& hint, std::int64_t row) {
  Document context = Document::object({{"column", column}, {"type", type}});
  std::string where;
  if (row >= 0) {
    context.set("row", row);
    where = " (row " + std::to_string(row + 1) + ")";
  }
  throw Error(ErrorKind::data, "data.unsupported_type",
              "Column `" + column + "` holds values of type " + type + where + ", which a model cannot use.", hint,
              std::move(context));
}

void require_row_limit(const std::string& column, std::int64_t rows) {
  constexpr std::int64_t kLimit = std::numeric_limits<std::int32_t>::max();
  if (rows <= kLimit) return;
  throw Error(
      ErrorKind::input, "data.too_many_rows",
      "Column `" + column + "` has " + format_count(rows) + " rows; a fit takes at most " + format_count(kLimit) + ".",
      "Aggregate the rows or fit on a sample.",
      Document::object({{"column", column}, {"rows", rows}, {"limit", kLimit}}));
}

std::string type_name(py::handle value) {
  const py::handle type(reinterpret_cast<PyObject*>(Py_TYPE(value.ptr())));
  const auto name = py::cast<std::string>(type.attr("__qualname__"));
  const auto module = py::cast<std::string>(py::str(type.attr("__module__")));
  return module == "builtins" ? name : module + "." + name;
}

}  // namespace deciban::glue
