#include "object_column.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "errors.hpp"
#include "object_kind.hpp"

namespace deciban::glue {
namespace {

constexpr std::int32_t kMissing = -1;

// Codes of distinct texts in order of appearance. Columns may repeat the same few str objects, so a small table keyed
// by address comes first. Texts of up to 8 bytes, as levels mostly are, are their own key; longer ones are looked up by
// content.
class TextCodes {
 public:
  TextCodes() : short_(64) {}

  std::int32_t code_of(PyObject* object) {
    // Where nearly every row has an object of its own, the table only costs.
    if (misses_ > kManyMisses && misses_ > hits_) return code_of_text(text_of(object));
    Slot& slot = slots_[(reinterpret_cast<std::uintptr_t>(object) >> 4) % slots_.size()];
    const bool known = slot.object == object;
    ++(known ? hits_ : misses_);
    if (!known) slot = {object, code_of_text(text_of(object))};
    return slot.code;
  }

  std::int32_t code_of_text(std::string_view text) {
    if (text.size() <= 8) return code_of_short(text);
    const auto found = long_.find(text);
    if (found != long_.end()) return found->second;
    const std::int32_t code = add_label(text);
    long_.emplace(labels_.back(), code);
    return code;
  }

  std::vector<std::string> take_labels() {
    return {std::make_move_iterator(labels_.begin()), std::make_move_iterator(labels_.end())};
  }

 private:
  struct Slot {
    PyObject* object = nullptr;
    std::int32_t code = kMissing;
  };
  struct ShortSlot {
    std::uint64_t bytes = 0;
    std::int32_t size = 0, code = kMissing;
  };

  static std::string_view text_of(PyObject* object) {
    if (PyUnicode_IS_COMPACT_ASCII(object))
      return {static_cast<const char*>(PyUnicode_DATA(object)), static_cast<std::size_t>(PyUnicode_GET_LENGTH(object))};
    Py_ssize_t size = 0;
    const char* bytes = PyUnicode_AsUTF8AndSize(object, &size);
    if (bytes == nullptr) throw py::error_already_set();
    return {bytes, static_cast<std::size_t>(size)};
  }

  std::int32_t add_label(std::string_view text) {
    labels_.emplace_back(text);
    return static_cast<std::int32_t>(labels_.size()) - 1;
  }

  ShortSlot& short_slot(std::uint64_t bytes, std::int32_t size) {
    std::uint64_t hash = (bytes ^ static_cast<std::uint64_t>(size)) * 0x9E3779B97F4A7C15ull;
    std::size_t at = static_cast<std::size_t>(hash ^ (hash >> 32)) & (short_.size() - 1);
    while (short_[at].code >= 0 && (short_[at].bytes != bytes || short_[at].size != size))
      at = (at + 1) & (short_.size() - 1);
    return short_[at];
  }

  // All bytes of a text of up to 8, one to one for each size: two loads that may overlap.
  static std::uint64_t word_of(std::string_view text) {
    const char* at = text.data();
    const std::size_t size = text.size();
    if (size >= 4) {
      std::uint32_t first, last;
      std::memcpy(&first, at, 4);
      std::memcpy(&last, at + size - 4, 4);
      return first | static_cast<std::uint64_t>(last) << 32;
    }
    const auto byte = [at](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])); };
    return size == 0 ? 0 : byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
  }

  std::int32_t code_of_short(std::string_view text) {
    const std::uint64_t bytes = word_of(text);
    const auto size = static_cast<std::int32_t>(text.size());
    ShortSlot& slot = short_slot(bytes, size);
    if (slot.code >= 0) return slot.code;
    const std::int32_t code = add_label(text);
    slot = {bytes, size, code};
    if (2 * ++n_short_ > short_.size()) grow();
    return code;
  }

  void grow() {
    std::vector<ShortSlot> slots(2 * short_.size());
    slots.swap(short_);
    for (const ShortSlot& slot : slots)
      if (slot.code >= 0) short_slot(slot.bytes, slot.size) = slot;
  }

  static constexpr std::int64_t kManyMisses = 20000;
  std::array<Slot, 4096> slots_{};
  std::int64_t hits_ = 0, misses_ = 0;
  std::vector<ShortSlot> short_;
  std::size_t n_short_ = 0;
  std::unordered_map<std::string_view, std::int32_t> long_;  // views of `labels_`
  std::deque<std::string> labels_;
};

class Encoder {
 public:
  Encoder(const std::string& name, const py::array& values, bool any_as_text)
      : name_(name), base_(static_cast<const char*>(values.data())), any_as_text_(any_as_text) {
    if (values.ndim() != 1) {
      throw Error(ErrorKind::input, "data.dimension",
                  "Column `" + name + "` has " + std::to_string(values.ndim()) + " dimensions.",
                  "A column is one-dimensional.", Document::object({{"column", name}}));
    }
    rows_ = values.shape(0);
    stride_ = values.strides(0);
    require_row_limit(name, rows_);
  }

