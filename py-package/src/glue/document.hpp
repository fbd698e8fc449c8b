#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "deciban/base/document.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// None, bool, int, float, str, list, tuple and dict (also NumPy's scalars) as a tree of plain values.
/// Raises InputError `input.argument_type` naming `what` for anything else.
Document to_document(py::handle value, const std::string& what);

/// The same way back: objects become dicts, arrays lists.
py::object to_python(const Document& document);

/// Text of the core as a str. Bytes that are not UTF-8 (a message that quotes a foreign file) are replaced.
py::str to_text(const std::string& text);

/// An integer argument; a float without a fraction (1e6) is one too. Raises InputError `input.argument_type`.
std::int64_t to_integer(py::handle value, const std::string& what);

}  // namespace deciban::glue
