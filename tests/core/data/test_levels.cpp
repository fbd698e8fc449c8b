#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"

using namespace deciban;
using namespace deciban::data;

namespace {

using Texts = std::vector<std::string>;
using Codes = std::vector<std::int32_t>;
using Doubles = std::vector<double>;

Dictionary factor(Texts labels, bool declared = true, bool ordered = false) {
  Dictionary out;
  out.labels = std::move(labels);
  out.declared = declared;
  out.ordered = ordered;
  return out;
}

Column integers(const std::vector<std::int32_t>& values, Meaning meaning = Meaning::number) {
  Column column = make_column("x", values, Dictionary{}, std::numeric_limits<std::int32_t>::min());
  column.chunks[0].dictionary = nullptr;
  column.chunks[0].meaning = meaning;
  return column;
}

Column join(const Column& a, const Column& b) {
  Column out = a;
  out.chunks.insert(out.chunks.end(), b.chunks.begin(), b.chunks.end());
  return out;  // `a` and `b` must stay
}

struct Recoded {
  Codes codes;
  Texts unseen;
  std::int64_t n_unseen = -1;
};

Recoded recode(const Column& column, const Dictionary& levels) {
  Recoded out;
  out.codes = recode_levels(column, levels, out.unseen, out.n_unseen).to_vector();
  return out;
}

}  // namespace

TEST(LevelLabel, IsThatOfR) {
  // as.character() of R 4.2.2.
  const std::pair<double, const char*> cases[] = {
      {1e5, "1e+05"},
      {123456, "123456"},
      {1e15, "1e+15"},
      {9007199254740992.0, "9007199254740992"},
      {123456789012345678.0, "123456789012345680"},
      {0.1 + 0.2, "0.3"},
      {1.0 / 3, "0.333333333333333"},
      {1e-5, "1e-05"},
      {1e-4, "1e-04"},
      {0.00012345, "0.00012345"},
      {123456.7, "123456.7"},
      {3e5, "3e+05"},
      {1152921504606846976.0, "1152921504606846976"},
      {1e20, "1e+20"},
      {123456789012345.6, "123456789012346"},
      {999999999999999.9, "1e+15"},
      {1200000, "1200000"},
      {-1e5, "-1e+05"},
      {1.5e300, "1.5e+300"},
      {5e-324, "4.94065645841247e-324"},
      {100000.1, "100000.1"},
      {1180591620717411303424.0, "1.18059162071741e+21"},
      {0, "0"},
      {-0.0, "0"},
      {-1.5, "-1.5"},
      {100, "100"},
      {12, "12"},
      {INFINITY, "Inf"},
  };
  for (const auto& [value, label] : cases) EXPECT_EQ(level_label(Meaning::number, value), label);
  EXPECT_EQ(level_label(Meaning::boolean, 1), "TRUE");
  EXPECT_EQ(level_label(Meaning::boolean, 0), "FALSE");
}

TEST(LevelLabel, WritesDatesInIso) {
  EXPECT_EQ(level_label(Meaning::date, 0), "1970-01-01");
  EXPECT_EQ(level_label(Meaning::date, -1), "1969-12-31");
  EXPECT_EQ(level_label(Meaning::date, 11016), "2000-02-29");
  EXPECT_EQ(level_label(Meaning::date, 19753), "2024-01-31");
  EXPECT_EQ(level_label(Meaning::date, -719528), "0000-01-01");
  EXPECT_EQ(level_label(Meaning::date, 47540.5), "2100-02-28");
  EXPECT_EQ(level_label(Meaning::date, 47541), "2100-03-01");
  EXPECT_EQ(level_label(Meaning::date, 1e300), "1e+300");
  EXPECT_EQ(level_label(Meaning::datetime, 1706702400), "2024-01-31 12:00:00");
  EXPECT_EQ(level_label(Meaning::datetime, -0.5), "1969-12-31 23:59:59.5");
  EXPECT_EQ(level_label(Meaning::datetime, 0.9999999), "1970-01-01 00:00:01");
}

