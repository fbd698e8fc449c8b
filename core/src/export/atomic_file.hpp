#pragma once
#include "deciban/base/config.hpp"

#include <string>

namespace deciban::export_ {

/// Writes a temporary file beside `path` (UTF-8), flushes it to the disk and renames it. Raises IoError `io.write`;
/// then the temporary file is removed and the old file is as it was.
void write_file_atomically(const std::string& path, const std::string& content);

/// Raises IoError `io.read`.
std::string read_file(const std::string& path);

}  // namespace deciban::export_
