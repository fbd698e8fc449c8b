#pragma once
#include "deciban/base/config.hpp"

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "deciban/base/error.hpp"

namespace deciban::glue {

namespace py = pybind11;

/// Turns the core's Error into the exception classes of deciban._errors.
void register_errors();

/// InputError `input.argument_type`: an argument of a type that it does not take.
[[noreturn]] void raise_argument_type(const std::string& argument, const std::string& expected, py::handle value);

/// DataError `data.unsupported_type`: a column whose values no formula can use. A negative row is left out.
[[noreturn]] void raise_unsupported(const std::string& column, const std::string& type, const std::string& hint,
                                    std::int64_t row = -1);

/// InputError `data.too_many_rows`, for columns that must be copied before the core can count their rows.
void require_row_limit(const std::string& column, std::int64_t rows);

/// Name of a Python type, with its module unless it is a builtin: "str", "decimal.Decimal".
std::string type_name(py::handle value);

}  // namespace deciban::glue