TEST(EncodeLevels, SortsWhatIsNotDeclared) {
  const CodedColumn text = encode_levels(make_column("x", Texts{"b", "\xC3\xA4", "B", "", "b"}));
  EXPECT_EQ(text.levels.labels, (Texts{"", "B", "b", "\xC3\xA4"}));
  EXPECT_EQ(text.codes, (Codes{2, 3, 1, 0, 2}));
  EXPECT_TRUE(text.levels.numbers.empty());
  const CodedColumn numbers = encode_levels(make_column("x", Doubles{10, -0.0, NAN, 2, 0.0, 10}));
  EXPECT_EQ(numbers.levels.labels, (Texts{"0", "2", "10"}));
  EXPECT_EQ(numbers.levels.numbers, (Doubles{0, 2, 10}));
  EXPECT_FALSE(std::signbit(numbers.levels.numbers[0]));
  EXPECT_EQ(numbers.codes, (Codes{2, 0, kMissingCode, 1, 0, 2}));
  const CodedColumn flags = encode_levels(integers({1, 0, std::numeric_limits<std::int32_t>::min()}, Meaning::boolean));
  EXPECT_EQ(flags.levels.labels, (Texts{"FALSE", "TRUE"}));
  EXPECT_EQ(encode_levels(integers({1, 1}, Meaning::boolean)).levels.labels, (Texts{"TRUE"}));
  EXPECT_EQ(encode_levels(make_column("x", Codes{2, 0, -1}, factor({"z", "y", "a"}, false))).levels.labels,
            (Texts{"a", "z"}));
}

TEST(EncodeLevels, KeepsADeclaredOrder) {
  const CodedColumn coded = encode_levels(make_column("x", Codes{3, 1, 0}, factor({"z", "y", "a"}), 1));
  EXPECT_EQ(coded.levels.labels, (Texts{"z", "y", "a"}));
  EXPECT_EQ(coded.codes, (Codes{2, 0, kMissingCode}));
  EXPECT_TRUE(coded.levels.declared);
  const CodedColumn ordered = encode_levels(make_column("x", Codes{0}, factor({"z", "a"}, true, true)));
  EXPECT_TRUE(ordered.levels.ordered);
  EXPECT_EQ(ordered.levels.size(), 2u);
}

TEST(EncodeLevels, UnitesChunks) {
  const Column first = make_column("x", Codes{0, 1}, factor({"b", "a"}));
  const Column same = make_column("x", Codes{1, 0}, factor({"b", "a"}));
  const Column other = make_column("x", Codes{1, 0}, factor({"c", "a", "never"}));
  EXPECT_EQ(encode_levels(join(first, same)).levels, factor({"b", "a"}));
  const CodedColumn united = encode_levels(join(first, other));
  EXPECT_EQ(united.levels, factor({"a", "b", "c"}, false));
  EXPECT_EQ(united.codes, (Codes{1, 0, 0, 2}));
  const Column numbers = make_column("x", Doubles{1, 2.5});
  const Column text = make_column("x", Texts{"2.5", "a"});
  EXPECT_EQ(encode_levels(join(numbers, text)).levels.labels, (Texts{"1", "2.5", "a"}));
  EXPECT_EQ(encode_levels(join(numbers, text)).codes, (Codes{0, 1, 1, 2}));
}

TEST(EncodeLevels, MergesValuesWithOneLabel) {
  const Column column = make_column("x", Doubles{0.1 + 0.2, 0.3, 1});
  const CodedColumn coded = encode_levels(column);
  EXPECT_EQ(coded.levels.labels, (Texts{"0.3", "1"}));
  EXPECT_EQ(coded.codes, (Codes{0, 0, 1}));
  EXPECT_EQ(recode(column, coded.levels).codes, coded.codes);
}

