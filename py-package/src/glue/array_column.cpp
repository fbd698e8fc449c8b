#include "array_column.hpp"

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "errors.hpp"
#include "hold.hpp"

namespace deciban::glue {
namespace {

data::Type integer_type(bool is_signed, py::ssize_t bytes) {
  switch (bytes) {
    case 1:
      return is_signed ? data::Type::int8 : data::Type::uint8;
    case 2:
      return is_signed ? data::Type::int16 : data::Type::uint16;
    case 4:
      return is_signed ? data::Type::int32 : data::Type::uint32;
    case 8:
      return is_signed ? data::Type::int64 : data::Type::uint64;
    default:
      return data::Type::null;
  }
}

data::Type storage_type(const py::dtype& dtype) {
  switch (dtype.kind()) {
    case 'b':
      return data::Type::uint8;
    case 'i':
      return integer_type(true, dtype.itemsize());
    case 'u':
      return integer_type(false, dtype.itemsize());
    case 'f':
      if (dtype.itemsize() == 8) return data::Type::float64;
      if (dtype.itemsize() == 4) return data::Type::float32;
      return data::Type::null;
    default:
      return data::Type::null;
  }
}

void require_vector(const std::string& name, const py::array& values) {
  if (values.ndim() == 1) return;
  throw Error(ErrorKind::input, "data.dimension",
              "Column `" + name + "` is an array of " + std::to_string(values.ndim()) + " dimensions.",
              "A column is a one-dimensional array; `.ravel()` makes one.",
              Document::object({{"column", name}, {"dimensions", static_cast<std::int64_t>(values.ndim())}}));
}

// Arrow's bitmap (set: present) from NumPy's mask (true: missing).
std::vector<std::uint8_t> bitmap_of(const std::string& name, const py::array& mask, py::ssize_t rows) {
  require_vector(name, mask);
  require_row_limit(name, rows);
  if (mask.dtype().kind() != 'b' || mask.shape(0) != rows) {
    throw Error(ErrorKind::input, "data.length_mismatch",
                "The mask of column `" + name + "` has " + std::to_string(mask.shape(0)) + " values for " +
                    std::to_string(rows) + " rows.",
                "", Document::object({{"column", name}}));
  }
  std::vector<std::uint8_t> bits(static_cast<std::size_t>((rows + 7) / 8), 0);
  const char* base = static_cast<const char*>(mask.data());
  const py::ssize_t stride = mask.strides(0);
  for (py::ssize_t row = 0; row < rows; ++row) {
    if (base[row * stride] == 0) bits[static_cast<std::size_t>(row >> 3)] |= static_cast<std::uint8_t>(1u << (row & 7));
  }
  return bits;
}

data::ColumnView view_of(const std::string& name, const py::array& values) {
  require_vector(name, values);
  data::ColumnView view;
  view.type = storage_type(values.dtype());
  if (view.type == data::Type::null) {
    const bool small_float = values.dtype().kind() == 'f' && values.dtype().itemsize() < 4;
    raise_unsupported(name, py::cast<std::string>(py::str(values.dtype())),
                      small_float ? "Convert it: `.astype(\"float32\")`." : "Convert it to numbers, text or dates.");
  }
  if (values.dtype().kind() == 'b') view.meaning = data::Meaning::boolean;
  view.values = values.data();
  view.length = values.shape(0);
  view.stride = values.strides(0);
  return view;
}

std::shared_ptr<data::Dictionary> declared_dictionary(const data::Column& categories, bool ordered) {
  auto dictionary = std::make_shared<data::Dictionary>();
  dictionary->declared = true;
  dictionary->ordered = ordered;
  dictionary->meaning = categories.meaning();
  if (dictionary->meaning == data::Meaning::text) {
    // Categories are distinct, and their own order counts: it is that of their appearance, else each is looked up in
    // the sorted levels.
    const std::shared_ptr<const data::Dictionary> appeared =
        categories.chunks.size() == 1 ? categories.chunks[0].dictionary : nullptr;
    if (appeared && static_cast<std::int64_t>(appeared->size()) == categories.length()) {
      dictionary->labels = appeared->labels;
      return dictionary;
    }
    const data::CodedColumn coded = data::encode_levels(categories);
    coded.codes.for_each([&](std::size_t, std::int32_t code) {
      dictionary->labels.push_back(coded.levels.labels.at(static_cast<std::size_t>(code)));
    });
    return dictionary;
  }
  dictionary->numbers.resize(static_cast<std::size_t>(categories.length()));
  data::read_doubles(categories, 0, categories.length(), dictionary->numbers.data());
  for (const double number : dictionary->numbers) {
    dictionary->labels.push_back(data::level_label(dictionary->meaning, number));
  }
  return dictionary;
}

}  // namespace

data::Column array_column(const std::string& name, const py::array& values, const py::object& mask,
                          const ArrayMeaning& meaning) {
  data::ColumnView view = view_of(name, values);
  if (meaning.meaning != data::Meaning::number) view.meaning = meaning.meaning;
  view.unit = meaning.unit;
  if (meaning.has_nat) {
    view.has_null_code = true;
    view.null_code = std::numeric_limits<std::int64_t>::min();
  }
  const std::shared_ptr<Held> held = hold(values);
  if (!mask.is_none()) {
    held->validity = bitmap_of(name, py::cast<py::array>(mask), values.shape(0));
    view.validity = held->validity.data();
  }
  data::Column column;
  column.name = name;
  column.chunks.push_back(view);
  column.owner = held;
  return column;
}

data::Column codes_column(const std::string& name, const py::array& codes, const data::Column& categories,
                          bool ordered) {
  data::Column column;
  column.name = name;
  data::ColumnView view = view_of(name, codes);
  view.has_null_code = true;
  view.null_code = -1;
  view.dictionary = declared_dictionary(categories, ordered);
  view.meaning = view.dictionary->meaning;
  column.chunks.push_back(view);
  column.owner = hold(codes);
  return column;
}

}  // namespace deciban::glue
