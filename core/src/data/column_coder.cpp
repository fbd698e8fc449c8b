#include "column_coder.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "view_access.hpp"

namespace deciban::data {
namespace {

constexpr std::int64_t kBlockRows = 262144;
constexpr std::size_t kMostDistinct = 65536;
// So many different numbers, and nine of ten rows another one: 65,536 numbers, all equally frequent, repeat more often.
constexpr std::size_t kManyDistinct = 16384;
constexpr double kMostlyNew = 0.9;
constexpr std::int32_t kUnknown = -2;

template <class Small>
std::vector<unsigned char> packed(const std::vector<std::int32_t>& codes) {
  std::vector<unsigned char> bytes(codes.size() * sizeof(Small));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto small = static_cast<Small>(codes[i]);  // -1 becomes the largest value: missing
    std::memcpy(bytes.data() + i * sizeof(Small), &small, sizeof(Small));
  }
  return bytes;
}

}  // namespace

bool ColumnCoder::continues(Kind kind, Meaning meaning, const std::shared_ptr<const Dictionary>& declared) const {
  if (values_.empty()) return false;
  const Values& last = values_.back();
  if (last.kind != kind || last.meaning != meaning) return false;
  return last.declared == declared || (last.declared && declared && *last.declared == *declared);
}

void ColumnCoder::begin(Kind kind, Meaning meaning, const std::shared_ptr<const Dictionary>& declared) {
  if (continues(kind, meaning, declared)) return;
  pack();
  values_.emplace_back();
  values_.back().kind = kind;
  values_.back().meaning = meaning;
  values_.back().declared = declared;
  last_dictionary_ = nullptr;
}

std::int64_t ColumnCoder::open_rows() const {
  return static_cast<std::int64_t>(std::max(open_codes_.size(), open_numbers_.size() / sizeof(double)));
}

// Numbers that are stored one by one stay in one piece of memory, so that fits read them in place.
bool ColumnCoder::endless() const { return values_.back().too_many && store_.in_memory(); }

void ColumnCoder::append(const ColumnView& view) {
  if (view.type == Type::null) return append_nothing(view.length);
  const Meaning meaning = access::meaning_of(view);
  if (view.dictionary && (view.dictionary->declared || view.dictionary->ordered)) {
    begin(Kind::declared, meaning, view.dictionary);
  } else if (view.dictionary || meaning == Meaning::text) {
    begin(Kind::level, meaning, nullptr);
  } else {
    begin(meaning == Meaning::boolean ? Kind::boolean : Kind::number, meaning, nullptr);
  }
  for (std::int64_t first = 0; first < view.length;) {
    const std::int64_t left = view.length - first, count = endless() ? left : std::min(kBlockRows - open_rows(), left);
    if (view.dictionary) {
      append_codes(view, first, count);
    } else if (meaning == Meaning::text) {
      append_texts(view, first, count);
    } else {
      append_numbers(view, first, count);
    }
    first += count;
    if (!endless() && open_rows() == kBlockRows) pack();
  }
}

void ColumnCoder::append_nothing(std::int64_t rows) {
  if (rows == 0) return;
  begin(Kind::none, Meaning::number, nullptr);
  pack();
  blocks_.push_back({&values_.back(), Type::null, rows, 0});
}

void ColumnCoder::append_codes(const ColumnView& view, std::int64_t first, std::int64_t count) {
  Values& values = values_.back();
  const std::size_t open = open_codes_.size();
  open_codes_.resize(open + static_cast<std::size_t>(count));
  std::int32_t* codes = open_codes_.data() + open;
  access::read_codes(name_, view, first, count, codes);
  if (values.kind == Kind::declared) return;
  const Dictionary& dictionary = *view.dictionary;
  const bool numbered = values.meaning != Meaning::text && dictionary.numbers.size() == dictionary.size();
  if (view.dictionary != last_dictionary_) {
    last_dictionary_ = view.dictionary;
    id_of_code_.assign(dictionary.size(), kUnknown);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    if (codes[i] < 0) continue;
    std::int32_t& id = id_of_code_[static_cast<std::size_t>(codes[i])];
    if (id == kUnknown && numbered) {
      const double number = dictionary.numbers[static_cast<std::size_t>(codes[i])];
      id = number != number ? kMissingCode : values.numbers.insert(number);
    } else if (id == kUnknown) {
      const std::string& label = dictionary.labels[static_cast<std::size_t>(codes[i])];
      id = values.texts.find(label);
      if (id < 0) id = values.texts.insert(values.storage.emplace_back(label));
    }
    codes[i] = id;
  }
}

void ColumnCoder::append_texts(const ColumnView& view, std::int64_t first, std::int64_t count) {
  Values& values = values_.back();
  for (std::int64_t row = first; row < first + count; ++row) {
    std::int32_t id = kMissingCode;
    if (access::is_valid(view, row)) {
      const std::string_view text = access::text_at(view, row);
      id = values.texts.find(text);
      if (id < 0) id = values.texts.insert(values.storage.emplace_back(text));
    }
    open_codes_.push_back(id);
  }
}

