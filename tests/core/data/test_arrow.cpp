#include <gtest/gtest.h>

#include <cmath>

#include "arrow_builder.hpp"
#include "deciban/base/error.hpp"
#include "deciban/data/levels.hpp"
#include "deciban/data/read.hpp"
#include "deciban/data/table.hpp"

using namespace deciban;
using namespace deciban::data;
using namespace arrow_builder;

namespace {

constexpr double kNa = -999.0;  // stands for missing, so that vectors compare

std::vector<double> values(const Column& column) {
  std::vector<double> out(static_cast<std::size_t>(column.length()));
  read_doubles(column, 0, column.length(), out.data());
  for (double& value : out) value = std::isnan(value) ? kNa : value;
  return out;
}

std::vector<std::string> labels(const Column& column) {
  const CodedColumn coded = encode_levels(column);
  std::vector<std::string> out;
  for (const std::int32_t code : coded.codes.to_vector()) out.push_back(code < 0 ? "NA" : coded.levels.labels[code]);
  return out;
}

Column one(Field field) {
  const std::int64_t length = field.length;
  Stream* stream = new Stream(batch({std::move(field)}, length));  // outlives the column; small, and freed at exit
  static std::vector<std::unique_ptr<Stream>> kept;
  kept.emplace_back(stream);
  auto columns = stream->take();
  EXPECT_EQ(columns.size(), 1u);
  return columns.at(0);
}

std::string code_of(Stream& stream) {
  try {
    stream.take();
  } catch (const Error& error) {
    return error.code();
  }
  return "no error";
}

using Doubles = std::vector<double>;
using Texts = std::vector<std::string>;

}  // namespace

TEST(Arrow, ReadsEveryNumber) {
  EXPECT_EQ(values(one(fixed<std::int8_t>("x", "c", {-1, 2}))), (Doubles{-1, 2}));
  EXPECT_EQ(values(one(fixed<std::uint8_t>("x", "C", {255, 2}))), (Doubles{255, 2}));
  EXPECT_EQ(values(one(fixed<std::int16_t>("x", "s", {-300, 2}))), (Doubles{-300, 2}));
  EXPECT_EQ(values(one(fixed<std::uint16_t>("x", "S", {65535, 2}))), (Doubles{65535, 2}));
  EXPECT_EQ(values(one(fixed<std::int32_t>("x", "i", {-70000, 2}, bits({1, 0})))), (Doubles{-70000, kNa}));
  EXPECT_EQ(values(one(fixed<std::uint32_t>("x", "I", {4294967295u, 2}))), (Doubles{4294967295.0, 2}));
  EXPECT_EQ(values(one(fixed<std::int64_t>("x", "l", {9007199254740993, -1}))), (Doubles{9007199254740992.0, -1}));
  EXPECT_EQ(values(one(fixed<std::uint64_t>("x", "L", {18446744073709551615ull}))), (Doubles{18446744073709551616.0}));
  EXPECT_EQ(values(one(fixed<float>("x", "f", {0.5f, NAN}))), (Doubles{0.5, kNa}));
  EXPECT_EQ(values(one(fixed<double>("x", "g", {0.1, 2, 3}, bits({1, 1, 0})))), (Doubles{0.1, 2, kNa}));
  Field boolean = fixed<char>("x", "b", bits({1, 0, 1, 1}), bits({1, 1, 0, 1}));
  boolean.length = 4;
  const Column flags = one(boolean);
  EXPECT_EQ(values(flags), (Doubles{1, 0, kNa, 1}));
  EXPECT_EQ(flags.meaning(), Meaning::boolean);
  EXPECT_EQ(labels(flags), (Texts{"TRUE", "FALSE", "NA", "TRUE"}));
  Field none;
  none.name = "x";
  none.format = "n";
  none.length = 2;
  EXPECT_EQ(values(one(none)), (Doubles{kNa, kNa}));
}

