#include "deciban/base/config.hpp"

#include <limits>

#include "deciban/data/dictionary_document.hpp"
#include "deciban/encoding/woe_encoder.hpp"
#include "deciban/encoding/woe_names.hpp"

namespace deciban::encoding {
namespace {

constexpr const char* kKeys[] = {"target",  "target_kind", "classes",      "rows",   "weighted",
                                 "options", "features",    "associations", "joints", "warnings"};

void require(bool fits, const char* what) {
  if (fits) return;
  throw Error(ErrorKind::format, "format.invalid", std::string("The encoder has an unusable `") + what + "`.",
              "The file was written by something else, or changed by hand.", Document::object({{"what", what}}));
}

Document lists(const std::vector<std::vector<double>>& values) {
  Document out = Document::array();
  for (const auto& one : values) out.push(Document(one));
  return out;
}

std::vector<std::vector<double>> read_lists(const Document& document, const char* key, std::size_t count,
                                            std::size_t size) {
  std::vector<std::vector<double>> out;
  for (const Document& item : document.at(key).items(key)) out.push_back(item.as_doubles(key));
  require(out.size() == count, key);
  for (const auto& one : out) {
    require(one.size() == size, key);
    for (const double value : one) require(value >= 0.0 && value < std::numeric_limits<double>::infinity(), key);
  }
  return out;
}

Document write_feature(const WoeFeature& feature) {
  Document out = Document::object({{"bins", binning::to_document(feature.bins)},
                                   {"conditional", feature.conditional},
                                   {"monotonic", binning::trend_name(feature.trend)},
                                   {"other_bin", feature.other_bin},
                                   {"levels", feature.levels},
                                   {"merged_levels", feature.merged_levels},
                                   {"rows", feature.rows},
                                   {"sums", lists(feature.sums)}});
  if (!feature.squares.empty()) out.set("squares", lists(feature.squares));
  if (!feature.cross.empty()) out.set("cross", feature.cross);
  return out;
}

WoeFeature read_feature(const Document& document, std::size_t classes) {
  WoeFeature feature;
  feature.bins = binning::bins_from_document(document.at("bins"));
  const auto bins = static_cast<std::size_t>(feature.bins.size());
  feature.conditional = document.at("conditional").as_bool("conditional");
  feature.trend = binning::make_trend(document.at("monotonic").as_string("monotonic"));
  const std::int64_t other = document.at("other_bin").as_int("other_bin");
  require(other >= -1 && other < feature.bins.size(), "other_bin");
  feature.other_bin = static_cast<int>(other);
  feature.levels = document.at("levels").as_int("levels");
  feature.merged_levels = document.at("merged_levels").as_int("merged_levels");
  feature.rows = document.at("rows").as_doubles("rows");
  require(feature.rows.size() == bins, "rows");
  feature.sums = read_lists(document, "sums", classes, bins);
  if (document.find("squares")) feature.squares = read_lists(document, "squares", classes, bins);
  if (const Document* cross = document.find("cross")) {
    feature.cross = cross->as_doubles("cross");
    require(feature.cross.size() == bins, "cross");
  }
  return feature;
}

Document write_associations(const WoeEncoder& encoder) {
  Document pairs = Document::array();
  for (const Association& one : encoder.associations)
    pairs.push(Document::object({{"first", static_cast<std::int64_t>(one.first)},
                                 {"second", static_cast<std::int64_t>(one.second)},
                                 {"v", one.v},
                                 {"corrected", one.corrected},
                                 {"duplicate", one.duplicate}}));
  return Document::object({{"rows", encoder.association_rows}, {"pairs", std::move(pairs)}});
}

std::size_t read_index(const Document& document, const char* key, std::size_t size) {
  const std::int64_t index = document.at(key).as_int(key);
  require(index >= 0 && index < static_cast<std::int64_t>(size), key);
  return static_cast<std::size_t>(index);
}

void read_associations(const Document& document, WoeEncoder& encoder) {
  encoder.association_rows = document.at("rows").as_int("rows");
  for (const Document& item : document.at("pairs").items("pairs")) {
    Association pair;
    pair.first = read_index(item, "first", encoder.features.size());
    pair.second = read_index(item, "second", encoder.features.size());
    pair.v = item.at("v").as_double("v");
    pair.corrected = item.at("corrected").as_double("corrected");
    pair.duplicate = item.at("duplicate").as_bool("duplicate");
    encoder.associations.push_back(pair);
  }
}

void read_joints(const Document& document, WoeEncoder& encoder) {
  for (const Document& item : document.items("joints")) {
    JointCounts joint;
    joint.first = read_index(item, "first", encoder.features.size());
    joint.second = read_index(item, "second", encoder.features.size());
    joint.events = item.at("events").as_doubles("events");
    joint.non_events = item.at("non_events").as_doubles("non_events");
    const std::size_t cells = encoder.features[joint.first].rows.size() * encoder.features[joint.second].rows.size();
    require(joint.events.size() == cells && joint.non_events.size() == cells, "joints");
    encoder.joints.push_back(std::move(joint));
  }
}

}  // namespace

Document to_document(const WoeOptions& options) {
  Document out = Document::object({{"alpha", options.alpha},
                                   {"method", evidence::method_name(options.method)},
                                   {"sign", sign_name(options.positive_events)},
                                   {"unseen", unseen_name(options.unseen)},
                                   {"dependence", options.pairwise ? "pairwise" : "independent"},
                                   {"compat", compat_name(options.compat)}});
  out.set("smoothing", options.smoothing_auto ? Document("auto") : Document(options.smoothing));
  out.set("min_count", options.reduction.min_count).set("min_share", options.reduction.min_share);
  out.set("top_p", options.reduction.top_p);
  const bool unlimited = options.reduction.max_levels == std::numeric_limits<std::int64_t>::max();
  out.set("max_levels", unlimited ? Document() : Document(options.reduction.max_levels));
  return out;
}

WoeOptions woe_options_from_document(const Document& document) {
  WoeOptions options;
  const Document& smoothing = document.at("smoothing");
  options.smoothing_auto = smoothing.is_string();
  if (!options.smoothing_auto) options.smoothing = smoothing.as_double("smoothing");
  options.alpha = document.at("alpha").as_double("alpha");
  options.method = evidence::make_woe_method(document.at("method").as_string("method"));
  options.positive_events = make_sign(document.at("sign").as_string("sign"));
  options.unseen = make_woe_unseen(document.at("unseen").as_string("unseen"));
  options.pairwise = make_dependence(document.at("dependence").as_string("dependence"));
  options.compat = make_compat(document.at("compat").as_string("compat"));
  options.reduction.min_count = document.at("min_count").as_double("min_count");
  options.reduction.min_share = document.at("min_share").as_double("min_share");
  options.reduction.top_p = document.at("top_p").as_double("top_p");
  const Document& most = document.at("max_levels");
  if (!most.is_null()) options.reduction.max_levels = most.as_int("max_levels");
  return options;
}

Document to_document(const WoeEncoder& encoder) {
  Document features = Document::array(), joints = Document::array();
  for (const WoeFeature& feature : encoder.features) features.push(write_feature(feature));
  for (const JointCounts& joint : encoder.joints)
    joints.push(Document::object({{"first", static_cast<std::int64_t>(joint.first)},
                                  {"second", static_cast<std::int64_t>(joint.second)},
                                  {"events", joint.events},
                                  {"non_events", joint.non_events}}));
  Document out = Document::object({{"target", encoder.target},
                                   {"target_kind", woe_target_name(encoder.kind)},
                                   {"classes", data::to_document(encoder.classes)},
                                   {"rows", encoder.rows},
                                   {"weighted", encoder.weighted},
                                   {"options", to_document(encoder.options)},
                                   {"features", std::move(features)},
                                   {"associations", write_associations(encoder)},
                                   {"joints", std::move(joints)},
                                   {"warnings", deciban::to_document(encoder.warnings)}});
  for (const auto& member : encoder.extra.members()) out.set(member.first, member.second);
  return out;
}

WoeEncoder woe_from_document(const Document& document) {
  WoeEncoder encoder;
  encoder.target = document.at("target").as_string("target");
  const std::string& kind = document.at("target_kind").as_string("target_kind");
  require(kind == "binary" || kind == "fractional" || kind == "multiclass", "target_kind");
  encoder.kind = kind == "binary"       ? WoeTargetKind::binary
                 : kind == "fractional" ? WoeTargetKind::fractional
                                        : WoeTargetKind::multiclass;
  encoder.classes = data::dictionary_from_document(document.at("classes"));
  require(encoder.n_classes() >= 2, "classes");
  encoder.rows = document.at("rows").as_double("rows");
  encoder.weighted = document.at("weighted").as_bool("weighted");
  encoder.options = woe_options_from_document(document.at("options"));
  for (const Document& item : document.at("features").items("features"))
    encoder.features.push_back(read_feature(item, encoder.n_classes()));
  require(!encoder.features.empty(), "features");
  read_associations(document.at("associations"), encoder);
  read_joints(document.at("joints"), encoder);
  encoder.warnings = warnings_from_document(document.at("warnings"));
  for (const auto& member : document.members()) {
    bool known = false;
    for (const char* key : kKeys) known = known || member.first == key;
    if (!known) encoder.extra.set(member.first, member.second);
  }
  return encoder;
}

}  // namespace deciban::encoding
