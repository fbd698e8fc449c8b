#include "deciban/data/levels.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "deciban/parallel/block_grid.hpp"
#include "deciban/parallel/team.hpp"
#include "intern.hpp"
#include "view_access.hpp"

namespace deciban::data {
namespace {

// The dictionary that fixes the order of a column's levels: that of all its chunks with rows; null when there is none.
std::shared_ptr<const Dictionary> declared_dictionary(const Column& column) {
  std::shared_ptr<const Dictionary> found, found_empty;
  for (const ColumnView& view : column.chunks) {
    if (view.type == Type::null) continue;
    if (view.length == 0) {
      if (!found_empty) found_empty = view.dictionary;
      continue;
    }
    if (!view.dictionary || !(view.dictionary->declared || view.dictionary->ordered)) return nullptr;
    if (!found) {
      found = view.dictionary;
    } else if (found != view.dictionary && !(*found == *view.dictionary)) {
      return nullptr;
    }
  }
  if (!found) found = found_empty;
  return found && (found->declared || found->ordered) ? found : nullptr;
}

CodedColumn encode_declared(const Column& column, const Dictionary& dictionary, const RunContext& context) {
  CodedColumn out;
  out.levels = dictionary;
  out.levels.declared = true;
  out.codes = RowCodes(column.length(), static_cast<std::int32_t>(dictionary.size()) - 1);
  std::int64_t at = 0;
  for (const ColumnView& view : column.chunks) {
    parallel::for_each(context, parallel::block_count(view.length), [&](std::int64_t block) {
      std::int32_t codes[parallel::kComputeRows];
      parallel::for_compute_blocks(parallel::block_range(view.length, block), [&](std::int64_t first, int count) {
        if (view.type == Type::null) {
          std::fill(codes, codes + count, kMissingCode);
        } else {
          access::read_codes(column.name, view, first, count, codes);
        }
        out.codes.write(at + first, count, codes);
      });
    });
    at += view.length;
  }
  return out;
}

// Sorted levels of the distinct values; `code_of_id` receives the level of each. Values with equal labels are one
// level.
Dictionary sorted_levels(const Interned& distinct, std::vector<std::int32_t>& code_of_id) {
  const bool text = distinct.meaning == Meaning::text;
  const std::size_t size = text ? distinct.texts.size() : distinct.numbers.size();
  std::vector<std::int32_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  // Distinct keys: the order is total, so that it does not depend on the sort.
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
    // string_view compares as unsigned bytes, hence by code point in UTF-8.
    return text ? distinct.texts[i] < distinct.texts[j] : distinct.numbers[i] < distinct.numbers[j];
  });
  Dictionary levels;
  levels.meaning = distinct.meaning;
  levels.labels.reserve(size);
  code_of_id.assign(size, kMissingCode);
  for (const std::int32_t id : order) {
    const auto i = static_cast<std::size_t>(id);
    std::string label = text ? std::string(distinct.texts[i]) : level_label(distinct.meaning, distinct.numbers[i]);
    // Labels of ascending numbers repeat only side by side.
    if (text || levels.labels.empty() || levels.labels.back() != label) {
      levels.labels.push_back(std::move(label));
      if (!text) levels.numbers.push_back(distinct.numbers[i]);
    }
    code_of_id[i] = static_cast<std::int32_t>(levels.labels.size()) - 1;
  }
  return levels;
}

// Days and seconds are compared in seconds.
double comparable(Meaning meaning, Meaning other, double number) {
  constexpr double kSecondsPerDay = 86400.0;
  return meaning == Meaning::date && other == Meaning::datetime ? number * kSecondsPerDay : number;
}

// Finds values among stored levels, by number where both sides have one, else by label.
class Matcher {
 public:
  Matcher(const Dictionary& levels, Meaning values) : levels_(levels.meaning), values_(values) {
    by_number_ = values != Meaning::text && !levels.numbers.empty() && levels.numbers.size() == levels.size();
    for (std::size_t i = 0; i < levels.size(); ++i) {
      add(label_code_, labels_.insert(levels.labels[i]), i);
      if (by_number_ && levels.numbers[i] == levels.numbers[i]) {
        add(number_code_, numbers_.insert(comparable(levels_, values_, levels.numbers[i])), i);
      }
    }
  }

  std::int32_t find(const std::string_view label) const {
    const std::int32_t id = labels_.find(label);
    return id < 0 ? kUnseenCode : label_code_[static_cast<std::size_t>(id)];
  }