TEST(Arrow, ReadsDecimalsDatesAndTimes) {
  Field decimal = fixed<std::int64_t>("x", "d:10,2", {12345, 0, -12345, -1});
  decimal.length = 2;
  EXPECT_EQ(values(one(decimal)), (Doubles{123.45, -123.45}));
  const Column date = one(fixed<std::int32_t>("d", "tdD", {0, 19753}));
  EXPECT_EQ(date.meaning(), Meaning::date);
  EXPECT_EQ(labels(date), (Texts{"1970-01-01", "2024-01-31"}));
  EXPECT_EQ(values(one(fixed<std::int64_t>("d", "tdm", {86400000}))), (Doubles{1}));
  for (const auto& [format, unit] : std::vector<std::pair<std::string, std::int64_t>>{
           {"tss:", 1}, {"tsm:UTC", 1000}, {"tsu:", 1000000}, {"tsn:Europe/Berlin", 1000000000}}) {
    const Column time = one(fixed<std::int64_t>("t", format, {1706702400 * unit, -unit}));
    EXPECT_EQ(values(time), (Doubles{1706702400.0, -1.0}));
    EXPECT_EQ(labels(time), (Texts{"2024-01-31 12:00:00", "1969-12-31 23:59:59"}));
  }
  EXPECT_EQ(values(one(fixed<std::int64_t>("t", "tsn:", {1706702400123456789}))),
            (Doubles{1706702400.0 + 0.123456789}));
}

TEST(Arrow, ReadsText) {
  const Texts words = {"b", "", "a much longer word than twelve", "b", "h\xC3\xA4"};
  const std::vector<char> validity = bits({1, 1, 1, 0, 1});
  const Texts expected = {"b", "", "a much longer word than twelve", "NA", "h\xC3\xA4"};
  EXPECT_EQ(labels(one(text<std::int32_t>("x", "u", words, validity))), expected);
  EXPECT_EQ(labels(one(text<std::int64_t>("x", "U", words, validity))), expected);
  EXPECT_EQ(labels(one(text_view("x", words, validity))), expected);
  EXPECT_EQ(encode_levels(one(text<std::int32_t>("x", "u", words, validity))).levels.labels,
            (Texts{"", "a much longer word than twelve", "b", "h\xC3\xA4"}));
}

TEST(Arrow, ReadsDictionariesOfAnyIndexAndValue) {
  const Texts words = {"north", "a rather long region name", "south"};
  const auto check = [&](Field codes) {
    for (const Field& dictionary :
         {text<std::int32_t>("", "u", words), text<std::int64_t>("", "U", words), text_view("", words)}) {
      const Column column = one(with_dictionary(codes, dictionary));
      EXPECT_TRUE(column.is_categorical());
      EXPECT_EQ(labels(column), (Texts{"south", "NA", "north", "a rather long region name"}));
      EXPECT_EQ(encode_levels(column).levels.labels[0], "a rather long region name");
    }
  };
  const std::vector<char> validity = bits({1, 0, 1, 1});
  check(fixed<std::int8_t>("x", "c", {2, 99, 0, 1}, validity));
  check(fixed<std::uint8_t>("x", "C", {2, 99, 0, 1}, validity));
  check(fixed<std::int16_t>("x", "s", {2, 99, 0, 1}, validity));
  check(fixed<std::uint16_t>("x", "S", {2, 99, 0, 1}, validity));
  check(fixed<std::int32_t>("x", "i", {2, 99, 0, 1}, validity));
  check(fixed<std::uint32_t>("x", "I", {2, 99, 0, 1}, validity));
  check(fixed<std::int64_t>("x", "l", {2, 99, 0, 1}, validity));
  check(fixed<std::uint64_t>("x", "L", {2, 99, 0, 1}, validity));
  const Column numbers =
      one(with_dictionary(fixed<std::int8_t>("x", "c", {1, 0, 1}), fixed<double>("", "g", {2.5, 1})));
  EXPECT_EQ(values(numbers), (Doubles{1, 2.5, 1}));
  EXPECT_EQ(encode_levels(numbers).levels.labels, (Texts{"1", "2.5"}));
  Field flags = fixed<char>("", "b", bits({1, 0}));
  flags.length = 2;
  EXPECT_EQ(labels(one(with_dictionary(fixed<std::int8_t>("x", "c", {1, 0}), flags))), (Texts{"FALSE", "TRUE"}));
}

