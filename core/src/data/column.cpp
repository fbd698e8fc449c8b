#include "deciban/data/column.hpp"

#include <limits>
#include <utility>

#include "deciban/base/error.hpp"
#include "view_access.hpp"

namespace deciban::data {

std::int64_t Column::length() const {
  std::int64_t total = 0;
  for (const ColumnView& view : chunks) total += view.length;
  return total;
}

Meaning Column::meaning() const {
  for (const ColumnView& view : chunks) {
    if (view.type != Type::null) return access::meaning_of(view);
  }
  return Meaning::number;
}

bool Column::is_categorical() const {
  for (const ColumnView& view : chunks) {
    if (view.type == Type::null) continue;
    const Meaning meaning = access::meaning_of(view);
    return view.dictionary != nullptr || meaning == Meaning::text || meaning == Meaning::boolean;
  }
  return false;
}

void mark_declared(Column& column, bool ordered) {
  std::vector<std::pair<std::shared_ptr<const Dictionary>, std::shared_ptr<const Dictionary>>> done;
  for (ColumnView& view : column.chunks) {
    if (!view.dictionary) continue;
    // Chunks that share a dictionary follow each other.
    if (done.empty() || done.back().first != view.dictionary) {
      auto marked = std::make_shared<Dictionary>(*view.dictionary);
      marked->declared = true;
      marked->ordered = ordered;
      done.emplace_back(view.dictionary, std::move(marked));
    }
    view.dictionary = done.back().second;
  }
}

Column make_column(std::string name, std::vector<double> values) {
  auto owner = std::make_shared<const std::vector<double>>(std::move(values));
  ColumnView view;
  view.type = Type::float64;
  view.meaning = Meaning::number;
  view.values = owner->data();
  view.length = static_cast<std::int64_t>(owner->size());
  view.stride = sizeof(double);
  return Column{std::move(name), {view}, owner};
}

Column make_column(std::string name, std::vector<std::int32_t> codes, Dictionary dictionary, std::int64_t code_base) {
  constexpr std::int32_t kNull = std::numeric_limits<std::int32_t>::min();
  for (std::int32_t& code : codes) {
    if (code < code_base) code = kNull;
  }
  auto owner = std::make_shared<const std::vector<std::int32_t>>(std::move(codes));
  ColumnView view;
  view.type = Type::int32;
  view.meaning = dictionary.meaning;
  view.values = owner->data();
  view.length = static_cast<std::int64_t>(owner->size());
  view.stride = sizeof(std::int32_t);
  view.has_null_code = true;
  view.null_code = kNull;
  view.code_base = code_base;
  view.dictionary = std::make_shared<const Dictionary>(std::move(dictionary));
  return Column{std::move(name), {view}, owner};
}

Column make_column(std::string name, const std::vector<std::string>& values) {
  struct Text {
    std::vector<std::int64_t> offsets;
    std::string bytes;
  };
  auto owner = std::make_shared<Text>();
  owner->offsets.reserve(values.size() + 1);
  owner->offsets.push_back(0);
  for (const std::string& value : values) {
    owner->bytes += value;
    owner->offsets.push_back(static_cast<std::int64_t>(owner->bytes.size()));
  }
  ColumnView view;
  view.type = Type::large_utf8;
  view.meaning = Meaning::text;
  view.length = static_cast<std::int64_t>(values.size());
  view.text_offsets = owner->offsets.data();
  view.text_bytes = owner->bytes.data();
  return Column{std::move(name), {view}, owner};
}

}  // namespace deciban::data
