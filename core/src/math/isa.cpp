#include "deciban/base/config.hpp"

#include "deciban/math/isa.hpp"

#include <cstdlib>
#include <string>

#include "deciban/base/error.hpp"
#include "deciban/math/lanes_prelude.hpp"

namespace deciban {
namespace math {

namespace {

constexpr Isa kAllIsas[] = {Isa::baseline, Isa::avx2, Isa::avx512};

bool supported(Isa isa) {
  if (isa == Isa::baseline) return true;
#if DECIBAN_X86_VARIANTS
  __builtin_cpu_init();
  if (isa == Isa::avx2) return __builtin_cpu_supports("avx2");
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
#else
  return false;
#endif
}

}  // namespace

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::baseline:
      break;
  }
  return "baseline";
}

std::vector<Isa> available_isas() {
  std::vector<Isa> isas;
  for (Isa isa : kAllIsas) {
    if (supported(isa)) isas.push_back(isa);
  }
  return isas;
}

Isa active_isa() {
  const char* wanted = std::getenv("DECIBAN_ISA");
  if (wanted == nullptr || *wanted == '\0') {
    if (supported(Isa::avx512)) return Isa::avx512;
    return supported(Isa::avx2) ? Isa::avx2 : Isa::baseline;
  }
  const std::string name = wanted;
  std::string choices;
  for (Isa isa : available_isas()) {
    if (name == isa_name(isa)) return isa;
    choices += choices.empty() ? isa_name(isa) : std::string(", ") + isa_name(isa);
  }
  throw Error(ErrorKind::input, "isa.unsupported",
              "The environment variable DECIBAN_ISA is \"" + name + "\", which this machine cannot run.",
              "Unset it or use one of: " + choices + ".", Document::object({{"value", name}}));
}

}  // namespace math
}  // namespace deciban
