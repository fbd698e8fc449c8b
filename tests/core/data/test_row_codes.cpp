#include "deciban/data/row_codes.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "models/fit_case.hpp"

using namespace deciban;
using Ints = std::vector<std::int32_t>;

TEST(RowCodes, KeepWhatIsWrittenWhateverItsSize) {
  for (const std::int32_t largest : {0, 253, 254, 255, 65533, 65534, 65536, 2147483645}) {
    const Ints codes = {0, data::kMissingCode, largest, data::kUnseenCode, largest / 2, largest - (largest > 0)};
    const data::RowCodes packed(codes);
    EXPECT_EQ(packed, codes) << largest;
    EXPECT_EQ(packed[2], largest);
  }
}

TEST(RowCodes, WidenAsLargerCodesCome) {
  fit_case::Random random(3);
  Ints expected(5000, 0);
  data::RowCodes codes(5000);
  for (int k = 0; k < 300; ++k) {
    const int begin = random.below(4900), count = 1 + random.below(100), most = k < 100 ? 200 : k < 200 ? 3000 : 100000;
    Ints piece;
    for (int i = 0; i < count; ++i) piece.push_back(random.below(most) - 2);
    codes.write(begin, count, piece.data());
    std::copy(piece.begin(), piece.end(), expected.begin() + begin);
  }
  EXPECT_EQ(codes, expected);
  Ints some(321);
  codes.read(1234, 321, some.data());
  EXPECT_EQ(some, Ints(expected.begin() + 1234, expected.begin() + 1234 + 321));
}

TEST(RowCodes, AreReplacedAndRenumbered) {
  data::RowCodes codes(Ints{0, 2, -1, 1, -2, 2});
  codes.renumber({5, 700, 70000});
  EXPECT_EQ(codes, (Ints{5, 70000, -1, 700, -2, 70000}));
  codes.replace([](std::int32_t code) { return code == data::kMissingCode ? 3 : code; });
  EXPECT_EQ(codes, (Ints{5, 70000, 3, 700, -2, 70000}));
  codes.keep({1, 4});
  EXPECT_EQ(codes, (Ints{70000, -2}));
  EXPECT_EQ(codes.size(), 2u);
  codes.keep({});
  EXPECT_EQ(codes.size(), 0u);
}

TEST(RowCodes, KnowWhichOccur) {
  EXPECT_EQ(data::RowCodes(Ints{3, -1, 0, 3, -2}).used(5), (std::vector<char>{1, 0, 0, 1, 0}));
}