  data::Column encode() {
    for (std::int64_t row = 0; row < rows_; ++row) {
      if ((row & 0xFFFFF) == 0 && PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (row + kAhead < rows_) prefetch(at(row + kAhead));
      PyObject* object = at(row);
      if (kind_ == ObjectKind::text && PyUnicode_CheckExact(object))
        codes_.push_back(texts_.code_of(object));
      else
        add(object, row);
    }
    return finish();
  }

 private:
  static constexpr std::int64_t kAhead = 16;

  // Objects lie anywhere in memory: they are fetched some rows ahead.
  static void prefetch(const PyObject* object) {
#if defined(__GNUC__)
    __builtin_prefetch(object);
#else
    (void)object;
#endif
  }

  PyObject* at(std::int64_t row) const {
    PyObject* object = *reinterpret_cast<PyObject* const*>(base_ + row * stride_);
    return object == nullptr ? Py_None : object;
  }

  void add(PyObject* object, std::int64_t row) {
    ObjectKind kind = kinds_.of(object);
    if (kind == ObjectKind::other) {
      if (!any_as_text_) raise_unsupported(name_, type_name(object), "Convert it to numbers, text or dates.", row);
      kind = ObjectKind::text;
    }
    if (kind == ObjectKind::missing) {
      add_missing();
      return;
    }
    if (kind_ == ObjectKind::missing) begin(kind, object, row);
    if (kind != kind_) raise_mixed(object, row);
    add_value(object, row);
  }

  // The first value decides what the column holds; missing values before it are filled in.
  void begin(ObjectKind kind, PyObject* object, std::int64_t row) {
    kind_ = kind;
    first_type_ = type_name(object);
    const auto size = static_cast<std::size_t>(rows_);
    const auto done = static_cast<std::size_t>(row);
    if (kind == ObjectKind::text) {
      codes_.reserve(size);
      codes_.assign(done, kMissing);
    } else if (kind == ObjectKind::datetime) {
      times_->reserve(size);
      times_->assign(done, kNoTime);
    } else {
      numbers_.reserve(size);
      numbers_.assign(done, std::numeric_limits<double>::quiet_NaN());
    }
  }

  void add_missing() {
    if (kind_ == ObjectKind::missing) return;
    if (kind_ == ObjectKind::text) {
      codes_.push_back(kMissing);
    } else if (kind_ == ObjectKind::datetime) {
      times_->push_back(kNoTime);
    } else {
      numbers_.push_back(std::numeric_limits<double>::quiet_NaN());
    }
  }

  void add_value(PyObject* object, std::int64_t row) {
    switch (kind_) {
      case ObjectKind::text:
        codes_.push_back(PyUnicode_Check(object)
                             ? texts_.code_of(object)
                             : texts_.code_of_text(py::cast<std::string>(py::str(py::handle(object)))));
        break;
      case ObjectKind::date:
        numbers_.push_back(static_cast<double>(days_since_1970(object)));
        break;
      case ObjectKind::datetime:
        times_->push_back(microseconds_since_1970(name_, object, row));
        break;
      default:
        numbers_.push_back(number_of(name_, object, row));
    }
  }

  [[noreturn]] void raise_mixed(PyObject* object, std::int64_t row) const {
    const std::string second = type_name(object);
    throw Error(
        ErrorKind::data, "data.mixed_types",
        "Column `" + name_ + "` mixes types: " + first_type_ + " before row " + std::to_string(row + 1) +
            ", where it holds " + second + ".",
        "Convert the column to one type, or set the values that do not belong to None.",
        Document::object(
            {{"column", name_}, {"types", Document(std::vector<std::string>{first_type_, second})}, {"row", row}}));
  }

  data::Column finish() {
    if (kind_ == ObjectKind::missing) return missing_column();
    if (kind_ == ObjectKind::datetime) return datetime_column();
    if (kind_ == ObjectKind::text) {
      data::Dictionary dictionary;
      dictionary.labels = texts_.take_labels();
      return data::make_column(name_, std::move(codes_), std::move(dictionary));
    }
    data::Column column = data::make_column(name_, std::move(numbers_));
    for (data::ColumnView& view : column.chunks) {
      if (kind_ == ObjectKind::boolean) view.meaning = data::Meaning::boolean;
      if (kind_ == ObjectKind::date) view.meaning = data::Meaning::date;
    }
    return column;
  }

  data::Column missing_column() const {
    data::Column column;
    column.name = name_;
    column.chunks.emplace_back();
    column.chunks.back().length = rows_;
    return column;
  }

  data::Column datetime_column() const {
    data::ColumnView view;
    view.type = data::Type::int64;
    view.meaning = data::Meaning::datetime;
    view.values = times_->data();
    view.length = rows_;
    view.stride = sizeof(std::int64_t);
    view.unit = 1000000;
    view.has_null_code = true;
    view.null_code = kNoTime;
    data::Column column;
    column.name = name_;
    column.chunks.push_back(view);
    column.owner = times_;
    return column;
  }

  static constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();
  const std::string& name_;
  const char* base_;
  bool any_as_text_;
  std::int64_t rows_ = 0, stride_ = 0;
  ObjectKinds kinds_;
  ObjectKind kind_ = ObjectKind::missing;
  std::string first_type_;
  TextCodes texts_;
  std::vector<std::int32_t> codes_;
  std::vector<double> numbers_;
  std::shared_ptr<std::vector<std::int64_t>> times_ = std::make_shared<std::vector<std::int64_t>>();
};

}  // namespace

data::Column object_column(const std::string& name, const py::array& values, bool any_as_text) {
  return Encoder(name, values, any_as_text).encode();
}

}  // namespace deciban::glue
