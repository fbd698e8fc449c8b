#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "deciban/base/text.hpp"
#include "deciban/base/utf8.hpp"

using namespace deciban;

TEST(Text, FormatsAsPrintf) {
  EXPECT_EQ(format_g(0.1, 15), "0.1");
  EXPECT_EQ(format_g(123456789.0, 3), "1.23e+08");
  EXPECT_EQ(format_g(1e-5, 6), "1e-05");
  EXPECT_EQ(format_fixed(2.5, 0), "2");
  EXPECT_EQ(format_fixed(-1.005, 2), "-1.00");
  EXPECT_EQ(format_g(std::nan(""), 6), "NaN");
  EXPECT_EQ(format_fixed(-INFINITY, 2), "-Inf");
}

TEST(Text, ExactTextReadsBack) {
  EXPECT_EQ(format_exact(0.1), "0.1");
  EXPECT_EQ(format_exact(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(format_exact(1e300), "1e+300");
  std::uint64_t state = 1;
  for (int i = 0; i < 20000; ++i) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    double value, back = 0.0;
    std::memcpy(&value, &state, 8);
    if (!std::isfinite(value)) continue;
    ASSERT_TRUE(parse_double(format_exact(value), back));
    ASSERT_EQ(value, back);
  }
}

TEST(Text, IgnoresTheLocale) {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"}) {
    if (std::setlocale(LC_NUMERIC, name)) break;
  }
  double value = 0.0;
  EXPECT_EQ(format_exact(1.5), "1.5");
  EXPECT_TRUE(parse_double("1.5", value));
  EXPECT_EQ(value, 1.5);
  EXPECT_FALSE(parse_double("1,5", value));
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST(Text, ParsesWholeNumbersOnly) {
  double value = 7.0;
  for (const char* bad : {"", " 1", "1 ", "1x", "+-1", "--1", "0x10", "e5", ".", "1e", "nan(1)", "NA", "-"}) {
    EXPECT_FALSE(parse_double(bad, value)) << bad;
  }
  EXPECT_EQ(value, 7.0);
  EXPECT_TRUE(parse_double("+1.5e3", value));
  EXPECT_EQ(value, 1500.0);
  EXPECT_TRUE(parse_double("-Inf", value));
  EXPECT_EQ(value, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(parse_double("-1e999", value));
  EXPECT_EQ(value, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(parse_double("1e-999", value));
  EXPECT_EQ(value, 0.0);
  EXPECT_TRUE(parse_double("0." + std::string(400, '0') + "1", value));
  EXPECT_EQ(value, 0.0);
  EXPECT_TRUE(parse_double("1" + std::string(400, '0'), value));
  EXPECT_EQ(value, std::numeric_limits<double>::infinity());
  EXPECT_TRUE(parse_double("NaN", value));
  EXPECT_TRUE(value != value);
}

TEST(Text, CountsAndLists) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(-1234567), "-1,234,567");
  EXPECT_EQ(format_count(100), "100");
  EXPECT_EQ(format_count(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
  EXPECT_EQ(join_some({"a", "b", "c"}, 3), "a, b, c");
  EXPECT_EQ(join_some({"a", "b", "c", "d", "e", "f", "g"}, 3), "a, b, c and 4 more");
  EXPECT_EQ(join_some({}), "");
  EXPECT_EQ(display_width("h\xC3\xA4\xE2\x82\xAC"), 3u);
}

TEST(Text, IsMadeReadable) {
  EXPECT_EQ(readable_text("h\xC3\xA4 \xF0\x9F\x98\x80\n"), "h\xC3\xA4 \xF0\x9F\x98\x80\n");
  EXPECT_EQ(readable_text(std::string("a\0b\xFF\xC3", 5)), "a?b??");
  EXPECT_EQ(readable_text("\xED\xA0\x80\xE2\x82"), "?????");
  EXPECT_EQ(readable_text(""), "");
}

TEST(Text, FindsTheClosestName) {
  EXPECT_EQ(closest_match("Exposre", {"Age", "Exposure", "Region"}), "Exposure");
  EXPECT_EQ(closest_match("vehage", {"DrivAge", "VehAge"}), "VehAge");
  EXPECT_EQ(closest_match("zzz", {"Age", "Exposure"}), "");
  EXPECT_EQ(closest_match("", {"Age"}), "");
}
