#include "intern.hpp"

#include <algorithm>
#include <cstring>

#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/parallel/team.hpp"
#include "view_access.hpp"

namespace deciban::data {
namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr std::size_t kMostIds = 2147483646;

// Two rounds of multiply and fold: every input bit reaches every bit of the result.
std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0x9E3779B97F4A7C15ull;
  x ^= x >> 29;
  x *= 0xD1B54A32D192ED03ull;
  return x ^ (x >> 32);
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15ull;
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left > 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    hash = mix(hash ^ word);
  }
  // The last 1 to 8 bytes by two loads that may overlap: no call for a length that is not known.
  std::uint64_t word = 0;
  if (left >= 4) {
    std::uint32_t first, last;
    std::memcpy(&first, at, 4);
    std::memcpy(&last, at + left - 4, 4);
    word = first | static_cast<std::uint64_t>(last) << 32;
  } else if (left > 0) {
    const auto byte = [at](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])); };
    word = byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16;
  }
  return mix(hash ^ word);
}

// Texts of equal hash. Up to 8 bytes the hash is an invertible function of the bytes for each size.
bool equal_texts(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.size() <= 8 || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

std::uint64_t bits_of(double number) {
  const double plain = number + 0.0;  // -0 becomes 0
  std::uint64_t bits;
  std::memcpy(&bits, &plain, 8);
  return bits;
}

void check_room(std::size_t count) {
  if (count < kMostIds) return;
  throw Error(ErrorKind::data, "data.too_many_levels", "A column has more than 2,147,483,646 distinct values.",
              "Use it as a number, or group its values first.");
}

}  // namespace

void TextIndex::grow() {
  std::vector<Slot> slots(std::max(kFirstSlots, slots_.size() * 2));
  const std::size_t mask = slots.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.id < 0) continue;
    std::size_t at = slot.hash & mask;
    while (slots[at].id >= 0) at = (at + 1) & mask;
    slots[at] = slot;
  }
  slots_.swap(slots);
}

std::int32_t TextIndex::insert(std::string_view text) {
  if (texts_.size() * 2 >= slots_.size()) grow();
  const std::uint64_t hash = hash_text(text);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at].id >= 0; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && equal_texts(texts_[static_cast<std::size_t>(slots_[at].id)], text))
      return slots_[at].id;
  }
  check_room(texts_.size());
  slots_[at] = Slot{hash, static_cast<std::int32_t>(texts_.size())};
  texts_.push_back(text);
  return slots_[at].id;
}

std::int32_t TextIndex::find(std::string_view text) const {
  if (slots_.empty()) return -1;
  const std::uint64_t hash = hash_text(text);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].id >= 0; at = (at + 1) & mask) {
    if (slots_[at].hash == hash && equal_texts(texts_[static_cast<std::size_t>(slots_[at].id)], text))
      return slots_[at].id;
  }
  return -1;
}

void NumberIndex::grow() {
  std::vector<Slot> slots(std::max(kFirstSlots, slots_.size() * 2));
  const std::size_t mask = slots.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.id < 0) continue;
    std::size_t at = mix(slot.bits) & mask;
    while (slots[at].id >= 0) at = (at + 1) & mask;
    slots[at] = slot;
  }
  slots_.swap(slots);
}

std::int32_t NumberIndex::insert_small(std::size_t whole) {
  if (whole >= ids_.size()) ids_.resize(std::min(kSmall, std::max({kFirstSlots, 2 * ids_.size(), whole + 1})), -1);
  check_room(numbers_.size());
  ids_[whole] = static_cast<std::int32_t>(numbers_.size());
  numbers_.push_back(static_cast<double>(whole));
  return ids_[whole];
}

std::int32_t NumberIndex::insert_hashed(double number) {
  if (hashed_ * 2 >= slots_.size()) grow();
  const std::uint64_t bits = bits_of(number);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = mix(bits) & mask;
  for (; slots_[at].id >= 0; at = (at + 1) & mask) {
    if (slots_[at].bits == bits) return slots_[at].id;
  }
  check_room(numbers_.size());
  slots_[at] = Slot{bits, static_cast<std::int32_t>(numbers_.size())};
  ++hashed_;
  numbers_.push_back(number + 0.0);
  return slots_[at].id;
}

