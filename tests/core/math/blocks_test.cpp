#include "deciban/base/config.hpp"

#include "deciban/math/blocks.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "accuracy.hpp"
#include "deciban/base/error.hpp"
#include "deciban/math/elementary.hpp"
#include "deciban/math/isa.hpp"

namespace dm = deciban::math;
namespace {

using deciban::math::testing::bits_of;
using deciban::math::testing::from_bits;

/// Sets DECIBAN_ISA for one test and restores it.
class IsaVariable {
 public:
  explicit IsaVariable(const char* value) {
    const char* old = std::getenv("DECIBAN_ISA");
    had_old_ = old != nullptr;
    if (had_old_) old_ = old;
    set(value);
  }
  ~IsaVariable() { set(had_old_ ? old_.c_str() : nullptr); }
  IsaVariable(const IsaVariable&) = delete;
  IsaVariable& operator=(const IsaVariable&) = delete;

 private:
  static void set(const char* value) {
#if defined(_WIN32)
    _putenv_s("DECIBAN_ISA", value == nullptr ? "" : value);
#else
    if (value == nullptr) {
      unsetenv("DECIBAN_ISA");
    } else {
      setenv("DECIBAN_ISA", value, 1);
    }
#endif
  }
  bool had_old_ = false;
  std::string old_;
};

/// Special values, ordinary ranges, and any bit pattern (NaN payloads and subnormal numbers included).
std::vector<double> arguments() {
  const double inf = std::numeric_limits<double>::infinity();
  std::vector<double> x = {0.0,
                           -0.0,
                           1.0,
                           -1.0,
                           inf,
                           -inf,
                           std::numeric_limits<double>::quiet_NaN(),
                           from_bits(0x7ff80000000007a2),
                           from_bits(0xfff8000000000000),
                           5e-324,
                           -5e-324,
                           2.2e-308,
                           709.782712893384,
                           709.79,
                           -745.13321910194110,
                           -745.2,
                           -708.5,
                           1e308,
                           -1e308,
                           -0.9999999999999999,
                           0x1p-54,
                           -0x1p-54,
                           0x1p-53,
                           0.34657359027997264,
                           -0.34657359027997264,
                           0.70710678118654757};
  dm::Stream stream(11, dm::purpose("blocks"), 0);
  for (int i = 0; i < 200000; ++i) {
    x.push_back(from_bits(stream.bits()));
    x.push_back(40.0 * stream.uniform() - 20.0);
    x.push_back(1500.0 * stream.uniform() - 750.0);
    x.push_back(from_bits(bits_of(1e-5) + dm::draw_index(stream, bits_of(1e5) - bits_of(1e-5))));
  }
  // A signalling NaN may come out quiet or as it is, depending on how it was moved: not part of the promise.
  for (double& value : x) {
    if (value != value) value = from_bits(bits_of(value) | 0x0008000000000000ULL);
  }
  return x;
}

struct Case {
  const char* name;
  double (*scalar)(double);
  dm::BlockFunctions::Function dm::BlockFunctions::*block;
  void (*dispatched)(const double*, double*, int);
};

const Case kCases[] = {{"exp", dm::exp, &dm::BlockFunctions::exp, dm::exp_block},
                       {"expm1", dm::expm1, &dm::BlockFunctions::expm1, dm::expm1_block},
                       {"log", dm::log, &dm::BlockFunctions::log, dm::log_block},
                       {"log1p", dm::log1p, &dm::BlockFunctions::log1p, dm::log1p_block},
                       {"logistic", dm::logistic, &dm::BlockFunctions::logistic, dm::logistic_block}};

TEST(MathBlocks, BitsEqualScalarsInEveryVariant) {
  const std::vector<double> x = arguments();
  const int n = static_cast<int>(x.size());
  std::vector<double> out(x.size());
  for (const Case& one : kCases) {
    for (dm::Isa isa : dm::available_isas()) {
      (dm::block_functions(isa).*one.block)(x.data(), out.data(), n);
      int n_different = 0;
      double first = 0.0;
      for (int i = 0; i < n; ++i) {
        if (bits_of(out[i]) != bits_of(one.scalar(x[i])) && n_different++ == 0) first = x[i];
      }
      EXPECT_EQ(n_different, 0) << one.name << " " << dm::isa_name(isa) << ", first at " << first;
    }
  }
}

TEST(MathBlocks, AnyLengthAnyAlignmentInPlace) {
  const std::vector<double> all = arguments();
  for (const Case& one : kCases) {
    for (dm::Isa isa : dm::available_isas()) {
      for (int n = 0; n <= 35; ++n) {
        for (int shift = 0; shift < 3; ++shift) {
          std::vector<double> data(all.begin() + 26, all.begin() + 26 + 40);
          (dm::block_functions(isa).*one.block)(data.data() + shift, data.data() + shift, n);
          for (int i = 0; i < 40; ++i) {
            const bool inside = i >= shift && i < shift + n;
            const double expected = inside ? one.scalar(all[26 + i]) : all[26 + i];
            ASSERT_EQ(bits_of(data[i]), bits_of(expected)) << one.name << " " << dm::isa_name(isa) << " n " << n;
          }
        }
      }
    }
  }
}

TEST(MathBlocks, DispatchFollowsTheEnvironment) {
  const double x[3] = {0.25, 1.5, -0.5};
  for (dm::Isa isa : dm::available_isas()) {
    const IsaVariable variable(dm::isa_name(isa));
    EXPECT_EQ(dm::active_isa(), isa);
    for (const Case& one : kCases) {
      double out[3];
      one.dispatched(x, out, 3);
      for (int i = 0; i < 3; ++i) EXPECT_EQ(bits_of(out[i]), bits_of(one.scalar(x[i])));
    }
  }
}

TEST(MathIsa, DefaultIsTheBest) {
  const IsaVariable variable(nullptr);
  EXPECT_EQ(dm::available_isas().front(), dm::Isa::baseline);
  EXPECT_EQ(dm::active_isa(), dm::available_isas().back());
  const IsaVariable empty("");
  EXPECT_EQ(dm::active_isa(), dm::available_isas().back());
}

TEST(MathIsa, UnknownNameIsAnError) {
  const IsaVariable variable("avx3");
  try {
    dm::active_isa();
    FAIL() << "no error";
  } catch (const deciban::Error& error) {
    EXPECT_EQ(error.code(), "isa.unsupported");
    EXPECT_EQ(error.kind(), deciban::ErrorKind::input);
    EXPECT_NE(std::string(error.what()).find("avx3"), std::string::npos);
  }
}

}  // namespace
