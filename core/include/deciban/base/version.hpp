#pragma once
#include "deciban/base/config.hpp"

namespace deciban {

/// Version of the core. `tools/version` copies it from the file VERSION; both packages compare it to their own at load.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace deciban
