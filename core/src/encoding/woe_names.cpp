#include "deciban/encoding/woe_names.hpp"

#include "deciban/base/error.hpp"

namespace deciban::encoding {
namespace {

Error wrong(const char* argument, const char* code, const std::string& value, const char* choices) {
  return Error(ErrorKind::input, code, std::string("`") + argument + "` is \"" + value + "\".",
               std::string("Use one of ") + choices + ".",
               Document::object({{"argument", argument}, {"value", value}}));
}

}  // namespace

const char* sign_name(bool positive_events) { return positive_events ? "events" : "non_events"; }

bool make_sign(const std::string& name) {
  if (name == "events") return true;
  if (name == "non_events") return false;
  throw wrong("sign", "woe.sign", name, "\"events\" (positive WOE: more events), \"non_events\"");
}

const char* unseen_name(WoeUnseen unseen) {
  switch (unseen) {
    case WoeUnseen::error:
      return "error";
    case WoeUnseen::other:
      return "other";
    case WoeUnseen::neutral:
      return "neutral";
  }
  return "neutral";
}

WoeUnseen make_woe_unseen(const std::string& name) {
  if (name == "neutral") return WoeUnseen::neutral;
  if (name == "error") return WoeUnseen::error;
  if (name == "other") return WoeUnseen::other;
  throw wrong("unseen", "woe.unseen_policy", name, "\"neutral\", \"error\", \"other\"");
}

bool make_dependence(const std::string& name) {
  if (name == "independent") return false;
  if (name == "pairwise") return true;
  throw wrong("dependence", "woe.dependence", name, "\"independent\", \"pairwise\"");
}

const char* compat_name(WoeCompat compat) {
  switch (compat) {
    case WoeCompat::fastwoe:
      return "fastwoe";
    case WoeCompat::scorecard:
      return "scorecard";
    case WoeCompat::optbinning:
      return "optbinning";
    case WoeCompat::none:
      return "none";
  }
  return "none";
}

WoeCompat make_compat(const std::string& name) {
  for (const WoeCompat compat : {WoeCompat::none, WoeCompat::fastwoe, WoeCompat::scorecard, WoeCompat::optbinning})
    if (name == compat_name(compat)) return compat;
  throw wrong("compat", "woe.compat", name, "\"fastwoe\", \"scorecard\", \"optbinning\"");
}

}  // namespace deciban::encoding
