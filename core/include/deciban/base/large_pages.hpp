#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <vector>

namespace deciban {

/// Asks the system for large pages behind memory that nobody has touched yet: a new megabyte costs a fraction of what
/// it does page by page. No value depends on it; where there are no large pages it does nothing.
void advise_large_pages(void* memory, std::size_t bytes);

/// A vector of `size` values for a pass over rows.
template <class Value>
std::vector<Value> row_vector(std::size_t size, Value value = Value()) {
  std::vector<Value> values;
  values.reserve(size);
  advise_large_pages(values.data(), size * sizeof(Value));
  values.resize(size, value);
  return values;
}

}  // namespace deciban
