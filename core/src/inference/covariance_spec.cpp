#include "deciban/base/config.hpp"

#include <algorithm>

#include "deciban/base/error.hpp"
#include "deciban/formula/parser.hpp"
#include "deciban/inference/covariance.hpp"

namespace deciban::inference {
namespace {

using Kind = CovarianceSpec::Kind;
constexpr std::pair<const char*, Kind> kKinds[] = {
    {"model", Kind::model}, {"HC0", Kind::hc0}, {"HC1", Kind::hc1}, {"HC2", Kind::hc2}, {"HC3", Kind::hc3}};

const char* kind_name(Kind kind) {
  for (const auto& entry : kKinds)
    if (entry.second == kind) return entry.first;
  return "";
}

Error no_formula(const std::string& text, const std::string& why) {
  return Error(ErrorKind::input, "vcov.formula", "`vcov` is \"" + text + "\": " + why + ".",
               "Write ~ policy_id, ~ policy_id + year, HC1 ~ policy_id, or CR0 ~ policy_id.",
               Document::object({{"argument", "vcov"}, {"value", text}}));
}

// Names of a sum of columns.
void add_names(const formula::Node& node, const std::string& text, std::vector<std::string>& names) {
  using Node = formula::Node;
  if (node.kind == Node::Kind::paren) return add_names(*node.arguments[0].value, text, names);
  if (node.kind == Node::Kind::binary && node.text == "+") {
    for (const auto& side : node.arguments) add_names(*side.value, text, names);
    return;
  }
  if (node.kind != Node::Kind::name) throw no_formula(text, "clusters are the names of columns, with + between them");
  if (std::find(names.begin(), names.end(), node.text) == names.end()) names.push_back(node.text);
}

CovarianceSpec parse_clusters(const std::string& text) {
  formula::Formula formula;
  try {
    formula = formula::parse_formula(text);
  } catch (const Error& error) {
    throw no_formula(text, "it cannot be read");
  }
  CovarianceSpec spec;
  spec.kind = Kind::hc0;
  if (formula.response) {
    const std::string left = formula::to_text(*formula.response);
    const bool scaled = left == "HC1" || left == "CR1S";
    if (!scaled && left != "HC0" && left != "CR1" && left != "CR0")
      throw no_formula(text, "before ~ stands HC0, HC1, CR0, CR1 or CR1S");
    if (scaled) spec.kind = Kind::hc1;
    spec.adjust_clusters = left != "CR0";
  }
  add_names(*formula.right, text, spec.clusters);
  return spec;
}

}  // namespace

std::string CovarianceSpec::text() const {
  if (clusters.empty()) return kind_name(kind);
  std::string names;
  for (const auto& cluster : clusters) {
    formula::Node node;
    node.kind = formula::Node::Kind::name;
    node.text = cluster;
    names += (names.empty() ? "" : " + ") + formula::to_text(node);
  }
  const std::string left = kind == Kind::hc1 ? "HC1 " : adjust_clusters ? "" : "CR0 ";
  return left + "~ " + names;
}

CovarianceSpec parse_covariance(const std::string& text) {
  if (text.find('~') != std::string::npos) return parse_clusters(text);
  CovarianceSpec spec;
  for (const auto& entry : kKinds) {
    if (text != entry.first) continue;
    spec.kind = entry.second;
    return spec;
  }
  throw Error(ErrorKind::input, "vcov.unknown", "`vcov` is \"" + text + "\".",
              "Use \"model\", \"HC0\", \"HC1\", \"HC2\", \"HC3\", or a formula such as ~ policy_id for clusters.",
              Document::object({{"argument", "vcov"}, {"value", text}}));
}

}  // namespace deciban::inference