TEST(EncodeLevels, DoesNotDependOnStorageOrChunks) {
  Doubles doubles;
  std::vector<std::int32_t> ints;
  Texts texts;
  Dictionary dictionary;
  dictionary.meaning = Meaning::number;
  for (int i = 0; i < 97; ++i) {
    dictionary.labels.push_back("x");
    dictionary.numbers.push_back(96 - i);
  }
  Codes codes;
  std::uint32_t state = 3;
  std::map<std::string, int> distinct;
  for (int i = 0; i < 5000; ++i) {
    state = state * 1664525u + 1013904223u;
    const int value = static_cast<int>((state >> 10) % 97);
    doubles.push_back(value);
    ints.push_back(value);
    codes.push_back(96 - value);
    texts.push_back(std::string(static_cast<std::size_t>(value % 23), 'k') + std::to_string(value));
    distinct[texts.back()] = 1;
  }
  const CodedColumn reference = encode_levels(make_column("x", doubles));
  EXPECT_EQ(encode_levels(integers(ints)).codes, reference.codes);
  EXPECT_EQ(encode_levels(integers(ints)).levels, reference.levels);
  EXPECT_EQ(encode_levels(make_column("x", codes, dictionary)).codes, reference.codes);
  EXPECT_EQ(encode_levels(make_column("x", codes, dictionary)).levels, reference.levels);
  Column halves = make_column("x", doubles);
  halves.chunks.push_back(halves.chunks[0]);
  halves.chunks[0].length = 1234;
  halves.chunks[1].offset = 1234;
  halves.chunks[1].length -= 1234;
  EXPECT_EQ(encode_levels(halves).codes, reference.codes);
  const CodedColumn text = encode_levels(make_column("x", texts));
  ASSERT_EQ(text.levels.size(), distinct.size());
  EXPECT_TRUE(std::is_sorted(text.levels.labels.begin(), text.levels.labels.end()));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(text.levels.labels[static_cast<std::size_t>(text.codes[i])], texts[i]);
  }
}

TEST(EncodeLevels, TellsShortTextsApart) {
  std::vector<std::string> texts = {"", std::string(1, '\0'), "a", std::string("a\0", 2), std::string("\0a", 2), "aa"};
  for (std::size_t size = 1; size <= 20; ++size)
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      text[at] = 'y';
      texts.push_back(text);
    }
  const CodedColumn coded = encode_levels(make_column("t", texts));
  EXPECT_EQ(coded.levels.size(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i)
    EXPECT_EQ(coded.levels.labels[static_cast<std::size_t>(coded.codes[i])], texts[i]);
}

TEST(EncodeLevels, SortsSmallWholeNumbersAmongOthers) {
  const std::vector<double> numbers = {65536, 3, -1, 0.5, 65535, -0.0, 3, 1e300, 0, 2.5, 70000, 64};
  const CodedColumn coded = encode_levels(make_column("x", numbers));
  EXPECT_EQ(coded.levels.numbers, (std::vector<double>{-1, 0, 0.5, 2.5, 3, 64, 65535, 65536, 70000, 1e300}));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    EXPECT_EQ(coded.levels.numbers[static_cast<std::size_t>(coded.codes[i])], numbers[i]);
}

TEST(EncodeLevels, TakesManyDistinctValues) {
  Doubles values;
  for (int i = 0; i < 20000; ++i) values.push_back((i * 7919) % 20000 + 0.5);
  const CodedColumn coded = encode_levels(make_column("x", values));
  ASSERT_EQ(coded.levels.size(), 20000u);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(coded.levels.numbers[static_cast<std::size_t>(coded.codes[i])], values[i]);
  }
}

