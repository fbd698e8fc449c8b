#pragma once
#include "deciban/base/config.hpp"

#include "deciban/evidence/woe.hpp"

namespace deciban::evidence {

/// Limits of ln(P/Q) for e of E events and n of N non-events: where Koopman's score statistic is z^2. Infinite on the
/// side of a zero count, both with neither.
Interval koopman_limits(double e, double n, double E, double N, double z);

}  // namespace deciban::evidence