TEST(Arrow, KeepsOrderOfOrderedAndDeclaredDictionaries) {
  Field field =
      with_dictionary(fixed<std::int8_t>("x", "c", {1, 0}), text<std::int32_t>("", "u", {"low", "high", "top"}));
  EXPECT_EQ(encode_levels(one(field)).levels.labels, (Texts{"high", "low"}));
  Column declared = one(field);
  EXPECT_FALSE(declared.chunks[0].dictionary->declared);
  mark_declared(declared, false);
  EXPECT_EQ(encode_levels(declared).levels.labels, (Texts{"low", "high", "top"}));
  EXPECT_FALSE(encode_levels(declared).levels.ordered);
  field.flags = ARROW_FLAG_DICTIONARY_ORDERED;
  const Dictionary ordered = encode_levels(one(field)).levels;
  EXPECT_EQ(ordered.labels, (Texts{"low", "high", "top"}));
  EXPECT_TRUE(ordered.ordered);
}

TEST(Arrow, CleansDictionariesWithNullsAndRepeats) {
  const Field codes = fixed<std::int8_t>("x", "c", {0, 1, 2, 3});
  const Column text_column =
      one(with_dictionary(codes, text<std::int32_t>("", "u", {"a", "?", "b", "a"}, bits({1, 0, 1, 1}))));
  EXPECT_EQ(labels(text_column), (Texts{"a", "NA", "b", "a"}));
  EXPECT_EQ(text_column.chunks[0].dictionary->labels, (Texts{"a", "b"}));
  EXPECT_EQ(values(one(with_dictionary(codes, fixed<double>("", "g", {1, NAN, 0.0, -0.0})))), (Doubles{1, kNa, 0, 0}));
}

TEST(Arrow, HonoursOffsetsAndStructValidity) {
  Field child = fixed<std::int32_t>("x", "i", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, bits({1, 1, 1, 1, 0, 1, 1, 1, 1, 1}));
  child.length = 8;
  child.offset = 1;  // 1 2 3 NA 5 6 7 8
  Stream both(batch({child}, 4, 2, bits({1, 1, 1, 1, 0, 1})));
  EXPECT_EQ(values(both.take()[0]), (Doubles{3, kNa, kNa, 6}));
  child.buffers[0].clear();
  Stream rows(batch({child}, 4, 2, bits({1, 1, 1, 1, 0, 1})));
  EXPECT_EQ(values(rows.take()[0]), (Doubles{3, 4, kNa, 6}));
  Stream plain(batch({fixed<std::int32_t>("x", "i", {0, 1, 2, 3})}, 2, 1, bits({1, 1, 0})));
  EXPECT_EQ(values(plain.take()[0]), (Doubles{1, kNa}));
  Field words = text<std::int32_t>("w", "u", {"a", "b", "c", "d"}, bits({0, 1, 1, 1}));
  words.offset = 1;
  words.length = 3;
  Stream sliced(batch({words}, 2, 1));
  EXPECT_EQ(labels(sliced.take()[0]), (Texts{"c", "d"}));
  Field codes = with_dictionary(fixed<std::int8_t>("x", "c", {9, 1, 0}), text<std::int32_t>("", "u", {"z", "p", "q"}));
  codes.offset = 1;
  codes.length = 2;
  codes.dictionary->offset = 1;
  codes.dictionary->length = 2;
  EXPECT_EQ(labels(one(codes)), (Texts{"q", "p"}));
  Field counted = fixed<double>("x", "g", {1, 2}, bits({0, 0}));
  counted.null_count = 0;  // the bitmap may then be left unset
  EXPECT_EQ(values(one(counted)), (Doubles{1, 2}));
}

