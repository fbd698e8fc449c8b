#include "deciban/base/config.hpp"

#include <algorithm>
#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/binning/bins.hpp"
#include "deciban/data/dictionary_document.hpp"

namespace deciban::binning {
namespace {

constexpr std::int64_t kMostBins = 2147483647;

void require(bool fits, const Bins& bins, const char* what) {
  if (fits) return;
  throw Error(ErrorKind::format, "format.invalid", "The bins of `" + bins.name + "` have an unusable `" + what + "`.",
              "The file was written by something else, or changed by hand.",
              Document::object({{"what", what}, {"variable", bins.name}}));
}

void check(const Bins& bins) {
  for (std::size_t i = 0; i < bins.edges.size(); ++i)
    require(std::isfinite(bins.edges[i]) && (i == 0 || bins.edges[i - 1] < bins.edges[i]), bins, "edges");
  for (const SpecialCode& code : bins.specials) {
    require(!std::isnan(code.value), bins, "specials");
    require(code.bin >= 0 && code.bin < bins.n_regular() + bins.n_specials, bins, "specials");
  }
  require(bins.level_bins.size() == bins.levels.size(), bins, "level_bins");
  for (const int bin : bins.level_bins) require(bin >= 0 && bin < bins.n_groups, bins, "level_bins");
  require(bins.n_groups >= 0 && bins.n_specials >= 0, bins, "n_specials");
  require(bins.unseen_bin >= -1 && bins.unseen_bin < bins.size(), bins, "unseen_bin");
  require(bins.missing_bin >= -1 && bins.missing_bin < bins.size(), bins, "missing_bin");
  require(!bins.missing_own || bins.missing_bin == bins.size() - 1, bins, "missing_bin");
}

int whole(const Document& document, const char* key) {
  const std::int64_t value = document.at(key).as_int(key);
  if (value < -1 || value > kMostBins)
    throw Error(ErrorKind::format, "format.invalid", std::string("`") + key + "` is out of range.");
  return static_cast<int>(value);
}

Document specials_document(const std::vector<SpecialCode>& specials) {
  Document list = Document::array();
  for (const SpecialCode& code : specials) {
    Document item = Document::object({{"value", code.value}, {"bin", code.bin}});
    if (!code.label.empty()) item.set("label", code.label);
    list.push(std::move(item));
  }
  return list;
}

void read_specials(const Document& list, Bins& bins) {
  for (const Document& item : list.items("specials")) {
    SpecialCode code;
    code.value = item.at("value").as_double("specials.value");
    code.bin = whole(item, "bin");
    if (const Document* label = item.find("label")) code.label = label->as_string("specials.label");
    bins.specials.push_back(std::move(code));
  }
}

}  // namespace

Document to_document(const Bins& bins) {
  const bool numeric = bins.kind == Bins::Kind::numeric;
  Document out = Document::object({{"variable", bins.name}, {"kind", numeric ? "numeric" : "categorical"}});
  if (numeric) {
    out.set("edges", bins.edges).set("closed", closed_name(bins.closed));
    if (!bins.specials.empty()) out.set("specials", specials_document(bins.specials));
  } else {
    Document level_bins = Document::array();
    for (const int bin : bins.level_bins) level_bins.push(bin);
    out.set("levels", data::to_document(bins.levels)).set("level_bins", std::move(level_bins));
    out.set("n_groups", bins.n_groups).set("unseen_bin", bins.unseen_bin);
  }
  out.set("n_specials", bins.n_specials);
  out.set("missing_bin", bins.missing_bin).set("missing_own", bins.missing_own);
  return out;
}

Bins bins_from_document(const Document& document) {
  Bins bins;
  bins.name = document.at("variable").as_string("variable");
  const std::string& kind = document.at("kind").as_string("kind");
  require(kind == "numeric" || kind == "categorical", bins, "kind");
  if (kind == "numeric") {
    bins.edges = document.at("edges").as_doubles("edges");
    const std::string& closed = document.at("closed").as_string("closed");
    require(closed == "right" || closed == "left", bins, "closed");
    bins.closed = make_closed(closed);
    if (const Document* specials = document.find("specials")) read_specials(*specials, bins);
  } else {
    bins.kind = Bins::Kind::categorical;
    bins.levels = data::dictionary_from_document(document.at("levels"));
    for (const Document& bin : document.at("level_bins").items("level_bins"))
      bins.level_bins.push_back(static_cast<int>(std::clamp<std::int64_t>(bin.as_int("level_bins"), -1, kMostBins)));
    bins.n_groups = whole(document, "n_groups");
    bins.unseen_bin = whole(document, "unseen_bin");
  }
  bins.n_specials = whole(document, "n_specials");
  bins.missing_bin = whole(document, "missing_bin");
  bins.missing_own = document.at("missing_own").as_bool("missing_own");
  check(bins);
  return bins;
}

}  // namespace deciban::binning
