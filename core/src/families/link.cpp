#include "deciban/families/link.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"
#include "deciban/math/blocks.hpp"
#include "deciban/math/elementary.hpp"

namespace deciban::families {
namespace {

constexpr int kBlock = 512;
constexpr double kTiny = 1e-300;  // smallest mean or complement: keeps ratios and logs finite
constexpr double kInversePi = 0.31830988618379067154;

struct Entry {
  LinkId id;
  const char* name;
};
constexpr Entry kLinks[] = {
    {LinkId::identity, "identity"}, {LinkId::log, "log"},         {LinkId::logit, "logit"},
    {LinkId::probit, "probit"},     {LinkId::cloglog, "cloglog"}, {LinkId::loglog, "loglog"},
    {LinkId::cauchit, "cauchit"},   {LinkId::inverse, "inverse"}, {LinkId::inverse_squared, "1/mu^2"},
    {LinkId::sqrt, "sqrt"},
};

bool is_probability_link(LinkId id) { return id >= LinkId::logit && id <= LinkId::cauchit; }

LinkId default_link(const Family& family) {
  switch (family.id) {
    case FamilyId::gaussian:
    case FamilyId::quasi:
      return LinkId::identity;
    case FamilyId::binomial:
    case FamilyId::quasibinomial:
      return LinkId::logit;
    default:
      return LinkId::log;
  }
}

bool parse_power(const std::string& name, double& exponent) {
  const std::string head = "power(";
  if (name.compare(0, head.size(), head) != 0 || name.back() != ')') return false;
  return parse_double(name.substr(head.size(), name.size() - head.size() - 1), exponent) && std::isfinite(exponent);
}

// Arguments of the block functions below: one row each.
void logit_block(const double* eta, const InverseLink& out, int n) {
  double e[kBlock] = {};
  for (int i = 0; i < n; ++i) e[i] = -std::fabs(eta[i]);
  math::exp_block(e, e, n);
  for (int i = 0; i < n; ++i) {
    const double large = 1.0 / (1.0 + e[i]), small = e[i] * large;
    out.mu[i] = eta[i] >= 0.0 ? large : small;
    out.complement[i] = eta[i] >= 0.0 ? small : large;
    out.slope[i] = large * small;
    if (std::isnan(eta[i])) out.mu[i] = eta[i];
  }
  if (out.curvature)
    for (int i = 0; i < n; ++i) out.curvature[i] = out.slope[i] * (out.complement[i] - out.mu[i]);
}

void probit_block(const double* eta, const InverseLink& out, int n) {
  for (int i = 0; i < n; ++i) {
    out.mu[i] = math::normal_cdf(eta[i]);
    out.complement[i] = math::normal_cdf(-eta[i]);
    out.slope[i] = math::normal_pdf(eta[i]);
    if (out.curvature) out.curvature[i] = -eta[i] * out.slope[i];
  }
}

// cloglog: 1 - mu = exp(-exp(eta)); loglog is its mirror image, mu = exp(-exp(-eta)).
void cloglog_block(const double* eta, double sign, const InverseLink& out, int n) {
  double t[kBlock] = {};
  double* event = sign > 0.0 ? out.mu : out.complement;
  double* none = sign > 0.0 ? out.complement : out.mu;
  for (int i = 0; i < n; ++i) t[i] = sign * eta[i];
  math::exp_block(t, t, n);
  for (int i = 0; i < n; ++i) t[i] = t[i] > 700.0 ? -700.0 : -t[i];
  math::expm1_block(t, event, n);
  math::exp_block(t, none, n);
  for (int i = 0; i < n; ++i) {
    event[i] = -event[i];
    out.slope[i] = -t[i] * none[i];
    if (out.curvature) out.curvature[i] = sign * out.slope[i] * (1.0 + t[i]);
  }
}

void cauchit_block(const double* eta, const InverseLink& out, int n) {
  for (int i = 0; i < n; ++i) {
    const double x = std::fabs(eta[i]), q = 1.0 + x * x;
    const double small = x > 1.0 ? math::atan(1.0 / x) * kInversePi : 0.5 - math::atan(x) * kInversePi;
    const double large = 0.5 + math::atan(x) * kInversePi;
    out.mu[i] = eta[i] >= 0.0 ? large : small;
    out.complement[i] = eta[i] >= 0.0 ? small : large;
    out.slope[i] = kInversePi / q;
    if (out.curvature) out.curvature[i] = -2.0 * (eta[i] / q) * out.slope[i];
    if (std::isnan(eta[i])) out.mu[i] = eta[i];
  }
}

// mu = eta^b for eta > 0, b = 1 / exponent
void power_block(double b, const double* eta, const InverseLink& out, int n) {
  for (int i = 0; i < n; ++i) {
    const bool inside = eta[i] > 0.0;
    if (b == 2.0) {
      out.mu[i] = eta[i] * eta[i];
    } else if (b == -0.5) {
      out.mu[i] = 1.0 / std::sqrt(eta[i]);
    } else {
      out.mu[i] = math::pow(eta[i], b);
    }
    if (!inside) out.mu[i] = std::nan("");
    out.slope[i] = b * out.mu[i] / eta[i];
    if (out.curvature) out.curvature[i] = (b - 1.0) * out.slope[i] / eta[i];
  }
}

void keep_inside(double* values, int n) {
  for (int i = 0; i < n; ++i)
    if (values[i] < kTiny) values[i] = kTiny;
}

}  // namespace

std::string link_name(const Link& link) {
  for (const auto& entry : kLinks)
    if (entry.id == link.id) return entry.name;
  return "power(" + format_exact(link.exponent) + ")";
}

Link make_link(const std::string& name, const Family& family) {
  Link link;
  if (name.empty()) {
    link.id = default_link(family);
    return link;
  }
  bool found = false;
  std::vector<std::string> names;
  for (const auto& entry : kLinks) {
    names.push_back(entry.name);
    if (name != entry.name) continue;
    link.id = entry.id;
    found = true;
  }
  names.push_back("power(a)");
  double exponent = 0.0;
  if (!found && parse_power(name, exponent)) {
    found = true;
    link.id = exponent == 0.0 ? LinkId::log : exponent == 1.0 ? LinkId::identity : LinkId::power;
    if (link.id == LinkId::power) link.exponent = exponent;
  }
  const Document context = Document::object({{"link", name}, {"family", family_name(family)}});
  if (!found) {
    const std::string close = closest_match(name, names);
    throw Error(ErrorKind::input, "link.unknown", "`link` is \"" + name + "\", which is not a link.",
                (close.empty() ? "" : "Did you mean \"" + close + "\"? ") + std::string("Links are ") +
                    join_some(names, names.size()) + ".",
                context);
  }
  if (is_probability_link(link.id) && !family.is_probability())
    throw Error(
        ErrorKind::input, "link.invalid",
        "The " + name + " link gives probabilities, which are not the means of the " + family_name(family) + " family.",
        "Leave `link` out for the default, or choose log, identity, inverse, sqrt or power(a).", context);
  return link;
}

Document to_document(const Link& link) {
  Document document = Document::object({{"id", link.id == LinkId::power ? std::string("power") : link_name(link)}});
  if (link.id == LinkId::power) document.set("exponent", link.exponent);
  return document;
}

Link link_from_document(const Document& document) {
  const std::string& id = document.at("id").as_string("link.id");
  if (id == "power") {
    const double exponent = document.at("exponent").as_double("link.exponent");
    if (!std::isfinite(exponent) || exponent == 0.0)
      throw Error(ErrorKind::format, "format.invalid", "The file's power link has no valid exponent.");
    return {LinkId::power, exponent};
  }
  for (const auto& entry : kLinks)
    if (id == entry.name) return {entry.id, 1.0};
  throw Error(ErrorKind::format, "format.invalid",
              "The file names a link \"" + id + "\" that this version does not know.");
}

double link_value(const Link& link, double mu) {
  switch (link.id) {
    case LinkId::identity:
      return mu;
    case LinkId::log:
      return math::log(mu);
    case LinkId::logit:
      return math::log(mu / (1.0 - mu));
    case LinkId::probit:
      return math::normal_quantile(mu);
    case LinkId::cloglog:
      return math::log(-math::log1p(-mu));
    case LinkId::loglog:
      return -math::log(-math::log(mu));
    case LinkId::cauchit:
      return math::tan((mu - 0.5) / kInversePi);
    case LinkId::inverse:
      return 1.0 / mu;
    case LinkId::inverse_squared:
      return mu > 0.0 ? 1.0 / (mu * mu) : std::nan("");
    case LinkId::sqrt:
      return std::sqrt(mu);
    case LinkId::power:
      return mu > 0.0 ? math::pow(mu, link.exponent) : std::nan("");
  }
  return std::nan("");
}

void inverse_link_block(const Link& link, const double* eta, const InverseLink& out, int n) {
  switch (link.id) {
    case LinkId::identity:
      for (int i = 0; i < n; ++i) out.mu[i] = eta[i];
      for (int i = 0; i < n; ++i) out.slope[i] = 1.0;
      if (out.curvature)
        for (int i = 0; i < n; ++i) out.curvature[i] = 0.0;
      break;
    case LinkId::log:
      math::exp_block(eta, out.mu, n);
      keep_inside(out.mu, n);
      for (int i = 0; i < n; ++i) out.slope[i] = out.mu[i];
      if (out.curvature)
        for (int i = 0; i < n; ++i) out.curvature[i] = out.mu[i];
      break;
    case LinkId::logit:
      logit_block(eta, out, n);
      break;
    case LinkId::probit:
      probit_block(eta, out, n);
      break;
    case LinkId::cloglog:
      cloglog_block(eta, 1.0, out, n);
      break;
    case LinkId::loglog:
      cloglog_block(eta, -1.0, out, n);
      break;
    case LinkId::cauchit:
      cauchit_block(eta, out, n);
      break;
    case LinkId::inverse:
      for (int i = 0; i < n; ++i) {
        out.mu[i] = 1.0 / eta[i];
        out.slope[i] = -out.mu[i] * out.mu[i];
        if (out.curvature) out.curvature[i] = -2.0 * out.slope[i] * out.mu[i];
      }
      break;
    case LinkId::inverse_squared:
      power_block(-0.5, eta, out, n);
      break;
    case LinkId::sqrt:
      power_block(2.0, eta, out, n);
      break;
    case LinkId::power:
      power_block(1.0 / link.exponent, eta, out, n);
      break;
  }
  if (is_probability_link(link.id)) {
    keep_inside(out.mu, n);
    keep_inside(out.complement, n);
  } else if (out.complement) {
    for (int i = 0; i < n; ++i) out.complement[i] = 1.0 - out.mu[i];
  }
}

bool is_canonical(const Family& family, const Link& link) {
  switch (family.variance) {
    case Variance::constant:
      return link.id == LinkId::identity;
    case Variance::mu:
      return link.id == LinkId::log;
    case Variance::mu2:
      return link.id == LinkId::inverse;
    case Variance::mu3:
      return link.id == LinkId::inverse_squared;
    case Variance::binomial:
      return link.id == LinkId::logit;
    default:
      return false;
  }
}

bool is_multiplicative(const Link& link) {
  return link.id == LinkId::log || link.id == LinkId::logit || link.id == LinkId::cloglog;
}

}  // namespace deciban::families
