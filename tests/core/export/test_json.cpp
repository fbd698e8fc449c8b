#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "deciban/base/utf8.hpp"
#include "deciban/export/json.hpp"
#include "models/fit_case.hpp"

using namespace deciban;
using namespace fit_case;
using export_::read_json;
using export_::write_json;

namespace {

void expect_format_error(const std::string& text, const std::string& what = "") {
  const auto error = error_of([&] { read_json(text); });
  EXPECT_EQ(error.code(), "format.json") << what << ": " << text.substr(0, 80);
  EXPECT_EQ(error.kind(), ErrorKind::format) << what;
  EXPECT_TRUE(error.context().find("byte")) << what;
}

}  // namespace

TEST(Json, KeepsEveryDouble) {
  Random random(1);
  Doubles values = {0.0,
                    -0.0,
                    0.1,
                    1.0 / 3.0,
                    1e22,
                    1e23,
                    9007199254740993.0,
                    std::numeric_limits<double>::max(),
                    std::numeric_limits<double>::min(),
                    std::numeric_limits<double>::denorm_min(),
                    -std::numeric_limits<double>::denorm_min(),
                    4.9406564584124654e-320,
                    123456789012345680.0,
                    1e-7,
                    5e-324};
  for (int k = 0; k < 20000; ++k) {
    const std::uint64_t bits = random.bits();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) values.push_back(value);
  }
  const Doubles again = read_json(write_json(Document(values))).as_doubles();
  EXPECT_TRUE(same_bits(again, values));
  const Doubles special = {kNaN, kInf, -kInf};
  const std::string text = write_json(Document(special));
  EXPECT_EQ(text, "[\"NaN\",\"Infinity\",\"-Infinity\"]");
  const Doubles back = read_json(text).as_doubles();
  EXPECT_TRUE(std::isnan(back[0]) && back[1] == kInf && back[2] == -kInf);
}

TEST(Json, KeepsIntegersTextAndStructure) {
  Document document = Document::object({{"null", Document()},
                                        {"true", true},
                                        {"min", std::numeric_limits<std::int64_t>::min()},
                                        {"max", std::numeric_limits<std::int64_t>::max()},
                                        {"text", "quote \" back \\ line \n tab \t \x01 \xC3\xA9 \xF0\x9F\x9A\x97"},
                                        {"", "empty key"},
                                        {"array", Document::array()},
                                        {"object", Document::object()}});
  Document nested = Document::array();
  nested.push(Document::object({{"a", Document(Doubles{1, 2.5})}, {"b", Document(Texts{"x", ""})}}));
  nested.push(Document::array());
  document.set("nested", nested);
  for (const int indent : {-1, 0, 1, 4}) {
    const Document again = read_json(write_json(document, indent));
    EXPECT_EQ(again, document) << indent;
    EXPECT_EQ(again.at("min").type(), Document::Type::integer);
    EXPECT_EQ(write_json(again, indent), write_json(document, indent));
  }
  EXPECT_EQ(write_json(Document::object({{"b", 1}, {"a", 2}})), "{\"b\":1,\"a\":2}") << "keys keep their order";
  EXPECT_EQ(write_json(Document(2.0)), "2.0") << "a number stays a number";
  EXPECT_EQ(read_json("2.0").type(), Document::Type::number);
  EXPECT_EQ(read_json("2").type(), Document::Type::integer);
  EXPECT_EQ(read_json("18446744073709551615").as_double(), 18446744073709551615.0);
  EXPECT_EQ(read_json("-9223372036854775809").as_double(), -9223372036854775809.0);
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text :
       {"",       " ",        "{",     "}",       "[1,",   "[1,]",       "{\"a\":}",    "{\"a\" 1}", "{a:1}", "nul",
        "NaN",    "Infinity", "1e999", "-1e999",  "01",    "1.",         ".5",          "'a'",       "\"a",   "\"\\x\"",
        "\"\n\"", "[1] 2",    "{} {}", "// c\n1", "[1 2]", "{\"a\":1,}", "\"\\ud800\"", "+1"})
    expect_format_error(text);
  expect_format_error(std::string("{\"a\":1}\0", 8), "a zero byte at the end");
  expect_format_error(std::string("\"a\0b\"", 5), "a zero byte in text");
}

TEST(Json, RefusesInvalidUtf8) {
  for (const char* bytes : {"\xFF", "\xC3", "\xC3\x28", "\xA0", "\xE2\x82", "\xF0\x28\x8C\xBC", "\xC0\xAF",
                            "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"}) {
    expect_format_error(std::string("\"") + bytes + "\"", "in text");
    expect_format_error(std::string("{\"") + bytes + "\":1}", "in a key");
  }
  // Text that is not UTF-8 can still be written: bytes that are none become U+FFFD.
  EXPECT_EQ(write_json(Document("a\xFFz")), "\"a\xEF\xBF\xBDz\"");
}

TEST(Json, RefusesDeepNesting) {
  const auto nested = [](int depth, const char* open, const char* close) {
    std::string text;
    for (int k = 0; k < depth; ++k) text += open;
    text += "1";
    for (int k = 0; k < depth; ++k) text += close;
    return text;
  };
  EXPECT_EQ(code_of([&] { read_json(nested(64, "[", "]")); }), "no error");
  expect_format_error(nested(65, "[", "]"));
  expect_format_error(nested(65, "{\"a\":", "}"));
  expect_format_error(std::string(3000000, '['));
  expect_format_error(std::string(3000000, '{'));
}

TEST(Json, RefusesManyKeys) {
  const auto keys = [](int count) {
    std::string text = "{";
    for (int k = 0; k < count; ++k) text += (k ? ",\"" : "\"") + std::to_string(k) + "\":0";
    return text + "}";
  };
  EXPECT_EQ(read_json(keys(10000)).members().size(), 10000u);
  expect_format_error(keys(10001));
  expect_format_error(keys(500000));
}

TEST(Json, RefusalsCanBeShown) {
  for (const char* text : {"{\"a\xFF\":1}", "\"\xC3", "[\xE2\x82]", "{\"\\u0000\":1,\"\\u0000\":1}"}) {
    const std::string what = error_of([&] { read_json(text); }).what();
    EXPECT_EQ(readable_text(what), what);
  }
}

TEST(Json, RefusesRepeatedKeys) {
  expect_format_error("{\"a\":1,\"a\":2}");
  expect_format_error("{\"x\":{\"a\":1,\"b\":2,\"a\":null}}");
  EXPECT_EQ(code_of([] { read_json("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}"); }), "no error");
}

TEST(Json, SurvivesRandomDamage) {
  const std::string good = write_json(
      Document::object(
          {{"a", Document(Doubles{1.5, kNaN, -2e-300})}, {"b", "t\xC3\xA9xt"}, {"c", Document::object({{"d", true}})}}),
      1);
  Random random(2);
  for (int k = 0; k < 20000; ++k) {
    std::string text = good;
    for (int hits = 1 + random.below(3); hits > 0; --hits)
      text[static_cast<std::size_t>(random.below(static_cast<int>(text.size())))] =
          static_cast<char>(random.below(256));
    const auto error = error_of([&] { read_json(text); });
    EXPECT_TRUE(error.code() == "no error" || error.code() == "format.json") << error.code();
  }
}
