// The vector functions of every instruction set against long double: DECIBAN_ULP_POINTS points of each function (10^5
// when it is not set; the stage `ulp` of tools/test --full takes 10^7), and the edges of their domains.
#include "deciban/base/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "accuracy.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/math/isa.hpp"

namespace dm = deciban::math;
namespace {

using dm::testing::bits_of;
using dm::testing::from_bits;
using dm::testing::kHaveReference;
using dm::testing::ulp_error;
using dm::testing::Worst;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();
constexpr double kMin = std::numeric_limits<double>::min();
constexpr double kHuge = std::numeric_limits<double>::max();
constexpr double kBar = 2.0;  // ulp
constexpr int kBlock = 512;

std::int64_t points() {
  const char* given = std::getenv("DECIBAN_ULP_POINTS");
  return given ? std::max<std::int64_t>(1, std::atoll(given)) : 100000;
}

struct Range {
  double from, to;  // of the same sign where `logarithmic`
  bool logarithmic;
};

struct Function {
  const char* name;
  dm::BlockFunctions::Function dm::BlockFunctions::*block;
  long double (*reference)(long double);
  std::vector<Range> ranges;  // points are spread evenly over them
};

long double l_exp(long double x) { return std::exp(x); }
long double l_expm1(long double x) { return std::expm1(x); }
long double l_log(long double x) { return std::log(x); }
long double l_log1p(long double x) { return std::log1p(x); }

const std::vector<Function>& functions() {
  static const std::vector<Function> all = {
      {"exp",
       &dm::BlockFunctions::exp,
       l_exp,
       {{-745.2, 709.8, false},
        {-20.0, 20.0, false},
        {-1.0, 1.0, false},
        {kTiny, 700.0, true},
        {-kTiny, -745.0, true}}},
      {"expm1",
       &dm::BlockFunctions::expm1,
       l_expm1,
       {{-50.0, 709.8, false}, {-2.0, 2.0, false}, {kTiny, 700.0, true}, {-kTiny, -50.0, true}}},
      {"log",
       &dm::BlockFunctions::log,
       l_log,
       {{kTiny, kHuge, true}, {kTiny, kMin, true}, {0.5, 2.0, false}, {0.999, 1.001, false}, {1e-6, 1e9, true}}},
      {"log1p",
       &dm::BlockFunctions::log1p,
       l_log1p,
       {{kTiny, kHuge, true}, {1e-10, 1e9, true}, {-1.0, 2.0, false}, {-kTiny, -0.9999999999999999, true}}}};
  return all;
}

double draw(const Range& range, dm::Stream& stream) {
  if (!range.logarithmic) return range.from + (range.to - range.from) * stream.uniform();
  const std::uint64_t low = bits_of(std::fabs(range.from)), high = bits_of(std::fabs(range.to));
  return std::copysign(from_bits(low + dm::draw_index(stream, high - low + 1)), range.from);
}

struct Edge {
  double x, expected;
};

void expect_edges(const char* name, dm::BlockFunctions::Function dm::BlockFunctions::*block,
                  const std::vector<Edge>& edges) {
  for (const dm::Isa isa : dm::available_isas())
    for (int position = 0; position < 17; ++position) {  // in a full vector of any width, and behind it
      for (const Edge& edge : edges) {
        double x[17], out[17];
        std::fill_n(x, 17, 0.5);
        x[position] = edge.x;
        (dm::block_functions(isa).*block)(x, out, 17);
        const bool same =
            std::isnan(edge.expected) ? std::isnan(out[position]) : bits_of(out[position]) == bits_of(edge.expected);
        ASSERT_TRUE(same) << name << "(" << edge.x << ") = " << out[position] << ", " << dm::isa_name(isa);
      }
    }
}

}  // namespace

