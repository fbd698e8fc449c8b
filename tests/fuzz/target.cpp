// The entry point of libFuzzer; DECIBAN_FUZZ_TARGET is a function of properties.hpp.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "fuzz/properties.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string trouble = fuzz::DECIBAN_FUZZ_TARGET(std::string(reinterpret_cast<const char*>(data), size));
  if (trouble.empty()) return 0;
  std::fprintf(stderr, "TROUBLE: %s\n", trouble.c_str());
  std::abort();
}
