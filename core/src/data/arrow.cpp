#include "deciban/data/arrow.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <utility>

#include "arrow_format.hpp"
#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "intern.hpp"
#include "view_access.hpp"

namespace deciban::data {
namespace {

[[noreturn]] void raise_invalid(const std::string& message, const std::string& column = "") {
  throw Error(ErrorKind::data, "data.arrow_invalid", message,
              "Hand in a table or data frame whose library supports the Arrow PyCapsule interface, or report a bug.",
              Document::object({{"column", column}}));
}

// Releases the stream when the call ends, however it ends.
class StreamGuard {
 public:
  explicit StreamGuard(ArrowArrayStream* stream) : stream_(stream) {}
  StreamGuard(const StreamGuard&) = delete;
  StreamGuard& operator=(const StreamGuard&) = delete;
  ~StreamGuard() {
    if (stream_->release) stream_->release(stream_);
  }

 private:
  ArrowArrayStream* stream_;
};

// Everything that the views of one stream point into.
struct Batches {
  ArrowSchema schema = {};
  std::deque<ArrowArray> arrays;
  std::deque<std::vector<std::uint8_t>> bitmaps;
  std::deque<std::vector<std::int32_t>> codes;

  Batches() = default;
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;
  ~Batches() {
    for (ArrowArray& array : arrays) {
      if (array.release) array.release(&array);
    }
    if (schema.release) schema.release(&schema);
  }
};

void read_stream(ArrowArrayStream* stream, Batches& batches) {
  const auto raise = [&](int code) {
    const char* text = stream->get_last_error ? stream->get_last_error(stream) : nullptr;
    throw Error(ErrorKind::data, "data.arrow_stream",
                std::string("The Arrow stream failed: ") + (text && *text ? text : std::strerror(code)) + ".",
                "The library that provides the data raised this error.", Document::object({{"errno", code}}));
  };
  if (const int code = stream->get_schema(stream, &batches.schema)) raise(code);
  if (!batches.schema.format || std::strcmp(batches.schema.format, "+s") != 0) {
    raise_invalid(std::string("The Arrow stream holds values of format \"") +
                  (batches.schema.format ? batches.schema.format : "") + "\" and not a table.");
  }
  for (;;) {
    ArrowArray array = {};
    if (const int code = stream->get_next(stream, &array)) raise(code);
    if (!array.release) return;
    batches.arrays.push_back(array);
    if (array.n_children != batches.schema.n_children || array.length < 0 || array.offset < 0) {
      raise_invalid("A batch of the Arrow stream does not fit its schema.");
    }
  }
}

const std::uint8_t* validity_of(const ArrowArray& array) {
  // A null count of -1 means that nobody counted.
  if (array.null_count == 0 || array.n_buffers < 1 || !array.buffers) return nullptr;
  return static_cast<const std::uint8_t*>(array.buffers[0]);
}

// Points a view of known type at the buffers of an array.
void attach(const ArrowArray& array, const std::string& name, ColumnView& view) {
  view.length = array.length;
  view.offset = array.offset;
  if (view.type == Type::null) return;
  const std::int64_t needed = view.type == Type::utf8 || view.type == Type::large_utf8 ? 3 : 2;
  if (array.length < 0 || array.offset < 0 || array.n_buffers < needed || !array.buffers) {
    raise_invalid("The Arrow array of column `" + name + "` is malformed.", name);
  }
  view.validity = validity_of(array);
  if (view.type == Type::utf8 || view.type == Type::large_utf8) {
    view.text_offsets = array.buffers[1];
    view.text_bytes = static_cast<const char*>(array.buffers[2]);
    if (!view.text_bytes) view.text_bytes = "";
  } else {
    view.values = array.buffers[1];
    if (view.type == Type::utf8_view) view.text_buffers = array.buffers + 2;
  }
  if (array.length > 0 && !view.values && !view.text_offsets) {
    raise_invalid("The Arrow array of column `" + name + "` has no values.", name);
  }
}

// A dictionary and, where its values hold nulls or repeat, the code in it of each value (-1 for a null).
struct Levels {
  std::shared_ptr<const Dictionary> dictionary;
  std::vector<std::int32_t> code_of_value;
};

Levels read_dictionary(const ArrowArray& array, const ColumnView& like, bool ordered, const std::string& name) {
  Column values{name, {like}, nullptr};
  attach(array, name, values.chunks[0]);
  const Interned distinct = intern(values, RunContext());
  auto dictionary = std::make_shared<Dictionary>();
  dictionary->meaning = distinct.meaning;
  dictionary->ordered = ordered;
  Levels out;
  // Values that differ beyond 15 digits share a label, and a label is one level.
  std::vector<std::int32_t> code_of_id;
  TextIndex labels;
  std::deque<std::string> storage;
  const bool text = distinct.meaning == Meaning::text;
  const std::size_t size = text ? distinct.texts.size() : distinct.numbers.size();
  for (std::size_t i = 0; i < size; ++i) {
    storage.push_back(text ? std::string(distinct.texts[i]) : level_label(distinct.meaning, distinct.numbers[i]));
    const std::int32_t code = labels.insert(storage.back());
    if (static_cast<std::size_t>(code) == dictionary->labels.size()) {
      dictionary->labels.push_back(storage.back());
      if (!text) dictionary->numbers.push_back(distinct.numbers[i]);
    }
    code_of_id.push_back(code);
  }
  if (dictionary->size() != distinct.ids.size()) {
    out.code_of_value = distinct.ids.to_vector();
    for (std::int32_t& id : out.code_of_value) id = id < 0 ? -1 : code_of_id[static_cast<std::size_t>(id)];
  }
  out.dictionary = std::move(dictionary);
  return out;
}

bool same_buffers(const ArrowArray& a, const ArrowArray& b) {
  return a.length == b.length && a.offset == b.offset && a.n_buffers == b.n_buffers && a.buffers && b.buffers &&
         std::equal(a.buffers, a.buffers + a.n_buffers, b.buffers);
}

// Builds the column of one field, chunk by chunk.
class FieldReader {
 public:
  FieldReader(Batches& batches, std::int64_t field)
      : batches_(batches), field_(field), schema_(*batches.schema.children[field]) {
    name_ = schema_.name ? schema_.name : "";
  }