TEST(MathUlp, BlocksStayWithinTwoUlp) {
  if (!kHaveReference) GTEST_SKIP() << "long double is no wider than double";
  const std::vector<dm::Isa> isas = dm::available_isas();
  for (const Function& function : functions()) {
    std::vector<Worst> worst(isas.size());
    dm::Stream stream(5, dm::purpose("ulp"), 0);
    const std::int64_t n = points();
    for (std::int64_t done = 0; done < n; done += kBlock) {
      const int count = static_cast<int>(std::min<std::int64_t>(kBlock, n - done));
      double x[kBlock], out[kBlock];
      long double expected[kBlock];
      for (int i = 0; i < count; ++i) {
        x[i] = draw(function.ranges[static_cast<std::size_t>(done + i) % function.ranges.size()], stream);
        expected[i] = function.reference(x[i]);
      }
      for (std::size_t k = 0; k < isas.size(); ++k) {
        (dm::block_functions(isas[k]).*function.block)(x, out, count);
        for (int i = 0; i < count; ++i) worst[k].add(x[i], ulp_error(out[i], expected[i]));
      }
    }
    for (std::size_t k = 0; k < isas.size(); ++k) {
      EXPECT_LE(worst[k].error, kBar) << function.name << " " << dm::isa_name(isas[k]) << " at " << worst[k].at;
      RecordProperty(std::string(function.name) + "_" + dm::isa_name(isas[k]), std::to_string(worst[k].error));
    }
  }
}

TEST(MathUlp, EdgesOfExp) {
  expect_edges("exp", &dm::BlockFunctions::exp,
               {{0.0, 1.0},
                {-0.0, 1.0},
                {kInf, kInf},
                {-kInf, 0.0},
                {kNaN, kNaN},
                {kTiny, 1.0},
                {-kTiny, 1.0},
                {kMin, 1.0},
                {kHuge, kInf},
                {-kHuge, 0.0},
                {709.782712893384, 1.7976931348622732e308},
                {709.782712893385, kInf},
                {-745.1332191019411, kTiny},
                {-745.1332191019412, 0.0},
                {-746.0, 0.0},
                {-708.3964185322641, 2.2250738585072626e-308},
                {0x1p-54, 1.0},
                {-0x1p-55, 1.0}});
}

TEST(MathUlp, EdgesOfExpm1) {
  expect_edges("expm1", &dm::BlockFunctions::expm1,
               {{0.0, 0.0},
                {-0.0, -0.0},
                {kInf, kInf},
                {-kInf, -1.0},
                {kNaN, kNaN},
                {kTiny, kTiny},
                {-kTiny, -kTiny},
                {kMin, kMin},
                {-kMin, -kMin},
                {kHuge, kInf},
                {-kHuge, -1.0},
                {709.782712893385, kInf},
                {-40.0, -1.0},
                {0x1p-60, 0x1p-60}});
}

TEST(MathUlp, EdgesOfLog) {
  expect_edges("log", &dm::BlockFunctions::log,
               {{1.0, 0.0},
                {0.0, -kInf},
                {-0.0, -kInf},
                {kInf, kInf},
                {-kInf, kNaN},
                {-1.0, kNaN},
                {-kTiny, kNaN},
                {kNaN, kNaN},
                {kTiny, -744.4400719213812},
                {kMin, -708.3964185322641},
                {from_bits(0x000fffffffffffff), -708.3964185322641},
                {kHuge, 709.782712893384},
                {2.0, 0.6931471805599453},
                {0.5, -0.6931471805599453}});
}

TEST(MathUlp, EdgesOfLog1p) {
  expect_edges("log1p", &dm::BlockFunctions::log1p,
               {{0.0, 0.0},
                {-0.0, -0.0},
                {-1.0, -kInf},
                {kInf, kInf},
                {-kInf, kNaN},
                {-1.0000000000000002, kNaN},
                {-2.0, kNaN},
                {kNaN, kNaN},
                {kTiny, kTiny},
                {-kTiny, -kTiny},
                {kMin, kMin},
                {-kMin, -kMin},
                {kHuge, 709.782712893384},
                {1.0, 0.6931471805599453},
                {-0.5, -0.6931471805599453},
                {-0.9999999999999999, -36.7368005696771},
                {0x1p-60, 0x1p-60}});
}
