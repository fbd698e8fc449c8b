#include "deciban/families/family.hpp"

#include <cmath>

#include "deciban/base/error.hpp"
#include "deciban/base/text.hpp"

namespace deciban::families {
namespace {

struct Entry {
  FamilyId id;
  const char* name;
  Variance variance;
};

// The registry: one line per family.
constexpr Entry kFamilies[] = {
    {FamilyId::gaussian, "gaussian", Variance::constant},
    {FamilyId::binomial, "binomial", Variance::binomial},
    {FamilyId::poisson, "poisson", Variance::mu},
    {FamilyId::gamma, "gamma", Variance::mu2},
    {FamilyId::inverse_gaussian, "inverse_gaussian", Variance::mu3},
    {FamilyId::tweedie, "tweedie", Variance::power},
    {FamilyId::negative_binomial, "negative_binomial", Variance::negative_binomial},
    {FamilyId::quasi, "quasi", Variance::constant},
    {FamilyId::quasipoisson, "quasipoisson", Variance::mu},
    {FamilyId::quasibinomial, "quasibinomial", Variance::binomial},
};

struct QuasiVariance {
  Variance variance;
  const char* name;
};
constexpr QuasiVariance kQuasiVariances[] = {{Variance::constant, "constant"},
                                             {Variance::mu, "mu"},
                                             {Variance::mu2, "mu^2"},
                                             {Variance::mu3, "mu^3"},
                                             {Variance::binomial, "mu(1-mu)"}};

std::string quasi_variance_name(Variance variance) {
  for (const auto& entry : kQuasiVariances)
    if (entry.variance == variance) return entry.name;
  return "";
}

Error parameter_error(const char* code, const std::string& family, const char* parameter, const std::string& message,
                      const std::string& hint) {
  return Error(ErrorKind::input, code, message, hint, Document::object({{"family", family}, {"parameter", parameter}}));
}

void set_quasi_variance(Family& family, const std::string& variance) {
  for (const auto& entry : kQuasiVariances)
    if (variance == entry.name) {
      family.variance = entry.variance;
      return;
    }
  throw parameter_error("family.parameter_invalid", "quasi", "variance",
                        "`variance` is \"" + variance + "\", which is not a variance function of the quasi family.",
                        "Use \"constant\", \"mu\", \"mu^2\", \"mu^3\" or \"mu(1-mu)\".");
}

void refuse_unused(const std::string& name, bool given, const char* parameter, const char* owner) {
  if (given)
    throw parameter_error(
        "family.parameter_unused", name, parameter,
        std::string("`") + parameter + "` was given, but the " + name + " family has no such parameter.",
        std::string("Leave it out, or use family \"") + owner + "\".");
}

}  // namespace

std::string family_name(const Family& family) {
  for (const auto& entry : kFamilies)
    if (entry.id == family.id) return entry.name;
  return "";
}

std::string family_label(const Family& family) {
  const std::string name = family_name(family);
  if (family.id == FamilyId::tweedie) return name + "(var_power = " + format_exact(family.var_power) + ")";
  if (family.id == FamilyId::negative_binomial)
    return name + "(theta = " + (std::isinf(family.theta) ? "Inf" : format_exact(family.theta)) + ")";
  if (family.id == FamilyId::quasi) return name + "(variance = \"" + quasi_variance_name(family.variance) + "\")";
  return name;
}

Family make_family(const std::string& name, const double* var_power, const double* theta, const std::string& variance) {
  Family family;
  bool found = false;
  std::vector<std::string> names;
  for (const auto& entry : kFamilies) {
    names.push_back(entry.name);
    if (name != entry.name) continue;
    family.id = entry.id;
    family.variance = entry.variance;
    found = true;
  }
  if (!found) {
    const std::string close = closest_match(name, names);
    throw Error(ErrorKind::input, "family.unknown", "`family` is \"" + name + "\", which is not a family.",
                (close.empty() ? "" : "Did you mean \"" + close + "\"? ") + std::string("Families are ") +
                    join_some(names, names.size()) + ".",
                Document::object({{"family", name}}));
  }
  if (family.id == FamilyId::tweedie) {
    if (var_power && !(*var_power >= 1.0 && *var_power <= 2.0))
      throw parameter_error("family.parameter_invalid", name, "var_power",
                            "`var_power` is " + format_g(*var_power, 6) + ", outside [1, 2].",
                            "Give a variance power between 1 (Poisson) and 2 (gamma), or leave it out to have it "
                            "estimated.");
    family.var_power = var_power ? *var_power : 1.5;
    family.to_estimate = !var_power;
  } else {
    refuse_unused(name, var_power != nullptr, "var_power", "tweedie");
  }
  if (family.id == FamilyId::negative_binomial) {
    if (theta && (!(*theta > 0.0) || !std::isfinite(*theta)))
      throw parameter_error("family.parameter_invalid", name, "theta",
                            "`theta` is " + format_g(*theta, 6) + ", which is not a positive number.",
                            "Give theta > 0 (Var = mu + mu^2 / theta), or leave it out to have it estimated.");
    family.theta = theta ? *theta : 1.0;
    family.to_estimate = !theta;
  } else {
    refuse_unused(name, theta != nullptr, "theta", "negative_binomial");
  }
  if (family.id == FamilyId::quasi) {
    if (!variance.empty()) set_quasi_variance(family, variance);
  } else {
    refuse_unused(name, !variance.empty(), "variance", "quasi");
  }
  return family;
}

Family with_parameter(Family family, double value) {
  family.to_estimate = false;
  if (family.id == FamilyId::tweedie) family.var_power = value;
  if (family.id == FamilyId::negative_binomial) {
    family.theta = value;
    family.variance = std::isinf(value) ? Variance::mu : Variance::negative_binomial;
  }
  return family;
}

Document to_document(const Family& family) {
  Document document = Document::object({{"id", family_name(family)}});
  if (family.id == FamilyId::tweedie) document.set("var_power", family.var_power);
  if (family.id == FamilyId::negative_binomial) document.set("theta", family.theta);
  if (family.id == FamilyId::quasi) document.set("variance", quasi_variance_name(family.variance));
  return document;
}

Family family_from_document(const Document& document) {
  double var_power = 0.0, theta = 0.0;
  const Document* power = document.find("var_power");
  const Document* shape = document.find("theta");
  const Document* variance = document.find("variance");
  if (power) var_power = power->as_double("family.var_power");
  if (shape) theta = shape->as_double("family.theta");
  const bool poisson_limit = shape && theta == HUGE_VAL;
  if (poisson_limit) theta = 1.0;
  const Family family = make_family(document.at("id").as_string("family.id"), power ? &var_power : nullptr,
                                    shape ? &theta : nullptr, variance ? variance->as_string("family.variance") : "");
  if (family.to_estimate) document.at(family.id == FamilyId::tweedie ? "var_power" : "theta");
  return poisson_limit ? with_parameter(family, HUGE_VAL) : family;
}

bool valid_response(const Family& family, double y) {
  if (!std::isfinite(y)) return false;
  switch (family.variance) {
    case Variance::constant:
      return true;
    case Variance::binomial:
      return y >= 0.0 && y <= 1.0;
    case Variance::mu2:
      return family.id == FamilyId::quasi ? y >= 0.0 : y > 0.0;
    case Variance::mu3:
      return y > 0.0;
    case Variance::power:
      return family.var_power == 2.0 ? y > 0.0 : y >= 0.0;
    default:
      return y >= 0.0;
  }
}

const char* response_requirement(const Family& family) {
  switch (family.variance) {
    case Variance::constant:
      return "finite";
    case Variance::binomial:
      return "between 0 and 1";
    case Variance::mu2:
      return family.id == FamilyId::quasi ? "0 or more" : "greater than 0";
    case Variance::mu3:
      return "greater than 0";
    case Variance::power:
      return family.var_power == 2.0 ? "greater than 0" : "0 or more";
    default:
      return "0 or more";
  }
}

double starting_mean(const Family& family, double y, double centre, double pull) {
  if (family.is_probability()) {
    // all successes or all failures have no finite optimum: start from 1/2 then
    const double anchor = centre > 0.0 && centre < 1.0 && pull == 1.0 ? centre : 0.5;
    return y + pull * (anchor - y);
  }
  if (!family.needs_positive_mean()) return pull == 1.0 ? centre : y;
  // Without any positive response (all claims zero) any positive number will do: the fit then runs to the boundary.
  return y + pull * ((centre > 0.0 ? centre : 0.1) - y);
}

}  // namespace deciban::families