  const std::string& name() const { return name_; }

  /// False, with the format in question, when no formula can use the field.
  bool supported(std::string& format) {
    const ArrowSchema* values = schema_.dictionary ? schema_.dictionary : &schema_;
    format = values->format ? values->format : "";
    if (values->dictionary || !view_from_format(values->format, like_)) return false;
    if (!schema_.dictionary) return true;
    values_ = like_;
    like_ = ColumnView{};
    if (view_from_format(schema_.format, like_) && access::with_integer_type(like_.type, [](auto) {})) return true;
    format = schema_.format ? schema_.format : "";
    return false;
  }

  Column read(const std::shared_ptr<Batches>& owner) {
    Column column;
    column.name = name_;
    column.owner = owner;
    for (const ArrowArray& batch : batches_.arrays) column.chunks.push_back(chunk(batch));
    if (column.chunks.empty()) {
      ColumnView view = like_;
      if (schema_.dictionary) {
        auto dictionary = std::make_shared<Dictionary>();
        dictionary->meaning = values_.meaning;
        dictionary->ordered = ordered();
        view.dictionary = std::move(dictionary);
        view.meaning = values_.meaning;
      }
      column.chunks.push_back(view);
    }
    return column;
  }

 private:
  bool ordered() const { return (schema_.flags & ARROW_FLAG_DICTIONARY_ORDERED) != 0; }

