#include "deciban/models/fitted.hpp"

#include "deciban/base/error.hpp"
#include "deciban/models/binner.hpp"
#include "deciban/models/credibility.hpp"
#include "deciban/models/scorecard.hpp"
#include "deciban/models/woe.hpp"
#include "deciban/parallel/team.hpp"

namespace deciban::models {
namespace {

struct Kind {
  const char* name;
  FittedPtr (*fit)(const Document&, const data::Table&, const data::Table&, const RunContext&);
  FittedPtr (*read)(const Document&);
};

template <class T, T (*fit_it)(const Document&, const data::Table&, const data::Table&, const RunContext&)>
FittedPtr fit_shared(const Document& arguments, const data::Table& data, const data::Table& vectors,
                     const RunContext& context) {
  return std::make_shared<const T>(fit_it(arguments, data, vectors, context));
}

template <class T, T (*read_it)(const Document&)>
FittedPtr read_shared(const Document& document) {
  return std::make_shared<const T>(read_it(document));
}

constexpr Kind kKinds[] = {
    {"woe_encoder", fit_shared<WoeModel, fit_woe_model>, read_shared<WoeModel, woe_model_from_document>},
    {"woe_preprocessor", fit_shared<WoePreprocessorModel, fit_woe_preprocessor_model>,
     read_shared<WoePreprocessorModel, woe_preprocessor_from_document>},
    {"binner", fit_shared<Binner, fit_binner>, read_shared<Binner, binner_from_document>},
    {"credibility", fit_shared<CredibilityModel, fit_credibility_model>,
     read_shared<CredibilityModel, credibility_from_document>},
    {"scorecard", fit_shared<Scorecard, fit_scorecard>, read_shared<Scorecard, scorecard_from_document>},
};

}  // namespace

FittedPtr fit(const std::string& kind, const Document& arguments, const data::Table& data, const data::Table& vectors,
              const RunContext& context) {
  const parallel::FloatingPointGuard guard;
  for (const Kind& entry : kKinds)
    if (kind == entry.name) return entry.fit(arguments, data, vectors, context);
  throw Error(ErrorKind::input, "input.kind", "There is no \"" + kind + "\".", "Use the functions of the package.",
              Document::object({{"value", kind}}));
}

FittedPtr fitted_from_document(const std::string& kind, const Document& document) {
  for (const Kind& entry : kKinds)
    if (kind == entry.name) return entry.read(document);
  throw Error(ErrorKind::format, "format.kind", "The file holds a \"" + kind + "\", not what was asked for.",
              "Load it with the function for its kind.", Document::object({{"kind", kind}}));
}

}  // namespace deciban::models
