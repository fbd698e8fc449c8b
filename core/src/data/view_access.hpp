// Access to single values of a ColumnView, whatever their storage. Internal to the data area.
#pragma once
#include "deciban/base/config.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "deciban/data/column.hpp"

namespace deciban::data::access {

template <class T>
inline T load(const void* base, std::int64_t byte) {
  T value;
  std::memcpy(&value, static_cast<const char*>(base) + byte, sizeof(T));
  return value;
}

inline bool bit_at(const std::uint8_t* bits, std::int64_t index) { return (bits[index >> 3] >> (index & 7)) & 1; }

inline bool is_valid(const ColumnView& view, std::int64_t row) {
  return view.validity == nullptr || bit_at(view.validity, view.offset + row);
}

inline bool is_text(Type type) { return type == Type::utf8 || type == Type::large_utf8 || type == Type::utf8_view; }

/// What the values of a chunk mean: that of its dictionary when it has one, text for text storage.
inline Meaning meaning_of(const ColumnView& view) {
  if (view.dictionary) return view.dictionary->meaning;
  return is_text(view.type) ? Meaning::text : view.meaning;
}

/// Number of values that the codes of a chunk stand for.
inline std::size_t coded_size(const ColumnView& view) {
  return view.dictionary ? view.dictionary->size() : view.numbers->size();
}

/// Calls `body(T{})` with the C++ type of an integer storage type; false for any other type.
template <class Body>
bool with_integer_type(Type type, Body&& body) {
  switch (type) {
    case Type::int8:
      return body(std::int8_t{}), true;
    case Type::int16:
      return body(std::int16_t{}), true;
    case Type::int32:
      return body(std::int32_t{}), true;
    case Type::int64:
      return body(std::int64_t{}), true;
    case Type::uint8:
      return body(std::uint8_t{}), true;
    case Type::uint16:
      return body(std::uint16_t{}), true;
    case Type::uint32:
      return body(std::uint32_t{}), true;
    case Type::uint64:
      return body(std::uint64_t{}), true;
    default:
      return false;
  }
}

/// Text of a row of a chunk of this type; the caller has checked that it is valid.
template <Type type>
inline std::string_view text_of(const ColumnView& view, std::int64_t row) {
  const std::int64_t index = view.offset + row;
  if constexpr (type == Type::utf8 || type == Type::large_utf8) {
    using Offset = std::conditional_t<type == Type::utf8, std::int32_t, std::int64_t>;
    constexpr auto kSize = static_cast<std::int64_t>(sizeof(Offset));
    const auto begin = load<Offset>(view.text_offsets, index * kSize);
    const auto end = load<Offset>(view.text_offsets, index * kSize + kSize);
    return {view.text_bytes + begin, static_cast<std::size_t>(end - begin)};
  } else {
    constexpr std::int32_t kInline = 12;
    const char* entry = static_cast<const char*>(view.values) + index * 16;
    const auto size = load<std::int32_t>(entry, 0);
    if (size <= kInline) return {entry + 4, static_cast<std::size_t>(size)};
    const auto buffer = load<std::int32_t>(entry, 8);
    const auto begin = load<std::int32_t>(entry, 12);
    return {static_cast<const char*>(view.text_buffers[buffer]) + begin, static_cast<std::size_t>(size)};
  }
}

/// Text of a row of a text chunk; the caller has checked that it is valid.
inline std::string_view text_at(const ColumnView& view, std::int64_t row) {
  if (view.type == Type::utf8) return text_of<Type::utf8>(view, row);
  if (view.type == Type::large_utf8) return text_of<Type::large_utf8>(view, row);
  return text_of<Type::utf8_view>(view, row);
}

/// Codes of rows [begin, begin + count) of a chunk with a dictionary or coded numbers, counted from 0; missing is -1.
/// Raises `data.bad_code`.
void read_codes(const std::string& column, const ColumnView& view, std::int64_t begin, std::int64_t count,
                std::int32_t* out);

/// Rows [begin, begin + count) of one chunk without a dictionary of text as doubles. Raises as read_doubles.
void read_chunk(const std::string& column, const ColumnView& view, std::int64_t begin, std::int64_t count, double* out);

}  // namespace deciban::data::access