std::int32_t NumberIndex::find(double number) const {
  const std::size_t whole = small_whole(number);
  if (whole < kSmall) return whole < ids_.size() ? ids_[whole] : -1;
  if (slots_.empty() || number != number) return -1;
  const std::uint64_t bits = bits_of(number);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = mix(bits) & mask; slots_[at].id >= 0; at = (at + 1) & mask) {
    if (slots_[at].bits == bits) return slots_[at].id;
  }
  return -1;
}

namespace {

// Holds the indices while the chunks of a column are walked.
class Interner {
 public:
  explicit Interner(Interned& out) : out_(out) {}

  // Rows [begin, end) of a chunk; its first row would be row `at`.
  void walk(const Column& column, const ColumnView& view, std::int64_t begin, std::int64_t end, std::int64_t at) {
    std::int32_t ids[kPiece];
    for (std::int64_t first = begin; first < end; first += kPiece) {
      const std::int64_t count = std::min(kPiece, end - first);
      if (view.dictionary) {
        walk_dictionary(column, view, first, count, ids);
      } else if (access::is_text(view.type)) {
        walk_text(view, first, count, ids);
      } else {
        walk_numbers(column, view, first, count, ids);
      }
      out_.ids.write(at + first, count, ids);
    }
  }

  void finish() {
    out_.texts = texts_.texts();
    out_.numbers = numbers_.numbers();
  }

 private:
  std::int32_t insert_number(Meaning meaning, double number) {
    if (out_.meaning != Meaning::text) return numbers_.insert(number);
    const std::string label = level_label(meaning, number);
    const std::int32_t known = texts_.find(label);
    if (known >= 0) return known;
    out_.storage.push_back(label);
    return texts_.insert(out_.storage.back());
  }

  void walk_dictionary(const Column& column, const ColumnView& view, std::int64_t first, std::int64_t count,
                       std::int32_t* ids) {
    const Dictionary& dictionary = *view.dictionary;
    const auto size = dictionary.size();
    access::read_codes(column.name, view, first, count, ids);
    // Chunks mostly share one dictionary; its translation is kept until another one comes.
    if (view.dictionary != last_dictionary_) {
      last_dictionary_ = view.dictionary;
      id_of_code_.assign(size, kUnknown);
    }
    for (std::int64_t row = 0; row < count; ++row) {
      if (ids[row] < 0) continue;
      const auto code = static_cast<std::size_t>(ids[row]);
      if (id_of_code_[code] == kUnknown) {
        if (out_.meaning != Meaning::text) {
          const double number = dictionary.numbers[code];
          id_of_code_[code] = number != number ? -1 : numbers_.insert(number);
        } else {
          id_of_code_[code] = texts_.insert(dictionary.labels[code]);
        }
      }
      ids[row] = id_of_code_[code];
    }
  }

  void walk_text(const ColumnView& view, std::int64_t first, std::int64_t count, std::int32_t* ids) {
    switch (view.type) {
      case Type::utf8:
        return walk_texts(view, first, count, ids,
                          [&](std::int64_t row) { return access::text_of<Type::utf8>(view, row); });
      case Type::large_utf8:
        return walk_texts(view, first, count, ids,
                          [&](std::int64_t row) { return access::text_of<Type::large_utf8>(view, row); });
      default:
        return walk_texts(view, first, count, ids,
                          [&](std::int64_t row) { return access::text_of<Type::utf8_view>(view, row); });
    }
  }

  template <class TextOf>
  void walk_texts(const ColumnView& view, std::int64_t first, std::int64_t count, std::int32_t* ids, TextOf text_of) {
    for (std::int64_t i = 0; i < count; ++i)
      ids[i] = access::is_valid(view, first + i) ? texts_.insert(text_of(first + i)) : -1;
  }

  void walk_numbers(const Column& column, const ColumnView& view, std::int64_t first, std::int64_t count,
                    std::int32_t* ids) {
    double block[kPiece];
    double last = 0.0;
    std::int32_t last_id = -1;
    access::read_chunk(column.name, view, first, count, block);
    for (std::int64_t i = 0; i < count; ++i) {
      if (block[i] != block[i]) {
        ids[i] = -1;
        continue;
      }
      if (last_id < 0 || block[i] != last) {
        last = block[i];
        last_id = insert_number(view.meaning, last);
      }
      ids[i] = last_id;
    }
  }