  std::int32_t find(double number) const {
    if (by_number_) {
      const std::int32_t id = numbers_.find(comparable(values_, levels_, number));
      if (id >= 0) return number_code_[static_cast<std::size_t>(id)];
      // TRUE is 1 by number, but the label of a number says nothing about a date.
      if (levels_ != values_) return kUnseenCode;
    }
    return find(level_label(values_, number));
  }

 private:
  static void add(std::vector<std::int32_t>& codes, std::int32_t id, std::size_t code) {
    if (static_cast<std::size_t>(id) == codes.size()) codes.push_back(static_cast<std::int32_t>(code));
  }

  Meaning levels_, values_;
  bool by_number_ = false;
  TextIndex labels_;
  NumberIndex numbers_;
  std::vector<std::int32_t> label_code_, number_code_;
};

// Declared levels of text that are all known, or have no rows: no value needs to be looked at. False otherwise.
bool recode_declared(const Column& column, const Dictionary& levels, const RunContext& context, RowCodes& codes) {
  const auto dictionary = declared_dictionary(column);
  if (!dictionary || dictionary->meaning != Meaning::text) return false;
  const Matcher matcher(levels, Meaning::text);
  std::vector<std::int32_t> new_code;
  for (const std::string& label : dictionary->labels) new_code.push_back(matcher.find(std::string_view(label)));
  CodedColumn coded = encode_declared(column, *dictionary, context);
  const std::vector<char> used = coded.codes.used(new_code.size());
  for (std::size_t i = 0; i < used.size(); ++i)
    if (used[i] && new_code[i] == kUnseenCode) return false;
  coded.codes.renumber(new_code);
  codes = std::move(coded.codes);
  return true;
}

}  // namespace

CodedColumn encode_levels(const Column& column, const RunContext& context) {
  if (const auto dictionary = declared_dictionary(column)) return encode_declared(column, *dictionary, context);
  Interned distinct = intern(column, context);
  std::vector<std::int32_t> code_of_id;
  CodedColumn out;
  out.levels = sorted_levels(distinct, code_of_id);
  out.codes = std::move(distinct.ids);
  out.codes.renumber(code_of_id);
  return out;
}

RowCodes recode_levels(const Column& column, const Dictionary& levels, std::vector<std::string>& unseen,
                       std::int64_t& n_unseen, const RunContext& context) {
  constexpr std::size_t kShown = 20;
  unseen.clear();
  n_unseen = 0;
  RowCodes known;
  if (recode_declared(column, levels, context, known)) return known;
  Interned distinct = intern(column, context);
  const bool text = distinct.meaning == Meaning::text;
  const std::size_t size = text ? distinct.texts.size() : distinct.numbers.size();
  const Matcher matcher(levels, distinct.meaning);
  std::vector<std::int32_t> code_of_id(size);
  for (std::size_t i = 0; i < size; ++i) {
    code_of_id[i] = text ? matcher.find(distinct.texts[i]) : matcher.find(distinct.numbers[i]);
    if (code_of_id[i] != kUnseenCode || unseen.size() >= kShown) continue;
    std::string label = text ? std::string(distinct.texts[i]) : level_label(distinct.meaning, distinct.numbers[i]);
    if (std::find(unseen.begin(), unseen.end(), label) == unseen.end()) unseen.push_back(std::move(label));
  }
  RowCodes codes = std::move(distinct.ids);
  codes.renumber(code_of_id);
  if (std::find(code_of_id.begin(), code_of_id.end(), kUnseenCode) != code_of_id.end())
    codes.for_each([&](std::size_t, std::int32_t code) { n_unseen += code == kUnseenCode; });
  return codes;
}

Dictionary drop_levels(const Dictionary& levels, const std::vector<char>& used, std::vector<std::int32_t>& new_code) {
  Dictionary out;
  out.meaning = levels.meaning;
  out.declared = levels.declared;
  out.ordered = levels.ordered;
  new_code.assign(levels.size(), -1);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (i >= used.size() || !used[i]) continue;
    new_code[i] = static_cast<std::int32_t>(out.labels.size());
    out.labels.push_back(levels.labels[i]);
    if (i < levels.numbers.size()) out.numbers.push_back(levels.numbers[i]);
  }
  return out;
}

}  // namespace deciban::data
