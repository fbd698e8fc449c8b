#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "deciban/data/column.hpp"

extern "C" {
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
  int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
  const char* (*get_last_error)(struct ArrowArrayStream*);
  void (*release)(struct ArrowArrayStream*);
  void* private_data;
};
#endif
}

namespace deciban::data {

/// Takes ownership of a stream of struct arrays (record batches) and gives one Column per field, a chunk per batch,
/// without copying values. Fields of types that no formula can use (lists, structs, binary, ...) become columns that
/// raise DataError `data.unsupported_type` (names the column and the Arrow format) only when they are read: they are
/// returned in `unsupported` as name + format and left out of the result.
/// The stream is released before the call returns, also by an error; batches when the last column has gone. Timestamps
/// become datetimes in seconds (UTC), date32 and date64 days. Arrow cannot tell a declared order: see mark_declared.
/// Raises DataError `data.arrow_stream` (the producer failed) and `data.arrow_invalid` (not a stream of record batches,
/// or malformed).
/// @param wanted names of the columns to take; empty takes all; names that are not there are left out.
std::vector<Column> columns_from_arrow(ArrowArrayStream* stream, const std::vector<std::string>& wanted,
                                       std::vector<std::pair<std::string, std::string>>& unsupported);

}  // namespace deciban::data