  ColumnView chunk(const ArrowArray& batch) {
    const ArrowArray* array = batch.children ? batch.children[field_] : nullptr;
    if (!array) raise_invalid("The Arrow array of column `" + name_ + "` is missing.", name_);
    ColumnView view = like_;
    attach(*array, name_, view);
    // Row i of the table is value offset + i of the struct, hence of each child from the child's own offset.
    if (batch.offset + batch.length > array->length) {
      raise_invalid("The Arrow array of column `" + name_ + "` is shorter than its batch.", name_);
    }
    view.offset += batch.offset;
    view.length = batch.length;
    if (const std::uint8_t* rows = validity_of(batch)) merge_validity(rows, batch, *array, view);
    if (schema_.dictionary) set_dictionary(*array, view);
    return view;
  }

  // A missing row of the table is missing in each of its columns.
  void merge_validity(const std::uint8_t* rows, const ArrowArray& batch, const ArrowArray& array, ColumnView& view) {
    if (view.type == Type::null) return;
    if (!view.validity && array.offset == 0) {
      view.validity = rows;
      return;
    }
    std::vector<std::uint8_t> bits(static_cast<std::size_t>((view.offset + view.length + 7) / 8), 0);
    for (std::int64_t i = 0; i < view.length; ++i) {
      const std::int64_t at = view.offset + i;
      if (access::bit_at(rows, batch.offset + i) && (!view.validity || access::bit_at(view.validity, at))) {
        bits[static_cast<std::size_t>(at >> 3)] |= static_cast<std::uint8_t>(1u << (at & 7));
      }
    }
    batches_.bitmaps.push_back(std::move(bits));
    view.validity = batches_.bitmaps.back().data();
  }

  void set_dictionary(const ArrowArray& array, ColumnView& view) {
    if (!array.dictionary) raise_invalid("The dictionary of column `" + name_ + "` is missing.", name_);
    // Batches of one stream mostly carry the same dictionary again.
    if (!last_array_ || !same_buffers(*last_array_, *array.dictionary)) {
      last_ = read_dictionary(*array.dictionary, values_, ordered(), name_);
      last_array_ = array.dictionary;
    }
    view.meaning = last_.dictionary->meaning;
    if (last_.code_of_value.empty()) {
      view.dictionary = last_.dictionary;
      return;
    }
    // Read the codes against the dictionary as it was sent, and store them against the distinct values.
    auto sent = std::make_shared<Dictionary>();
    sent->labels.resize(last_.code_of_value.size());
    view.dictionary = std::move(sent);
    std::vector<std::int32_t> codes(static_cast<std::size_t>(view.length));
    access::read_codes(name_, view, 0, view.length, codes.data());
    for (std::int32_t& code : codes) code = code < 0 ? -1 : last_.code_of_value[static_cast<std::size_t>(code)];
    batches_.codes.push_back(std::move(codes));
    ColumnView owned;
    owned.type = Type::int32;
    owned.meaning = view.meaning;
    owned.values = batches_.codes.back().data();
    owned.length = view.length;
    owned.stride = sizeof(std::int32_t);
    owned.has_null_code = true;
    owned.null_code = -1;
    owned.dictionary = last_.dictionary;
    view = std::move(owned);
  }

  Batches& batches_;
  std::int64_t field_;
  const ArrowSchema& schema_;
  std::string name_;
  ColumnView like_, values_;
  const ArrowArray* last_array_ = nullptr;
  Levels last_;
};

}  // namespace

std::vector<Column> columns_from_arrow(ArrowArrayStream* stream, const std::vector<std::string>& wanted,
                                       std::vector<std::pair<std::string, std::string>>& unsupported) {
  unsupported.clear();
  if (!stream || !stream->release) raise_invalid("The Arrow stream was used before.");
  const StreamGuard guard(stream);
  auto batches = std::make_shared<Batches>();
  read_stream(stream, *batches);
  std::vector<Column> out;
  for (std::int64_t field = 0; field < batches->schema.n_children; ++field) {
    FieldReader reader(*batches, field);
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), reader.name()) == wanted.end()) continue;
    std::string format;
    if (reader.supported(format)) {
      out.push_back(reader.read(batches));
    } else {
      unsupported.emplace_back(reader.name(), format);
    }
  }
  return out;
}

}  // namespace deciban::data
