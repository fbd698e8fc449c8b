#include "deciban/data/numbers.hpp"

#include <cstdint>

namespace deciban::data {

bool Numbers::in_place(const Column& column, Numbers& out) {
  if (column.chunks.size() != 1) return false;
  const ColumnView& view = column.chunks[0];
  const bool plain = view.type == Type::float64 && view.stride == sizeof(double) && !view.validity &&
                     !view.has_null_code && view.unit <= 1 && !view.dictionary && !view.numbers &&
                     view.meaning != Meaning::boolean;
  const auto* values = static_cast<const double*>(view.values) + view.offset;
  if (!plain || reinterpret_cast<std::uintptr_t>(values) % alignof(double) != 0) return false;
  out.own_ = nullptr;
  out.borrowed_ = values;
  out.size_ = static_cast<std::size_t>(view.length);
  out.owner_ = column.owner;
  return true;
}

}  // namespace deciban::data
