#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <new>
#include <vector>

namespace deciban {

/// Bytes of a cache line, and of the widest vector register: what starts at a multiple of it never lies in two lines.
inline constexpr std::size_t kLineBytes = 64;

/// Memory that starts at a cache line.
template <class T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>&) {}

  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(kLineBytes)));
  }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, std::align_val_t(kLineBytes)); }
};
template <class T, class U>
bool operator==(const LineAllocator<T>&, const LineAllocator<U>&) {
  return true;
}
template <class T, class U>
bool operator!=(const LineAllocator<T>&, const LineAllocator<U>&) {
  return false;
}

/// A vector whose first element stands at the start of a cache line.
template <class T>
using LineVector = std::vector<T, LineAllocator<T>>;

}  // namespace deciban