TEST(EncodeLevels, HandlesNothing) {
  EXPECT_EQ(encode_levels(make_column("x", Texts{})).levels.size(), 0u);
  EXPECT_EQ(encode_levels(Column{}).codes.size(), 0u);
  const CodedColumn missing = encode_levels(make_column("x", Doubles{NAN, NAN}));
  EXPECT_EQ(missing.codes, (Codes{kMissingCode, kMissingCode}));
  EXPECT_EQ(missing.levels.size(), 0u);
  try {
    encode_levels(make_column("Area", Codes{7}, factor({"a"})));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "data.bad_code");
    EXPECT_EQ(error.context().at("column").as_string(), "Area");
  }
}

TEST(RecodeLevels, MatchesAcrossTypes) {
  const Dictionary text = factor({"2", "1", "TRUE"});
  EXPECT_EQ(recode(integers({1, 2, 1}), text).codes, (Codes{1, 0, 1}));
  EXPECT_EQ(recode(integers({1}, Meaning::boolean), text).codes, (Codes{2}));
  const Dictionary numbers = encode_levels(make_column("x", Doubles{1, 2.5})).levels;
  EXPECT_EQ(recode(make_column("x", Texts{"2.5", "1", "1.0"}), numbers).codes, (Codes{1, 0, kUnseenCode}));
  EXPECT_EQ(recode(make_column("x", Codes{0, 1}, factor({"2.5", "1"})), numbers).codes, (Codes{1, 0}));
  EXPECT_EQ(recode(integers({1}, Meaning::boolean), numbers).codes, (Codes{0}));
  const Dictionary dates = encode_levels(integers({19753, 0}, Meaning::date)).levels;
  EXPECT_EQ(recode(make_column("x", Texts{"2024-01-31"}), dates).codes, (Codes{1}));
  Column midnight = make_column("x", Doubles{19753.0 * 86400.0, 5.0});
  midnight.chunks[0].meaning = Meaning::datetime;
  EXPECT_EQ(recode(midnight, dates).codes, (Codes{1, kUnseenCode}));
}

TEST(RecodeLevels, ReportsUnseenValues) {
  const Recoded out =
      recode(make_column("x", Doubles{7, NAN, 1, 9, 7}), encode_levels(make_column("x", Doubles{1})).levels);
  EXPECT_EQ(out.codes, (Codes{kUnseenCode, kMissingCode, 0, kUnseenCode, kUnseenCode}));
  EXPECT_EQ(out.unseen, (Texts{"7", "9"}));
  EXPECT_EQ(out.n_unseen, 3);
  Doubles many;
  for (int i = 0; i < 50; ++i) many.push_back(i);
  EXPECT_EQ(recode(make_column("x", many), factor({})).unseen.size(), 20u);
  EXPECT_EQ(recode(make_column("x", many), factor({})).n_unseen, 50);
  // A declared level that does not occur is not unseen.
  EXPECT_EQ(recode(make_column("x", Codes{0}, factor({"a", "z"})), factor({"a"})).n_unseen, 0);
}

TEST(RecodeLevels, InvertsEncoding) {
  for (const Column& column : {make_column("x", Texts{"b", "a", "b", ""}), make_column("x", Doubles{3, NAN, 1e5, -2}),
                               make_column("x", Codes{1, -1, 0}, factor({"q", "p"}))}) {
    const CodedColumn coded = encode_levels(column);
    const Recoded again = recode(column, coded.levels);
    EXPECT_EQ(again.codes, coded.codes);
    EXPECT_EQ(again.n_unseen, 0);
  }
}

TEST(DropLevels, RenumbersWhatIsKept) {
  Codes new_code;
  Dictionary levels = factor({"a", "b", "c"}, true, true);
  levels.meaning = Meaning::number;
  levels.numbers = {1, 2, 3};
  const Dictionary kept = drop_levels(levels, {1, 0, 1}, new_code);
  EXPECT_EQ(kept.labels, (Texts{"a", "c"}));
  EXPECT_EQ(kept.numbers, (Doubles{1, 3}));
  EXPECT_TRUE(kept.declared && kept.ordered);
  EXPECT_EQ(new_code, (Codes{0, -1, 1}));
}
