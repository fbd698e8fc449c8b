#pragma once
#include "deciban/base/config.hpp"

#include <algorithm>
#include <vector>

#include "deciban/linalg/arrow.hpp"

namespace deciban::linalg {

/// Index in the core of column j of the whole; -1: it belongs to the arrow.
inline int core_index(const Arrow& arrow, int j) {
  if (j < arrow.first) return j;
  return j < arrow.first + arrow.size() ? -1 : j - arrow.size();
}

/// Entries of the core's columns.
template <class T>
std::vector<T> core_part(const Arrow& arrow, const std::vector<T>& all) {
  std::vector<T> part(all.begin(), all.begin() + arrow.first);
  part.insert(part.end(), all.begin() + arrow.first + arrow.size(), all.end());
  return part;
}

template <class T>
void put_core_part(const Arrow& arrow, const std::vector<T>& part, std::vector<T>& all) {
  std::copy(part.begin(), part.begin() + arrow.first, all.begin());
  std::copy(part.begin() + arrow.first, part.end(), all.begin() + arrow.first + arrow.size());
}

}  // namespace deciban::linalg
