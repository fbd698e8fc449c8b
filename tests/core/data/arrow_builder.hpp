// Arrow arrays made by hand, with a count of what has been released.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "deciban/data/arrow.hpp"

namespace arrow_builder {

struct Field {
  std::string name, format;
  std::int64_t length = 0, offset = 0, null_count = -1;
  std::vector<std::vector<char>> buffers;  // an empty first one means that there is no bitmap
  std::vector<Field> children;
  std::shared_ptr<Field> dictionary;
  std::int64_t flags = 0;
};

template <class T>
std::vector<char> bytes(const std::vector<T>& values) {
  std::vector<char> out(values.size() * sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), values.data(), out.size());
  return out;
}

inline std::vector<char> bits(const std::vector<int>& values) {
  std::vector<char> out((values.size() + 7) / 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i]) out[i / 8] = static_cast<char>(out[i / 8] | (1 << (i % 8)));
  }
  return out;
}

template <class T>
Field fixed(std::string name, std::string format, const std::vector<T>& values, std::vector<char> validity = {}) {
  Field out;
  out.name = std::move(name);
  out.format = std::move(format);
  out.length = static_cast<std::int64_t>(values.size());
  out.buffers = {std::move(validity), bytes(values)};
  return out;
}

template <class Offset>
Field text(std::string name, std::string format, const std::vector<std::string>& values,
           std::vector<char> validity = {}) {
  std::vector<Offset> offsets = {0};
  std::string all;
  for (const std::string& value : values) {
    all += value;
    offsets.push_back(static_cast<Offset>(all.size()));
  }
  Field out = fixed(std::move(name), std::move(format), offsets, std::move(validity));
  out.length = static_cast<std::int64_t>(values.size());
  out.buffers.emplace_back(all.begin(), all.end());
  return out;
}

inline Field text_view(std::string name, const std::vector<std::string>& values, std::vector<char> validity = {}) {
  std::vector<char> views(values.size() * 16), data;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto size = static_cast<std::int32_t>(values[i].size());
    char* at = views.data() + i * 16;
    std::memcpy(at, &size, 4);
    if (size <= 12) {
      std::memcpy(at + 4, values[i].data(), values[i].size());
    } else {
      const std::int32_t buffer = 0, begin = static_cast<std::int32_t>(data.size());
      std::memcpy(at + 4, values[i].data(), 4);
      std::memcpy(at + 8, &buffer, 4);
      std::memcpy(at + 12, &begin, 4);
      data.insert(data.end(), values[i].begin(), values[i].end());
    }
  }
  Field out;
  out.name = std::move(name);
  out.format = "vu";
  out.length = static_cast<std::int64_t>(values.size());
  out.buffers = {std::move(validity), views, data, bytes<std::int64_t>({static_cast<std::int64_t>(data.size())})};
  return out;
}

inline Field with_dictionary(Field codes, Field values) {
  codes.dictionary = std::make_shared<Field>(std::move(values));
  return codes;
}

inline Field batch(std::vector<Field> children, std::int64_t length, std::int64_t offset = 0,
                   std::vector<char> validity = {}) {
  Field out;
  out.format = "+s";
  out.length = length;
  out.offset = offset;
  out.buffers = {std::move(validity)};
  out.children = std::move(children);
  return out;
}

// The C structs of a field, and all below them.
struct Built {
  Field field;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> arrays;
  std::vector<ArrowSchema> schemas;
  std::vector<ArrowArray*> array_pointers;
  std::vector<ArrowSchema*> schema_pointers;
  std::vector<std::unique_ptr<Built>> below;
  ArrowArray dictionary_array = {};
  ArrowSchema dictionary_schema = {};
  int* released = nullptr;

  Built(Field source, int* counter) : field(std::move(source)), released(counter) {
    for (std::size_t i = 0; i < field.buffers.size(); ++i) {
      buffers.push_back(i == 0 && field.buffers[0].empty() ? nullptr : field.buffers[i].data());
    }
    for (const Field& child : field.children) {
      below.push_back(std::make_unique<Built>(child, counter));
      arrays.push_back(below.back()->array());
      schemas.push_back(below.back()->schema());
    }
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      array_pointers.push_back(&arrays[i]);
      schema_pointers.push_back(&schemas[i]);
    }
    if (field.dictionary) {
      below.push_back(std::make_unique<Built>(*field.dictionary, counter));
      dictionary_array = below.back()->array();
      dictionary_schema = below.back()->schema();
    }
  }

  ArrowArray array() {
    ArrowArray out = {};
    out.length = field.length;
    out.null_count = field.null_count;
    out.offset = field.offset;
    out.n_buffers = static_cast<std::int64_t>(buffers.size());
    out.buffers = buffers.data();
    out.n_children = static_cast<std::int64_t>(array_pointers.size());
    out.children = array_pointers.data();
    out.dictionary = field.dictionary ? &dictionary_array : nullptr;
    out.release = [](ArrowArray* array) {
      ++*static_cast<Built*>(array->private_data)->released;
      array->release = nullptr;
    };
    out.private_data = this;
    return out;
  }

  ArrowSchema schema() {
    ArrowSchema out = {};
    out.format = field.format.c_str();
    out.name = field.name.c_str();
    out.flags = field.flags;
    out.n_children = static_cast<std::int64_t>(schema_pointers.size());
    out.children = schema_pointers.data();
    out.dictionary = field.dictionary ? &dictionary_schema : nullptr;
    out.release = [](ArrowSchema* schema) {
      ++*static_cast<Built*>(schema->private_data)->released;
      schema->release = nullptr;
    };
    out.private_data = this;
    return out;
  }
};

// A stream of batches; `schema` gives the types, its values are not used.
struct Stream {
  ArrowArrayStream stream = {};
  std::unique_ptr<Built> schema;
  std::vector<std::unique_ptr<Built>> batches;
  std::size_t next = 0, fail_at = SIZE_MAX;
  int arrays_released = 0, schemas_released = 0, streams_released = 0;

  Stream(Field schema_field, std::vector<Field> batch_fields) {
    schema = std::make_unique<Built>(std::move(schema_field), &schemas_released);
    for (Field& field : batch_fields) batches.push_back(std::make_unique<Built>(std::move(field), &arrays_released));
    stream.private_data = this;
    stream.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
      *out = static_cast<Stream*>(self->private_data)->schema->schema();
      return 0;
    };
    stream.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
      auto* owner = static_cast<Stream*>(self->private_data);
      if (owner->next == owner->fail_at) return 5;
      if (owner->next < owner->batches.size()) {
        *out = owner->batches[owner->next++]->array();
      } else {
        out->release = nullptr;
      }
      return 0;
    };
    stream.get_last_error = [](ArrowArrayStream*) { return "disk on fire"; };
    stream.release = [](ArrowArrayStream* self) {
      ++static_cast<Stream*>(self->private_data)->streams_released;
      self->release = nullptr;
    };
  }
  explicit Stream(Field one) : Stream(one, {one}) {}

  std::vector<deciban::data::Column> take(const std::vector<std::string>& wanted = {}) {
    return deciban::data::columns_from_arrow(&stream, wanted, unsupported);
  }
  std::vector<std::pair<std::string, std::string>> unsupported;
};

}  // namespace arrow_builder
