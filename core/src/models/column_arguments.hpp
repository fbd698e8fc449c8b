#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "arguments.hpp"
#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/base/run_context.hpp"
#include "deciban/data/numbers.hpp"
#include "deciban/data/table.hpp"

namespace deciban::models {

/// InputError `input.argument`.
Error wrong_argument(const char* name, const std::string& what);
/// An argument; null when it is absent or null.
const Document* given(const Document& arguments, const char* name);
/// A column as it is: by its name in the data, or as a vector (`true`); null when it is not given.
const data::Column* raw_column(const Document& arguments, const char* name, const data::Table& data,
                               const data::Table& vectors);
/// Numbers of a column argument: an expression over the data, or a vector; empty when it is not given.
data::Numbers numbers(const Arguments& arguments, const char* name, const data::Table& data, const data::Table& vectors,
                      const RunContext& context);

}  // namespace deciban::models