  static constexpr std::int64_t kPiece = 1024;
  static constexpr std::int32_t kUnknown = -2;
  Interned& out_;
  TextIndex texts_;
  NumberIndex numbers_;
  std::shared_ptr<const Dictionary> last_dictionary_;
  std::vector<std::int32_t> id_of_code_;
};

// One meaning for all chunks; text when they differ, so that values meet by label.
Meaning common_meaning(const Column& column) {
  bool found = false;
  Meaning meaning = column.meaning();
  for (const ColumnView& view : column.chunks) {
    if (view.type == Type::null || view.length == 0) continue;
    const Meaning own = access::meaning_of(view);
    if (found && own != meaning) return Meaning::text;
    // A dictionary of numbers that holds none cannot be matched by number.
    if (view.dictionary && view.dictionary->numbers.size() != view.dictionary->size()) return Meaning::text;
    meaning = own;
    found = true;
  }
  return meaning;
}

}  // namespace

namespace {

constexpr std::int64_t kPart = 131072;  // rows that are worth an index of their own

// Rows [begin, end) of a column.
Interned intern_rows(const Column& column, Meaning meaning, std::int64_t begin, std::int64_t end) {
  Interned out;
  out.meaning = meaning;
  out.ids = RowCodes(end - begin);
  Interner interner(out);
  std::int64_t at = 0;  // of the chunk
  for (const ColumnView& view : column.chunks) {
    const std::int64_t first = std::max<std::int64_t>(begin - at, 0), last = std::min(end - at, view.length);
    if (first < last) interner.walk(column, view, first, last, at - begin);
    at += view.length;
  }
  interner.finish();
  return out;
}

// Numbers that are interned by label have texts of their own, which cannot move.
bool has_own_texts(const Column& column, Meaning meaning) {
  if (meaning != Meaning::text) return false;
  for (const ColumnView& view : column.chunks)
    if (!view.dictionary && !access::is_text(view.type)) return true;
  return false;
}

// One after the other, as if they had been walked at once.
Interned join_parts(std::vector<Interned>& parts, std::int64_t rows, const RunContext& context) {
  Interned out;
  out.meaning = parts[0].meaning;
  TextIndex texts;
  NumberIndex numbers;
  std::vector<std::vector<std::int32_t>> new_id;
  std::vector<std::int64_t> begin = {0};
  for (const Interned& part : parts) {
    new_id.emplace_back();
    for (const std::string_view text : part.texts) new_id.back().push_back(texts.insert(text));
    for (const double number : part.numbers) new_id.back().push_back(numbers.insert(number));
    begin.push_back(begin.back() + static_cast<std::int64_t>(part.ids.size()));
  }
  out.texts = texts.texts();
  out.numbers = numbers.numbers();
  out.ids = RowCodes(rows, static_cast<std::int32_t>(out.texts.size() + out.numbers.size()) - 1);
  parallel::for_each(context, static_cast<std::int64_t>(parts.size()), [&](std::int64_t item) {
    constexpr std::int64_t kPiece = 1024;
    const auto part = static_cast<std::size_t>(item);
    RowCodes& ids = parts[part].ids;
    ids.renumber(new_id[part]);
    std::int32_t piece[kPiece];
    const auto count = static_cast<std::int64_t>(ids.size());
    for (std::int64_t first = 0; first < count; first += kPiece) {
      const std::int64_t some = std::min(kPiece, count - first);
      ids.read(first, some, piece);
      out.ids.write(begin[part] + first, some, piece);
    }
  });
  return out;
}

}  // namespace

Interned intern(const Column& column, const RunContext& context) {
  const std::int64_t rows = column.length();
  const Meaning meaning = common_meaning(column);
  const std::int64_t count = std::min<std::int64_t>(context.n_threads, rows / kPart);
  if (count < 2 || has_own_texts(column, meaning)) return intern_rows(column, meaning, 0, rows);
  std::vector<Interned> parts(static_cast<std::size_t>(count));
  parallel::for_each(context, count, [&](std::int64_t part) {
    parts[static_cast<std::size_t>(part)] =
        intern_rows(column, meaning, rows * part / count, rows * (part + 1) / count);
  });
  return join_parts(parts, rows, context);
}

}  // namespace deciban::data
