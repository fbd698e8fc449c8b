#pragma once
#include "deciban/base/config.hpp"

#include <cstddef>
#include <memory>
#include <type_traits>

#include "deciban/base/line_vector.hpp"

namespace deciban {

/// An array of numbers that are written before they are read: nothing is set at first, so that its memory is first
/// touched, and had from the system, by the threads that fill it. They start at a cache line.
template <class T>
class RawArray {
  static_assert(std::is_trivial<T>::value, "elements start without a value");

 public:
  RawArray() = default;
  explicit RawArray(std::size_t size) : size_(size), values_(LineAllocator<T>().allocate(size)) {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T* data() { return values_.get(); }
  const T* data() const { return values_.get(); }

 private:
  std::size_t size_ = 0;
  struct Free {
    void operator()(T* memory) const { LineAllocator<T>().deallocate(memory, 0); }
  };
  std::unique_ptr<T[], Free> values_;
};

}  // namespace deciban
