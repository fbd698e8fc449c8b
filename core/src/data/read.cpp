#include "deciban/data/read.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "decimal.hpp"
#include "steps.hpp"
#include "view_access.hpp"

namespace deciban::data {
namespace access {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void raise_bad_code(const std::string& column, std::int64_t code, std::int64_t row,
                                 const ColumnView& view) {
  throw Error(ErrorKind::data, "data.bad_code",
              "Column `" + column + "` has the code " + std::to_string(code) + " in row " + std::to_string(row + 1) +
                  " of a chunk, but its dictionary has " + std::to_string(coded_size(view)) + " levels.",
              "Build the factor or categorical column again; its codes and levels do not belong together.",
              Document::object({{"column", column}, {"code", code}, {"row", row}}));
}

[[noreturn]] void raise_not_numeric(const std::string& column, const std::string& value) {
  throw Error(ErrorKind::data, "data.not_numeric",
              "Column `" + column + "` holds text where numbers are needed" +
                  (value.empty() ? std::string(".") : " (for example \"" + value + "\")."),
              "Convert it to numbers, or let it enter the formula as a factor.",
              Document::object({{"column", column}, {"value", value}}));
}

// First present text of a chunk, for messages.
std::string example_text(const ColumnView& view, std::int64_t begin, std::int64_t count) {
  if (view.dictionary) return view.dictionary->labels.empty() ? "" : view.dictionary->labels.front();
  for (std::int64_t i = begin; i < begin + count; ++i) {
    if (is_valid(view, i)) return std::string(text_at(view, i));
  }
  return "";
}

template <class T>
double scaled(T value, std::int64_t unit) {
  if (unit == 1) return static_cast<double>(value);
  // Whole units and the rest apart: the value is the same whether it was stored in milli- or nanoseconds.
  const auto wide = static_cast<std::int64_t>(value);
  return static_cast<double>(wide / unit) + static_cast<double>(wide % unit) / static_cast<double>(unit);
}

template <class T>
void read_integers(const ColumnView& view, std::int64_t begin, std::int64_t count, double* out) {
  const char* base = static_cast<const char*>(view.values) + (view.offset + begin) * view.stride;
  const std::int64_t unit = view.unit == 0 ? 1 : view.unit;
  const bool contiguous = view.stride == static_cast<std::int64_t>(sizeof(T)) && unit == 1;
  if (contiguous && !view.has_null_code) {
    for (std::int64_t i = 0; i < count; ++i) {
      out[i] = static_cast<double>(load<T>(base, i * static_cast<std::int64_t>(sizeof(T))));
    }
    return;
  }
  const auto null_code = static_cast<T>(view.null_code);
  const bool has_null = view.has_null_code && static_cast<std::int64_t>(null_code) == view.null_code;
  if (contiguous && has_null) {
    for (std::int64_t i = 0; i < count; ++i) {
      const T value = load<T>(base, i * static_cast<std::int64_t>(sizeof(T)));
      out[i] = value == null_code ? kMissing : static_cast<double>(value);
    }
    return;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const T value = load<T>(base, i * view.stride);
    out[i] = has_null && value == null_code ? kMissing : scaled(value, unit);
  }
}

template <class T>
void read_floats(const ColumnView& view, std::int64_t begin, std::int64_t count, double* out) {
  const char* base = static_cast<const char*>(view.values) + (view.offset + begin) * view.stride;
  if (count > 0 && std::is_same_v<T, double> && view.stride == static_cast<std::int64_t>(sizeof(T))) {
    std::memcpy(out, base, static_cast<std::size_t>(count) * sizeof(T));
  } else {
    for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<double>(load<T>(base, i * view.stride));
  }
  if (view.has_null_code) {
    const auto null_code = static_cast<double>(view.null_code);
    for (std::int64_t i = 0; i < count; ++i) {
      if (out[i] == null_code) out[i] = kMissing;
    }
  }
  if (view.unit > 1) {
    const auto unit = static_cast<double>(view.unit);
    for (std::int64_t i = 0; i < count; ++i) out[i] /= unit;
  }
}

void read_decimals(const ColumnView& view, std::int64_t begin, std::int64_t count, double* out) {
  const char* base = static_cast<const char*>(view.values) + (view.offset + begin) * view.stride;
  for (std::int64_t i = 0; i < count; ++i) {
    // Slots of missing values may hold anything; they are overwritten below.
    const auto low = load<std::uint64_t>(base, i * view.stride);
    const auto high = load<std::uint64_t>(base, i * view.stride + 8);
    out[i] = decimal_to_double(high, low, view.decimal_scale);
  }
}

void read_coded(const std::string& column, const ColumnView& view, std::int64_t begin, std::int64_t count,
                double* out) {
  constexpr std::int64_t kBlock = 1024;
  std::int32_t codes[kBlock];
  const std::vector<double>& values = view.dictionary ? view.dictionary->numbers : *view.numbers;
  if (values.size() != coded_size(view)) raise_not_numeric(column, example_text(view, begin, count));
  const double* numbers = values.data();
  for (std::int64_t done = 0; done < count; done += kBlock) {
    const std::int64_t size = std::min(kBlock, count - done);
    read_codes(column, view, begin + done, size, codes);
    for (std::int64_t i = 0; i < size; ++i) out[done + i] = codes[i] < 0 ? kMissing : numbers[codes[i]];
  }
}

// Codes side by side without a validity bitmap; false when one of them is none, which the slow loop names.
template <class T>
bool read_packed_codes(const ColumnView& view, std::int64_t begin, std::int64_t count, std::int32_t* out) {
  const std::size_t size = coded_size(view);
  if (sizeof(T) > 4 || view.validity || view.stride != static_cast<std::int64_t>(sizeof(T)) || size > INT32_MAX)
    return false;
  const bool has_null =
      view.has_null_code && static_cast<std::int64_t>(static_cast<T>(view.null_code)) == view.null_code;
  const auto levels = static_cast<std::uint32_t>(size), base = static_cast<std::uint32_t>(view.code_base),
             null_code = static_cast<std::uint32_t>(view.null_code), null_mask = has_null ? ~0u : 0u;
  std::uint32_t bad = 0;
  map_steps<T>(static_cast<const char*>(view.values) + (view.offset + begin) * view.stride, count, out, [&](T value) {
    // Unsigned wrap-around turns every code that is too small into one that is too large.
    const auto code = static_cast<std::uint32_t>(value);
    const std::uint32_t index = code - base, null = (code == null_code ? ~0u : 0u) & null_mask;
    bad |= (index >= levels ? ~0u : 0u) & ~null;
    return static_cast<std::int32_t>(index | null);
  });
  return bad == 0;
}

template <class T, bool kValidity>
void read_codes_as(const std::string& column, const ColumnView& view, std::int64_t begin, std::int64_t count,
                   std::int32_t* out) {
  const char* base = static_cast<const char*>(view.values) + (view.offset + begin) * view.stride;
  const auto size = static_cast<std::uint64_t>(coded_size(view));
  const auto code_base = static_cast<std::uint64_t>(view.code_base);
  const auto null_code = static_cast<std::uint64_t>(view.null_code);
  const bool has_null = view.has_null_code;
  for (std::int64_t i = 0; i < count; ++i) {
    // Unsigned wrap-around turns every code that is too small into one that is too large.
    const auto code = static_cast<std::uint64_t>(static_cast<std::int64_t>(load<T>(base, i * view.stride)));
    const std::uint64_t index = code - code_base;
    if ((kValidity && !bit_at(view.validity, view.offset + begin + i)) || (has_null && code == null_code)) {
      out[i] = -1;
    } else if (index >= size) {
      raise_bad_code(column, static_cast<std::int64_t>(code), begin + i, view);
    } else {
      out[i] = static_cast<std::int32_t>(index);
    }
  }
}

}  // namespace

void read_codes(const std::string& column, const ColumnView& view, std::int64_t begin, std::int64_t count,
                std::int32_t* out) {
  const bool known = with_integer_type(view.type, [&](auto zero) {
    using T = decltype(zero);
    if (read_packed_codes<T>(view, begin, count, out)) return;
    if (view.validity) {
      read_codes_as<T, true>(column, view, begin, count, out);
    } else {
      read_codes_as<T, false>(column, view, begin, count, out);
    }
  });
  if (known) return;
  if (view.type == Type::null) {
    std::fill(out, out + count, -1);
    return;
  }
  throw Error(ErrorKind::data, "data.bad_code", "The codes of column `" + column + "` are not integers.",
              "Store the codes of a dictionary as integers.", Document::object({{"column", column}}));
}

void read_chunk(const std::string& column, const ColumnView& view, std::int64_t begin, std::int64_t count,
                double* out) {
  if (meaning_of(view) == Meaning::text) raise_not_numeric(column, example_text(view, begin, count));
  if (view.dictionary || view.numbers) {
    read_coded(column, view, begin, count, out);
    return;
  }
  const bool integer =
      with_integer_type(view.type, [&](auto zero) { read_integers<decltype(zero)>(view, begin, count, out); });
  if (!integer) {
    switch (view.type) {
      case Type::bit:
        for (std::int64_t i = 0; i < count; ++i) {
          out[i] = bit_at(static_cast<const std::uint8_t*>(view.values), view.offset + begin + i) ? 1.0 : 0.0;
        }
        break;
      case Type::float32:
        read_floats<float>(view, begin, count, out);
        break;
      case Type::float64:
        read_floats<double>(view, begin, count, out);
        break;
      case Type::decimal128:
        read_decimals(view, begin, count, out);
        break;
      default:
        std::fill(out, out + count, kMissing);
        return;
    }
  }
  if (view.validity) {
    for (std::int64_t i = 0; i < count; ++i) {
      if (!bit_at(view.validity, view.offset + begin + i)) out[i] = kMissing;
    }
  }
  if (view.meaning == Meaning::boolean && view.type != Type::bit) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = out[i] != out[i] ? out[i] : (out[i] != 0.0 ? 1.0 : 0.0);
  }
}

}  // namespace access

void read_doubles(const Column& column, std::int64_t begin, std::int64_t count, double* out) {
  const std::int64_t rows = column.length();
  if (begin < 0 || count < 0 || begin > rows || count > rows - begin) {
    throw Error(ErrorKind::input, "data.out_of_range",
                "Rows " + std::to_string(begin) + " to " + std::to_string(begin + count) + " of column `" +
                    column.name + "` were asked for, but it has " + std::to_string(rows) + " rows.",
                "Check that all columns belong to the same data.",
                Document::object({{"column", column.name}, {"begin", begin}, {"count", count}, {"rows", rows}}));
  }
  for (const ColumnView& view : column.chunks) {
    if (begin >= view.length) {
      // An empty chunk is looked at too: text is an error whether or not there are rows.
      if (view.length == 0) access::read_chunk(column.name, view, 0, 0, out);
      begin -= view.length;
      continue;
    }
    const std::int64_t size = std::min(count, view.length - begin);
    access::read_chunk(column.name, view, begin, size, out);
    begin = 0;
    out += size;
    count -= size;
    if (count == 0) return;
  }
}

}  // namespace deciban::data
