#pragma once
#include "deciban/base/config.hpp"

#include <string>

#include "deciban/encoding/woe_encoder.hpp"

namespace deciban::encoding {

/// Public words of options. The readers raise InputError `woe.sign`, `woe.unseen_policy`, `woe.dependence`,
/// `woe.compat`.
const char* sign_name(bool positive_events);  ///< "events": positive WOE means more events; "non_events"
bool make_sign(const std::string& name);
const char* unseen_name(WoeUnseen unseen);  ///< "neutral", "error", "other"
WoeUnseen make_woe_unseen(const std::string& name);
bool make_dependence(const std::string& name);  ///< "independent" or "pairwise" (true)
const char* compat_name(WoeCompat compat);      ///< "none", "fastwoe", "scorecard", "optbinning"
WoeCompat make_compat(const std::string& name);

}  // namespace deciban::encoding