void ColumnCoder::append_numbers(const ColumnView& view, std::int64_t first, std::int64_t count) {
  constexpr std::int64_t kPiece = 1024;
  Values& values = values_.back();
  double piece[kPiece];
  for (std::int64_t done = 0; done < count; done += kPiece) {
    const std::int64_t size = std::min(kPiece, count - done);
    access::read_chunk(name_, view, first + done, size, piece);
    if (values.too_many) {
      put_numbers(piece, size);
      continue;
    }
    for (std::int64_t i = 0; i < size; ++i) {
      const double number = piece[i];
      if (values.kind == Kind::boolean) {
        open_codes_.push_back(number != number ? kMissingCode : static_cast<std::int32_t>(number));
      } else {
        open_codes_.push_back(number != number ? kMissingCode : values.numbers.insert(number));
      }
    }
    const std::size_t distinct = values.numbers.numbers().size();
    if (distinct > kMostDistinct ||
        (distinct > kManyDistinct && blocks_.empty() &&
         static_cast<double>(distinct) > kMostlyNew * static_cast<double>(open_codes_.size())))
      spell_out();
  }
}

void ColumnCoder::put_numbers(const double* numbers, std::int64_t count) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(numbers);
  open_numbers_.insert(open_numbers_.end(), bytes, bytes + static_cast<std::size_t>(count) * sizeof(double));
}

// There are too many numbers for codes: those of the open block are written out, and those to come.
void ColumnCoder::spell_out() {
  Values& values = values_.back();
  values.too_many = true;
  open_numbers_.reserve(static_cast<std::size_t>(kBlockRows) * sizeof(double));
  for (const std::int32_t code : open_codes_) {
    const double number =
        code < 0 ? std::numeric_limits<double>::quiet_NaN() : values.numbers.numbers()[static_cast<std::size_t>(code)];
    put_numbers(&number, 1);
  }
  open_codes_.clear();
}

void ColumnCoder::pack() {
  if (!open_numbers_.empty()) {
    const std::int64_t rows = open_rows();
    blocks_.push_back({&values_.back(), Type::float64, rows, store_.add(std::move(open_numbers_))});
    open_numbers_ = {};
  }
  if (open_codes_.empty()) return;
  const auto rows = static_cast<std::int64_t>(open_codes_.size());
  const std::int32_t largest = *std::max_element(open_codes_.begin(), open_codes_.end());
  Type type = Type::uint32;
  std::vector<unsigned char> bytes;
  if (largest < 0xff) {
    type = Type::uint8;
    bytes = packed<std::uint8_t>(open_codes_);
  } else if (largest < 0xffff) {
    type = Type::uint16;
    bytes = packed<std::uint16_t>(open_codes_);
  } else {
    bytes = packed<std::uint32_t>(open_codes_);
  }
  blocks_.push_back({&values_.back(), type, rows, store_.add(std::move(bytes))});
  open_codes_.clear();
}

void ColumnCoder::close() {
  pack();
  open_codes_ = {};
  open_numbers_ = {};
  for (Values& values : values_) {
    if (values.kind == Kind::declared) values.levels = values.declared;
    if (values.kind == Kind::number)
      values.distinct = std::make_shared<const std::vector<double>>(values.numbers.numbers());
    if (values.kind != Kind::level) continue;
    auto levels = std::make_shared<Dictionary>();
    levels->meaning = values.meaning;
    for (const std::string_view text : values.texts.texts()) levels->labels.emplace_back(text);
    if (levels->labels.empty()) levels->numbers = values.numbers.numbers();
    for (const double number : levels->numbers) levels->labels.push_back(level_label(values.meaning, number));
    values.levels = std::move(levels);
  }
}

ColumnView ColumnCoder::view_of(const Block& block, const BlockStore& store) const {
  ColumnView view;
  view.type = block.type;
  view.length = block.rows;
  if (block.type == Type::null) return view;
  view.meaning = block.values->meaning;
  view.values = store.at(block.stored);
  view.dictionary = block.values->levels;
  view.stride = block.type == Type::float64 ? 8 : block.type == Type::uint32 ? 4 : block.type == Type::uint16 ? 2 : 1;
  if (block.type == Type::float64) return view;
  view.numbers = block.values->distinct;
  view.has_null_code = true;
  view.null_code = (std::int64_t{1} << (8 * view.stride)) - 1;
  return view;
}

Column ColumnCoder::finish(const std::shared_ptr<const BlockStore>& store) {
  Column column;
  column.name = name_;
  column.owner = store;
  for (const Block& block : blocks_) column.chunks.push_back(view_of(block, *store));
  return column;
}

}  // namespace deciban::data
