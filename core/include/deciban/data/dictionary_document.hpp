#pragma once
#include "deciban/base/config.hpp"

#include "deciban/base/document.hpp"
#include "deciban/data/column.hpp"

namespace deciban::data {

/// Levels in a model file: `type`, `labels`, and where they are there `values`, `declared`, `ordered`.
Document to_document(const Dictionary& levels);
/// Raises FormatError `format.invalid` and `format.missing_key`.
Dictionary dictionary_from_document(const Document& document);

}  // namespace deciban::data
