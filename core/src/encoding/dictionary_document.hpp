#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/base/document.hpp"
#include "deciban/base/error.hpp"
#include "deciban/data/column.hpp"

namespace deciban::encoding {

/// Levels as they stand in the file of an encoder: `{type, labels, values, declared, ordered}` as those of a design.
Document dictionary_document(const data::Dictionary& levels);
/// Raises FormatError `format.invalid`, `format.missing_key`.
data::Dictionary dictionary_from_document(const Document& document);

/// FormatError `format.invalid`: what an encoder's file cannot hold.
Error invalid_document(const std::string& key);

}  // namespace deciban::encoding