TEST(Arrow, UnitesChunks) {
  const auto part = [](std::vector<std::int8_t> codes, Texts levels) {
    const auto length = static_cast<std::int64_t>(codes.size());
    return batch({with_dictionary(fixed<std::int8_t>("x", "c", codes), text_view("", levels))}, length);
  };
  const Field first = part({0, 1}, {"b", "a"});
  Stream stream(first, {first, part({}, {}), part({1, 0}, {"a", "c"})});
  const Column column = stream.take()[0];
  EXPECT_EQ(column.length(), 4);
  EXPECT_EQ(labels(column), (Texts{"b", "a", "c", "a"}));
  EXPECT_EQ(encode_levels(column).levels.labels, (Texts{"a", "b", "c"}));
  EXPECT_FALSE(encode_levels(column).levels.declared);

  const Field numbers = batch({fixed<double>("x", "g", {1, 2, 3})}, 3);
  Stream many(numbers, {numbers, numbers});
  const Column chunked = many.take()[0];
  Doubles out(3);
  read_doubles(chunked, 2, 3, out.data());
  EXPECT_EQ(out, (Doubles{3, 1, 2}));
}

TEST(Arrow, KeepsTheTypeWithoutBatches) {
  const Field schema = batch({text_view("t", {}), fixed<double>("g", "g", {}),
                              with_dictionary(fixed<std::int8_t>("c", "c", {}), text_view("", {}))},
                             0);
  Stream stream(schema, {});
  const auto columns = stream.take();
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].meaning(), Meaning::text);
  EXPECT_EQ(columns[1].meaning(), Meaning::number);
  EXPECT_TRUE(columns[2].is_categorical());
  EXPECT_EQ(columns[2].length(), 0);
  EXPECT_EQ(encode_levels(columns[2]).levels.size(), 0u);
}

TEST(Arrow, LeavesOutWhatItCannotUse) {
  Field list = fixed<std::int32_t>("l", "+l", {0});
  Field wide = fixed<std::int64_t>("w", "d:40,2,256", {0});
  Stream stream(batch({list, fixed<double>("g", "g", {1}), wide, fixed<double>("h", "g", {1}),
                       with_dictionary(fixed<std::int8_t>("d", "c", {0}), fixed<std::int32_t>("", "z", {0}))},
                      1));
  const auto columns = stream.take({"g", "l", "w", "d", "absent"});
  ASSERT_EQ(columns.size(), 1u);
  EXPECT_EQ(columns[0].name, "g");
  const std::vector<std::pair<std::string, std::string>> expected = {{"l", "+l"}, {"w", "d:40,2,256"}, {"d", "z"}};
  EXPECT_EQ(stream.unsupported, expected);
}

TEST(Arrow, ReleasesOnce) {
  const Field field = batch({fixed<double>("a", "g", {1}), fixed<double>("b", "g", {2})}, 1);
  Stream stream(field, {field, field});
  {
    Column kept;
    {
      const Table table(stream.take());
      EXPECT_EQ(stream.streams_released, 1);
      kept = table.at("b");
    }
    EXPECT_EQ(stream.arrays_released, 0);
    EXPECT_EQ(values(kept), (Doubles{2, 2}));
  }
  EXPECT_EQ(stream.arrays_released, 2);
  EXPECT_EQ(stream.schemas_released, 1);
}

TEST(Arrow, ReportsBrokenStreams) {
  const Field field = batch({fixed<double>("a", "g", {1})}, 1);
  Stream failing(field, {field, field});
  failing.fail_at = 1;
  EXPECT_EQ(code_of(failing), "data.arrow_stream");
  EXPECT_EQ(failing.streams_released, 1);
  EXPECT_EQ(failing.arrays_released, 1);
  EXPECT_EQ(failing.schemas_released, 1);
  EXPECT_EQ(code_of(failing), "data.arrow_invalid");  // used before
  Stream series(fixed<double>("a", "g", {1}));
  EXPECT_EQ(code_of(series), "data.arrow_invalid");
  Stream short_child(batch({fixed<double>("a", "g", {1})}, 2));
  EXPECT_EQ(code_of(short_child), "data.arrow_invalid");
  EXPECT_EQ(short_child.arrays_released, 1);
  Field bare = fixed<double>("a", "g", {1});
  bare.buffers.clear();
  Stream no_buffers(batch({bare}, 1));
  EXPECT_EQ(code_of(no_buffers), "data.arrow_invalid");
  Stream bad_code(batch({with_dictionary(fixed<std::int8_t>("x", "c", {5}), text_view("", {"a"}))}, 1));
  EXPECT_THROW(encode_levels(bad_code.take()[0]), Error);
}
