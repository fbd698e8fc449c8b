#include "arrow_source.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "deciban/base/error.hpp"
#include "deciban/data/arrow.hpp"
#include "errors.hpp"

namespace deciban::glue {
namespace {

// Structures of the C data interface that release what they own.
struct Schema : ArrowSchema {
  Schema() : ArrowSchema{} {}
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;
  ~Schema() {
    if (release != nullptr) release(this);
  }
};
struct Array : ArrowArray {
  Array() : ArrowArray{} {}
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() {
    if (release != nullptr) release(this);
  }
};
struct Stream : ArrowArrayStream {
  Stream() : ArrowArrayStream{} {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (release != nullptr) release(this);
  }
};

// A producer of arrays of any type: a stream of them, or one array with its schema.
struct Source {
  Schema schema;
  Stream stream;
  Array array;
  std::string field;  // not empty: arrays become the only field, of this name, of record batches
};
using SourcePtr = std::shared_ptr<Source>;

// Children may outlive their parent, so both share what they borrow from.
struct SchemaNode {
  SourcePtr source;
  ArrowSchema child{};
  ArrowSchema* children[1] = {&child};
};
using SchemaNodePtr = std::shared_ptr<SchemaNode>;

void release_schema(ArrowSchema* schema) {
  if (schema->n_children == 1 && schema->children[0]->release != nullptr) {
    schema->children[0]->release(schema->children[0]);
  }
  delete static_cast<SchemaNodePtr*>(schema->private_data);
  schema->release = nullptr;
}

void release_borrowed(ArrowSchema* schema) {
  delete static_cast<SchemaNodePtr*>(schema->private_data);
  schema->release = nullptr;
}

// A view of the source's schema; its strings and children stay with the source.
void borrow_schema(const SchemaNodePtr& node, ArrowSchema* out) {
  *out = static_cast<const ArrowSchema&>(node->source->schema);
  out->release = release_borrowed;
  out->private_data = new SchemaNodePtr(node);
}

int get_schema(ArrowArrayStream* self, ArrowSchema* out) {
  const SourcePtr& source = *static_cast<SourcePtr*>(self->private_data);
  const auto node = std::make_shared<SchemaNode>();
  node->source = source;
  if (source->field.empty()) {
    borrow_schema(node, out);
    return 0;
  }
  borrow_schema(node, &node->child);
  node->child.name = source->field.c_str();
  *out = ArrowSchema{};
  out->format = "+s";
  out->name = "";
  out->n_children = 1;
  out->children = node->children;
  out->release = release_schema;
  out->private_data = new SchemaNodePtr(node);
  return 0;
}

struct Batch {
  ArrowArray child{};
  ArrowArray* children[1] = {&child};
  const void* buffers[1] = {nullptr};
};

void release_batch(ArrowArray* array) {
  auto* batch = static_cast<Batch*>(array->private_data);
  if (batch->child.release != nullptr) batch->child.release(&batch->child);
  delete batch;
  array->release = nullptr;
}

int get_next(ArrowArrayStream* self, ArrowArray* out) {
  Source& source = **static_cast<SourcePtr*>(self->private_data);
  *out = ArrowArray{};
  if (source.stream.release != nullptr) {
    const int failed = source.stream.get_next(&source.stream, out);
    if (failed != 0) return failed;
  } else {
    std::swap(*out, static_cast<ArrowArray&>(source.array));
  }
  if (out->release == nullptr || source.field.empty()) return 0;
  auto* batch = new Batch;
  batch->child = *out;
  *out = ArrowArray{};
  out->length = batch->child.length;
  out->n_buffers = 1;
  out->n_children = 1;
  out->buffers = batch->buffers;
  out->children = batch->children;
  out->release = release_batch;
  out->private_data = batch;
  return 0;
}

const char* get_last_error(ArrowArrayStream* self) {
  Source& source = **static_cast<SourcePtr*>(self->private_data);
  return source.stream.release != nullptr ? source.stream.get_last_error(&source.stream) : nullptr;
}

void release_stream(ArrowArrayStream* self) {
  delete static_cast<SourcePtr*>(self->private_data);
  self->release = nullptr;
}

template <class T>
T* from_capsule(const py::object& capsule, const char* name) {
  auto* pointer = static_cast<T*>(PyCapsule_GetPointer(capsule.ptr(), name));
  if (pointer == nullptr) throw py::error_already_set();
  return pointer;
}

// Takes the content of a capsule; the capsule's destructor sees that it has gone.
template <class T>
void take(T& target, const py::object& capsule, const char* name) {
  T* origin = from_capsule<T>(capsule, name);
  target = *origin;
  origin->release = nullptr;
}

SourcePtr open(const std::string& name, const py::object& producer, const std::string& field) {
  auto source = std::make_shared<Source>();
  source->field = field;
  if (py::hasattr(producer, "__arrow_c_stream__")) {
    take<ArrowArrayStream>(source->stream, producer.attr("__arrow_c_stream__")(py::none()), "arrow_array_stream");
    const py::gil_scoped_release release;
    if (source->stream.get_schema(&source->stream, &source->schema) != 0) {
      const char* reason = source->stream.get_last_error(&source->stream);
      throw Error(ErrorKind::data, "data.arrow_stream",
                  "The Arrow stream of `" + name + "` cannot be read: " + (reason ? reason : "no reason given") + ".");
    }
    return source;
  }
  const py::tuple capsules = producer.attr("__arrow_c_array__")(py::none());
  take<ArrowSchema>(source->schema, capsules[0], "arrow_schema");
  take<ArrowArray>(source->array, capsules[1], "arrow_array");
  return source;
}

std::vector<data::Column> read(const SourcePtr& source, const std::vector<std::string>& wanted) {
  std::vector<std::pair<std::string, std::string>> unsupported;
  std::vector<data::Column> columns;
  {
    ArrowArrayStream stream{get_schema, get_next, get_last_error, release_stream, new SourcePtr(source)};
    const py::gil_scoped_release release;
    columns = data::columns_from_arrow(&stream, wanted, unsupported);
  }
  for (const auto& [column, format] : unsupported) {
    if (std::find(wanted.begin(), wanted.end(), column) == wanted.end()) continue;
    raise_unsupported(column, "Arrow \"" + format + "\"", "Convert it to numbers, text or dates.");
  }
  return columns;
}

}  // namespace

std::vector<data::Column> columns_of_frame(const py::object& frame, const std::vector<std::string>& wanted,
                                           std::vector<std::string>& absent) {
  const SourcePtr source = open("data", frame, "");
  std::vector<std::string> fields;
  for (std::int64_t i = 0; i < source->schema.n_children; ++i) {
    const char* name = source->schema.children[i]->name;
    fields.emplace_back(name == nullptr ? "" : name);
  }
  const auto is_field = [&](const std::string& name) {
    return std::find(fields.begin(), fields.end(), name) != fields.end();
  };
  const bool complete = std::all_of(wanted.begin(), wanted.end(), is_field);
  std::vector<data::Column> columns;
  if (wanted.empty() || std::any_of(wanted.begin(), wanted.end(), is_field)) columns = read(source, wanted);
  for (const std::string& field : fields) {
    if (!complete && std::find(wanted.begin(), wanted.end(), field) == wanted.end()) absent.push_back(field);
  }
  return columns;
}

data::Column column_of_arrow(const std::string& name, const py::object& values) {
  const std::string field = name.empty() ? "values" : name;
  std::vector<data::Column> columns = read(open(name, values, field), {field});
  if (columns.size() != 1) {
    throw Error(ErrorKind::data, "data.arrow_invalid", "Column `" + name + "` gave no Arrow array.");
  }
  columns.front().name = name;
  return std::move(columns.front());
}

}  // namespace deciban::glue
