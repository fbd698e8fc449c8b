#include "document.hpp"

#include "errors.hpp"

namespace deciban::glue {
namespace {

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

Document integer_document(py::handle value, const std::string& what) {
  const py::object index = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!index) throw py::error_already_set();
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(index.ptr(), &overflow);
  if (overflow != 0) raise_argument_type(what, "an integer below 2^63", value);
  return Document(static_cast<std::int64_t>(number));
}

// np.bool_ is no Python bool and NumPy's floats, float64 apart, are no Python floats.
bool is_numpy_scalar(py::handle value, const char* kind) {
  return py::hasattr(value, "dtype") && py::hasattr(value, "item") && py::hasattr(value, "ndim") &&
         py::cast<int>(value.attr("ndim")) == 0 && py::cast<std::string>(value.attr("dtype").attr("kind")) == kind;
}

}  // namespace

Document to_document(py::handle value, const std::string& what) {
  if (value.is_none()) return Document();
  if (py::isinstance<py::bool_>(value)) return Document(value.ptr() == Py_True);
  if (py::isinstance<py::str>(value)) return Document(py::cast<std::string>(value));
  if (py::isinstance<py::float_>(value)) return Document(py::cast<double>(value));
  if (py::isinstance<py::dict>(value)) {
    Document out = Document::object();
    for (const auto& item : py::reinterpret_borrow<py::dict>(value)) {
      const auto key = py::cast<std::string>(py::str(item.first));
      out.set(key, to_document(item.second, key));
    }
    return out;
  }
  if (py::isinstance<py::list>(value) || py::isinstance<py::tuple>(value)) {
    Document out = Document::array();
    for (const py::handle item : py::reinterpret_borrow<py::sequence>(value)) out.push(to_document(item, what));
    return out;
  }
  if (PyIndex_Check(value.ptr()) && !py::hasattr(value, "__len__")) return integer_document(value, what);
  if (is_numpy_scalar(value, "b")) return Document(py::cast<bool>(value.attr("item")()));
  if (is_numpy_scalar(value, "f")) return Document(py::cast<double>(value.attr("item")()));
  raise_argument_type(what, "a plain value (None, bool, number, text, list or dict)", value);
}

py::object to_python(const Document& document) {
  switch (document.type()) {
    case Document::Type::null:
      return py::none();
    case Document::Type::boolean:
      return py::bool_(document.as_bool());
    case Document::Type::integer:
      return py::int_(document.as_int());
    case Document::Type::number:
      return py::float_(document.as_double());
    case Document::Type::string:
      return to_text(document.as_string());
    case Document::Type::array: {
      py::list out;
      for (const Document& item : document.items()) out.append(to_python(item));
      return std::move(out);
    }
    case Document::Type::object: {
      py::dict out;
      for (const auto& [key, item] : document.members()) out[to_text(key)] = to_python(item);
      return std::move(out);
    }
  }
  return py::none();
}

py::str to_text(const std::string& text) {
  PyObject* decoded = PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace");
  if (decoded == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(decoded);
}

std::int64_t to_integer(py::handle value, const std::string& what) {
  if (!py::isinstance<py::bool_>(value)) {
    const Document document = to_document(value, what);
    if (document.type() == Document::Type::integer) return document.as_int();
    if (document.type() == Document::Type::number) {
      const double number = document.as_double();
      const bool in_range = number >= -kExactIntegers && number <= kExactIntegers;
      if (in_range && static_cast<double>(static_cast<std::int64_t>(number)) == number) {
        return static_cast<std::int64_t>(number);
      }
    }
  }
  raise_argument_type(what, "a whole number", value);
}

}  // namespace deciban::glue
