#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/base/document.hpp"

namespace deciban::export_ {

/// Document to JSON text and back. Non-finite numbers are the strings "NaN", "Infinity", "-Infinity". Integers that fit
/// int64 stay integers. Reading refuses text that is not UTF-8 JSON, nests deeper than 64 or has more than 10,000 keys
/// in one object (FormatError `format.json`).
/// @param indent spaces per level, or -1 for one line. Arrays of plain numbers stay on one line.
std::string write_json(const Document& document, int indent = -1);
Document read_json(const std::string& text);

}  // namespace deciban::export_
